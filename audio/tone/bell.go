package tone

import (
	"math"

	"svara/audio"
)

// bell is the ring signal: four struck notes, a fifth and an octave rising and falling, twice in a cycle. It is made
// once, when the phone rings, and then only copied.
type bell struct {
	cycle []int16
	at    int
}

// A note of the signal: when it is struck (ms), its pitch (Hz) and how hard (0..1).
type note struct {
	start    int
	pitch    float64
	strength float64
}

// G5 D6 G6 D6, a quick figure with an answer, in the range where small speakers and old ears still do well.
var figure = []note{
	{0, 783.99, 0.9}, {140, 1174.66, 0.8}, {280, 1567.98, 0.7}, {420, 1174.66, 0.6},
	{900, 783.99, 0.9}, {1040, 1174.66, 0.8}, {1180, 1567.98, 0.7}, {1320, 1174.66, 0.6},
}

// The overtones of a struck bar: the fourth and the tenth are what makes it sound of wood rather than of glass. They die
// sooner the higher they are.
var partials = []struct{ ratio, share, decay float64 }{
	{1, 1, 0.40}, {3.98, 0.22, 0.13}, {9.9, 0.05, 0.05},
}

func newBell(cycleMS int) *bell {
	sum := make([]float64, cycleMS*audio.Rate/1000)
	for _, n := range figure {
		strike(sum, n)
	}
	peak := 0.0
	for _, v := range sum {
		peak = max(peak, math.Abs(v))
	}
	b := &bell{cycle: make([]int16, len(sum))}
	for i, v := range sum {
		b.cycle[i] = int16(v / peak * 16000) // -6 dBFS: a ring should be heard across a room; its volume is a setting
	}
	return b
}

func strike(sum []float64, n note) {
	start := n.start * audio.Rate / 1000
	for _, p := range partials {
		var o oscillator
		o.set(n.pitch*p.ratio, n.strength*p.share)
		decay := math.Exp(-1 / (p.decay * audio.Rate))
		gain := 1.0
		for i := start; i < len(sum) && gain > 1e-4; i++ {
			attack := min(1, float64(i-start)/(0.003*audio.Rate))
			sum[i] += o.next() * gain * attack
			gain *= decay
		}
	}
}

// Read implements audio.Source.
func (b *bell) Read(block []int16) bool {
	for len(block) > 0 {
		n := copy(block, b.cycle[b.at:])
		block = block[n:]
		b.at = (b.at + n) % len(b.cycle)
	}
	return true
}
