package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/widget"
)

// reachable is a phone at an exchange that has every way to reach somebody but breaking in.
func reachable() *phone.Snapshot {
	return with(registered(), func(s *phone.Snapshot) {
		s.Accounts[0].Features = []phone.Feature{phone.FeatureBypass, phone.FeaturePickup, phone.FeatureVoicemail, phone.FeatureWithheld}
	})
}

// menu is the open menu.
func menu(t *testing.T, a *App) *widget.Menu {
	t.Helper()
	m, ok := a.main.Canvas().Focused().(*widget.Menu)
	if !ok {
		t.Fatal("no menu is open")
	}
	return m
}

// TestMenuOfARow opens the menu of the highlighted row by its key and goes down to a way.
func TestMenuOfARow(t *testing.T) {
	for down, want := range []phone.Command{
		phone.Dial{Target: "2101"}, phone.Dial{Target: "2101", How: phone.FeatureBypass}, nil, phone.Dial{Target: "2101", How: phone.FeatureVoicemail},
		phone.Dial{Target: "2101", How: phone.FeatureWithheld}, phone.Pickup{Target: "2101"},
	} {
		a, p := open(t, reachable())
		a.show(command.ViewHistory)
		p.told = nil
		press(a, fyne.KeyDown)
		press(a, fyne.KeyDown)
		press(a, desktop.KeyMenu)
		m := menu(t, a)
		if why := m.Items()[2].Disabled; why != text.T("reason.not-supported.title") {
			t.Fatalf("breaking in: %q", why)
		}
		for range down {
			press(a, fyne.KeyDown)
		}
		press(a, fyne.KeyReturn)
		if p.last() != want {
			t.Errorf("%d down: told %#v, want %#v", down, p.last(), want)
		}
	}
}

// TestMenuOfANumber opens the menu of what is typed, by the key and by a right press on the call button.
func TestMenuOfANumber(t *testing.T) {
	for name, how := range map[string]func(*App){
		"key": func(a *App) { press(a, desktop.KeyMenu) },
		"right press": func(a *App) {
			buttons := find[*widget.Button](a.main.Canvas())
			test.TapSecondary(buttons[slices.IndexFunc(buttons, func(b *widget.Button) bool { return b.Spec().Size == widget.Dial })])
		},
	} {
		a, p := open(t, reachable())
		write(a, "070-555")
		how(a)
		menu(t, a).Choose(1)
		if want := (phone.Dial{Target: "070555", How: phone.FeatureBypass}); p.last() != want {
			t.Errorf("%s: told %#v, want %#v", name, p.last(), want)
		}
	}
	a, _ := open(t, reachable())
	write(a, "anna")
	press(a, fyne.KeyEscape) // no row is highlighted
	press(a, desktop.KeyMenu)
	if _, open := a.main.Canvas().Focused().(*widget.Menu); open {
		t.Error("a menu of a name that is no number")
	}
}

// TestReachByKey presses the chord of a way as the driver does.
func TestReachByKey(t *testing.T) {
	alt := func(a *App, key fyne.KeyName) {
		a.main.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierAlt})
	}
	a, p := open(t, reachable())
	write(a, "anna")
	alt(a, fyne.KeyV)
	if want := (phone.Dial{Target: "2101", How: phone.FeatureVoicemail}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
	p.told = nil
	alt(a, fyne.KeyB)
	if p.last() != nil || a.root.ToastText() != text.T("reason.not-supported") {
		t.Errorf("told %#v, says %q", p.last(), a.root.ToastText())
	}
	a, p = open(t, reachable())
	alt(a, fyne.KeyF)
	if p.last() != nil || a.face().Wrong() != text.T("dial.nothing") {
		t.Errorf("nothing typed: told %#v, says %q", p.last(), a.face().Wrong())
	}
	a, p = transferring(t)
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Accounts[0].Features = append(everything, phone.FeatureBypass) }))
	write(a, "2101")
	alt(a, fyne.KeyF)
	if q, _ := a.face().Asking(); p.last() != nil || q != command.AskTransfer || a.root.ToastText() != text.T("disabled.not_now") {
		t.Errorf("while transferring: told %#v, asks %q", p.last(), q)
	}
}
