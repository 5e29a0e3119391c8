package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view/form"
	"svara/ui/view/shortcuts"
	"svara/ui/widget"
)

// rebind gives the phone the keys, as the table or svaractl does.
func rebind(a *App, p *fakePhone, setting string) {
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyKeys] = setting }))
}

// shortcut presses a key with modifiers, as the driver does: whoever has the keyboard gets it, else the canvas, which
// knows only those it was given.
func shortcut(a *App, c fyne.Canvas, key fyne.KeyName, mod fyne.KeyModifier) {
	s := &desktop.CustomShortcut{KeyName: key, Modifier: mod}
	if f, ok := c.Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	if chord, ok := widget.ChordOfShortcut(s); ok && slices.Contains(a.modified(), chord) {
		a.windows[c].KeyPressed(chord, command.FocusNone)
	}
}

func TestReboundKeysCountAtOnce(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	rebind(a, p, `{"call.hold": ["F11", "Ctrl+h"], "call.mute": []}`)
	press(a, fyne.KeyF7)
	write(a, "m")
	if p.last() != nil {
		t.Errorf("the old keys told %#v", p.last())
	}
	hold := phone.SetHold{Call: 7, On: true}
	press(a, fyne.KeyF11)
	if p.last() != hold {
		t.Errorf("F11 told %#v", p.last())
	}
	for name, focus := range map[string]func(){"nothing": func() { a.main.Canvas().Unfocus() }, "the field": a.host.FocusSearch} {
		p.told = nil
		focus()
		shortcut(a, a.main.Canvas(), fyne.KeyH, fyne.KeyModifierControl)
		if p.last() != hold {
			t.Errorf("Ctrl+H with the keyboard in %s told %#v", name, p.last())
		}
	}
	if got := a.keyCap(string(command.Hold)); got != "F11" {
		t.Errorf("the button says %q", got)
	}
	rebind(a, p, "")
	p.told = nil
	a.main.Canvas().Unfocus()
	shortcut(a, a.main.Canvas(), fyne.KeyH, fyne.KeyModifierControl)
	if p.last() != nil {
		t.Errorf("after a reset Ctrl+H told %#v", p.last())
	}
	press(a, fyne.KeyF7)
	if p.last() != hold {
		t.Errorf("after a reset F7 told %#v", p.last())
	}
}

func TestOtherWindowsFollowTheKeys(t *testing.T) {
	a, p := open(t, registered())
	a.show(command.ViewSettings)
	rebind(a, p, `{"look.theme": ["Ctrl+Shift+j"]}`)
	shortcut(a, a.settings.window.Canvas(), fyne.KeyJ, fyne.KeyModifierControl|fyne.KeyModifierShift)
	if set, ok := p.last().(phone.Set); !ok || set.Key != phone.KeyTheme {
		t.Errorf("told %#v", p.last())
	}
}

func TestUnusableKeysAreToldAndTheRestWorks(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, talking())
	rebind(a, p, `{"call.hold": ["F11"], "call.fly": ["F7"], "call.mute": ["Escape"]}`)
	if a.root.ToastText() != text.T("keys.unusable") {
		t.Errorf("the window says %q", a.root.ToastText())
	}
	press(a, fyne.KeyF11)
	if p.last() != (phone.SetHold{Call: 7, On: true}) {
		t.Errorf("told %#v", p.last())
	}
	if got := len(present.KeyProblems(a.keymap, a.setting)); got != 2 {
		t.Errorf("%d problems", got)
	}
	rebind(a, p, `{not JSON`)
	p.told = nil
	press(a, fyne.KeyF7)
	if p.last() != (phone.SetHold{Call: 7, On: true}) {
		t.Errorf("with a setting that cannot be read F7 told %#v", p.last())
	}
}

// table is the table of keys on screen, and a phone that keeps what is set.
func table(t *testing.T) (*App, *fakePhone, *shortcuts.View, func() string) {
	t.Helper()
	a, p := open(t, registered())
	a.show(command.ViewShortcuts)
	took := 0
	return a, p, a.keys.view, func() string {
		for ; took < len(p.told); took++ {
			if set, ok := p.told[took].(phone.Set); ok {
				rebind(a, p, set.Value)
			}
		}
		return p.snap.Settings.Get(phone.KeyKeys)
	}
}

