package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
)

// The card of a call that rings stands in a corner, where it covers the least of where the user types.
func TestCornerOfTheCard(t *testing.T) {
	one, two := area{0, 0, 1440, 900}, area{1440, 0, 1920, 1080}
	for name, c := range map[string]struct {
		areas  []area
		typing area
		x, y   int
	}{
		"the attendant's field":           {[]area{one}, area{0, 0, 960, 450}, 1440 - 16 - 420, 900 - 16 - 200},
		"a narrow window at the right":    {[]area{one}, area{1000, 20, 400, 860}, 16, 900 - 16 - 200},
		"one at the bottom right":         {[]area{one}, area{1000, 500, 400, 380}, 1440 - 16 - 420, 16 + 20},
		"a window that is all the screen": {[]area{one}, one, 1440 - 16 - 420, 900 - 16 - 200},
		"on the second screen":            {[]area{one, two}, area{1500, 100, 400, 600}, 1440 + 1920 - 16 - 420, 1080 - 16 - 200},
	} {
		if at := corner(c.areas, c.typing, edges{top: 20}, 420, 200, 16); at.x != c.x || at.y != c.y {
			t.Errorf("%s: at %d,%d, want %d,%d", name, at.x, at.y, c.x, c.y)
		}
	}
}

// TestLettersOnTheCard types while the system has given the keyboard to the card of a call that rings: in the attendant's
// view that is a name in the field, and declines nothing.
func TestLettersOnTheCard(t *testing.T) {
	a, p := openAttendant(t, 0, []phone.Call{incoming(7)})
	a.card.update()
	if !a.card.shown {
		t.Fatal("no card")
	}
	p.told = nil
	w := &window{a: a, canvas: a.card.window.Canvas(), dialog: true, closed: a.card.hide}
	for _, key := range []string{"h", "a", "l"} {
		w.KeyPressed(command.Chord{Key: key}, command.FocusNone)
	}
	if a.face().Field() != "hal" || len(p.told) != 0 || a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
		t.Errorf("the field says %q, told %#v", a.face().Field(), p.told)
	}
	w.KeyPressed(command.Chord{Key: command.KeyNumEnter}, command.FocusNone)
	if want := (phone.Answer{}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

// TestKeysOnTheCard presses keys while the card of a call that rings has the keyboard: those that mean nothing there go on
// to the main window, and do what they do in it.
func TestKeysOnTheCard(t *testing.T) {
	a, _ := openAttendant(t, 0, []phone.Call{incoming(7)})
	a.card.update()
	a.main.Canvas().Unfocus()
	w := &window{a: a, canvas: a.card.window.Canvas(), dialog: true, closed: a.card.hide}
	for _, key := range []string{"a", "n", command.KeySpace, "b", "x", command.KeyBackspace, command.KeyDown} {
		w.KeyPressed(command.Chord{Key: key}, command.FocusNone)
	}
	if a.face().Field() != "an b" || a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
		t.Errorf("the field says %q", a.face().Field())
	}
	w.KeyPressed(command.Chord{Mod: command.Ctrl, Key: "k"}, command.FocusNone)
	if !a.palette.view.Open() {
		t.Error("Ctrl+K opens no palette")
	}

	a, p := open(t, registered())
	p.show(a, ringing())
	w = &window{a: a, canvas: a.card.window.Canvas(), dialog: true, closed: a.card.hide}
	write(a, "h")
	for _, key := range []string{"a", "l"} { // of a name that is typed, which neither answers nor declines
		w.KeyPressed(command.Chord{Key: key}, command.FocusNone)
	}
	if a.face().Field() != "hal" || len(p.told) != 0 {
		t.Errorf("the field says %q, told %#v", a.face().Field(), p.told)
	}
	a.face().SetField("")
	w.KeyPressed(command.Chord{Key: "h"}, command.FocusNone)
	if want := (phone.Decline{}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}
