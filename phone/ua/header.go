package ua

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
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
		return nil, fmt.Errorf("read From: %w", err)
	}
	return &sip.FromHeader{DisplayName: a.raw, Address: uri, Params: a.params}, nil
}

func parseTo(_ []byte, text string) (sip.Header, error) {
	a, uri, err := parseAddressHeader(text)
	if err != nil {
		return nil, fmt.Errorf("read To: %w", err)
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
		return nil, errors.New("read Via: no sent-by")
	}
	if strings.Count(sent, "/") < 2 { // "SIP / 2.0 / UDP host" is allowed
		slashes := strings.LastIndexByte(text, '/')
		if slashes < 0 {
			return nil, errors.New("read Via: no protocol")
		}
		head := text[:slashes]
		transport, after, ok := cutSpace(strings.TrimSpace(text[slashes+1:]))
		if !ok {
			return nil, errors.New("read Via: no sent-by")
		}
		sent, rest = head+"/"+transport, after
	}
	parts := strings.Split(sent, "/")
	if len(parts) != 3 {
		return nil, errors.New("read Via: malformed protocol")
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
		return nil, fmt.Errorf("read Via: %w", err)
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

func appendAll(m sip.Message, headers []sip.Header) {
	for _, h := range headers {
		m.AppendHeader(h)
	}
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
