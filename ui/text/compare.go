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
}{Collator: collate.New(language.Swedish)}

// Compare is how two names follow each other in a list.
func Compare(a, b string) int {
	order.Lock()
	defer order.Unlock()
	return order.CompareString(a, b)
}
