// Package audiotest makes and measures sound in tests: a test of sound should listen to it.
package audiotest

import (
	"math"

	"svara/audio"
)

// Sine is n samples at a rate in Hz of a sine of a frequency in Hz and an amplitude in sample steps.
func Sine(n, rate int, freq, amplitude float64) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*freq*float64(i)/float64(rate))))
	}
	return pcm
}

// Tone is a house-sound sine at half of full scale.
func Tone(n int, freq float64) []int16 { return Sine(n, audio.Rate, freq, 16384) }

// fit is the least-squares sine of a frequency in pcm: its amplitude, and the power of the whole and of what is left
// without it.
func fit(pcm []int16, rate int, freq float64) (amplitude, power, rest float64) {
	var ss, cc, sc, xs, xc float64
	for i, v := range pcm {
		s, c := math.Sincos(2 * math.Pi * freq * float64(i) / float64(rate))
		x := float64(v)
		ss, cc, sc = ss+s*s, cc+c*c, sc+s*c
		xs, xc = xs+x*s, xc+x*c
		power += x * x
	}
	det := ss*cc - sc*sc
	if det == 0 {
		return 0, power, power
	}
	a, b := (xs*cc-xc*sc)/det, (xc*ss-xs*sc)/det
	return math.Hypot(a, b), power, power - (a*xs + b*xc)
}

// Amplitude is how strong a frequency is in house sound, in sample steps.
func Amplitude(pcm []int16, freq float64) float64 {
	a, _, _ := fit(pcm, audio.Rate, freq)
	return a
}

// SNR is the power of a sine of a frequency against everything else, in dB.
func SNR(pcm []int16, rate int, freq float64) float64 {
	_, power, rest := fit(pcm, rate, freq)
	return 10 * math.Log10((power-rest)/max(rest, 1e-9))
}

// RMS is the root mean square, in sample steps.
//
//go:norace
func RMS(pcm []int16) float64 {
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}

// Jump is the largest step between neighbouring samples: a click shows as a large one.
func Jump(pcm []int16) int {
	most := 0
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		most = max(most, d, -d)
	}
	return most
}

// Speech is n samples of house sound that codecs take for a voice: a train of glottal pulses at 120 Hz through two
// moving resonances, in syllables.
func Speech(n int) []int16 {
	pcm := make([]int16, n)
	var y1, y2, z1, z2 float64
	for i := range pcm {
		t := float64(i) / audio.Rate
		pitch := 120 + 20*math.Sin(2*math.Pi*1.3*t)
		phase := math.Mod(t*pitch, 1)
		x := math.Exp(-phase*12) - 0.1
		f1, f2 := 500+200*math.Sin(2*math.Pi*2.1*t), 1500+500*math.Sin(2*math.Pi*1.7*t)
		y := x + 1.94*math.Cos(2*math.Pi*f1/audio.Rate)*y1 - 0.97*0.97*y2
		y2, y1 = y1, y
		z := y + 1.94*math.Cos(2*math.Pi*f2/audio.Rate)*z1 - 0.97*0.97*z2
		z2, z1 = z1, z
		syllable := 0.55 + 0.45*math.Sin(2*math.Pi*4*t)
		pcm[i] = int16(max(-20000, min(20000, z*12*syllable)))
	}
	return pcm
}
