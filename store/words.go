package store

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/numbers"
)

// The index holds folded words, and beside them words that no text has, told by their first character (markedWord):
//
//	#462      three digits that follow each other in a number; one or two where it ends
//	^abc      the initials of a name
//	@6f776e   the book, in hex
const (
	maxWord     = 48  // bytes of a word that are indexed
	maxWords    = 150 // of a person, of each sort
	minInside   = 3   // letters that are found inside a word
	minForgiven = 4   // letters of a word in which an error is forgiven
)

// personWords is what a person is found by.
func personWords(p phone.Person, read []numbers.Reading) []string {
	var words []string
	add := func(text string) {
		for _, w := range foldedWords(text) {
			words = append(words, clip(w, maxWord))
		}
	}
	for _, text := range []string{p.Name, p.Given, p.Family, p.Company, p.Title, p.Department} {
		add(text)
	}
	for _, list := range [][]string{p.Keywords, p.Skills, p.Emails} {
		for _, text := range list {
			add(text)
		}
	}
	words = unique(words)
	words = append(words, initials(p.Name)...)
	return append(words, numberWords(p.Numbers, read)...)
}

// markedWord reports whether a word of the index that begins so is none of a text.
func markedWord(first byte) bool { return first == '#' || first == '^' || first == '@' }

// personDigits is the ways a person's numbers are written, with a blank before each.
func personDigits(read []numbers.Reading) string {
	var out strings.Builder
	for _, r := range read {
		for _, digits := range r.Digits {
			out.WriteByte(' ')
			out.WriteString(clip(digits, maxWord))
		}
	}
	return out.String()
}

// numberWords is what parts of numbers are found by. A number that is an address or a code is found by its words.
func numberWords(list []phone.Number, read []numbers.Reading) []string {
	var words []string
	var had bitset // of runs
	for i, r := range read {
		if len(r.Digits) == 0 {
			for _, w := range foldedWords(list[i].Number) {
				words = append(words, clip(w, maxWord))
			}
		}
		for _, digits := range r.Digits {
			digits = clip(digits, maxWord)
			for i := range digits {
				at := runOf(digits[i:min(i+3, len(digits))])
				if had == nil {
					had, words = newBitset(len(runs())), slices.Grow(words, 32)
				}
				if !had.has(at) {
					had.set(at)
					words = append(words, runs()[at])
				}
			}
		}
	}
	return unique(words)
}

// runOf is the place in runs of one to three digits.
func runOf(digits string) int {
	n := 0
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n + [...]int{0, 0, 10, 110}[len(digits)]
}

// runs is the words of one digit, of two and of three: those of a hundred thousand people are these.
var runs = sync.OnceValue(func() []string {
	var out []string
	for digits := 1; digits <= 3; digits++ {
		for n := range int(math.Pow10(digits)) {
			out = append(out, fmt.Sprintf("#%0*d", digits, n))
		}
	}
	return out
})

// unique is the words sorted, each once, and not too many.
func unique(words []string) []string {
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(len(words), maxWords)]
}

// initials is the words for the first letters of a name: all of them, and the first and the last in either order.
func initials(name string) []string {
	var first []byte
	for _, w := range foldedWords(name) {
		r, n := utf8.DecodeRuneInString(w)
		if r != utf8.RuneError && len(first) < 16 {
			first = append(first, w[:n]...)
		}
	}
	runes := []rune(string(first))
	if len(runes) < 2 {
		return nil
	}
	a, z := string(runes[0]), string(runes[len(runes)-1])
	out := []string{"^" + string(first), "^" + a + z, "^" + z + a}
	slices.Sort(out)
	return slices.Compact(out)
}

func bookWord(book string) string { return "@" + hex.EncodeToString([]byte(book)) }
