package g722

import "math"

// band is the adaptive differential coder of one half of the spectrum (ITU-T G.722 section 3 and 6.2). Coder and decoder
// keep the same state, from the code words alone. Values are on the scale of 15 bits that the filters make.
type band struct {
	log  int // of the step, in units of 1/2048 of an octave (NB)
	step int // of the quantizer (DET)

	guess int // what the predictor says of the next sample (S), and its part from the differences (SZ)
	zeros int

	poles  [2]int // coefficients of the two last samples (A1, A2), times 2^14
	heard  [2]int // reconstructed samples, the newest first (RLT)
	parts  [2]int // the same without the poles' part (PLT)
	zero   [6]int // coefficients of the six last differences (B1..B6), times 2^14
	change [6]int // those differences, the newest first (DLT)
}

// The range of the logarithm of the step in either band, and the shift that gives its scale.
const (
	lowMost, lowShift   = 18432, 8
	highMost, highShift = 22528, 10
)

// codec's two bands at their beginning (table 12).
func newBands() [2]band { return [2]band{{step: 32}, {step: 8}} }

// codeLow is the code word for a sample of the lower band (QUANTL); what it does to the state is for followLow.
func (b *band) codeLow(x int) byte {
	e := saturate(x - b.guess)
	words, size := &lowPositive, e
	if e < 0 {
		words, size = &lowNegative, -e-1
	}
	i := 1
	for i < len(q6) && size >= q6[i]*b.step>>12 {
		i++
	}
	return words[i]
}

// codeHigh is the code word for a sample of the higher band (QUANTH).
func (b *band) codeHigh(x int) byte {
	e := saturate(x - b.guess)
	words, size := &highPositive, e
	if e < 0 {
		words, size = &highNegative, -e-1
	}
	if size >= q2*b.step>>12 {
		return words[1]
	}
	return words[0]
}

// low and high are the sample that a code word means; they change nothing.
func (b *band) low(code byte) int  { return limit(b.guess + b.step*qm6[code]>>15) }
func (b *band) high(code byte) int { return limit(b.guess + b.step*qm2[code]>>15) }

// followLow and followHigh take the state on by a code word.
func (b *band) followLow(code byte) {
	b.predict(b.step * qm4[code>>2] >> 15)
	b.scale(lowStep[code>>2], lowMost, lowShift)
}

func (b *band) followHigh(code byte) {
	b.predict(b.step * qm2[code] >> 15)
	b.scale(highStep[code], highMost, highShift)
}

// scale makes the step follow the loudness (LOGSCL, SCALEL and their like).
func (b *band) scale(by, most, shift int) {
	b.log = min(max(b.log*127>>7+by, 0), most)
	b.step = ilb[b.log>>6&31]
	if octaves := shift - b.log>>11; octaves < 0 {
		b.step <<= -octaves
	} else {
		b.step >>= octaves
	}
	b.step <<= 2
}

// predict takes a difference in and guesses the next sample (block 4 of the recommendation).
func (b *band) predict(d int) {
	heard, part := saturate(b.guess+d), saturate(b.zeros+d) // RECONS, PARREC

	// UPPOL2 and UPPOL1: both poles go the way that the signs of the newest samples say, and leak.
	same := part>>31 == b.parts[0]>>31
	push := saturate(b.poles[0] << 2)
	if same {
		push = -push
	}
	second := min(push, math.MaxInt16)>>7 + b.poles[1]*32512>>15
	if part>>31 == b.parts[1]>>31 {
		second += 128
	} else {
		second -= 128
	}
	second = min(max(second, -12288), 12288)
	first := b.poles[0] * 32640 >> 15
	if same {
		first += 192
	} else {
		first -= 192
	}
	most := saturate(15360 - second)
	b.poles = [2]int{min(max(saturate(first), -most), most), second}

	// UPZERO, and the differences move on.
	b.zeros = 0
	older := d
	for i := range b.zero {
		c := b.zero[i] * 32640 >> 15
		switch {
		case d == 0:
		case d>>31 == b.change[i]>>31:
			c += 128
		default:
			c -= 128
		}
		b.zero[i] = saturate(c)
		b.change[i], older = older, b.change[i]
	}
	// FILTEZ, from the oldest as it is written there: saturation of a sum depends on its order.
	for i := len(b.zero) - 1; i >= 0; i-- {
		b.zeros = saturate(b.zeros + b.zero[i]*saturate(2*b.change[i])>>15)
	}
	b.heard, b.parts = [2]int{heard, b.heard[0]}, [2]int{part, b.parts[0]}
	// FILTEP, PREDIC
	poles := saturate(b.poles[0]*saturate(2*b.heard[0])>>15 + b.poles[1]*saturate(2*b.heard[1])>>15)
	b.guess = saturate(poles + b.zeros)
}

// saturate keeps a value within 16 bits, limit within the 15 of the filters.
func saturate(v int) int { return min(max(v, math.MinInt16), math.MaxInt16) }
func limit(v int) int    { return min(max(v, -1<<14), 1<<14-1) }
