package ua

import (
	"net/netip"
	"sync"
	"time"
)

// Packets a second that strangers together, and one stranger alone, may have parsed. What is above is dropped before
// it costs anything. Registrars and proxies of our accounts, and everybody on a server, are not limited.
const (
	strangersRate = 200
	strangerRate  = 100
)

// guard limits what is read from addresses that belong to no account.
type guard struct {
	trusted   func(from hop) bool
	unlimited bool

	mu     sync.Mutex
	second int64
	all    int
	each   map[netip.Addr]int // emptied every second
}

func newGuard(trusted func(hop) bool, unlimited bool) *guard {
	return &guard{trusted: trusted, unlimited: unlimited, each: map[netip.Addr]int{}}
}

// admit reports whether a packet from an address may be looked at now.
func (g *guard) admit(from hop, now time.Time) bool {
	if g.unlimited || g.trusted(from) {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := now.Unix(); s != g.second {
		g.second, g.all = s, 0
		clear(g.each)
	}
	if g.all >= strangersRate || g.each[from.addr.Addr()] >= strangerRate {
		return false
	}
	g.all++
	g.each[from.addr.Addr()]++
	return true
}
