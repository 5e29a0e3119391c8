package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/widget"
)

// listening is a window with the voice messages in front.
func listening(t *testing.T, change func(*phone.Snapshot)) (*App, *fakePhone, *fakeMail) {
	t.Helper()
	a, p := open(t, registered())
	mailScene(change, nil)(a, p, "en")
	mail, ok := a.opts.Voicemail.(*fakeMail)
	if !ok {
		t.Fatal("no fake mail")
	}
	p.told = nil
	return a, p, mail
}

func TestMessagesByKeyboard(t *testing.T) {
	a, p, _ := listening(t, mailed)
	a.show(command.ViewCall)
	chord(t, a, fyne.KeyModifierAlt, fyne.Key4)
	if a.face().At() != command.ViewVoicemail {
		t.Fatalf("Alt+4 went to %s", a.face().At())
	}
	press(a, fyne.KeyDown)
	press(a, fyne.KeyReturn) // opens it, and the list has the keyboard
	press(a, fyne.KeySpace)
	if p.last() != (phone.PlayVoicemail{ID: "vm/1/6"}) {
		t.Fatalf("told %#v", p.last())
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Playing = &phone.Playing{Message: "vm/1/6", Speed: 1, Position: 16 * time.Second, Since: noon, Length: 41 * time.Second}
	}))
	press(a, fyne.KeyRight)
	if p.last() != (phone.PlayVoicemail{ID: "vm/1/6", From: 21 * time.Second}) {
		t.Errorf("→ told %#v", p.last())
	}
	press(a, fyne.KeyLeft)
	if p.last() != (phone.PlayVoicemail{ID: "vm/1/6", From: 11 * time.Second}) {
		t.Errorf("← told %#v", p.last())
	}
	press(a, fyne.KeyDelete)
	if p.last() != (phone.StopPlaying{}) || !strings.Contains(a.root.ToastText(), "Maria Ekdal") {
		t.Errorf("Delete told %#v, toast %q", p.last(), a.root.ToastText())
	}
	press(a, fyne.KeyDelete) // the next one: the one before is final now
	if p.last() != (phone.DeleteVoicemail{ID: "vm/1/6"}) {
		t.Errorf("told %#v", p.last())
	}
}

func TestMailboxIsCalled(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*phone.Snapshot)
		want   phone.Command
	}{
		"by the exchange's code": {toldOnly, phone.Dial{How: phone.FeatureMailbox, Account: "elin"}},
		"by what the exchange told us": {func(s *phone.Snapshot) {
			toldOnly(s)
			s.Accounts[0].Features = nil
			s.Voicemail.Boxes[0].Dial = "vmail"
		}, phone.Dial{Target: "vmail", Account: "elin"}},
		"no way": {func(s *phone.Snapshot) { s.Accounts[0].Features = nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a, p, _ := listening(t, c.change)
			b := buttonOf(a, text.T("voicemail.call"))
			if b == nil {
				t.Fatal("no button")
			}
			test.Tap(b)
			if p.last() != c.want {
				t.Errorf("told %#v", p.last())
			}
			if locked := b.Spec().Disabled; (locked != "") != (c.want == nil) {
				t.Errorf("locked because %q", locked)
			}
		})
	}
}

func TestMailedIsTold(t *testing.T) {
	a, _ := open(t, registered())
	for _, c := range []struct {
		event phone.Event
		want  string
	}{
		{phone.Event{Kind: phone.EventMailed, State: "sent"}, text.T("recordings.mailed")},
		{phone.Event{Kind: phone.EventMailed, State: "failed", Reason: &phone.Reason{ID: phone.ReasonMailboxFull}}, text.Reason(phone.Reason{ID: phone.ReasonMailboxFull})},
	} {
		if a.mailed(c.event); a.root.ToastText() != c.want {
			t.Errorf("%s: %q", c.event.State, a.root.ToastText())
		}
	}
}

