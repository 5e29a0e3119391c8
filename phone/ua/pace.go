package ua

import (
	"context"
	"sync"
	"time"
)

// defaultSubscribeRate is how many SUBSCRIBEs a second an exchange gets from one account: what a small one bears.
const defaultSubscribeRate = 20

// pace lets requests go one after the other with an interval between them, in the order they come. They alone wait: no
// REGISTER, INVITE or BYE does.
type pace struct {
	interval time.Duration

	mu   sync.Mutex
	next time.Time // when the next may go; guarded by mu
}

// newPace makes a pace of so many requests a second.
func newPace(rate int) *pace { return &pace{interval: time.Second / time.Duration(rate)} }

// wait waits for the next place. It reports false when the context ends first. A nil pace does not wait.
func (p *pace) wait(ctx context.Context) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	now := time.Now()
	at := p.next
	if at.Before(now) {
		at = now
	}
	p.next = at.Add(p.interval)
	p.mu.Unlock()
	if at.Equal(now) {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(at.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
