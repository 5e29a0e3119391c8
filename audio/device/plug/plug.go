// Package plug hears from the system when sound devices come, go, or become the system's choice, where no sound server
// tells of that: Windows by IMMNotificationClient, macOS by CoreAudio's property listeners.
package plug

import (
	"sync"
	"time"
)

// settles is how long after the last of a flock of events the change is told: a headset is several devices.
const settles = 300 * time.Millisecond

// Watch calls changed, in a goroutine of its own, after each change, until stop is called, which returns when no call is
// under way. It fails where the system cannot be asked; nothing is told then.
func Watch(changed func()) (stop func(), err error) {
	n := &notice{changed: changed}
	n.timer = time.AfterFunc(time.Hour, n.tell)
	n.timer.Stop()
	end, err := listen(n.touch)
	if err != nil {
		n.close()
		return nil, err
	}
	return func() {
		end()
		n.close()
	}, nil
}

// notice makes one call of many events.
type notice struct {
	changed func()
	timer   *time.Timer

	mu     sync.Mutex // held while changed runs
	closed bool
}

// touch notes an event. It may be called by any thread and waits for nothing.
func (n *notice) touch() { n.timer.Reset(settles) }

func (n *notice) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.closed {
		n.changed()
	}
}

func (n *notice) close() {
	n.timer.Stop()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
}
