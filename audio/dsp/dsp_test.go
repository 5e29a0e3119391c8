package dsp_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/dsp"
)

func TestResampleKeepsTones(t *testing.T) {
	for _, from := range dsp.Rates {
		for _, to := range dsp.Rates {
			r, err := dsp.NewResampler(from, to)
			if err != nil {
				t.Fatal(err)
			}
			low := float64(min(from, to))
			for _, freq := range []float64{200, low * 0.125, low * 0.4} {
				r.Reset()
				in := audiotest.Sine(from, from, freq, 16000)
				var out []int16
				block := from / 100
				for at := 0; at < len(in); at += block {
					dst := make([]int16, r.Bound(block))
					n := r.Process(dst, in[at:at+block])
					if n != to/100 {
						t.Fatalf("%d to %d: 10 ms became %d samples", from, to, n)
					}
					out = append(out, dst[:n]...)
				}
				snr := audiotest.SNR(out[to/4:], to, freq)
				if snr < 50 {
					t.Errorf("%d to %d: %.0f Hz is %.1f dB above the rest", from, to, freq, snr)
				}
			}
			if d := r.Delay(); d > 2*time.Millisecond {
				t.Errorf("%d to %d: delay %v", from, to, d)
			}
		}
	}
	if _, err := dsp.NewResampler(11025, 48000); err == nil {
		t.Error("11025 Hz was taken")
	}
}

// What the lower rate has no room for must be gone.
func TestResampleStopsAliases(t *testing.T) {
	for _, to := range []int{8000, 16000, 24000, 32000} {
		r, err := dsp.NewResampler(48000, to)
		if err != nil {
			t.Fatal(err)
		}
		in := audiotest.Sine(48000, 48000, float64(to)*0.7, 16000)
		out := make([]int16, r.Bound(len(in)))
		out = out[:r.Process(out, in)]
		if rms := audiotest.RMS(out[to/10:]); rms > 16000/math.Sqrt2/1000 { // 60 dB
			t.Errorf("%.0f Hz at %d Hz leaves %.1f", float64(to)*0.7, to, rms)
		}
	}
}

func TestResampleDelayIsAsTold(t *testing.T) {
	for _, pair := range [][2]int{{8000, 48000}, {48000, 8000}, {44100, 48000}} {
		r, err := dsp.NewResampler(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		in := make([]int16, pair[0]/10)
		in[100] = 30000
		out := make([]int16, r.Bound(len(in)))
		out = out[:r.Process(out, in)]
		peak := 0
		for i, v := range out {
			if v > out[peak] {
				peak = i
			}
		}
		was := float64(peak)/float64(pair[1]) - 100/float64(pair[0])
		if told := r.Delay().Seconds(); math.Abs(was-told) > 0.0002 {
			t.Errorf("%v: delay is %.2f ms, told %.2f", pair, was*1000, told*1000)
		}
	}
}

func TestMeter(t *testing.T) {
	m := dsp.NewMeter(100)
	if m.DB() != dsp.Floor {
		t.Errorf("silence is %.1f dB", m.DB())
	}
	m.Feed(audiotest.Tone(audio.BlockSize, 1000))
	if db := m.DB(); math.Abs(db+6.02) > 0.2 {
		t.Errorf("half of full scale is %.2f dBFS", db)
	}
	silence := make([]int16, audio.BlockSize)
	for range 50 {
		m.Feed(silence)
	}
	if db := m.DB(); math.Abs(db+16) > 0.7 {
		t.Errorf("half a second later it is %.2f dBFS", db)
	}
	m.Feed([]int16{-32768})
	if db := m.DB(); db != 0 {
		t.Errorf("full scale is %.2f dBFS", db)
	}
	m.Rest()
	if m.DB() != dsp.Floor {
		t.Error("does not rest")
	}
}

func TestGainGlides(t *testing.T) {
	g := dsp.NewGain(1)
	pcm := audiotest.Sine(3*audio.BlockSize, audio.Rate, 200, 16000)
	own := audiotest.Jump(pcm)
	g.Apply(pcm[:audio.BlockSize], 1)
	g.Apply(pcm[audio.BlockSize:2*audio.BlockSize], 0)
	g.Apply(pcm[2*audio.BlockSize:], 0)
	if j := audiotest.Jump(pcm); j > own+100 {
		t.Errorf("muting clicks: %d, the tone itself %d", j, own)
	}
	if r := audiotest.RMS(pcm[2*audio.BlockSize:]); r != 0 {
		t.Errorf("muted is %.1f", r)
	}
}

func TestSoftClip(t *testing.T) {
	last := int16(-32768)
	for v := float32(-100000); v <= 100000; v += 7 {
		got := dsp.SoftClip(v)
		if got < last {
			t.Fatalf("%f: %d after %d", v, got, last)
		}
		if v > -24000 && v < 24000 && got != int16(v) {
			t.Fatalf("%f became %d", v, got)
		}
		last = got
	}
	if last < 31000 {
		t.Errorf("three times full scale is only %d", last)
	}
}

func TestFade(t *testing.T) {
	f := dsp.NewFade(1000) // a sample a ms
	pcm := make([]int16, 70)
	for i := range pcm {
		pcm[i] = 10000
	}
	f.Out(pcm[:35])
	f.Out(pcm[35:])
	if pcm[9] != 10000 || pcm[34] > 5400 || pcm[34] < 4600 || pcm[61] != 0 || !f.Silent() {
		t.Errorf("10 ms %d, 35 ms %d, 62 ms %d", pcm[9], pcm[34], pcm[61])
	}
	back := []int16{10000, 10000, 10000, 10000, 10000, 10000}
	f.In(back)
	if back[0] > 2100 || back[5] != 10000 {
		t.Errorf("back: %v", back)
	}
}

func TestNoAllocation(t *testing.T) {
	r, _ := dsp.NewResampler(44100, 48000)
	in, out := make([]int16, 441), make([]int16, 480)
	m, g, f := dsp.NewMeter(100), dsp.NewGain(1), dsp.NewFade(48000)
	if n := testing.AllocsPerRun(100, func() {
		r.Process(out, in)
		m.Feed(out)
		g.Apply(out, 0.5)
		f.Out(out)
		f.In(out)
	}); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

func BenchmarkResample10ms(b *testing.B) {
	for _, pair := range [][2]int{{8000, 48000}, {48000, 8000}, {44100, 48000}} {
		b.Run(fmt.Sprint(pair), func(b *testing.B) {
			r, _ := dsp.NewResampler(pair[0], pair[1])
			in, out := make([]int16, pair[0]/100), make([]int16, pair[1]/100)
			for b.Loop() {
				r.Process(out, in)
			}
		})
	}
}
