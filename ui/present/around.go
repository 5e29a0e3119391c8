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
	if names := queuesOf(s, p); len(names) > 0 {
		out = append(out, Trait{"headset", text.T("board.queues", "names", strings.Join(names, ", "))})
	}
	if l := s.LineOf(p.Line()); l != nil && l.Presence != nil && l.Presence.Divert != "" && !l.Stale {
		out = append(out, Trait{"phone-forwarded", divertWords(s, l.Presence.Divert)})
	}
	if who := StandInOf(s, p); who != "" {
		out = append(out, Trait{"user", text.T("board.stand_in", "name", who)})
	}
	return out
}

// queuesOf is the names of the queues that somebody is logged in to, of those the user knows and the exchange tells the
// agents of.
func queuesOf(s Scene, p phone.Person) []string {
	number := p.Line()
	if number == "" {
		return nil
	}
	var out []string
	for _, q := range s.Snap.Queues {
		l := s.LineOf(string(q.ID))
		if l == nil || l.Presence == nil || l.Stale || !s.connected(l.Account) {
			continue
		}
		if slices.ContainsFunc(l.Presence.Agents, func(a phone.AgentState) bool { return a.ID == number }) {
			out = append(out, queueName(q.Queue))
		}
	}
	return out
}

func divertWords(s Scene, number string) string {
	if slices.ContainsFunc(s.Snap.Accounts, func(a phone.AccountStatus) bool { return a.User == number }) {
		return text.T("board.divert_here")
	}
	who := s.WhoOf(phone.Party{Number: number})
	if who.Known {
		return text.T("board.divert", "name", who.Name+" "+who.Number)
	}
	return text.T("board.divert", "name", who.Name)
}

// aroundWords is Around in a line.
func aroundWords(s Scene, p phone.Person) string {
	var words []string
	for _, f := range Around(s, p) {
		words = append(words, f.Text)
	}
	return joinDots(words...)
}
