package sdp

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Capabilities is what we can do and want, for one audio stream.
type Capabilities struct {
	Origin    Origin         // Host is filled in from Addr when empty
	Addr      netip.Addr     // where we receive
	Port      uint16         // RTP
	RTCP      netip.AddrPort // RTCP where it has a port of its own; not valid: at Addr and Port+1
	Mux       bool           // we can do RTP and RTCP on one port (RFC 5761)
	Codecs    []Codec        // in order of preference; PT is the number we offer
	Events    []Codec        // telephone-event in the clocks we do, with the numbers we offer
	Ptime     int            // milliseconds we would like to be sent; 0 says nothing
	Direction Direction      // what we would like to do
	XR        XR             // the extended reports we would like
	Security  Security       // what we can do and want of encryption
	ICE       *ICE           // our candidates (RFC 8839); nil: plain RTP. Addr and Port are the default one, RTCP that of RTCP
}

// Format is a codec both sides do.
type Format struct {
	Codec
	Send uint8 // payload type in what we send: the peer's number
	Recv uint8 // payload type in what we receive: our number
	Most int   // bits a second on average that the peer takes; 0 when it does not say
}

// Agreed is what an offer and an answer come to, from our side.
type Agreed struct {
	Remote          netip.AddrPort // where to send RTP; not valid while the peer wants none
	RemoteRTCP      netip.AddrPort // where to send RTCP
	Mux             bool           // RTCP shares the RTP port
	Formats         []Format       // never empty; the first is what we send
	Events          []Format       // telephone-event, the one that fits the first format's clock before others
	Direction       Direction      // what we do
	RemoteDirection Direction      // what the peer wrote, an old hold included
	Ptime           int            // milliseconds the peer would like in a packet; 0 when it does not say
	MaxPtime        int            // the most it takes; 0 when it does not say
	XR              XR             // the extended reports the peer would like
	Protection      Protection     // how it is encrypted
	ICE             *ICE           // the peer's candidates where both sides do ICE for all that there is; nil: plain RTP
}

// RemoteHold reports whether the peer listens no more.
func (a Agreed) RemoteHold() bool { return !a.RemoteDirection.Receives() }

const eventName = "telephone-event"

// Offer describes local.
func Offer(local Capabilities) *Session {
	s := describe(local)
	s.Media = []Media{stream(local, local.Codecs, local.Events, local.Direction, local.Mux)}
	local.Security.offer(&s.Media[0])
	return s
}

// Answer answers offer: the first audio stream that can be encrypted is taken, else the first that can be used at all,
// with our favourite of the codecs in common first and the offerer's payload numbers; every other stream is refused with
// port 0 (RFC 3264 6).
func Answer(offer *Session, local Capabilities) (*Session, Agreed, error) {
	var agreed Agreed
	var keys func(*Media)
	chosen, err := -1, error(ErrNoAudio)
	for _, secure := range []bool{true, false} {
		for i := range offer.Media {
			m := &offer.Media[i]
			if !usable(m) || chosen >= 0 {
				continue
			}
			fingerprints, setup := offer.keys(m)
			protection, write, can := local.Security.answer(m, fingerprints, setup)
			switch {
			case can != secure:
				continue
			case !can && (local.Security.Required || local.Security.Accept && profileOf(m.Proto) != profileClear):
				err = ErrNotEncrypted
				continue
			case !can && profileOf(m.Proto) != profileClear:
				continue
			}
			agreed, err = meet(offer, m, local.Codecs, local.Events, func(_, theirs Codec) uint8 { return theirs.PT })
			if err == nil {
				chosen, agreed.Protection, keys = i, protection, write
			}
		}
	}
	if chosen < 0 {
		return nil, Agreed{}, err
	}
	theirs := &offer.Media[chosen]
	agreed.Direction = agreed.RemoteDirection.Answer(local.Direction)
	agreed.Mux = theirs.RTCPMux && local.Mux
	if agreed.Mux {
		agreed.RemoteRTCP = agreed.Remote
	}

	answer := describe(local)
	if timing(offer.Time) {
		answer.Time = offer.Time
	}
	answer.Media = make([]Media, len(offer.Media))
	for i := range offer.Media {
		m := &offer.Media[i]
		answer.Media[i] = Media{Kind: m.Kind, Proto: m.Proto, Formats: m.Formats}
	}
	codecs, events := make([]Codec, len(agreed.Formats)), make([]Codec, len(agreed.Events))
	for i, f := range agreed.Formats {
		codecs[i] = f.Codec
	}
	for i, f := range agreed.Events {
		events[i] = f.Codec
	}
	if agreed.XR == (XR{}) { // who does not know them is not asked for them (RFC 3611 5.2)
		local.XR = XR{}
	}
	answer.Media[chosen] = stream(local, codecs, events, agreed.Direction, agreed.Mux)
	answer.Media[chosen].Proto = theirs.Proto
	if keys != nil {
		keys(&answer.Media[chosen])
	}
	var verdict iceVerdict
	agreed.ICE, verdict = offer.ice(theirs, local.ICE, agreed.Mux)
	answer.Media[chosen].ICE = ICE{}
	switch verdict {
	case iceMatched:
		answer.Media[chosen].ICE = *local.ICE
		if agreed.Mux {
			answer.Media[chosen].ICE.Candidates = local.ICE.of(componentRTP)
		}
	case iceMismatch:
		answer.Media[chosen].ICE.Mismatch = true
	}
	return answer, agreed, nil
}

