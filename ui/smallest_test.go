package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/view/attendant"
	"svara/ui/widget"
)

// spot is where something visible is.
type spot struct {
	at   fyne.Position
	size fyne.Size
}

func (s spot) bottom() float32 { return s.at.Y + s.size.Height }
func (s spot) right() float32  { return s.at.X + s.size.Width }

// spots is where the visible ones of a kind are, in order.
func spots[T fyne.CanvasObject](o fyne.CanvasObject) (found []spot) {
	var walk func(o fyne.CanvasObject, at fyne.Position)
	walk = func(o fyne.CanvasObject, at fyne.Position) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		if _, ok := o.(T); ok {
			found = append(found, spot{at, o.Size()})
		}
		var inside []fyne.CanvasObject
		switch o := o.(type) {
		case *fyne.Container:
			inside = o.Objects
		case fyne.Widget:
			inside = test.WidgetRenderer(o).Objects()
		}
		for _, o := range inside {
			walk(o, at)
		}
	}
	walk(o, fyne.Position{})
	return found
}

// TestSmallestWindowWithLargestText: the search field and some of the people are in sight before what is told of one of them.
func TestSmallestWindowWithLargestText(t *testing.T) {
	for name, scene := range attendantScenes {
		if scene.size.Width > attendant.MinWidth {
			continue
		}
		t.Run(name, func(t *testing.T) {
			c := drawAttendant(t, name, "sv", scene.size, func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = "200" })
			field, board := spots[*widget.SearchField](c.Content()), spots[*widget.Board](c.Content())
			if len(field) == 0 || len(board) == 0 {
				t.Fatalf("%d fields, %d boards", len(field), len(board))
			}
			if b := board[0]; b.at.Y < field[0].bottom() || b.size.Height < 100 || b.bottom() > scene.size.Height {
				t.Errorf("the field is at %v, the people at %v", field[0], b)
			}
		})
	}
}

// TestTopBarHasRoomForAllTabs: with every tab and the largest text no tab is under what stands beside them.
func TestTopBarHasRoomForAllTabs(t *testing.T) {
	for _, name := range []string{"attendant-queue", "attendant-grouplog", "attendant-messages"} {
		for _, language := range []string{"sv", "en"} {
			a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = "200" }))
			o := allScenes()[name](a, p, language)
			a.root.SetContent(nothing())
			c := software.NewCanvas()
			c.SetPadded(false)
			c.SetContent(o)
			c.Resize(fyne.NewSize(attendant.MinWidth, attendant.MinHeight))
			o.Refresh()
			tabs, chips := spots[*widget.TopTabs](o), spots[*widget.Chip](o)
			if len(tabs) != 1 || len(chips) == 0 || tabs[0].right() > chips[0].at.X {
				t.Errorf("%s in %s: the tabs are at %v, what I do at %v", name, language, tabs, chips)
			}
		}
	}
}
