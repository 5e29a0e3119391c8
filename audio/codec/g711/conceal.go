package g711

import "svara/audio/dsp"

// Sizes in samples at 8 kHz. Pitch between 66 and 200 Hz, as in ITU-T G.711 Appendix I.
const (
	minPitch = 40
	maxPitch = 120
	compared = 160 // samples that two candidate periods are compared over
	past     = 3*maxPitch + compared
	blend    = 32 // 4 ms to pass from a guess back to real sound
)

// concealer fills lost frames with the last pitch periods of what was heard, in the spirit of ITU-T G.711 Appendix I:
// one period for the first 10 ms, then two, then three, so that a long loss does not buzz; silent at 60 ms. Unlike the
// Appendix it holds nothing back, so it adds no delay: a step at the seam is leaned away over the first quarter period.
type concealer struct {
	history [past]int16 // the newest sample last
	losing  bool
	pitch   int
	made    int // samples made up since the loss began
	at      int // place in the repeated periods
	step    int // height of the seam at the start
	fade    *dsp.Fade
	guess   [blend]int16
}

func newConcealer() *concealer { return &concealer{fade: dsp.NewFade(rate)} }

// good takes a frame that arrived, blending its start with the guess when frames before it were lost.
func (c *concealer) good(frame []int16) {
	if c.losing {
		guess := c.guess[:min(blend, len(frame))]
		c.repeat(guess)
		silent := c.fade.Silent()
		c.fade.Out(guess)
		for i := range guess {
			if silent {
				guess[i] = 0
			}
			frame[i] = int16((int(guess[i])*(blend-i) + int(frame[i])*i) / blend)
		}
		c.losing = false
		c.fade.Restart()
	}
	c.remember(frame)
}

// lost makes up a frame.
func (c *concealer) lost(frame []int16) {
	if !c.losing {
		c.losing, c.made, c.at = true, 0, 0
		c.pitch = c.findPitch()
		c.step = int(c.history[past-1]) - int(c.history[past-1-c.pitch])
	}
	if c.fade.Silent() {
		clear(frame)
		return
	}
	c.repeat(frame)
	c.fade.Out(frame)
}

// repeat writes the next samples of the repeated periods.
func (c *concealer) repeat(frame []int16) {
	lean := max(1, c.pitch/4)
	for i := range frame {
		periods := min(3, 1+c.made/(rate/100))
		span := periods * c.pitch
		if c.at >= span {
			c.at -= span
		}
		v := int(c.history[past-span+c.at])
		if c.made < lean {
			v += c.step * (lean - c.made) / lean
		}
		frame[i] = int16(min(max(v, -32768), 32767))
		c.at++
		c.made++
	}
}

func (c *concealer) remember(frame []int16) {
	if len(frame) >= past {
		copy(c.history[:], frame[len(frame)-past:])
		return
	}
	copy(c.history[:], c.history[len(frame):])
	copy(c.history[past-len(frame):], frame)
}

// findPitch is the lag at which the newest sound is most like what came before it: the highest normalised correlation,
// first over every other lag, then around the best.
func (c *concealer) findPitch() int {
	best, bestScore := maxPitch, -1.0
	for lag := minPitch; lag <= maxPitch; lag += 2 {
		if s := c.likeness(lag); s > bestScore {
			best, bestScore = lag, s
		}
	}
	for _, lag := range [2]int{best - 1, best + 1} {
		if lag < minPitch || lag > maxPitch {
			continue
		}
		if s := c.likeness(lag); s > bestScore {
			best, bestScore = lag, s
		}
	}
	return best
}

func (c *concealer) likeness(lag int) float64 {
	newest, older := c.history[past-compared:], c.history[past-compared-lag:past-lag]
	var cross, energy int64
	for i, s := range newest {
		o := int64(older[i])
		cross += int64(s) * o
		energy += o * o
	}
	if cross <= 0 || energy == 0 {
		return 0
	}
	return float64(cross) * float64(cross) / float64(energy)
}
