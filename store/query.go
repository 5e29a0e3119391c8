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
			t.parts = append(t.parts, part)
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
			terms = append(terms, t)
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

// anyDigits reports whether something like a number is searched.
func anyDigits(terms []term) bool {
	return slices.ContainsFunc(terms, func(t term) bool { return len(t.digits) > 0 || len(t.parts) > 0 })
}

// letters is the number of letters of a word.
func letters(word string) int { return utf8.RuneCountInString(word) }

// expression is what the index is asked for a term, up to a closeness.
func (t term) expression(v *vocabulary, upTo closeness) string {
	var any []string
	if t.word != "" {
		any = append(any, v.beginning(t.word)...)
		if n := letters(t.word); n >= 2 && n <= 4 {
			any = append(any, prefixed("^"+t.word))
		}
	}
	for _, digits := range t.digits {
		any = append(any, digitExpression(digits))
	}
	if len(t.parts) > 0 && upTo >= closeInside {
		any = append(any, all(t.parts, v, upTo))
	}
	if n := letters(t.word); upTo >= closeInside && n > 0 {
		if n >= minInside {
			for _, word := range v.inside(t.word, mostInside(n)) {
				any = append(any, quoted(word))
			}
		}
		for _, halves := range splits(t.word) {
			any = append(any, "("+prefixed(halves[0])+" AND "+prefixed(halves[1])+")")
		}
	}
	if upTo >= closeNearly && letters(t.word) >= minForgiven && len(t.digits) == 0 {
		for _, word := range v.near(t.word, maxNear) {
			any = append(any, quoted(word))
		}
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

const (
	maxBeginning = 300 // words that begin with something, in a question to the index
	maxInside    = 150 // words that have something inside, in a question to the index
	maxNear      = 60  // words that are nearly another
)

// all is the expression for terms that all have to be found.
func all(terms []term, v *vocabulary, upTo closeness) string {
	each := make([]string, len(terms))
	for i, t := range terms {
		each[i] = t.expression(v, upTo)
	}
	return "(" + strings.Join(each, " AND ") + ")"
}

// beginning is what finds the words that begin with a text. The index keeps beginnings of up to four letters; for longer
// ones it would first put together everybody who has any of the words.
func (v *vocabulary) beginning(text string) []string {
	if letters(text) <= 4 {
		return []string{prefixed(text)}
	}
	words := v.from(text, maxBeginning+1)
	if len(words) > maxBeginning {
		return []string{prefixed(text)}
	}
	if len(words) == 0 {
		return []string{quoted(text)} // finds nobody
	}
	for i, w := range words {
		words[i] = quoted(w)
	}
	return words
}

// quoted is a word as the index's query language has it; folded words hold no quotation mark.
func quoted(word string) string   { return `"` + word + `"` }
func prefixed(word string) string { return `"` + word + `"*` }

// digitExpression finds numbers that have all the threes of digits; whether in that order shows later.
func digitExpression(digits string) string {
	digits = clip(digits, maxWord)
	if len(digits) < 3 {
		return prefixed("#" + digits)
	}
	var threes []string
	for i := 0; i+3 <= len(digits); i++ {
		threes = append(threes, quoted("#"+digits[i:i+3]))
	}
	slices.Sort(threes)
	return "(" + strings.Join(slices.Compact(threes), " AND ") + ")"
}

// mostInside is how many words are asked for that have so many letters inside: few letters are in many words, and say
// little.
func mostInside(letters int) int {
	if letters <= minInside {
		return maxInside / 2
	}
	return maxInside
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
