package inbox

import (
	"errors"
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

// noon is the time of all tests.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// fake is a phone with recordings that remembers what it was told, and the view of it.
type fake struct {
	snap       *phone.Snapshot
	recordings []phone.Recording
	fail       error
	asked      []phone.RecordingQuery
	told       []phone.Command
	deny       error
	said       string
	metered    int
	clock      time.Time
	timers     []func() // of the view, in order; nil when stopped
	view       *View
}

func (f *fake) deps() view.Deps {
	return view.Deps{
		Do: func(c phone.Command) error {
			f.told = append(f.told, c)
			return f.deny
		},
		Snapshot: func() *phone.Snapshot { return f.snap },
		Say:      func(s string) { f.said = s },
		Meters:   func() { f.metered++ },
		Recordings: func(q phone.RecordingQuery, answer func([]phone.Recording, error)) {
			f.asked = append(f.asked, q)
			var out []phone.Recording
			for _, r := range f.recordings {
				if strings.Contains(strings.ToLower(r.Remote.Name+r.Remote.Number), strings.ToLower(q.Text)) {
					out = append(out, r)
				}
			}
			answer(out, f.fail)
		},
	}
}

func (f *fake) last() phone.Command {
	if len(f.told) == 0 {
		return nil
	}
	return f.told[len(f.told)-1]
}

// show draws the phone as it is now, with changes.
func (f *fake) show(change func(*phone.Snapshot)) {
	s := *f.snap
	s.Seq++
	if change != nil {
		change(&s)
	}
	f.snap = &s
	f.view.Update(present.Scene{Snap: f.snap, Now: f.clock})
}

// pass lets the time of the view's timers pass.
func (f *fake) pass() {
	timers := f.timers
	f.timers = nil
	for _, t := range timers {
		if t != nil {
			t()
		}
	}
}

func (f *fake) after(_ time.Duration, do func()) func() bool {
	f.timers = append(f.timers, do)
	i := len(f.timers) - 1
	return func() bool {
		if i < len(f.timers) {
			f.timers[i] = nil
		}
		return true
	}
}

func recording(id int64, name, number string, ago, length time.Duration) phone.Recording {
	return phone.Recording{
		ID: id, Path: "/home/elin/svara/recordings/" + number + ".wav", Account: "elin", Direction: phone.Incoming, Remote: phone.Party{Name: name, Number: number},
		Begun: noon.Add(-ago), Duration: length, Format: phone.FormatWAV, Stereo: true, Seen: true,
	}
}

func recordings() []phone.Recording {
	running := recording(7, "Maria Ekdal", "0701740612", 42*time.Second, 0)
	running.Open = true
	unseen := recording(6, "Oskar Wiik", "0701740627", 2*time.Hour, 41*time.Second)
	unseen.Seen, unseen.Direction = false, phone.Outgoing
	full := recording(5, "Lindö Maskin", "08-46500431", 26*time.Hour, 68*time.Second)
	full.Reason = &phone.Reason{ID: phone.ReasonDiskFull}
	opus := recording(3, "Nils Granat", "0701740641", 75*time.Hour, 35*time.Second)
	opus.Format, opus.Stereo = phone.FormatOpus, false
	return []phone.Recording{running, unseen, full, recording(4, "Per Sandin", "2150", 27*time.Hour, 12*time.Minute), opus, recording(2, "", "0701740633", 400*time.Hour, 9*time.Second)}
}

func open(t *testing.T, language string, percent int, mode theme.Mode) *fake {
	t.Helper()
	app := test.NewTempApp(t)
	text.SetLanguage(language)
	t.Cleanup(func() { text.SetLanguage("en") })
	theme.Apply(app, mode, percent)
	f := &fake{recordings: recordings(), clock: noon, snap: &phone.Snapshot{
		Seq: 1, Time: noon, Inbox: phone.InboxState{Revision: 1, Unseen: 1},
		Accounts: []phone.AccountStatus{{
			Account:      phone.Account{ID: "elin", User: "2100", Domain: "vaxel.example.com", Default: true},
			Registration: phone.Registration{State: phone.RegistrationRegistered, Until: noon.Add(time.Hour)},
		}},
	}}
	f.view = New(f.deps())
	f.view.Now = func() time.Time { return f.clock }
	f.view.Bin.After = f.after
	f.show(nil)
	return f
}

// playing is a snapshot's recording being played.
func playing(id int64, at time.Duration, paused bool) func(*phone.Snapshot) {
	return func(s *phone.Snapshot) {
		s.Playing = &phone.Playing{ID: id, Position: at, Since: noon, Length: 68 * time.Second, Paused: paused}
	}
}

var scenes = map[string]func(*fake){
	"list": func(f *fake) {},
	"open": func(f *fake) {
		f.view.Show(5)
		f.show(playing(5, 16*time.Second, false))
	},
	"search": func(f *fake) {
		f.view.OpenSearch(true)
		f.view.Field.SetText("per s")
	},
	"empty": func(f *fake) {
		f.recordings = nil
		f.show(func(s *phone.Snapshot) { s.Inbox = phone.InboxState{Revision: 2} })
	},
}

func draw(f *fake, size fyne.Size) fyne.Canvas {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(f.view.Object())
	c.Resize(size)
	f.view.Rows.Reload()
	f.view.Object().Refresh()
	return c
}

// TestScreens compares the recordings in both languages with their masters.
func TestScreens(t *testing.T) {
	for name, scene := range scenes {
		for _, language := range []string{"en", "sv"} {
			t.Run(name+"/"+language, func(t *testing.T) {
				f := open(t, language, 100, theme.ModeLight)
				scene(f)
				test.AssertRendersToMarkup(t, name+"-"+language+".xml", draw(f, fyne.NewSize(400, 560)))
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
		{"light", theme.ModeLight, 100, "en", 400, 560}, {"dark-sv", theme.ModeDark, 100, "sv", 400, 560}, {"narrow-sv", theme.ModeLight, 100, "sv", 340, 320},
		{"large-sv", theme.ModeLight, 200, "sv", 760, 760}, {"largenarrow-sv", theme.ModeLight, 200, "sv", 340, 500}, {"contrast", theme.ModeContrast, 100, "en", 400, 560},
	} {
		for name, scene := range scenes {
			f := open(t, look.language, look.percent, look.mode)
			scene(f)
			keep(t, draw(f, fyne.NewSize(look.w, look.h)), filepath.Join(folder, "inbox-"+name+"-"+look.name+".png"))
		}
	}
}

func keep(t *testing.T, c fyne.Canvas, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, c.Capture()); err != nil {
		t.Fatal(err)
	}
}

// window shows the view in a window of the test driver, where keys and presses work.
func window(t *testing.T, f *fake) (fyne.Window, *widget.Root) {
	t.Helper()
	root := widget.NewRoot(f.view.Object())
	w := test.NewTempWindow(t, root)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 700))
	f.view.Rows.Reload()
	return w, root
}

func key(f *fake, name fyne.KeyName) { f.view.Rows.TypedKey(&fyne.KeyEvent{Name: name}) }

func TestKeysPlayAndSeek(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	w, _ := window(t, f)
	w.Canvas().Focus(f.view.Rows)
	key(f, fyne.KeySpace)
	if f.told != nil || f.said == "" {
		t.Errorf("a recording that is still being made: told %+v, said %q", f.told, f.said)
	}
	key(f, fyne.KeyDown)
	key(f, fyne.KeyDown)
	key(f, fyne.KeyReturn)
	if f.last() != (phone.PlayRecording{ID: 5}) || f.view.Opened != 5 {
		t.Fatalf("told %+v, open %d", f.last(), f.view.Opened)
	}
	f.show(playing(5, 16*time.Second, false))
	if f.metered == 0 {
		t.Error("nobody moves the position")
	}
	f.clock = noon.Add(4 * time.Second)
	if !f.view.Levels(phone.Levels{}) || f.view.Player.At() != "00:20" {
		t.Errorf("position after four seconds: %q", f.view.Player.At())
	}
	key(f, fyne.KeyRight)
	if f.last() != (phone.PlayRecording{ID: 5, From: 25 * time.Second}) {
		t.Errorf("→ told %+v", f.last())
	}
	key(f, fyne.KeyLeft)
	if f.last() != (phone.PlayRecording{ID: 5, From: 15 * time.Second}) {
		t.Errorf("← told %+v", f.last())
	}
	key(f, fyne.KeySpace)
	if f.last() != (phone.StopPlaying{Pause: true}) {
		t.Errorf("Space told %+v", f.last())
	}
	f.show(playing(5, 20*time.Second, true))
	key(f, fyne.KeySpace)
	if f.last() != (phone.PlayRecording{ID: 5}) {
		t.Errorf("Space in a pause told %+v", f.last())
	}
	if f.clock = noon.Add(time.Hour); f.view.Levels(phone.Levels{}) {
		t.Error("a paused recording moves")
	}
	key(f, fyne.KeyEscape)
	if f.view.Opened != 0 || f.view.Levels(phone.Levels{}) {
		t.Error("Escape did not close it")
	}
}

func TestSeekByPointer(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	window(t, f)
	f.view.Show(5)
	f.show(playing(5, 0, false))
	s := f.view.Player.Slider()
	middle := s.Size().Width / 2
	test.TapAt(s, fyne.NewPos(middle, 5))
	got, ok := f.last().(phone.PlayRecording)
	if !ok || got.ID != 5 || got.From < 33*time.Second || got.From > 35*time.Second {
		t.Errorf("a press in the middle told %+v", f.last())
	}
	f.told = nil
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(s.Size().Width, 5)}})
	f.show(playing(5, time.Second, false))
	if f.told != nil || f.view.Player.At() != "01:08" {
		t.Errorf("while dragging: told %+v, position %q", f.told, f.view.Player.At())
	}
	s.DragEnd()
	if f.last() != (phone.PlayRecording{ID: 5, From: 68 * time.Second}) {
		t.Errorf("letting go told %+v", f.last())
	}
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if f.last() != (phone.PlayRecording{ID: 5, From: time.Millisecond}) {
		t.Errorf("Home told %+v", f.last())
	}
}

