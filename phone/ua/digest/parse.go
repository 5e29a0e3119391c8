package digest

import (
	"fmt"
	"strings"
)

const (
	maxHeader = 8192 // bytes of one header value
	maxParams = 64   // parameters of one header value
)

// scheme is "name param=value, param=value" with names in lower case and values unquoted.
type scheme struct {
	name   string
	params map[string]string
	twice  bool // a parameter came twice: the first counts in a challenge, none in an answer
}

// parseSchemes reads RFC 7235 challenges or credentials. The grammar is ambiguous only on paper: a word followed by "="
// is a parameter, any other word begins a scheme. A token68 (as in "Negotiate YWJj==") is skipped.
func parseSchemes(header string) ([]scheme, error) {
	if len(header) > maxHeader {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(header))
	}
	var out []scheme
	count := 0
	rest := strings.TrimLeft(header, " \t\r\n,")
	for rest != "" {
		word, after := cutWord(rest)
		if word == "" {
			return nil, fmt.Errorf("%w: %q where a name should be", ErrMalformed, rest[0])
		}
		value, ok := strings.CutPrefix(strings.TrimLeft(after, " \t\r\n"), "=")
		if !ok {
			out = append(out, scheme{name: word, params: map[string]string{}})
			rest = strings.TrimLeft(after, " \t\r\n,")
			continue
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("%w: parameter before a scheme", ErrMalformed)
		}
		if count++; count > maxParams {
			return nil, fmt.Errorf("%w: more than %d parameters", ErrMalformed, maxParams)
		}
		text, after, err := cutValue(strings.TrimLeft(value, " \t\r\n"))
		if err != nil {
			return nil, err
		}
		s, key := &out[len(out)-1], strings.ToLower(word)
		if _, twice := s.params[key]; twice {
			s.twice = true
		} else {
			s.params[key] = text
		}
		rest = strings.TrimLeft(after, " \t\r\n,")
	}
	return out, nil
}

// cutWord cuts the token at the start of s.
func cutWord(s string) (word, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`,="()<>@;\[]{}`, r) })
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

// cutValue cuts a quoted string, unescaping it, or else everything to the next comma or space: servers leave quotes
// out where the grammar wants them and put them where it does not.
func cutValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		i := strings.IndexAny(s, ", \t\r\n")
		if i < 0 {
			i = len(s)
		}
		return s[:i], s[i:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], nil
		case '\\':
			if i++; i == len(s) {
				return "", "", fmt.Errorf("%w: quoted string does not end", ErrMalformed)
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", fmt.Errorf("%w: quoted string does not end", ErrMalformed)
}

// writer builds "Digest a=b, c=d".
type writer struct{ strings.Builder }

func newWriter() *writer {
	w := &writer{}
	w.WriteString("Digest ")
	return w
}

func (w *writer) token(name, value string) {
	if w.Len() > len("Digest ") {
		w.WriteString(", ")
	}
	w.WriteString(name)
	w.WriteByte('=')
	w.WriteString(value)
}

func (w *writer) quoted(name, value string) {
	w.token(name, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value)+`"`)
}

// printable refuses what would break out of a header line.
func printable(values ...string) bool {
	for _, v := range values {
		if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return false
		}
	}
	return true
}
