package conference_test

import (
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/conference"
	"svara/ui/widget"
)

// noon is the time of all tests.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// fake is a phone that remembers what it was told, and the view of it.
type fake struct {
	snap *phone.Snapshot
	told []phone.Command
	deny error
	said string
	met  int // times the meters were asked for
	view *conference.View
}

func (f *fake) deps() view.Deps {
	return view.Deps{
		Do: func(c phone.Command) error {
			f.told = append(f.told, c)
			return f.deny
		},
		Snapshot: func() *phone.Snapshot { return f.snap },
		Say:      func(s string) { f.said = s },
		Meters:   func() { f.met++ },
		Namesakes: func(typed string) []phone.Party {
			people := []phone.Party{{Name: "Anna Berg", Number: "2101"}, {Name: "Anna Lind", Number: "2102"}, {Name: "Kalle Brodin", Number: "2124"}}
			return slices.DeleteFunc(people, func(p phone.Party) bool {
				return !strings.Contains(strings.ToLower(p.Name), strings.ToLower(typed))
			})
		},
	}
}

func (f *fake) last() phone.Command {
	if len(f.told) == 0 {
		return nil
	}
	return f.told[len(f.told)-1]
}

func (f *fake) show(s *phone.Snapshot) {
	f.snap = s
	f.view.Update(present.Scene{Snap: s, Now: noon})
}

func call(id phone.CallID, name, number string, state phone.CallState) phone.Call {
	c := phone.Call{
		ID: id, Account: "elin", Direction: phone.Outgoing, State: state, Hold: phone.HoldNone, Remote: phone.Party{Name: name, Number: number},
		Created: noon.Add(-12 * time.Second), Level: 100, Conference: true,
	}
	if state == phone.StateConnected {
		c.Started = noon.Add(-150 * time.Second)
	}
	return c
}

// meeting is a conference of several with one who waits.
func meeting() *phone.Snapshot {
	silenced := call(4, "Havsö Redovisning", "0911-20000", phone.StateConnected)
	silenced.Silenced = true
	quiet := call(3, "Johan Lindqvist", "2114", phone.StateConnected)
	quiet.Level = 60
	silenced.Codec, silenced.Security = "opus", phone.Security{Signalling: phone.TransportTLS, Keying: phone.KeyingDTLS}
	quiet.Codec, quiet.Security = "PCMA", phone.Security{Signalling: phone.TransportUDP, Keying: phone.KeyingSDES}
	first := call(2, "Maria Ekdal", "0701740612", phone.StateConnected)
	first.Codec = "opus"
	held := call(6, "Nils Granat", "0701740641", phone.StateConnected)
	held.Conference, held.Hold, held.HeldSince = false, phone.HoldLocal, noon.Add(-72*time.Second)
	return &phone.Snapshot{
		Seq: 1, Time: noon, Active: 2,
		Accounts: []phone.AccountStatus{{
			Account:      phone.Account{ID: "elin", User: "2100", Domain: "vaxel.example.com", DisplayName: "Elin Strandh", Default: true},
			Registration: phone.Registration{State: phone.RegistrationRegistered, Until: noon.Add(time.Hour)},
			Features:     []phone.Feature{phone.FeatureTransferComplete},
		}},
		Calls: []phone.Call{
			first, quiet, silenced, call(5, "Kalle Brodin", "2124", phone.StateRinging), held,
		},
		Conference: &phone.Conference{Calls: []phone.CallID{2, 3, 4, 5}, Started: noon.Add(-751 * time.Second)},
		Audio:      phone.AudioStatus{Devices: []phone.Device{{ID: "h2", Name: "Nordljud H2", Input: true}}, Input: "h2"},
		Settings:   phone.Settings{},
	}
}

func aside() *phone.Snapshot {
	s := meeting()
	s.Conference.Aside, s.Active = true, 6
	s.Calls[4].Hold, s.Calls[4].HeldSince = phone.HoldNone, time.Time{}
	return s
}

func away() *phone.Snapshot {
	s := aside()
	s.Calls, s.Active = s.Calls[:4], 0
	return s
}

