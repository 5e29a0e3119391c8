package dsp_test

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
	"svara/audio/dsp"
)

// stretched plays pcm block by block; speed says how fast the n-th block is.
func stretched(pcm []int16, speed func(block int) float64) []int16 {
	var s dsp.Stretch
	var out []int16
	block := make([]int16, audio.BlockSize)
	for i := 0; ; i++ {
		v := speed(i)
		done := 0
		for {
			done += s.Take(block[done:], v, len(pcm) == 0)
			need := s.Need(len(block)-done, v)
			if done == len(block) || len(pcm) == 0 || need == 0 {
				break
			}
			n := s.Put(pcm[:min(len(pcm), audio.BlockSize)])
			pcm = pcm[n:]
		}
		out = append(out, block[:done]...)
		if done < len(block) && len(pcm) == 0 {
			return out
		}
	}
}

// frequency is that of a tone, by when it passes zero upwards.
func frequency(pcm []int16) float64 {
	var first, last, n float64
	for i := 1; i < len(pcm); i++ {
		if pcm[i-1] < 0 && pcm[i] >= 0 {
			at := float64(i) - float64(pcm[i])/(float64(pcm[i])-float64(pcm[i-1]))
			if n == 0 {
				first = at
			}
			last = at
			n++
		}
	}
	return (n - 1) / (last - first) * audio.Rate
}

var speeds = []float64{0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2}

func TestStretchKeepsPitch(t *testing.T) {
	for _, freq := range []float64{100, 440, 3000} {
		pcm := audiotest.Tone(5*audio.Rate, freq)
		for _, v := range speeds {
			got := stretched(pcm, func(int) float64 { return v })
			if is := float64(len(got)) * v / float64(len(pcm)); math.Abs(is-1) > 0.02 {
				t.Errorf("%.0f Hz at %.2f: %.3f times as long as it should be", freq, v, is)
			}
			if f := frequency(got); math.Abs(f/freq-1) > 0.01 {
				t.Errorf("%.0f Hz at %.2f became %.1f Hz", freq, v, f)
			}
			// No clicks: nowhere a steeper step than the tone's own, and in every 40 ms next to nothing beside the tone. Pieces
			// fit to a sample, so at 3 kHz the seams are a tenth of a period off at worst.
			if j, own := audiotest.Jump(got), audiotest.Jump(pcm); float64(j) > 1.05*float64(own)+2 {
				t.Errorf("%.0f Hz at %.2f: a step of %d, its own are %d", freq, v, j, own)
			}
			worst := math.Inf(1)
			for at := 0; at+1920 <= len(got); at += 480 {
				worst = min(worst, audiotest.SNR(got[at:at+1920], audio.Rate, freq))
			}
			if least := 40 - 20*math.Log10(max(1, freq/200)); worst < least {
				t.Errorf("%.0f Hz at %.2f: only %.1f dB above the rest", freq, v, worst)
			}
		}
	}
}

// steps is the power of pcm, and what of it lies high: the power of its second difference.
func steps(pcm []int16) (power, high float64) {
	for i := 2; i < len(pcm); i++ {
		d := float64(pcm[i]) - 2*float64(pcm[i-1]) + float64(pcm[i-2])
		high += d * d
		power += float64(pcm[i]) * float64(pcm[i])
	}
	return power, high
}

func TestStretchSpeech(t *testing.T) {
	pcm := audiotest.Speech(6 * audio.Rate)
	power, high := steps(pcm)
	for _, v := range speeds {
		got := stretched(pcm, func(int) float64 { return v })
		if is := float64(len(got)) * v / float64(len(pcm)); math.Abs(is-1) > 0.02 {
			t.Errorf("at %.2f: %.3f times as long as it should be", v, is)
		}
		if a, b := audiotest.RMS(got), audiotest.RMS(pcm); math.Abs(20*math.Log10(a/b)) > 1 {
			t.Errorf("at %.2f: %.0f strong, it was %.0f", v, a, b)
		}
		// What seams would add lies high, where this voice has little.
		p, h := steps(got)
		if more := 10 * math.Log10(h/p/(high/power)); more > 1 {
			t.Errorf("at %.2f: %.1f dB more of what is high", v, more)
		}
	}
}

