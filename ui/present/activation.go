package present

import (
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// Activation is how signing in with a mobile number and a code stands (features.md A2).
type Activation struct {
	Asking  bool   // for a code, and no answer yet
	Sent    bool   // one is on its way, if the number is known
	Signing bool   // the code is being redeemed
	Wrong   string // why it did not go, in words
}

// ActivationOf is how it stands. before is how it stood: what is not under way any more, and was not refused, is done.
func ActivationOf(s Scene, before Activation) Activation {
	now := Activation{Sent: before.Sent}
	var asking, signing *phone.TeamChange
	for i, c := range s.Snap.Team.Changes {
		switch c.Verb {
		case phone.RequestCode{}.Verb():
			asking = &s.Snap.Team.Changes[i]
		case phone.RedeemCode{}.Verb():
			signing = &s.Snap.Team.Changes[i]
		}
	}
	now.Asking = asking != nil && asking.State == phone.TeamChangeAsking
	now.Signing = signing != nil && signing.State == phone.TeamChangeAsking
	switch {
	case signing != nil && signing.State == phone.TeamChangeRefused && signing.Reason != nil:
		now.Wrong = text.Reason(*signing.Reason)
	case asking != nil && asking.State == phone.TeamChangeRefused && asking.Reason != nil:
		now.Wrong, now.Sent = text.Reason(*asking.Reason), false
	}
	if before.Asking && asking == nil {
		now.Sent = true
	}
	return now
}

// CodeServer is a team server's address as typed, or what is wrong with it.
func CodeServer(typed string) (value, wrong string) {
	if strings.TrimSpace(typed) == "" {
		return "", text.T("code.need_server")
	}
	return TeamServer(typed)
}

// MobileWrong is what is wrong with a mobile number.
func MobileWrong(typed string) string {
	switch typed = strings.TrimSpace(typed); {
	case typed == "":
		return text.T("code.need_mobile")
	case !Dialable(typed) || strings.ContainsAny(typed, "*#"):
		return text.T("dial.not_a_number")
	}
	return ""
}
