package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/view/acd"
	"svara/ui/view/attendant"
	"svara/ui/view/normal"
)

// set is a snapshot with a setting changed.
func set(s *phone.Snapshot, key, value string) *phone.Snapshot {
	return with(s, func(s *phone.Snapshot) {
		settings := phone.Settings{}
		for k, v := range s.Settings {
			settings[k] = v
		}
		settings[key] = value
		s.Settings = settings
	})
}

// settingPhone takes settings, as a phone does.
type settingPhone struct{ *fakePhone }

func (f settingPhone) Do(c phone.Command) (phone.CallID, error) {
	if c, ok := c.(phone.Set); ok {
		f.snap = set(f.snap, c.Key, c.Value)
	}
	return f.fakePhone.Do(c)
}

// TestTransferFromTheStrip: the full face that was away knows the call that is to be transferred.
func TestTransferFromTheStrip(t *testing.T) {
	for _, full := range []command.Face{command.FaceNormal, command.FaceAttendant} {
		a, p := open(t, set(registered(), phone.KeyView, string(full)))
		p.show(a, set(p.snap, phone.KeyView, string(command.FaceACD)))
		p.show(a, with(p.snap, func(s *phone.Snapshot) {
			s.Calls, s.Active, s.Accounts[0].Features = []phone.Call{connected(7)}, 7, everything
		}))
		a.opts.Phone = settingPhone{p}
		press(a, fyne.KeyF2)
		if q, id := a.face().Asking(); a.faces.front != full || q != command.AskTransfer || id != 7 {
			t.Errorf("%s: the %s asks %q for call %d", full, a.faces.front, q, id)
		}
		if c, ok := p.last().(phone.SetHold); !ok || !c.On {
			t.Errorf("%s: the caller is not held: %+v", full, p.last())
		}
	}
}

// TestASmallerWindowIsDrawnAgain: what is drawn before the system has made the window smaller is not seen.
func TestASmallerWindowIsDrawnAgain(t *testing.T) {
	a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(command.FaceAttendant) }))
	var again []func()
	a.later = func(_ time.Duration, do func()) { again = append(again, do) }
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(command.FaceACD) }))
	if len(again) == 0 {
		t.Fatal("the strip is drawn once")
	}
	for _, draw := range again {
		draw()
	}
}

// Going between the faces loses nothing of what is typed, and each is of its kind.
func TestFacesKeepWhatIsTyped(t *testing.T) {
	a, p := open(t, registered())
	write(a, "anna be")
	p.show(a, set(p.snap, phone.KeyView, "attendant"))
	if _, ok := a.face().(*attendant.View); !ok || a.face().Field() != "anna be" {
		t.Fatalf("%T with %q typed", a.face(), a.face().Field())
	}
	if a.main.Canvas().Focused() != fyne.Focusable(a.face().Entry()) {
		t.Error("the attendant's caret is not in the field")
	}
	write(a, "anna berg")
	p.show(a, set(p.snap, phone.KeyView, "acd"))
	if _, ok := a.face().(*acd.View); !ok || a.face().Entry() != nil {
		t.Fatalf("%T", a.face())
	}
	if a.faces.full != command.FaceAttendant {
		t.Errorf("from the strip one goes back to %s", a.faces.full)
	}
	p.show(a, set(p.snap, phone.KeyView, "normal"))
	if _, ok := a.face().(*normal.View); !ok {
		t.Fatalf("%T", a.face())
	}
}

// A call goes on through every change of the window, and is in front in each face.
func TestFacesDuringACall(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Calls, s.Active = []phone.Call{connected(7)}, 7 }))
	for _, view := range []string{"attendant", "acd", "normal", "attendant", "normal"} {
		p.show(a, set(p.snap, phone.KeyView, view))
		if len(p.told) != 0 {
			t.Fatalf("going to %s told the phone %#v", view, p.told)
		}
		p.told = nil
		press(a, fyne.KeyF7)
		if want := (phone.SetHold{Call: 7, On: true}); p.last() != want {
			t.Fatalf("F7 in %s told %#v, want %#v", view, p.last(), want)
		}
		p.told = nil
	}
}

// The size that the user gives the window is remembered for the face in front, once it has been so for a while.
func TestSizeIsRememberedByFace(t *testing.T) {
	a, p := open(t, registered())
	now := noon
	a.now = func() time.Time { return now }
	a.main.Resize(fyne.NewSize(500, 800))
	a.second()
	if p.last() != nil {
		t.Fatalf("a size that passes by is remembered: %#v", p.last())
	}
	now = now.Add(settleSize)
	a.second()
	if want := (phone.Set{Key: phone.KeyNormalSize, Value: "500x800"}); p.last() != want {
		t.Fatalf("told %#v, want %#v", p.last(), want)
	}
	p.show(a, set(set(p.snap, phone.KeyNormalSize, "500x800"), phone.KeyView, "attendant"))
	if size := a.main.Canvas().Size(); size.Width < 1000 {
		t.Errorf("the attendant's window is %v", size)
	}
	p.show(a, set(p.snap, phone.KeyView, "normal"))
	if size := a.main.Canvas().Size(); size != fyne.NewSize(500, 800) {
		t.Errorf("the normal view comes back with %v", size)
	}
}
