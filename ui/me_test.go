package ui

import (
	"reflect"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/view/form"
	"svara/ui/widget"
)

// chord presses a key with modifiers in the main window, as the driver does: the focused entry gets it, else the canvas.
func chord(t *testing.T, a *App, mod fyne.KeyModifier, key fyne.KeyName) {
	t.Helper()
	s := &desktop.CustomShortcut{KeyName: key, Modifier: mod}
	if f, ok := a.main.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	c, ok := a.main.Canvas().(interface{ TypedShortcut(fyne.Shortcut) })
	if !ok {
		t.Fatal("the canvas takes no shortcuts")
	}
	c.TypedShortcut(s)
}

func inMenu(a *App) bool { return a.main.Canvas().Overlays().Top() != nil }

func TestActivityMenuByKeys(t *testing.T) {
	for name, c := range map[string]struct {
		keys  []fyne.KeyName
		typed string
		want  phone.Command
	}{
		"the one below is until changed": {[]fyne.KeyName{fyne.KeyDown, fyne.KeyReturn}, "", phone.SetActivity{Kind: phone.ActivityBusy}},
		"a ring":                         {[]fyne.KeyName{fyne.KeyDown, fyne.KeyRight, fyne.KeyRight, fyne.KeyReturn}, "", phone.UseShortcut{ID: "b30"}},
		"back from the rings":            {[]fyne.KeyName{fyne.KeyDown, fyne.KeyRight, fyne.KeyLeft, fyne.KeySpace}, "", phone.SetActivity{Kind: phone.ActivityBusy}},
		"first letter":                   {[]fyne.KeyName{fyne.KeyReturn}, "l", phone.UseShortcut{ID: "lunch"}},
		"first letter of an own one":     {[]fyne.KeyName{fyne.KeyReturn}, "k", phone.UseShortcut{ID: "visit"}},
		"what is on already":             {[]fyne.KeyName{fyne.KeyReturn}, "", phone.UseShortcut{ID: "available"}},
		"Escape":                         {[]fyne.KeyName{fyne.KeyDown, fyne.KeyEscape}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			a, p := open(t, mine(registered()))
			press(a, fyne.KeyF9)
			if !inMenu(a) {
				t.Fatal("the menu is not open")
			}
			write(a, c.typed)
			for _, k := range c.keys {
				press(a, k)
			}
			if inMenu(a) {
				t.Error("the menu stays open")
			}
			if p.last() != c.want {
				t.Errorf("told %#v, want %#v", p.last(), c.want)
			}
			if a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
				t.Error("the keyboard is not in the search field again")
			}
		})
	}
}

func TestNoteIsKeptWithEnterAndWhenLeft(t *testing.T) {
	a, p := open(t, registered())
	press(a, fyne.KeyF9)
	press(a, fyne.KeyUp) // from the first row to the note
	write(a, "Back at two")
	press(a, fyne.KeyReturn)
	if p.last() != (phone.SetNote{Text: "Back at two"}) || inMenu(a) {
		t.Fatalf("told %#v", p.last())
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Me.Note = "Back at two" }))
	press(a, fyne.KeyF9)
	press(a, fyne.KeyUp)
	write(a, "x")
	press(a, fyne.KeyDown) // leaves the field
	if got, ok := p.last().(phone.SetNote); !ok || got.Text == "Back at two" {
		t.Errorf("told %#v", p.last())
	}
	told := len(p.told)
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Me.Note = p.last().(phone.SetNote).Text }))
	press(a, fyne.KeyUp)
	write(a, "y")
	press(a, fyne.KeyEscape)
	if len(p.told) != told {
		t.Errorf("Escape kept %#v", p.last())
	}
}

func TestOtherActivityUntilChanged(t *testing.T) {
	a, p := open(t, mine(registered()))
	press(a, fyne.KeyF9)
	write(a, "o")
	press(a, fyne.KeyReturn)
	write(a, "s") // sick
	press(a, fyne.KeyReturn)
	if p.last() != (phone.SetActivity{Kind: phone.ActivitySick}) || inMenu(a) {
		t.Errorf("told %#v, menu %v", p.last(), inMenu(a))
	}
}

