package media

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"svara/phone"
	"svara/phone/media/ice"
	"svara/phone/sdp"
)

// flow is the packets between one socket of ours and one of the peer's: RTP's, and where RTCP has a port of its own, that
// one's. Each has a DTLS handshake for itself (RFC 5764 4).
type flow struct {
	s     *Stream
	apart bool // RTCP's own

	turn        sync.Mutex                  // of the RTCP reader and the relay; RTP's have the receiver's. Held in sortControl
	association atomic.Pointer[association] // DTLS in force; stored under Stream.control, loaded by the flow's readers
	begun       begun                       // DTLS before there was one, or that may be of the next
	guard       *guard                      // in force; nil: in clear, or RTP's is. Guarded by Stream.control
}

func (f *flow) init(s *Stream, apart bool) { f.s, f.apart = s, apart }

// path is what ICE looks for the flow's way with; nil: without ICE.
func (f *flow) path() *ice.Path {
	if f.apart {
		return f.s.controlPath
	}
	return f.s.path
}

// agreed is where the flow's packets go by the description. Not valid: nowhere.
func (f *flow) agreed(p *plan) netip.AddrPort {
	if f.apart {
		return p.control
	}
	return p.remote
}

// destination is where they go.
func (f *flow) destination(p *plan) netip.AddrPort {
	if f.apart {
		return f.s.controlDestination(p)
	}
	return f.s.destination(p)
}

// known reports whether an address is where a plan's packets go or were to go.
func (f *flow) known(p *plan, from netip.AddrPort) bool {
	if p.checked {
		return f.path().Admits(from)
	}
	return from == f.agreed(p) || from == f.destination(p)
}

// send sends a datagram from the flow's socket.
func (f *flow) send(data []byte, to netip.AddrPort) error {
	if f.apart {
		return f.s.report(data, to)
	}
	return f.s.transmit(data, to)
}

// source is where the peer's packets come from, if not from where they should.
func (f *flow) source() *atomic.Pointer[route] {
	if f.apart {
		return &f.s.answer
	}
	return &f.s.target
}

// protect puts a plan's guard of the flow into force. Called under control, when the plan is.
func (f *flow) protect(g *guard) {
	if g == f.guard {
		return
	}
	f.guard = g
	if a := f.association.Swap(nil); a != nil {
		a.close()
	}
	if g != nil && g.Keying == sdp.DTLS {
		f.associate(g)
	}
}

// handshake takes a DTLS datagram. For the flow's readers.
func (f *flow) handshake(data []byte, from netip.AddrPort) {
	if a := f.association.Load(); a != nil {
		a.deliver(data, from)
		return
	}
	if f.s.cfg.Security.Mode == phone.SRTPOff {
		return
	}
	f.begun.keep(data, from)
}

// begun is DTLS that came before the answer did that it belongs to.
type begun struct {
	lock sync.Mutex
	list []datagram // guarded by lock
}

type datagram struct {
	data []byte
	from netip.AddrPort
}

const mostBegun = 4 // datagrams: a flight

// keep takes a datagram that belongs to an association to come.
func (b *begun) keep(data []byte, from netip.AddrPort) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if len(b.list) == mostBegun {
		b.list = slices.Delete(b.list, 0, 1)
	}
	b.list = append(b.list, datagram{slices.Clone(data), from})
}

// take empties it.
func (b *begun) take() []datagram {
	b.lock.Lock()
	defer b.lock.Unlock()
	list := b.list
	b.list = nil
	return list
}
