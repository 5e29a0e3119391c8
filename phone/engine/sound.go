package engine

import (
	"slices"
	"time"

	"svara/audio/voice"
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
	toneReturned // a call came back from a transfer nobody answered
	toneTest     // the ring signal, in the speaker
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
	ringOn  string         // ring device
	clean   voice.Settings // what is done to the microphone
	volumes [3]int         // speaker, microphone, ring; percent
	echo    time.Time      // when the echo test began; zero for none
}

// planParty is one call's place in the mix.
type planParty struct {
	call   phone.CallID
	micOff bool
	listen bool
	silent bool // nobody hears it
	group  int  // 1: the conference
	level  int  // percent
	tap    bool // recorded
	beep   bool // and told so
}

func (p soundPlan) equal(q soundPlan) bool {
	parties := slices.Equal(p.parties, q.parties)
	p.parties, q.parties = nil, nil
	return parties && p.equalScalars(q)
}

func (p soundPlan) equalScalars(q soundPlan) bool {
	return p.tone == q.tone && p.digit == q.digit && p.ring == q.ring && p.prepare == q.prepare && p.country == q.country &&
		p.input == q.input && p.output == q.output && p.ringOn == q.ringOn && p.volumes == q.volumes && p.clean == q.clean && p.echo.Equal(q.echo)
}

// planSound computes the plan from the facts.
func (s *state) planSound(now time.Time) soundPlan {
	set := s.settings
	p := soundPlan{
		country: set.Get(phone.KeyToneCountry),
		input:   set.Get(phone.KeyInput), output: set.Get(phone.KeyOutput), ringOn: set.Get(phone.KeyRing),
		volumes: [3]int{set.Int(phone.KeyVolume), set.Int(phone.KeyMicVolume), set.Int(phone.KeyRingVolume)},
	}
	p.clean = cleaned(set)
	talking := s.busyTalking()
	for i := range s.calls {
		c := &s.calls[i]
		if c.live && audible(c.State) {
			p.parties = append(p.parties, planParty{
				call:   c.ID,
				micOff: s.muted(c) || s.away(c) || c.State == phone.StateEarly,
				listen: !s.away(c) || c.service.any() && !talking,
				silent: c.Silenced, group: mixGroup(c), level: c.Level,
				tap: c.recording.writes, beep: c.recording.writes && set.Bool(phone.KeyRecordBeep),
			})
		}
		switch c.State {
		case phone.StateDialing, phone.StateProceeding, phone.StateAnswering:
			p.prepare = true
		case phone.StateRinging:
			p.prepare = true
			if !c.auto && !(c.join && talking && s.conference.on()) {
				p.tone = toneRingback
			}
		case phone.StateEarly:
			if c.auto || c.Inside {
				break
			}
			// A PBX that answers 183 with an address but sends nothing leaves the ringback to us (RFC 3960 3.2).
			if c.rang && !c.heard && now.Sub(c.agreedAt) > time.Second {
				p.tone = toneRingback
			}
		case phone.StateIncoming:
			if !c.rings {
				break
			}
			p.prepare = true
			if !talking {
				p.ring = true
			} else if p.tone == toneNone && set.Bool(phone.KeyWaitingBeep) && now.Sub(c.Created) < waitingBeeps {
				p.tone = toneWaiting
			}
		case phone.StateEnded:
			if !talking && !c.dismissed && !c.auto && p.tone == toneNone {
				p.tone = endTone(c)
			}
		}
	}
	switch s.test.kind {
	case phone.SoundTestEcho:
		p.echo = s.test.begun
	case phone.SoundTestSpeaker:
		p.tone = toneTest
	case phone.SoundTestRing:
		p.ring = true
	}
	if s.returned.After(now) {
		p.tone = toneReturned
	}
	if s.feedback.until.After(now) {
		p.tone, p.digit = toneDigit, s.feedback.digit
	}
	return p
}

// away reports whether we are not with a call: it is held, waits for somebody without us, or is a conference's we left for
// a while.
func (s *state) away(c *call) bool {
	return c.holding || c.auto || c.returning || c.Conference && s.conference.aside
}

// muted reports whether the user has turned the microphone off for whom they talk to on the call's line.
func (s *state) muted(c *call) bool {
	if !c.insideHold {
		return c.Muted
	}
	for i := range s.calls {
		if k := &s.calls[i]; k.Inside && k.Consults == c.ID && k.State.Live() {
			return k.Muted
		}
	}
	return c.Muted
}

func mixGroup(c *call) int {
	if c.Conference && c.State == phone.StateConnected && !c.holding {
		return 1
	}
	return 0
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
