package dsp_test

import (
	"math"
	"slices"
	"testing"

	"svara/audio/audiotest"
	"svara/audio/dsp"
)

// bent plays seconds of a tone through a bender and gives what comes out, and what it should be: the tone at each place
// that the bending asks for.
func bent(freq float64, seconds int, by func(block int) int) (out []int16, want []float64) {
	const delay = 8 // samples
	b := dsp.NewBender()
	dst := make([]int16, dsp.BendBlock+dsp.MaxBend)
	in := audiotest.Sine(seconds*48000, 48000, freq, 16000)
	for i := range seconds * 100 {
		by := by(i)
		n := b.Process(dst, in[i*dsp.BendBlock:][:dsp.BendBlock], by)
		out = append(out, dst[:n]...)
		for k := range n {
			at := float64(i*dsp.BendBlock) + float64(k) - float64(by*k)/dsp.BendBlock - delay
			want = append(want, 16000*math.Sin(2*math.Pi*freq*at/48000))
		}
	}
	return out, want
}

func TestBendingIsClean(t *testing.T) {
	for _, c := range []struct{ freq, least float64 }{{300, 75}, {1000, 75}, {4000, 75}, {8000, 70}, {12000, 60}, {16000, 45}} {
		for _, by := range []int{-2, -1, 1, 2} {
			out, want := bent(c.freq, 1, func(block int) int {
				if block%3 == 0 { // each way in and out of it as well
					return 0
				}
				return by
			})
			var signal, rest float64
			for i := 100; i < len(out); i++ {
				d := float64(out[i]) - want[i]
				signal, rest = signal+want[i]*want[i], rest+d*d
			}
			snr := 10 * math.Log10(signal/rest)
			t.Logf("%5.0f Hz, %+d samples a block: %.1f dB", c.freq, by, snr)
			if snr < c.least {
				t.Errorf("%.0f Hz bent by %d: %.1f dB, want %.0f", c.freq, by, snr, c.least)
			}
		}
	}
}

func TestNotBentIsUntouched(t *testing.T) {
	b := dsp.NewBender()
	in := audiotest.Speech(48000)
	var out []int16
	dst := make([]int16, dsp.BendBlock+dsp.MaxBend)
	for rest, n := in, 1; len(rest) > 0; n = n*7%480 + 1 { // also pieces of a block
		n = min(n, len(rest))
		out = append(out, dst[:b.Process(dst, rest[:n], 0)]...)
		rest = rest[n:]
	}
	if !slices.Equal(out[8:], in[:len(in)-8]) {
		t.Error("not the same samples")
	}
}

func TestBendingWithoutEnd(t *testing.T) {
	out, _ := bent(1000, 2, func(int) int { return 1 })
	if want := 2 * 48000 * 481 / 480; len(out) != want {
		t.Errorf("%d samples, want %d", len(out), want)
	}
	out, _ = bent(1000, 2, func(int) int { return -2 })
	if want := 2 * 48000 * 478 / 480; len(out) != want {
		t.Errorf("%d samples, want %d", len(out), want)
	}
}

func BenchmarkBend(b *testing.B) {
	x := dsp.NewBender()
	src, dst := audiotest.Speech(dsp.BendBlock), make([]int16, dsp.BendBlock+dsp.MaxBend)
	b.ReportAllocs()
	for b.Loop() {
		x.Process(dst, src, 1)
	}
}
