// Package script is a phone that does only what a test tells it to: for tests of the guests of phone.Phone.
package script

import (
	"context"
	"slices"
	"sync"
	"time"

	"svara/phone"
)

// maxBehind is how many events a subscription keeps, as the real phone does.
const maxBehind = 4096

// Phone is a scripted phone.Phone, phone.History and phone.Meter.
type Phone struct {
	// OnDo answers commands; nil accepts them all. It may call Change.
	OnDo func(phone.Command) (phone.CallID, error)
	// OnHistory answers questions for history; nil finds nothing.
	OnHistory func(phone.HistoryQuery) ([]phone.HistoryEntry, error)

	mu     sync.Mutex
	snap   *phone.Snapshot // mu
	did    []phone.Command // mu
	seq    uint64          // mu; of events
	subs   []*subscription // mu
	ever   int             // mu; how many there have been
	closed bool            // mu
}

// New makes a phone that knows nothing yet.
func New() *Phone { return &Phone{snap: &phone.Snapshot{Seq: 1, Time: time.Now()}} }

// Do records the command and answers as scripted.
func (p *Phone) Do(c phone.Command) (phone.CallID, error) {
	p.mu.Lock()
	p.did = append(p.did, c)
	p.mu.Unlock()
	if p.OnDo == nil {
		return 0, nil
	}
	return p.OnDo(c)
}

// Did is every command so far, in order.
func (p *Phone) Did() []phone.Command {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.did)
}

// Snapshot is the newest snapshot.
func (p *Phone) Snapshot() *phone.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.snap
}

// Change publishes a new snapshot, edited from the last, together with events. nil leaves the snapshot as it is.
func (p *Phone) Change(edit func(*phone.Snapshot), events ...phone.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var next *phone.Snapshot
	if edit != nil {
		fresh := *p.snap
		fresh.Accounts, fresh.Calls, fresh.Faults = slices.Clone(fresh.Accounts), slices.Clone(fresh.Calls), slices.Clone(fresh.Faults)
		fresh.Seq++
		fresh.Time = time.Now()
		edit(&fresh)
		next, p.snap = &fresh, &fresh
	}
	for i := range events {
		p.seq++
		events[i].Seq = p.seq
	}
	for _, s := range p.subs {
		if next != nil {
			s.next.Snapshot = next
		}
		s.next.Events = append(s.next.Events, events...)
		if over := len(s.next.Events) - maxBehind; over > 0 {
			s.next.Events, s.next.Lost = s.next.Events[over:], s.next.Lost+over
		}
		s.wake()
	}
}

// SetCall adds or replaces a call and tells of its state.
func (p *Phone) SetCall(c phone.Call) {
	kind := phone.EventCallAdded
	if p.Snapshot().Call(c.ID) != nil {
		kind = phone.EventCallState
	}
	event := phone.Event{Kind: kind, Call: c.ID, State: string(c.State)}
	if c.State == phone.StateEnded {
		event = phone.Event{Kind: phone.EventCallEnded, Call: c.ID, Reason: c.End}
	}
	p.Change(func(s *phone.Snapshot) {
		if old := s.Call(c.ID); old != nil {
			*old = c
			return
		}
		s.Calls = append(s.Calls, c)
	}, event)
}

// RemoveCall takes a call out of the snapshot, as the real phone does some seconds after its end.
func (p *Phone) RemoveCall(id phone.CallID) {
	p.Change(func(s *phone.Snapshot) {
		s.Calls = slices.DeleteFunc(s.Calls, func(c phone.Call) bool { return c.ID == id })
	})
}

// Close ends all subscriptions.
func (p *Phone) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, s := range p.subs {
		s.wake()
	}
}

// Subscribers is how many subscriptions are open.
func (p *Phone) Subscribers() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.subs)
}

// Subscribed is how many subscriptions there have been, ended ones too.
func (p *Phone) Subscribed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ever
}

// History answers as scripted.
func (p *Phone) History(_ context.Context, q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
	if p.OnHistory == nil {
		return nil, nil
	}
	return p.OnHistory(q)
}

// Levels are always the same.
func (p *Phone) Levels() phone.Levels { return phone.Levels{Microphone: -20, Speaker: -30} }

// Subscribe follows the contract of phone.Phone.
func (p *Phone) Subscribe(ctx context.Context) phone.Subscription {
	s := &subscription{phone: p, ready: make(chan struct{}, 1)}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.next.Snapshot = p.snap
	s.wake()
	p.subs = append(p.subs, s)
	p.ever++
	context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.subs = slices.DeleteFunc(p.subs, func(x *subscription) bool { return x == s })
		s.over = true
		s.wake()
	})
	return s
}

type subscription struct {
	phone *Phone
	ready chan struct{}
	next  phone.Update // phone.mu
	over  bool         // phone.mu
}

func (s *subscription) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

func (s *subscription) Next(ctx context.Context) (phone.Update, error) {
	for {
		s.phone.mu.Lock()
		u, over := s.next, s.over || s.phone.closed
		s.next = phone.Update{}
		s.phone.mu.Unlock()
		switch {
		case u.Snapshot != nil || len(u.Events) > 0 || u.Lost > 0:
			return u, nil
		case ctx.Err() != nil:
			return phone.Update{}, ctx.Err()
		case over:
			return phone.Update{}, phone.ErrClosed
		}
		select {
		case <-s.ready:
		case <-ctx.Done():
			return phone.Update{}, ctx.Err()
		}
	}
}
