package widget_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"svara/ui/theme"
	"svara/ui/widget"
)

// words are the texts a widget draws.
func words(t *testing.T, w fyne.Widget) string {
	t.Helper()
	var out []string
	for _, part := range test.TempWidgetRenderer(t, w).Objects() {
		if t, ok := part.(*canvas.Text); ok && t.Visible() && t.Text != "" {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, "|")
}

// TestLabelsAreCutInsideTheirButton: one that is too narrow shows the beginning, and still wants the room for all of it.
func TestLabelsAreCutInsideTheirButton(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	b := widget.NewButton(widget.ButtonSpec{Icon: "phone", Text: "Lämna, låt dem prata"}, nil)
	want := b.MinSize()
	test.NewTempWindow(t, b)
	b.Resize(fyne.NewSize(110, 32))
	if got := words(t, b); !strings.HasPrefix(got, "Lämna") || !strings.HasSuffix(got, "…") {
		t.Errorf("the narrow button says %q", got)
	}
	if b.MinSize() != want {
		t.Errorf("it wants %v, and wanted %v before it was cut", b.MinSize(), want)
	}
	b.Resize(want)
	if got := words(t, b); got != "Lämna, låt dem prata" {
		t.Errorf("with room for it it says %q", got)
	}
}

func TestPlaceholderIsCut(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	f := widget.NewField(widget.FieldSpec{Icon: "search", Placeholder: "Sök bland alla inspelningar"})
	test.NewTempWindow(t, f)
	f.Resize(fyne.NewSize(150, 40))
	if got := f.Entry().PlaceHolder; !strings.HasSuffix(got, "…") {
		t.Errorf("the narrow field says %q", got)
	}
	f.Resize(fyne.NewSize(400, 40))
	if got := f.Entry().PlaceHolder; got != "Sök bland alla inspelningar" {
		t.Errorf("with room for it it says %q", got)
	}
}

func TestSliderSettlesWhenThePointerLetsGo(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	var changed, settled []int
	s := widget.NewSlider("", 0, 100, 5, func(n int) { changed = append(changed, n) })
	s.OnSettle = func(n int) { settled = append(settled, n) }
	test.NewTempWindow(t, s)
	s.Resize(fyne.NewSize(116, 28))
	for _, x := range []float32{28, 48, 68} {
		s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 14)}})
	}
	if len(changed) != 3 || settled != nil {
		t.Fatalf("while dragging: changed %v, settled %v", changed, settled)
	}
	if s.DragEnd(); len(settled) != 1 || settled[0] != 60 {
		t.Errorf("settled %v", settled)
	}
	if s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}); len(settled) != 2 || settled[1] != 65 {
		t.Errorf("a key settled %v", settled)
	}
	s.SetRange(0, 50, 5)
	if s.Value() != 50 {
		t.Errorf("a smaller range left it at %d", s.Value())
	}
}

// TestMenuKeepsWordsBeforeKeys: where a line of a menu has no room for its words and its key, the key goes.
func TestMenuKeepsWordsBeforeKeys(t *testing.T) {
	const long = "Ring med dolt nummer till den som söks"
	for _, percent := range []int{100, 200} {
		_, c, _ := show(t, widget.NewButton(widget.ButtonSpec{Text: "x"}, nil))
		theme.Apply(fyne.CurrentApp(), theme.ModeLight, percent)
		m := widget.ShowMenu(c, fyne.NewPos(0, 0), []widget.MenuItem{{Text: "Ring", Icon: "phone", Key: "Alt+C"}, {Text: long, Icon: "phone", Key: "Alt+D"}})
		found := seen(m)
		if !slices.Contains(found, "Alt+C") || slices.Contains(found, "Alt+D") == (percent == 200) {
			t.Errorf("%d %%: %q", percent, found)
		}
		m.Hide()
	}
	theme.Apply(fyne.CurrentApp(), theme.ModeLight, 100)
}

// seen is the words that are visible in an object.
func seen(o fyne.CanvasObject) (words []string) {
	if !o.Visible() {
		return nil
	}
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *canvas.Text:
		return []string{o.Text}
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, o := range inside {
		words = append(words, seen(o)...)
	}
	return words
}