func TestFolderForDownloads(t *testing.T) {
	home := t.TempDir()
	at := func(env map[string]string) string {
		return downloads(func(k string) string { return env[k] }, func() (string, error) { return home, nil })
	}
	if got := at(nil); got != home {
		t.Errorf("without a folder: %s", got)
	}
	for _, folder := range []string{"Downloads", "Hämtningar", "Annat", ".config"} {
		if err := os.Mkdir(filepath.Join(home, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := at(nil); got != filepath.Join(home, "Downloads") {
		t.Errorf("the usual one: %s", got)
	}
	dirs := "# made by xdg-user-dirs\nXDG_MUSIC_DIR=\"$HOME/Musik\"\nXDG_DOWNLOAD_DIR=\"$HOME/Hämtningar\"\n"
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte(dirs), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := at(nil); got != filepath.Join(home, "Hämtningar") {
		t.Errorf("in the user's language: %s", got)
	}
	if got := at(map[string]string{"XDG_DOWNLOAD_DIR": filepath.Join(home, "Annat")}); got != filepath.Join(home, "Annat") {
		t.Errorf("of the session: %s", got)
	}
}

// buttonOf is the visible button with words.
func buttonOf(a *App, words string) *widget.Button {
	for _, b := range find[*widget.Button](a.main.Canvas()) {
		if b.Spec().Text == words {
			return b
		}
	}
	return nil
}

// listOf is the list on screen.
func listOf(t *testing.T, a *App) *widget.KeyList {
	t.Helper()
	for _, l := range find[*widget.KeyList](a.main.Canvas()) {
		if l.Visible() {
			return l
		}
	}
	t.Fatal("no list on screen")
	return nil
}

// past is a window with the history in front and the keyboard in it.
func past(t *testing.T) (*App, *fakePhone) {
	t.Helper()
	a, p := open(t, registered())
	historyScene(nil)(a, p, "en")
	p.told = nil
	return a, p
}

func TestHistoryByKeyboard(t *testing.T) {
	a, p := past(t)
	rows := func() int { return len(listOf(t, a).VisibleRows()) }
	if rows() != 6 {
		t.Fatalf("%d rows", rows())
	}
	l := listOf(t, a)
	a.main.Canvas().Focus(l)
	write(a, "1")
	if rows() != 2 {
		t.Errorf("missed: %d rows", rows())
	}
	write(a, "3")
	if rows() != 4 {
		t.Errorf("missed and answered: %d rows", rows())
	}
	write(a, "1")
	write(a, "3")
	write(a, "2")
	if rows() != 1 {
		t.Errorf("redirected: %d rows", rows())
	}
	l.SetCursor(0)
	press(a, fyne.KeyReturn)
	if p.last() != (phone.Dial{Target: "08-46500452"}) {
		t.Errorf("told %#v", p.last())
	}
	press(a, fyne.KeyDelete)
	write(a, "2")
	if rows() != 5 || !strings.Contains(a.root.ToastText(), "Havsö") {
		t.Errorf("deleted: %d rows, toast %q", rows(), a.root.ToastText())
	}
	if a.face().Field() != "" {
		t.Errorf("the keys of the filters went to the field: %q", a.face().Field())
	}
	l.SetCursor(0)
	write(a, "n")
	if w := a.panels[viewNote]; w == nil || !w.shown {
		t.Error("no form for the note")
	}
}

// TestCallDigitsAreTones: with somebody on the line the digits are theirs, also in the history.
func TestCallDigitsAreTones(t *testing.T) {
	a, p := past(t)
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Calls, s.Active = []phone.Call{connected(7)}, 7 }))
	a.show(command.ViewHistory)
	l := listOf(t, a)
	a.main.Canvas().Focus(l)
	write(a, "1")
	if n := len(l.VisibleRows()); n != 6 {
		t.Errorf("%d rows", n)
	}
	if p.last() != (phone.SendDTMF{Digits: "1"}) {
		t.Errorf("told %#v", p.last())
	}
}
