package voice

import (
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

const second = audio.Rate

func clean(t testing.TB, p Processor, far, mic []int16, delay int) []int16 {
	out := make([]int16, len(mic))
	copy(out, mic)
	for at := 0; at+audio.BlockSize <= len(mic); at += audio.BlockSize {
		if _, err := p.Process(far[at:at+audio.BlockSize], out[at:at+audio.BlockSize], delay); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestDoubleTalk(t *testing.T) {
	for _, loss := range []float64{0, 6, 12, 20} {
		for _, set := range []Settings{{Echo: true}, {Echo: true, Noise: NoiseMedium, HighPass: true, AutoLevel: true}} {
			n := 16 * second
			far := audiotest.Scaled(audiotest.Talk(n, 7), -20)
			near := audiotest.Scaled(audiotest.Talk(n, 8), -22)
			clear(near[:5*second])
			room := audiotest.Room{Delay: 80, Tail: 150, Loss: loss, Seed: 3}
			noise := audiotest.Noise(n, 5, 4)
			p, _ := New()
			p.Set(set)
			both := clean(t, p, far, audiotest.Mixed(room.Echo(far), noise, near), 60)
			p.Close()
			p, _ = New()
			p.Set(set)
			alone := clean(t, p, make([]int16, n), audiotest.Mixed(noise, near), 60)
			p.Close()
			from := 8 * second
			a, b, late := audiotest.Aligned(near[from:], both[from:])
			c, d, late2 := audiotest.Aligned(near[from:], alone[from:])
			e, f, late3 := audiotest.Aligned(alone[from:], both[from:])
			raw := audiotest.Mixed(room.Echo(far), noise, near)[from:]
			t.Logf("loss %v %+v: raw STOI %.2f segSNR %.1f | cleaned STOI %.2f segSNR %.1f level %.1f (%d) | near alone STOI %.2f segSNR %.1f level %.1f (%d) | both vs alone STOI %.2f segSNR %.1f (%d)", loss, set,
				audiotest.STOI(near[from:], raw), audiotest.SegmentalSNR(near[from:], raw),
				audiotest.STOI(a, b), audiotest.SegmentalSNR(a, b), audiotest.Active(b), late,
				audiotest.STOI(c, d), audiotest.SegmentalSNR(c, d), audiotest.Active(d), late2,
				audiotest.STOI(e, f), audiotest.SegmentalSNR(e, f), late3)
		}
	}
}
