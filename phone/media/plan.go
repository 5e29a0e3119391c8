package media

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"svara/audio"
	"svara/phone/sdp"
)

// plan is what an offer and an answer came to, ready for use. It is immutable; the audio loop and the network readers
// load it from one atomic pointer. The coders it points to belong to the audio loop alone, whichever plan they are in.
type plan struct {
	agreed   sdp.Agreed
	remote   netip.AddrPort // RTP, by the description; not valid while the peer wants none
	control  netip.AddrPort // RTCP, by the description
	mux      bool
	checked  bool // by ICE: only the pair that it has found counts
	sends    bool
	receives bool
	since    time.Time // when it came into force
	guard    *guard    // how packets are encrypted; nil: in clear
	apart    *guard    // how RTCP is where that has keys of its own; nil: as RTP

	send  *coder // codec we send
	pt    uint8  // its number there
	frame int    // house samples in a packet we send
	ptime int    // the same in milliseconds
	most  int    // bits a second that the peer takes; 0: it does not say

	eventPT    uint8
	eventClock int // Hz; 0: the peer takes no telephone-event

	receive [128]*coder // by payload type; nil: not ours
	event   [128]bool   // by payload type: telephone-event
}

// coder is a codec with its two halves.
type coder struct {
	audio.Codec
	enc audio.Encoder // the audio loop
	dec audio.Decoder // the audio loop

	loss int // percent that enc was told of; the audio loop
	most int // bits a second that enc was limited to; the audio loop

	comfort comforter // dec, if it can; the audio loop
	repairs bool      // a lost packet can be repaired from the next one (RFC 7587 section 6.1)
}

// comforter is a decoder that fills the pauses of a sender that sends nothing in them.
type comforter interface {
	// Comfort fills pcm with noise like that of the sender's room: as sid says, the payload of a comfort noise packet (RFC
	// 3389), or as before where sid is empty. It reports false when the sender has not said that it is silent.
	Comfort(pcm []int16, sid []byte) bool
}

// codecs keeps a stream's coders from one plan to the next: a hold must not restart a codec.
type codecs map[string]*coder

func (c codecs) get(of audio.Codec) (*coder, error) {
	name := strings.ToLower(of.Name())
	if have := c[name]; have != nil {
		return have, nil
	}
	enc, err := of.NewEncoder()
	if err != nil {
		return nil, fmt.Errorf("make %s encoder: %w", of.Name(), err)
	}
	dec, err := of.NewDecoder()
	if err != nil {
		return nil, fmt.Errorf("make %s decoder: %w", of.Name(), err)
	}
	comfort, _ := dec.(comforter)
	c[name] = &coder{Codec: of, enc: enc, dec: dec, comfort: comfort, repairs: strings.Contains(of.Fmtp(), "useinbandfec=1")}
	return c[name], nil
}

// newPlan makes the plan of an agreement.
func newPlan(a sdp.Agreed, offered []audio.Codec, have codecs, now time.Time) (*plan, error) {
	p := &plan{agreed: a, remote: a.Remote, control: a.RemoteRTCP, mux: a.Mux, checked: a.ICE != nil, since: now,
		sends: a.Direction.Sends() && a.Remote.IsValid(), receives: a.Direction.Receives()}
	for i, f := range a.Formats {
		at := slices.IndexFunc(offered, func(c audio.Codec) bool { return strings.EqualFold(c.Name(), f.Name) })
		if at < 0 {
			continue
		}
		c, err := have.get(offered[at])
		if err != nil {
			return nil, err
		}
		if i == 0 {
			p.send, p.pt, p.most = c, f.Send, f.Most
			p.ptime = packetTime(a.Ptime, a.MaxPtime, c.ClockRate())
			p.frame = p.ptime * audio.Rate / 1000
		}
		p.receive[f.Recv] = c
	}
	for _, f := range a.Events {
		p.event[f.Recv] = true
	}
	// Some peers send with the number they want to be sent with. Take that too, where it means nothing else.
	for _, f := range a.Formats {
		if p.receive[f.Send] == nil && !p.event[f.Send] {
			p.receive[f.Send] = p.receive[f.Recv]
		}
	}
	for _, f := range a.Events {
		if p.receive[f.Send] == nil {
			p.event[f.Send] = true
		}
	}
	if len(a.Events) > 0 {
		p.eventPT, p.eventClock = a.Events[0].Send, a.Events[0].Clock
	}
	return p, nil
}

// packetTime is the milliseconds of a packet: what the peer asks for if an encoder can do it, else 20.
func packetTime(want, most, clock int) int {
	choices := []int{60, 40, 30, 20, 10}
	if clock == audio.Rate {
		choices = []int{60, 40, 20, 10} // Opus has no frame of 30 ms (RFC 6716 2.1.4)
	}
	if want < 10 {
		want = 20
	}
	if most >= 10 {
		want = min(want, most)
	}
	for _, c := range choices {
		if c <= want {
			return c
		}
	}
	return 20
}
