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

// textCondition is the SQL condition for a query's text, empty for none. History is some ten thousand rows; a
// scan of its folded text (30 ms for 50,000) also finds, unlike a full-text index, one and two letters anywhere.
func textCondition(text string) (string, []any) {
	words := strings.FieldsFunc(text, unicode.IsSpace)
	if len(words) == 0 {
		return "", nil
	}
	var each []string
	var args []any
	for _, word := range words {
		condition, values := wordCondition(word)
		each, args = append(each, condition), append(args, values...)
	}
	all := strings.Join(each, " AND ")
	if len(words) > 1 && numberLike(text) {
		// "08-123 45 67" is one number and not three words.
		condition, values := wordCondition(strings.Join(words, ""))
		return "(" + condition + " OR (" + all + "))", append(values, args...)
	}
	return all, args
}

func wordCondition(word string) (string, []any) {
	condition, args := `words LIKE ? ESCAPE '\'`, []any{anywhere(fold(word))}
	if numberLike(word) {
		digits := digitsOf(word)
		condition, args = condition+" OR digits LIKE ?", append(args, anywhere(digits))
		// 070-123 45 67 was perhaps called as +46 70 123 45 67: the trunk 0 is not part of the international number.
		if rest := strings.TrimPrefix(digits, "0"); len(rest) >= 5 && len(rest) == len(digits)-1 {
			condition, args = condition+" OR digits LIKE ?", append(args, anywhere(rest))
		}
	}
	return "(" + condition + ")", args
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// anywhere is the LIKE pattern of a text as it stands. LIKE scans faster than instr.
func anywhere(text string) string { return "%" + likeEscaper.Replace(text) + "%" }
