package device

import "svara/audio"

const (
	maxBend   = 2                      // samples that a block may be stretched or squeezed by: 0.4 %, not heard
	tooMuch   = 30 * audio.Rate / 1000 // queued above what is wanted: too long to bend away
	convinced = 5                      // blocks in a row that must find it so

	window  = 50                     // blocks watched before each correction
	step    = 2 * audio.Rate / 1000  // by which the cushion grows when it was too thin
	thick   = 60 * audio.Rate / 1000 // as far as it may grow
	patient = 60 * 100 / window      // windows without a gap before it gets thinner again: one minute
)

// cushion decides how much sound waits in the speaker. The speaker's clock is not the microphone's, and neither is quite
// even; what waits is the only room between them. The cushion is as thin as holds: it starts at what the device asks
// for, grows with each gap and shrinks again after a quiet minute. Corrections are made by playing blocks a few samples
// longer or shorter.
//
// Used by the playback goroutine only.
type cushion struct {
	least   int   // what the device asks for
	want    int   // what should be left when the next block comes
	low     int   // the least that was left in this window
	seen    int   // blocks in this window
	change  int   // samples still to be added (or, negative, taken away) by bending
	quiet   int   // windows since the last gap
	hungry  bool  // no block has come since the last silence: one gap is counted once
	last    int16 // last sample of the block before
	started bool  // a block has come

	much    int                    // blocks in a row that found far too much
	skipped bool                   // blocks are being left out
	bridge  [audio.BlockSize]int16 // the first of them
}

func newCushion(least int) *cushion { return &cushion{least: least, want: least, low: 1 << 30} }

// start is how much silence to begin with.
func (c *cushion) start() int { return c.want + audio.BlockSize }

// guard is how little may be left before silence must be put in.
func (c *cushion) guard() int { return c.least / 2 }

// starved notes that silence had to be put in, and reports whether that is a new gap in sound.
func (c *cushion) starved() bool {
	if c.hungry || !c.started {
		return false
	}
	c.hungry, c.quiet = true, 0
	c.want = min(c.want+step, thick)
	return true
}

// bend copies src to dst, a little longer or shorter when what is queued calls for it, and returns the length, which is
// 0 for a block that is left out. dst has room for maxBend samples more.
func (c *cushion) bend(dst, src []int16, queued int) int {
	if !c.started || c.hungry { // the silence before it is no measure
		c.low, c.seen, c.change = 1<<30, 0, 0
		c.started, c.hungry = true, false
	}
	if c.leaveOut(src, queued) {
		return 0
	}
	c.watch(queued)
	by := min(max(c.change, -maxBend), maxBend)
	if len(src) < audio.BlockSize {
		by = 0
	}
	c.change -= by
	n := stretch(dst[:len(src)+by], src, c.last)
	if len(src) > 0 {
		c.last = src[len(src)-1]
	}
	return n
}

// leaveOut takes whole blocks away while far too much is queued, as after the speaker has not played for a while. The
// first block left out passes over into the first that is played again, so that neither seam clicks.
func (c *cushion) leaveOut(src []int16, queued int) bool {
	if queued < c.want+tooMuch {
		c.much = 0
		if c.skipped {
			c.skipped = false
			for i := range src {
				src[i] = int16((int(c.bridge[i])*(len(src)-i) + int(src[i])*i) / len(src))
			}
		}
		return false
	}
	if c.much++; c.much < convinced && !c.skipped || len(src) < audio.BlockSize {
		return false
	}
	if !c.skipped {
		c.skipped = true
		copy(c.bridge[:], src)
	}
	c.low, c.seen, c.change = 1<<30, 0, 0
	return true
}

// watch looks at what is left when a block comes, and at the end of a window decides on a correction.
func (c *cushion) watch(queued int) {
	c.low = min(c.low, queued)
	if c.seen++; c.seen < window {
		return
	}
	const dead = audio.Rate / 1000 // deviations below 1 ms are left alone
	if off := c.want - c.low; off > dead || off < -dead {
		c.change = off
	} else {
		c.change = 0
	}
	if c.quiet++; c.quiet >= patient && c.want > c.least {
		c.want -= step / 2
		c.quiet = 0
	}
	c.low, c.seen = 1<<30, 0
}

// stretch fills dst with all of src by straight lines between its samples, going on from the sample before it.
func stretch(dst, src []int16, before int16) int {
	if len(dst) == len(src) {
		return copy(dst, src)
	}
	ratio := float32(len(src)) / float32(len(dst))
	for i := range dst {
		at := float32(i+1)*ratio - 1 // -1 is the sample before
		j := int(at+1) - 1
		part := at - float32(j)
		a, b := before, src[min(j+1, len(src)-1)]
		if j >= 0 {
			a = src[j]
		}
		dst[i] = int16(float32(a) + (float32(b)-float32(a))*part)
	}
	return len(dst)
}
