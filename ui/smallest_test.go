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
	"svara/ui/view/normal"
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

// openLargest is a window with the largest text.
func openLargest(t *testing.T) (*App, *fakePhone) {
	return open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = "200" }))
}

// alone shows an object in a canvas of its own, of a size.
func alone(a *App, o fyne.CanvasObject, size fyne.Size) {
	a.root.SetContent(nothing())
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(size)
	o.Refresh()
}

// TestSmallestWindowWithLargestText: the search field and some of the people are in sight before what is told of one of them,
// once the strip that stands in their place is closed.
func TestSmallestWindowWithLargestText(t *testing.T) {
	for name, scene := range attendantScenes {
		if scene.size.Width > attendant.MinWidth {
			continue
		}
		t.Run(name, func(t *testing.T) {
			a, _ := openAttendant(t, scene.active, scene.calls(), func(s *phone.Snapshot) {
				s.Settings[phone.KeyTextSize], s.Settings[phone.KeyLanguage] = "200", "sv"
			})
			a.main.Resize(scene.size)
			o := a.face().Object()
			if len(spots[*widget.Board](o)) == 0 {
				a.face().Back()
			}
			field, board := spots[*widget.SearchField](o), spots[*widget.Board](o)
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
			a, p := openLargest(t)
			o := allScenes()[name](a, p, language)
			alone(a, o, fyne.NewSize(attendant.MinWidth, attendant.MinHeight))
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
				a, p := openLargest(t)
				p.show(a, speak(p.snap, "sv"))
				o := settings.New(a.deps(), a.scene(), "0.1.0", page.ID).Object()
				alone(a, o, fyne.NewSize(theme.DialogWidth, theme.DialogHeight))
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
			a, p := openLargest(t)
			o := allScenes()[name](a, p, "sv")
			alone(a, o, normal.Least())
			found := append(spots[*widget.SearchField](o), append(spots[*widget.Chip](o), spots[*widget.Button](o)...)...)
			for _, s := range found {
				if s.at.X < 0 || s.right() > normal.Least().Width+0.5 {
					t.Errorf("something is at %v", s)
				}
			}
		})
	}
}

// TestFormsFitTheSmallestWindow: with the largest text what ends a form is inside its window, under what it is about.
func TestFormsFitTheSmallestWindow(t *testing.T) {
	for _, name := range []string{"password-narrow", "meetings-narrow", "meetings", "meetings-empty"} {
		for _, language := range []string{"en", "sv"} {
			t.Run(name+"/"+language, func(t *testing.T) {
				a, p := openLargest(t)
				o := allScenes()[name](a, p, language)
				alone(a, o, fyne.NewSize(theme.NormalMinWidth, theme.NormalMinHeight))
				found := spots[*widget.Button](o)
				if len(found) == 0 {
					t.Fatal("no button")
				}
				for _, s := range append(found, spots[*widget.OptionRow](o)[:min(1, len(spots[*widget.OptionRow](o)))]...) {
					if s.at.X < 0 || s.right() > theme.NormalMinWidth+0.5 {
						t.Errorf("something is at %v", s)
					}
				}
				if end := found[len(found)-1]; end.bottom() > theme.NormalMinHeight+0.5 {
					t.Errorf("the last button is at %v", end)
				}
			})
		}
	}
}

// TestCallLineKeepsItsHangup: whatever the state is called, the button that ends the call stays in the window.
func TestCallLineKeepsItsHangup(t *testing.T) {
	for _, language := range []string{"en", "sv"} {
		a, p := openLargest(t)
		o := allScenes()["consult-inside"](a, p, language)
		alone(a, o, fyne.NewSize(480, 700))
		found := false
		for _, o := range test.LaidOutObjects(o) {
			if b, ok := o.(*widget.Button); ok && b.Visible() && b.Spec().Look == widget.Stop && b.Spec().Size == widget.Small {
				found = true
				at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
				if right := at.X + b.Size().Width; right > 480.5 {
					t.Errorf("%s: the button ends at %v", language, right)
				}
			}
		}
		if !found {
			t.Errorf("%s: no button ends the call", language)
		}
	}
}