func recorded() *phone.Snapshot {
	s := meeting()
	s.Calls[0].Recording = phone.Recorder{On: true, Since: noon.Add(-245 * time.Second)}
	return s
}

func full() *phone.Snapshot {
	s := meeting()
	s.Calls, s.Conference.Calls = nil, nil
	for i := range phone.MaxConference {
		id := phone.CallID(i + 1)
		s.Calls = append(s.Calls, call(id, "Deltagare nummer "+strconv.Itoa(i+1), "21"+strconv.Itoa(10+i), phone.StateConnected))
		s.Conference.Calls = append(s.Conference.Calls, id)
	}
	return s
}

func open(t *testing.T, s *phone.Snapshot, language string, percent int) *fake {
	t.Helper()
	return openIn(t, s, language, percent, theme.ModeLight)
}

func openIn(t *testing.T, s *phone.Snapshot, language string, percent int, mode theme.Mode) *fake {
	t.Helper()
	app := test.NewTempApp(t)
	text.SetLanguage(language)
	t.Cleanup(func() { text.SetLanguage("en") })
	theme.Apply(app, mode, percent)
	f := &fake{}
	f.view = conference.New(f.deps())
	f.show(s)
	return f
}

var scenes = map[string]func() *phone.Snapshot{"meeting": meeting, "away": away, "recorded": recorded, "full": full}

// draw puts the view on a canvas of a size.
func draw(f *fake, o fyne.CanvasObject, size fyne.Size) fyne.Canvas {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(size)
	o.Refresh()
	f.view.Update(present.Scene{Snap: f.snap, Now: noon})
	return c
}

// TestScreens compares the conference in both languages with its masters.
func TestScreens(t *testing.T) {
	for name, scene := range scenes {
		for _, language := range []string{"en", "sv"} {
			t.Run(name+"/"+language, func(t *testing.T) {
				f := open(t, scene(), language, 100)
				test.AssertRendersToMarkup(t, name+"-"+language+".xml", draw(f, f.view.Object(), fyne.NewSize(400, 600)))
			})
		}
	}
	for _, language := range []string{"en", "sv"} {
		t.Run("small/"+language, func(t *testing.T) {
			f := open(t, aside(), language, 100)
			test.AssertRendersToMarkup(t, "small-"+language+".xml", draw(f, f.view.Small(), fyne.NewSize(376, 130)))
		})
	}
}

// TestLockWordIsWhole: in the ordinary window the head says how the line is secured in whole words, in both languages.
func TestLockWordIsWhole(t *testing.T) {
	for language, want := range map[string]string{"en": "encrypted", "sv": "krypterat"} {
		f := openIn(t, scenes["meeting"](), language, 100, theme.ModeLight)
		c := draw(f, f.view.Object(), fyne.NewSize(400, 560))
		seen := ""
		for _, o := range test.LaidOutObjects(c.Content()) {
			if label, ok := o.(*canvas.Text); ok && label.Visible() {
				seen += " " + label.Text
			}
		}
		if !slices.Contains(strings.Fields(seen), want) {
			t.Errorf("%s: no %q in %q", language, want, seen)
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
		{"large-sv", theme.ModeLight, 200, "sv", 760, 760}, {"largenarrow-sv", theme.ModeLight, 200, "sv", 340, 400}, {"contrast", theme.ModeContrast, 100, "en", 400, 560},
	} {
		for name, scene := range scenes {
			f := openIn(t, scene(), look.language, look.percent, look.mode)
			c := draw(f, f.view.Object(), fyne.NewSize(look.w, look.h))
			keep(t, c, filepath.Join(folder, "conference-"+name+"-"+look.name+".png"))
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
func window(t *testing.T, f *fake) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, widget.NewRoot(f.view.Object()))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 900))
	f.show(f.snap)
	return w
}

// find is the n-th button on screen with these words, or this tip.
func find(t *testing.T, w fyne.Window, words string) *widget.Button {
	t.Helper()
	var found *widget.Button
	for _, o := range test.LaidOutObjects(w.Content()) {
		if b, ok := o.(*widget.Button); ok && b.Visible() && (b.Spec().Text == words || b.Spec().Text == "" && b.Spec().Tip == words) && found == nil {
			found = b
		}
	}
	if found == nil {
		t.Fatalf("no button %q", words)
	}
	return found
}

