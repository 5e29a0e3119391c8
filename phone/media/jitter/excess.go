package jitter

import (
	"slices"
	"time"
)

const (
	span  = 250 * time.Millisecond
	spans = 8
)

// excess is how much longer than the target asks sound has been delayed at the least, in each of the last spans of time. The
// zero value is ready.
type excess struct {
	least [spans]time.Duration // the present one first
	known int                  // spans that are over
	began time.Duration        // the present one
	some  bool                 // there was a packet in it
}

// add notes a packet that is delayed by so much too much.
func (e *excess) add(at, off time.Duration) {
	switch {
	case !e.some:
		e.began, e.some, e.least[0] = at, true, off
	case at-e.began >= span:
		copy(e.least[1:], e.least[:])
		e.began, e.least[0], e.known = at, off, min(e.known+1, spans-1)
	}
	e.least[0] = min(e.least[0], off)
}

// shift says that from now on everything is delayed by so much more.
func (e *excess) shift(by time.Duration) {
	for i := range e.least {
		e.least[i] += by
	}
}

// since is the least of the present and so many spans before it; 0 if there is none, or they are not known yet.
func (e *excess) since(before int) time.Duration {
	if e.known < before {
		return 0
	}
	return max(0, slices.Min(e.least[:before+1]))
}

// room is how much of an excess can be taken away without asking for packets sooner than the rest of it allows, when so
// much sound is pending: that, and whole blocks.
func room(excess, pending time.Duration) time.Duration {
	return max(0, excess-pending)/step*step + min(pending, excess)
}
