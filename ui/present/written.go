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

// NumberText is a number that somebody typed, or a server told, as it is shown: as people write it.
func (s Scene) NumberText(number string) string { return s.written(Clean(number, numberLimit)) }

// writtenSpans is a number, with what was searched for marked, as people write it. The marks stay at their digits.
func (s Scene) writtenSpans(spans []Span) []Span {
	number := plainText(spans)
	words := s.written(number)
	if words == number {
		return spans
	}
	var marks []bool // of the digits
	for _, x := range spans {
		for _, r := range x.Text {
			if isDigit(r) {
				marks = append(marks, x.Mark)
			}
		}
	}
	letters := []rune(words)
	hit := make([]bool, len(letters))
	at := len(marks) // from the end: a country's code may have become a nought
	for i := len(letters) - 1; i >= 0; i-- {
		if isDigit(letters[i]) {
			at--
			hit[i] = at >= 0 && marks[at]
		} else {
			hit[i] = at > 0 && at < len(marks) && marks[at] && marks[at-1]
		}
	}
	var out []Span
	for i, from := 1, 0; i <= len(letters); i++ {
		if i == len(letters) || hit[i] != hit[from] {
			out = append(out, Span{Text: string(letters[from:i]), Mark: hit[from]})
			from = i
		}
	}
	return out
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

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
