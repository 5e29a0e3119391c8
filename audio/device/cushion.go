package device

import (
	"svara/audio"
	"svara/audio/dsp"
)

const (
	tooMuch = 40 * audio.Rate / 1000 // queued above what is wanted: too long to bend away
	sure    = 5                      // blocks in a row, at least two levels, that must find it so
	speed   = 1.25                   // at which the rest is then played, pitch period by pitch period

	second  = 100                    // blocks in a window: what is left is the least of it,
	soon    = 30                     // and in the first one
	faint   = 150                    // the loudest sample of a pause: -47 dBFS
	pause   = 400                    // blocks that a change waits for one
	dead    = audio.Rate / 1000      // deviations below 1 ms are left alone
	unknown = 10 * audio.Rate / 1000 // that a device may need above what it asks for
	step    = 2 * audio.Rate / 1000  // by which the cushion grows when it was too thin,
	stride  = 4 * step               // and at most when that was not enough: twice as much for each gap within
	haste   = 3 * second             // so many blocks of the last
	thick   = 40 * audio.Rate / 1000 // as far as it may grow, or half of that above what a slow device asks for
	memory  = 4                      // windows that are looked at together
	calm    = 60                     // windows without a gap before it gets thinner again: one minute,
	calmest = 30 * calm              // and twice as many each time that this was too early, up to so many

	cushionRoom = 2048                      // the most that is played for one block before bending,
	maxBlock    = cushionRoom + dsp.MaxBend // and after
)

// cushion decides how much sound waits in the speaker. The speaker's clock is not the microphone's, and neither is quite
// even; what waits is the only room between them. This is the one place where the one is made to follow the other. The
// cushion is as thin as holds: it starts at what the device asks for, grows with each gap and shrinks again after a quiet
// minute. Corrections wait a while for a pause in speech, which becomes longer or shorter, and else are made by playing blocks
// a sample or two longer or shorter; far too much, as after a speaker that stood still, is played faster at the same pitch.
// No sound is cut out.
//
// Used by the one goroutine that plays only.
type cushion struct {
	every int // blocks between two levels
	least int // what the device asks for
	most  int // as far as it may grow
	want  int // what should be left when the next block comes

	low    int     // the least that was left in this window
	seen   int     // levels in this window
	mean   float64 // of the last windows' lows,
	means  int     // and how many they are
	change int     // samples still to be added (or, negative, taken away) by bending
	blocks int     // since the change was decided
	since  int     // blocks since the last gap
	grow   int     // by which it grew then
	gapped bool    // what is left after it has not been seen yet
	quiet  int     // windows since the last gap,
	calm   int     // and how many of them make it thinner
	shrunk bool    // it has got thinner since the last gap

	hungry  bool // no block has come since the last silence: one gap is counted once
	started bool // a block has come

	much    int // levels in a row that found far too much
	hurry   int // samples still to be hurried through
	stretch dsp.Stretch
	bender  *dsp.Bender
}

// newCushion makes a cushion for a device that asks for least samples, whose level is told with every so many blocks.
func newCushion(least, every int) *cushion {
	c := &cushion{every: every, least: least, most: max(thick, least+thick/2), want: least, calm: calm, bender: dsp.NewBender()}
	c.again()
	return c
}

// expect begins near what the device has needed before; where nothing is known of it, with more than it asks for, as no device
// knows how busy its machine is.
func (c *cushion) expect(learned int) {
	if learned == 0 {
		learned = c.least + unknown
	}
	c.want = min(max(c.least, learned-step), c.most)
}

// start is how much silence to begin with.
func (c *cushion) start() int { return c.want }

// guard is how little may be left before silence must be put in.
func (c *cushion) guard() int { return c.least / 2 }

// starved notes that a block came too late, and reports whether that is a new gap in sound.
func (c *cushion) starved() bool {
	if c.hungry || !c.started {
		return false
	}
	if c.shrunk {
		c.calm = min(2*c.calm, calmest)
	}
	c.hungry, c.quiet, c.shrunk = true, 0, false
	if c.grow == 0 || c.since > haste {
		c.grow = step
	} else {
		c.grow = min(2*c.grow, stride)
	}
	c.since, c.gapped = 0, true
	c.want = min(c.want+c.grow, c.most)
	return true
}

// again begins to measure anew.
func (c *cushion) again() { c.low, c.seen, c.means, c.much = 1<<30, 0, 0, 0 }

