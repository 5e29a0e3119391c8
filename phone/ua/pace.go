package ua

import (
	"context"
	"time"
)

// defaultSubscribeRate is how many SUBSCRIBEs a second an exchange gets from one account: what a small one bears.
const defaultSubscribeRate = 20

// pace lets requests go one after the other with an interval between them, in the order they come. They alone wait: no
// REGISTER, INVITE or BYE does. After a pause of the machine they do not catch up.
type pace struct {
	interval time.Duration
	last     chan time.Time // holds when the last one went, for the one whose turn it is
}

// newPace makes a pace of so many requests a second.
func newPace(rate int) *pace {
	p := &pace{interval: time.Second / time.Duration(rate), last: make(chan time.Time, 1)}
	p.last <- time.Time{}
	return p
}

// wait waits for the next place. It reports false when the context ends first. A nil pace does not wait.
func (p *pace) wait(ctx context.Context) bool {
	if p == nil {
		return true
	}
	var last time.Time
	select {
	case last = <-p.last:
	case <-ctx.Done():
		return false
	}
	defer func() { p.last <- last }()
	timer := time.NewTimer(time.Until(last.Add(p.interval)))
	defer timer.Stop()
	select {
	case <-timer.C:
		last = time.Now()
		return true
	case <-ctx.Done():
		return false
	}
}
