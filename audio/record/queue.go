package record

import "sync/atomic"

// queue hands values from exactly one goroutine to exactly one other. Neither ever waits, and nothing is copied: the one
// fills the value behind back and pushes it, the other uses the one behind front and pops it.
type queue[T any] struct {
	values []T
	_      [64]byte      // keeps the two counters off one cache line
	head   atomic.Uint64 // values ever pushed; stored by the filling side only
	_      [64]byte
	tail   atomic.Uint64 // values ever popped; stored by the using side only
}

func newQueue[T any](n int) *queue[T] { return &queue[T]{values: make([]T, n)} }

func (q *queue[T]) cap() int { return len(q.values) }

// len is how many values wait.
func (q *queue[T]) len() int {
	tail := q.tail.Load() // first, so that the difference is never negative
	return int(q.head.Load() - tail)
}

// back is the next value to fill, nil when there is no room.
func (q *queue[T]) back() *T {
	head := q.head.Load()
	if head-q.tail.Load() == uint64(len(q.values)) {
		return nil
	}
	return &q.values[head%uint64(len(q.values))]
}

func (q *queue[T]) push() { q.head.Add(1) }

// front is the next value to use, nil when there is none.
func (q *queue[T]) front() *T {
	tail := q.tail.Load()
	if q.head.Load() == tail {
		return nil
	}
	return &q.values[tail%uint64(len(q.values))]
}

func (q *queue[T]) pop() { q.tail.Add(1) }
