package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/widget"
)

const (
	practiceTeam   = "https://team.example.com"
	practiceMobile = "070-174 06 05"
)

// inCode opens the first start at the way in with a mobile number and a code.
func inCode(t *testing.T) (*App, *fakePhone) {
	t.Helper()
	a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Accounts = nil }))
	a.main.Resize(fyne.NewSize(startWidth, startHeight))
	pickCode(a.start.Object())
	return a, p
}

// pickCode presses the way to begin with a code.
func pickCode(o fyne.CanvasObject) {
	for _, o := range test.LaidOutObjects(o) {
		if c, ok := o.(*widget.Choice); ok && strings.HasPrefix(c.AccessibilityLabel(), text.T("start.code")) {
			c.Tapped(nil)
		}
	}
}

// startField is the field with a label.
func startField(t *testing.T, o fyne.CanvasObject, label string) *widget.Field {
	t.Helper()
	f := startFieldOf(o, text.T(label))
	if f == nil {
		t.Fatalf("no field %q", text.T(label))
	}
	return f
}

func startFieldOf(o fyne.CanvasObject, label string) *widget.Field {
	for _, o := range test.LaidOutObjects(o) {
		if f, ok := o.(*widget.Field); ok && f.Spec().Label == label {
			return f
		}
	}
	return nil
}

func startSays(o fyne.CanvasObject, words string) bool {
	for _, o := range test.LaidOutObjects(o) {
		if w, ok := o.(interface{ Text() string }); ok && o.Visible() && strings.Contains(w.Text(), words) {
			return true
		}
	}
	return false
}

// fillCode fills in where and who.
func fillCode(t *testing.T, o fyne.CanvasObject) {
	t.Helper()
	startField(t, o, "code.server").SetText("team.example.com")
	startField(t, o, "code.mobile").SetText(practiceMobile)
}

func codeChange(c phone.Command, state phone.TeamChangeState, why phone.ReasonID) phone.TeamChange {
	out := phone.TeamChange{ID: "c1", Verb: c.Verb(), About: practiceMobile, At: noon, State: state}
	if why != "" {
		out.Reason = &phone.Reason{ID: why}
	}
	return out
}

func TestACodeIsAskedForAndRedeemed(t *testing.T) {
	a, p := inCode(t)
	o := a.start.Object()
	if a.main.Canvas().Focused() != startField(t, o, "code.server").Entry() {
		t.Error("the caret is not in the first field")
	}
	told := len(p.told)
	mobile := startField(t, o, "code.mobile")
	mobile.Entry().OnSubmit("")
	if len(p.told) != told || startField(t, o, "code.server").Spec().Error == "" || mobile.Spec().Error == "" {
		t.Error("what is missing is not said")
	}
	fillCode(t, o)
	mobile.SetText("*21*")
	mobile.Entry().OnSubmit("")
	if len(p.told) != told || mobile.Spec().Error == "" {
		t.Errorf("a code is sent to %q", mobile.Text())
	}
	mobile.SetText(practiceMobile)
	mobile.Entry().OnSubmit("")
	if p.last() != (phone.RequestCode{URL: practiceTeam, Mobile: practiceMobile}) {
		t.Fatalf("told %+v", p.last())
	}
	changes(a, p, codeChange(phone.RequestCode{}, phone.TeamChangeAsking, ""))
	if startSays(o, text.T("code.sent")) {
		t.Error("it is said to be sent while it is asked for")
	}
	changes(a, p, codeChange(phone.RequestCode{}, phone.TeamChangeRefused, phone.ReasonTeamAway))
	if !startSays(o, text.Reason(phone.Reason{ID: phone.ReasonTeamAway})) || startSays(o, text.T("code.sent")) {
		t.Error("why there is no code is not said")
	}
	mobile.Entry().OnSubmit("")
	changes(a, p, codeChange(phone.RequestCode{}, phone.TeamChangeAsking, ""))
	changes(a, p)
	if !startSays(o, text.T("code.sent")) {
		t.Error("that a code is on its way is not said")
	}
	code := startField(t, o, "code.code")
	if a.main.Canvas().Focused() != code.Entry() {
		t.Error("the caret is not where the code goes")
	}

	told = len(p.told)
	code.Entry().OnSubmit("")
	if len(p.told) != told || code.Spec().Error == "" {
		t.Error("no code is redeemed")
	}
	code.SetText(" 123456 ")
	code.Entry().OnSubmit("")
	redeem := phone.RedeemCode{URL: practiceTeam, Mobile: practiceMobile, Code: "123456"}
	if p.last() != redeem {
		t.Fatalf("told %+v", p.last())
	}
	changes(a, p, codeChange(redeem, phone.TeamChangeAsking, ""))
	told = len(p.told)
	code.Entry().OnSubmit("")
	if len(p.told) != told {
		t.Error("it is redeemed twice")
	}
	changes(a, p, codeChange(redeem, phone.TeamChangeRefused, phone.ReasonTeamCode))
	if !startSays(o, text.Reason(phone.Reason{ID: phone.ReasonTeamCode})) {
		t.Error("that the code is wrong is not said")
	}
	// In another language it stands as it stood.
	p.show(a, speak(p.snap, "sv"))
	o = a.start.Object()
	if !startSays(o, text.T("code.sent")) || startField(t, o, "code.code").Text() != " 123456 " {
		t.Error("what was typed is gone")
	}
	startField(t, o, "code.code").Entry().OnSubmit("")
	changes(a, p, codeChange(redeem, phone.TeamChangeAsking, ""))
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team.Changes = nil
		s.Accounts = registered().Accounts
		s.Accounts[0].Team = practiceTeam
	}))
	if a.page == command.ViewStart {
		t.Error("the telephone does not come when it is signed in")
	}
}
