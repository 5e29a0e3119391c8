package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// closeness is how something was found, best first.
type closeness int

const (
	closeExact  closeness = iota // a word begins so, a number contains it, those are the initials
	closeInside                  // a word has it inside; two words of the name begin with its halves; its pieces are found apart
	closeNearly                  // but for one typing error
	closeNot
)

// term is a part of a query that has to be found.
type term struct {
	word   string   // folded letters and digits; empty for a number written in several pieces
	digits []string // of something like a number, in every way it can be meant
	parts  []term   // of a number in several pieces: what they mean if they are several

	// Of word, see prepared.
	letters int
	begins  string      // with the blank that is before a word
	halves  [][2]string // in which it may be taken apart
	pieces  [3]string   // of which a word that is nearly this one has one; of those with enough letters
}

// prepared is the term with what is worked out once.
func (t term) prepared() term {
	t.letters, t.begins, t.halves = letters(t.word), " "+t.word, splits(t.word)
	if t.forgiven() {
		t.pieces[0], t.pieces[1], t.pieces[2] = errorHalves(t.word)
	}
	return t
}

// forgiven reports whether an error in it is.
func (t *term) forgiven() bool { return t.letters >= minForgiven && len(t.digits) == 0 }

// errorHalves is what a word with one error in it has of a text: its first half or its second, or the first with the
// letters swapped where they meet.
func errorHalves(text string) (first, second, swapped string) {
	half := len(text) / 2
	return text[:half], text[half:], text[:half-1] + text[half:half+1] + text[half-1:half]
}

// perhapsIn is false where no word of a text is nearly the term.
func (t *term) perhapsIn(text string) bool {
	return strings.Contains(text, t.pieces[1]) || strings.Contains(text, t.pieces[0]) || strings.Contains(text, t.pieces[2])
}

// halvesIn is the two halves that two words of a name begin with, the first before the second, or nil.
func (t *term) halvesIn(name string) []string {
	for i, h := range t.halves {
		if !strings.Contains(name, h[0]) || !strings.Contains(name, h[1]) {
			continue
		}
		if at := strings.Index(name, " "+h[0]); at >= 0 && strings.Contains(name[at+1:], " "+h[1]) {
			return t.halves[i][:]
		}
	}
	return nil
}

// termsOf takes a query apart. Pieces that could be one number in a row, "08-123 45 67", are one.
func termsOf(text string) []term {
	var terms []term
	var run []string // pieces of a number
	flush := func() {
		if len(run) == 0 {
			return
		}
		t := term{digits: digitForms(strings.Join(run, " "))}
		for _, piece := range run {
			part := term{digits: digitForms(piece)}
			if words := foldedWords(piece); len(words) == 1 {
				part.word = clip(words[0], maxWord)
			}
			t.parts = append(t.parts, part.prepared())
		}
		if len(t.parts) == 1 {
			t = t.parts[0]
		}
		terms, run = append(terms, t), nil
	}
	for _, piece := range strings.FieldsFunc(clip(text, 500), unicode.IsSpace) {
		if numberLike(piece) {
			run = append(run, piece)
			continue
		}
		flush()
		for _, word := range foldedWords(piece) {
			t := term{word: clip(word, maxWord)}
			if digitsOf(word) == word {
				t.digits = []string{word}
			}
			terms = append(terms, t.prepared())
		}
	}
	flush()
	return terms[:min(len(terms), 12)]
}

// digitForms is the digits of a number as typed, in the ways it may be stored: "+46 (0)70" and "004670" as 4670.
func digitForms(text string) []string {
	out := []string{digitsOf(text)}
	add := func(digits string) {
		if digits != "" && !slices.Contains(out, digits) {
			out = append(out, digits)
		}
	}
	if before, after, found := strings.Cut(text, "(0)"); found && digitsOf(before) != "" {
		add(digitsOf(before + after))
	}
	if len(out[0]) > 2 {
		for _, digits := range slices.Clone(out) {
			if rest, found := strings.CutPrefix(digits, "00"); found {
				add(rest)
			}
		}
	}
	return out
}

// letters is the number of letters of a word.
func letters(word string) int { return utf8.RuneCountInString(word) }

// in is who of a segment a term finds, up to a closeness. Of halves of a name it is only sure that they are beginnings of
// words, and that words of the name begin with their first letters.
func (t term) in(g *segment, upTo closeness) bitset {
	to := newBitset(g.people())
	n := t.letters
	if n > 0 {
		g.beginning(t.word, to)
		if n >= 2 && n <= 4 {
			g.beginning("^"+t.word, to)
		}
	}
	for _, digits := range t.digits {
		g.numbered(digits, to)
	}
	if upTo >= closeInside {
		if len(t.parts) > 0 {
			to.or(all(t.parts, g, upTo))
		}
		if n >= minInside {
			g.inside(t.word, to)
		}
		for _, halves := range t.halves {
			g.halved(halves[0], halves[1], to)
		}
	}
	if upTo >= closeNearly && t.forgiven() {
		g.nearly(t.word, to)
	}
	return to
}

// all is who of a segment all terms find.
func all(terms []term, g *segment, upTo closeness) bitset {
	var both bitset
	for _, t := range terms {
		one := t.in(g, upTo)
		if both == nil {
			both = one
			continue
		}
		both.and(one)
	}
	return both
}

// splits is a short word in two halves, each the beginning of a word of a name: "anbe" is Anna Berg.
func splits(word string) [][2]string {
	if n := letters(word); n < 4 || n > 6 || digitsOf(word) != "" {
		return nil
	}
	var out [][2]string
	for i := range word {
		first, second := word[:i], word[i:]
		if a, b := letters(first), letters(second); a >= 2 && a <= 3 && b >= 2 && b <= 3 {
			out = append(out, [2]string{first, second})
		}
	}
	return out
}