func TestButtonsTellThePhone(t *testing.T) {
	f := open(t, meeting(), "en", 100)
	w := window(t, f)
	for _, c := range []struct {
		button string
		want   []phone.Command
	}{
		{"Mute Maria Ekdal", []phone.Command{phone.Silence{Call: 2, On: true}}},
		{"Let everybody hear Havsö Redovisning", []phone.Command{phone.Silence{Call: 4}}},
		{"Hang up Johan Lindqvist", []phone.Command{phone.Hangup{Call: 3}}},
		{"Stop calling Kalle Brodin", []phone.Command{phone.Hangup{Call: 5}}},
		{"Let in", []phone.Command{phone.Merge{Calls: []phone.CallID{6}}}},
		{"Mute me", []phone.Command{phone.SetMute{Call: 2, On: true}, phone.SetMute{Call: 3, On: true}, phone.SetMute{Call: 4, On: true}}},
		{"Mute others", []phone.Command{phone.Silence{Call: 2, On: true}, phone.Silence{Call: 3, On: true}, phone.Silence{Call: 4, On: true}}},
		{"Step away", []phone.Command{phone.SetHold{Call: 2, On: true}}},
		{"Record", []phone.Command{phone.Record{Call: 2, On: true}}},
	} {
		f.told = nil
		test.Tap(find(t, w, c.button))
		if !slices.EqualFunc(f.told, c.want, same) {
			t.Errorf("%s told %+v", c.button, f.told)
		}
	}
}

func same(a, b phone.Command) bool {
	am, isMerge := a.(phone.Merge)
	bm, _ := b.(phone.Merge)
	if isMerge {
		return slices.Equal(am.Calls, bm.Calls)
	}
	return a == b
}

func TestLevelOpensUnderARow(t *testing.T) {
	f := open(t, meeting(), "en", 100)
	w := window(t, f)
	test.Tap(find(t, w, "Volume for Johan Lindqvist"))
	var slider *widget.Slider
	for _, o := range test.LaidOutObjects(w.Content()) {
		if s, ok := o.(*widget.Slider); ok && s.Value() == 60 {
			slider = s
		}
	}
	if slider == nil {
		t.Fatal("no slider shows 60")
	}
	w.Canvas().Focus(slider)
	slider.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if f.last() != (phone.SetLevel{Call: 3, Percent: 65}) {
		t.Errorf("told %+v", f.last())
	}
	slider.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if f.last() != (phone.SetLevel{Call: 3, Percent: 200}) {
		t.Errorf("told %+v", f.last())
	}
	test.Tap(find(t, w, "Take out"))
	if f.last() != (phone.Split{Call: 3}) {
		t.Errorf("told %+v", f.last())
	}
	if !f.view.Back() || f.view.Back() {
		t.Error("Escape closes the row, and then nothing")
	}
}

func TestEndAsksAndEnterIsNo(t *testing.T) {
	f := open(t, meeting(), "en", 100)
	w := window(t, f)
	test.Tap(find(t, w, "End for all…"))
	if f.told != nil {
		t.Fatalf("told %+v before the answer", f.told)
	}
	focused := w.Canvas().Focused()
	if focused == nil {
		t.Fatal("nothing has the keyboard")
	}
	focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if f.told != nil {
		t.Fatalf("Enter told %+v", f.told)
	}
	test.Tap(find(t, w, "End for all…")) // the question is gone and the button is back
	test.Tap(find(t, w, "End for all"))
	if f.last() != (phone.EndConference{}) {
		t.Errorf("told %+v", f.last())
	}
}

