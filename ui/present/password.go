package present

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"svara/phone"
	"svara/ui/text"
)

// PasswordForm changes the password at the team server. The server's rule is shown before anything is sent (features.md A3).
func PasswordForm() Editor {
	return Editor{
		Title: text.T("password.title"), Help: text.T("password.help"), Save: text.T("password.title"),
		Start: func(Scene, string) Values { return Values{"old": "", "new": "", "again": ""} },
		Form:  passwordForm,
		Commands: func(_ Scene, _, _ string, v Values) []phone.Command {
			return []phone.Command{phone.SetTeamPassword{Old: phone.Secret(v["old"]), New: phone.Secret(v["new"])}}
		},
		Fate: func(s Scene, _ string) Fate {
			return fateOf(s, phone.SetTeamPassword{}.Verb(), phone.TeamPasswordChange, text.T("password.asking"), passwordRefused)
		},
	}
}

// passwordRefused is why a new password was not taken, by field.
func passwordRefused(r phone.Reason) map[string]string {
	switch r.ID {
	case phone.ReasonTeamPassword:
		return map[string]string{"old": text.T("password.old_wrong")}
	case phone.ReasonTeamWeak:
		return map[string]string{"new": text.Reason(r)}
	}
	return map[string]string{"": text.Reason(r)}
}

// PasswordRule is what a new password has to be, in words; empty while it is not known.
func PasswordRule(r phone.TeamPasswordRule) string {
	if r == (phone.TeamPasswordRule{}) {
		return ""
	}
	parts := []string{text.T("password.rule", "n", r.Min)}
	if r.Digit {
		parts = append(parts, text.T("password.rule_digit"))
	}
	if r.Upper {
		parts = append(parts, text.T("password.rule_upper"))
	}
	return strings.Join(parts, ", ")
}

// fits reports whether a password is as the rule says.
func fits(r phone.TeamPasswordRule, password string) bool {
	return utf8.RuneCountInString(password) >= r.Min && (!r.Digit || strings.ContainsFunc(password, unicode.IsDigit)) && (!r.Upper || strings.ContainsFunc(password, unicode.IsUpper))
}

func passwordForm(s Scene, _ string, v Values) Form {
	rule := s.Snap.Team.Password
	fields := []FormField{
		{ID: "old", Kind: FieldSecret, Label: text.T("password.old"), Icon: "lock"},
		{ID: "new", Kind: FieldSecret, Label: text.T("password.new"), Icon: "key-round", Help: PasswordRule(rule)},
		{ID: "again", Kind: FieldSecret, Label: text.T("password.again"), Icon: "key-round"},
	}
	switch {
	case v["old"] == "":
		fields[0].Wrong = text.T("signin.need_password")
	case !fits(rule, v["new"]):
		fields[1].Wrong = text.T("password.weak") + ": " + PasswordRule(rule)
	case v["new"] != v["again"]:
		fields[2].Wrong = text.T("password.not_same")
	}
	f := Form{Fields: fields}
	if s.Snap.Team.Link != phone.TeamLive {
		f.Warn = text.T("password.away")
	}
	return f
}

// PasswordTold is how a change of the password went, in words; empty for other events.
func PasswordTold(e phone.Event) string {
	if e.Kind != phone.EventTeam || e.Value != phone.TeamPasswordChange {
		return ""
	}
	if e.State == "done" {
		return text.T("password.changed")
	}
	if e.Reason == nil {
		return ""
	}
	return text.T("password.refused", "why", strings.Join(slices.Collect(maps.Values(passwordRefused(*e.Reason))), " "))
}
