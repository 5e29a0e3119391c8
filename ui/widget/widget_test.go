package widget_test

import (
	"slices"
	"strconv"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

// keys writes down the chords that reach the canvas, and uses those in its set.
type keys struct {
	got  []string
	uses map[string]bool
}

func (k *keys) KeyPressed(c command.Chord, f command.Focus) bool {
	k.got = append(k.got, c.String()+"/"+strconv.Itoa(int(f)))
	return k.uses[c.String()]
}

// show puts an object in a window with a Root and keys.
func show(t *testing.T, o fyne.CanvasObject, uses ...string) (*widget.Root, fyne.Canvas, *keys) {
	t.Helper()
	app := test.NewTempApp(t)
	theme.Apply(app, theme.ModeLight, 100)
	root := widget.NewRoot(container.NewVBox(o))
	w := test.NewTempWindow(t, root)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 500))
	k := &keys{uses: map[string]bool{}}
	for _, u := range uses {
		k.uses[u] = true
	}
	t.Cleanup(widget.Attach(w.Canvas(), k, []command.Chord{{Mod: command.Ctrl, Key: "m"}}))
	return root, w.Canvas(), k
}

func press(o fyne.Focusable, name fyne.KeyName) { o.TypedKey(&fyne.KeyEvent{Name: name}) }

func TestPressedByKeysAndPointer(t *testing.T) {
	presses := 0
	tap := func() { presses++ }
	digit := ""
	for name, w := range map[string]interface {
		fyne.Widget
		fyne.Focusable
		fyne.Tappable
	}{
		"button": widget.NewButton(widget.ButtonSpec{Text: "x"}, tap),
		"tile":   widget.NewTileButton("phone", "x", tap),
		"icon":   widget.NewIconButton("phone", "x", tap),
		"link":   widget.NewLink("x", tap),
		"chip":   widget.NewChip(widget.ChipSpec{Text: "x"}, tap),
		"choice": widget.NewChoice(widget.ChoiceSpec{Title: "x"}, tap),
		"switch": widget.NewSwitch("x", func(bool) { tap() }),
		"check":  widget.NewCheck("x", func(bool) { tap() }),
		"digit":  widget.NewDigitKey("5", "JKL", func(d string) { digit = d; tap() }),
	} {
		t.Run(name, func(t *testing.T) {
			presses = 0
			_, c, k := show(t, w)
			if m := w.MinSize(); m.Height < theme.ChipHeight || m.Width < theme.ChipHeight {
				t.Errorf("%v is too small to hit", m)
			}
			c.Focus(w)
			before := c.Capture()
			press(w, fyne.KeySpace)
			press(w, fyne.KeyReturn)
			test.Tap(w)
			if presses != 3 {
				t.Errorf("pressed %d times, want 3", presses)
			}
			press(w, fyne.KeyEnter) // nobody else wants the number pad's
			if presses != 4 {
				t.Errorf("number pad's Enter did nothing: %v", k.got)
			}
			k.uses["NumEnter"] = true // a call rings
			press(w, fyne.KeyEnter)
			if presses != 4 {
				t.Error("took the number pad's Enter from the ringing call")
			}
			k.got = nil
			press(w, fyne.KeyF12)
			w.TypedRune('a')
			if !slices.Equal(k.got, []string{"F12/0", "a/0"}) {
				t.Errorf("keys given on: %v", k.got)
			}
			c.Unfocus()
			if name == "switch" || name == "check" {
				return // pressed an even number of times, but hover and focus are all that differ: seen below
			}
			if same(before, c.Capture()) {
				t.Error("focus cannot be seen")
			}
		})
	}
	if digit != "5" {
		t.Errorf("digit %q", digit)
	}
}

func TestDisabledTellsWhyAndDoesNothing(t *testing.T) {
	presses := 0
	b := widget.NewButton(widget.ButtonSpec{Text: "x", Disabled: "because"}, func() { presses++ })
	_, c, _ := show(t, b)
	plain := c.Capture()
	c.Focus(b)
	withTip := c.Capture()
	press(b, fyne.KeySpace)
	test.Tap(b)
	if presses != 0 {
		t.Error("a disabled button was pressed")
	}
	if same(crop(plain, 0, 36, 400, 90), crop(withTip, 0, 36, 400, 90)) {
		t.Error("no tip under the button")
	}
	c.Unfocus()
	if !same(plain, c.Capture()) {
		t.Error("the tip stays after the focus has gone")
	}
	b.Set(widget.ButtonSpec{Text: "x"})
	test.Tap(b)
	if presses != 1 {
		t.Error("still disabled")
	}
}

