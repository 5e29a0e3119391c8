package numbers

import (
	"strings"
	"unicode"
)

// separators are what people put between digits, beside the usual.
const separators = "\t\u00a0\u202f[]‐‑‒–—−"

// bare is the digits of a number, and whether + stands before them. ok is false for what is no number: letters, codes
// with * or #, addresses.
func bare(number string) (digits string, plus, ok bool) {
	text := userPart(number)
	if before, after, found := strings.Cut(text, "(0)"); found && strings.ContainsAny(before, "0123456789") {
		text = before + after // "+46 (0)8": not dialled after the country
	}
	out := make([]byte, 0, longest)
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, byte(r))
		case r == ' ', r == '-', r == '(', r == ')', r == '.', r == '/':
		case r >= '０' && r <= '９': // fullwidth
			out = append(out, byte('0'+r-'０'))
		case (r == '+' || r == '＋') && len(out) == 0 && !plus:
			plus = true
		case strings.ContainsRune(separators, r), unicode.Is(unicode.Cf, r): // marks of direction come with pasted numbers
		default:
			return "", false, false
		}
	}
	return string(out), plus, true
}

// userPart is the user part of a tel:, callto:, sip: or sips: URI without its parameters (RFC 3966 3, RFC 3261
// 19.1.1), else the text itself. "%2B46…" is not taken apart: a user part that needs escapes is no number.
func userPart(text string) string {
	text = strings.TrimSpace(text)
	scheme, rest, found := strings.Cut(text, ":")
	if !found {
		return text
	}
	switch strings.ToLower(scheme) {
	case "tel", "callto":
		rest = strings.TrimPrefix(rest, "//")
	case "sip", "sips":
		rest, _, _ = strings.Cut(rest, "@")
	default:
		return text
	}
	end := strings.IndexAny(rest, ";?")
	if end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// address is a SIP address in the form in which addresses are compared: without scheme, parameters and port, in small
// letters. It is empty for what is none.
func address(text string) string {
	text = strings.TrimSpace(text)
	if scheme, rest, found := strings.Cut(text, ":"); found {
		switch strings.ToLower(scheme) {
		case "sip", "sips", "tel":
			text = rest
		}
	}
	if end := strings.IndexAny(text, ";?"); end >= 0 {
		text = text[:end]
	}
	user, host, found := strings.Cut(text, "@")
	if found {
		if colon := strings.LastIndexByte(host, ':'); colon >= 0 && !strings.HasSuffix(host, "]") {
			host = host[:colon]
		}
		text = user + "@" + host
	}
	return strings.ToLower(text)
}
