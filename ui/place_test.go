package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/theme"
)

func TestInside(t *testing.T) {
	left, right := area{-1920, 0, 1920, 1040}, area{0, 0, 1280, 984}
	both, frame := []area{right, left}, edges{2, 24, 2, 4}
	for name, c := range map[string]struct {
		screens    []area
		want, goes area
	}{
		"in sight":                       {both, area{100, 100, 800, 600}, area{100, 100, 800, 600}},
		"on the left screen":             {both, area{-900, 50, 800, 600}, area{-900, 50, 800, 600}},
		"its screen is gone":             {both[:1], area{-1900, 50, 800, 600}, area{2, 50, 800, 600}},
		"far away":                       {both, area{9000, 9000, 800, 600}, area{1280 - 802, 984 - 604, 800, 600}},
		"its title over the edge":        {both, area{100, 0, 800, 600}, area{100, 24, 800, 600}},
		"its foot under the edge":        {both, area{100, 700, 800, 600}, area{100, 984 - 604, 800, 600}},
		"between two, most on the right": {both, area{-300, 100, 800, 600}, area{2, 100, 800, 600}},
		"larger than the screen":         {both[:1], area{10, 10, 1440, 1200}, area{2, 24, 1276, 984 - 28}},
		"no screen that is known":        {nil, area{-5, -5, 800, 600}, area{-5, -5, 800, 600}},
	} {
		if got := inside(c.screens, c.want, frame); got != c.goes {
			t.Errorf("%s: %v, want %v", name, got, c.goes)
		}
	}
}

// fakeScreens are screens whose system puts windows where they are to go.
type fakeScreens struct {
	there      []area
	at         area
	moved, new func()
}

func (d *fakeScreens) areas() []area { return d.there }

func (d *fakeScreens) stands(w fyne.Window) (area, edges, bool) {
	size := w.Canvas().Size()
	d.at.width, d.at.height = int(size.Width), int(size.Height)
	return d.at, edges{top: 20}, true
}

func (d *fakeScreens) put(_ fyne.Window, x, y int) {
	d.at.x, d.at.y = x, y
	d.moved()
}

func (d *fakeScreens) watch(_ fyne.Window, moved, changed func()) { d.moved, d.new = moved, changed }

// Where the user puts each face is remembered once it has stood there for a while, and is where it comes back.
func TestPlaceIsRememberedByFace(t *testing.T) {
	t.Cleanup(func() { theme.SetScreen(fyne.Size{}) })
	a, p := open(t, registered())
	now := noon
	a.now = func() time.Time { return now }
	d := &fakeScreens{there: []area{{0, 0, 1920, 1080}}, at: area{x: 30, y: 40}}
	d.moved = a.moved
	a.opts.screens = d
	a.watchPlace()
	d.put(nil, 700, 200)
	a.second()
	if p.last() != nil {
		t.Fatalf("a place that it passes is remembered: %#v", p.last())
	}
	now = now.Add(settleSize)
	a.second()
	if want := (phone.Set{Key: phone.KeyNormalAt, Value: "700,200"}); p.last() != want {
		t.Fatalf("told %#v, want %#v", p.last(), want)
	}
	p.told = nil
	s := set(set(p.snap, phone.KeyNormalAt, "700,200"), phone.KeyAttendantAt, "15,25")
	p.show(a, set(s, phone.KeyView, "attendant"))
	if d.at.x != 15 || d.at.y != 25 {
		t.Errorf("the attendant's window stands at %d,%d", d.at.x, d.at.y)
	}
	p.show(a, set(p.snap, phone.KeyView, "normal"))
	if d.at.x != 700 || d.at.y != 200 {
		t.Errorf("the normal view comes back at %d,%d", d.at.x, d.at.y)
	}
	now = now.Add(settleSize)
	a.second()
	if p.last() != nil {
		t.Errorf("a place that we gave it is remembered as the user's: %#v", p.last())
	}
}

// A window whose screen goes comes to one that is left, all of it, and what the user chose is not forgotten for that.
func TestScreenThatGoes(t *testing.T) {
	t.Cleanup(func() { theme.SetScreen(fyne.Size{}) })
	a, p := open(t, set(set(registered(), phone.KeyView, "attendant"), phone.KeyAttendantAt, "2000,100"))
	now := noon
	a.now = func() time.Time { return now }
	d := &fakeScreens{there: []area{{0, 0, 1280, 800}, {1280, 0, 1920, 1080}}}
	d.moved = a.moved
	a.opts.screens = d
	a.watchPlace()
	if a.faces.front != command.FaceAttendant || d.at.x != 1280+1920-int(a.main.Canvas().Size().Width) {
		t.Fatalf("%s at %v", a.faces.front, d.at)
	}
	d.there = d.there[:1]
	d.new()
	if size := a.main.Canvas().Size(); d.at.x < 0 || d.at.y != 20 || float32(d.at.x)+size.Width > 1280 || size.Height > 780 {
		t.Errorf("at %v, %v large", d.at, size)
	}
	now = now.Add(settleSize)
	a.second()
	now = now.Add(settleSize)
	a.second()
	if p.last() != nil {
		t.Errorf("told %#v", p.last())
	}
}
