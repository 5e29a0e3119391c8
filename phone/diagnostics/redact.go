package diagnostics

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

const removed = "[removed]"

// What is never kept, wherever it stands: passwords in addresses, the keys of sound (RFC 4568), the passwords of ICE
// (RFC 8839) and what looks like a secret in a line of the log.
var (
	inAddress = regexp.MustCompile(`(?i)(sips?:[^\s:@;<>"]+):[^\s@<>"]*@`)
	inline    = regexp.MustCompile(`(?i)inline:[^\s;"]+`)
	icePwd    = regexp.MustCompile(`(?i)(a=ice-pwd:)\S+`)
	oldKey    = regexp.MustCompile(`(?im)^(k=)[^\r\n]+`)
	digest    = regexp.MustCompile(`(?i)\b(digest|basic|bearer)\s+[A-Za-z0-9+/=._~-]{3}[^\r\n]*`)
	named     = regexp.MustCompile(`(?i)\b((?:turn_?)?(?:password|passwd|pwd|secret|token|response|nonce|cnonce|digits?))(=|":\s*|:\s+)("(?:[^"\\]|\\.)*"|[^\s,;&"]+)`)
)

// Line is a line of text without what is secret in it.
func Line(line []byte) []byte {
	line = keys(line)
	line = digest.ReplaceAll(line, []byte("$1 "+removed))
	return named.ReplaceAll(line, []byte("$1$2"+removed))
}

func keys(b []byte) []byte {
	b = inAddress.ReplaceAll(b, []byte("$1:"+removed+"@"))
	b = inline.ReplaceAll(b, []byte("inline:"+removed))
	b = icePwd.ReplaceAll(b, []byte("${1}"+removed))
	return oldKey.ReplaceAll(b, []byte("${1}"+removed))
}

// secretHeaders hold what proves who somebody is (RFC 3261 section 22, RFC 8898).
var secretHeaders = map[string]bool{
	"authorization": true, "proxy-authorization": true, "www-authenticate": true, "proxy-authenticate": true, "authentication-info": true, "proxy-authentication-info": true,
}

// keptBodies are the bodies that say how calls and lines stand. Others may be what people write or press, and go.
var keptBodies = map[string]bool{
	"application/sdp": true, "message/sipfrag": true, "application/dialog-info+xml": true, "application/pidf+xml": true, "application/reginfo+xml": true,
	"application/simple-message-summary": true, "application/resource-lists+xml": true, "application/rlmi+xml": true,
}

// Redact is a SIP message without what is secret in it. Its Content-Length is that of what is left, so that it can be
// read by tools.
func Redact(message []byte) []byte {
	head, body, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	if len(head) == len(message) {
		head, body, _ = bytes.Cut(message, []byte("\n\n"))
	}
	var lines []string
	kind, hidden := "", false
	for line := range strings.SplitSeq(strings.ReplaceAll(string(head), "\r\n", "\n"), "\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') { // a line goes on (RFC 3261 7.3.1)
			if !hidden {
				lines = append(lines, line)
			}
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		hidden = secretHeaders[name]
		switch {
		case hidden:
			scheme, _, _ := strings.Cut(strings.TrimSpace(value), " ")
			if strings.ContainsAny(scheme, "=\",") {
				scheme = ""
			}
			line = strings.TrimSpace(line[:len(name)] + ": " + scheme + " " + removed)
		case name == "content-type", name == "c":
			kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(value)), ";")
			kind = strings.TrimSpace(kind)
		case name == "content-length", name == "l":
			continue
		}
		lines = append(lines, line)
	}
	switch {
	case len(body) == 0:
	case keptBodies[kind]:
		body = keys(body)
	default:
		body = fmt.Appendf(nil, "[removed: %d bytes]\r\n", len(body))
	}
	lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	out := keys([]byte(strings.Join(lines, "\r\n")))
	return append(append(out, "\r\n\r\n"...), body...)
}
