package media

import (
	"math"
	"net/netip"
	"sync/atomic"
	"time"

	"svara/audio"
	"svara/phone"
)

// facts is what a stream notes of the path its sound takes, for the doctor (phone.SoundFacts). Everybody may read it.
type facts struct {
	arrived   atomic.Uint64 // RTP packets taken. The RTP reader
	strangers atomic.Uint64 // from addresses that were not agreed. The RTP reader
	stranger  atomic.Pointer[netip.AddrPort]
	undecoded atomic.Uint64 // payloads that are none of the codecs agreed on. The RTP reader, the audio loop
	refused   atomic.Uint64 // ICMP. The readers
	in, out   level         // the audio loop

	codec atomic.Pointer[coder] // of their last packet of sound. The RTP reader
}

// turnAway notes a packet from an address that is not listened to. An address is kept once, not at every packet.
func (f *facts) turnAway(from netip.AddrPort) {
	f.strangers.Add(1)
	if last := f.stranger.Load(); last == nil || *last != from {
		f.stranger.Store(&from)
	}
}

// Below these nothing is heard: sound of theirs may have been through the A law, which has no zero; ours has not.
const (
	floorIn  = 16
	floorOut = 1
)

// level follows how loud one direction is. take is the audio loop's; the rest is for the reporter.
type level struct {
	peak  atomic.Int32 // since it was last asked for
	quiet atomic.Int64 // samples of silence in a row
	sound atomic.Int64 // samples of anything else, in all
	last  atomic.Int32 // peak of the last second
}

func (l *level) take(block []int16, floor int) {
	most := 0
	for _, v := range block {
		most = max(most, int(v), -int(v))
	}
	if most > floor {
		l.quiet.Store(0)
		l.sound.Add(int64(len(block)))
	} else {
		l.quiet.Add(int64(len(block)))
	}
	if int32(most) > l.peak.Load() {
		l.peak.Store(int32(most))
	}
}

// second ends a second.
func (l *level) second() { l.last.Store(l.peak.Swap(0)) }

// dBFS is the loudest of the last second.
func (l *level) dBFS() float64 {
	return max(-96, 20*math.Log10(max(float64(l.last.Load()), 0.1)/32768))
}

// silentMS is for how long there has been nothing.
func (l *level) silentMS() int64 { return l.quiet.Load() * 1000 / audio.Rate }

// facts are those of this moment. For any goroutine.
func (s *Stream) factsNow() phone.SoundFacts {
	f := &s.facts
	out := phone.SoundFacts{
		Arrived: f.arrived.Load(), Strangers: f.strangers.Load(), Refused: f.refused.Load(),
		Unreadable: s.net.unreadable.Load() + f.undecoded.Load(),
		PeakIn:     f.in.dBFS(), PeakOut: f.out.dBFS(), SilentIn: f.in.silentMS(), SilentOut: f.out.silentMS(),
		SoundIn: f.in.sound.Load() * 1000 / audio.Rate,
	}
	out.Reports, out.Unheard = s.listener.told()
	if a := f.stranger.Load(); a != nil {
		out.Stranger = a.String()
	}
	p := s.plan.Load()
	if p == nil {
		return out
	}
	out.Sends, out.Receives = p.sends, p.receives
	if p.remote.IsValid() {
		out.Agreed = p.remote.String()
	}
	if from := s.destination(p); from.IsValid() && s.heard.Load() != 0 {
		out.Source = from.String() // sound goes where it comes from
	}
	quiet := time.Duration(s.cfg.Now().UnixNano() - max(s.heard.Load(), p.since.UnixNano()))
	out.QuietMS = max(0, quiet.Milliseconds())
	return out
}

// hearRefused counts what the system has heard of our sound being refused. The reporter's.
func (s *Stream) hearRefused(p *plan) {
	to := s.destination(p)
	s.rtp.refusals(func(at netip.AddrPort) {
		if netip.AddrPortFrom(at.Addr().Unmap(), at.Port()) == to {
			s.facts.refused.Add(1)
		}
	})
}
