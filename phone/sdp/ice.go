package sdp

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ICE is what a stream's writer says of Interactive Connectivity Establishment (RFC 8839 5). The zero value says nothing.
type ICE struct {
	Ufrag, Pwd string   // 4..256 and 22..256 ice-chars; empty when missing or impossible
	Lite       bool     // the writer answers checks and makes none (RFC 8445 2.5)
	Mismatch   bool     // the writer saw a default destination that is no candidate (RFC 8839 5.3)
	End        bool     // no more candidates will come (RFC 8838 8.2)
	Options    []string // ice-options, as written
	Candidates []Candidate
	Remote     []netip.AddrPort // remote-candidates: the pair's other end, by component from 1 (RFC 8839 5.2)
}

// Candidate is an address at which a stream might be reached (RFC 8839 5.1).
type Candidate struct {
	Foundation string         // 1..32 ice-chars
	Component  int            // 1 RTP, 2 RTCP; to 256
	Transport  string         // "UDP" or another word, as written
	Priority   uint32         // 1..2^31-1
	Addr       netip.AddrPort // a name in its place makes the candidate unusable: it is passed over
	Type       CandidateType
	Related    netip.AddrPort // raddr and rport; not valid when there is none
}

// CandidateType is how a candidate was come by (RFC 8445 5.1.1).
type CandidateType string

// The types of candidates.
const (
	Host            CandidateType = "host"
	ServerReflexive CandidateType = "srflx"
	PeerReflexive   CandidateType = "prflx"
	Relayed         CandidateType = "relay"
)

// The bounds on what is read of ICE. What is beyond is passed over: a description with a thousand candidates is no reason
// to send a thousand checks.
const (
	MaxCandidates = 64  // of a stream
	maxIceOptions = 16  // words of ice-options
	maxIceWord    = 256 // ice-ufrag and ice-pwd (RFC 8839 5.4)
)

// Speaks reports whether there is enough of it to work with.
func (i *ICE) Speaks() bool { return i.Ufrag != "" && i.Pwd != "" }

// iceChars reports whether a word is made of ice-chars and is of the length asked for.
func iceChars(s string, least, most int) bool {
	if len(s) < least || len(s) > most {
		return false
	}
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/') {
			return false
		}
	}
	return true
}

// attribute reads one attribute of a stream or a session, and reports whether it is one of ICE.
func (i *ICE) attribute(key, value string) bool {
	switch key {
	case "ice-ufrag":
		if iceChars(value, 4, maxIceWord) {
			i.Ufrag = value
		}
	case "ice-pwd":
		if iceChars(value, 22, maxIceWord) {
			i.Pwd = value
		}
	case "ice-lite":
		i.Lite = true
	case "ice-mismatch":
		i.Mismatch = true
	case "end-of-candidates":
		i.End = true
	case "ice-options":
		for _, o := range strings.Fields(value) {
			if len(i.Options) < maxIceOptions && !slices.Contains(i.Options, o) {
				i.Options = append(i.Options, o)
			}
		}
	case "candidate":
		if c, ok := parseCandidate(value); ok && len(i.Candidates) < MaxCandidates {
			i.Candidates = append(i.Candidates, c)
		}
	case "remote-candidates":
		i.Remote = parseRemote(value)
	default:
		return false
	}
	return true
}

// inherit takes over what the session says for all of its streams.
func (i *ICE) inherit(session ICE) {
	if !i.Speaks() {
		i.Ufrag, i.Pwd = cmp.Or(i.Ufrag, session.Ufrag), cmp.Or(i.Pwd, session.Pwd)
	}
	i.Lite = i.Lite || session.Lite
}

// parseCandidate reads "foundation component transport priority address port typ type [raddr a] [rport p] *(name value)".
// One with a name for an address (RFC 8839 5.1 allows it; multicast DNS names too) cannot be used.
func parseCandidate(value string) (Candidate, bool) {
	f := strings.Fields(value)
	if len(f) < 8 || !strings.EqualFold(f[6], "typ") || !iceChars(f[0], 1, 32) {
		return Candidate{}, false
	}
	c := Candidate{Foundation: f[0], Component: number(f[1], 256), Transport: f[2], Type: CandidateType(strings.ToLower(f[7]))}
	priority, err := strconv.ParseUint(f[3], 10, 32)
	if err != nil || priority == 0 || priority > 1<<31-1 || c.Component == 0 {
		return Candidate{}, false
	}
	c.Priority = uint32(priority)
	if c.Addr, err = addrPort(f[4], f[5]); err != nil {
		return Candidate{}, false
	}
	switch c.Type {
	case Host, ServerReflexive, PeerReflexive, Relayed:
	default:
		return Candidate{}, false // RFC 8839 5.1: a type that is not known
	}
	var raddr, rport string
	for rest := f[8:]; len(rest) >= 2; rest = rest[2:] {
		switch strings.ToLower(rest[0]) {
		case "raddr":
			raddr = rest[1]
		case "rport":
			rport = rest[1]
		}
	}
	if related, err := addrPort(raddr, rport); err == nil {
		c.Related = related
	}
	return c, true
}

