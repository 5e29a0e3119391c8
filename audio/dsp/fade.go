package dsp

// Fade is the envelope of concealed sound: full for 10 ms, then down to silence at 60 ms (the slope of ITU-T G.711
// Appendix I), and back up over 5 ms when real sound returns, so that neither end clicks.
type Fade struct {
	gain       float32 // of the last sample handed out, 0..1
	held, hold int     // samples of concealment since the loss began; samples before it starts to fall
	fall, rise float32 // change of gain a sample
}

// NewFade makes a fade for sound of the given rate in Hz.
func NewFade(rate int) *Fade {
	return &Fade{
		gain: 1,
		hold: rate / 100,
		fall: 1 / float32(rate*50/1000),
		rise: 1 / float32(rate*5/1000),
	}
}

// Silent reports whether concealment has reached its end.
func (f *Fade) Silent() bool { return f.gain == 0 }

// Out takes the next piece of concealed sound down.
func (f *Fade) Out(pcm []int16) {
	for i := range pcm {
		if f.held < f.hold {
			f.held++
		} else {
			f.gain = max(0, f.gain-f.fall)
		}
		pcm[i] = int16(float32(pcm[i]) * f.gain)
	}
}

// In lets real sound through again.
func (f *Fade) In(pcm []int16) {
	f.held = 0
	for i := 0; i < len(pcm) && f.gain < 1; i++ {
		f.gain = min(1, f.gain+f.rise)
		pcm[i] = int16(float32(pcm[i]) * f.gain)
	}
}

// Restart makes the fade full at once, for a codec that blends the ends itself.
func (f *Fade) Restart() { f.gain, f.held = 1, 0 }
