// Package ring is the lock-free ring between two goroutines of the sound path: one writes samples, one reads them.
package ring

import "sync/atomic"

// Ring holds samples on their way from exactly one writing goroutine to exactly one reading one. Neither ever waits.
//
//	writer: Write, Free           reader: Read, Discard           anybody: Len, Cap
type Ring struct {
	buf  []int16       // length is a power of two; each side touches only its own part
	mask uint64        // length minus one; never changes
	_    [64]byte      // keeps the two counters off one cache line
	head atomic.Uint64 // samples ever written; stored by the writer only
	_    [64]byte
	tail atomic.Uint64 // samples ever read; stored by the reader only
}

// New makes a ring with room for at least size samples.
func New(size int) *Ring {
	n := 1
	for n < size {
		n <<= 1
	}
	return &Ring{buf: make([]int16, n), mask: uint64(n - 1)}
}

// Cap is how many samples there is room for.
func (r *Ring) Cap() int { return len(r.buf) }

// Len is how many samples wait to be read.
func (r *Ring) Len() int {
	tail := r.tail.Load() // first, so that the difference is never negative
	return int(r.head.Load() - tail)
}

// Free is how many samples can be written now. Writer only.
func (r *Ring) Free() int { return len(r.buf) - int(r.head.Load()-r.tail.Load()) }

// Write puts in as many of the samples as there is room for and returns how many. Writer only.
func (r *Ring) Write(pcm []int16) int {
	head := r.head.Load()
	n := min(len(pcm), len(r.buf)-int(head-r.tail.Load()))
	at := int(head & r.mask)
	first := copy(r.buf[at:], pcm[:n])
	copy(r.buf, pcm[first:n])
	r.head.Store(head + uint64(n)) // publishes the samples
	return n
}

// Read takes out as many samples as there are, up to len(pcm), and returns how many. Reader only.
func (r *Ring) Read(pcm []int16) int {
	tail := r.tail.Load()
	n := min(len(pcm), int(r.head.Load()-tail))
	at := int(tail & r.mask)
	first := copy(pcm[:n], r.buf[at:])
	copy(pcm[first:n], r.buf)
	r.tail.Store(tail + uint64(n)) // gives the room back
	return n
}

// Discard throws away the oldest n samples, or all there are, and returns how many. Reader only.
func (r *Ring) Discard(n int) int {
	tail := r.tail.Load()
	n = min(n, int(r.head.Load()-tail))
	r.tail.Store(tail + uint64(n))
	return n
}