func TestDeleteWaitsForUndo(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	_, root := window(t, f)
	n := len(f.view.Items)
	f.view.Rows.SetCursor(2)
	key(f, fyne.KeyDelete)
	if len(f.view.Items) != n-1 || f.told != nil || root.ToastText() == "" {
		t.Fatalf("%d of %d rows, told %+v, toast %q", len(f.view.Items), n, f.told, root.ToastText())
	}
	f.view.Bin.Undo(5)
	f.pass()
	if len(f.view.Items) != n || f.told != nil {
		t.Fatalf("after undo: %d of %d rows, told %+v", len(f.view.Items), n, f.told)
	}
	f.view.remove(f.view.Items[2])
	f.pass()
	if f.last() != (phone.DeleteRecording{ID: 5}) {
		t.Fatalf("told %+v", f.last())
	}
	f.show(nil)
	if len(f.view.Items) != n-1 {
		t.Error("what was deleted came back before the phone had answered")
	}
	f.view.remove(f.view.Items[1]) // the second one makes the first one final, and keeps its own time
	f.view.remove(f.view.Items[1])
	if f.last() != (phone.DeleteRecording{ID: 6}) {
		t.Errorf("told %+v", f.last())
	}
	if f.pass(); f.last() != (phone.DeleteRecording{ID: 4}) {
		t.Errorf("told %+v", f.last())
	}
	f.deny = phone.Refuse(phone.ReasonNoRecording, "")
	before := len(f.view.Items)
	f.view.remove(f.view.Items[1])
	if f.pass(); len(f.view.Items) != before || f.said == "" {
		t.Error("what could not be deleted is gone")
	}
}

