package ua

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// longNames maps the lower-case short and long names of the headers we look at to their usual spelling
// (RFC 3261 20, RFC 3265, RFC 3515, RFC 3841, RFC 3892, RFC 4028).
var longNames = map[string]string{
	"a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition", "e": "Content-Encoding",
	"f": "From", "i": "Call-ID", "j": "Reject-Contact", "k": "Supported", "l": "Content-Length", "m": "Contact",
	"o": "Event", "r": "Refer-To", "s": "Subject", "t": "To", "u": "Allow-Events", "v": "Via", "x": "Session-Expires",
	"y": "Identity", "n": "Identity-Info",
	"via": "Via", "from": "From", "to": "To", "call-id": "Call-ID", "cseq": "CSeq", "contact": "Contact",
	"content-length": "Content-Length", "content-type": "Content-Type", "max-forwards": "Max-Forwards",
	"route": "Route", "record-route": "Record-Route",
}

// longName is the canonical name of a header: short forms are written out.
func longName(name string) string {
	if long, ok := longNames[strings.ToLower(name)]; ok {
		return long
	}
	return name
}

// headerValue is the first value of a header, or empty. Messages that came through the filter have long names only.
func headerValue(m sip.Message, name string) string {
	for _, h := range m.GetHeaders(name) {
		return h.Value()
	}
	return ""
}

// headerValues is every value of a header that is a comma-separated list.
func headerValues(m sip.Message, name string) []string {
	var out []string
	for _, h := range m.GetHeaders(name) {
		out = append(out, splitList(h.Value())...)
	}
	return out
}

// hasToken reports whether a comma-separated header lists a token.
func hasToken(m sip.Message, name, token string) bool {
	for _, v := range headerValues(m, name) {
		if strings.EqualFold(v, token) {
			return true
		}
	}
	return false
}

// splitList splits at commas outside quotes and angle brackets, and drops empty items.
func splitList(s string) []string {
	var out []string
	start := 0
	scan(s, func(i int, c byte) bool {
		if c == ',' {
			out = append(out, s[start:i])
			start = i + 1
		}
		return true
	})
	out = append(out, s[start:])
	keep := out[:0]
	for _, v := range out {
		if v = strings.TrimSpace(v); v != "" {
			keep = append(keep, v)
		}
	}
	return keep
}

// scan calls visit for every byte outside quoted strings and angle brackets, until visit returns false.
func scan(s string, visit func(i int, c byte) bool) {
	quoted, angled := false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"' && !angled:
			quoted = !quoted
		case quoted:
		case c == '<':
			angled = true
		case c == '>':
			angled = false
		case !angled:
			if !visit(i, c) {
				return
			}
		}
	}
}

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

// parseURI reads a SIP URI for use in a request. Anything that could break a line or a header is refused.
func parseURI(s string) (sip.Uri, error) {
	var uri sip.Uri
	if s == "" || len(s) > 2048 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r == '"' || r == 0x7f }) {
		return uri, fmt.Errorf("bad URI %q", s)
	}
	if err := sip.ParseUri(s, &uri); err != nil {
		return uri, fmt.Errorf("bad URI %q: %w", s, err)
	}
	if uri.Wildcard {
		return uri, fmt.Errorf("bad URI %q", s)
	}
	if uri.Scheme == "sip" || uri.Scheme == "sips" {
		uri.Host = strings.Trim(uri.Host, "[]")
		if uri.Host == "" || uri.Port < 0 || uri.Port > 65535 {
			return uri, fmt.Errorf("bad URI %q: no host", s)
		}
		// Request-URIs and dialog targets carry no ?headers and no method (RFC 3261 19.1.1).
		uri.Headers = nil
		uri.UriParams.Remove("method")
	}
	return uri, nil
}

// headerParsers are the parsers sipgo uses: only for what its transactions need, and ours where its own give up on
// quoted parameters or take a missing host for success. All other headers stay text.
func headerParsers() map[string]sip.HeaderParser {
	std := sip.DefaultHeadersParser()
	return map[string]sip.HeaderParser{
		"via":            parseVia,
		"from":           parseFrom,
		"to":             parseTo,
		"call-id":        std["call-id"],
		"cseq":           std["cseq"],
		"content-length": std["content-length"],
		"content-type":   std["content-type"],
	}
}

func parseFrom(_ []byte, text string) (sip.Header, error) {
	a, uri, err := parseAddressHeader(text)
	if err != nil {
		return nil, fmt.Errorf("From: %w", err)
	}
	return &sip.FromHeader{DisplayName: a.raw, Address: uri, Params: a.params}, nil
}

