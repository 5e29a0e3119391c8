package ui

import (
	"context"
	"time"

	"svara/phone"
	"svara/ui/loop"
)

// flash draws what moves while it rings: the bell's two pictures and, where the user wants a ring that can be seen, the
// window's edge (ui.md section 8). Both follow the clock, twice a second. Its goroutine sleeps while nothing rings.
//
//	newApp:  a.flash = newFlash(a)
//	Run:     a.group.run(a.flash.run)
//	render:  a.flash.follow(), after the snapshot was drawn
type flash struct {
	a    *App
	wake chan struct{}
}

func newFlash(a *App) *flash { return &flash{a: a, wake: make(chan struct{}, 1)} }

// follow starts and ends the flashing with the ringing. It is called on the UI goroutine.
func (f *flash) follow() {
	f.edge()
	if f.moves() {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
}

// moves reports whether there is anything to draw between the seconds.
func (f *flash) moves() bool {
	s := f.a.snap
	if len(s.Ringing()) == 0 || f.a.quitting {
		return false
	}
	return !s.Settings.Bool(phone.KeyReduceMotion)
}

// edge lights the window's edge or puts it out.
func (f *flash) edge() {
	if on := f.a.scene().Flashes(); on != f.a.root.Flashing() {
		f.a.root.Flash(on)
	}
}

// beat draws the present half of the second and reports whether there will be another.
func (f *flash) beat() bool {
	if f.a.quitting {
		return false
	}
	f.edge()
	if !f.moves() {
		return false
	}
	f.a.draw()
	f.a.card.update()
	return true
}

// run beats while it rings.
func (f *flash) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		}
		for more := true; more; {
			t := time.NewTimer(untilHalf(time.Now()))
			select {
			case <-ctx.Done():
				t.Stop()
				return
			case <-t.C:
			}
			answer := make(chan bool, 1)
			loop.Do(func() { answer <- f.beat() })
			select {
			case <-ctx.Done(): // the window closes and waits for this goroutine
				return
			case more = <-answer:
			}
		}
	}
}

// untilHalf is how long it is to the next half of a second.
func untilHalf(now time.Time) time.Duration {
	const half = time.Second / 2
	return half - time.Duration(now.Nanosecond())%half
}
