package voice

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// speakers are what cheap speakers make of a sample, 1 being full scale: an amplifier that gives way softly, one at its
// limit, and a small cone that loses what is above its excursion.
var speakers = []struct {
	name string
	play func() func(x float64) float64
}{
	{"soft", func() func(float64) float64 { return func(x float64) float64 { return 0.1 * math.Tanh(x/0.1) } }},
	{"hard", func() func(float64) float64 { return func(x float64) float64 { return max(-0.2, min(0.2, x)) } }},
	{"cone", func() func(float64) float64 {
		once, low := 0.0, 0.0
		return func(x float64) float64 {
			once += 0.06 * (x - once)
			low += 0.06 * (once - low)
			out := 36 * low * low
			return 0.25 * math.Tanh(((x-low)/(1+4*out)+low/(1+8*out))/0.25)
		}
	}},
}

// played is what a speaker makes of far.
func played(far []int16, play func(float64) float64) []int16 {
	out := make([]int16, len(far))
	for i, v := range far {
		out[i] = int16(math.Round(32767 * play(float64(v)/32768)))
	}
	return out
}

// What a speaker adds of its own is taken out too, though no filter follows it, in rooms of every sort.
func TestEchoOfBadSpeakersIsTakenOut(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes of sound")
	}
	far := audiotest.Scaled(audiotest.Talk(10*second, 7), -20)
	set := everything
	set.AutoLevel = false
	for _, s := range speakers {
		for _, room := range []audiotest.Room{
			{Delay: 20, Tail: 50, Loss: 6, Seed: 3},
			{Delay: 120, Tail: 200, Loss: 0, Seed: 5},
			{Delay: 250, Tail: 150, Loss: 6, Seed: 6},
			{Delay: 60, Tail: 100, Loss: 6, Drift: 100, Seed: 7},
			{Delay: 60, Tail: 100, Loss: 6, Drift: -100, Seed: 8},
		} {
			mic := audiotest.Mixed(room.Echo(played(far, s.play())), quiet(len(far)))
			out := clean(t, processor(t, set), far, mic, 60)
			whole := returnLoss(mic, out, 3, 10)
			t.Logf("%s, %3.0f ms, drift %+.0f: %.1f dB; by second %s", s.name, room.Delay, room.Drift, whole, bySecond(mic, out))
			if whole < 40 {
				t.Errorf("%s, %.0f ms, drift %+.0f: %.1f dB, want 40", s.name, room.Delay, room.Drift, whole)
			}
		}
	}
}

// Who begins to speak while the other side does is heard from the beginning, also where the speaker distorts, and is
// understood.
func TestInterjectionsAreNotCut(t *testing.T) {
	const n, every, length, onset = 14 * second, 5 * second / 2, 7 * second / 10, second / 5
	const late = 240 // samples, see svara_echo_process
	for _, s := range append(speakers[:len(speakers):len(speakers)], struct {
		name string
		play func() func(float64) float64
	}{"good", func() func(float64) float64 { return func(x float64) float64 { return x } }}) {
		for _, loss := range []float64{0, 6} {
			far, near := audiotest.Scaled(audiotest.Talk(n, 7), -20), audiotest.Scaled(audiotest.Talk(n, 8), -22)
			for i := range near {
				if i < 4*second || i%every >= length {
					near[i] = 0
				}
			}
			room := audiotest.Room{Delay: 80, Tail: 150, Loss: loss, Seed: 3}
			set := Settings{Echo: true}
			alone := clean(t, processor(t, set), make([]int16, n), audiotest.Mixed(near, quiet(n)), 60)
			both := clean(t, processor(t, set), far, audiotest.Mixed(room.Echo(played(far, s.play())), near, quiet(n)), 60)
			var kept, whole [2]float64 // at the beginning, and from there on
			for i := 4*second + late; i < n; i++ {
				part := 0
				switch at := (i - late) % every; {
				case at >= length:
					continue
				case at >= onset:
					part = 1
				}
				kept[part] += float64(alone[i]) * float64(both[i])
				whole[part] += float64(alone[i]) * float64(alone[i])
			}
			first, then := 20*math.Log10(max(kept[0], 1)/whole[0]), 20*math.Log10(max(kept[1], 1)/whole[1])
			t.Logf("%s speaker, echo %.0f dB below it: the first %d ms %+.1f dB, the rest %+.1f dB", s.name, loss, 1000*onset/audio.Rate, first, then)
			if first < -3 || then < -1.5 {
				t.Errorf("%s speaker, echo %.0f dB below it: the first %d ms %+.1f dB, the rest %+.1f dB", s.name, loss, 1000*onset/audio.Rate, first, then)
			}
		}
	}
}
