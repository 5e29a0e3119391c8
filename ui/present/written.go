package present

import (
	"sync"

	"svara/phone/numbers"
)

// spelling is a number as the network writes it, and where the user is.
type spelling struct {
	plan   numbers.Plan
	number string
}

// writings are numbers as people write them. The same few are drawn again and again, and each takes some time to take apart.
var writings = struct {
	sync.Mutex
	known map[spelling]string
}{known: map[spelling]string{}}

const mostWritings = 4096 // kept

// written is a number as people write it: a subscriber's in groups of digits. What is none stays as it is.
func (s Scene) written(number string) string {
	if number == "" {
		return ""
	}
	key := spelling{s.plan(), number}
	writings.Lock()
	defer writings.Unlock()
	words, ok := writings.known[key]
	if !ok {
		if len(writings.known) >= mostWritings {
			clear(writings.known)
		}
		words = key.plan.Format(number)
		writings.known[key] = words
	}
	return words
}
