package ui

import (
	"reflect"
	"testing"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
)

func TestDialByTypingAndEnter(t *testing.T) {
	a, p := open(t, registered())
	write(a, "070-174 06 12")
	press(a, fyne.KeyReturn)
	if want := (phone.Dial{Target: "0701740612"}); p.last() != want {
		t.Fatalf("told %#v, want %#v", p.last(), want)
	}
	if a.face().Field() == "" {
		t.Error("the field is emptied before the call is there")
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Calls = []phone.Call{{ID: 1, Account: "elin", Direction: phone.Outgoing, State: phone.StateDialing, Remote: phone.Party{Number: "0701740612"}, Created: noon}}
		s.Active = 1
	}))
	if a.face().Field() != "" {
		t.Errorf("the field still says %q during the call", a.face().Field())
	}
}

func TestRefusedDialKeepsTheNumberAndSaysWhy(t *testing.T) {
	a, p := open(t, registered())
	p.deny = phone.Refuse(phone.ReasonTooManyCalls, "")
	write(a, "2101")
	press(a, fyne.KeyReturn)
	if a.face().Field() != "2101" {
		t.Errorf("the field says %q", a.face().Field())
	}
	if a.face().Wrong() == "" {
		t.Error("nothing says why")
	}
	write(a, "2")
	if a.face().Wrong() != "" {
		t.Error("the old reason stays while typing")
	}
}

func TestEmptyFieldGetsTheLastNumber(t *testing.T) {
	a, p := open(t, registered())
	press(a, fyne.KeyReturn)
	if a.face().Field() != "2101" || p.last() != nil {
		t.Fatalf("field %q, told %#v", a.face().Field(), p.last())
	}
	press(a, fyne.KeyReturn)
	if want := (phone.Dial{Target: "2101"}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

func TestTypingFindsInTheHistoryAndEnterCalls(t *testing.T) {
	a, p := open(t, registered())
	write(a, "mar")
	press(a, fyne.KeyReturn)
	if want := (phone.Dial{Target: "0701740612"}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

func TestArrowAndEnterCallBack(t *testing.T) {
	a, p := open(t, registered())
	a.show(command.ViewHistory)
	press(a, fyne.KeyDown)
	press(a, fyne.KeyDown)
	press(a, fyne.KeyReturn)
	if want := (phone.Dial{Target: "2101"}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

func ringing() *phone.Snapshot {
	return with(registered(), func(s *phone.Snapshot) { s.Calls = []phone.Call{incoming(7)} })
}

func TestEnterAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		key     fyne.KeyName
		typed   string
		setting string
		answers bool
	}{
		"Enter, empty field":          {fyne.KeyReturn, "", "true", true},
		"Enter, text in the field":    {fyne.KeyReturn, "Anna", "true", false},
		"Enter, turned off":           {fyne.KeyReturn, "", "false", false},
		"number pad, turned off":      {fyne.KeyEnter, "", "false", true},
		"number pad, text in a field": {fyne.KeyEnter, "Anna", "true", true},
		"F5":                          {fyne.KeyF5, "Anna", "false", true},
	} {
		t.Run(name, func(t *testing.T) {
			a, p := open(t, registered())
			p.show(a, with(ringing(), func(s *phone.Snapshot) { s.Settings[phone.KeyEnterAnswers] = c.setting }))
			write(a, c.typed)
			press(a, c.key)
			answered := false
			for _, told := range p.told {
				if _, ok := told.(phone.Answer); ok {
					answered = true
				}
			}
			if answered != c.answers {
				t.Errorf("told %#v", p.told)
			}
		})
	}
}

func talking() *phone.Snapshot {
	return with(ringing(), func(s *phone.Snapshot) {
		s.Calls = []phone.Call{connected(7)}
		s.Active = 7
	})
}

func TestLettersDuringACall(t *testing.T) {
	for key, want := range map[string]phone.Command{
		"h": phone.Hangup{}, "k": phone.SetHold{Call: 7, On: true}, "m": phone.SetMute{Call: 7, On: true},
		"5": phone.SendDTMF{Digits: "5"}, "#": phone.SendDTMF{Digits: "#"}, "*": phone.SendDTMF{Digits: "*"},
	} {
		a, p := open(t, registered())
		p.show(a, talking())
		write(a, key)
		if !reflect.DeepEqual(p.last(), want) {
			t.Errorf("%s: told %#v, want %#v", key, p.last(), want)
		}
	}
}

func TestDigitsStayInTheFieldWhileItHasTheKeyboard(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	a.host.FocusSearch()
	write(a, "5h")
	if p.last() != nil || a.face().Field() != "5h" {
		t.Errorf("told %#v, field %q", p.last(), a.face().Field())
	}
}

func TestHangUpAndDeclineAlwaysHaveAKey(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	a.host.FocusSearch()
	write(a, "Anna")
	press(a, fyne.KeyF12)
	if p.last() != (phone.Hangup{}) {
		t.Errorf("told %#v", p.last())
	}
	a, p = open(t, registered())
	p.show(a, ringing())
	press(a, fyne.KeyF12)
	if p.last() != (phone.Decline{}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestTheFieldGetsTheKeyboardBack(t *testing.T) {
	a, p := open(t, registered())
	if a.face().Focus(a.main.Canvas()) != command.FocusEmpty {
		t.Fatal("the field has not the keyboard at the start")
	}
	p.show(a, talking())
	if a.face().Focus(a.main.Canvas()) != command.FocusNone {
		t.Error("the field keeps the keyboard in a call: digits would not go out")
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Calls, s.Active = nil, 0 }))
	if a.face().Focus(a.main.Canvas()) != command.FocusEmpty {
		t.Error("the field has not the keyboard after the call")
	}
}

func TestStrayEnterInACallDoesNothing(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	press(a, fyne.KeyReturn)
	press(a, fyne.KeyEnter)
	if p.last() != nil || a.face().Field() != "" {
		t.Errorf("told %#v, field %q", p.last(), a.face().Field())
	}
}

func TestDigitsTypedNowhereBeginANumber(t *testing.T) {
	a, p := open(t, registered())
	a.main.Canvas().Unfocus()
	write(a, "+46")
	if a.face().Field() != "+46" || p.last() != nil {
		t.Errorf("told %#v, field %q", p.last(), a.face().Field())
	}
}

func TestEscapeNeverHangsUp(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	for range 5 {
		press(a, fyne.KeyEscape)
	}
	if p.last() != nil {
		t.Errorf("told %#v", p.last())
	}
}

// TestEveryCommandHasItsKey presses nothing: it asks whether the keymap of the window is whole.
func TestEveryCommandHasItsKey(t *testing.T) {
	a, _ := open(t, registered())
	if len(a.keymap.Commands()) < 20 {
		t.Fatalf("only %d commands", len(a.keymap.Commands()))
	}
	if c, ok := a.keymap.Command(command.GoCalls); !ok || len(a.keymap.Chords(c.ID)) < 3 {
		t.Error("the calls tab has no key")
	}
}
