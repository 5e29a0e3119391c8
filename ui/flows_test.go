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

// find is the buttons, warning bars and the like of a kind in a window, in drawing order.
func find[W fyne.CanvasObject](c fyne.Canvas) []W {
	var out []W
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if w, ok := o.(W); ok {
			out = append(out, w)
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		}
	}
	walk(c.Content())
	return out
}

// tap presses the button with the words.
func tap(t *testing.T, c fyne.Canvas, words string) {
	t.Helper()
	for _, b := range find[*widget.Button](c) {
		if b.Spec().Text == words {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("no button %q", words)
}

func noAccounts() *phone.Snapshot {
	return with(registered(), func(s *phone.Snapshot) {
		s.Accounts = nil
		s.Settings[phone.KeyFirstStart] = "true"
	})
}

// fillIn types in the sign-in form, going from field to field with the keyboard.
func fillIn(a *App, user, password, domain string) {
	fields := find[*widget.Field](a.main.Canvas())
	for i, s := range []string{user, password, domain} {
		a.main.Canvas().Focus(fields[i].Entry())
		write(a, s)
	}
}

func TestFirstSignIn(t *testing.T) {
	a, p := open(t, noAccounts())
	if a.page != command.ViewStart {
		t.Fatalf("without an account the window shows %s", a.page)
	}
	fillIn(a, "elin", "hemlig", "vaxel.example.com")
	press(a, fyne.KeyReturn)
	put, ok := p.last().(phone.PutAccount)
	if !ok || put.Account.User != "elin" || put.Account.Domain != "vaxel.example.com" || put.Password.Reveal() != "hemlig" {
		t.Fatalf("told %#v", p.last())
	}
	state := func(r phone.Registration) *phone.Snapshot {
		return with(p.snap, func(s *phone.Snapshot) { s.Accounts = []phone.AccountStatus{{Account: put.Account, Registration: r}} })
	}
	p.show(a, state(phone.Registration{State: phone.RegistrationRegistering}))
	if a.page != command.ViewStart {
		t.Error("the form goes before the account works")
	}
	p.show(a, state(phone.Registration{State: phone.RegistrationFailed, Reason: &phone.Reason{ID: phone.ReasonWrongPassword}}))
	wrong := ""
	for _, f := range find[*widget.Field](a.main.Canvas()) {
		wrong += f.Spec().Error
	}
	if wrong != text.T("signin.wrong_password") {
		t.Errorf("the form says %q", wrong)
	}
	press(a, fyne.KeyReturn)
	p.show(a, state(phone.Registration{State: phone.RegistrationRegistered}))
	if a.page != command.ViewCall {
		t.Errorf("after signing in the window shows %s", a.page)
	}
	if p.last() != (phone.Set{Key: phone.KeyFirstStart, Value: "false"}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestAnOldFailureIsNotTakenForTheAnswer(t *testing.T) {
	a, p := open(t, noAccounts())
	fillIn(a, "elin", "fel", "vaxel.example.com")
	press(a, fyne.KeyReturn)
	put := p.last().(phone.PutAccount)
	failed := with(p.snap, func(s *phone.Snapshot) {
		s.Accounts = []phone.AccountStatus{{Account: put.Account, Registration: phone.Registration{State: phone.RegistrationFailed, Reason: &phone.Reason{ID: phone.ReasonWrongPassword}}}}
	})
	p.show(a, failed)
	press(a, fyne.KeyReturn)
	a.second() // draws the same snapshot again
	if !a.start.Busy() {
		t.Error("the failure before the new try ended it")
	}
}

func TestMissingFieldsAreAskedFor(t *testing.T) {
	a, p := open(t, noAccounts())
	fillIn(a, "elin", "", "")
	press(a, fyne.KeyReturn)
	if p.last() != nil {
		t.Errorf("told %#v", p.last())
	}
	if f := find[*widget.Field](a.main.Canvas())[1]; f.Spec().Error == "" {
		t.Error("the password is not asked for")
	}
}

func TestLanguageSwitchKeepsWhatWasTyped(t *testing.T) {
	a, p := open(t, noAccounts())
	fillIn(a, "elin", "hemlig", "vaxel.example.com")
	p.show(a, speak(p.snap, "sv"))
	fields := find[*widget.Field](a.main.Canvas())
	if fields[0].Text() != "elin" || fields[1].Text() != "hemlig" || fields[0].Spec().Label != "Användarnamn" {
		t.Errorf("%q %q %q", fields[0].Text(), fields[1].Text(), fields[0].Spec().Label)
	}
	a, p = open(t, registered())
	write(a, "070")
	p.show(a, speak(p.snap, "sv"))
	if a.face().Field() != "070" {
		t.Errorf("the field says %q", a.face().Field())
	}
}

func TestDemoStartsInOnePress(t *testing.T) {
	a, p := open(t, noAccounts())
	started := false
	a.opts.Demo = func() error {
		started = true
		p.snap = with(registered(), func(s *phone.Snapshot) { s.Seq = 10 })
		return nil
	}
	for _, c := range find[*widget.Choice](a.main.Canvas()) {
		if strings.HasPrefix(c.AccessibilityLabel(), text.T("start.demo")) {
			test.Tap(c)
		}
	}
	if !started || a.page != command.ViewCall {
		t.Errorf("started %v, the window shows %s", started, a.page)
	}
}

func TestIncomingCardIsAWindowAndOverTheList(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, ringing())
	if !a.card.shown {
		t.Error("the card's window is not shown")
	}
	for name, c := range map[string]fyne.Canvas{"main window": a.main.Canvas(), "card": a.card.window.Canvas()} {
		p.told = nil
		tap(t, c, "Answer")
		if p.last() != (phone.Answer{Call: 7}) {
			t.Errorf("%s: told %#v", name, p.last())
		}
		tap(t, c, "Decline")
		if p.last() != (phone.Decline{Call: 7}) {
			t.Errorf("%s: told %#v", name, p.last())
		}
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Calls = nil }))
	if a.card.shown {
		t.Error("the card's window stays")
	}
}

func TestKeyCapShowsWhatWorks(t *testing.T) {
	answer := func(a *App) string {
		for _, b := range find[*widget.Button](a.main.Canvas()) {
			if b.Spec().Text == "Answer" {
				return b.Spec().Key
			}
		}
		return "no button"
	}
	a, p := open(t, registered())
	p.show(a, ringing())
	if got := answer(a); got != "Enter" {
		t.Errorf("empty field: %q", got)
	}
	write(a, "An")
	a.second()
	if got := answer(a); got != "Num Enter" {
		t.Errorf("somebody writes: %q", got)
	}
}

func TestCallButtons(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	for words, want := range map[string]phone.Command{
		"Mute": phone.SetMute{Call: 7, On: true}, "Hold": phone.SetHold{Call: 7, On: true}, "Hang up": phone.Hangup{Call: 7},
	} {
		tap(t, a.main.Canvas(), words)
		if p.last() != want {
			t.Errorf("%s: told %#v", words, p.last())
		}
	}
	tap(t, a.main.Canvas(), "Keypad")
	for _, k := range find[*widget.DigitKey](a.main.Canvas()) {
		if k.AccessibilityLabel() == "5" {
			test.Tap(k)
		}
	}
	if p.last() != (phone.SendDTMF{Call: 7, Digits: "5"}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestHeldCallComesBackByItsOwnButton(t *testing.T) {
	a, p := open(t, registered())
	two := func(active phone.CallID) *phone.Snapshot {
		return with(p.snap, func(s *phone.Snapshot) {
			held := connected(6)
			held.Hold = phone.HoldLocal
			s.Calls, s.Active = []phone.Call{held, connected(7)}, active
			if active == 0 {
				s.Calls[1].Hold = phone.HoldLocal
			}
		})
	}
	p.show(a, two(7))
	tap(t, a.main.Canvas(), "Swap")
	if p.last() != (phone.SetHold{Call: 6}) {
		t.Errorf("told %#v", p.last())
	}
	p.show(a, two(0))
	p.told = nil
	for _, b := range find[*widget.Button](a.main.Canvas()) {
		if b.Spec().Text == "Resume" && b.Spec().Size == widget.Small {
			test.Tap(b)
		}
	}
	if p.last() != (phone.SetHold{Call: 6}) {
		t.Errorf("all held: told %#v", p.last())
	}
}

func TestCallBarOnOtherTabs(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	a.show(command.ViewHistory)
	p.told = nil
	for _, b := range find[*widget.Button](a.main.Canvas()) {
		if b.Spec().Look == widget.Stop {
			test.Tap(b)
		}
	}
	if p.last() != (phone.Hangup{Call: 7}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestWarningsCanBeActedOn(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Accounts[0].Registration = phone.Registration{State: phone.RegistrationFailed, Reason: &phone.Reason{ID: phone.ReasonNoReply}}
		s.Faults = []phone.Reason{{ID: phone.ReasonNoMicrophone}}
	}))
	bars := find[*widget.WarningBar](a.main.Canvas())
	if len(bars) != 2 {
		t.Fatalf("%d bars", len(bars))
	}
	act, _ := bars[0].Buttons()
	test.Tap(act)
	if p.last() != (phone.Register{Account: "elin"}) {
		t.Errorf("told %#v", p.last())
	}
	_, dismiss := bars[1].Buttons()
	test.Tap(dismiss)
	if p.last() != (phone.Dismiss{Fault: phone.ReasonNoMicrophone}) {
		t.Errorf("told %#v", p.last())
	}
	press(a, fyne.KeyReturn) // dialling is told why it cannot be, and nothing is dialled
	if a.face().Wrong() == "" {
		t.Error("nothing says why nothing is dialled")
	}
	for _, c := range p.told {
		if _, ok := c.(phone.Dial); ok {
			t.Error("dialled without an account")
		}
	}
}

func TestGoingToTheHistorySeesTheMissed(t *testing.T) {
	a, p := open(t, registered())
	a.show(command.ViewHistory)
	if p.last() != (phone.SeeMissed{}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestNamesFromTheNetworkAreCleaned(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(ringing(), func(s *phone.Snapshot) {
		s.Calls[0].Remote = phone.Party{Name: "Banken\u202e\n" + strings.Repeat("x", 300), Number: "070\u200b1740612"}
	}))
	var all strings.Builder
	for _, w := range find[*widget.Text](a.main.Canvas()) {
		all.WriteString(w.Text() + "\x00")
	}
	if s := all.String(); strings.ContainsAny(s, "\u202e\u200b\n") || !strings.Contains(s, "070-174 06 12") || strings.Contains(s, strings.Repeat("x", 100)) {
		t.Errorf("%q", s)
	}
}

func TestSignedInForThisTimeOnly(t *testing.T) {
	a, p := open(t, noAccounts())
	fillIn(a, "elin", "hemlig", "vaxel.example.com")
	for _, c := range find[*widget.Check](a.main.Canvas()) {
		c.Set(false)
	}
	press(a, fyne.KeyReturn)
	if put, ok := p.last().(phone.PutAccount); !ok || !put.SessionOnly {
		t.Errorf("told %#v", p.last())
	}
}

func TestAccountThatComesByAnotherWayGetsTheKeyboard(t *testing.T) {
	a, p := open(t, noAccounts())
	p.show(a, with(registered(), func(s *phone.Snapshot) { s.Seq = p.snap.Seq + 1 }))
	if a.page != command.ViewCall {
		t.Fatalf("the window shows %s", a.page)
	}
	write(a, "21")
	if got := a.face().Field(); got != "21" {
		t.Errorf("typed digits went nowhere: the field holds %q", got)
	}
}