// Refused reports whether an answer turns every stream of sound down (RFC 3264 6).
func (s *Session) Refused() bool {
	return !slices.ContainsFunc(s.Media, func(m Media) bool { return m.Kind == "audio" && m.Port != 0 })
}

// Accept works out what the answer to our offer means. The offer is one that Offer made.
func Accept(offer, answer *Session) (Agreed, error) {
	if len(offer.Media) == 0 {
		return Agreed{}, ErrNoAudio
	}
	ours := &offer.Media[0]
	i := 0
	if len(answer.Media) == 0 || answer.Media[0].Kind != "audio" {
		// Streams out of order: not allowed, but seen.
		i = slices.IndexFunc(answer.Media, func(m Media) bool { return usable(&m) })
	}
	if i < 0 || !usable(&answer.Media[i]) {
		if profileOf(ours.Proto) != profileClear {
			return Agreed{}, ErrNotEncrypted // refused, and what was special about it is that
		}
		return Agreed{}, ErrNoAudio
	}
	theirs := &answer.Media[i]
	fingerprints, setup := answer.keys(theirs)
	protection, err := accept(ours, theirs, fingerprints, setup)
	if err != nil {
		return Agreed{}, err
	}
	var codecs, events []Codec
	for _, c := range ours.Codecs {
		if strings.EqualFold(c.Name, eventName) {
			events = append(events, c)
		} else {
			codecs = append(codecs, c)
		}
	}
	agreed, err := meet(answer, theirs, codecs, events, func(mine, _ Codec) uint8 { return mine.PT })
	if err != nil {
		return Agreed{}, err
	}
	// The answerer's order counts now: it puts first what it would like to be sent (RFC 3264 6.1).
	slices.SortStableFunc(agreed.Formats, func(a, b Format) int {
		return position(theirs, a.Send) - position(theirs, b.Send)
	})
	agreed.sortEvents()
	agreed.Protection = protection
	agreed.Direction = agreed.RemoteDirection.Answer(offer.direction(ours))
	agreed.Mux = ours.RTCPMux && theirs.RTCPMux
	if agreed.Mux {
		agreed.RemoteRTCP = agreed.Remote
	}
	if ours.ICE.Speaks() {
		agreed.ICE, _ = answer.ice(theirs, &ours.ICE, agreed.Mux)
	}
	return agreed, nil
}

