package media

import (
	"math"
	"math/rand/v2"
	"testing"

	"svara/audio"
)

// voiced is a vowel-like sound: harmonics of a pitch, falling off.
func voiced(hz float64) func([]int16) {
	at := 0
	return func(block []int16) {
		for i := range block {
			var v float64
			for h := 1.0; h <= 12; h++ {
				v += math.Sin(2*math.Pi*hz*h*float64(at)/audio.Rate+h*h) / h
			}
			block[i] = int16(5000 * v)
			at++
		}
	}
}

// largestStep is the greatest difference of neighbouring samples.
func largestStep(pcm []int16) (most float64) {
	for i := 1; i < len(pcm); i++ {
		most = max(most, math.Abs(float64(pcm[i])-float64(pcm[i-1])))
	}
	return most
}

func TestStretchKeepsPitchAndDoesNotClick(t *testing.T) {
	for _, hz := range []float64{85, 110, 200, 440, 1000} {
		for _, most := range []int{-700, -480, 480, 700} {
			if audio.Rate/hz > math.Abs(float64(most)) {
				continue // a whole period is more than may be changed
			}
			source := voiced(hz)
			var in, out []int16
			var s stretcher
			frame := make([]int16, 960+maxLag)
			changes := 0
			for i := range 100 {
				source(frame[:960])
				in = append(in, frame[:960]...)
				n := 960
				if i%3 == 0 {
					if n = s.stretch(frame, 960, most, alikeEnough); n != 960 {
						changes++
						if (n < 960) != (most < 0) || n-960 > maxLag || 960-n > maxLag {
							t.Fatalf("%v Hz: %d samples became %d, %d asked", hz, 960, n, most)
						}
					}
				}
				out = append(out, frame[:n]...)
			}
			if changes < 30 {
				t.Errorf("%v Hz, %d asked: only %d changes", hz, most, changes)
			}
			if a, b := largestStep(in), largestStep(out); b > a*1.15 {
				t.Errorf("%v Hz, %d asked: a step of %.0f, %.0f before", hz, most, b, a)
			}
			// The pitch is where it was: the fundamental's share of the energy has hardly changed.
			before, _ := tone(in[:audio.Rate/10], hz)
			after, _ := tone(out[:audio.Rate/10], hz)
			if after < before*0.9 {
				t.Errorf("%v Hz, %d asked: fundamental %.0f, %.0f before", hz, most, after, before)
			}
		}
	}
}

func TestStretchLeavesNoiseAloneAtFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	frame := make([]int16, 960+maxLag)
	var s stretcher
	refused := 0
	for range 60 {
		for i := range 960 {
			frame[i] = int16(r.NormFloat64() * 3000)
		}
		if s.stretch(frame, 960, -480, alikeEnough) != 960 {
			break
		}
		refused++
	}
	if refused < 10 || refused == 60 {
		t.Errorf("refused %d times", refused)
	}
	clear(frame)
	if n := s.stretch(frame, 960, -300, alikeEnough); n != 660 {
		t.Errorf("silence became %d samples", n)
	}
	for _, n := range []int{0, 100, 240, 480} {
		for _, most := range []int{-1000, -1, 0, 1, 1000} {
			if got := s.stretch(frame, n, most, nobodyHears); got < 0 || got > n+maxLag {
				t.Errorf("%d samples, %d asked: %d", n, most, got)
			}
		}
	}
}

func TestPausesOfTheTalk(t *testing.T) {
	noise := func(rms float64) []int16 {
		r := rand.New(rand.NewPCG(7, 7))
		out := make([]int16, 960)
		for i := range out {
			out[i] = int16(r.NormFloat64() * rms)
		}
		return out
	}
	var l lull
	for i, frame := range []struct {
		rms   float64
		pause bool
	}{{10, true}, {100, false}, {3000, false}, {100, false}, {60, true}, {3000, false}, {0, true}} {
		if got := l.pause(noise(frame.rms)); got != frame.pause {
			t.Errorf("frame %d, %v loud: a pause is %v", i, frame.rms, got)
		}
	}
	for range 1000 { // after twenty seconds without a voice, what is behind it is all there is to hear
		l.pause(noise(60))
	}
	if l.pause(noise(60)) {
		t.Error("what sounds on after the voice is a pause for ever")
	}
}

func TestStretchDoesNotAllocate(t *testing.T) {
	source := voiced(120)
	frame := make([]int16, 960+maxLag)
	var s stretcher
	if n := testing.AllocsPerRun(100, func() {
		source(frame[:960])
		s.stretch(frame, 960, -480, nobodyHears)
		s.stretch(frame, 960, 480, nobodyHears)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkStretch(b *testing.B) {
	source := voiced(120)
	frame := make([]int16, 960+maxLag)
	var s stretcher
	source(frame[:960])
	for b.Loop() {
		s.stretch(frame, 960, -480, nobodyHears)
	}
}
