package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// segment is a part of the index of people, one piece of memory that never changes and is kept in the database as it is:
//
//	header     lengths of the others, in the order below, and their CRC-32C; uint32 each
//	ids        of the people, int64 each, rising; a person's place among them is its ordinal
//	digitsAt   where each person's digits begin, uint32 each, and where the last end
//	wordsAt    likewise of words
//	postingsAt likewise of postings
//	digits     " 46701234567 0701234567" of each person: the ways its numbers are written, with a blank before each
//	words      "\nanna\nberg\n", sorted; see words.go for those that are none of a text
//	postings   of each word the ordinals of those who have it, rising: uvarints, each counted from the one before
//
// All numbers are little-endian.
type segment struct {
	row  int64  // in the table
	body []byte // all of it
	gone bitset // of ordinals: who is no longer there or found in a later segment; never changed, only replaced
	live int    // the others

	ids, digitsAt, wordsAt, postingsAt []byte // of body, as are
	digits, words, postings            []byte
}

const segmentHeader = 8 * 4 // bytes: seven lengths and the sum

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openSegment is a segment as the database has it; false when it is none.
func openSegment(row int64, body, gone []byte) (*segment, bool) {
	if len(body) < segmentHeader {
		return nil, false
	}
	g := &segment{row: row, body: body}
	rest := body[segmentHeader:]
	for i, section := range g.sections() {
		n := int(u32(body, i))
		if n > len(rest) {
			return nil, false
		}
		*section, rest = rest[:n:n], rest[n:]
	}
	if len(rest) > 0 || crc32.Checksum(body[segmentHeader:], castagnoli) != u32(body, 7) || len(gone) > (g.people()+63)/64*8 {
		return nil, false
	}
	if g.live = g.people(); len(gone) > 0 {
		g.gone = newBitset(g.people())
		for i := range len(gone) / 8 {
			g.gone[i] = binary.LittleEndian.Uint64(gone[8*i:])
		}
		g.live -= g.gone.count()
	}
	return g, true
}

func (g *segment) sections() [7]*[]byte {
	return [7]*[]byte{&g.ids, &g.digitsAt, &g.wordsAt, &g.postingsAt, &g.digits, &g.words, &g.postings}
}

func u32(list []byte, i int) uint32 { return binary.LittleEndian.Uint32(list[4*i:]) }

func (g *segment) people() int     { return len(g.ids) / 8 }
func (g *segment) vocabulary() int { return len(g.wordsAt)/4 - 1 }
func (g *segment) id(ordinal int) int64 {
	return int64(binary.LittleEndian.Uint64(g.ids[8*ordinal:])) //nolint:gosec // as it was put
}

func (g *segment) word(i int) []byte { return g.words[u32(g.wordsAt, i) : u32(g.wordsAt, i+1)-1] }

// digitsOf is how a person's numbers are written.
func (g *segment) digitsOf(ordinal int) []byte {
	return g.digits[u32(g.digitsAt, ordinal):u32(g.digitsAt, ordinal+1)]
}

// ordinal is who has an ID and is there, or -1.
func (g *segment) ordinal(id int64) int {
	if at := g.place(id); at < g.people() && g.id(at) == id && !g.gone.has(at) {
		return at
	}
	return -1
}

// has reports whether somebody has or had an ID.
func (g *segment) has(id int64) bool {
	at := g.place(id)
	return at < g.people() && g.id(at) == id
}

// place is the first ordinal with an ID not below one.
func (g *segment) place(id int64) int {
	return sort.Search(g.people(), func(i int) bool { return g.id(i) >= id })
}

// without is the segment when those are gone too.
func (g *segment) without(ordinals []int) *segment {
	out := *g
	if out.gone = slices.Clone(g.gone); out.gone == nil {
		out.gone = newBitset(g.people())
	}
	for _, at := range ordinals {
		if !out.gone.has(at) {
			out.gone.set(at)
			out.live--
		}
	}
	return &out
}

// goneBytes is gone as it is kept.
func (g *segment) goneBytes() []byte {
	out := make([]byte, 0, 8*len(g.gone))
	for _, w := range g.gone {
		out = binary.LittleEndian.AppendUint64(out, w)
	}
	return out
}

// first is the place of the first word not before a text.
func (g *segment) first(text string) int {
	return sort.Search(g.vocabulary(), func(i int) bool { return string(g.word(i)) >= text })
}

// each calls got with the ordinals of who has a word, rising.
func (g *segment) each(word int, got func(ordinal int)) {
	list := g.postings[u32(g.postingsAt, word):u32(g.postingsAt, word+1)]
	at, n := 0, g.people()
	for i := 0; i < len(list); {
		step := int(list[i])
		if i++; step >= 0x80 {
			rest, size := binary.Uvarint(list[i:])
			if size <= 0 {
				return
			}
			step, i = step&0x7f|int(rest)<<7, i+size //nolint:gosec // an ordinal
		}
		if at += step; at >= n {
			return
		}
		got(at)
	}
}