// meet finds what we and the peer's stream have in common. number chooses the payload type we receive.
func meet(s *Session, theirs *Media, codecs, events []Codec, number func(mine, theirs Codec) uint8) (Agreed, error) {
	a := Agreed{RemoteDirection: s.direction(theirs), Ptime: theirs.Ptime, MaxPtime: theirs.MaxPtime, XR: s.xr(theirs)}
	addr := s.address(theirs)
	switch {
	case !addr.IsValid():
		return Agreed{}, ErrNoAddress
	case !addr.IsUnspecified():
		a.Remote = netip.AddrPortFrom(addr, uint16(theirs.Port))
		rtcp := theirs.RTCPPort
		if rtcp == 0 && theirs.Port < 65535 {
			rtcp = theirs.Port + 1
		}
		host := addr
		if theirs.RTCPConn.IsValid() && !theirs.RTCPConn.IsUnspecified() {
			host = theirs.RTCPConn
		}
		if rtcp != 0 {
			a.RemoteRTCP = netip.AddrPortFrom(host, uint16(rtcp))
		}
	}
	common := func(mine Codec) (Format, bool) {
		for _, c := range theirs.Codecs {
			if mine.Same(c) {
				f := Format{Codec: mine, Send: c.PT, Recv: number(mine, c), Most: c.averageBitRate()}
				f.PT = f.Recv
				return f, true
			}
		}
		return Format{}, false
	}
	for _, c := range codecs {
		if f, ok := common(c); ok {
			a.Formats = append(a.Formats, f)
		}
	}
	if len(a.Formats) == 0 {
		return Agreed{}, ErrNoCodec
	}
	for _, c := range events {
		if f, ok := common(c); ok {
			a.Events = append(a.Events, f)
		}
	}
	a.sortEvents()
	return a, nil
}

// sortEvents puts the telephone-event with the sent codec's clock first: RFC 4733 2.1 wants one time line.
func (a *Agreed) sortEvents() {
	clock := a.Formats[0].Clock
	slices.SortStableFunc(a.Events, func(x, y Format) int {
		switch {
		case x.Clock == y.Clock:
			return 0
		case x.Clock == clock:
			return -1
		case y.Clock == clock:
			return 1
		}
		return 0
	})
}

// Same reports whether two payload types are the same encoding. Names are told apart without case; Opus is 48000/2 by
// definition (RFC 7587 4.1), whatever channels a peer writes.
func (c Codec) Same(o Codec) bool {
	return strings.EqualFold(c.Name, o.Name) && c.Clock == o.Clock &&
		(c.Channels == o.Channels || strings.EqualFold(c.Name, "opus"))
}

// usable reports whether a stream is one we can take part in: RTP audio that is not switched off.
func usable(m *Media) bool {
	return m.Kind == "audio" && m.Port != 0 && profileOf(m.Proto) != ""
}

func position(m *Media, pt uint8) int {
	return slices.IndexFunc(m.Codecs, func(c Codec) bool { return c.PT == pt })
}

// describe is a description of local without streams.
func describe(local Capabilities) *Session {
	s := &Session{Origin: local.Origin, Name: "-", Time: "0 0", Host: local.Addr.String(), Conn: local.Addr}
	if s.Origin.Host == "" {
		s.Origin.Host = local.Addr.String()
	}
	return s
}

func stream(local Capabilities, codecs, events []Codec, d Direction, mux bool) Media {
	m := Media{Kind: "audio", Port: int(local.Port), Proto: "RTP/AVP", Ptime: local.Ptime, Direction: d, RTCPMux: mux}
	if local.ICE != nil {
		m.ICE = *local.ICE
	}
	if local.RTCP.IsValid() && local.RTCP != netip.AddrPortFrom(local.Addr, local.Port+1) {
		m.RTCPPort, m.RTCPConn = int(local.RTCP.Port()), local.RTCP.Addr()
	}
	if a, ok := local.XR.attribute(); ok {
		m.Attributes = append(m.Attributes, a)
	}
	m.Codecs = slices.Concat(codecs, events)
	for _, c := range m.Codecs {
		m.Formats = append(m.Formats, strconv.Itoa(int(c.PT)))
	}
	return m
}

// timing reports whether a t= line is one that can be repeated in the answer (RFC 3264 6).
func timing(t string) bool {
	f := strings.Fields(t)
	return len(f) == 2 && strings.Trim(t, "0123456789 ") == ""
}

// Event is telephone-event (RFC 4733) at a clock, for digits 0-9 * # A-D.
func Event(pt uint8, clock int) Codec {
	return Codec{PT: pt, Name: eventName, Clock: clock, Channels: 1, Fmtp: "0-15"}
}