func TestSearchFieldGivesOnWhatItDoesNotNeed(t *testing.T) {
	f := widget.NewSearchField()
	submitted := ""
	f.Entry().OnSubmit = func(s string) { submitted = s }
	_, c, k := show(t, f, "Down")
	c.Focus(f.Entry())
	test.Type(f.Entry(), "an")
	press(f.Entry(), fyne.KeyDown)
	press(f.Entry(), fyne.KeyF5)
	press(f.Entry(), fyne.KeyLeft)
	test.Type(f.Entry(), "n")
	if f.Text() != "ann" || f.Entry().CursorColumn != 2 {
		t.Errorf("text %q, caret at %d", f.Text(), f.Entry().CursorColumn)
	}
	press(f.Entry(), fyne.KeyReturn)
	if submitted != "ann" {
		t.Errorf("Enter submitted %q", submitted)
	}
	k.uses["Enter"], submitted = true, ""
	press(f.Entry(), fyne.KeyReturn)
	if submitted != "" {
		t.Error("Enter was used twice")
	}
	f.SetText("")
	press(f.Entry(), fyne.KeyReturn)
	f.Entry().TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyM, Modifier: fyne.KeyModifierShortcutDefault})
	want := []string{"Down/2", "F5/2", "Left/2", "Enter/2", "Enter/2", "Enter/1", "Ctrl+m/1"}
	if !slices.Equal(k.got, want) {
		t.Errorf("keys given on %v, want %v", k.got, want)
	}
	f.SetText("abc")
	f.Entry().SelectAll()
	if f.Entry().SelectedText() != "abc" {
		t.Errorf("selected %q", f.Entry().SelectedText())
	}
}

func TestKeysWithoutFocusReachTheCanvas(t *testing.T) {
	_, c, k := show(t, widget.NewText("x", widget.Style{Size: theme.BodySize}))
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEnter})
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyA}) // comes again as the rune it types
	c.OnTypedRune()('å')
	c.OnTypedRune()(' ')
	if want := []string{"NumEnter/0", "å/0"}; !slices.Equal(k.got, want) {
		t.Errorf("got %v, want %v", k.got, want)
	}
}

func TestListDrawsOnlyWhatIsInSight(t *testing.T) {
	const n = 50_000
	made, bound := 0, 0
	l := widget.NewKeyList(func() int { return n }, func() *widget.Row {
		made++
		return widget.NewRow()
	}, func(i int, r *widget.Row) {
		bound++
		r.Set(widget.RowSpec{Name: "Row " + strconv.Itoa(i), End: strconv.Itoa(i)})
	})
	app := test.NewTempApp(t)
	theme.Apply(app, theme.ModeLight, 100)
	w := test.NewTempWindow(t, widget.NewRoot(l))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 560))
	w.Canvas().Focus(l)
	for range 30 {
		press(l, fyne.KeyPageDown)
	}
	press(l, fyne.KeyEnd)
	press(l, fyne.KeyUp)
	if l.Cursor() != n-2 {
		t.Errorf("cursor at %d", l.Cursor())
	}
	rows := l.VisibleRows()
	if last := rows[len(rows)-1].Spec().End; last != strconv.Itoa(n-1) {
		t.Errorf("last row in sight is %s", last)
	}
	if made > 25 {
		t.Errorf("%d rows made for a window of ten", made)
	}
	bound = 0
	l.Reload()
	if bound > 12 {
		t.Errorf("%d rows bound by Reload", bound)
	}
	press(l, fyne.KeyHome)
	if l.Cursor() != 0 || l.VisibleRows()[0].Spec().End != "0" {
		t.Errorf("Home: cursor %d, first %s", l.Cursor(), l.VisibleRows()[0].Spec().End)
	}
}

func TestListKeysAndPresses(t *testing.T) {
	items := []string{"a", "b", "c"}
	l := widget.NewKeyList(func() int { return len(items) }, func() *widget.Row { return widget.NewRow() },
		func(i int, r *widget.Row) { r.Set(widget.RowSpec{Name: items[i]}) })
	var activated, cursors []int
	menu := -1
	l.OnActivate = func(i int) { activated = append(activated, i) }
	l.OnCursor = func(i int) { cursors = append(cursors, i) }
	l.OnMenu = func(i int, _ fyne.Position) { menu = i }
	app := test.NewTempApp(t)
	theme.Apply(app, theme.ModeLight, 100)
	w := test.NewTempWindow(t, widget.NewRoot(l))
	w.Resize(fyne.NewSize(400, 400))
	w.Canvas().Focus(l)
	press(l, fyne.KeyDown)
	press(l, fyne.KeyDown)
	press(l, fyne.KeyDown) // stays at the last
	press(l, fyne.KeyReturn)
	test.Tap(l.VisibleRows()[0])
	test.TapSecondary(l.VisibleRows()[1])
	l.OpenMenu()
	if !slices.Equal(activated, []int{2, 0}) || !slices.Equal(cursors, []int{1, 2, 2, 0, 1}) || menu != 1 {
		t.Errorf("activated %v, cursor %v, menu %d", activated, cursors, menu)
	}
	items = items[:1]
	l.Reload()
	if l.Cursor() != 0 || len(l.VisibleRows()) != 1 {
		t.Errorf("after the items went: cursor %d, %d rows", l.Cursor(), len(l.VisibleRows()))
	}
	items = nil
	l.Reload()
	press(l, fyne.KeyDown)
	press(l, fyne.KeyReturn)
	if l.Cursor() != -1 {
		t.Errorf("cursor %d in an empty list", l.Cursor())
	}
}

