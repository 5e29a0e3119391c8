package present

import (
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// RuleLine is one of the rules in force for calls to the user (features.md F11).
type RuleLine struct {
	Icon string
	Text string
	Tone Tone
}

// RulesOf is what happens to a call to the user now, in the order in which it is decided.
func RulesOf(s Scene) []RuleLine {
	var out []RuleLine
	several := len(s.Snap.Accounts) > 1
	for _, r := range s.Snap.Rules() {
		l := ruleLine(s, r)
		if r.Team {
			l.Text = text.T("rules.team", "rule", l.Text)
		}
		if a := accountOf(s, r.Account); several && r.Account != "" && a != nil {
			l.Text = AccountName(a.Account) + " · " + l.Text
		}
		out = append(out, l)
	}
	return out
}

func ruleLine(s Scene, r phone.Rule) RuleLine {
	number := Clean(r.Number, numberLimit)
	doing := ActivityWord(r.Activity, r.Name)
	if !r.Until.IsZero() {
		doing = text.T("activity.until", "name", doing, "until", UntilWords(r.Until, s.Now))
	}
	switch r.Kind {
	case phone.RuleProfile:
		return RuleLine{"phone-forwarded", text.T("rules.profile", "name", profileName(s, r.Number)), ToneAmber}
	case phone.RuleDivert:
		return RuleLine{"phone-forwarded", text.T("rules.divert", "activity", doing, "number", number), ToneAmber}
	case phone.RuleForward:
		switch r.Forward {
		case phone.ForwardBusy:
			return RuleLine{"phone-off", text.T("rules.forward_busy", "number", number), TonePlain}
		case phone.ForwardNoAnswer:
			return RuleLine{"hourglass", text.T("rules.forward_noanswer", "number", number), TonePlain}
		}
		return RuleLine{"phone-forwarded", text.T("rules.forward_all", "number", number), ToneAmber}
	case phone.RuleQueues:
		names := make([]string, len(r.Queues))
		for i, q := range r.Queues {
			names[i] = Clean(q, nameLimit)
		}
		return RuleLine{"users", text.T("rules.queues", "queues", strings.Join(names, ", ")), TonePlain}
	case phone.RuleRefused:
		why := phone.Reason{ID: phone.ReasonNotConfirmed}
		if r.Reason != nil {
			why = *r.Reason
		}
		forward, words := text.T("forward."+string(r.Forward)), lowerFirst(text.ReasonTitle(why))
		if r.Number == "" {
			return RuleLine{"triangle-alert", text.T("rules.refused_off", "forward", forward, "why", words), ToneRed}
		}
		return RuleLine{"triangle-alert", text.T("rules.refused", "forward", forward, "number", number, "why", words), ToneRed}
	case phone.RuleRings:
		return RuleLine{"phone", text.T("rules.rings", "activity", doing), ToneGreen}
	}
	return RuleLine{"phone-off", text.T("rules.silent", "activity", doing), ToneAmber}
}