// At speed 1 it is the sound itself, to the bit, and going there and back has no seam.
func TestStretchChangesSpeed(t *testing.T) {
	pcm := audiotest.Tone(4*audio.Rate, 440)
	got := stretched(pcm, func(int) float64 { return 1 })
	if len(got) != len(pcm) {
		t.Fatalf("%d samples of %d", len(got), len(pcm))
	}
	for i := range got {
		if got[i] != pcm[i] {
			t.Fatalf("sample %d differs", i)
		}
	}
	got = stretched(pcm, func(block int) float64 { return []float64{1, 2, 0.5, 1, 1.5, 0.7}[block/7%6] })
	if j, own := audiotest.Jump(got), audiotest.Jump(pcm); float64(j) > 1.05*float64(own)+2 {
		t.Errorf("a step of %d, its own are %d", j, own)
	}
	if f := frequency(got); math.Abs(f/440-1) > 0.01 {
		t.Errorf("became %.1f Hz", f)
	}
}

func TestStretchTellsWhatIsLeft(t *testing.T) {
	var s dsp.Stretch
	pcm := audiotest.Speech(2 * audio.Rate)
	block := make([]int16, audio.BlockSize)
	put, out := 0, 0
	for put+1000 < len(pcm) {
		n := s.Take(block, 1.5, false)
		out += n
		for put+1000 < len(pcm) && s.Need(len(block), 1.5) > 0 {
			put += s.Put(pcm[put : put+480])
		}
		if played := float64(put - s.Pending()); math.Abs(played-1.5*float64(out)) > 1000 {
			t.Fatalf("%d came out, %.0f went in for it", out, played)
		}
	}
	if s.Reset(); s.Pending() != 0 || !s.Empty() || s.Take(block, 1.5, true) != 0 {
		t.Error("not empty after a reset")
	}
}

func TestStretchAllocatesNothing(t *testing.T) {
	var s dsp.Stretch
	pcm := audiotest.Speech(audio.BlockSize)
	block := make([]int16, audio.BlockSize)
	if n := testing.AllocsPerRun(200, func() {
		for s.Need(len(block), 1.7) > 0 {
			s.Put(pcm)
		}
		s.Take(block, 1.7, false)
	}); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

func BenchmarkStretch10ms(b *testing.B) {
	var s dsp.Stretch
	pcm := audiotest.Speech(audio.BlockSize)
	block := make([]int16, audio.BlockSize)
	for b.Loop() {
		for s.Need(len(block), 1.5) > 0 {
			s.Put(pcm)
		}
		s.Take(block, 1.5, false)
	}
}

// Files come in any rate.
func TestFileRates(t *testing.T) {
	for from, at := range map[int]int{11025: 11025, 12000: 12000, 22050: 22050, 96000: 96000, 7999: 8000, 44101: 44100, 11111: 11100, 192000: 192000} {
		rate, ok := dsp.FileRate(from)
		if !ok || rate != at {
			t.Errorf("%d Hz is played at %d, %v", from, rate, ok)
			continue
		}
		r, err := dsp.NewFileResampler(rate, audio.Rate)
		if err != nil {
			t.Fatal(err)
		}
		in := audiotest.Sine(rate, rate, 1000, 16000)
		out := make([]int16, r.Bound(len(in)))
		out = out[:r.Process(out, in)]
		if len(out) != audio.Rate {
			t.Errorf("%d Hz: a second became %d samples", rate, len(out))
		}
		if snr := audiotest.SNR(out[audio.Rate/4:], audio.Rate, 1000); snr < 50 {
			t.Errorf("%d Hz: the tone is %.1f dB above the rest", rate, snr)
		}
	}
	for _, rate := range []int{0, -8000, 3999, 384001, 1 << 30} {
		if _, ok := dsp.FileRate(rate); ok {
			t.Errorf("%d Hz was taken", rate)
		}
	}
	if _, err := dsp.NewFileResampler(11111, audio.Rate); err == nil {
		t.Error("11111 Hz was taken as it is")
	}
}
