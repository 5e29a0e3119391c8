package mix

import (
	"math"

	"svara/audio/dsp"
)

const (
	// ceiling is what a limiter lets through, -2.5 dBFS: the place from which dsp.SoftClip bends.
	ceiling = 0.75 * 32768

	attack  = 96   // samples in which a limiter turns down: 2 ms, too slow to click
	release = 0.05 // share of the way back up in a block: two thirds of it in 0.2 s
)

// limiter brings the sum of many voices into range. When they are too loud together it turns all of them down at once
// and lets them come back slowly, as a hand on the fader would, so that nothing is distorted; only the first 2 ms of an
// outburst are bent over instead. The zero value is ready.
type limiter struct {
	cut float32 // how much is taken away, 0..1
}

// process brings a block into range.
func (l *limiter) process(out []int16, sum []float32) {
	cut := float32(0)
	if p := peak(sum); p > ceiling {
		cut = 1 - ceiling/p
	}
	if cut == 0 && l.cut == 0 {
		for i, v := range sum {
			out[i] = int16(v)
		}
		return
	}
	steps := attack
	if cut < l.cut {
		steps = len(sum)
		cut = l.cut - (l.cut-cut)*release
		if cut < 1e-4 {
			cut = 0
		}
	}
	gain, step := 1-l.cut, (l.cut-cut)/float32(steps)
	for i, v := range sum[:steps] {
		gain += step
		out[i] = dsp.SoftClip(v * gain)
	}
	gain = 1 - cut
	for i, v := range sum[steps:] {
		out[steps+i] = dsp.SoftClip(v * gain)
	}
	l.cut = cut
}

// peak is the greatest magnitude. Those of floats are ordered as their bits are, which is four times as fast to compare.
func peak(sum []float32) float32 {
	most := uint32(0)
	for _, v := range sum {
		most = max(most, math.Float32bits(v)&^(1<<31))
	}
	return math.Float32frombits(most)
}