func TestDeletingWhatPlaysStopsIt(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	window(t, f)
	f.show(playing(5, 0, false))
	f.view.remove(f.view.Items[2])
	if f.last() != (phone.StopPlaying{}) {
		t.Errorf("told %+v", f.last())
	}
}

func TestAsksOnlyForWhatIsNew(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	f.show(nil)
	if len(f.asked) != 1 {
		t.Fatalf("asked %d times", len(f.asked))
	}
	f.recordings = f.recordings[1:]
	f.show(func(s *phone.Snapshot) { s.Inbox.Revision++ })
	if len(f.asked) != 2 || len(f.view.Items) != 5 {
		t.Errorf("asked %d times, %d rows", len(f.asked), len(f.view.Items))
	}
	f.view.OpenSearch(true)
	f.view.Field.SetText("nils")
	if len(f.view.Items) != 1 || f.asked[2].Text != "nils" {
		t.Errorf("%d rows for %+v", len(f.view.Items), f.asked[2])
	}
	if !f.view.Back() || len(f.view.Items) != 5 || f.view.Field.Visible() {
		t.Error("Escape did not empty the search")
	}
	f.fail = errors.New("locked")
	f.recordings = nil
	f.show(func(s *phone.Snapshot) { s.Inbox.Revision++ })
	if f.view.Emptiness() != text.T("recordings.failed") {
		t.Errorf("a failed answer says %q", f.view.Emptiness())
	}
}

