package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/view/attendant"
	"svara/ui/view/settings"
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

// TestSettingsFitTheSmallestWindow: with the largest text no page of the settings is wider than its place, where what
// stands at the right could not be reached.
func TestSettingsFitTheSmallestWindow(t *testing.T) {
	for _, g := range present.SettingPages() {
		for _, page := range g.Pages {
			t.Run(page.ID, func(t *testing.T) {
				a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = "200" }))
				p.show(a, speak(p.snap, "sv"))
				o := settings.New(a.deps(), a.scene(), "0.1.0", page.ID).Object()
				a.root.SetContent(nothing())
				c := software.NewCanvas()
				c.SetPadded(false)
				c.SetContent(o)
				c.Resize(fyne.NewSize(theme.DialogWidth, theme.DialogHeight))
				o.Refresh()
				for _, b := range spots[*widget.Button](o) {
					if b.at.X < 0 || b.right() > theme.DialogWidth {
						t.Errorf("a button is at %v", b)
					}
				}
				for _, s := range append(spots[*widget.Select](o), append(spots[*widget.Field](o), spots[*widget.Panel](o)...)...) {
					if s.right() > theme.DialogWidth {
						t.Errorf("something is at %v", s)
					}
				}
			})
		}
	}
}

// TestSmallestNormalWindowWithLargestText: what stands over the list can be reached.
func TestSmallestNormalWindowWithLargestText(t *testing.T) {
	for _, name := range []string{"favourites", "incall", "offline"} {
		t.Run(name, func(t *testing.T) {
			a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = "200" }))
			o := allScenes()[name](a, p, "sv")
			a.root.SetContent(nothing())
			c := software.NewCanvas()
			c.SetPadded(false)
			c.SetContent(o)
			c.Resize(fyne.NewSize(theme.NormalMinWidth, theme.NormalMinHeight))
			o.Refresh()
			found := append(spots[*widget.SearchField](o), append(spots[*widget.Chip](o), spots[*widget.Button](o)...)...)
			for _, s := range found {
				if s.at.X < 0 || s.right() > theme.NormalMinWidth+0.5 {
					t.Errorf("something is at %v", s)
				}
			}
		})
	}
}

// TestTopTabsKeepTheWordsThatHaveRoom: of tabs whose words have no room together the first ones keep theirs.
func TestTopTabsKeepTheWordsThatHaveRoom(t *testing.T) {
	open(t, registered())
	tabs := widget.NewTopTabs(func(string) {})
	tabs.Set([]widget.Tab{{ID: "a", Icon: "users", Text: "Personer"}, {ID: "b", Icon: "history", Text: "Historik"}, {ID: "c", Icon: "list-checks", Text: "Grupplogg"}}, "a")
	words := func() (found []string) {
		for _, o := range test.WidgetRenderer(tabs).Objects() {
			for _, part := range test.WidgetRenderer(o.(fyne.Widget)).Objects() {
				if label, ok := part.(*canvas.Text); ok && label.Visible() && label.Text != "0" {
					found = append(found, label.Text)
				}
			}
		}
		return found
	}
	least, all := tabs.MinSize(), tabs.Natural()
	for width, want := range map[float32]int{least.Width - 10: 0, least.Width: 1, (least.Width + all) / 2: 2, all: 3} {
		tabs.Resize(fyne.NewSize(width, least.Height))
		if got := words(); len(got) != want {
			t.Errorf("%v wide of %v: %v", width, all, got)
		}
	}
}
