package present

import (
	"slices"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// Trait is a sentence about somebody.
type Trait struct {
	Icon string
	Text string
}

// Around is what there is to know of how somebody's calls are taken, beside how they stand: the queues they are logged in
// to, where calls to them go today, and who stands in for them (features.md I3).
func Around(s Scene, p phone.Person) []Trait {
	var out []Trait
	var names []string
	for _, q := range s.Snap.QueuesOf(p.Line()) {
		names = append(names, queueName(q.Queue))
	}
	if len(names) > 0 {
		out = append(out, Trait{"headset", text.T("board.queues", "names", strings.Join(names, ", "))})
	}
	switch to, here := DivertOf(s, p); {
	case here:
		out = append(out, Trait{"phone-forwarded", text.T("board.divert_here")})
	case to != "":
		out = append(out, Trait{"phone-forwarded", text.T("board.divert", "name", to)})
	}
	if who := StandInOf(s, p); who != "" {
		out = append(out, Trait{"user", text.T("board.stand_in", "name", who)})
	}
	return out
}

// DivertOf is where calls to somebody go now, in words, and whether that is here. Empty when the exchange does not tell.
func DivertOf(s Scene, p phone.Person) (to string, here bool) {
	l := s.LineOf(p.Line())
	if l == nil || l.Presence == nil || l.Presence.Divert == "" || l.Stale {
		return "", false
	}
	number := l.Presence.Divert
	who := s.WhoOf(phone.Party{Number: number})
	to = who.Name
	if who.Known {
		to += " " + who.Number
	}
	return to, slices.ContainsFunc(s.Snap.Accounts, func(a phone.AccountStatus) bool { return a.User == number })
}

// Onward is a call's way to somebody who does not ring: where the exchange sends calls to them, or to their number where it
// does not tell. A call that would only come back is not sent.
func Onward(s Scene, p phone.Person, name, number string) Button {
	b := Button{Icon: "phone-forwarded", Enabled: true}
	switch to, here := DivertOf(s, p); {
	case here:
		b.Text, b.Enabled, b.Reason = text.T("drop.divert_here"), false, text.T("drop.divert_back")
	case to != "":
		b.Text = text.T("drop.divert", "name", to)
	default:
		b.Text = text.T("drop.direct_all_the_same", "name", name, "number", s.NumberText(number))
	}
	return b
}

// aroundWords is Around in a line.
func aroundWords(s Scene, p phone.Person) string {
	var words []string
	for _, f := range Around(s, p) {
		words = append(words, f.Text)
	}
	return joinDots(words...)
}
