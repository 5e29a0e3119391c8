package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	colleagues "svara/ui/view/board"
	"svara/ui/widget"
)

// everyStateAndTime is a colleague for every activity, with every way to say until when, and each state of the telephone.
func everyStateAndTime() (fakePeople, []phone.Line) {
	var people fakePeople
	var lines []phone.Line
	for _, kind := range append([]phone.ActivityKind{phone.ActivityOther}, phone.ActivityKinds...) {
		for _, days := range []int{-1, 0, 1, 2, 3, 4, 5, 6, 40, 400} { // -1: not told
			for _, state := range []phone.LineState{phone.LineIdle, phone.LineBusy, phone.LineRinging, phone.LineOffline} {
				if state != phone.LineIdle && days > 1 && days < 400 {
					continue // as long as the others
				}
				number := fmt.Sprint(20000 + len(people))
				p := colleague("Anna-Karin Östergren", number, "Verksamhetsutvecklare", "")
				if len(people)%2 == 0 {
					p.Mark = phone.MarkFavourite // of three lines
				}
				people = append(people, p)
				l := phone.Line{Account: "elin", Number: number, Told: noon, State: state, Presence: &phone.Presence{Activity: kind}}
				if days >= 0 {
					l.Presence.Until = noon.Add(20*time.Minute).AddDate(0, 0, days)
				}
				if state == phone.LineBusy {
					l.Since, l.With = noon.Add(-4000*time.Second), phone.Party{Name: "Ekdal Bygg & Fastighetsservice"}
				}
				lines = append(lines, l)
			}
		}
	}
	return people, lines
}

// drawnWords is the texts of a widget, in the order they are drawn.
func drawnWords(w fyne.Widget) string {
	var out []string
	for _, o := range test.WidgetRenderer(w).Objects() {
		if t, ok := o.(*canvas.Text); ok && t.Visible() {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, "")
}

// wholeState reports whether the words say how somebody stands, and until when, in one of the ways there are.
func wholeState(s widget.TileSpec, words string) bool {
	says := func(state, brief string) bool {
		ways := strings.Split(strings.ReplaceAll(brief, "\t", " "), "\n")
		return slices.ContainsFunc(append(ways, state), func(way string) bool { return way != "" && strings.Contains(words, way) })
	}
	if s.Evident && len(s.Detail) > 0 {
		return true
	}
	stands, _, _ := strings.Cut(s.State, " · ") // whom they talk to may be cut
	if s.Brief == "" {
		return strings.Contains(words, stands)
	}
	return says(s.State, s.Brief) || s.Upper != "" && strings.Contains(words, stands) && says(s.Lower, s.Less)
}

// TestStateAndTimeAreNeverCut: whatever somebody does and until when, all of it is read on a tile of any size, in a list
// and in a row, in both languages and at every text size; what is cut is the title (ui.md section 8).
func TestStateAndTimeAreNeverCut(t *testing.T) {
	people, lines := everyStateAndTime()
	for _, language := range []string{"en", "sv"} {
		for _, percent := range []string{"100", "150", "200"} {
			a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = percent }))
			a.opts.People = people
			for _, layout := range []string{"tiles", "list", "rows"} {
				p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
					s.Lines, s.People.Revision = lines, 1
					s.Settings[phone.KeyBoardLayout] = layout
				}))
				a.build()
				v := colleagues.New(a.deps(), a.scene())
				if layout == "rows" {
					v.SetMode(true, func(phone.Person, present.Lamp) []present.Act {
						return []present.Act{{Button: present.Button{Command: "direct", Icon: "arrow-right", Text: text.T("transfer.direct"), Key: "*", Enabled: true}}}
					})
				}
				scale := map[string]float32{"100": 1, "150": 1.5, "200": 2}[percent]
				widths := []float32{266, 430, 460, 492, 960} // dp: the least is beside the calls, with the largest text
				if percent == "150" {
					widths = widths[:2]
				}
				for _, width := range widths {
					alone(a, v.Object(), fyne.NewSize(width*scale, 40000*scale))
					cells := 0
					walk(v.Object(), func(o fyne.CanvasObject) {
						c, ok := o.(interface {
							fyne.Widget
							Spec() widget.TileSpec
						})
						if !ok {
							return
						}
						cells++
						if words := drawnWords(c); !wholeState(c.Spec(), words) {
							t.Errorf("%s, %s %%, %s %v wide: %q of %q or %q", language, percent, layout, width, words, c.Spec().State, c.Spec().Brief)
						}
					})
					if cells < len(people) {
						t.Fatalf("%d of %d are drawn", cells, len(people))
					}
					if t.Failed() {
						return
					}
				}
			}
		}
	}
}