func TestMenu(t *testing.T) {
	b := widget.NewButton(widget.ButtonSpec{Text: "x"}, nil)
	_, c, k := show(t, b)
	c.Focus(b)
	ran := ""
	items := []widget.MenuItem{
		{Text: "Alfa", Run: func() { ran = "alfa" }},
		{},
		{Text: "Bertil", Disabled: "because", Run: func() { ran = "bertil" }},
		{Text: "Cesar", Run: func() { ran = "cesar" }},
	}
	m := widget.ShowMenuUnder(b, items)
	if c.Focused() != fyne.Focusable(m) {
		t.Fatal("the menu has not the keyboard")
	}
	press(m, fyne.KeyDown) // over the line to the disabled one
	press(m, fyne.KeyReturn)
	if ran != "" || c.Overlays().Top() == nil {
		t.Fatal("a disabled item ran or closed the menu")
	}
	m.TypedRune('c')
	press(m, fyne.KeyReturn)
	if ran != "cesar" || c.Overlays().Top() != nil || c.Focused() != fyne.Focusable(b) {
		t.Errorf("ran %q, overlay %v, focus %v", ran, c.Overlays().Top(), c.Focused())
	}
	for key, want := range map[fyne.KeyName]string{fyne.KeyEnd: "cesar", fyne.KeyHome: "alfa"} {
		m = widget.ShowMenuUnder(b, items)
		m.TypedRune('b')
		press(m, key)
		if press(m, fyne.KeyReturn); ran != want {
			t.Errorf("%s ran %q", key, ran)
		}
	}
	m = widget.ShowMenu(c, fyne.NewPos(390, 490), items) // turns to where there is room
	if p, s := m.Position(), m.Size(); p.X+s.Width > 400 || p.Y+s.Height > 500 || p.X < 0 || p.Y < 0 {
		t.Errorf("menu at %v, %v is out of sight", p, s)
	}
	press(m, fyne.KeyF5)
	if !slices.Contains(k.got, "F5/0") {
		t.Error("an open menu keeps F5 from answering")
	}
	press(m, fyne.KeyEscape)
	if c.Overlays().Top() != nil {
		t.Error("Escape leaves the menu open")
	}
}

func TestSelect(t *testing.T) {
	chosen := ""
	s := widget.NewSelect("headphones", func(id string) { chosen = id })
	s.Set([]widget.Option{{ID: "a", Text: "One"}, {ID: "b", Text: "Two"}}, "a")
	_, c, _ := show(t, s)
	c.Focus(s)
	press(s, fyne.KeyDown)
	m, ok := c.Focused().(*widget.Menu)
	if !ok {
		t.Fatalf("focus is in %T", c.Focused())
	}
	press(m, fyne.KeyDown)
	press(m, fyne.KeyReturn)
	if chosen != "b" || s.Chosen() != "b" {
		t.Errorf("chose %q, shows %q", chosen, s.Chosen())
	}
}

func TestSlider(t *testing.T) {
	var got []int
	s := widget.NewSlider("x", 0, 200, 10, func(v int) { got = append(got, v) })
	s.Set(100)
	_, c, _ := show(t, s)
	c.Focus(s)
	press(s, fyne.KeyRight)
	press(s, fyne.KeyLeft)
	press(s, fyne.KeyEnd)
	press(s, fyne.KeyRight)
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(-50, 5)}})
	s.Set(150) // a snapshot that comes meanwhile must not move it
	if s.Value() != 0 {
		t.Errorf("moved to %d under the pointer", s.Value())
	}
	s.DragEnd()
	if want := []int{110, 100, 200, 0}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

func TestTabs(t *testing.T) {
	tab := ""
	bar := widget.NewTabBar(func(id string) { tab = id })
	bar.Set([]widget.Tab{{ID: "a", Icon: "phone", Text: "A"}, {ID: "b", Icon: "history", Text: "B", Count: 3}}, "a")
	_, c, _ := show(t, bar)
	test.TapCanvas(c, fyne.NewPos(300, 30))
	if tab != "b" {
		t.Errorf("tab %q", tab)
	}
}

