package pbxdemo

import (
	"sync"

	"svara/phone/team"
)

// outbox holds what is to be told to a team server until it listens: the loop never waits for it.
type outbox struct {
	more chan struct{}

	mu     sync.Mutex
	events []team.SourceEvent // guarded by mu
}

func (o *outbox) put(e team.SourceEvent) {
	o.mu.Lock()
	o.events = append(o.events, e)
	o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
}

func (o *outbox) take() []team.SourceEvent {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.events
	o.events = nil
	return out
}
