package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/widget"
)

// badNames are names as nobody should have them: from the network, from address books, from other programs.
var badNames = map[string]string{
	"ten thousand letters": strings.Repeat("Wolfeschlegelstein", 570),
	"one long word":        "Ö" + strings.Repeat("ö", 3000),
	"turned round":         "Bank\u202ent\u2066en\u2069\u202c\u200f",
	"unseen":               "\u200b\u200d\u2060\ufeff",
	"only spaces":          " \t \u00a0 ",
	"lines":                "Anna\nBerg\r\n\u2028\x00\x1b[2J",
	"emoji":                "👩🏽‍🚀🏳️‍🌈 Anna 🇸🇪",
	"empty":                "",
	"broken":               "An\xff\xfena",
}

// TestBadNames shows each of them as colleague, caller and in the history, in every face: nothing makes the window wider,
// nothing that turns or hides letters is drawn, and the number is there.
func TestBadNames(t *testing.T) {
	for name, bad := range badNames {
		t.Run(name, func(t *testing.T) {
			for _, face := range []command.Face{command.FaceNormal, command.FaceAttendant, command.FaceACD} {
				a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(face) }))
				least := a.main.Content().MinSize()
				odd := colleague(bad, "2977", bad, "")
				odd.Department, odd.Company, odd.Note = bad, bad, bad
				a.opts.People = fakePeople{odd}
				a.opts.History = fakeHistory{{ID: 1, Direction: phone.Incoming, Outcome: phone.OutcomeMissed, Remote: phone.Party{Name: bad, Number: "0701740699"}, Begun: noon.Add(-time.Minute), Note: bad}}
				who := phone.Party{Name: bad, Number: "0701740699"}
				talking, rings := connected(7), incoming(8)
				talking.Remote, rings.Remote = who, who
				talking.Caller.Name, talking.Caller.Company, rings.Caller.Name, rings.Caller.Company = bad, bad, bad, bad
				p.show(a, with(p.snap, func(s *phone.Snapshot) {
					s.Lines = []phone.Line{{Account: "elin", Number: "2977", State: phone.LineBusy, With: phone.Party{Name: bad, Number: "1"}, Since: noon, Told: noon}}
					s.People.Revision, s.Calls, s.Active = 1, []phone.Call{talking, rings}, 7
					s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "2500", Name: bad}}}
				}))
				a.build()
				a.draw()
				if m := a.main.Content().MinSize(); m.Width > least.Width+0.5 {
					t.Errorf("%s: the window has to be %v wide, was %v", face, m.Width, least.Width)
				}
				var all strings.Builder
				for _, w := range find[*canvas.Text](a.main.Canvas()) {
					all.WriteString(w.Text + "\n")
					if n := utf8.RuneCountInString(w.Text); n > 400 || !utf8.ValidString(w.Text) {
						t.Errorf("%s: %d letters in one line", face, n)
					}
				}
				if s := all.String(); strings.ContainsAny(s, "\u202e\u2066\u200b\u2060\ufeff\u2028\x00\x1b") {
					t.Errorf("%s: %.600q", face, s)
				}
				// In the strip a name and company of our own books, as here, leave no room for the number.
				if digits := strings.NewReplacer("-", "", " ", "").Replace(all.String()); face != command.FaceACD && !strings.Contains(digits, "0701740699") {
					t.Errorf("%s: no number in %.600q", face, digits)
				}
			}
		})
	}
}

// TestBusyDayInTheHistory: of two thousand calls only those in sight have rows, in each face.
func TestBusyDayInTheHistory(t *testing.T) {
	var day fakeHistory
	for i := range 2000 {
		day = append(day, phone.HistoryEntry{
			ID: int64(2000 - i), Direction: phone.Incoming, Outcome: phone.OutcomeAnswered, Begun: noon.Add(-time.Duration(i) * 20 * time.Second), Duration: 15 * time.Second,
			Remote: phone.Party{Number: fmt.Sprintf("07017%05d", i)},
		})
	}
	for _, face := range []command.Face{command.FaceNormal, command.FaceAttendant} {
		a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(face) }))
		a.opts.History = day
		p.show(a, with(p.snap, func(s *phone.Snapshot) { s.History.Revision++ }))
		a.show(command.ViewHistory)
		a.main.Resize(fyne.NewSize(1200, 800))
		rows := find[*widget.Row](a.main.Canvas())
		if len(rows) < 5 || len(rows) > 60 {
			t.Errorf("%s: %d rows are drawn", face, len(rows))
		}
	}
}
