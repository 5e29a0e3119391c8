package dsp

import "math"

// ramp is how fast a Gain changes: from nothing to full in 10 ms at 48 kHz, too slow to click and too fast to notice.
const ramp = 1.0 / 480

// Gain makes sound louder or softer without clicks: it glides to each new value, and bends peaks over softly instead of
// cutting them. One goroutine uses it.
type Gain struct {
	now float32
}

// NewGain makes a gain that stands at a value.
func NewGain(value float64) Gain { return Gain{now: float32(value)} }

// Now is the gain of the last sample.
func (g *Gain) Now() float64 { return float64(g.now) }

// Next glides one sample on towards a target and returns the gain there.
func (g *Gain) Next(target float32) float32 {
	switch {
	case g.now < target:
		g.now = min(target, g.now+ramp)
	case g.now > target:
		g.now = max(target, g.now-ramp)
	}
	return g.now
}

// Apply changes a block in place, gliding towards the target.
func (g *Gain) Apply(block []int16, target float64) {
	t := float32(target)
	if g.now == t {
		switch t {
		case 1:
			return
		case 0:
			clear(block)
			return
		}
	}
	for i, s := range block {
		block[i] = SoftClip(float32(s) * g.Next(t))
	}
}

// knee is where SoftClip begins to bend, -2.5 dBFS.
const knee = 0.75 * 32768

// SoftClip brings a sample into range: as it is below the knee, bent above it so that no value passes full scale.
func SoftClip(v float32) int16 {
	if v > knee {
		v = knee + bend(v-knee)
	} else if v < -knee {
		v = -knee - bend(-v-knee)
	}
	return int16(v)
}

// bend maps 0.. onto 0..(full scale - knee), steep as the straight line at 0.
func bend(over float32) float32 {
	const room = math.MaxInt16 - knee
	return over * room / (over + room)
}
