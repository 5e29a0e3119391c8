package store

import (
	"strings"
	"unicode"

	"svara/phone"
)

const (
	answerLimit    = 200  // rows when a query names no limit
	answerLimitMax = 5000 // rows a query gets at most
)

// newestFirst makes a query of a SELECT, its conditions and their values.
func newestFirst(query string, where []string, args []any, limit int) (string, []any) {
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	if limit <= 0 {
		limit = answerLimit
	}
	return query + " ORDER BY id DESC LIMIT ?", append(args, min(limit, answerLimitMax))
}

// digitsOf is the digits of a number, written in any way.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// searchWords is what a query's words are looked for in. The line breaks keep a word from matching over two fields.
func searchWords(p phone.Party) string {
	return fold(p.Name + "\n" + p.Number + "\n" + p.URI)
}

// numberLike reports whether text is a number as people write one: "+46 (0)8-123 45 67", "112", "*21#".
func numberLike(s string) bool {
	return digitsOf(s) != "" && strings.Trim(s, "0123456789+-()./ \u00a0") == ""
}

// A needle is a text looked for somewhere of a call.
type needle struct {
	text string
	in   haystack
}

type haystack int

const (
	inWords  haystack = iota // folded, anywhere
	inDigits                 // anywhere
	asQueue                  // the queue's ID, whole
)

// wanted is what a query's text asks for: of any of the alternatives each of the words, in any of its ways.
type wanted [][][]needle

// wantedOf is what a text asks for, none for nothing. queues is the IDs of the queues that have a folded text in their
// names; nil where calls have none.
func wantedOf(text string, queues func(folded string) []string) wanted {
	pieces := strings.FieldsFunc(text, unicode.IsSpace)
	if len(pieces) == 0 {
		return nil
	}
	var words [][]needle
	for _, piece := range pieces {
		words = append(words, waysOf(piece, queues))
	}
	if len(pieces) > 1 && numberLike(text) {
		// "08-123 45 67" is one number and not three words.
		return wanted{{waysOf(strings.Join(pieces, ""), queues)}, words}
	}
	return wanted{words}
}

// waysOf is the ways in which a word may be found.
func waysOf(word string, queues func(folded string) []string) []needle {
	out := []needle{{fold(word), inWords}}
	if numberLike(word) {
		digits := digitsOf(word)
		out = append(out, needle{digits, inDigits})
		// 070-123 45 67 was perhaps called as +46 70 123 45 67: the trunk 0 is not part of the international number.
		if rest := strings.TrimPrefix(digits, "0"); len(rest) >= 5 && len(rest) == len(digits)-1 {
			out = append(out, needle{rest, inDigits})
		}
	}
	if queues != nil {
		for _, id := range queues(fold(word)) {
			out = append(out, needle{id, asQueue})
		}
	}
	return out
}

// condition is the SQL condition, empty for nothing wanted. A scan finds, unlike a full-text index, one and two letters
// anywhere.
func (w wanted) condition() (string, []any) {
	var either []string
	var args []any
	for _, words := range w {
		var all []string
		for _, ways := range words {
			var any []string
			for _, n := range ways {
				switch n.in {
				case inWords:
					any, args = append(any, `words LIKE ? ESCAPE '\'`), append(args, anywhere(n.text))
				case inDigits:
					any, args = append(any, "digits LIKE ?"), append(args, anywhere(n.text))
				case asQueue:
					any, args = append(any, "queue = ?"), append(args, n.text)
				}
			}
			all = append(all, "("+strings.Join(any, " OR ")+")")
		}
		either = append(either, strings.Join(all, " AND "))
	}
	if len(either) > 1 {
		return "(" + strings.Join(either, " OR ") + ")", args
	}
	return strings.Join(either, ""), args
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// anywhere is the LIKE pattern of a text as it stands. LIKE scans faster than instr.
func anywhere(text string) string { return "%" + likeEscaper.Replace(text) + "%" }
