package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/theme"
	"svara/ui/view"
)

// The card of a call that rings stands in a corner, where it covers the least of the main window, or where that has room.
func TestCornerOfTheCard(t *testing.T) {
	one, two := area{0, 0, 1440, 900}, area{1440, 0, 1920, 1080}
	people := area{0, 160, 1020, 600}
	for name, c := range map[string]struct {
		areas []area
		main  area
		room  area
		x, y  int
	}{
		"the attendant's window":          {[]area{one}, one, people, 1020 - 16 - 420, 760 - 16 - 200},
		"it leaves a corner":              {[]area{one, two}, area{1440, 0, 1440, 800}, area{1440, 160, 1020, 600}, 1440 + 1920 - 16 - 420, 1080 - 16 - 200},
		"a corner beside the window":      {[]area{one}, area{900, 0, 1440, 900}, area{900, 160, 1020, 600}, 16, 900 - 16 - 200},
		"a narrow window at the right":    {[]area{one}, area{1000, 20, 400, 860}, area{}, 16, 900 - 16 - 200},
		"one at the bottom right":         {[]area{one}, area{1000, 500, 400, 380}, area{}, 1440 - 16 - 420, 16 + 20},
		"a window that is all the screen": {[]area{one}, one, area{}, 1440 - 16 - 420, 900 - 16 - 200},
		"on the second screen":            {[]area{one, two}, area{1500, 100, 400, 600}, area{}, 1440 + 1920 - 16 - 420, 1080 - 16 - 200},
	} {
		if at := corner(c.areas, c.main, c.room, edges{top: 20}, 420, 200, 16); at.x != c.x || at.y != c.y {
			t.Errorf("%s: at %d,%d, want %d,%d", name, at.x, at.y, c.x, c.y)
		}
	}
}

// TestRoomForTheCard finds the attendant's room for the card over the people: clear of the field, of what is told of the
// highlighted one, of the strip and of the keys.
func TestRoomForTheCard(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1440, 900), fyne.NewSize(1100, 640)} {
		a, _ := openAttendant(t, 7, attendantCalls())
		a.face().MoveCursor(1)
		a.main.Resize(size)
		at, room := a.face().(view.Roomy).Room()
		width, height := theme.Px(theme.IncomingWidth), float32(200)
		if room.Width < width || size.Height > 800 && room.Height < height {
			t.Errorf("%v: room of %v", size, room)
		}
		field := fyne.CurrentApp().Driver().AbsolutePositionForObject(a.face().Entry())
		if at.Y < field.Y+a.face().Entry().Size().Height || at.X+room.Width > size.Width-theme.Px(372) {
			t.Errorf("%v: from %v, %v", size, at, room)
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
