package present

import (
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// TeamLink is how an account's link to its team server is shown.
type TeamLink struct {
	Icon    string
	Words   string // empty: the account has no team server, or another one's is in use
	Tone    Tone
	SignIn  bool // user name and password are asked for
	SignOut bool
	Live    bool   // it can be asked
	Forgot  string // where who has forgotten the password goes: a web address; empty: nowhere
}

// TeamLinkOf is an account's link.
func TeamLinkOf(s Scene, id phone.AccountID) TeamLink {
	t := s.Snap.Team
	if t.Account != id {
		return TeamLink{}
	}
	forgot := ""
	if strings.HasPrefix(t.Forgot, "https://") || strings.HasPrefix(t.Forgot, "http://") {
		forgot = t.Forgot
	}
	why := func() string {
		if t.Reason == nil {
			return ""
		}
		return text.Reason(*t.Reason)
	}
	switch t.Link {
	case phone.TeamLive:
		return TeamLink{Icon: "circle-check", Words: text.T("account.team_live", "name", Clean(t.Name, nameLimit)), Tone: ToneGreen, SignOut: true, Live: true}
	case phone.TeamConnecting:
		return TeamLink{Icon: "refresh-cw", Words: text.T("account.team_connecting"), Tone: TonePlain, SignOut: true}
	case phone.TeamAway:
		return TeamLink{Icon: "wifi-off", Words: strings.TrimSpace(text.T("team.away") + ". " + why()), Tone: ToneAmber, SignOut: true}
	case phone.TeamSignedOut:
		if words := why(); words != "" && t.Reason.ID != phone.ReasonTeamSignedOut {
			return TeamLink{Icon: "triangle-alert", Words: words, Tone: ToneAmber, SignIn: true, Forgot: forgot}
		}
		return TeamLink{Icon: "lock", Words: text.T("account.team_signed_out"), Tone: TonePlain, SignIn: true, Forgot: forgot}
	}
	return TeamLink{}
}

// TeamServer is a team server's address as typed: with https before it when nothing is.
func TeamServer(typed string) (value, wrong string) {
	value = strings.TrimSpace(typed)
	if value != "" && !strings.Contains(value, "://") {
		value = "https://" + value
	}
	if !strings.HasSuffix(value, "://") {
		value = strings.TrimRight(value, "/")
	}
	return checked(value, "account.wrong_team", func(a *phone.Account) { a.Team = value })
}
