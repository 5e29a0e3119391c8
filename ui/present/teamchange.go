package present

import (
	"slices"

	"svara/phone"
	"svara/ui/text"
)

// TeamBars are the warnings over a screen of what the team server shares: that it is away and how old what is shown is, and
// what became of changes of the user's own that have the verbs.
func TeamBars(s Scene, verbs ...string) []Bar {
	var out []Bar
	t := s.Snap.Team
	switch t.Link {
	case phone.TeamAway:
		n := Bar{ID: "team", Icon: "wifi-off", Title: text.T("team.away"), Tone: ToneAmber}
		if !t.Since.IsZero() {
			n.Text = text.T("team.as_of", "when", text.WhenWithin(t.Since, s.Now))
		}
		if !t.Retry.IsZero() {
			n.Text += " " + retryWords(s, t.Retry.Sub(s.Now))
		}
		out = append(out, n)
	case phone.TeamSignedOut:
		r := phone.Reason{ID: phone.ReasonTeamSignedOut}
		if t.Reason != nil {
			r = *t.Reason
		}
		out = append(out, Bar{ID: "team", Icon: "lock", Title: text.ReasonTitle(r), Text: text.Reason(r), Tone: ToneAmber})
	}
	return append(out, ChangeBars(s, verbs...)...)
}

// ChangeBars is what became of changes of the user's own that have the verbs.
func ChangeBars(s Scene, verbs ...string) (out []Bar) {
	for _, c := range s.Snap.Team.Changes {
		if !slices.Contains(verbs, c.Verb) {
			continue
		}
		if n, ok := changeBar(c); ok {
			out = append(out, n)
		}
	}
	return out
}

func changeBar(c phone.TeamChange) (Bar, bool) {
	name := Clean(c.Name, nameLimit)
	switch c.State {
	case phone.TeamChangeWaits:
		return Bar{ID: "team." + c.ID, Icon: "clock", Title: name, Text: text.T("team.change_waits"), Tone: ToneAmber}, true
	case phone.TeamChangeRefused:
		r := phone.Reason{ID: phone.ReasonServerError}
		if c.Reason != nil {
			r = *c.Reason
		}
		n := Bar{ID: "team." + c.ID, Icon: "triangle-alert", Title: text.ReasonTitle(r), Text: text.Reason(r), Tone: ToneAmber, Change: c.ID}
		if name != "" {
			n.Title = name + ": " + n.Title
		}
		if who := Clean(c.Who, nameLimit); r.ID == phone.ReasonTeamConflict && who != "" {
			n.Text = text.T("team.faster", "name", who)
		}
		return n, true
	}
	return Bar{}, false
}

// teamAsking reports whether a change of the user's own, of a verb, about something, is not answered yet.
func teamAsking(s Scene, verb, about string) bool {
	return slices.ContainsFunc(s.Snap.Team.Changes, func(c phone.TeamChange) bool {
		return c.Verb == verb && c.About == about && c.State == phone.TeamChangeAsking
	})
}
