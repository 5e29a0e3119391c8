package dsp

import (
	"math"
	"sync"
)

const (
	// BendBlock is the length of the blocks that can be bent, 10 ms at 48 kHz.
	BendBlock = 480
	// MaxBend is how many samples a block may be stretched or squeezed by: 0.4 %, seven hundredths of a semitone.
	MaxBend = 2

	bendTaps = 16 // of the filter that finds what lies between samples: half of them is the delay
	bendBeta = 6.5
)

// Bender plays blocks of BendBlock samples a few samples longer or shorter, so that one clock can follow another. What
// lies between two samples is found with a windowed sinc for each of BendBlock places, exact at every place that a bent
// block asks for, and neither end of a block has a seam. A block that is not bent passes sample by sample. Everything
// comes out bendTaps/2 samples later. Not safe for concurrent use.
type Bender struct {
	in    [bendTaps + BendBlock]int16 // the end of what came before, then the block
	table *[BendBlock][bendTaps]float32
}

// NewBender makes a bender in silence.
func NewBender() *Bender { return &Bender{table: bendTable()} }

// Process fills dst with src played by samples longer (or, negative, shorter), -MaxBend..MaxBend, and returns how many
// they are. src has at most BendBlock samples, and exactly that many when by is not 0; dst has room for all.
func (b *Bender) Process(dst, src []int16, by int) int {
	n := copy(b.in[bendTaps:], src)
	if by == 0 {
		copy(dst, b.in[bendTaps/2:bendTaps/2+n])
	} else {
		b.bend(dst[:n+by], by)
	}
	copy(b.in[:bendTaps], b.in[n:n+bendTaps])
	return n + by
}

// bend plays the i-th sample from place i - by*i/BendBlock. Where the last one would step over the block's end, the next
// block's first is exactly one step on.
func (b *Bender) bend(dst []int16, by int) {
	for i := range dst {
		at := i*BendBlock - by*i // in parts of a sample
		h := &b.table[at%BendBlock]
		x := b.in[at/BendBlock+1:][:bendTaps]
		var sum float32
		for j, c := range h {
			sum += c * float32(x[j])
		}
		dst[i] = clamp(sum)
	}
}

// bendTable is the filters for places of 0/BendBlock to (BendBlock-1)/BendBlock between two samples.
var bendTable = sync.OnceValue(func() *[BendBlock][bendTaps]float32 {
	t := new([BendBlock][bendTaps]float32)
	for p := range t {
		part, sum := float64(p)/BendBlock, 0.0
		var h [bendTaps]float64
		for j := range h {
			x := float64(j-bendTaps/2+1) - part // from the place wanted to the sample
			w := x / (bendTaps / 2)
			h[j] = sinc(x) * bessel(bendBeta*math.Sqrt(max(0, 1-w*w)))
			sum += h[j]
		}
		for j := range h {
			t[p][j] = float32(h[j] / sum)
		}
	}
	return t
})
