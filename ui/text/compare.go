package text

import (
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// order compares names as a Swedish directory does: å, ä and ö come last, case and accents decide only between equals.
var order = struct {
	sync.Mutex // a Collator keeps a buffer
	*collate.Collator
	buf collate.Buffer
}{Collator: collate.New(language.Swedish)}

// Compare is how two names follow each other in a list.
func Compare(a, b string) int {
	order.Lock()
	defer order.Unlock()
	return order.CompareString(a, b)
}

// Keys is a key for each name: the keys follow each other byte for byte as the names do by Compare. For who sorts the
// same names again and again.
func Keys(names []string) []string {
	order.Lock()
	defer order.Unlock()
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = string(order.KeyFromString(&order.buf, name))
		order.buf.Reset()
	}
	return out
}
