package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Letters that Unicode does not take apart into a base letter and a mark.
var undecomposed = map[rune]string{
	'ø': "o", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i", 'ħ': "h", 'ŧ': "t",
}

// foldRune is a letter in the form in which letters are compared: small, without accents; empty for a mark of its own and
// for what is not seen, such as a zero-width space. Asa Oberg finds Åsa Öberg, and the other way.
func foldRune(r rune) string {
	if r < utf8.RuneSelf {
		return string(unicode.ToLower(r))
	}
	r = unicode.ToLower(r)
	if s, ok := undecomposed[r]; ok {
		return s
	}
	if r == 'å' || r == 'ä' {
		return "a"
	}
	if r == 'ö' {
		return "o"
	}
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Cf) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(string(r)))
}

// fold is foldRune over a text.
func fold(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			out = append(out, byte(r))
			continue
		}
		out = append(out, foldRune(r)...)
	}
	return string(out)
}

// wordLetter reports whether a folded letter is part of a word.
func wordLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// foldedWords is the words of a text, folded.
func foldedWords(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !wordLetter(r) })
}
