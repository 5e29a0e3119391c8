package ua

import (
	"context"
	"sync"
	"time"
)

// turn is a request's place among those of its dialog. Each is sent from a goroutine of its own, and would overtake
// another by chance; so it waits for the one that was asked for before it. What comes after a challenge is not in line.
type turn struct {
	before <-chan struct{} // closed when the one before is out, or has failed; nil for the first
	out    chan struct{}
	once   sync.Once
}

// nextTurn takes a place. Its owner calls done in any case.
func (d *dialog) nextTurn() *turn {
	t := &turn{out: make(chan struct{})}
	if d.last != nil {
		t.before = d.last.out
	}
	d.last = t
	return t
}

// wait waits for the one before, but not for long: one that is stuck on its way, looking for a target, must not keep a
// BYE back.
func (t *turn) wait(ctx context.Context, patience time.Duration) {
	if t == nil || t.before == nil {
		return
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-t.before:
	case <-limit.C:
	case <-ctx.Done():
	}
}

// done lets the next one go.
func (t *turn) done() {
	if t != nil {
		t.once.Do(func() { close(t.out) })
	}
}
