package present

import (
	"svara/phone"
	"svara/ui/text"
)

// GreetingLine is a greeting of the user's own mailbox.
type GreetingLine struct {
	Kind  phone.Greeting
	Words string // "Busy: your own, 0:12"
	Icon  string
	Plays bool   // it is being played
	None  string // why it cannot be played or taken away: it is the exchange's
}

var greetingNames = map[phone.Greeting]string{
	phone.GreetingUnavailable: "voicemail.greeting_unavailable", phone.GreetingBusy: "voicemail.greeting_busy",
	phone.GreetingName: "voicemail.greeting_name", phone.GreetingTemporary: "voicemail.greeting_temporary",
}

// GreetingLines is all greetings.
func GreetingLines(s Scene) []GreetingLine {
	out := make([]GreetingLine, 0, len(s.Snap.Voicemail.Greetings))
	for _, g := range s.Snap.Voicemail.Greetings {
		l := GreetingLine{Kind: g.Kind, Icon: "circle"}
		name := text.T(greetingNames[g.Kind])
		switch {
		case !g.Own:
			l.None = text.T("voicemail.greeting_none")
			l.Words = text.T("voicemail.greeting_exchange", "name", name)
		case g.Length > 0:
			l.Icon, l.Words = "check", text.T("voicemail.greeting_own_length", "name", name, "length", text.Duration(g.Length))
		default:
			l.Icon, l.Words = "check", text.T("voicemail.greeting_own", "name", name)
		}
		if p := s.Snap.Playing; p != nil {
			l.Plays = p.Greeting == g.Kind
		}
		out = append(out, l)
	}
	return out
}

// TeamLocked is why what the team server has cannot be changed now; empty: it can.
func TeamLocked(s Scene) string {
	switch s.Snap.Team.Link {
	case phone.TeamLive:
		return ""
	case phone.TeamSignedOut:
		return text.ReasonTitle(phone.Reason{ID: phone.ReasonTeamSignedOut})
	}
	return text.ReasonTitle(phone.Reason{ID: phone.ReasonTeamAway})
}
