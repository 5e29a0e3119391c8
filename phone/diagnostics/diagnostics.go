// Package diagnostics collects what happens in the phone between a start and a stop, for who helps to find a fault: the
// log, the SIP messages as text and as a capture file, how calls sound second by second, and how the phone stands. Secrets
// are taken out when a thing comes in, so that none is ever held; sound is not collected at all.
//
//	slog.Handler  >--+
//	ua.Trace      >--+--> Redact > shelves (bounded, oldest fall off) > Save > one zip file
//	Subscription  >--+
package diagnostics

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"svara/phone"
)

// The most bytes kept of each kind.
const (
	mostLog     = 4 << 20
	mostSIP     = 8 << 20
	mostSamples = 4 << 20
)

// Message is a SIP message on the wire.
type Message struct {
	At      time.Time
	Out     bool   // sent by us
	Network string // UDP, TCP or TLS
	Local   netip.AddrPort
	Remote  netip.AddrPort
	Data    []byte // without secrets
}

// Collector collects. Its methods may be called from any goroutine; none of them waits for the network or a disk but Save.
type Collector struct {
	version string
	now     func() time.Time

	on   atomic.Bool
	life sync.Mutex // one start or stop at a time

	mu      sync.Mutex // guards what is below
	phone   phone.Phone
	since   time.Time
	until   time.Time
	log     shelf[[]byte]
	sip     shelf[Message]
	samples shelf[[]byte]
	stop    context.CancelFunc // of the follower; nil while there is none
	group   sync.WaitGroup
}

var _ phone.Collector = (*Collector)(nil)

// New makes a collector that collects nothing yet.
func New(version string) *Collector {
	return &Collector{
		version: version, now: time.Now,
		log: shelf[[]byte]{most: mostLog}, sip: shelf[Message]{most: mostSIP}, samples: shelf[[]byte]{most: mostSamples},
	}
}

// Watch says which phone is watched. It is called once, before the first start.
func (c *Collector) Watch(p phone.Phone) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phone = p
}

// StartCollecting implements phone.Collector.
func (c *Collector) StartCollecting() {
	c.life.Lock()
	defer c.life.Unlock()
	c.end()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.until = c.now(), time.Time{}
	c.log.clear()
	c.sip.clear()
	c.samples.clear()
	c.on.Store(true)
	if c.phone == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	sub := c.phone.Subscribe(ctx)
	c.group.Go(func() { c.follow(ctx, sub) })
}

// StopCollecting implements phone.Collector. Nothing runs any more when it returns.
func (c *Collector) StopCollecting() {
	c.life.Lock()
	defer c.life.Unlock()
	c.end()
}

// end ends what runs. c.life is held.
func (c *Collector) end() {
	c.mu.Lock()
	if c.on.Swap(false) {
		c.until = c.now()
	}
	stop := c.stop
	c.stop = nil
	c.mu.Unlock()
	if stop != nil {
		stop()
	}
	c.group.Wait()
}

// Collecting implements phone.Collector.
func (c *Collector) Collecting() phone.Collecting {
	c.mu.Lock()
	defer c.mu.Unlock()
	return phone.Collecting{
		On: c.on.Load(), Since: c.since, Until: c.until, Lines: len(c.log.things), Messages: len(c.sip.things), Samples: len(c.samples.things),
		Dropped: c.log.dropped + c.sip.dropped + c.samples.dropped,
	}
}

// SIP takes a message as it is on the wire. data is not kept.
func (c *Collector) SIP(out bool, network string, local, remote netip.AddrPort, data []byte) {
	if !c.on.Load() {
		return
	}
	plain := func(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }
	m := Message{At: c.now(), Out: out, Network: network, Local: plain(local), Remote: plain(remote), Data: Redact(data)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sip.put(m, len(m.Data)+100)
}

// sample is a second of a call.
type sample struct {
	At       time.Time        `json:"at"`
	Call     phone.CallID     `json:"call"`
	State    phone.CallState  `json:"state"`
	Hold     phone.Hold       `json:"hold"`
	Codec    string           `json:"codec"`
	Quality  phone.Quality    `json:"quality"`
	Security phone.Security   `json:"security"`
	Doctor   *phone.Diagnosis `json:"diagnosis,omitempty"`
}

// follow notes how connected calls sound, once a second and call.
func (c *Collector) follow(ctx context.Context, sub phone.Subscription) {
	last := map[phone.CallID]int64{}
	for {
		u, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if u.Snapshot == nil {
			continue
		}
		for _, k := range u.Snapshot.Calls {
			at := c.now()
			if k.State != phone.StateConnected || last[k.ID] == at.Unix() {
				continue
			}
			last[k.ID] = at.Unix()
			line, err := json.Marshal(sample{at.UTC(), k.ID, k.State, k.Hold, k.Codec, k.Quality, k.Security, k.Diagnosis})
			if err != nil {
				line = fmt.Appendf(nil, "%q", err.Error())
			}
			c.mu.Lock()
			c.samples.put(line, len(line))
			c.mu.Unlock()
		}
	}
}

// shelf is a bounded row of things: when it is full the oldest fall off.
type shelf[T any] struct {
	most    int // bytes
	things  []T
	sizes   []int
	size    int
	dropped int
}

func (s *shelf[T]) put(thing T, size int) {
	s.things, s.sizes, s.size = append(s.things, thing), append(s.sizes, size), s.size+size
	n := 0
	for s.size > s.most && n < len(s.things)-1 {
		s.size -= s.sizes[n]
		n++
	}
	if n > 0 {
		s.dropped += n
		s.things, s.sizes = append([]T(nil), s.things[n:]...), append([]int(nil), s.sizes[n:]...)
	}
}

func (s *shelf[T]) clear() { *s = shelf[T]{most: s.most} }