func TestChangeAKeyInTheTable(t *testing.T) {
	a, _, v, now := table(t)
	c := a.keys.window.Canvas()
	words := func(s string) {
		for _, r := range s {
			c.Focused().TypedRune(r)
		}
	}
	key := func(name fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: name}) }
	words("hold")
	if got := v.Shown(); len(got) != 1 || got[0] != command.Hold {
		t.Fatalf("hold finds %v", got)
	}
	key(fyne.KeyReturn) // opens the row, the keyboard is on its first button
	key(fyne.KeyReturn) // waits for the key
	if _, ok := c.Focused().(*widget.KeyCatch); !ok {
		t.Fatalf("the keyboard is in %T", c.Focused())
	}
	key(fyne.KeyF11)
	if got := now(); got != `{"call.hold":["k","F7","F11"]}` {
		t.Errorf("the setting is %s", got)
	}
	key(fyne.KeyReturn)
	key(fyne.KeyF12) // hangs up: it is asked
	if got := now(); strings.Contains(got, "F12") {
		t.Fatalf("F12 was taken: %s", got)
	}
	tap(t, c, text.T("keys.replace"))
	if got := now(); got != `{"call.decline":["h"],"call.hangup":["h"],"call.hold":["k","F7","F11","F12"]}` {
		t.Errorf("the setting is %s", got)
	}
	tap(t, c, text.T("keys.reset"))
	if got := now(); got != `{"call.decline":["h"],"call.hangup":["h"]}` {
		t.Errorf("the setting is %s", got)
	}
	tap(t, c, text.T("keys.add_more"))
	key(fyne.KeyEscape) // no key after all
	if _, ok := c.Focused().(*widget.KeyCatch); ok || !a.keys.shown {
		t.Error("Escape does not end the waiting, or closes the window")
	}
	tap(t, c, text.T("keys.add_more"))
	key(fyne.KeyDown)
	if got := now(); strings.Contains(got, "Down") {
		t.Errorf("the arrow was taken: %s", got)
	}
	for range 4 {
		a.keys.escape()
	}
	if a.keys.shown {
		t.Error("Escape does not close the window in the end")
	}
}

// TestChangeKeysByKeysAlone removes a key and takes it back without the mouse: what is pressed is drawn anew, and the
// keyboard is still there.
func TestChangeKeysByKeysAlone(t *testing.T) {
	a, _, _, now := table(t)
	c := a.keys.window.Canvas()
	button := func(label string) *widget.Button {
		for _, b := range find[*widget.Button](c) {
			if b.Spec().Text == label {
				return b
			}
		}
		return nil
	}
	enter := func(label string) {
		t.Helper()
		b := button(label)
		if b == nil {
			t.Fatalf("there is no button %q", label)
		}
		c.Focus(b)
		b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	for _, r := range "hold" {
		c.Focused().TypedRune(r)
	}
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	for _, step := range []struct{ press, keyboard, setting string }{
		{"F7", text.T("keys.add_more"), `{"call.hold":["k"]}`}, {text.T("keys.reset"), text.T("keys.add_more"), ""},
		{"F7", text.T("keys.add_more"), `{"call.hold":["k"]}`}, {text.T("keys.reset_all"), text.T("button.no"), `{"call.hold":["k"]}`},
	} {
		enter(step.press)
		setting := now() // the table follows it
		if b := button(step.keyboard); b == nil || c.Focused() != fyne.Focusable(b) || setting != step.setting {
			t.Errorf("after %s the keyboard is in %T, not on %q; the setting is %s", step.press, c.Focused(), step.keyboard, setting)
		}
	}
	enter(text.T("button.no"))
	if c.Focused() == nil {
		t.Error("after no the keyboard is nowhere")
	}
	enter(text.T("keys.reset_all"))
	enter(text.T("keys.reset_ask"))
	if setting := now(); c.Focused() == nil || setting != "" {
		t.Errorf("after all the keyboard is in %T, and the setting is %s", c.Focused(), setting)
	}
}

func TestResetAllKeys(t *testing.T) {
	a, p, _, now := table(t)
	rebind(a, p, `{"call.hold": ["F11"]}`)
	c := a.keys.window.Canvas()
	tap(t, c, text.T("keys.reset_all"))
	if got := now(); got == "" {
		t.Fatal("all keys were reset without a question")
	}
	tap(t, c, text.T("keys.reset_ask"))
	if got := now(); got != "" {
		t.Errorf("the setting is %s", got)
	}
}

func TestFindACommandByItsKey(t *testing.T) {
	a, _, v, _ := table(t)
	c := a.keys.window.Canvas()
	tap(t, c, text.T("keys.find"))
	shortcut(a, c, fyne.KeyP, fyne.KeyModifierControl)
	if got := v.Shown(); !slices.Equal(got, []command.ID{command.Park, command.ParkSlot}) {
		t.Errorf("Ctrl+P finds %v", got)
	}
	a.keys.escape()
	if got := v.Shown(); len(got) < 60 {
		t.Errorf("after Escape %d commands are shown", len(got))
	}
}

func TestPalette(t *testing.T) {
	a, p := open(t, registered())
	c := a.main.Canvas()
	p.show(a, talking())
	a.host.FocusSearch()
	shortcut(a, c, fyne.KeyK, fyne.KeyModifierControl)
	v := a.palette.view
	if v == nil || !v.Open() {
		t.Fatal("Ctrl+K does not open the palette")
	}
	words := func(s string) {
		for _, r := range s {
			c.Focused().TypedRune(r)
		}
	}
	key := func(name fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: name}) }
	words("res ho")
	if got := v.Found(); len(got) == 0 || got[0].Command != command.Hold {
		t.Fatalf("found %v", got)
	}
	key(fyne.KeyReturn)
	if p.last() != (phone.SetHold{Call: 7, On: true}) || v.Open() {
		t.Errorf("told %#v, open %v", p.last(), v.Open())
	}
	if c.Focused() != a.face().Entry() {
		t.Errorf("the keyboard is in %T", c.Focused())
	}
	a.openPalette()
	if got := a.palette.view.Found(); got[0].Command != command.Hold {
		t.Errorf("what was used last is not first, but %s", got[0].ID)
	}
	words("avvisa") // Swedish; nothing rings
	if got := a.palette.view.Found(); len(got) != 1 || got[0].Enabled || got[0].Reason == "" {
		t.Errorf("found %v", got)
	}
	p.told = nil
	key(fyne.KeyReturn)
	if p.last() != nil || !a.palette.view.Open() {
		t.Error("what cannot be done was done")
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Calls = append(s.Calls, incoming(9)) }))
	if !a.palette.view.Found()[0].Enabled {
		t.Error("the palette does not follow the phone")
	}
	key(fyne.KeyEnter) // of the number pad: answers, also now
	if p.last() != (phone.Answer{}) {
		t.Errorf("told %#v", p.last())
	}
	key(fyne.KeyEscape)
	if a.palette.view.Open() {
		t.Error("Escape does not close the palette")
	}
	if p.last() != (phone.Answer{}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestPaletteOpensSettingsAndNumberedThings(t *testing.T) {
	a, p := open(t, with(registered(), func(s *phone.Snapshot) {
		s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "9000", Name: "Växeln"}}, {Queue: phone.Queue{ID: "9001", Name: "Support"}}}
	}))
	choose := func(words string) {
		t.Helper()
		a.openPalette()
		a.palette.view.Search(words)
		a.main.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	choose("settings sound")
	if !a.settings.shown || a.settings.view.At() != "sound" {
		t.Error("the settings are not at their page about sound")
	}
	choose("log supp")
	if got, ok := p.last().(phone.LogIn); !ok || len(got.Queues) != 1 || got.Queues[0] != "9001" || !got.On {
		t.Errorf("told %#v", p.last())
	}
}

