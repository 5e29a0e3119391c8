package loop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// stage is a window, and a window system that says when something happens.
type stage struct {
	*rest
	slept []time.Duration
	wakes time.Duration // after which something happens; 0 for never
}

type painted struct {
	fyne.Window
	canvas *dirtyCanvas
}

func (p painted) Canvas() fyne.Canvas { return p.canvas }

type dirtyCanvas struct {
	fyne.Canvas
	dirty bool
}

func (c *dirtyCanvas) CheckDirtyAndClear() bool {
	was := c.dirty
	c.dirty = false
	return was
}

func (c *dirtyCanvas) SetDirty() { c.dirty = true }

func newStage(canvases ...*dirtyCanvas) *stage {
	s := &stage{}
	var windows []fyne.Window
	for _, c := range canvases {
		windows = append(windows, painted{canvas: c})
	}
	s.rest = &rest{windows: func() []fyne.Window { return windows }, visible: func(fyne.Window) bool { return true }, after: func(f func()) { f() }}
	s.wait = func(seconds float64) {
		d := time.Duration(seconds * float64(time.Second))
		if s.wakes > 0 {
			d = min(d, s.wakes)
		}
		s.slept = append(s.slept, d.Round(time.Millisecond))
		time.Sleep(d)
	}
	return s
}

func (s *stage) turns(n int) {
	for range n {
		s.tick(0)
	}
}

// TestSleep: a loop with nothing to draw sleeps a frame at a time first and then long.
func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(&dirtyCanvas{})
		s.turns(settle + 3)
		if n := len(s.slept); n != settle+3 || s.slept[0] > 20*time.Millisecond || s.slept[n-1] != longest {
			t.Errorf("slept %v", s.slept)
		}
	})
}

// TestNoSleepWhileDrawing: what is dirty is drawn at once, and stays dirty until it is; the loop is quick for a while after.
func TestNoSleepWhileDrawing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &dirtyCanvas{}
		s := newStage(&dirtyCanvas{}, c)
		s.turns(settle + 1)
		s.slept, c.dirty = nil, true
		s.turns(1)
		if len(s.slept) > 0 || !c.dirty {
			t.Fatalf("slept %v before it drew; still dirty: %v", s.slept, c.dirty)
		}
		c.dirty = false // drawn
		s.turns(1)
		if s.slept[0] == longest {
			t.Error("the next frame of something that moves would come late")
		}
	})
}

// TestHiddenWindowIsNotWaitedFor: a hidden window keeps what it has to draw, which may not keep the loop awake.
func TestHiddenWindowIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(&dirtyCanvas{dirty: true})
		s.turns(3 * settle)
		if len(s.slept) > 0 {
			t.Fatal("a window on screen waits to be drawn")
		}
		s.visible = func(fyne.Window) bool { return false }
		s.turns(settle + 1)
		if n := len(s.slept); n == 0 || s.slept[n-1] != longest {
			t.Errorf("slept %v", s.slept)
		}
	})
}

// TestEventsKeepItQuick: while the user does something the loop sleeps no longer than a frame, also where nothing of it is seen.
func TestEventsKeepItQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(&dirtyCanvas{})
		s.turns(settle + 1)
		s.wakes = 40 * time.Millisecond
		s.turns(1)
		s.wakes, s.slept = 0, nil
		s.turns(5)
		for _, d := range s.slept {
			if d == longest {
				t.Fatalf("slept %v after an event", s.slept)
			}
		}
	})
}

// TestDoIsNotSleptOver: a function that a goroutine has given and that has not run keeps the loop awake.
func TestDoIsNotSleptOver(t *testing.T) {
	s := newStage(&dirtyCanvas{})
	state.todo.Add(1)
	s.turns(3)
	state.todo.Add(-1)
	if len(s.slept) > 0 {
		t.Errorf("slept %v with something to do", s.slept)
	}
	s.over = true
	s.turns(1)
	if len(s.slept) > 0 {
		t.Error("slept after its end")
	}
}

// TestDo: what is given to Do runs, and is no longer waited for.
func TestDo(t *testing.T) {
	test.NewTempApp(t)
	ran := false
	Do(func() { ran = state.todo.Load() == 0 })
	if !ran {
		t.Error("it did not run, or is counted while it runs")
	}
}

// TestFrames: a frame takes as long as what came for it and drawing it; what changed nothing on screen belongs to none.
func TestFrames(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		c := &dirtyCanvas{}
		s := newStage(c)
		Do(func() { time.Sleep(time.Second) })
		s.turns(1)
		before := Frames()
		Do(func() { time.Sleep(20 * time.Millisecond) })
		c.dirty = true
		s.turns(1)
		Do(func() { time.Sleep(15 * time.Millisecond) })
		Do(func() { time.Sleep(25 * time.Millisecond) })
		s.turns(1)
		after := Frames()
		if after.Drawn-before.Drawn != 2 || after.Slow-before.Slow != 1 || after.Slowest != 40*time.Millisecond {
			t.Errorf("%+v after %+v", after, before)
		}
	})
}

// TestNext: what waits for the next frame runs once it is drawn, and is of the frame after it.
func TestNext(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		c := &dirtyCanvas{}
		s := newStage(c)
		ran := 0
		Next(func() { ran++ })
		s.turns(1)
		if ran > 0 {
			t.Error("it ran with nothing drawn")
		}
		c.dirty = true
		s.turns(1)
		c.dirty = false
		s.turns(2)
		if ran != 1 {
			t.Errorf("it ran %d times after a frame", ran)
		}
	})
}

// TestFrameEndsWithItsTurn: what the loop sleeps after a frame is not of the frame, also where the loop comes around before
// it does what it was given.
func TestFrameEndsWithItsTurn(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		c := &dirtyCanvas{}
		s := newStage(c)
		var given []func()
		s.after = func(f func()) { given = append(given, f) }
		before := Frames()
		for range 2 { // drawn twice, and nothing of what was given has run
			c.dirty = true
			s.turns(1)
			time.Sleep(30 * time.Millisecond)
		}
		c.dirty = false
		s.turns(2)
		for _, f := range given {
			f()
		}
		if after := Frames(); after.Drawn-before.Drawn != 2 || after.Slow != before.Slow {
			t.Errorf("%+v after %+v", after, before)
		}
	})
}

// TestFramesOfEvents: what an event changes while the loop sleeps is drawn right after it, and is a frame as well.
func TestFramesOfEvents(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		c := &dirtyCanvas{}
		s := newStage(c)
		s.turns(settle + 1)
		before := Frames().Drawn
		sleep := s.wait
		s.wait = func(seconds float64) {
			sleep(seconds)
			c.dirty = true
		}
		s.turns(1)
		if n := Frames().Drawn - before; n != 1 || !c.dirty {
			t.Fatalf("%d frames; still to be drawn: %v", n, c.dirty)
		}
		c.dirty = false // drawn
		s.wait, s.slept = sleep, nil
		s.turns(1)
		if s.slept[0] == longest {
			t.Error("the next frame of something that moves would come late")
		}
	})
}

// TestNobodyGoesBy: nothing of the window is given to Fyne's loop in another way, where it would wait for the end of a sleep.
func TestNobodyGoesBy(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == filepath.Join("..", "loop", "loop.go") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, call := range []string{"fyne.Do(", "fyne.DoAndWait("} {
			if strings.Contains(string(b), call) {
				t.Errorf("%s calls %s: use loop.Do", path, strings.TrimSuffix(call, "("))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
