package media

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"svara/audio"
	"svara/phone"
	"svara/phone/sdp"
)

// negotiation is the stream's side of RFC 3264. Guarded by Stream.control.
type negotiation struct {
	id      string
	version uint64
	body    []byte           // the last description we wrote, without its version
	numbers map[string]uint8 // payload type by codec and clock; must not change within a session (RFC 3264 8.3.2)
	offer   *sdp.Session     // our last offer
	answer  []byte           // the answer to it that is in force
	coders  codecs
	plain   bool // the last agreement was without ICE though we do it
}

func codecKey(name string, clock int) string {
	return strings.ToLower(name) + "/" + strconv.Itoa(clock)
}

// number gives a codec a payload type: the one it had, the one it would like, or the next free one.
func (n *negotiation) number(name string, clock int, like uint8) uint8 {
	key := codecKey(name, clock)
	if pt, ok := n.numbers[key]; ok {
		return pt
	}
	taken := func(pt uint8) bool {
		for _, used := range n.numbers {
			if used == pt {
				return true
			}
		}
		return false
	}
	for taken(like) {
		if like++; like > 127 {
			like = 96
		}
	}
	n.numbers[key] = like
	return like
}

// capabilities is what we can do, in SDP's words.
func (s *Stream) capabilities(want sdp.Direction, offering bool) (sdp.Capabilities, error) {
	security, err := s.security(offering)
	if err != nil {
		return sdp.Capabilities{}, err
	}
	n := &s.talks
	local := s.LocalAddr()
	c := sdp.Capabilities{
		Origin:    sdp.Origin{User: "-", ID: n.id},
		Addr:      local.Addr(),
		Port:      local.Port(),
		RTCP:      s.rtcp.local(),
		Mux:       true,
		Ptime:     20,
		Direction: want,
		XR:        wanted,
		Security:  security,
	}
	var clocks []int
	for _, codec := range s.ordered() {
		c.Codecs = append(c.Codecs, sdp.Codec{
			PT:       n.number(codec.Name(), codec.ClockRate(), codec.PayloadType()),
			Name:     codec.Name(),
			Clock:    codec.ClockRate(),
			Channels: max(1, codec.Channels()),
			Fmtp:     codec.Fmtp(),
		})
		if !slices.Contains(clocks, codec.ClockRate()) {
			clocks = append(clocks, codec.ClockRate())
		}
	}
	// RFC 4733 2.1: events share the time line of the sound, so one telephone-event for each clock. 8000 always, for
	// peers that know no other.
	if !slices.Contains(clocks, 8000) {
		clocks = append(clocks, 8000)
	}
	for _, clock := range clocks {
		like := uint8(101)
		if clock != 8000 {
			like = 102
		}
		c.Events = append(c.Events, sdp.Event(n.number("telephone-event", clock, like), clock))
	}
	return c, nil
}

// ordered is our codecs with the one in use first, so that a re-offer does not invite a change.
func (s *Stream) ordered() []audio.Codec {
	list := slices.Clone(s.cfg.Codecs)
	if p := s.plan.Load(); p != nil && p.send != nil {
		slices.SortStableFunc(list, func(a, b audio.Codec) int {
			switch {
			case a.Name() == b.Name():
				return 0
			case a.Name() == p.send.Name():
				return -1
			case b.Name() == p.send.Name():
				return 1
			}
			return 0
		})
	}
	return list
}

// write numbers a description of ours: the version rises when anything has changed (RFC 3264 5).
func (n *negotiation) write(d *sdp.Session) []byte {
	d.Origin.Version = "0"
	if body := d.Bytes(); !bytes.Equal(body, n.body) {
		n.version++
		n.body = body
	}
	d.Origin.Version = strconv.FormatUint(n.version, 10)
	return d.Bytes()
}

// Offer is a new offer of direction want: the first, or one for a re-INVITE.
func (s *Stream) Offer(want sdp.Direction) ([]byte, error) {
	s.control.Lock()
	defer s.control.Unlock()
	if s.closed {
		return nil, errClosed
	}
	local, err := s.capabilities(want, true)
	if err != nil {
		return nil, err
	}
	s.candidates(&local, nil, s.apart(), true)
	s.talks.offer, s.talks.answer = sdp.Offer(local), nil
	if s.sound.association.Load() != nil {
		s.sound.begun.take() // of an offer before
		s.reports.begun.take()
		s.asking.Store(true)
	}
	return s.talks.write(s.talks.offer), nil
}

