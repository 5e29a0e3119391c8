package mix

import (
	"sync"

	"svara/audio/device"
)

// mailbox hands events from whoever puts them to whoever reads them without the former ever waiting: of each sort only
// the newest is kept.
type mailbox struct {
	out chan Event

	mu      sync.Mutex
	waiting []Event // in the order of arrival, each sort once
	ready   chan struct{}
}

func newMailbox() *mailbox {
	return &mailbox{out: make(chan Event), ready: make(chan struct{}, 1)}
}

func (m *mailbox) put(e Event) {
	m.mu.Lock()
	kept := m.waiting[:0]
	for _, w := range m.waiting {
		if sort(w) != sort(e) {
			kept = append(kept, w)
		}
	}
	m.waiting = append(kept, e)
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

// sort names what an event replaces. Trouble and recovery of one use are the same sort: the later one is what is true.
func sort(e Event) device.Kind {
	switch e := e.(type) {
	case Trouble:
		return e.Kind
	case Recovered:
		return e.Kind
	}
	return ""
}

func (m *mailbox) take() (Event, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) == 0 {
		return nil, false
	}
	e := m.waiting[0]
	m.waiting = m.waiting[1:]
	return e, true
}

// deliver runs until done is closed.
func (m *mailbox) deliver(done <-chan struct{}) {
	defer close(m.out)
	for {
		select {
		case <-done:
			return
		case <-m.ready:
		}
		for {
			e, ok := m.take()
			if !ok {
				break
			}
			select {
			case m.out <- e:
			case <-done:
				return
			}
		}
	}
}
