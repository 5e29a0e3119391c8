package present

import (
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
	"svara/ui/text"
)

// ForwardKinds is the forwardings in the order of menus.
var forwardKinds = []struct {
	kind    phone.ForwardKind
	icon    string
	on, off phone.Feature
}{
	{phone.ForwardAll, "phone-forwarded", phone.FeatureForwardAllOn, phone.FeatureForwardAllOff},
	{phone.ForwardNoAnswer, "hourglass", phone.FeatureForwardNoAnswerOn, phone.FeatureForwardNoAnswerOff},
	{phone.ForwardBusy, "phone-off", phone.FeatureForwardBusyOn, phone.FeatureForwardBusyOff},
}

// Forwarding is what an exchange does with calls that are not for us now.
type Forwarding struct {
	Account phone.AccountID
	Title   string // the account, where there are several
	Rows    []ForwardRow
	Profile ProfileRow
}

// ForwardRow is one forwarding.
type ForwardRow struct {
	Kind   phone.ForwardKind
	Icon   string
	Name   string
	State  string // in words
	Tone   Tone
	Mark   string // icon of the state
	Number string // what the field begins with
	On     bool
	Asking bool
	Wrong  string // why the exchange cannot do it
	NoOff  string // why it cannot be turned off
}

// ProfileRow is the profiles of an exchange.
type ProfileRow struct {
	State  string
	Tone   Tone
	Mark   string
	On     string // the profile that is on
	Asking bool
	Wrong  string
	NoOff  string
}

// ForwardingOf makes the page of forwardings, an exchange each.
func ForwardingOf(s Scene) []Forwarding {
	var out []Forwarding
	for _, a := range s.Snap.Accounts {
		f := Forwarding{Account: a.ID, Profile: profileOf(s, a)}
		if len(s.Snap.Accounts) > 1 {
			f.Title = AccountName(a.Account)
		}
		for _, k := range forwardKinds {
			row := ForwardRow{Kind: k.kind, Icon: k.icon, Name: text.T("forward." + string(k.kind))}
			stand := forwardState(s, a.ID, k.kind)
			row.State, row.Tone, row.Mark = confirmWords(s, stand.State, stand.Reason, stand.Since, onWords(s, stand), stand.Asked)
			if stand.Unconfirmed {
				row.State, row.Tone, row.Mark = doubted(row.State)
			}
			row.On, row.Asking = stand.State == phone.ConfirmOn, stand.State == phone.ConfirmAsking
			row.Number = stand.Number
			if row.Number == "" {
				row.Number = stand.Asked
			}
			if !a.Can(k.on) {
				row.Wrong = text.T("disabled.no-forward")
				row.State, row.Tone, row.Mark = "", ToneQuiet, ""
			} else if !a.Can(k.off) {
				row.NoOff = text.T("disabled.no-forward-off")
			}
			f.Rows = append(f.Rows, row)
		}
		out = append(out, f)
	}
	return out
}

func forwardState(s Scene, account phone.AccountID, kind phone.ForwardKind) phone.Forward {
	for _, f := range s.Snap.Forwards {
		if f.Account == account && f.Kind == kind {
			return f
		}
	}
	return phone.Forward{State: phone.ConfirmUnknown}
}

func onWords(s Scene, f phone.Forward) string {
	return text.T("confirm.on_to", "number", s.NumberText(f.Number))
}

// confirmWords is how something that an exchange has to do stands.
func confirmWords(s Scene, state phone.ConfirmState, why *phone.Reason, since time.Time, on, asked string) (words string, tone Tone, icon string) {
	switch state {
	case phone.ConfirmAsking:
		if asked == "" {
			return text.T("confirm.asking_off"), ToneAccent, "loader"
		}
		return text.T("confirm.asking", "number", s.NumberText(asked)), ToneAccent, "loader"
	case phone.ConfirmOn:
		if !since.IsZero() {
			on += " · " + text.T("confirm.since", "when", text.WhenWithin(since, s.Now))
		}
		return on, ToneGreen, "check"
	case phone.ConfirmOff:
		return text.T("confirm.off"), TonePlain, "minus"
	case phone.ConfirmRefused:
		r := phone.Reason{ID: phone.ReasonNotConfirmed}
		if why != nil {
			r = *why
		}
		return text.T("confirm.refused", "why", lowerFirst(text.ReasonTitle(r))), ToneRed, "triangle-alert"
	}
	return text.T("confirm.unknown"), ToneQuiet, "circle-help"
}

// doubted is how something stands that an exchange has taken the code for, and perhaps refused in words.
func doubted(words string) (doubt string, tone Tone, icon string) {
	return words + ". " + text.T("confirm.unconfirmed"), ToneAmber, "circle-help"
}

// ForwardLine is what is forwarded, for the activity menu: No answer → 070-174 06 50. Empty when nothing is.
func ForwardLine(s Scene) string {
	var parts []string
	for _, k := range forwardKinds {
		for _, f := range s.Snap.Forwards {
			if f.Kind == k.kind && f.State == phone.ConfirmOn {
				parts = append(parts, text.T("forward."+string(k.kind))+" → "+s.NumberText(f.Number))
				break
			}
		}
	}
	for _, p := range s.Snap.Profile {
		if p.State == phone.ConfirmOn {
			parts = append(parts, profileName(s, p.Number))
		}
	}
	return strings.Join(parts, " · ")
}

// ForwardCommand is the command for a number that was typed, or what is wrong with it.
func ForwardCommand(account phone.AccountID, kind phone.ForwardKind, typed string) (phone.Command, string) {
	if wrong := numberWrong(typed); wrong != "" {
		return nil, wrong
	}
	return phone.SetForward{Account: account, Kind: kind, Number: DialText(strings.TrimSpace(typed))}, ""
}

