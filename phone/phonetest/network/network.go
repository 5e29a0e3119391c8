// Package network is a bad network as data: which packets of a stream it loses, delays, doubles and rewrites. All of it
// comes from a seed and the order of the packets, so the same happens again in a simulation and, packet for packet,
// between real phones.
package network

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// Impairment is what a bad network does to packets in one direction. The zero value is a perfect wire. The same seed
// does the same to the same sequence of packets. Times are since the first packet.
type Impairment struct {
	Seed       uint64
	Loss       float64       // share of packets lost, 0..1
	Burst      float64       // mean length of a loss in packets (Gilbert-Elliott); 0 and 1 are random loss
	Delay      time.Duration // fixed
	Jitter     time.Duration // standard deviation of what is added to Delay; never below 0 altogether
	InOrder    bool          // jitter does not let packets overtake each other
	Duplicate  float64       // share of packets that arrive twice
	Reorder    float64       // share of packets held back by 30 ms
	SpikeEvery time.Duration // from time to time everything waits
	Spike      time.Duration // for this long
	Step       time.Duration // added to the delay from StepFrom until StepUntil
	StepFrom   time.Duration
	StepUntil  time.Duration
	Blackout   time.Duration // everything is lost for this long, from BlackoutAt
	BlackoutAt time.Duration
	Drift      float64       // the sender's clock is faster by this many parts per million
	NewSource  time.Duration // when the sender begins anew: other SSRC, sequence numbers and timestamps; 0 never
	NewTime    time.Duration // when its timestamps leap, and nothing else; 0 never
	Head       time.Duration // of drift: what the delay begins with, so that a faster clock has something to eat
}

// Line is one direction of a network. Not safe for concurrent use.
type Line struct {
	Impairment
	random    *rand.Rand
	begun     bool
	first     time.Time
	bad       bool      // inside a loss burst
	last      time.Time // when the latest packet so far will arrive
	nextSpike time.Time
	spikeEnd  time.Time
}

// New makes a line.
func New(i Impairment) *Line {
	return &Line{Impairment: i, random: rand.New(rand.NewPCG(i.Seed, i.Seed^0x5356415241))}
}

// Decide says after which delays a packet that came now arrives: none when it is lost, two when it is doubled. Every
// packet draws the same number of random numbers, so that one setting does not shift another's.
func (l *Line) Decide(now time.Time) []time.Duration {
	if !l.begun {
		l.begun, l.first = true, now
	}
	since := now.Sub(l.first)
	loss, double, hold, wobble := l.random.Float64(), l.random.Float64(), l.random.Float64(), l.random.NormFloat64()
	if l.lost(loss) || l.Blackout > 0 && since >= l.BlackoutAt && since < l.BlackoutAt+l.Blackout {
		return nil
	}
	d := max(0, l.Delay+time.Duration(wobble*float64(l.Jitter)))
	if hold < l.Reorder {
		d += 30 * time.Millisecond
	}
	if since >= l.StepFrom && since < l.StepUntil {
		d += l.Step
	}
	d += max(0, l.Head-time.Duration(since.Seconds()*l.Drift*1e3))
	d = max(d, l.spike(now))
	if at := now.Add(d); l.InOrder && at.Before(l.last) {
		d = l.last.Sub(now)
	} else {
		l.last = at
	}
	if double < l.Duplicate {
		return []time.Duration{d, d + time.Millisecond}
	}
	return []time.Duration{d}
}

// lost is a two-state chain (Gilbert-Elliott): its share of bad packets is Loss, its mean stay in the bad state Burst.
func (l *Line) lost(draw float64) bool {
	if l.Burst <= 1 {
		return draw < l.Loss
	}
	leave := 1 / l.Burst
	enter := leave * l.Loss / max(1e-9, 1-l.Loss)
	if l.bad {
		l.bad = draw >= leave
	} else {
		l.bad = draw < enter
	}
	return l.bad
}

func (l *Line) spike(now time.Time) time.Duration {
	if l.SpikeEvery <= 0 {
		return 0
	}
	if l.nextSpike.IsZero() {
		l.nextSpike = now.Add(l.SpikeEvery)
	}
	if !now.Before(l.nextSpike) {
		l.spikeEnd, l.nextSpike = now.Add(l.Spike), now.Add(l.SpikeEvery)
	}
	return l.spikeEnd.Sub(now)
}

// Rewrite changes the RTP header of a packet that came now, in place, where the sender is to have begun anew.
func (l *Line) Rewrite(packet []byte, now time.Time) {
	if len(packet) < 12 || packet[0]>>6 != 2 || packet[1] >= 192 && packet[1] <= 223 || !l.begun {
		return
	}
	since := now.Sub(l.first)
	if l.NewSource > 0 && since >= l.NewSource {
		binary.BigEndian.PutUint16(packet[2:], binary.BigEndian.Uint16(packet[2:])+27182)
		binary.BigEndian.PutUint32(packet[4:], binary.BigEndian.Uint32(packet[4:])+3141592653)
		binary.BigEndian.PutUint32(packet[8:], ^binary.BigEndian.Uint32(packet[8:]))
	}
	if l.NewTime > 0 && since >= l.NewTime {
		binary.BigEndian.PutUint32(packet[4:], binary.BigEndian.Uint32(packet[4:])+1618033988)
	}
}
