//go:build !linux

package clock

import (
	"os"
	"sync"
	"time"
)

// Clock rings at a time. Set is for any goroutine, Wait and Sleep for one.
type Clock struct {
	timer *time.Timer
	close func()
	done  chan struct{}
}

// New makes a clock that is not set.
func New() (*Clock, error) {
	c := &Clock{timer: time.NewTimer(time.Hour), done: make(chan struct{})}
	c.timer.Stop()
	c.close = sync.OnceFunc(func() { close(c.done) })
	return c, nil
}

// Set makes it ring once after d, at once if that is not in the future, and not when it was to ring before.
func (c *Clock) Set(d time.Duration) { c.timer.Reset(d) }

// Wait waits until it rings. An error says that it was closed.
func (c *Clock) Wait() error {
	select {
	case <-c.timer.C:
		return nil
	case <-c.done:
		return os.ErrClosed
	}
}

// Sleep waits for d, on a clock that nobody sets. An error says that it was closed.
func (c *Clock) Sleep(d time.Duration) error {
	c.Set(d)
	return c.Wait()
}

// Close ends Wait and Sleep, too.
func (c *Clock) Close() error {
	c.timer.Stop()
	c.close()
	return nil
}
