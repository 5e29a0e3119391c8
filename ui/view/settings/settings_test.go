package settings

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/widget"
)

// fake is a phone that does what it is told with settings and accounts, and the view of it.
type fake struct {
	snap   *phone.Snapshot
	told   []phone.Command
	deny   error
	said   string
	folder string
	view   *View
}

func (f *fake) deps() view.Deps {
	return view.Deps{
		Do: func(c phone.Command) error {
			f.told = append(f.told, c)
			if f.deny == nil {
				f.apply(c)
			}
			return f.deny
		},
		Snapshot: func() *phone.Snapshot { return f.snap },
		Say:      func(s string) { f.said = s },
		Meters:   func() {},
		Folder:   f.folder,
	}
}

func (f *fake) apply(c phone.Command) {
	s := *f.snap
	s.Seq++
	switch c := c.(type) {
	case phone.Set:
		s.Settings = s.Settings.With(c.Key, c.Value)
	case phone.PutAccount:
		a := s.Accounts[0]
		a.Account = c.Account
		a.Features = nil
		if c.Account.Dialect == "asterisk" {
			a.Features = []phone.Feature{phone.FeatureTransferDirect, phone.FeaturePark, phone.FeaturePickup}
		}
		s.Accounts = []phone.AccountStatus{a}
	}
	f.snap = &s
}

func (f *fake) last() phone.Command {
	if len(f.told) == 0 {
		return nil
	}
	return f.told[len(f.told)-1]
}

func (f *fake) show() { f.view.Update(present.Scene{Snap: f.snap, Now: f.snap.Time}) }

func open(t *testing.T, page, language string, percent int, mode theme.Mode) *fake {
	t.Helper()
	app := test.NewTempApp(t)
	text.SetLanguage(language)
	t.Cleanup(func() { text.SetLanguage("en") })
	theme.Apply(app, mode, percent)
	noon := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	f := &fake{folder: "/home/elin/.local/share/svara/default/recordings", snap: &phone.Snapshot{
		Seq: 1, Time: noon,
		Accounts: []phone.AccountStatus{{
			Account:      phone.Account{ID: "elin", User: "2100", Domain: "vaxel.example.com", DisplayName: "Elin Strandh", Default: true, Expires: 300, Mobile: "0701740612"},
			Registration: phone.Registration{State: phone.RegistrationRegistered, Until: noon.Add(time.Hour)},
			Features:     []phone.Feature{phone.FeatureTransferDirect, phone.FeatureTransferAnnounced, phone.FeatureTransferRinging},
		}},
		Dialects: []phone.Dialect{{ID: "asterisk", Name: "Asterisk"}, {ID: "generic", Name: "SIP"}},
	}}
	f.view = New(f.deps(), present.Scene{Snap: f.snap, Now: noon}, "0.1.0", page)
	f.show()
	return f
}

var scenes = map[string]func(*fake){
	Calls:     nil,
	Recording: nil,
	Accounts: func(f *fake) {
		f.view.pages[Accounts].(*accounts).own["elin"].show(true)
	},
}

func draw(f *fake, size fyne.Size) fyne.Canvas {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(f.view.Object())
	c.Resize(size)
	f.view.Object().Refresh()
	return c
}

// TestScreens compares the pages in both languages with their masters.
func TestScreens(t *testing.T) {
	for page, change := range scenes {
		for _, language := range []string{"en", "sv"} {
			t.Run(page+"/"+language, func(t *testing.T) {
				f := open(t, page, language, 100, theme.ModeLight)
				if change != nil {
					change(f)
				}
				test.AssertRendersToMarkup(t, page+"-"+language+".xml", draw(f, fyne.NewSize(820, 1000)))
			})
		}
	}
}

