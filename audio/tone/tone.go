// Package tone makes the sounds a telephone makes by itself: what the caller hears while it rings, is busy or fails, the
// beep of a waiting call, keypad tones, and the ring signal.
package tone

import (
	"math"

	"svara/audio"
)

// A segment of a cadence: its frequencies sound together; none is a pause.
type segment struct {
	freq      []float64 // Hz
	duration  int       // ms
	amplitude []float64 // of each, in sample steps; nil: they share level
}

// On sounds one or more frequencies for a time in ms; off is a pause.
func on(duration int, freq ...float64) segment { return segment{freq: freq, duration: duration} }
func off(duration int) segment                 { return segment{duration: duration} }

const (
	// Level of a tone of one frequency, -16 dBFS: within E.180's -10 +-5 dBm0 and easy on the ear in a headset. Tones of
	// two frequencies share it.
	level = 5200.0

	edge = 5 * audio.Rate / 1000 // samples over which a tone comes and goes, so that it does not click
)

// player is a Source that plays segments, over again or once. It is made for one listener.
type player struct {
	segments []segment
	repeat   bool

	at    int // the segment
	place int // sample within it
	osc   [4]oscillator
	done  bool
}

func newPlayer(repeat bool, segments ...segment) *player {
	p := &player{segments: segments, repeat: repeat}
	p.enter(0)
	return p
}

func (p *player) enter(at int) {
	p.at, p.place = at, 0
	s := &p.segments[at]
	for i, f := range s.freq {
		amplitude := level / float64(len(s.freq))
		if s.amplitude != nil {
			amplitude = s.amplitude[i]
		}
		p.osc[i].set(f, amplitude)
	}
}

// Done reports whether a tone that is not repeated has ended.
func (p *player) Done() bool { return p.done }

// Read implements audio.Source.
func (p *player) Read(block []int16) bool {
	sound := false
	for i := range block {
		if p.done {
			clear(block[i:])
			break
		}
		s := &p.segments[p.at]
		length := s.duration * audio.Rate / 1000
		v := 0.0
		for j := range s.freq {
			v += p.osc[j].next()
		}
		if len(s.freq) > 0 {
			sound = true
			v *= min(1, float64(min(p.place, length-p.place))/edge)
		}
		block[i] = int16(v)
		if p.place++; p.place < length {
			continue
		}
		switch {
		case p.at+1 < len(p.segments):
			p.enter(p.at + 1)
		case p.repeat:
			p.enter(0)
		default:
			p.done = true
		}
	}
	return sound
}

// oscillator makes a sine by turning a vector: two multiplications a sample, no table.
type oscillator struct {
	re, im, cos, sin float64
}

func (o *oscillator) set(freq, amplitude float64) {
	o.sin, o.cos = math.Sincos(2 * math.Pi * freq / audio.Rate)
	o.re, o.im = amplitude, 0
}

func (o *oscillator) next() float64 {
	v := o.im
	o.re, o.im = o.re*o.cos-o.im*o.sin, o.re*o.sin+o.im*o.cos
	return v
}