func TestAddPerson(t *testing.T) {
	f := open(t, meeting(), "en", 100)
	w := window(t, f)
	var add *widget.Field
	for _, o := range test.LaidOutObjects(w.Content()) {
		if field, ok := o.(*widget.Field); ok {
			add = field
		}
	}
	w.Canvas().Focus(add.Entry())
	enter := func(typed string) {
		f.told = nil
		add.SetText(typed)
		add.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	enter("070-174 06 99")
	if f.last() != (phone.Dial{Target: "0701740699", Join: true}) || add.Text() != "" {
		t.Errorf("told %+v, field %q", f.last(), add.Text())
	}
	enter("kalle")
	if f.last() != (phone.Dial{Target: "2124", Join: true}) {
		t.Errorf("told %+v", f.last())
	}
	for _, typed := range []string{"anna", "nobody"} {
		if enter(typed); f.told != nil || add.Text() != typed {
			t.Errorf("%s: told %+v, field %q", typed, f.told, add.Text())
		}
	}
	f.deny = phone.Refuse(phone.ReasonBadTarget, "")
	if enter("2199"); add.Text() != "2199" {
		t.Error("a refused number was taken out of the field")
	}
	f.show(full())
	if enter("2130"); f.told != nil {
		t.Errorf("a full conference told %+v", f.told)
	}
}

func TestLeaveNeedsTwo(t *testing.T) {
	f := open(t, meeting(), "en", 100)
	w := window(t, f)
	b := find(t, w, "Leave, let them talk")
	if test.Tap(b); f.told != nil || b.Spec().Disabled == "" {
		t.Errorf("three in it: told %+v, reason %q", f.told, b.Spec().Disabled)
	}
	s := meeting()
	s.Calls = s.Calls[:2]
	f.show(s)
	if test.Tap(b); f.last() != (phone.LeaveConference{}) {
		t.Errorf("two in it: told %+v, reason %q", f.told, b.Spec().Disabled)
	}
}

func TestAwayAndBack(t *testing.T) {
	f := open(t, away(), "en", 100)
	w := window(t, f)
	if there, front := f.view.There(); !there || !front {
		t.Error("away with no other call: the conference is in front")
	}
	test.Tap(find(t, w, "Back to the conference"))
	if f.last() != (phone.SetHold{Call: 2}) {
		t.Errorf("told %+v", f.last())
	}
	f.show(aside())
	if there, front := f.view.There(); !there || front {
		t.Error("another call is in front")
	}
	s := meeting()
	s.Conference = nil
	if f.show(s); f.view.Back() {
		t.Error("something to go back from when there is no conference")
	}
	if there, _ := f.view.There(); there {
		t.Error("a conference that is over is there")
	}
}

// TestMeters: our own microphone's, and one for each member of what that one says.
func TestMeters(t *testing.T) {
	f := open(t, meeting(), "en", 100)
	w := window(t, f)
	f.view.Levels(phone.Levels{Microphone: -10, Parties: map[phone.CallID]float64{meeting().Conference.Calls[0]: -5}})
	var lit []bool
	for _, o := range test.LaidOutObjects(w.Content()) {
		if m, ok := o.(*widget.LevelMeter); ok && m.Visible() {
			lit = append(lit, m.Lit() > 0)
		}
	}
	if len(lit) < 3 || !lit[0] || !lit[1] || lit[2] {
		t.Errorf("lit: we, who speaks, the others: %v", lit)
	}
	if f.met == 0 || !f.view.Levels(phone.Levels{Microphone: -10}) {
		t.Error("no meter on screen")
	}
	f.show(aside())
	if f.view.Levels(phone.Levels{}) {
		t.Error("a meter while another call is in front")
	}
}

// TestNothingIsCutAway: in the narrowest window and with the largest text all is within the width.
func TestNothingIsCutAway(t *testing.T) {
	for _, percent := range []int{100, 200} {
		f := open(t, full(), "sv", percent)
		c := draw(f, f.view.Object(), fyne.NewSize(340, 400))
		for _, o := range test.LaidOutObjects(c.Content()) {
			b, ok := o.(*widget.Button)
			if !ok || !b.Visible() {
				continue
			}
			if right := fyne.CurrentApp().Driver().AbsolutePositionForObject(b).X + b.Size().Width; right > 340 {
				t.Errorf("%d %%: %q ends at %v", percent, b.AccessibilityLabel(), right)
			}
		}
	}
}
