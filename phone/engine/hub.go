package engine

import (
	"context"
	"sync"

	"svara/phone"
)

// maxBehind is how many events a slow guest may be behind before the oldest are dropped and counted.
const maxBehind = 4096

// hub hands snapshots and events to guests. The loop never waits for one.
type hub struct {
	mu     sync.Mutex
	snap   *phone.Snapshot
	subs   map[*subscription]struct{}
	closed bool
	seq    uint64 // of events
}

func newHub(first *phone.Snapshot) *hub {
	return &hub{snap: first, subs: map[*subscription]struct{}{}}
}

// publish replaces the snapshot and appends the events, in one critical section, so that a guest that joins sees both
// or neither.
func (h *hub) publish(snap *phone.Snapshot, events []phone.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.snap = snap
	for i := range events {
		h.seq++
		events[i].Seq = h.seq
	}
	for s := range h.subs {
		s.snap = snap
		s.events = append(s.events, events...)
		if over := len(s.events) - maxBehind; over > 0 {
			s.events, s.lost = s.events[over:], s.lost+over
		}
		s.wake()
	}
}

func (h *hub) current() *phone.Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.snap
}

func (h *hub) subscribe(ctx context.Context) *subscription {
	s := &subscription{hub: h, ready: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	s.snap, s.closed = h.snap, h.closed
	s.wake()
	if !h.closed {
		h.subs[s] = struct{}{}
		context.AfterFunc(ctx, func() { h.drop(s) })
	}
	return s
}

func (h *hub) drop(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.subs, s)
	s.closed = true
	s.wake()
}

// close ends all subscriptions after what they still have to fetch.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.subs {
		s.closed = true
		s.wake()
	}
	clear(h.subs)
}

// subscription is one guest's view. The fields below ready are the hub's, under its mutex.
type subscription struct {
	hub    *hub
	ready  chan struct{} // one slot: something is new
	snap   *phone.Snapshot
	events []phone.Event
	lost   int
	closed bool
}

func (s *subscription) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// Next waits for something new.
func (s *subscription) Next(ctx context.Context) (phone.Update, error) {
	for {
		select {
		case <-s.ready:
		case <-ctx.Done():
			return phone.Update{}, ctx.Err()
		}
		s.hub.mu.Lock()
		u := phone.Update{Snapshot: s.snap, Events: s.events, Lost: s.lost}
		s.snap, s.events, s.lost = nil, nil, 0
		closed := s.closed
		if closed {
			s.wake() // so that every later Next returns at once
		}
		s.hub.mu.Unlock()
		switch {
		case u.Snapshot != nil || len(u.Events) > 0:
			return u, nil
		case closed:
			return phone.Update{}, phone.ErrClosed
		}
	}
}