func parseTo(_ []byte, text string) (sip.Header, error) {
	a, uri, err := parseAddressHeader(text)
	if err != nil {
		return nil, fmt.Errorf("To: %w", err)
	}
	return &sip.ToHeader{DisplayName: a.raw, Address: uri, Params: a.params}, nil
}

func parseAddressHeader(text string) (nameAddr, sip.Uri, error) {
	a, err := parseNameAddr(text)
	if err != nil {
		return a, sip.Uri{}, err
	}
	var uri sip.Uri
	if err := sip.ParseUri(a.uri, &uri); err != nil {
		return a, uri, fmt.Errorf("URI: %w", err)
	}
	if (uri.Scheme == "sip" || uri.Scheme == "sips") && uri.Host == "" {
		return a, uri, errNameAddr
	}
	if tag, ok := a.params.Get("tag"); ok && (tag == "" || strings.ContainsAny(tag, " \t\"")) {
		return a, uri, errors.New("malformed tag")
	}
	return a, uri, nil
}

// parseVia reads one Via hop (RFC 3261 20.42). The filter has split lists into lines.
func parseVia(_ []byte, text string) (sip.Header, error) {
	sent, rest, found := cutSpace(text)
	if !found {
		return nil, errors.New("Via: no sent-by")
	}
	if strings.Count(sent, "/") < 2 { // "SIP / 2.0 / UDP host" is allowed
		slashes := strings.LastIndexByte(text, '/')
		if slashes < 0 {
			return nil, errors.New("Via: no protocol")
		}
		head := text[:slashes]
		transport, after, ok := cutSpace(strings.TrimSpace(text[slashes+1:]))
		if !ok {
			return nil, errors.New("Via: no sent-by")
		}
		sent, rest = head+"/"+transport, after
	}
	parts := strings.Split(sent, "/")
	if len(parts) != 3 {
		return nil, errors.New("Via: malformed protocol")
	}
	h := &sip.ViaHeader{
		ProtocolName:    strings.TrimSpace(parts[0]),
		ProtocolVersion: strings.TrimSpace(parts[1]),
		Transport:       strings.ToUpper(strings.TrimSpace(parts[2])),
	}
	host, params := rest, ""
	if i := strings.IndexByte(rest, ';'); i >= 0 {
		host, params = rest[:i], rest[i:]
	}
	var err error
	if h.Host, h.Port, err = splitHostPort(strings.ReplaceAll(strings.TrimSpace(host), " ", "")); err != nil {
		return nil, fmt.Errorf("Via: %w", err)
	}
	h.Params = parseParams(params)
	return h, nil
}

func cutSpace(s string) (before, after string, found bool) {
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, "", false
	}
	return s[:i], strings.TrimSpace(s[i+1:]), true
}

// splitHostPort splits host[:port] with an IPv6 address in or, where there is no port, out of brackets. Port 0 means
// none.
func splitHostPort(s string) (host string, port int, err error) {
	host, digits := s, ""
	switch {
	case strings.HasPrefix(s, "["):
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", 0, errors.New("no closing bracket")
		}
		host = s[1:end]
		if _, err := netip.ParseAddr(host); err != nil {
			return "", 0, fmt.Errorf("address: %w", err)
		}
		if rest := s[end+1:]; rest != "" {
			if rest[0] != ':' {
				return "", 0, errors.New("text after the bracket")
			}
			digits = rest[1:]
		}
	case strings.Count(s, ":") == 1:
		host, digits, _ = strings.Cut(s, ":")
	case strings.Contains(s, ":"):
		if _, err := netip.ParseAddr(s); err != nil {
			return "", 0, fmt.Errorf("address: %w", err)
		}
	}
	if host == "" || strings.ContainsAny(host, " \t/@<>\"%") {
		return "", 0, errors.New("no host")
	}
	if digits != "" {
		if port, err = strconv.Atoi(digits); err != nil || port < 1 || port > 65535 {
			return "", 0, errors.New("bad port")
		}
	}
	return host, port, nil
}

// validHeader reports whether a header given by our user may be sent as it is.
func validHeader(h Header) bool {
	return isToken(h.Name) && !strings.ContainsAny(h.Value, "\r\n\x00")
}

// isToken is RFC 3261 25.1 token.
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-.!%*_+`'~", c) >= 0 {
			continue
		}
		return false
	}
	return true
}