func TestPasswordEye(t *testing.T) {
	f := widget.NewPasswordField(widget.FieldSpec{Label: "x"}, "show", "hide")
	f.SetText("hemligt")
	_, c, _ := show(t, f)
	hidden := c.Capture()
	c.FocusNext() // the entry
	c.FocusNext() // the eye
	eye, ok := c.Focused().(*widget.Button)
	if !ok {
		t.Fatalf("focus is in %T", c.Focused())
	}
	press(eye, fyne.KeySpace)
	if f.Entry().Password || same(hidden, c.Capture()) {
		t.Error("the password stays hidden")
	}
	press(eye, fyne.KeySpace)
	if !f.Entry().Password || f.Text() != "hemligt" {
		t.Error("the password stays open, or changed")
	}
}

// Tab leads from field to field: out of several lines, and past the eye of a password, which Shift+Tab comes to.
func TestTabGoesFromFieldToField(t *testing.T) {
	area := widget.NewAreaField(widget.FieldSpec{Label: "lines"}, 3)
	password := widget.NewPasswordField(widget.FieldSpec{Label: "x"}, "show", "hide")
	next := widget.NewField(widget.FieldSpec{Label: "next"})
	_, c, _ := show(t, container.NewVBox(area, password, next))
	tab := func(e *widget.KeyEntry) { // as the driver does
		if e.AcceptsTab() {
			press(e, fyne.KeyTab)
		} else {
			c.FocusNext()
		}
	}
	c.Focus(area.Entry())
	tab(area.Entry())
	if c.Focused() != fyne.Focusable(password.Entry()) || area.Text() != "" {
		t.Fatalf("from several lines to %T, which say %q", c.Focused(), area.Text())
	}
	tab(password.Entry())
	if c.Focused() != fyne.Focusable(next.Entry()) {
		t.Fatalf("from the password to %T", c.Focused())
	}
	c.FocusPrevious()
	if _, ok := c.Focused().(*widget.Button); !ok {
		t.Errorf("back to %T, not to the eye", c.Focused())
	}
}

func TestToast(t *testing.T) {
	root, _, _ := show(t, widget.NewText("x", widget.Style{Size: theme.BodySize}))
	root.Toast("info", "something", "", nil)
	if root.ToastText() != "something" {
		t.Errorf("toast says %q", root.ToastText())
	}
	root.Toast("info", "something else", "", nil)
	if root.ToastText() != "something else" {
		t.Errorf("toast says %q", root.ToastText())
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Elin Strandh": "ES", "anna-karin von berg": "AB", "Öst": "Ö", "070-1740612": "", "": "", "Support (2101)": "S", "  ": "",
	} {
		if got := widget.Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestParagraphWraps(t *testing.T) {
	p := widget.NewParagraph("Numret finns inte. Kontrollera numret och försök igen.", widget.Style{Size: theme.BodySize})
	show(t, p)
	p.Resize(fyne.NewSize(150, 10))
	narrow := p.MinSize().Height
	p.Resize(fyne.NewSize(600, 10))
	if wide := p.MinSize().Height; wide != theme.BodySize.LineHeight() || narrow < 3*wide {
		t.Errorf("%v high when narrow, %v when wide", narrow, wide)
	}
	p.Set("Donaudampfschifffahrtsgesellschaftskapitän")
	if h := p.HeightFor(60); h < 3*theme.BodySize.LineHeight() {
		t.Errorf("a long word is not broken: %v", h)
	}
}

func TestTextSizeGrowsEverything(t *testing.T) {
	b := widget.NewButton(widget.ButtonSpec{Text: "x", Icon: "phone", Key: "K"}, nil)
	show(t, b)
	small := b.MinSize()
	theme.Apply(fyne.CurrentApp(), theme.ModeLight, 200)
	b.Refresh()
	if big := b.MinSize(); big.Height != 2*small.Height || big.Width < 1.8*small.Width {
		t.Errorf("%v at 100 %%, %v at 200 %%", small, big)
	}
}

// The smallest window is 340 wide and keeps the labels of five tabs in the longer language.
func TestFiveTabsFitTheSmallestWindow(t *testing.T) {
	text.SetLanguage("sv")
	t.Cleanup(func() { text.SetLanguage(text.Auto) })
	bar := widget.NewTabBar(nil)
	var tabs []widget.Tab
	for _, key := range []string{"tab.calls", "tab.history", "tab.contacts", "tab.voicemail", "tab.queues"} {
		tabs = append(tabs, widget.Tab{ID: key, Icon: "phone", Text: text.T(key), Count: 120})
	}
	bar.Set(tabs, "tab.calls")
	show(t, bar)
	if w := bar.MinSize().Width; w > theme.NormalMinWidth {
		t.Errorf("the tabs need %v", w)
	}
}
