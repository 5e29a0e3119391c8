package ua

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// nameAddr is a From, To, Contact or Route value (RFC 3261 20.10, 25.1), read with tolerance.
type nameAddr struct {
	name   string // display name as the user sees it, without quotes and escapes
	raw    string // display name as it was between the quotes
	uri    string
	params sip.HeaderParams
}

var errNameAddr = errors.New("no address")

// parseNameAddr reads one value. Without angle brackets parameters belong to the header (RFC 3261 20).
func parseNameAddr(s string) (nameAddr, error) {
	var a nameAddr
	s = strings.TrimSpace(s)
	rest := s
	if strings.HasPrefix(s, `"`) {
		end := closingQuote(s)
		if end < 0 {
			return a, fmt.Errorf("%w: unbalanced quotes", errNameAddr)
		}
		a.raw = s[1:end]
		a.name = unescape(a.raw)
		rest = strings.TrimSpace(s[end+1:])
		if !strings.HasPrefix(rest, "<") {
			return a, fmt.Errorf("%w after the display name", errNameAddr)
		}
	}
	if open := strings.IndexByte(rest, '<'); open >= 0 {
		if a.raw == "" {
			a.raw = strings.TrimSpace(rest[:open])
			if strings.ContainsAny(a.raw, `";`) {
				return a, fmt.Errorf("%w: stray quotes", errNameAddr)
			}
			a.name = a.raw
		}
		end := strings.IndexByte(rest[open:], '>')
		if end < 0 {
			return a, fmt.Errorf("%w: no closing bracket", errNameAddr)
		}
		a.uri = strings.TrimSpace(rest[open+1 : open+end])
		rest = strings.TrimSpace(rest[open+end+1:])
		if rest != "" && rest[0] != ';' {
			return a, fmt.Errorf("%w: text after the bracket", errNameAddr)
		}
	} else {
		uri, params, found := strings.Cut(rest, ";")
		a.uri, rest = strings.TrimSpace(uri), ""
		if found {
			rest = ";" + params
		}
	}
	if a.uri == "" || strings.ContainsAny(a.uri, " \t<>\"") {
		return a, errNameAddr
	}
	a.params = parseParams(rest)
	return a, nil
}

func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// parseParams reads ;name=value parameters. Names become lower case; quotes around values are kept off.
func parseParams(s string) sip.HeaderParams {
	var out sip.HeaderParams
	start := -1
	add := func(item string) {
		name, value, _ := strings.Cut(item, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "" || out.Has(name) {
			return
		}
		if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		out.Add(name, value)
	}
	scan(s, func(i int, c byte) bool {
		if c == ';' {
			if start >= 0 {
				add(s[start:i])
			}
			start = i + 1
		}
		return true
	})
	if start >= 0 && start <= len(s) {
		add(s[start:])
	}
	return out
}

// quoteName makes a display name from user text: a quoted string without control characters (RFC 3261 25.1).
func quoteName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(name, "") {
		switch {
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		if b.Len() > 200 {
			break
		}
	}
	return strings.TrimSpace(b.String())
}

// escapeUser escapes what may not stand in the user part of a SIP URI (RFC 3261 25.1). Text that is escaped already
// stays as it is.
func escapeUser(s string) string {
	const plain = "-_.!~*'()&=+$,;?/"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', strings.IndexByte(plain, c) >= 0:
			b.WriteByte(c)
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// unescapeURI undoes %-escapes for showing, except those of control characters.
func unescapeURI(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil && v >= ' ' && v != 0x7f {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// party is who an address is, for showing.
func (a nameAddr) party() phone.Party {
	p := phone.Party{URI: a.uri, Number: a.uri, Name: strings.TrimSpace(strings.ToValidUTF8(a.name, "\uFFFD"))}
	scheme, rest, found := strings.Cut(a.uri, ":")
	if !found {
		return p
	}
	switch strings.ToLower(scheme) {
	case "tel":
		number, _, _ := strings.Cut(rest, ";")
		p.Number = unescapeURI(number)
	case "sip", "sips":
		if at := strings.LastIndexByte(rest, '@'); at > 0 {
			user, _, _ := strings.Cut(rest[:at], ":")
			user, _, _ = strings.Cut(user, ";")
			p.Number = unescapeURI(user)
		}
	}
	return p
}

// partyOf is who a header names, or nil.
func partyOf(m sip.Message, name string) *phone.Party {
	for _, v := range headerValues(m, name) {
		if a, err := parseNameAddr(v); err == nil {
			p := a.party()
			return &p
		}
	}
	return nil
}

// identity is P-Asserted-Identity for a party, or nothing when there is none or its address is no SIP URI.
func identity(p *phone.Party) []sip.Header {
	if p == nil {
		return nil
	}
	uri, err := parseURI(p.URI)
	if err != nil {
		return nil
	}
	return []sip.Header{sip.NewHeader("P-Asserted-Identity", fmt.Sprintf("\"%s\" <%s>", quoteName(p.Name), uri.String()))}
}
