// Package loop lets Fyne's main loop sleep.
//
// Fyne asks the window system sixty times a second whether anything has happened, in a window where nothing moves as well:
// some two percent of a core, and a key waits for the next time to be asked. Here the loop waits in the window system
// instead, until there is an event or something to do:
//
//	Fyne's loop, every 1/60 s: events -> animations -> draw what is dirty
//	                                         |
//	                                      tick: nothing dirty? wait for an event, then go on and draw what it changed
//
// It works by an animation that never ends, and by asking GLFW, Fyne's window library; Fyne itself is as it is. What
// goroutines have for the UI goroutine comes by Do, which wakes the loop. Fyne's own goroutines do not: theirs waits a
// longest at most, and next to nothing while the user does something.
package loop

import (
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"

	"svara/phone"
)

const (
	frame   = time.Second / 60
	longest = 150 * time.Millisecond // between two looks at what nobody wakes the loop for
	settle  = 24                     // frames without anything drawn until the loop sleeps longer than a frame
)

// state is of the one main loop a program has.
var state struct {
	todo   atomic.Int32 // functions given to Do that have not begun
	asleep atomic.Bool

	busy                 atomic.Int64 // ns of what Do has run since the last frame
	drawn, slow, slowest atomic.Int64 // see phone.Frames

	next []func() // of Next; the UI goroutine's

	mu sync.Mutex // held while the loop is woken
	on bool       // the loop sleeps between frames; mu
}

// Do runs f on the UI goroutine as fyne.Do does, soon also when the loop sleeps.
func Do(f func()) {
	state.todo.Add(1)
	fyne.Do(func() {
		state.todo.Add(-1)
		begun := time.Now()
		f()
		state.busy.Add(int64(time.Since(begun)))
	})
	if state.asleep.CompareAndSwap(true, false) {
		state.mu.Lock()
		defer state.mu.Unlock()
		if state.on {
			glfw.PostEmptyEvent()
		}
	}
}

// Next runs f on the UI goroutine when the frame that is drawn next is on screen, where a lot to draw is spread over frames.
// It is called on the UI goroutine, while something is to be drawn.
func Next(f func()) { state.next = append(state.next, f) }

// Frames is how quickly the windows have been drawn: from the first of what has come by Do for a frame until it is handed
// to the window system. Frames for the user's own events are counted from when the event has been dealt with.
func Frames() phone.Frames {
	return phone.Frames{Drawn: state.drawn.Load(), Slow: state.slow.Load(), Slowest: time.Duration(state.slowest.Load())}
}

// begin counts the frame that is drawn next. It ends where Fyne's loop comes around: what is given to it now runs right
// after the frame, unless its clock has struck meanwhile: then either may be next, a turn or what was given.
func (r *rest) begin() {
	r.begun, r.before = time.Now(), time.Duration(state.busy.Swap(0))
	r.after(r.end)
}

// end is the end of the frame that has begun, if one has.
func (r *rest) end() {
	if r.begun.IsZero() {
		return
	}
	took := r.before + time.Since(r.begun)
	r.begun = time.Time{}
	state.drawn.Add(1)
	if took > phone.SlowFrame {
		state.slow.Add(1)
	}
	state.slowest.Store(max(state.slowest.Load(), int64(took)))
	next := state.next
	state.next = nil
	for _, f := range next {
		Do(f)
	}
}

// Rest makes the main loop sleep from now on while there is nothing to draw. It is called on the UI goroutine of an app
// whose windows are GLFW's; stop before its loop ends.
func Rest() (stop func()) {
	r := &rest{wait: glfw.WaitEventsTimeout, after: fyne.Do, windows: func() []fyne.Window { return fyne.CurrentApp().Driver().AllWindows() }, visible: onScreen}
	setOn(true)
	a := fyne.NewAnimation(time.Hour, r.tick)
	a.RepeatCount = fyne.AnimationRepeatForever
	a.Start()
	return func() {
		r.over = true
		setOn(false)
		a.Stop()
	}
}

func setOn(on bool) {
	state.mu.Lock()
	defer state.mu.Unlock()
	state.on = on
}

// rest is the loop's sleep; all fields are the UI goroutine's.
type rest struct {
	wait    func(seconds float64)
	windows func() []fyne.Window
	visible func(fyne.Window) bool
	after   func(func()) // has it run between two turns of the loop
	still   int          // frames since something was drawn or happened
	dirty   int          // frames in a row with something to draw, on screen or not
	over    bool
	begun   time.Time     // when the drawing of a frame began that has not ended
	before  time.Duration // that frame's work before
}

// tick is called each time around, before windows are drawn.
func (r *rest) tick(float32) {
	r.end()
	if r.over {
		return
	}
	if r.anyDirty() {
		r.still = 0
		r.begin()
		return
	}
	state.busy.Store(0) // nothing of it is seen
	long := frame
	if r.still++; r.still >= settle {
		long = longest
	}
	state.asleep.Store(true)
	if state.todo.Load() > 0 {
		state.asleep.Store(false)
		return
	}
	begun := time.Now()
	r.wait(long.Seconds())
	called := !state.asleep.Swap(false) // by Do
	if r.anyDirty() {                   // by an event of the user's: it is drawn now
		r.still = 0
		r.begin()
		return
	}
	if !called && long == longest && time.Since(begun) < longest*9/10 {
		r.still = 0 // the user or the window system
	}
}

// canvas is what the canvases of Fyne's windows can do besides.
type canvas interface {
	CheckDirtyAndClear() bool
	SetDirty()
}

// anyDirty reports whether a window has something to draw. One that is hidden keeps what it has to draw until it is shown
// again, so that one is asked which stays dirty.
func (r *rest) anyDirty() bool {
	any, pending := false, false
	for _, w := range r.windows() {
		c, ok := w.Canvas().(canvas)
		if !ok || !c.CheckDirtyAndClear() {
			continue
		}
		c.SetDirty()
		pending = true
		if r.dirty < settle || r.visible(w) {
			any = true
		}
	}
	if pending {
		r.dirty++
	} else {
		r.dirty = 0
	}
	return any
}

// onScreen reports whether the window system shows the window, or would if it were not covered.
func onScreen(w fyne.Window) bool {
	drawn, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return false
	}
	shown := false
	drawn.RunWithContext(func() {
		if view := glfw.GetCurrentContext(); view != nil {
			shown = view.GetAttrib(glfw.Visible) == glfw.True
		}
	})
	return shown
}
