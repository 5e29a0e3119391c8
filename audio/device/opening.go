package device

import (
	"errors"
	"io"
	"sync"
	"time"
)

// openLimit is how long a device may take to open before others are tried in its place. Some drivers wait for a headset
// that has gone out of reach; some headsets take their time.
const openLimit = 2 * time.Second

var errSlow = errors.New("the sound device does not answer")

// openings are the devices that take longer to open than is waited for. What opens after all is kept for who asks for it
// next; so no device is opened twice, and a slow one is used when it is ready.
type openings struct {
	ready func() // called by any goroutine when one has opened late, or failed to

	mu   sync.Mutex
	late map[opening]*lateStream
}

// opening is what is opened: a device for a use.
type opening struct {
	kind Kind
	id   string
}

type lateStream struct {
	done   bool
	unused bool // nobody wants it any more
	stream io.Closer
	err    error
}

// within opens a device, or takes what has opened late. It is called by the keeper's goroutine alone.
func within[S io.Closer](o *openings, what opening, open func() (S, error)) (S, error) {
	var none S
	o.mu.Lock()
	slow := o.late[what]
	if slow != nil && slow.done {
		delete(o.late, what)
	}
	o.mu.Unlock()
	switch {
	case slow == nil:
	case !slow.done:
		return none, errSlow
	case slow.err != nil:
		return none, slow.err
	default:
		return slow.stream.(S), nil
	}
	type result struct {
		stream S
		err    error
	}
	opened := make(chan result, 1)
	go func() { // may be left to itself: nothing ends a call into a driver
		s, err := open()
		opened <- result{s, err}
	}()
	limit := time.NewTimer(openLimit)
	defer limit.Stop()
	select {
	case r := <-opened:
		return r.stream, r.err
	case <-limit.C:
	}
	slow = &lateStream{}
	o.mu.Lock()
	if o.late == nil {
		o.late = map[opening]*lateStream{}
	}
	o.late[what] = slow
	o.mu.Unlock()
	go func() {
		r := <-opened
		o.mu.Lock()
		slow.done, slow.stream, slow.err = true, r.stream, r.err
		unused := slow.unused
		if unused {
			delete(o.late, what)
		}
		o.mu.Unlock()
		if unused && r.err == nil {
			_ = r.stream.Close()
		}
		o.ready()
	}()
	return none, errSlow
}

// keep closes what has opened late and nobody wants any more, or will when it opens: no microphone stays open unasked.
func (o *openings) keep(wanted func(opening) bool) {
	o.mu.Lock()
	var unwanted []io.Closer
	for what, s := range o.late {
		if s.unused = !wanted(what); !s.unused || !s.done {
			continue
		}
		delete(o.late, what)
		if s.err == nil {
			unwanted = append(unwanted, s.stream)
		}
	}
	o.mu.Unlock()
	for _, s := range unwanted {
		_ = s.Close()
	}
}

// opened reports whether a device has opened late, or failed to.
func (o *openings) opened(what opening) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.late[what]
	return s != nil && s.done
}

// pending is how many devices have not answered yet.
func (o *openings) pending() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, s := range o.late {
		if !s.done {
			n++
		}
	}
	return n
}
