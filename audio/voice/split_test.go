//go:build cgo && !novoice

package voice

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/dsp"
)

// bandPower is the power of sound between two frequencies, dB.
func bandPower(pcm []int16, from, to float64) float64 {
	const n = 2048
	fft, power := dsp.NewFFT(n), 0.0
	x := make([]complex64, n)
	for at := 0; at+n <= len(pcm); at += n / 2 {
		for i := range x {
			x[i] = complex(float32(float64(pcm[at+i])*(1-math.Cos(2*math.Pi*float64(i)/n))), 0)
		}
		fft.Forward(x)
		for k := int(from * n / audio.Rate); k < int(to*n/audio.Rate); k++ {
			power += float64(real(x[k])*real(x[k]) + imag(x[k])*imag(x[k]))
		}
	}
	return 10 * math.Log10(power+1e-9)
}

// What is not cleaned comes out as it went in, in both bands and where they meet.
func TestSoundOverTheSeamIsKept(t *testing.T) {
	n := 4 * second
	var tones [][]int16
	for _, freq := range []float64{3100, 4200, 6300, 6900, 7100, 7900, 8100, 9300, 15000} {
		tones = append(tones, audiotest.Sine(n, audio.Rate, freq, 3000))
	}
	mic := audiotest.Mixed(tones...)
	out := clean(t, processor(t, Settings{HighPass: true}), make([]int16, n), mic, 0)
	was, is, late := audiotest.Aligned(mic[second:], out[second:])
	snr := audiotest.SegmentalSNR(was, is)
	t.Logf("%.0f dB like what went in, %d samples later", snr, late)
	if snr < 30 || late > second/1000 {
		t.Errorf("%.0f dB like what went in, %d samples later", snr, late)
	}
}

// Noise above the band that the library cleans is taken out as that below it, and speech there stays.
func TestUpperBandFollowsTheLower(t *testing.T) {
	n := 8 * second
	speech, noise := audiotest.Mixed(audiotest.Scaled(audiotest.Talk(n, 8), -24), audiotest.Noise(n, 5, 6)), audiotest.Noise(n, 120, 4)
	for _, level := range []Noise{NoiseLow, NoiseMedium, NoiseHigh} {
		set, far := Settings{Noise: level}, make([]int16, n)
		alone := clean(t, processor(t, set), far, noise, 0)[4*second:]
		below := bandPower(noise[4*second:], 4000, 7000) - bandPower(alone, 4000, 7000)
		above := bandPower(noise[4*second:], 9000, 16000) - bandPower(alone, 9000, 16000)
		said := clean(t, processor(t, set), far, speech, 0)[4*second:]
		change := bandPower(said, 9000, 16000) - bandPower(speech[4*second:], 9000, 16000)
		t.Logf("degree %d: noise %.1f dB down below, %.1f dB above; speech above %+.1f dB", level, below, above, change)
		if math.Abs(below-above) > 3 || math.Abs(change) > 2 {
			t.Errorf("degree %d: noise %.1f dB down below, %.1f dB above; speech above %+.1f dB", level, below, above, change)
		}
	}
}

// The loudest sound comes out without wrapping round.
func TestLoudestSoundStaysInRange(t *testing.T) {
	n := second
	mic := make([]int16, n)
	for i := range mic { // a square wave rings in every filter
		mic[i] = math.MaxInt16
		if i/60%2 == 1 {
			mic[i] = math.MinInt16
		}
	}
	out := clean(t, processor(t, Settings{HighPass: true}), make([]int16, n), mic, 0)
	was, is, _ := audiotest.Aligned(mic[second/4:], out[second/4:])
	if snr := audiotest.SegmentalSNR(was, is); snr < 10 {
		t.Errorf("a square wave at full scale is %.1f dB like what went in", snr)
	}
}
