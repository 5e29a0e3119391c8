package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/widget"
)

// noKeys is a table of keys with nothing in it.
var noKeys, _ = command.Rebound(nil, "")

// fake is a phone that does what it is told with settings and accounts, and the view of it.
type fake struct {
	snap   *phone.Snapshot
	told   []phone.Command
	deny   error
	said   string
	folder string

	devices   teamDevices
	collector *collector
	view      *View
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
		Keys:     func() *command.Keymap { return noKeys },
		Folder:   f.folder,

		TeamDevices:   f.devices.ask,
		Collector:     f.collector,
		SaveCollected: func(path string, done func(error)) { done(f.collector.SaveCollected(path)) },
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
	f := &fake{collector: &collector{}, folder: "/home/elin/.local/share/svara/default/recordings", snap: &phone.Snapshot{
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

// seconds is the row of a setting in seconds.
func (f *fake) seconds(key string) *seconds {
	for _, r := range f.view.pages[f.view.at].rows {
		if n, ok := r.part.(*seconds); ok && n.model.ID == key {
			return n
		}
	}
	return nil
}

func TestSecondsCountAsSoonAsTheyArePossible(t *testing.T) {
	f := open(t, Calls, "en", 100, theme.ModeLight)
	n := f.seconds(phone.KeyRecallAfter)
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
	if long := f.seconds(phone.KeyWaitLong); long != nil {
		if long.field.SetText("500"); !strings.Contains(long.field.Spec().Error, "120") {
			t.Errorf("longer than too long: %q", long.field.Spec().Error)
		}
	}
}

func TestTypingIsLeftAlone(t *testing.T) {
	f := open(t, Calls, "en", 100, theme.ModeLight)
	w := test.NewTempWindow(t, widget.NewRoot(f.view.Object()))
	n := f.seconds(phone.KeyRecallAfter)
	w.Canvas().Focus(n.field.Entry())
	n.field.SetText("")
	if f.show(); n.field.Text() != "" {
		t.Errorf("what was typed became %q", n.field.Text())
	}
}

func TestFolder(t *testing.T) {
	f := open(t, Recording, "en", 100, theme.ModeLight)
	r := f.view.pages[Recording].rows[len(f.view.pages[Recording].rows)-1].part.(*folder)
	var timer func()
	r.line.after = func(_ time.Duration, do func()) { timer = do }
	if !strings.Contains(r.where.Text(), f.folder) {
		t.Errorf("where: %q", r.where.Text())
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, key := range map[string]string{"Recordings": "settings.folder_relative", filepath.Join(dir, "none"): "settings.folder_missing", file: "settings.folder_file"} {
		r.line.field.SetText(typed)
		if got := r.line.field.Spec().Error; got != text.T(key) {
			t.Errorf("%s says %q", typed, got)
		}
		if timer(); f.told != nil {
			t.Errorf("%s told %+v", typed, f.told)
		}
	}
	r.line.field.SetText(filepath.Dir(dir)) // on the way to the one that is meant
	half := timer
	r.line.field.SetText(dir + "/")
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
	r.line.field.SetText("")
	r.line.field.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
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
	e := f.view.accounts.own["elin"]
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
	e := f.view.accounts.own["elin"]
	w.Canvas().Focus(e.mobile.field.Entry())
	e.mobile.field.SetText("0705")
	s := *f.snap
	s.Accounts = []phone.AccountStatus{s.Accounts[0]}
	s.Accounts[0].State = phone.RegistrationRegistering
	f.snap = &s
	f.show()
	if f.view.accounts.own["elin"] != e || e.mobile.field.Text() != "0705" || w.Canvas().Focused() != fyne.Focusable(e.mobile.field.Entry()) {
		t.Errorf("the field says %q", e.mobile.field.Text())
	}
}

func TestEditKeepsWhatTheFormDoesNotShow(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	a := &f.snap.Accounts[0].Account
	a.Dialect, a.DTMF, a.Transport, a.CAFile, a.Pin = "asterisk", phone.DTMFInfo, phone.TransportTLS, "/etc/ca.pem", strings.Repeat("0a", 32)
	a.SRTP, a.Keying, a.ICE, a.STUN, a.TURN, a.TURNUser, a.Codecs = phone.SRTPRequired, phone.KeyingDTLS, true, "stun.example.com", "turn.example.com", "elin", "pcma"
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

// TestEveryRowHasAPlace: the search can go to every row of every page.
func TestEveryRowHasAPlace(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	for _, g := range present.SettingPages() {
		for _, p := range g.Pages {
			f.view.Go(p.ID)
			if f.view.At() != p.ID {
				t.Fatalf("%s cannot be gone to", p.ID)
			}
			for _, group := range p.Groups {
				for _, r := range group.Rows {
					if p.ID == Keyboard {
						page, ok := f.view.front.(*fyne.Container)
						if !ok || !slices.ContainsFunc(page.Objects, func(o fyne.CanvasObject) bool {
							c, ok := o.(*fyne.Container)
							return ok && slices.Contains(c.Objects, f.view.keys.Object())
						}) {
							t.Error("the table of keys is not on its page")
						}
						continue
					}
					if r.ID != "files" && f.view.pages[p.ID].spots[r.ID] == nil { // there are no contacts here
						t.Errorf("%s is not on its page %s", r.ID, p.ID)
					}
				}
			}
		}
	}
}

func TestSearchGoesToTheRow(t *testing.T) {
	f := open(t, Accounts, "sv", 100, theme.ModeLight)
	w := test.NewTempWindow(t, widget.NewRoot(f.view.Object()))
	w.Resize(fyne.NewSize(900, 500))
	s := f.view.search
	w.Canvas().Focus(s.field.Entry())
	s.field.SetText("emergency") // English words in a Swedish window
	if len(s.hits) == 0 || !s.open {
		t.Fatalf("found %+v", s.hits)
	}
	s.field.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	at := f.view.pages[Numbers].spots[phone.KeyEmergency]
	if f.view.At() != Numbers || f.view.marked != at || !at.mark.Visible() || s.field.Text() != "" {
		t.Fatalf("at %s, searching %q", f.view.At(), s.field.Text())
	}
	if w.Canvas().Focused() != at.first() {
		t.Errorf("the keyboard is in %T", w.Canvas().Focused())
	}
	s.field.SetText("xyzzy")
	if len(s.hits) != 0 || !f.view.Back() || f.view.Back() || f.view.body.Objects[0] != fyne.CanvasObject(f.view.scroll) {
		t.Error("one step back ends a search that found nothing")
	}
	f.view.Go(Calls)
	if at.mark.Visible() {
		t.Error("the mark stays")
	}
}

func TestArrowsInTheSearch(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	s := f.view.search
	s.field.SetText("sound")
	if len(s.hits) < 3 {
		t.Fatalf("found %+v", s.hits)
	}
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyUp} {
		s.field.Entry().TypedKey(&fyne.KeyEvent{Name: key})
	}
	if s.cursor != 1 {
		t.Errorf("the cursor is at %d", s.cursor)
	}
	s.field.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if s.open || s.field.Text() != "" {
		t.Error("Esc does not end the search")
	}
}

func TestNarrowRail(t *testing.T) {
	f := open(t, Calls, "sv", 100, theme.ModeLight)
	for _, c := range []struct {
		width  float32
		narrow bool
	}{{900, false}, {640, true}, {900, false}} {
		draw(f, fyne.NewSize(c.width, 480))
		if f.view.headings[0].Visible() == c.narrow || c.narrow && f.view.rail.Size().Width > 60 {
			t.Errorf("%v wide: headings %v, rail %v", c.width, f.view.headings[0].Visible(), f.view.rail.Size())
		}
	}
}

func TestTestButtons(t *testing.T) {
	f := open(t, Sound, "en", 100, theme.ModeLight)
	test.Tap(f.view.test.button)
	if f.last() != (phone.TestSound{Kind: phone.SoundTestEcho}) {
		t.Errorf("told %+v", f.last())
	}
	var ring *device
	for _, r := range f.view.pages[Sound].rows {
		if d, ok := r.part.(*device); ok && d.key == phone.KeyRing {
			ring = d
		}
	}
	test.Tap(ring.test)
	if f.last() != (phone.TestSound{Kind: phone.SoundTestRing}) {
		t.Errorf("told %+v", f.last())
	}
	s := *f.snap
	s.SoundTest = &phone.SoundTest{Kind: phone.SoundTestRing, Begun: s.Time}
	f.snap = &s
	f.show()
	test.Tap(ring.test)
	if f.last() != (phone.TestSound{}) {
		t.Errorf("stopping told %+v", f.last())
	}
	f.view.Leave()
	if len(f.told) != 4 {
		t.Errorf("closing the window told %+v", f.told)
	}
	s.SoundTest, s.Calls = nil, []phone.Call{{ID: 1, State: phone.StateConnected}}
	f.snap = &s
	f.show()
	if ring.test.Spec().Disabled == "" || f.view.test.button.Spec().Disabled == "" {
		t.Error("can be tested during a call")
	}
}

func TestEchoHasAVerdict(t *testing.T) {
	f := open(t, Sound, "en", 100, theme.ModeLight)
	f.echo(-14, -20)
	if f.view.test.verdict.Text() != text.T("soundtest.good") || !f.view.test.picture.Visible() {
		t.Errorf("says %q", f.view.test.verdict.Text())
	}
	f.echo(-90, -90)
	if f.view.test.verdict.Text() != text.T("soundtest.silent") {
		t.Errorf("says %q", f.view.test.verdict.Text())
	}
}

func TestPasswordOfAMailServerIsNotShown(t *testing.T) {
	f := open(t, Voicemail, "en", 100, theme.ModeLight)
	w := test.NewTempWindow(t, widget.NewRoot(f.view.Object()))
	w.Resize(fyne.NewSize(900, 900))
	for _, o := range test.LaidOutObjects(w.Content()) {
		if b, ok := o.(*widget.Button); ok && b.Spec().Text == text.T("mailserver.new") {
			test.Tap(b)
		}
	}
	hidden := 0
	for _, o := range test.LaidOutObjects(w.Content()) {
		if e, ok := o.(*widget.KeyEntry); ok && e.Password {
			hidden++
		}
	}
	if hidden != 1 {
		t.Errorf("%d hidden fields", hidden)
	}
}