func profileName(s Scene, number string) string {
	for _, p := range s.Snap.Profiles {
		if p.Number == number && p.Name != "" {
			return Clean(p.Name, nameLimit)
		}
	}
	return text.T("profile.number", "number", Clean(number, numberLimit))
}

func profileOf(s Scene, a phone.AccountStatus) ProfileRow {
	var row ProfileRow
	stand := phone.ProfileStatus{State: phone.ConfirmUnknown}
	for _, p := range s.Snap.Profile {
		if p.Account == a.ID {
			stand = p
		}
	}
	on := text.T("profile.on", "name", profileName(s, stand.Number))
	if !stand.Until.IsZero() {
		on = text.T("activity.until", "name", on, "until", UntilWords(stand.Until, s.Now))
	}
	asked := stand.Asked
	if asked != "" {
		asked = profileName(s, asked)
	}
	row.State, row.Tone, row.Mark = confirmWords(s, stand.State, stand.Reason, time.Time{}, on, asked)
	if stand.Unconfirmed {
		row.State, row.Tone, row.Mark = doubted(row.State)
	}
	row.Asking = stand.State == phone.ConfirmAsking
	if stand.State == phone.ConfirmOn {
		row.On = stand.Number
	}
	switch {
	case !a.Can(phone.FeatureProfileOn):
		row.Wrong = text.T("disabled.no-profile")
		row.State, row.Mark = "", ""
	case !a.Can(phone.FeatureProfileOff):
		row.NoOff = text.T("disabled.no-forward-off")
	}
	return row
}

// ProfileOptions are the profiles that can be turned on.
func ProfileOptions(s Scene) []Choice {
	var out []Choice
	for _, p := range s.Snap.Profiles {
		name := Clean(p.Name, nameLimit)
		if name == "" {
			name = text.T("profile.number", "number", p.Number)
		} else {
			name += " (" + p.Number + ")"
		}
		out = append(out, option(p.Number, name))
	}
	return out
}

// ProfileTimes are lengths by name; each has the digits of features.md F8. The digits "other" are typed.
func ProfileTimes() []Choice {
	out := []Choice{option("", text.T("profile.own_time")), option("0", upperFirst(text.T("length.until_changed")))}
	for _, m := range []int{15, 30, 45} {
		out = append(out, option(digits(m, 3), minutesWords(m)))
	}
	for _, h := range []int{1, 2, 3, 4, 8} {
		out = append(out, option(digits(h, 2), text.T("duration.hours", "n", h)))
	}
	for _, d := range []int{1, 2, 3, 7} {
		out = append(out, option(digits(d, 1), text.T("length.days", "n", d)))
	}
	return append(out, option(ProfileOther, text.T("profile.other_time")))
}

// ProfileOther is the choice of a time that is typed.
const ProfileOther = "other"

// digits writes a number in so many digits.
func digits(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}

// ProfileEnd says what the digits of a profile's time mean: until tomorrow 08:00; or what is wrong with them.
func ProfileEnd(s Scene, typed string) (means, wrong string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return text.T("profile.own_time_help"), ""
	}
	until, err := schedule.ProfileUntil(typed, s.Now)
	if err != nil {
		if phone.ReasonOf(err).ID == phone.ReasonPast {
			return "", text.T("reason.past")
		}
		return "", text.T("profile.time_wrong")
	}
	return upperFirst(UntilWords(until, s.Now)) + ".", ""
}

// ProfileCommand turns a profile on.
func ProfileCommand(s Scene, account phone.AccountID, number, time string) (phone.Command, string) {
	if number == "" {
		return nil, text.T("profile.none")
	}
	if _, wrong := ProfileEnd(s, time); wrong != "" {
		return nil, wrong
	}
	return phone.SetProfile{Account: account, Number: number, Time: strings.TrimSpace(time)}, ""
}

// ProfileEditor is the profiles the user has named (features.md F8).
func ProfileEditor() Editor {
	return Editor{
		Title: text.T("profile.title"), Help: text.T("profile.help"), Empty: text.T("profile.none"), New: text.T("profile.new"), Save: text.T("form.save"),
		Rows: func(s Scene) []FormRow {
			var out []FormRow
			for _, p := range s.Snap.Profiles {
				out = append(out, FormRow{ID: p.Number, Icon: "phone-forwarded", Title: profileName(s, p.Number), Detail: p.Number})
			}
			return out
		},
		Start: func(s Scene, id string) Values {
			v := Values{}
			for _, p := range s.Snap.Profiles {
				if p.Number == id {
					v["number"], v["name"] = p.Number, p.Name
				}
			}
			return v
		},
		Form: func(s Scene, id string, v Values) Form {
			n := FormField{ID: "number", Label: text.T("form.number"), Icon: "grip", Half: true}
			p := phone.Profile{Number: strings.TrimSpace(v["number"]), Name: strings.TrimSpace(v["name"])}
			if p.Validate() != nil {
				n.Wrong = text.T("profile.number_wrong")
			}
			for _, other := range s.Snap.Profiles {
				if other.Number == p.Number && p.Number != id {
					n.Wrong = text.T("form.number_twice")
				}
			}
			return Form{Fields: []FormField{n, {ID: "name", Label: text.T("form.name"), Half: true}}}
		},
		Commands: func(_ Scene, id, _ string, v Values) []phone.Command {
			p := phone.Profile{Number: strings.TrimSpace(v["number"]), Name: strings.TrimSpace(v["name"])}
			return renamed(phone.ItemProfile, id, p.Number, phone.PutItem{Item: p})
		},
		Remove: func(id string) phone.Command { return phone.RemoveItem{Kind: phone.ItemProfile, Key: id} },
	}
}