// parseRemote reads "1 192.0.2.3 45664 2 192.0.2.3 45665". One that is broken is none.
func parseRemote(value string) []netip.AddrPort {
	f := strings.Fields(value)
	var out []netip.AddrPort
	for n := 1; len(f) >= 3 && n <= 2; n, f = n+1, f[3:] {
		a, err := addrPort(f[1], f[2])
		if err != nil || number(f[0], 256) != n {
			return nil
		}
		out = append(out, a)
	}
	return out
}

func addrPort(host, port string) (netip.AddrPort, error) {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return netip.AddrPortFrom(a.Unmap().WithZone(""), uint16(p)), nil
}

// String is the candidate as an attribute's value.
func (c Candidate) String() string {
	s := fmt.Sprintf("%s %d %s %d %s %d typ %s", clean(c.Foundation), c.Component, token(c.Transport), c.Priority,
		c.Addr.Addr(), c.Addr.Port(), clean(string(c.Type)))
	if c.Related.IsValid() {
		s += fmt.Sprintf(" raddr %s rport %d", c.Related.Addr(), c.Related.Port())
	}
	return s
}

// write writes a stream's ICE.
func (i *ICE) write(line func(string, ...any)) {
	if i.Lite {
		line("a=ice-lite")
	}
	if len(i.Options) > 0 {
		line("a=ice-options:%s", clean(strings.Join(i.Options, " ")))
	}
	if i.Ufrag != "" {
		line("a=ice-ufrag:%s", token(i.Ufrag))
	}
	if i.Pwd != "" {
		line("a=ice-pwd:%s", token(i.Pwd))
	}
	for _, c := range i.Candidates {
		line("a=candidate:%s", c)
	}
	if len(i.Remote) > 0 {
		words := make([]string, len(i.Remote))
		for n, a := range i.Remote {
			words[n] = fmt.Sprintf("%d %s %d", n+1, a.Addr(), a.Port())
		}
		line("a=remote-candidates:%s", strings.Join(words, " "))
	}
	if i.End {
		line("a=end-of-candidates")
	}
	if i.Mismatch {
		line("a=ice-mismatch")
	}
}

// ice is what comes of both sides' ICE for a stream of ours.
type iceVerdict int

const (
	iceNone     iceVerdict = iota // plain RTP
	iceMatched                    // checks are made
	iceMismatch                   // the peer speaks ICE, but something between us changed its addresses (RFC 8839 4.2.5)
)

// The components of a stream (RFC 8445 13).
const (
	componentRTP  = 1
	componentRTCP = 2
)

// of is the candidates of one component.
func (i *ICE) of(component int) []Candidate {
	var out []Candidate
	for _, c := range i.Candidates {
		if c.Component == component {
			out = append(out, c)
		}
	}
	return out
}

// ice judges the peer's ICE. Where RTP and RTCP do not share a port both sides must have candidates for both: a stream
// is left without ICE rather than with half of it.
func (s *Session) ice(m *Media, local *ICE, mux bool) (*ICE, iceVerdict) {
	if local == nil {
		return nil, iceNone
	}
	theirs := m.ICE
	theirs.inherit(s.ICE)
	if !theirs.Speaks() || theirs.Mismatch || !mux && (len(theirs.of(componentRTCP)) == 0 || len(local.of(componentRTCP)) == 0) {
		return nil, iceNone
	}
	if addr := s.address(m); addr.IsValid() && !addr.IsUnspecified() && m.Port != 9 && len(theirs.Candidates) > 0 {
		// 0.0.0.0 and port 9 stand for "no default" (RFC 8840 4.1.1).
		to := netip.AddrPortFrom(addr, uint16(m.Port))
		if !slices.ContainsFunc(theirs.Candidates, func(c Candidate) bool { return c.Component == componentRTP && c.Addr == to }) {
			return nil, iceMismatch
		}
	}
	return &theirs, iceMatched
}

// Candidates is the ICE of the stream that an answer would take, the first usable one's, and whether RTP and RTCP would
// share a port. Nil when it has none.
func (s *Session) Candidates() (ice *ICE, mux bool) {
	for i := range s.Media {
		if m := &s.Media[i]; usable(m) {
			theirs := m.ICE
			theirs.inherit(s.ICE)
			if !theirs.Speaks() || theirs.Mismatch || !m.RTCPMux && len(theirs.of(componentRTCP)) == 0 {
				return nil, m.RTCPMux
			}
			return &theirs, m.RTCPMux
		}
	}
	return nil, false
}