// TestNothingStandsAfterTheLastSeparator: where a line is cut, no dot is left that sets nothing apart.
func TestNothingStandsAfterTheLastSeparator(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	for name, spans := range map[string][]widget.Span{
		"apart":    {{Text: "Besvarat"}, {Text: " · "}, {Text: "070-174 06 12"}, {Text: " · "}, {Text: "Kundtjänst"}},
		"together": {{Text: "Besvarat"}, {Text: " · 070-174 06 12"}, {Text: " · Kundtjänst"}},
	} {
		t.Run(name, func(t *testing.T) {
			line := widget.NewText("", widget.Style{Size: theme.DetailSize, Cut: true})
			line.SetSpans(spans...)
			test.NewTempWindow(t, line)
			whole := line.Natural()
			for width := float32(10); width < whole+10; width++ {
				line.Resize(fyne.NewSize(width, 16))
				if seen := strings.TrimRight(strings.ReplaceAll(words(t, line), "|", ""), " "); strings.HasSuffix(seen, "·") || strings.HasSuffix(seen, "·…") {
					t.Fatalf("%v wide it says %q", width, seen)
				}
			}
			if seen := strings.ReplaceAll(words(t, line), "|", ""); seen != line.Text() {
				t.Errorf("with room for it it says %q", seen)
			}
		})
	}
}

// TestRowsGiveTheirRoomToTheName narrows a row with many buttons: the last ones go before the name is cut, the first two stay.
func TestRowsGiveTheirRoomToTheName(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 200)
	var buttons []*widget.Button
	for _, icon := range []string{"ellipsis", "phone", "message-square", "hand"} {
		buttons = append(buttons, widget.NewButton(widget.ButtonSpec{Icon: icon}, nil))
	}
	r := widget.NewRow(buttons...)
	test.NewTempWindow(t, r)
	r.Set(widget.RowSpec{Name: "Oskar Wiik", Icon: "phone", Always: true})
	for width, want := range map[float32]int{1200: 4, 544: 3, 440: 2} {
		r.Resize(fyne.NewSize(width, 112))
		shown := 0
		for _, b := range buttons {
			if b.Visible() {
				shown++
			}
		}
		if shown != want {
			t.Errorf("%v wide: %d buttons, want %d", width, shown, want)
		}
	}
}

// TestCountsLeaveTheirIconsInSight: the count of a tab covers a corner of its icon, in a narrow tab as in a wide one.
func TestCountsLeaveTheirIconsInSight(t *testing.T) {
	theme.Apply(test.NewTempApp(t), theme.ModeLight, 100)
	bar := widget.NewTabBar(func(string) {})
	var tabs []widget.Tab
	for _, words := range []string{"Favoriter", "Historik", "Kontakter", "Röstbrevlåda", "Inspelningar", "Köer"} {
		tabs = append(tabs, widget.Tab{ID: words, Icon: "star", Text: words, Count: 4})
	}
	test.NewTempWindow(t, bar)
	for _, width := range []float32{340, 520} {
		bar.Resize(fyne.NewSize(width, 58))
		bar.Set(tabs, "Köer")
		for _, o := range test.TempWidgetRenderer(t, bar).Objects() {
			item, ok := o.(fyne.Widget)
			if !ok {
				continue
			}
			var icon, badge fyne.CanvasObject
			for _, part := range test.TempWidgetRenderer(t, item).Objects() {
				switch part := part.(type) {
				case *canvas.Raster:
					icon = part
				case *canvas.Rectangle:
					if part.CornerRadius == 9 {
						badge = part
					}
				}
			}
			if icon == nil || badge == nil {
				t.Fatal("a tab has no icon or no count")
			}
			if over := icon.Position().X + icon.Size().Width - badge.Position().X; over > 4 || badge.Position().X+badge.Size().Width > item.Size().Width+0.5 {
				t.Errorf("%v wide: the count covers %v of the icon, from %v in %v", width, over, badge.Position(), item.Size())
			}
		}
	}
}
