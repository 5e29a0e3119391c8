package pbxdemo

import (
	"cmp"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/ua"
)

// The numbers that the practice PBX has in the telephone network: of a series kept free for films and books, so that they
// are nobody's. An extension's ends with its last two digits.
const (
	publicSeries = "08465004"
	mainNumber   = publicSeries + "90" // the switchboard's
)

// direct is the number of an extension in the telephone network.
func direct(extension string) string {
	if len(extension) < 2 {
		return ""
	}
	return publicSeries + extension[len(extension)-2:]
}

// inside is the extension that a number in the telephone network leads to, or the number itself.
func (p *PBX) inside(number string) string {
	national := number
	for _, prefix := range []string{"+46", "0046"} {
		if rest, ok := strings.CutPrefix(number, prefix); ok {
			national = "0" + rest
		}
	}
	if national == mainNumber {
		return p.queues[0].number
	}
	for _, l := range p.logins {
		if direct(l.User) == national {
			return l.User
		}
	}
	return number
}

// Roles is the numbers that a user may show to those called, besides their own, in a language: asked for with
// P-Preferred-Identity (RFC 3325 9.2).
func (p *PBX) Roles(user, language string) []phone.Role {
	words := [2]string{"Switchboard", "Direct"}
	if language == "sv" {
		words = [2]string{"Växeln", "Direkt"}
	}
	out := []phone.Role{{ID: "main", Name: words[0], Number: mainNumber}}
	if n := direct(user); n != "" {
		out = append(out, phone.Role{ID: "direct", Name: words[1], Number: n, Place: 1})
	}
	for _, q := range p.queues {
		if q.member(user) != nil {
			out = append(out, phone.Role{ID: phone.RoleID("queue-" + q.number), Name: q.title(language), Number: q.number, Place: len(out)})
		}
	}
	return out
}

// shows is the identity that a phone asks for and may have, or nothing.
func (p *PBX) shows(user string, headers []ua.Header) (number, name string) {
	for _, h := range headers {
		if !strings.EqualFold(h.Name, "P-Preferred-Identity") {
			continue
		}
		asked := userPart(h.Value)
		for _, r := range p.Roles(user, p.cfg.Language()) {
			if asked == r.Number {
				return r.Number, r.Name
			}
		}
		p.log.Info("identity not allowed", "user", user, "asked", asked)
	}
	return "", ""
}

// userPart is the number in the address of a header.
func userPart(value string) string {
	if _, rest, ok := strings.Cut(value, "<"); ok {
		value, _, _ = strings.Cut(rest, ">")
	}
	_, rest, _ := strings.Cut(value, ":")
	user, _, _ := strings.Cut(rest, "@")
	user, _, _ = strings.Cut(user, ";")
	return strings.TrimSpace(user)
}

// hides reports whether a phone asks not to be known (RFC 3323 4.2, RFC 3325 9.3).
func hides(headers []ua.Header) bool {
	return slices.ContainsFunc(headers, func(h ua.Header) bool {
		return h.Name == "Privacy" && (strings.Contains(h.Value, "id") || strings.Contains(h.Value, "user"))
	})
}

// party is how others see an end.
func (e *end) party() *phone.Party {
	if e.hidden {
		return &phone.Party{URI: "sip:anonymous@anonymous.invalid", Name: "Anonymous"}
	}
	return e.p.identity(cmp.Or(e.shown, e.number), e.name)
}

// asserts is the headers that tell a phone who calls, or that it may not know (RFC 3325 9.1, 9.3).
func (e *end) asserts() []ua.Header {
	if e.hidden {
		return []ua.Header{{Name: "Privacy", Value: "id"}}
	}
	who := e.party()
	return []ua.Header{{Name: "P-Asserted-Identity", Value: nameAddr(who.Name, who.URI)}}
}