// having adds who has a word. It is each, in the shape that most of a search's time is spent in.
func (g *segment) having(word int, to bitset) {
	list := g.postings[u32(g.postingsAt, word):u32(g.postingsAt, word+1)]
	at := 0
	for i := 0; i < len(list); {
		step := int(list[i])
		if i++; step >= 0x80 {
			rest, size := binary.Uvarint(list[i:])
			if size <= 0 {
				return
			}
			step, i = step&0x7f|int(rest)<<7, i+size //nolint:gosec // an ordinal
		}
		if at += step; at>>6 >= len(to) {
			return
		}
		to[at>>6] |= 1 << (at & 63)
	}
}

// beginning adds who has a word that begins with a text.
func (g *segment) beginning(text string, to bitset) {
	for i := g.first(text); i < g.vocabulary() && bytes.HasPrefix(g.word(i), []byte(text)); i++ {
		g.having(i, to)
	}
}

// halved adds who has words that begin with two texts, if words of the name begin with their first letters. Who reads
// people to see whether they are meant should not read everybody of the IT-drift called Anna for "andr".
func (g *segment) halved(one, other string, to bitset) {
	a, _ := utf8.DecodeRuneInString(one)
	b, _ := utf8.DecodeRuneInString(other)
	both := newBitset(g.people())
	for i := g.first("^"); i < g.vocabulary() && g.word(i)[0] == '^'; i++ {
		letters := g.word(i)[1:]
		if at := bytes.IndexRune(letters, a); at >= 0 && bytes.ContainsRune(letters[at+utf8.RuneLen(a):], b) {
			g.having(i, both)
		}
	}
	for _, text := range []string{one, other} {
		some := newBitset(g.people())
		g.beginning(text, some)
		both.and(some)
	}
	to.or(both)
}

// exactly adds who has a word.
func (g *segment) exactly(word string, to bitset) {
	if i := g.first(word); i < g.vocabulary() && string(g.word(i)) == word {
		g.having(i, to)
	}
}

// inside adds who has a word with a text in it.
func (g *segment) inside(text string, to bitset) {
	g.containing(text, func(word, _ int) { g.having(word, to) })
}

// containing calls found for words of texts that contain a text, and where in them.
func (g *segment) containing(text string, found func(word, at int)) {
	for from := 0; from < len(g.words); {
		at := bytes.Index(g.words[from:], []byte(text))
		if at < 0 {
			return
		}
		at += from
		word := sort.Search(g.vocabulary(), func(i int) bool { return int(u32(g.wordsAt, i+1)) > at })
		start := int(u32(g.wordsAt, word))
		if !markedWord(g.words[start]) {
			found(word, at-start)
		}
		from = int(u32(g.wordsAt, word+1)) - 1
	}
}

// nearly adds who has a word that begins with a text but for one typing error.
func (g *segment) nearly(text string, to bitset) {
	for _, word := range g.near(text) {
		g.having(word, to)
	}
}

// near is the words that begin with a text but for one typing error.
func (g *segment) near(text string) []int {
	var out []int
	try := func(i int) {
		if nearly(text, string(g.word(i))) {
			out = append(out, i)
		}
	}
	first, second, swapped := errorHalves(text)
	for _, begin := range []string{first, swapped} {
		for i := g.first(begin); i < g.vocabulary() && bytes.HasPrefix(g.word(i), []byte(begin)); i++ {
			try(i)
		}
	}
	g.containing(second, func(word, at int) {
		if at <= len(first)+1 {
			try(word)
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// numbered adds who has a number with such digits in it.
func (g *segment) numbered(digits string, to bitset) {
	digits = clip(digits, maxWord)
	if len(digits) < 3 {
		g.beginning("#"+digits, to)
		return
	}
	var threes []int // words, those of the fewest first
	for i := 0; i+3 <= len(digits); i++ {
		three := "#" + digits[i:i+3]
		word := g.first(three)
		if word == g.vocabulary() || string(g.word(word)) != three {
			return
		}
		threes = append(threes, word)
	}
	if len(threes) == 1 {
		g.having(threes[0], to)
		return
	}
	size := func(word int) uint32 { return u32(g.postingsAt, word+1) - u32(g.postingsAt, word) }
	slices.SortFunc(threes, func(a, b int) int { return cmp.Compare(size(a), size(b)) })
	both, second := newBitset(g.people()), newBitset(g.people())
	g.having(threes[0], both)
	g.having(threes[1], second)
	both.and(second)
	both.each(func(ordinal int) bool {
		if bytes.Contains(g.digitsOf(ordinal), []byte(digits)) {
			to.set(ordinal)
		}
		return true
	})
}

// nearly reports whether a word begins with a text but for one error: a letter wrong, too many, missing, or two swapped.
// An error in the last letter is forgiven only where the word ends: else "anna" would find every Annika.
func nearly(text, word string) bool {
	i := 0
	for i < len(text) && i < len(word) && text[i] == word[i] {
		i++
	}
	switch {
	case i == len(text):
		return false // no error
	case i == len(text)-1 && len(word) <= len(text):
		return true // the last letter wrong, or too many
	case i == len(text)-1:
		return word[i+1] == text[i] // one missing before the last
	case i == len(word):
		return false // more than one too many
	}
	t, w := text[i:], word[i:]
	return strings.HasPrefix(w[1:], t[1:]) || strings.HasPrefix(w, t[1:]) || strings.HasPrefix(w[1:], t) ||
		len(w) > 1 && t[0] == w[1] && t[1] == w[0] && strings.HasPrefix(w[2:], t[2:])
}
