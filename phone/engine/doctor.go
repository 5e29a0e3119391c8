package engine

import (
	"net/netip"
	"time"

	"svara/phone"
)

// When the doctor begins to wonder.
const (
	doctorAfter  = 2 * time.Second  // nothing has come since the answer
	doctorLater  = 5 * time.Second  // nothing comes any more
	doctorSilent = 10 * time.Second // nothing but silence, in either direction
)

// symptoms is what a diagnosis is made of, and nothing else.
type symptoms struct {
	now, before phone.SoundFacts // as they are, and as they were at the last look
	up          time.Duration    // since the call was answered
	local       netip.Addr       // where we take sound
	micTrouble  bool             // the microphone is known not to work
	muted       bool             // our microphone is off on purpose
	spoken      bool             // something of theirs was no silence since the answer
}

// diagnose finds out why a connected call is not heard as it should be, or that it is again.
func (t *turn) diagnose(c *call, before phone.SoundFacts) {
	var d *phone.Diagnosis
	if c.State == phone.StateConnected && !c.held() && !c.auto && !c.Inside && !c.insideHold && !t.s.away(c) {
		local, _ := netip.ParseAddrPort(c.Quality.LocalRTP)
		d = examine(symptoms{
			now: c.Quality.Facts, before: before, up: t.now.Sub(c.Started), local: local.Addr(),
			micTrouble: t.s.trouble.input != nil || t.s.deafMic(), muted: t.s.muted(c), spoken: c.measured.spoken > 0,
		})
	}
	old := c.Diagnosis
	if old == nil && d == nil || old != nil && d != nil && old.Leg == d.Leg && old.Cause == d.Cause && old.Tried == d.Tried {
		return
	}
	if d != nil {
		d.Since = t.now
		if old != nil {
			d.Since = old.Since
		}
		c.measured.cause = d.Cause
	}
	c.Diagnosis = d
	e := phone.Event{Kind: phone.EventDiagnosis, Call: c.ID, Account: c.Account}
	if d != nil {
		e.State, e.Value = string(d.Cause), string(d.Leg)
	}
	t.tell(e)
}

// deafMic reports whether the microphone is known to give nothing.
func (s *state) deafMic() bool {
	mic := s.micTrouble()
	return mic != nil && (mic.ID == phone.ReasonMicSilent || mic.ID == phone.ReasonMicMuted)
}

// examine names the leg and the cause, or nil where all is well. Since is left to the caller.
func examine(s symptoms) *phone.Diagnosis {
	in, out := s.inward(), s.outward()
	d := phone.Diagnosis{}
	switch {
	case in == "" && out == "":
		return nil
	case in == "":
		d.Leg, d.Cause = phone.LegOut, out
	case in == phone.CauseRefused, out == phone.CauseRefused:
		d.Leg, d.Cause = phone.LegBoth, phone.CauseRefused
	case out == "" || out == phone.CauseMicrophone: // the microphone is warned of apart
		d.Leg, d.Cause = phone.LegIn, in
	default:
		d.Leg, d.Cause = phone.LegBoth, in
	}
	if s.now.Source != s.now.Agreed {
		d.Tried = s.now.Source // sound goes where theirs comes from, whatever they wrote
	}
	return &d
}

// inward is why we do not hear them, or empty.
func (s symptoms) inward() phone.SoundCause {
	f := s.now
	if !f.Receives || s.up < doctorAfter {
		return ""
	}
	fresh := f.Arrived - min(s.before.Arrived, f.Arrived)
	bad := f.Unreadable - min(s.before.Unreadable, f.Unreadable)
	quiet := time.Duration(f.QuietMS) * time.Millisecond
	if never := f.Arrived == 0; quiet < doctorLater && !(never && quiet >= doctorAfter) {
		switch {
		case bad > 5 && bad >= fresh:
			return phone.CauseUnreadable
		case s.up >= doctorSilent && f.Arrived > 0 && !s.spoken && silence(f.SilentIn) >= doctorSilent/2:
			return phone.CauseSilence // nothing else since the answer; what is measured in sound passes more slowly than the clock
		}
		return ""
	}
	switch {
	case bad > 0:
		return phone.CauseUnreadable
	case f.Strangers > s.before.Strangers:
		return phone.CauseStranger
	case f.Refused > 0 && f.Arrived == 0:
		return phone.CauseRefused
	case s.unreachable():
		return phone.CausePrivate
	}
	return phone.CauseNothing
}

// outward is why they do not hear us, or empty.
func (s symptoms) outward() phone.SoundCause {
	f := s.now
	if !f.Sends || s.up < doctorAfter {
		return ""
	}
	switch {
	case f.Refused > s.before.Refused && f.Refused > 2:
		return phone.CauseRefused
	case f.Unheard && s.unreachable():
		return phone.CausePrivate
	case f.Unheard:
		return phone.CauseUnheard
	case s.muted:
	case s.micTrouble, s.up >= doctorSilent && silence(f.SilentOut) >= doctorSilent:
		return phone.CauseMicrophone
	}
	return ""
}

func silence(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// shared is RFC 6598: addresses that a provider's own NAT hands out.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// unreachable reports whether the address where they want sound is one that only their own network knows: private, and
// not of a network that we are in ourselves.
func (s symptoms) unreachable() bool {
	at, err := netip.ParseAddrPort(s.now.Agreed)
	if err != nil || s.now.Source != "" && s.now.Source != s.now.Agreed {
		return false // sound does not go there
	}
	addr := at.Addr().Unmap()
	switch {
	case addr.IsLoopback() || addr.IsLinkLocalUnicast():
		return addr.IsLoopback() != s.local.IsLoopback()
	case addr.IsPrivate() || shared.Contains(addr):
		near, err := addr.Prefix(16)
		return err == nil && !near.Contains(s.local)
	}
	return false
}