// Accept takes the answer to the last offer. Sound flows after it. The same answer again changes nothing; another one
// (early media of another fork) replaces it.
func (s *Stream) Accept(answer []byte) error {
	s.control.Lock()
	defer s.control.Unlock()
	switch {
	case s.closed:
		return errClosed
	case s.talks.offer == nil:
		return errors.New("media: an answer without an offer")
	case s.talks.answer != nil && bytes.Equal(answer, s.talks.answer):
		s.again()
		return nil
	}
	theirs, err := sdp.Parse(answer)
	if err != nil {
		return refuse("read answer", err)
	}
	agreed, err := sdp.Accept(s.talks.offer, theirs)
	if err != nil {
		return refuse("accept answer", err)
	}
	if s.talks.answer != nil { // it says the same of this offer once more
		agreed.Protection.Renewed = false
	}
	if agreed.Protection.Keying == "" && s.cfg.Security.Mode == phone.SRTPRequired {
		return refuse("accept answer", sdp.ErrNotEncrypted)
	}
	if err := s.adopt(agreed); err != nil {
		return err
	}
	s.checked(agreed, true)
	s.talks.answer = bytes.Clone(answer)
	return nil
}

// Answer answers the peer's offer; want is what we would like to do. Sound flows after it.
func (s *Stream) Answer(offer []byte, want sdp.Direction) ([]byte, error) {
	s.control.Lock()
	defer s.control.Unlock()
	if s.closed {
		return nil, errClosed
	}
	theirs, err := sdp.Parse(offer)
	if err != nil {
		return nil, refuse("read offer", err)
	}
	local, err := s.capabilities(want, false)
	if err != nil {
		return nil, err
	}
	candidates, shared := theirs.Candidates()
	s.candidates(&local, candidates, !shared, false)
	local.Codecs = inOrder(local.Codecs, s.cfg.Codecs)
	answer, agreed, err := sdp.Answer(theirs, local)
	if err == nil && s.stranger(agreed) {
		s.secrets.keys = freshKeys()
		local.Security.Keys = s.secrets.keys
		answer, agreed, err = sdp.Answer(theirs, local)
	}
	if err != nil {
		return nil, refuse("answer offer", err)
	}
	if err := s.adopt(agreed); err != nil {
		return nil, err
	}
	s.checked(agreed, false)
	for _, f := range slices.Concat(agreed.Formats, agreed.Events) {
		s.talks.claim(codecKey(f.Name, f.Clock), f.Recv)
	}
	s.talks.offer, s.talks.answer = nil, nil
	return s.talks.write(answer), nil
}

// claim gives a codec the peer's payload type. One that had it by our own choice gets another at the next offer.
func (n *negotiation) claim(key string, pt uint8) {
	for k, used := range n.numbers {
		if used == pt && k != key {
			delete(n.numbers, k)
		}
	}
	n.numbers[key] = pt
}

// inOrder sorts descriptions as the user prefers the codecs.
func inOrder(list []sdp.Codec, like []audio.Codec) []sdp.Codec {
	place := func(c sdp.Codec) int {
		return slices.IndexFunc(like, func(l audio.Codec) bool { return strings.EqualFold(l.Name(), c.Name) })
	}
	slices.SortStableFunc(list, func(a, b sdp.Codec) int { return place(a) - place(b) })
	return list
}

// adopt puts an agreement into force.
func (s *Stream) adopt(a sdp.Agreed) error {
	p, err := newPlan(a, s.cfg.Codecs, s.talks.coders, s.cfg.Now())
	if err != nil {
		return err
	}
	if p.guard, err = s.guardOf(a.Protection); err != nil {
		return err
	}
	p.apart = s.apartOf(p.guard, p.mux)
	old := s.plan.Load()
	s.lockBuffer()
	if old == nil || old.receives != p.receives || old.remote != p.remote {
		s.buffer.Reset()
	}
	s.buffer.SetRecover(p.send != nil && p.send.repairs) // until another codec is heard: see player.play
	s.unlockBuffer()
	if old != nil && old.receives && p.receives {
		p.since = old.since // the watch for silence goes on
	}
	s.plan.Store(p)
	s.protect(p.guard, p.apart)
	s.log.Debug("media agreed", "codec", p.send.Name(), "direction", a.Direction, "remote", a.Remote, "ptime", p.ptime,
		"mux", a.Mux, "events", p.eventClock, "keying", a.Protection.Keying, "suite", p.guard.suite())
	return nil
}

// Agreed is what the last offer and answer came to.
func (s *Stream) Agreed() Agreed {
	p := s.plan.Load()
	if p == nil {
		return Agreed{}
	}
	var keying phone.Keying
	if p.guard != nil {
		keying = phone.Keying(p.guard.Keying)
	}
	return Agreed{
		Keying:          keying,
		Suite:           p.guard.suite(),
		Codec:           p.send.Name(),
		Direction:       p.agreed.Direction,
		RemoteDirection: p.agreed.RemoteDirection,
		RemoteHold:      p.agreed.RemoteHold(),
		Remote:          p.remote,
		DTMF:            p.eventClock != 0,
		Ptime:           p.ptime,
	}
}

// refuse gives an SDP error the verdict the engine acts on.
func refuse(doing string, err error) error {
	id := phone.ReasonNoMedia
	switch {
	case errors.Is(err, sdp.ErrNoCodec):
		id = phone.ReasonNoCodec
	case errors.Is(err, sdp.ErrNotEncrypted):
		id = phone.ReasonNotEncrypted
	}
	return fmt.Errorf("%s: %w", doing, phone.Refuse(id, err.Error()))
}
