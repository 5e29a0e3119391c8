package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/view/attendant"
	"svara/ui/widget"
)

// openLargeAttendant is the attendant's window with the largest text, with its strip of calls.
func openLargeAttendant(t *testing.T, size fyne.Size) *App {
	t.Helper()
	a, _ := openAttendant(t, 7, attendantCalls(), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = "200" })
	a.main.Resize(size)
	a.show(command.ViewCall) // once there is little room, a call in front brings the strip
	return a
}

// TestStripBesideThePeople opens the strip where there is room for it and some of the people: neither covers the other.
func TestStripBesideThePeople(t *testing.T) {
	a := openLargeAttendant(t, fyne.NewSize(1440, 900))
	o := a.face().Object()
	queues, people, search := spots[*widget.QueueButton](o), spots[*widget.Board](o), spots[*widget.SearchField](o)
	if len(queues) == 0 || len(people) != 1 || len(search) == 0 {
		t.Fatalf("queues %v, people %v, fields %v", queues, people, search)
	}
	if left := queues[0].at.X; people[0].right() > left || search[0].right() > left {
		t.Errorf("the strip from %v covers people up to %v, the field up to %v", left, people[0].right(), search[0].right())
	}
	for _, b := range spots[*widget.Button](o) {
		if b.at.X < queues[0].at.X && b.right() > queues[0].at.X && b.at.Y > search[0].at.Y && b.bottom() < 820 {
			t.Errorf("a button at %v to %v reaches into the strip", b.at, b.right())
		}
	}
}

// TestStripInThePlaceOfThePeople opens the strip where there is no room for both: it stands under the field, gives way to
// hits while something is typed, and closes when the arrows look for somebody.
func TestStripInThePlaceOfThePeople(t *testing.T) {
	a := openLargeAttendant(t, fyne.NewSize(attendant.MinWidth, attendant.MinHeight))
	o := a.face().Object()
	look := func(when string, strip, people bool) {
		t.Helper()
		queues, board, search := spots[*widget.QueueButton](o), spots[*widget.Board](o), spots[*widget.SearchField](o)
		if len(queues) > 0 != strip || len(board) > 0 != people {
			t.Errorf("%s: %d queues, %d boards", when, len(queues), len(board))
		}
		if len(search) == 0 || strip && queues[0].at.Y < search[0].bottom() {
			t.Errorf("%s: the field is at %v, the queues at %v", when, search, queues)
		}
	}
	look("opened", true, false)
	write(a, "lin")
	look("typed", false, true)
	a.face().SetField("")
	look("empty again", true, false)
	a.face().MoveCursor(1)
	look("highlighted", false, true)
}

// TestQueuesSayTheirNames reads the queues of the strip in the largest text: beside the figures there is room for the name.
func TestQueuesSayTheirNames(t *testing.T) {
	a := openLargeAttendant(t, fyne.NewSize(1440, 900))
	said := false
	for _, b := range find[*widget.QueueButton](a.main.Canvas()) {
		for _, part := range test.WidgetRenderer(b).Objects() {
			words, ok := part.(*canvas.Text)
			said = said || ok && words.Text == "Felanmälan"
		}
	}
	if !said {
		t.Error("the name of a queue is cut")
	}
}
