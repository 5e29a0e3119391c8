// Package ice finds the way between a stream's own socket and its peer (RFC 8445): candidates from the socket itself, a
// STUN server (RFC 8489) and a TURN server (RFC 8656), checks, the chosen pair, and consent to go on (RFC 7675).
//
//	stream's socket --STUN--> Path.Take --> door --> mux --> agent --> Path.Route, read by whoever sends
//	                <-------- Path.send <-- door <-- mux <-- agent
//	TURN server <-- the agent's own socket --> Path.relayed (what comes), Path.Relay (what goes)
//
// Only STUN goes through the agent. Sound is sent and received by the stream itself on the same socket, so that a peer
// without ICE uses the same port and nothing stands between the sound and the network; a relayed pair alone has its
// packets carried by the agent.
//
// A Path is for one component: RTP, or RTCP where the peer keeps it on a port of its own (RFC 8445 5.1.1). Both components
// of a stream speak under the same words; each has checks, a chosen pair and consent of its own.
//
// A Path lives as long as its stream. Each round of it (a restart, RFC 8445 9, or another branch of a forked call) has an
// agent of its own; the pair of the round before stays in use until the new one has found its own.
package ice

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"time"

	"svara/phone"
	"svara/phone/sdp"
)

// Config is what a Path is made with.
type Config struct {
	STUN     string       // host[:port]; empty: none
	TURN     string       // host[:port]; empty: none. With turns: before it by TLS, and no other way (RFC 7065)
	TLS      *tls.Config  // whom to trust as that; nil: the system's authorities. The name is checked in any case
	User     string       // at the TURN server
	Password phone.Secret // likewise

	Component int   // RTP or RTCP; 0: RTP
	Words     Words // of the first round; zero: new ones

	Local    netip.AddrPort                             // of the component's socket, until Move; not unspecified
	Send     func(data []byte, to netip.AddrPort) error // sends from that socket; any goroutine
	Relayed  func(data []byte, from netip.AddrPort)     // takes what came over the TURN server; data is the caller's again after
	Notify   func(Change)                               // must not block
	Log      *slog.Logger                               // not nil
	Patience time.Duration                              // how long candidates may be looked for; 0: Patience
}

// The components of a stream (RFC 8445 13).
const (
	RTP  = 1
	RTCP = 2
)

// Words are the user fragment and the password of a round: all components of a stream have the same (RFC 8839 5.4).
type Words struct{ Ufrag, Pwd string }

// NewWords is words that nobody has had: 48 and 144 bits, where RFC 8445 5.3 asks for 24 and 128 at least.
func NewWords() Words { return Words{word(8), word(24)} }

// Patience is how long a call waits for its candidates: the offer leaves with what there is then.
const Patience = 1500 * time.Millisecond

// Change is a turn in a path's life.
type Change int

// The changes.
const (
	Found Change = iota // there is a pair, or another one: Route has it
	Lost                // the peer has not answered for some seconds; sound is still sent
	Gone                // nor for thirty: consent has ended (RFC 7675 5.1), or no pair was found. Nothing is sent
)

func (c Change) String() string { return [...]string{"found", "lost", "gone"}[c] }

// Route is a chosen pair.
type Route struct {
	Local       netip.AddrPort // where the peer sends to: the candidate's address
	Remote      netip.AddrPort
	LocalType   sdp.CandidateType
	RemoteType  sdp.CandidateType
	Controlling bool // we chose it

	by *round
}

// ByRelay reports whether packets go through our TURN server: Path.Relay sends them.
func (r *Route) ByRelay() bool { return r.LocalType == sdp.Relayed }

// Description is what a round says of itself in SDP.
type Description struct {
	sdp.ICE
	InUse netip.AddrPort // our end of the chosen pair, where it is one of the candidates; else not valid
}