// TestPictures keeps pictures to be looked at in the folder that SVARA_SCREENS names.
func TestPictures(t *testing.T) {
	folder := os.Getenv("SVARA_SCREENS")
	if folder == "" {
		t.Skip("no folder named")
	}
	for _, look := range []struct {
		name     string
		mode     theme.Mode
		percent  int
		language string
		w, h     float32
	}{
		{"light", theme.ModeLight, 100, "en", 820, 1000}, {"dark-sv", theme.ModeDark, 100, "sv", 820, 1000}, {"narrow-sv", theme.ModeLight, 100, "sv", 480, 900},
		{"large-sv", theme.ModeLight, 200, "sv", 1100, 1400},
	} {
		for page, change := range scenes {
			f := open(t, page, look.language, look.percent, look.mode)
			if change != nil {
				change(f)
			}
			file, err := os.Create(filepath.Join(folder, "settings-"+page+"-"+look.name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(file, draw(f, fyne.NewSize(look.w, look.h)).Capture()); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestSecondsCountAsSoonAsTheyArePossible(t *testing.T) {
	f := open(t, Calls, "en", 100, theme.ModeLight)
	n := f.view.pages[Calls].(*calls).recall
	if n.field.Text() != "45" || f.told != nil {
		t.Fatalf("shows %q, told %+v", n.field.Text(), f.told)
	}
	n.field.SetText("700")
	if f.told != nil || n.field.Spec().Error == "" {
		t.Errorf("too much: told %+v, says %q", f.told, n.field.Spec().Error)
	}
	n.field.SetText("30")
	if f.last() != (phone.Set{Key: phone.KeyRecallAfter, Value: "30"}) || n.field.Spec().Error != "" {
		t.Errorf("told %+v, says %q", f.last(), n.field.Spec().Error)
	}
	f.apply(phone.Set{Key: phone.KeyRecallAfter, Value: "20"})
	if f.show(); n.field.Text() != "20" || len(f.told) != 1 {
		t.Errorf("after svaractl: shows %q, told %+v", n.field.Text(), f.told)
	}
}

func TestTypingIsLeftAlone(t *testing.T) {
	f := open(t, Calls, "en", 100, theme.ModeLight)
	w := test.NewTempWindow(t, widget.NewRoot(f.view.Object()))
	n := f.view.pages[Calls].(*calls).recall
	w.Canvas().Focus(n.field.Entry())
	n.field.SetText("")
	if f.show(); n.field.Text() != "" {
		t.Errorf("what was typed became %q", n.field.Text())
	}
}

func TestFolder(t *testing.T) {
	f := open(t, Recording, "en", 100, theme.ModeLight)
	r := f.view.pages[Recording].(*recording)
	var timer func()
	r.folder.after = func(_ time.Duration, do func()) { timer = do }
	if !strings.Contains(r.where.Text(), f.folder) {
		t.Errorf("where: %q", r.where.Text())
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, key := range map[string]string{"Recordings": "settings.folder_relative", filepath.Join(dir, "none"): "settings.folder_missing", file: "settings.folder_file"} {
		r.folder.field.SetText(typed)
		if got := r.folder.field.Spec().Error; got != text.T(key) {
			t.Errorf("%s says %q", typed, got)
		}
		if timer(); f.told != nil {
			t.Errorf("%s told %+v", typed, f.told)
		}
	}
	r.folder.field.SetText(filepath.Dir(dir)) // on the way to the one that is meant
	half := timer
	r.folder.field.SetText(dir + "/")
	half()
	if f.told != nil {
		t.Fatalf("half a path told %+v", f.told)
	}
	timer()
	if f.last() != (phone.Set{Key: phone.KeyRecordFolder, Value: dir}) {
		t.Errorf("told %+v", f.last())
	}
	if f.show(); !strings.Contains(r.where.Text(), dir) {
		t.Errorf("where: %q", r.where.Text())
	}
	r.folder.field.SetText("")
	r.folder.field.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if f.last() != (phone.Set{Key: phone.KeyRecordFolder, Value: ""}) {
		t.Errorf("Enter in the empty field told %+v", f.last())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v after it was looked at, %v", entries, err)
	}
}

func TestLockedFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	open(t, Recording, "en", 100, theme.ModeLight)
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, wrong := checkFolder(dir); wrong != text.T("settings.folder_locked") {
		t.Errorf("says %q", wrong)
	}
}

func TestExchangeAndMobile(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	e := f.view.pages[Accounts].(*accounts).own["elin"]
	if e.sel.Chosen() != "generic" || len(e.can) != 3 {
		t.Fatalf("chosen %q, can %q", e.sel.Chosen(), e.can)
	}
	e.sel.OnChange("asterisk")
	want := f.snap.Accounts[0].Account
	if put, ok := f.last().(phone.PutAccount); !ok || put.Account != want || put.Account.Dialect != "asterisk" || put.Account.Expires != 300 || put.Password != "" {
		t.Fatalf("told %+v", f.last())
	}
	if f.show(); e.sel.Chosen() != "asterisk" || len(e.can) != 3 || e.can[1] != "Park a call" {
		t.Errorf("chosen %q, can %q", e.sel.Chosen(), e.can)
	}
	var timer func()
	e.mobile.after = func(_ time.Duration, do func()) { timer = do }
	f.told = nil
	e.mobile.field.SetText("phone")
	if timer(); f.told != nil || e.mobile.field.Spec().Error == "" {
		t.Errorf("told %+v", f.told)
	}
	e.mobile.field.SetText("070-55 66 77")
	timer()
	if put, ok := f.last().(phone.PutAccount); !ok || put.Account.Mobile != "070556677" || put.Account.Dialect != "asterisk" {
		t.Errorf("told %+v", f.last())
	}
}

// TestTypingSurvivesARedraw: the list of accounts is drawn anew when the account signs in again, which a changed number
// makes it do.
func TestTypingSurvivesARedraw(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	w := test.NewTempWindow(t, widget.NewRoot(f.view.Object()))
	e := f.view.pages[Accounts].(*accounts).own["elin"]
	w.Canvas().Focus(e.mobile.field.Entry())
	e.mobile.field.SetText("0705")
	s := *f.snap
	s.Accounts = []phone.AccountStatus{s.Accounts[0]}
	s.Accounts[0].State = phone.RegistrationRegistering
	f.snap = &s
	f.show()
	if f.view.pages[Accounts].(*accounts).own["elin"] != e || e.mobile.field.Text() != "0705" || w.Canvas().Focused() != fyne.Focusable(e.mobile.field.Entry()) {
		t.Errorf("the field says %q", e.mobile.field.Text())
	}
}

func TestEditKeepsWhatTheFormDoesNotShow(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	f.snap.Accounts[0].Dialect, f.snap.Accounts[0].DTMF = "asterisk", phone.DTMFInfo
	want := f.snap.Accounts[0].Account
	f.view.EditAccount("elin")
	w := test.NewTempWindow(t, widget.NewRoot(f.view.Object()))
	w.Resize(fyne.NewSize(820, 900))
	for _, o := range test.LaidOutObjects(w.Content()) {
		if b, ok := o.(*widget.Button); ok && b.Spec().Text == text.T("signin.save") {
			test.Tap(b)
		}
	}
	if put, ok := f.last().(phone.PutAccount); !ok || put.Account != want {
		t.Errorf("told %+v, want %+v", f.last(), want)
	}
}
