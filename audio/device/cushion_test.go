package device

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// play runs blocks of a tone through a cushion into a speaker whose clock runs faster than ours by ppm, in chunks as
// devices take them. It returns what was played, how often the speaker ran dry, and the most that was queued at the end.
func play(c *cushion, seconds int, ppm float64, upset func(block int) (lost int)) (out []int16, dry, queued int) {
	tone := audiotest.Sine(audio.Rate, audio.Rate, 500, 10000)
	dst := make([]int16, audio.BlockSize+maxBend)
	have, owed := float64(c.start()), 0.0
	for i := range seconds * 100 {
		src := append([]int16(nil), tone[i%100*audio.BlockSize:][:audio.BlockSize]...)
		n := c.bend(dst, src, int(have))
		out = append(out, dst[:n]...)
		have += float64(n)
		owed += audio.BlockSize * (1 + ppm/1e6)
		if upset != nil {
			owed -= float64(upset(i))
		}
		for owed >= 240 { // 5 ms at a time
			owed -= 240
			if have -= 240; have < 0 {
				have = 240
				if c.starved() {
					dry++
				}
			}
		}
		if i == seconds*100-1 {
			queued = int(have)
		}
	}
	return out, dry, queued
}

func TestDriftIsBentAway(t *testing.T) {
	for _, ppm := range []float64{-200, -100, 0, 100, 200} {
		c := newCushion(depth)
		out, dry, queued := play(c, 300, ppm, nil)
		if dry > 1 {
			t.Errorf("%+.0f ppm: ran dry %d times", ppm, dry)
		}
		if queued > 25*audio.Rate/1000 {
			t.Errorf("%+.0f ppm: %d ms queued after five minutes", ppm, queued*1000/audio.Rate)
		}
		own := int(math.Ceil(10000 * 2 * math.Pi * 500 / audio.Rate))
		if j := audiotest.Jump(out); j > own*3/2 {
			t.Errorf("%+.0f ppm: clicks of %d where the tone's steps are %d", ppm, j, own)
		}
	}
}

func TestJamDissolvesSmoothly(t *testing.T) {
	c := newCushion(depth)
	out, _, queued := play(c, 20, 0, func(block int) int {
		if block >= 500 && block < 512 {
			return audio.BlockSize // 120 ms in which the speaker takes nothing
		}
		return 0
	})
	if queued > 25*audio.Rate/1000 {
		t.Errorf("%d ms are left in the speaker", queued*1000/audio.Rate)
	}
	if j := audiotest.Jump(out); j > 2500 {
		t.Errorf("leaving blocks out clicks: %d", j)
	}
}

func TestCushionGrowsWithGapsAndShrinksAgain(t *testing.T) {
	c := newCushion(depth)
	late := func(block int) int { // every few seconds the speaker takes 16 ms too early
		switch block % 310 {
		case 40:
			return -16 * audio.Rate / 1000
		case 41:
			return 16 * audio.Rate / 1000
		}
		return 0
	}
	play(c, 120, 0, late)
	_, dry, _ := play(c, 30, 0, late)
	if dry > 0 {
		t.Errorf("still dry %d times after it had time to learn", dry)
	}
	grown := c.want
	if grown <= depth {
		t.Errorf("the cushion is %d samples", grown)
	}
	if play(c, 300, 0, nil); c.want >= grown {
		t.Errorf("the cushion stays at %d samples", c.want)
	}
}

func TestBendingAllocatesNothing(t *testing.T) {
	c := newCushion(depth)
	src, dst := make([]int16, audio.BlockSize), make([]int16, audio.BlockSize+maxBend)
	if n := testing.AllocsPerRun(1000, func() { c.bend(dst, src, 900) }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}
