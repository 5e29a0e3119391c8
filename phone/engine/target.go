package engine

import (
	"strings"
	"unicode"

	"svara/phone"
)

// cleanTarget makes a dialled text into something SIP can call: a number without its punctuation, or a sip: URI. It
// refuses what is empty, what carries headers or control characters, and what could mean something else to a proxy.
func cleanTarget(text string) (string, error) {
	t := strings.TrimSpace(text)
	bad := phone.Refuse(phone.ReasonBadTarget, strings.ToValidUTF8(t, "?"))
	if t == "" || len(t) > 256 {
		return "", phone.Refuse(phone.ReasonBadTarget, "")
	}
	scheme, rest, hasScheme := strings.Cut(t, ":")
	switch strings.ToLower(scheme) {
	case "tel", "callto":
		if hasScheme {
			// RFC 3966 parameters (;ext=, ;phone-context=) are the dialect's business; the number comes first.
			t, _, _ = strings.Cut(strings.TrimPrefix(rest, "//"), ";")
		}
	case "sip", "sips":
		if hasScheme {
			return cleanURI(scheme, strings.TrimPrefix(rest, "//"), bad)
		}
	}
	if strings.Contains(t, "@") {
		return cleanURI("sip", t, bad)
	}
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0\u2009\u202f-()/.\u2010\u2011\u2013", r) {
			return -1
		}
		return r
	}, t)
	if looksLikeNumber(number) {
		return number, nil
	}
	// Not a number: a user name at the account's domain keeps its punctuation.
	for _, r := range t {
		if r > unicode.MaxASCII || !strings.ContainsRune("-_.!~*'()&=+$", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return "", bad
		}
	}
	return t, nil
}

func looksLikeNumber(s string) bool {
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '*', r == '#':
			digits++
		case r == '+' && i == 0:
		default:
			return false
		}
	}
	return digits > 0
}

// cleanURI accepts user@host[:port][;parameters] and nothing that carries headers, quotes, brackets or spaces.
func cleanURI(scheme, rest string, bad error) (string, error) {
	user, host, ok := strings.Cut(rest, "@")
	if !ok {
		user, host = "", rest
	}
	if host == "" || ok && user == "" || strings.ContainsAny(rest, " \t\r\n<>\"?\\^`{}|,") || strings.Contains(host, "@") {
		return "", bad
	}
	for _, r := range rest {
		if r < 0x21 || r > 0x7e {
			return "", bad
		}
	}
	return strings.ToLower(scheme) + ":" + rest, nil
}

// partyFor is the other side of a call we place, before the network says more.
func partyFor(target string, acc *account) phone.Party {
	if strings.Contains(target, ":") {
		_, rest, _ := strings.Cut(target, ":")
		user, _, ok := strings.Cut(rest, "@")
		if !ok {
			user = rest
		}
		return phone.Party{URI: target, Number: user}
	}
	return phone.Party{URI: "sip:" + target + "@" + acc.Domain, Number: target}
}

// validDigits reports whether every character is a DTMF digit (RFC 4733 events 0-15) or a pause.
func validDigits(s string) bool {
	return s != "" && len(s) <= 128 && strings.Trim(s, "0123456789*#ABCDabcd,") == ""
}
