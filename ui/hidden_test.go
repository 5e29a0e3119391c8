package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/view"
	"svara/ui/view/settings"
)

// overMain opens and closes a window over the main one.
type overMain struct {
	open, close func()
	window      func() fyne.Window
}

func windowsOver(a *App) map[string]overMain {
	panel := func(v command.View) overMain {
		return overMain{func() { a.show(v) }, func() { a.panels[v].close() }, func() fyne.Window { return a.panels[v].window }}
	}
	return map[string]overMain{
		"settings": {func() { a.settings.open("") }, a.settings.close, func() fyne.Window { return a.settings.window }},
		"keys":     {a.keys.open, a.keys.close, func() fyne.Window { return a.keys.window }},
		"activity": panel(command.ViewCustom),
		"schedule": panel(command.ViewSchedule),
		"quality":  panel(command.ViewQuality),
	}
}

// TestClosedWindowsAreGivenBack: a window that was closed comes back at once for a while. Then it is given back, with its
// keys, and made anew in its size when it is opened again.
func TestClosedWindowsAreGivenBack(t *testing.T) {
	a, _ := open(t, registered())
	now := noon
	a.now = func() time.Time { return now }
	released := 0
	a.opts.Released = func() { released++ }
	before, keys := len(a.fy.Driver().AllWindows()), len(a.windows)
	for name, w := range windowsOver(a) {
		w.open()
		first := w.window()
		first.Resize(fyne.NewSize(1111, 777))
		w.close()
		now = now.Add(hiddenFor - time.Second)
		a.second()
		w.open()
		if w.window() != first {
			t.Errorf("%s: another window when it is opened soon again", name)
		}
		now = now.Add(10 * hiddenFor)
		a.second()
		if w.window() != first {
			t.Errorf("%s: given back while it is on screen", name)
		}
		w.close()
		now = now.Add(hiddenFor)
		a.second()
		a.second()
		if n := len(a.fy.Driver().AllWindows()); n != before || len(a.windows) != keys || len(a.hidden) != 0 {
			t.Errorf("%s: %d windows more when it was closed, the keys of %d, %d hidden", name, n-before, len(a.windows)-keys, len(a.hidden))
		}
		a.render(with(a.snap, func(s *phone.Snapshot) { s.Seq++ })) // nobody draws what is gone
		a.drawLevels(phone.Levels{})
		w.open()
		if got := w.window().Canvas().Size(); w.window() == first || got != fyne.NewSize(1111, 777) {
			t.Errorf("%s: made anew: %t, in %v", name, w.window() != first, got)
		}
		w.close()
		now = now.Add(hiddenFor)
		a.second()
	}
	if want := 2 * len(windowsOver(a)); released != want {
		t.Errorf("told %d times that memory is let go of, want %d", released, want)
	}
}

// The settings come back where they were.
func TestSettingsAreGivenBackWithTheirPage(t *testing.T) {
	a, _ := open(t, registered())
	now := noon
	a.now = func() time.Time { return now }
	a.settings.open(settings.Sound)
	a.settings.close()
	now = now.Add(hiddenFor)
	a.second()
	if a.settings.window != nil {
		t.Fatal("still there")
	}
	if a.settings.open(""); a.settings.view.At() != settings.Sound {
		t.Errorf("they come back at %q", a.settings.view.At())
	}
}

// TestNobodyHoldsAClosedWindow: a window for a file is forgotten with its keys when it is closed.
func TestNobodyHoldsAClosedWindow(t *testing.T) {
	a, _ := open(t, registered())
	keys := len(a.windows)
	a.pickFile(view.File{Title: "Fil", At: t.TempDir()}, func(string) {})
	all := a.fy.Driver().AllWindows()
	w := all[len(all)-1]
	held := a.windows[w.Canvas()]
	if held == nil {
		t.Fatal("the window has no keys")
	}
	held.closed()
	if n := len(a.fy.Driver().AllWindows()); n != len(all)-1 || len(a.windows) != keys {
		t.Errorf("%d windows more, the keys of %d more", n-len(all)+1, len(a.windows)-keys)
	}
}
