package dsp

import (
	"math"
	"sync/atomic"
)

// Floor is what a Meter reads in silence, dBFS.
const Floor = -90.0

// Meter shows the peak level of a stream of sound: up at once, down 20 dB a second, as a needle a person can follow. One
// goroutine feeds it; any may read.
type Meter struct {
	peak  atomic.Int32 // 0..32768, falling; stored by the feeding goroutine
	decay int32        // fall of peak for each block, in 1/65536
}

// NewMeter makes a meter that is fed so many times a second.
func NewMeter(perSecond int) *Meter {
	return &Meter{decay: int32(65536 * math.Pow(10, -20/20.0/float64(perSecond)))}
}

// Feed takes the next block.
func (m *Meter) Feed(block []int16) {
	high, low := int16(0), int16(0)
	for _, s := range block {
		high, low = max(high, s), min(low, s)
	}
	peak := int32(int64(m.peak.Load()) * int64(m.decay) >> 16)
	m.peak.Store(max(peak, int32(high), -int32(low)))
}

// Rest takes the needle down to silence at once.
func (m *Meter) Rest() { m.peak.Store(0) }

// DB is the level in dBFS, Floor..0.
func (m *Meter) DB() float64 {
	p := m.peak.Load()
	if p == 0 {
		return Floor
	}
	return max(Floor, 20*math.Log10(float64(p)/32768))
}
