package dsp

// Sizes in samples at 8 kHz. Pitch between 66 and 200 Hz, as in ITU-T G.711 Appendix I.
const (
	minPitch = 40
	maxPitch = 120
	compared = 160 // samples that two candidate periods are compared over
	blend    = 32  // 4 ms to pass from a guess back to real sound
)

// Concealer fills lost frames with the last pitch periods of what was heard, in the spirit of ITU-T G.711 Appendix I:
// one period for the first 10 ms, then two, then three, so that a long loss does not buzz; silent at 60 ms. Unlike the
// Appendix it holds nothing back, so it adds no delay: a step at the seam is leaned away over the first quarter period.
//
// It is for codecs that repair nothing themselves. Not safe for concurrent use; nothing of it allocates.
type Concealer struct {
	times   int     // the rate, in units of 8 kHz
	history []int16 // the newest sample last
	losing  bool
	pitch   int
	made    int // samples made up since the loss began
	at      int // place in the repeated periods
	step    int // height of the seam at the start
	fade    *Fade
	guess   []int16
}

// NewConcealer makes a concealer for sound of a rate that is a multiple of 8 kHz.
func NewConcealer(rate int) *Concealer {
	times := rate / 8000
	return &Concealer{
		times: times, fade: NewFade(rate),
		history: make([]int16, (3*maxPitch+compared)*times), guess: make([]int16, blend*times),
	}
}

// Good takes a frame that arrived, blending its start with the guess when frames before it were lost.
func (c *Concealer) Good(frame []int16) {
	if c.losing {
		guess := c.guess[:min(len(c.guess), len(frame))]
		c.repeat(guess)
		silent := c.fade.Silent()
		c.fade.Out(guess)
		for i := range guess {
			if silent {
				guess[i] = 0
			}
			frame[i] = int16((int(guess[i])*(len(c.guess)-i) + int(frame[i])*i) / len(c.guess))
		}
		c.losing = false
		c.fade.Restart()
	}
	c.remember(frame)
}

// Lost makes up a frame.
func (c *Concealer) Lost(frame []int16) {
	if !c.losing {
		c.losing, c.made, c.at = true, 0, 0
		c.pitch = c.findPitch()
		last := len(c.history) - 1
		c.step = int(c.history[last]) - int(c.history[last-c.pitch])
	}
	if c.fade.Silent() {
		clear(frame)
		return
	}
	c.repeat(frame)
	c.fade.Out(frame)
}

// repeat writes the next samples of the repeated periods.
func (c *Concealer) repeat(frame []int16) {
	lean, past := max(1, c.pitch/4), len(c.history)
	for i := range frame {
		periods := min(3, 1+c.made/(80*c.times))
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

func (c *Concealer) remember(frame []int16) {
	if past := len(c.history); len(frame) >= past {
		frame = frame[len(frame)-past:]
	}
	copy(c.history, c.history[len(frame):])
	copy(c.history[len(c.history)-len(frame):], frame)
}

// findPitch is the lag at which the newest sound is most like what came before it: the highest normalised correlation,
// first over every other lag at 8 kHz, then around the best.
func (c *Concealer) findPitch() int {
	most := maxPitch * c.times
	best, bestScore := most, -1.0
	for lag := minPitch * c.times; lag <= most; lag += 2 * c.times {
		if s := c.likeness(lag); s > bestScore {
			best, bestScore = lag, s
		}
	}
	around := best
	for lag := max(around-2*c.times+1, minPitch*c.times); lag < min(around+2*c.times, most+1); lag++ {
		if s := c.likeness(lag); s > bestScore {
			best, bestScore = lag, s
		}
	}
	return best
}

// likeness compares as many samples at any rate.
func (c *Concealer) likeness(lag int) float64 {
	past, n := len(c.history), compared*c.times
	newest, older := c.history[past-n:], c.history[past-n-lag:past-lag]
	var cross, energy int64
	for i := 0; i < n; i += c.times {
		o := int64(older[i])
		cross += int64(newest[i]) * o
		energy += o * o
	}
	if cross <= 0 || energy == 0 {
		return 0
	}
	return float64(cross) * float64(cross) / float64(energy)
}
