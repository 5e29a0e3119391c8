package ui

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
)

// counter is an app whose windows count what has them drawn again: Fyne draws all of a window for the least of it.
type counter struct {
	fyne.App
	driver *countingDriver
}

func (c *counter) Driver() fyne.Driver { return c.driver }

type countingDriver struct {
	fyne.Driver
	calls map[string]int // who asked for it
}

func (d *countingDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	return &countingCanvas{d.Driver.CanvasForObject(o), d}
}

type countingCanvas struct {
	fyne.Canvas
	driver *countingDriver
}

func (c *countingCanvas) Refresh(fyne.CanvasObject) { c.driver.count() }
func (c *countingCanvas) SetDirty()                 { c.driver.count() }

// count remembers the nearest of our own functions that asked.
func (d *countingDriver) count() {
	var pcs [40]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var ours []string
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "svara/") && len(ours) < 4 {
			ours = append(ours, fmt.Sprintf("%s:%d", strings.TrimPrefix(f.Function, "svara/ui/"), f.Line))
		}
		if !more {
			break
		}
	}
	by := strings.Join(ours, " < ")
	if strings.HasPrefix(by, "widget.(*Root).Toast.func") {
		return // one of an earlier test has had its time, and leaves
	}
	d.calls[by]++
}

// redraws is what has a window drawn again while something is done.
func redraws(t *testing.T, do func()) map[string]int {
	t.Helper()
	app := fyne.CurrentApp()
	d := &countingDriver{app.Driver(), map[string]int{}}
	fyne.SetCurrentApp(&counter{app, d})
	defer fyne.SetCurrentApp(app)
	do()
	return d.calls
}

func quiet(t *testing.T, what string, do func()) {
	t.Helper()
	if calls := redraws(t, do); len(calls) > 0 {
		t.Errorf("%s has the window drawn:", what)
		for _, by := range slices.Sorted(maps.Keys(calls)) {
			t.Logf("  %d × %s", calls[by], by)
		}
	}
}

// unchanged is a snapshot that is newer and says the same of everything that is on screen: the lamp of somebody who is not
// on the board has changed, and how a call sounds in figures that no card tells.
func unchanged(s *phone.Snapshot) *phone.Snapshot {
	return with(s, func(s *phone.Snapshot) {
		s.Lines = append(slices.Clone(s.Lines), phone.Line{Account: "elin", Number: "9999", State: phone.LineBusy, Told: noon})
	})
}

// TestNothingIsDrawnThatIsAsItWas shows the same again, and a newer snapshot with nothing new in sight: no window is drawn.
func TestNothingIsDrawnThatIsAsItWas(t *testing.T) {
	for name, scene := range attendantScenes {
		t.Run(name, func(t *testing.T) {
			var calls []phone.Call
			if scene.calls != nil {
				calls = scene.calls()
			}
			var change []func(*phone.Snapshot)
			if scene.change != nil {
				change = append(change, scene.change)
			}
			a, p := openAttendant(t, scene.active, calls, change...)
			a.main.Resize(scene.size)
			if scene.act != nil {
				scene.act(a, p)
			}
			a.draw()
			quiet(t, "the same scene", a.draw)
			p.show(a, unchanged(p.snap))
			quiet(t, "a snapshot with nothing new in sight", func() { p.show(a, unchanged(p.snap)) })
		})
	}
	for _, face := range []command.Face{command.FaceNormal, command.FaceACD} {
		for name, calls := range map[string][]phone.Call{"idle": nil, "talking": {connected(7)}, "held": {connected(7), callOf(4, nils, heldFor(time.Minute))}} {
			t.Run(string(face)+"/"+name, func(t *testing.T) {
				a, p := open(t, with(registered(), func(s *phone.Snapshot) { s.Settings[phone.KeyView] = string(face) }))
				p.show(a, with(switchboard(p.snap, 7, calls...), attendantQueues))
				a.draw()
				quiet(t, "the same scene", a.draw)
				quiet(t, "a snapshot with nothing new in sight", func() { p.show(a, unchanged(p.snap)) })
			})
		}
	}
}

// TestWhatChangesIsDrawn: the counting itself counts.
func TestWhatChangesIsDrawn(t *testing.T) {
	a, p := openAttendant(t, 7, attendantCalls())
	if len(redraws(t, func() { a.face().SetField("lin") })) == 0 {
		t.Error("typing has nothing drawn")
	}
	if len(redraws(t, func() { p.show(a, with(switchboard(p.snap, 0), attendantQueues)) })) == 0 {
		t.Error("calls that end have nothing drawn")
	}
}