func TestArrowsAndEnterInTheSearch(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	w, _ := window(t, f)
	e := f.view.Field.Entry()
	test.Tap(f.view.Find)
	if w.Canvas().Focused() != fyne.Focusable(e) {
		t.Fatal("the search that was opened has not the keyboard")
	}
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if f.last() != (phone.PlayRecording{ID: 6}) {
		t.Errorf("told %+v", f.last())
	}
}

func TestRunningRecordingCounts(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	window(t, f)
	words := func() string { return f.view.Items[0].Running }
	if words() != "Recording 00:42" {
		t.Errorf("%q", words())
	}
	f.clock = noon.Add(time.Second)
	if f.show(nil); words() != "Recording 00:43" {
		t.Errorf("%q a second later", words())
	}
}

// TestHighRows: a press on a row under the one that is open hits that row.
func TestHighRows(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	w, _ := window(t, f)
	f.view.Show(6)
	rows := f.view.Rows.VisibleRows()
	for i := 1; i < len(rows); i++ {
		if end := rows[i-1].Position().Y + rows[i-1].Size().Height; rows[i].Position().Y != end {
			t.Errorf("row %d begins at %v, the one before ends at %v", i, rows[i].Position().Y, end)
		}
	}
	if h := rows[1].Size().Height; h < 140 {
		t.Errorf("the open row is %v high", h)
	}
	rows[2].Tapped(nil)
	if f.view.Opened != 5 || w.Canvas().Focused() != fyne.Focusable(f.view.Rows) {
		t.Errorf("recording %d is open, %T has the keyboard", f.view.Opened, w.Canvas().Focused())
	}
	rows = f.view.Rows.VisibleRows()
	rows[2].Tapped(nil)
	if f.view.Opened != 0 {
		t.Error("a second press did not close it")
	}
}

func TestMailToMe(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	window(t, f)
	f.view.Show(5)
	if why := f.view.mail.Spec().Disabled; why != text.T("reason.no-mail-server") {
		t.Errorf("without a mail server: %q", why)
	}
	f.show(func(s *phone.Snapshot) { s.Voicemail.Servers = []phone.MailServer{{ID: "work"}} })
	test.Tap(f.view.mail)
	if f.last() != (phone.MailRecording{ID: 5}) || f.said != text.T("recordings.mailing") {
		t.Errorf("told %+v, said %q", f.last(), f.said)
	}
	f.view.Show(7)
	if why := f.view.mail.Spec().Disabled; why != text.T("recordings.running_reason") {
		t.Errorf("one that is still being made: %q", why)
	}
}

func TestSpeedIsKept(t *testing.T) {
	f := open(t, "en", 100, theme.ModeLight)
	window(t, f)
	f.view.Show(5)
	f.view.Player.SetSpeed(1.5)
	if f.told != nil {
		t.Errorf("what does not play: told %+v", f.told)
	}
	f.view.Player.Press()
	if f.last() != (phone.PlayRecording{ID: 5, Speed: 1.5}) {
		t.Errorf("told %+v", f.last())
	}
	f.show(playing(5, 10*time.Second, false))
	f.view.Player.SetSpeed(2)
	if f.last() != (phone.PlayRecording{ID: 5, From: 10 * time.Second, Speed: 2}) {
		t.Errorf("while it plays: told %+v", f.last())
	}
}