// TestTeamListsHaveRowsInTheSmallestWindow: with the largest text some calls or messages are in sight under the search, also
// with warnings over it; the filters come in their place and go again.
func TestTeamListsHaveRowsInTheSmallestWindow(t *testing.T) {
	for _, name := range []string{"grouplog", "grouplog-away", "groupmessages", "groupmessages-away"} {
		for _, language := range []string{"en", "sv"} {
			t.Run(name+"/"+language, func(t *testing.T) {
				a, p := openLargest(t)
				o := allScenes()[name](a, p, language)
				alone(a, o, fyne.NewSize(theme.DialogWidth, theme.DialogHeight))
				fields, rows := spots[*widget.Field](o), spots[*widget.Row](o)
				if len(fields) != 1 || len(rows) == 0 {
					t.Fatalf("%d fields, %d rows", len(fields), len(rows))
				}
				if r := rows[0]; r.at.Y < fields[0].bottom() || r.bottom() > theme.DialogHeight {
					t.Errorf("the search is at %v, the first row at %v", fields[0], r)
				}
				for _, b := range append(spots[*widget.Button](o), fields...) {
					if b.right() > theme.DialogWidth+0.5 {
						t.Errorf("something is at %v", b)
					}
				}
				var filters *widget.Button
				for _, o := range test.LaidOutObjects(o) {
					if b, ok := o.(*widget.Button); ok && b.Visible() && b.Spec().Icon == "filter" {
						filters = b
					}
				}
				if filters == nil {
					t.Fatal("no button opens the filters")
				}
				test.Tap(filters)
				if len(spots[*widget.Select](o)) == 0 || len(spots[*widget.Row](o)) > 0 {
					t.Errorf("pressed, there are %d filters and %d rows", len(spots[*widget.Select](o)), len(spots[*widget.Row](o)))
				}
				test.Tap(filters)
				if len(spots[*widget.Select](o)) > 0 || len(spots[*widget.Row](o)) == 0 {
					t.Errorf("pressed again, there are %d filters and %d rows", len(spots[*widget.Select](o)), len(spots[*widget.Row](o)))
				}
			})
		}
	}
}

// TestWarningsLeaveRoomForTheField: in the smallest window with the largest text two warnings are their titles, and a press
// tells the rest.
func TestWarningsLeaveRoomForTheField(t *testing.T) {
	for _, language := range []string{"en", "sv"} {
		t.Run(language, func(t *testing.T) {
			a, p := openLargest(t)
			o := allScenes()["offline"](a, p, language)
			alone(a, o, normal.Least())
			bars, field, tabs := spots[*widget.WarningBar](o), spots[*widget.SearchField](o), spots[*widget.TabBar](o)
			if len(bars) != 2 || len(field) != 1 || len(tabs) != 1 {
				t.Fatalf("%d warnings, %d fields, %d tab bars", len(bars), len(field), len(tabs))
			}
			if field[0].at.Y < bars[1].bottom() || field[0].bottom() > tabs[0].at.Y {
				t.Errorf("the warnings are at %v, the field at %v, the tabs at %v", bars, field[0], tabs[0])
			}
			before := bars[0].size.Height
			for _, o := range test.LaidOutObjects(o) {
				if b, ok := o.(*widget.WarningBar); ok {
					test.Tap(b)
					break
				}
			}
			if now := spots[*widget.WarningBar](o)[0].size.Height; now <= before {
				t.Errorf("the warning was %v high and is %v after a press", before, now)
			}
		})
	}
}

// TestHistoryKeepsItsNumbers: columns come where the number beside the name still has room, not before.
func TestHistoryKeepsItsNumbers(t *testing.T) {
	for _, size := range []string{"100", "200"} {
		scene := attendantScenes["attendant-history"]
		c := drawAttendant(t, "attendant-history", "sv", scene.size, func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = size })
		seen := false
		for _, o := range test.LaidOutObjects(c.Content()) {
			if label, ok := o.(*canvas.Text); ok && label.Visible() && label.Text == "070-174 06 12" {
				seen = true
			}
		}
		if !seen {
			t.Errorf("at %s %% the number is not whole", size)
		}
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

// TestSettingsShowWhereTheyAre opens a page from the end of the rail: its item is in sight, in the narrow rail as in the wide.
func TestSettingsShowWhereTheyAre(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(settingsWidth, settingsHeight), fyne.NewSize(theme.DialogWidth, theme.DialogHeight)} {
		a, _ := open(t, registered())
		o := settings.New(a.deps(), a.scene(), "0.1.0", settings.About).Object()
		alone(a, o, size)
		items := spots[*widget.NavItem](o)
		if last := items[len(items)-1]; last.at.Y < 0 || last.bottom() > size.Height+0.5 {
			t.Errorf("%v: the item of the page is at %v to %v", size, last.at, last.bottom())
		}
	}
}

// TestDetailsHaveRoomForTheirButtons highlights somebody in a narrow board with the largest text: no button is beyond the edge.
func TestDetailsHaveRoomForTheirButtons(t *testing.T) {
	a := openLargeAttendant(t, fyne.NewSize(1440, 900))
	write(a, "lin")
	o := a.face().Object()
	strip := spots[*widget.QueueButton](o)[0].at.X
	for _, b := range spots[*widget.Button](o) {
		if b.at.X < strip && b.right() > strip {
			t.Errorf("a button at %v to %v", b.at, b.right())
		}
	}
}
