package engine

import (
	"slices"
	"time"

	"svara/phone"
)

// toneKind is a tone for the speaker.
type toneKind int

const (
	toneNone toneKind = iota
	toneRingback
	toneBusy
	toneCongestion
	toneSpecial // the number does not exist
	toneWaiting
	toneDigit
)

// soundPlan is what the basement should do: a function of the facts, compared with what it was last told.
type soundPlan struct {
	parties []planParty
	tone    toneKind
	digit   byte
	ring    bool
	prepare bool // a call is on its way: open the devices now
	country string
	input   string
	output  string
	ringOn  string // ring device
	volumes [3]int // speaker, microphone, ring; percent
}

// planParty is one call's place in the mix.
type planParty struct {
	call   phone.CallID
	micOff bool
	listen bool
}

func (p soundPlan) equal(q soundPlan) bool {
	parties := slices.Equal(p.parties, q.parties)
	p.parties, q.parties = nil, nil
	return parties && p.equalScalars(q)
}

func (p soundPlan) equalScalars(q soundPlan) bool {
	return p.tone == q.tone && p.digit == q.digit && p.ring == q.ring && p.prepare == q.prepare && p.country == q.country &&
		p.input == q.input && p.output == q.output && p.ringOn == q.ringOn && p.volumes == q.volumes
}

// planSound computes the plan from the facts.
func (s *state) planSound(now time.Time) soundPlan {
	set := s.settings
	p := soundPlan{
		country: set.Get(phone.KeyToneCountry),
		input:   set.Get(phone.KeyInput), output: set.Get(phone.KeyOutput), ringOn: set.Get(phone.KeyRing),
		volumes: [3]int{set.Int(phone.KeyVolume), set.Int(phone.KeyMicVolume), set.Int(phone.KeyRingVolume)},
	}
	talking := s.busyTalking()
	for i := range s.calls {
		c := &s.calls[i]
		if c.live && audible(c.State) {
			p.parties = append(p.parties, planParty{
				call:   c.ID,
				micOff: c.Muted || c.holding || c.State == phone.StateEarly,
				listen: !c.holding,
			})
		}
		switch c.State {
		case phone.StateDialing, phone.StateProceeding, phone.StateAnswering:
			p.prepare = true
		case phone.StateRinging:
			p.prepare = true
			p.tone = toneRingback
		case phone.StateEarly:
			// A PBX that answers 183 with an address but sends nothing leaves the ringback to us (RFC 3960 3.2).
			if c.rang && !c.heard && now.Sub(c.agreedAt) > time.Second {
				p.tone = toneRingback
			}
		case phone.StateIncoming:
			if !c.opened {
				break
			}
			p.prepare = true
			if !talking {
				p.ring = true
			} else if p.tone == toneNone && set.Bool(phone.KeyWaitingBeep) && now.Sub(c.Created) < waitingBeeps {
				p.tone = toneWaiting
			}
		case phone.StateEnded:
			if !talking && !c.dismissed && p.tone == toneNone {
				p.tone = endTone(c)
			}
		}
	}
	if s.feedback.until.After(now) {
		p.tone, p.digit = toneDigit, s.feedback.digit
	}
	return p
}

// audible reports whether a call in this state has sound of its own.
func audible(s phone.CallState) bool {
	return s == phone.StateEarly || s == phone.StateAnswering || s == phone.StateConnected
}

// endTone is what a caller hears when the call they placed came to nothing (ITU-T E.180).
func endTone(c *call) toneKind {
	if c.Direction != phone.Outgoing || !c.Started.IsZero() || c.End == nil {
		return toneNone
	}
	switch c.End.ID {
	case phone.ReasonBusy, phone.ReasonRemoteDeclined:
		return toneBusy
	case phone.ReasonUnknownNumber:
		return toneSpecial
	case phone.ReasonCancelled, phone.ReasonShutdown, phone.ReasonHangup:
		return toneNone
	}
	return toneCongestion
}
