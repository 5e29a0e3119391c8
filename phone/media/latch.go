package media

import (
	"net/netip"
	"time"

	"github.com/pion/rtp"
)

// correction is how long a wrong guess at the source may still be put right by the source that was agreed on.
const correction = 2 * time.Second

// latch decides whose RTP is listened to (symmetric RTP, RFC 4961): the agreed source at once, or, when nothing has come
// from it, the first other source that sends two packets in order, as a peer behind a NAT does. After that nobody else
// is listened to until a new agreement names another address; only within the first two seconds may the agreed source
// still take the place of another one.
//
// Owned by the RTP reader.
type latch struct {
	remote netip.AddrPort // as agreed
	source netip.AddrPort // listened to; not valid: none yet
	at     time.Time      // when it was chosen

	candidate netip.AddrPort // another source, with one packet so far
	ssrc      uint32
	next      uint16
}

// agree tells the latch what the plan says. A peer that wants nothing (an old hold) has not moved.
func (l *latch) agree(remote netip.AddrPort) {
	if remote == l.remote || !remote.IsValid() {
		return
	}
	*l = latch{remote: remote}
}

// may reports whether packets from an address may be admitted, whatever they are.
func (l *latch) may(from netip.AddrPort, now time.Time) bool {
	return !l.source.IsValid() || from == l.source || from == l.remote && now.Sub(l.at) < correction
}

// admits reports whether a packet from an address is to be taken, and whether that has just changed the source.
func (l *latch) admits(from netip.AddrPort, p *rtp.Packet, now time.Time) (ok, changed bool) {
	switch {
	case from == l.source:
		return true, false
	case from == l.remote && (!l.source.IsValid() || now.Sub(l.at) < correction):
		l.source, l.at = from, now
		return true, true
	case l.source.IsValid():
		return false, false
	case from == l.candidate && p.SSRC == l.ssrc && p.SequenceNumber == l.next:
		l.source, l.at = from, now
		return true, true
	}
	l.candidate, l.ssrc, l.next = from, p.SSRC, p.SequenceNumber+1
	return false, false
}
