package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// collectAt is how much the memory in use may grow, in percent, before what is not used is collected. The window has some
	// 20 MB in use, nearly all of it fonts, and makes little that is not: half of what Go does by itself costs next to nothing.
	collectAt = 50

	// collectTyping is collectAt while somebody types what is looked for: each letter shows other people, and where memory is
	// collected at the same time the frame that shows them has to share the processor with it.
	collectTyping = 250

	// calm is how long after a letter nobody types any more: what the letters have left is collected then, with nothing to draw.
	calm = 300 * time.Millisecond
)

// collecting is when memory is collected.
type collecting struct {
	mu     sync.Mutex
	typing *time.Timer // until nobody types any more; nil before somebody has
}

// typed is told of a letter that people are looked for with.
func (c *collecting) typed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.typing != nil && c.typing.Stop() {
		c.typing.Reset(calm)
		return
	}
	debug.SetGCPercent(collectTyping)
	c.typing = time.AfterFunc(calm, c.rest)
}

// rest collects what was left.
func (c *collecting) rest() {
	runtime.GC()
	c.mu.Lock()
	defer c.mu.Unlock()
	debug.SetGCPercent(collectAt)
}
