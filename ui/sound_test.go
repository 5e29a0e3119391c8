package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/widget"
)

// graphs is how many graphs of sound are to be seen in a canvas.
func graphs(c fyne.Canvas) int {
	n := 0
	for _, g := range find[*widget.SweepGraph](c) {
		if g.Visible() {
			n++
		}
	}
	return n
}

// TestKeyOfTheFigures: one key opens and closes how the call sounds, on the card or in a window where there is no room.
func TestKeyOfTheFigures(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	for _, want := range []int{2, 0, 2} {
		if write(a, "q"); graphs(a.main.Canvas()) != want {
			t.Errorf("%d graphs on the card, want %d", graphs(a.main.Canvas()), want)
		}
	}
	for _, face := range []command.Face{command.FaceAttendant, command.FaceACD} {
		a, p := open(t, registered())
		p.show(a, with(talking(), func(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(face) }))
		a.run(command.Quality, 0)
		w := a.panels[command.ViewQuality]
		if w == nil || !w.shown || graphs(w.window.Canvas()) != 2 {
			t.Fatalf("%s: no window", face)
		}
		if a.run(command.Quality, 0); w.shown {
			t.Errorf("%s: the window stays", face)
		}
	}
}

// TestReportOfTheSound: it is copied and can be kept, and tells nothing of who calls whom.
func TestReportOfTheSound(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(talking(), func(s *phone.Snapshot) {
		c := &s.Calls[0]
		c.Diagnosis = &phone.Diagnosis{Leg: phone.LegIn, Cause: phone.CauseStranger, Since: noon, Tried: "192.0.2.7:4000"}
		c.Quality.RemoteRTP, c.Note, c.Caller.Name = "192.0.2.9:7078", "secret note", "Maria Ekdal"
	}))
	a.run(command.SoundReport, 0)
	got := a.fy.Clipboard().Content()
	for _, want := range []string{"leg=in cause=stranger", "192.0.2.7:4000", "192.0.2.9:7078", "codec: opus", text.T("quality.report_title"), "lock=open"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the report:\n%s", want, got)
		}
	}
	for _, private := range []string{"Maria", "0701740612", "secret note", "elin", "2100"} {
		if strings.Contains(got, private) {
			t.Errorf("%q is in the report:\n%s", private, got)
		}
	}
}

// TestGraphIsDrawnInPlaces: a second of a call draws one bar in each direction, not the whole graph.
func TestGraphIsDrawnInPlaces(t *testing.T) {
	g := widget.NewSweepGraph(60, 0.5, "")
	bars := make([]widget.SweepBar, 60)
	at := func(i int) widget.SweepBar { return bars[i] }
	if n := g.Set(at, 0); n != 0 {
		t.Errorf("nothing has changed and %d bars are drawn", n)
	}
	bars[7].Share = 0.5
	if n := g.Set(at, 8); n != 1 {
		t.Errorf("one has changed and %d are drawn", n)
	}
}
