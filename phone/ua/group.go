package ua

import "sync"

// group counts the goroutines of an owner, so that its Close can wait for them.
type group struct {
	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// Go starts fn unless the group is closed. It reports whether fn was started.
func (g *group) Go(fn func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.wg.Go(fn)
	return true
}

// Run runs fn on the calling goroutine as a member of the group, unless the group is closed. It reports whether it did.
func (g *group) Run(fn func()) bool {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false
	}
	g.wg.Add(1)
	g.mu.Unlock()
	defer g.wg.Done()
	fn()
	return true
}

// Close lets nothing more start and waits until all have ended.
func (g *group) Close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.wg.Wait()
}

// mailbox is an unbounded queue for one reader. Putting never blocks; what bounds it is that every sender is bounded:
// retransmissions end, and the filter limits what strangers can send.
type mailbox[T any] struct {
	mu     sync.Mutex
	items  []T
	closed bool
	wake   chan struct{}
}

func newMailbox[T any]() *mailbox[T] {
	return &mailbox[T]{wake: make(chan struct{}, 1)}
}

// put adds an item. It reports false when the mailbox is closed.
func (m *mailbox[T]) put(item T) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.items = append(m.items, item)
	m.signal()
	return true
}

// close refuses further items; those already in it can still be taken.
func (m *mailbox[T]) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.signal()
}

func (m *mailbox[T]) signal() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take hands out the oldest item. more is false when the mailbox is closed and empty; ok is false when it is empty.
func (m *mailbox[T]) take() (item T, ok, more bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.items) == 0 {
		return item, false, !m.closed
	}
	item = m.items[0]
	var zero T
	m.items[0] = zero
	if m.items = m.items[1:]; len(m.items) == 0 {
		m.items = nil
	}
	return item, true, true
}
