package tone

import (
	"math"

	"svara/audio"
)

// bell is the ring signal: four struck notes, a fifth and an octave rising and falling, twice in a cycle. It is made as it
// is played: a cycle of it at once takes longer than a call may wait for its ring.
type bell struct {
	cycle   int // samples
	at      int
	strokes [len(figure) * len(partials)]stroke // each note's overtones
	sum     [480]float64
}

// stroke is one overtone of a note.
type stroke struct {
	start       int // sample of the cycle
	pitch, loud float64
	decay       float64 // a sample
	osc         oscillator
	gain        float64 // 0 once it cannot be heard
}

// A note of the signal: when it is struck (ms), its pitch (Hz) and how hard (0..1).
type note struct {
	start    int
	pitch    float64
	strength float64
}

// G5 D6 G6 D6, a quick figure with an answer, in the range where small speakers and old ears still do well.
var figure = [...]note{
	{0, 783.99, 0.9}, {140, 1174.66, 0.8}, {280, 1567.98, 0.7}, {420, 1174.66, 0.6},
	{900, 783.99, 0.9}, {1040, 1174.66, 0.8}, {1180, 1567.98, 0.7}, {1320, 1174.66, 0.6},
}

// The overtones of a struck bar: the fourth and the tenth are what makes it sound of wood rather than of glass. They die
// sooner the higher they are.
var partials = [...]struct{ ratio, share, decay float64 }{
	{1, 1, 0.40}, {3.98, 0.22, 0.13}, {9.9, 0.05, 0.05},
}

const (
	attack  = 3 * audio.Rate / 1000 // samples until a stroke is at its loudest
	unheard = 1e-4                  // of its loudness, where a stroke ends

	// All strokes together are at their loudest 1.7732 times a stroke, and a ring should be heard across a room: -6 dBFS
	// then. Its volume is a setting.
	bellLevel = 16000 / 1.7732
)

func newBell(cycleMS int) *bell {
	b := &bell{cycle: cycleMS * audio.Rate / 1000}
	for i := range b.strokes {
		n, p := figure[i/len(partials)], partials[i%len(partials)]
		b.strokes[i] = stroke{
			start: n.start * audio.Rate / 1000, pitch: n.pitch * p.ratio, loud: n.strength * p.share * bellLevel,
			decay: math.Exp(-1 / (p.decay * audio.Rate)),
		}
	}
	b.again()
	return b
}

// again is the beginning of a cycle.
func (b *bell) again() {
	b.at = 0
	for i := range b.strokes {
		s := &b.strokes[i]
		s.osc.set(s.pitch, s.loud)
		s.gain = 1
	}
}

// add puts the stroke's part of the samples from at on to those of the others.
func (s *stroke) add(sum []float64, at int) {
	for i := max(0, s.start-at); i < len(sum) && s.gain > 0; i++ {
		v := s.osc.next() * s.gain
		if since := at + i - s.start; since < attack {
			v *= float64(since) / attack
		}
		sum[i] += v
		if s.gain *= s.decay; s.gain < unheard {
			s.gain = 0
		}
	}
}

// Read implements audio.Source.
func (b *bell) Read(block []int16) bool {
	for len(block) > 0 {
		n := min(len(block), len(b.sum), b.cycle-b.at)
		sum := b.sum[:n]
		clear(sum)
		for i := range b.strokes {
			b.strokes[i].add(sum, b.at)
		}
		for i, v := range sum {
			block[i] = int16(v)
		}
		block = block[n:]
		if b.at += n; b.at == b.cycle {
			b.again()
		}
	}
	return true
}
