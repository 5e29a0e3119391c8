// Package dsp is the arithmetic of sound: change of sample rate, level, gain, fades. Everything works on int16 mono, keeps
// its state in a struct made beforehand, and allocates nothing while it runs.
package dsp

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Rates are the sample rates in Hz that a Resampler knows.
var Rates = []int{8000, 16000, 24000, 32000, 44100, 48000}

const (
	// Filter taps per phase at the lower of the two rates: 24 put the delay at 12 samples of it (1.5 ms at 8 kHz), keep
	// telephone speech flat to 3.4 kHz and its images 60 dB down.
	tapsPerPhase = 24
	kaiserBeta   = 6.0
	rolloff      = 0.95 // of the lower rate's half: where the filter is 6 dB down

	chunk = 960 // input samples worked on at a time
)

// Resampler changes the sample rate of a stream of sound with a polyphase FIR filter. Equal spans in give equal spans
// out: 10 ms of input make 10 ms of output, from the first call. Not safe for concurrent use.
type Resampler struct {
	from, to  int
	up, down  int       // to/from in lowest terms
	taps      int       // per phase
	phases    []float32 // up phases of taps coefficients each, see design
	window    []float32 // taps-1 old samples, then the chunk
	position  int       // next output's place in the chunk, in 1/up of an input sample
	identical bool
}

// Rates of files, in Hz: anything between is taken as the nearest multiple of rateStep, which is 0.25 % off at the very
// most. So the filter of an odd rate stays small.
const (
	MinFileRate = 4000
	MaxFileRate = 384000
	rateStep    = 25
)

// FileRate is the rate that a file of any rate is played at, and false for one out of range.
func FileRate(rate int) (int, bool) {
	if rate < MinFileRate || rate > MaxFileRate {
		return 0, false
	}
	return (rate + rateStep/2) / rateStep * rateStep, true
}

// NewResampler makes a resampler between two of Rates.
func NewResampler(from, to int) (*Resampler, error) {
	if !slices.Contains(Rates, from) || !slices.Contains(Rates, to) {
		return nil, fmt.Errorf("resample from %d to %d Hz: rate not known", from, to)
	}
	return newResampler(from, to), nil
}

// NewFileResampler makes a resampler from what FileRate gave to one of Rates.
func NewFileResampler(from, to int) (*Resampler, error) {
	if fits, ok := FileRate(from); !ok || fits != from || !slices.Contains(Rates, to) {
		return nil, fmt.Errorf("resample from %d to %d Hz: rate not known", from, to)
	}
	return newResampler(from, to), nil
}

func newResampler(from, to int) *Resampler {
	r := &Resampler{from: from, to: to, identical: from == to}
	if r.identical {
		return r
	}
	g := gcd(from, to)
	r.up, r.down = to/g, from/g
	r.taps = tapsPerPhase
	if from > to { // the filter is as long in time as the lower rate needs
		r.taps = (tapsPerPhase*from + to - 1) / to
	}
	r.phases = design(r.up, r.taps, float64(min(from, to))/float64(from)*rolloff)
	r.window = make([]float32, r.taps-1+chunk)
	return r
}

// Delay is how much later the sound comes out.
func (r *Resampler) Delay() time.Duration {
	if r.identical {
		return 0
	}
	return time.Duration(float64(r.taps) / 2 / float64(r.from) * float64(time.Second))
}

// Bound is the most samples that n input samples can give.
func (r *Resampler) Bound(n int) int { return (n*r.to + r.from - 1) / r.from }

// Reset forgets the past.
func (r *Resampler) Reset() {
	clear(r.window)
	r.position = 0
}

// Process resamples src into dst, which must hold Bound(len(src)) samples, and returns how many it wrote.
func (r *Resampler) Process(dst, src []int16) int {
	if r.identical {
		return copy(dst, src)
	}
	written := 0
	for len(src) > 0 {
		n := min(len(src), chunk)
		written += r.process(dst[written:], src[:n])
		src = src[n:]
	}
	return written
}

func (r *Resampler) process(dst, src []int16) int {
	past := r.taps - 1
	for i, s := range src {
		r.window[past+i] = float32(s)
	}
	n, end := 0, len(src)*r.up
	for ; r.position < end; r.position += r.down {
		at, phase := r.position/r.up, r.position%r.up
		dst[n] = clamp(dot(r.phases[phase*r.taps:][:r.taps], r.window[at:][:r.taps]))
		n++
	}
	r.position -= end
	copy(r.window, r.window[len(src):len(src)+past])
	return n
}

func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func clamp(v float32) int16 {
	switch {
	case v >= math.MaxInt16:
		return math.MaxInt16
	case v <= math.MinInt16:
		return math.MinInt16
	case v < 0:
		return int16(v - 0.5)
	}
	return int16(v + 0.5)
}

// design makes a windowed-sinc low pass at up times the input rate, cut into up phases of taps coefficients, each in the
// order of the input (oldest first) and each with a gain of exactly one, so that silence and steady sound carry no hum.
// cutoff is relative to half the input rate.
func design(up, taps int, cutoff float64) []float32 {
	length := up * taps
	centre := float64(length-1) / 2
	proto := make([]float64, length)
	for i := range proto {
		x := (float64(i) - centre) / float64(up)
		w := 2 * (float64(i) - centre) / float64(length)
		proto[i] = cutoff * sinc(cutoff*x) * bessel(kaiserBeta*math.Sqrt(max(0, 1-w*w))) / bessel(kaiserBeta)
	}
	phases := make([]float32, length)
	for p := range up {
		sum := 0.0
		for k := range taps {
			sum += proto[p+k*up]
		}
		for k := range taps {
			phases[p*taps+taps-1-k] = float32(proto[p+k*up] / sum)
		}
	}
	return phases
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel is the modified Bessel function of the first kind, order zero, by its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