func TestCommandFromOutside(t *testing.T) {
	a, p := open(t, registered())
	for id, want := range map[command.ID]string{
		"call.fly": string(phone.ReasonBadCommand), command.Hold: string(phone.ReasonNotNow), command.Direct: string(phone.ReasonNotNow),
		command.ToggleQueue: string(phone.ReasonBadCommand), command.CallBack: "",
	} {
		got := ""
		if err := a.command(id, 0); err != nil {
			got = string(phone.ReasonOf(err).ID)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if p.last() != (phone.Dial{Target: "2101"}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestSaveKey(t *testing.T) {
	a, p := open(t, registered())
	a.show(command.ViewCustom)
	w := a.panels[command.ViewCustom]
	if _, ok := w.view.(*form.Editor); !ok {
		t.Fatalf("the window shows %T", w.view)
	}
	caps := 0
	for _, b := range find[*widget.Button](w.window.Canvas()) {
		if b.Spec().Key != "" {
			caps++
			if want := (command.Chord{Mod: command.Ctrl, Key: "s"}).Print(text.T); b.Spec().Key != want {
				t.Errorf("a button has the key %q", b.Spec().Key)
			}
		}
	}
	if caps != 1 {
		t.Errorf("%d buttons have a key", caps)
	}
	shortcut(a, w.window.Canvas(), fyne.KeyS, fyne.KeyModifierControl)
	if _, ok := p.last().(phone.SetActivity); !ok {
		t.Errorf("told %#v", p.last())
	}
	p.told = nil
	a.main.Canvas().Unfocus()
	shortcut(a, a.main.Canvas(), fyne.KeyS, fyne.KeyModifierControl)
	if p.last() != nil {
		t.Errorf("in the main window it told %#v", p.last())
	}
}

// TestCaretKeepsItsArrows types in the field and moves in it.
func TestCaretKeepsItsArrows(t *testing.T) {
	a, _ := open(t, registered())
	a.host.FocusSearch()
	write(a, "anna")
	press(a, fyne.KeyLeft)
	press(a, fyne.KeyLeft)
	write(a, "-")
	if a.face().Field() != "an-na" {
		t.Errorf("the field says %q", a.face().Field())
	}
}