func TestQueuesByKeys(t *testing.T) {
	a, p := open(t, mine(registered()))
	both := fyne.KeyModifierControl | fyne.KeyModifierShift
	for key, want := range map[fyne.KeyName]phone.Command{
		fyne.Key1: phone.LogIn{Queues: []phone.QueueID{"700"}}, fyne.Key2: phone.LogIn{Queues: []phone.QueueID{"701"}, On: true},
		fyne.Key5: nil /* an answer is awaited */, fyne.Key9: nil, fyne.KeyI: phone.LogIn{On: true}, fyne.KeyO: phone.LogIn{},
	} {
		p.told = nil
		chord(t, a, both, key)
		if !reflect.DeepEqual(p.last(), want) {
			t.Errorf("%s: told %#v, want %#v", key, p.last(), want)
		}
	}
	p.told = nil
	chord(t, a, fyne.KeyModifierAlt|fyne.KeyModifierShift, fyne.Key3)
	if p.last() != (phone.UseShortcut{ID: "b30"}) {
		t.Errorf("shortcut 3: told %#v", p.last())
	}
}

func TestQueueTabOnlyWithQueues(t *testing.T) {
	a, p := open(t, mine(registered()))
	a.show(command.ViewQueues)
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyQueueButtons] = "false" }))
	if strings.Contains(wordsOf(t, a), text.T("queue.head")) {
		t.Error("the queues are shown although the setting is off")
	}
}

// wordsOf is all the words of the main window.
func wordsOf(t *testing.T, a *App) string {
	t.Helper()
	var b strings.Builder
	walk(a.face().Object(), func(o fyne.CanvasObject) {
		if w, ok := o.(*widget.Text); ok && o.Visible() {
			b.WriteString(w.Text() + "\n")
		}
	})
	return b.String()
}

func TestRoleForTheNextCall(t *testing.T) {
	a, p := open(t, mine(registered()))
	chord(t, a, fyne.KeyModifierControl|fyne.KeyModifierShift, fyne.KeyN)
	if !inMenu(a) {
		t.Fatal("no menu")
	}
	write(a, "n") // Next call: Switchboard
	press(a, fyne.KeyReturn)
	if p.last() != (phone.SetRole{Role: "switch", Next: true}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestWindowsOpenByKeys(t *testing.T) {
	for key, view := range map[fyne.KeyName]command.View{fyne.KeyA: command.ViewCustom, fyne.KeyS: command.ViewSchedule, fyne.KeyF: command.ViewForwarding} {
		a, _ := open(t, mine(registered()))
		chord(t, a, fyne.KeyModifierControl|fyne.KeyModifierShift, key)
		w := a.panels[view]
		if w == nil || !w.shown {
			t.Errorf("%s does not open %s", key, view)
			continue
		}
		w.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.shown {
			t.Errorf("Escape leaves %s open", view)
		}
	}
}

func TestCustomActivityIsSetAndCloses(t *testing.T) {
	a, p := open(t, mine(registered()))
	a.show(command.ViewCustom)
	w := a.panels[command.ViewCustom]
	e, ok := w.view.(*form.Editor)
	if !ok {
		t.Fatal("no form")
	}
	e.Save()
	want := phone.SetActivity{Kind: phone.ActivityMeeting, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 60}}
	if p.last() != want || w.shown {
		t.Errorf("told %#v, shown %v", p.last(), w.shown)
	}
}

func TestPopupFitsTheSmallestWindow(t *testing.T) {
	for _, size := range []string{"100", "200"} {
		a, _ := open(t, with(mine(registered()), func(s *phone.Snapshot) { s.Settings[phone.KeyTextSize] = size }))
		a.main.Resize(fyne.NewSize(340, 560))
		press(a, fyne.KeyF9)
		top := a.main.Canvas().Overlays().Top()
		if top == nil {
			t.Fatal("no menu")
		}
		walk(top, func(o fyne.CanvasObject) {
			if r, ok := o.(*widget.OptionRow); ok && r.Size().Width > a.main.Canvas().Size().Width {
				t.Errorf("at %s %% the row %q is %v wide", size, r.Spec().Title, r.Size().Width)
			}
		})
		a.main.Canvas().Overlays().Remove(top)
	}
}

// walk visits an object and all that is drawn in it.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if !o.Visible() {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(child, visit)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			walk(child, visit)
		}
	}
}
