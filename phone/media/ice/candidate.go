package ice

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"

	pion "github.com/pion/ice/v4"

	"svara/phone/sdp"
)

// mostRemote is how many candidates of a peer are checked: with our own few that stays below the hundred pairs of
// RFC 8445 6.1.2.5, so that nobody can use us to flood others (19.5.1): the agent asks all pairs at once, not one each 50 ms.
const mostRemote = 12

// word is n random ice-chars; n is a multiple of 4.
func word(n int) string {
	b := make([]byte, n/4*3)
	rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// described is a candidate of ours in SDP's words. The agent takes each for one of component 1: the priority falls by one
// for each component after it (RFC 8445 5.1.2.1), the foundation is the same.
func described(c pion.Candidate, component int) (sdp.Candidate, bool) {
	addr, err := netip.ParseAddr(c.Address())
	if err != nil || !c.NetworkType().IsUDP() {
		return sdp.Candidate{}, false
	}
	out := sdp.Candidate{
		Foundation: c.Foundation(), Component: component, Transport: "UDP", Priority: c.Priority() - uint32(component-RTP),
		Addr: netip.AddrPortFrom(addr.Unmap(), uint16(c.Port())), Type: typeOf(c),
	}
	if r := c.RelatedAddress(); r != nil {
		if a, err := netip.ParseAddr(r.Address); err == nil {
			out.Related = netip.AddrPortFrom(a.Unmap(), uint16(r.Port))
		}
	}
	return out, true
}

func typeOf(c pion.Candidate) sdp.CandidateType {
	switch c.Type() {
	case pion.CandidateTypeServerReflexive:
		return sdp.ServerReflexive
	case pion.CandidateTypePeerReflexive:
		return sdp.PeerReflexive
	case pion.CandidateTypeRelay:
		return sdp.Relayed
	}
	return sdp.Host
}

// usable is the peer's candidates of a component that are worth a check from an address of this family, the best first.
func usable(list []sdp.Candidate, component int, local netip.Addr) []sdp.Candidate {
	var out []sdp.Candidate
	for _, c := range list {
		a := c.Addr.Addr()
		if c.Component == component && strings.EqualFold(c.Transport, "UDP") && c.Addr.Port() != 0 && a.Is4() == local.Is4() &&
			!a.IsUnspecified() && !a.IsMulticast() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b sdp.Candidate) int { return cmp.Compare(b.Priority, a.Priority) })
	return out[:min(len(out), mostRemote)]
}

// foreign is a candidate of the peer's for the agent.
func foreign(c sdp.Candidate) (pion.Candidate, error) {
	var related string
	if c.Related.IsValid() {
		related = c.Related.Addr().String()
	}
	host, port, back, component := c.Addr.Addr().String(), int(c.Addr.Port()), int(c.Related.Port()), uint16(c.Component)
	switch c.Type {
	case sdp.ServerReflexive:
		return pion.NewCandidateServerReflexive(&pion.CandidateServerReflexiveConfig{
			Network: "udp", Address: host, Port: port, Component: component, Priority: c.Priority, Foundation: c.Foundation, RelAddr: related, RelPort: back})
	case sdp.PeerReflexive:
		return pion.NewCandidatePeerReflexive(&pion.CandidatePeerReflexiveConfig{
			Network: "udp", Address: host, Port: port, Component: component, Priority: c.Priority, Foundation: c.Foundation, RelAddr: related, RelPort: back})
	case sdp.Relayed:
		return pion.NewCandidateRelay(&pion.CandidateRelayConfig{
			Network: "udp", Address: host, Port: port, Component: component, Priority: c.Priority, Foundation: c.Foundation, RelAddr: related, RelPort: back})
	}
	return pion.NewCandidateHost(&pion.CandidateHostConfig{
		Network: "udp", Address: host, Port: port, Component: component, Priority: c.Priority, Foundation: c.Foundation})
}