// play makes of a block what is to be played now, in dst, which has room for maxBlock: a little more
// or less than the block, all that was held back, or nothing.
func (c *cushion) play(dst, src []int16) []int16 {
	c.since++
	if !c.started || c.hungry { // the silence before it is no measure
		c.started, c.hungry = true, false
		c.change = 0
		c.again()
	}
	if c.hurry > 0 || !c.stretch.Empty() {
		return c.rush(dst, src)
	}
	by := 0
	if len(src) == dsp.BendBlock && c.change != 0 {
		if c.blocks++; silent(src) {
			return c.patch(dst, src)
		}
		by = c.bend()
	}
	return dst[:c.bender.Process(dst, src, by)]
}

// silent reports whether there is nothing in a block that would be missed.
func silent(block []int16) bool {
	for _, v := range block {
		if v > faint || v < -faint {
			return false
		}
	}
	return true
}

// patch makes a block that nobody listens to up to half as long or half as long again: what it begins with passes over
// into what it ends with.
func (c *cushion) patch(dst, src []int16) []int16 {
	const half = dsp.BendBlock / 2
	by := min(max(c.change, -half), half)
	n := len(src) + by
	from, to := max(0, by), min(n, len(src)) // where there is something of both
	for i := range n {
		switch {
		case i < from:
			dst[i] = src[i]
		case i >= to:
			dst[i] = src[i-by]
		default:
			dst[i] = int16((int(src[i])*(to-i) + int(src[i-by])*(i-from)) / (to - from))
		}
	}
	c.changed(by)
	return c.through(dst[:n])
}

// through delays what is not bent as much as what is.
func (c *cushion) through(pcm []int16) []int16 {
	for from := 0; from < len(pcm); from += dsp.BendBlock {
		piece := pcm[from:min(len(pcm), from+dsp.BendBlock)]
		c.bender.Process(piece, piece, 0)
	}
	return pcm
}

// changed notes that a part of the change has been made.
func (c *cushion) changed(by int) {
	if c.change -= by; c.change == 0 {
		c.again()
	}
}

// bend is by how many samples the next block is bent: the less there is to change, the more gently, and at first not at
// all, unless little is left.
func (c *cushion) bend() int {
	size := max(c.change, -c.change)
	most := 1
	switch {
	case c.change < c.want/2 && c.blocks < pause:
		most = 0
	case size > 10*audio.Rate/1000:
		most = dsp.MaxBend
	case size < 2*audio.Rate/1000 && c.blocks%2 == 1:
		most = 0
	}
	by := min(max(c.change, -most), most)
	c.changed(by)
	return by
}

// rush plays through what is far too much.
func (c *cushion) rush(dst, src []int16) []int16 {
	have := c.stretch.Pending() + c.stretch.Put(src)
	at := 1.0
	if c.hurry > 0 {
		at = speed
	}
	n := c.stretch.Take(dst[:cushionRoom], at, false)
	if c.hurry > 0 {
		c.hurry = max(0, c.hurry-(have-n-c.stretch.Pending()))
	}
	c.through(dst[:n])
	if c.hurry == 0 && c.stretch.Empty() {
		c.stretch.Reset()
		c.again()
	}
	return dst[:n]
}

// level tells what is left when a block comes. At the end of a window it decides on a correction.
func (c *cushion) level(left int) {
	if c.hurry > 0 || !c.stretch.Empty() || !c.started {
		return
	}
	if left > c.want+tooMuch {
		if c.much++; c.much >= max(2, sure/c.every) {
			// The stretch gives back what it holds only when it is done; without that the speaker must not run dry either.
			c.hurry, c.change = left-c.want-dsp.StretchHold, 0
		}
		return
	}
	c.much = 0
	if c.change != 0 { // it is not yet what it will be
		return
	}
	c.low = min(c.low, left)
	length := second
	if c.means == 0 {
		length = soon
	}
	if c.seen++; c.seen*c.every < length {
		return
	}
	c.means = min(c.means+1, memory)
	c.mean += (float64(c.low) - c.mean) / float64(c.means)
	if c.gapped { // what came late waits now: as much as was missing, and it is not taken away again
		c.gapped = false
		c.want = min(max(c.want, min(c.low, c.want+stride)), c.most)
	}
	c.low, c.seen = 1<<30, 0
	// Where far too little is left already, no more windows are waited for.
	if off := c.want - int(c.mean); off > dead || off < -dead {
		if c.means == memory || off > 4*dead || off < -16*dead {
			c.change, c.blocks = off, 0
		}
	}
	if c.quiet++; c.quiet >= c.calm && c.want > c.least {
		c.want = max(c.least, c.want-max(step/2, (c.want-c.least)/8))
		c.quiet, c.shrunk = 0, true
	}
}
