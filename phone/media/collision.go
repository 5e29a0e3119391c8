package media

import (
	"encoding/binary"
	"net/netip"
	"sync/atomic"
)

// source is our SSRC. Another one takes its place when somebody else turns out to have it (RFC 3550 8.2).
type source struct {
	atomic.Uint32                // stored by the RTP reader, loaded by all
	former        atomic.Uint32  // one to say goodbye for; 0: none. Stored by the RTP reader, taken by the reporter
	rival         netip.AddrPort // whom we have made way for last; the RTP reader's
}

// meets takes the SSRC of a packet of the peer's. One that is ours is given up, once for each address: a peer that has it
// again after that sends our own packets back to us.
func (s *source) meets(theirs uint32, from netip.AddrPort) {
	ours := s.Load()
	if theirs != ours || s.rival == from {
		return
	}
	s.rival = from
	s.former.Store(ours)
	s.Store(binary.BigEndian.Uint32(random(4)))
}
