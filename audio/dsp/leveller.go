package dsp

import "math"

// The levels of a Leveller, in dB and blocks of 10 ms.
const (
	levelAim    = -20.0 // dBFS RMS that speech is brought to
	levelUp     = 26.0  // most that it is raised,
	levelDown   = 20.0  // and lowered
	levelFloor  = -50.0 // dBFS above which no noise is raised
	levelFaint  = -62.0 // what is fainter is not somebody who speaks here
	levelRise   = 0.10  // dB a block: 10 dB a second
	levelFall   = 0.40
	levelKnown  = 150  // blocks of speech whose mean is the level
	levelTrust  = 15   // blocks of speech before anything is changed
	noiseRise   = 0.01 // dB a block by which the noise seems to rise until it is heard again
	levelCloser = 0.5  // dB that are not worth a change
)

// Leveller brings a voice to one level, whoever speaks and however far away. It follows speech only, slowly, so that it
// neither pumps nor raises the noise in pauses. One goroutine uses it.
type Leveller struct {
	power  float64 // of speech, mean
	blocks int     // of speech so far, up to levelKnown
	noise  float64 // dBFS of the pauses
	dB     float64 // gain now
	gain   Gain
}

// NewLeveller makes one that changes nothing yet.
func NewLeveller() *Leveller { return &Leveller{gain: NewGain(1), noise: levelFaint} }

// Reset forgets how loud the voice was.
func (l *Leveller) Reset() { *l = *NewLeveller() }

// decibels is a power, 1 being full scale, in dBFS.
func decibels(power float64) float64 { return 10 * math.Log10(power+1e-10) }

// Gain is what is added now, in dB.
func (l *Leveller) Gain() float64 { return l.dB }

// Process brings a block to the level, in place. speech says whether somebody speaks in it, and heard how loud it was
// before noise was taken out, as the power of a sample: what takes noise out takes the first words for it.
func (l *Leveller) Process(block []int16, speech bool, heard float64) {
	power := heard / (32768 * 32768)
	switch {
	case speech && decibels(power) > levelFaint:
		l.blocks = min(l.blocks+1, levelKnown)
		l.power += (power - l.power) / float64(l.blocks)
	case !speech:
		sum := 0.0
		for _, s := range block {
			sum += float64(s) * float64(s)
		}
		l.noise = min(l.noise+noiseRise, max(decibels(sum/float64(len(block))/(32768*32768)), Floor))
	}
	if l.blocks >= levelTrust {
		l.follow()
	}
	l.gain.Apply(block, math.Pow(10, l.dB/20))
}

// follow moves the gain towards what the voice needs.
func (l *Leveller) follow() {
	want := levelAim - decibels(l.power)
	want = max(-levelDown, min(want, levelUp, max(0, levelFloor-l.noise)))
	switch {
	case want > l.dB+levelCloser:
		l.dB += levelRise
	case want < l.dB-levelCloser:
		l.dB -= levelFall
	}
}
