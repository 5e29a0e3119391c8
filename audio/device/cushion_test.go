package device

import (
	"math"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

// playThrough runs blocks of a tone through a cushion into a speaker whose clock runs faster than ours by ppm, in chunks
// as devices take them. It returns what was played, how often the speaker ran dry, and what was queued at the end.
func playThrough(c *cushion, seconds int, ppm float64, upset func(block int) (lost int)) (out []int16, dry, queued int) {
	tone := audiotest.Sine(audio.Rate, audio.Rate, 500, 10000)
	dst := make([]int16, maxBlock)
	have, owed := float64(c.start()+audio.BlockSize), 0.0
	for i := range seconds * 100 {
		if i%c.every == 0 {
			c.level(int(have))
		}
		sound := c.play(dst, tone[i%100*audio.BlockSize:][:audio.BlockSize])
		out = append(out, sound...)
		have += float64(len(sound))
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
		queued = int(have)
	}
	return out, dry, queued
}

// ways are how often devices tell their level.
var ways = []int{1, 10}

func TestDriftIsBentAway(t *testing.T) {
	for _, every := range ways {
		for _, ppm := range []float64{-200, -100, 0, 100, 200} {
			c := newCushion(depth, every)
			out, dry, queued := playThrough(c, 300, ppm, nil)
			if dry > 1 {
				t.Errorf("%+.0f ppm: ran dry %d times", ppm, dry)
			}
			if queued > 25*audio.Rate/1000 {
				t.Errorf("%+.0f ppm: %d ms queued after five minutes", ppm, queued*1000/audio.Rate)
			}
			own := int(math.Ceil(10000 * 2 * math.Pi * 500 / audio.Rate))
			if j := audiotest.Jump(out); j > own*102/100 {
				t.Errorf("%+.0f ppm: clicks of %d where the tone's steps are %d", ppm, j, own)
			}
		}
	}
}

func TestJamDissolvesSmoothly(t *testing.T) {
	for _, every := range ways {
		c := newCushion(depth, every)
		out, dry, queued := playThrough(c, 20, 0, func(block int) int {
			if block >= 500 && block < 512 {
				return audio.BlockSize // 120 ms in which the speaker takes nothing
			}
			return 0
		})
		if dry > 0 || c.want > depth {
			t.Errorf("ran dry %d times on the way; %d samples are wanted, %d asked for", dry, c.want, depth)
		}
		if queued > 30*audio.Rate/1000 {
			t.Errorf("%d ms are left in the speaker", queued*1000/audio.Rate)
		}
		if j := audiotest.Jump(out); j > 700 { // the tone's own steps are 654
			t.Errorf("playing faster clicks: %d", j)
		}
	}
}

func TestCushionGrowsWithGapsAndShrinksAgain(t *testing.T) {
	for _, every := range ways {
		c := newCushion(depth, every)
		late := func(block int) int { // every few seconds the speaker takes 16 ms too early
			switch block % 310 {
			case 40:
				return -16 * audio.Rate / 1000
			case 41:
				return 16 * audio.Rate / 1000
			}
			return 0
		}
		playThrough(c, 120, 0, late)
		_, dry, _ := playThrough(c, 30, 0, late)
		if dry > 1 { // one may be: now and then it tries to do with less
			t.Errorf("still dry %d times after it had time to learn", dry)
		}
		grown := c.want
		if grown <= depth {
			t.Errorf("the cushion is %d samples", grown)
		}
		if playThrough(c, 300, 0, nil); c.want >= grown {
			t.Errorf("the cushion stays at %d samples", c.want)
		}
	}
}

func TestCushionBeginsWhereItWasLeft(t *testing.T) {
	c := newCushion(depth, 1)
	if c.expect(30 * depth); c.want != thick {
		t.Errorf("%d samples, want the thickest", c.want)
	}
	if c.expect(4 * depth); c.want != 4*depth-step {
		t.Errorf("%d samples, want a little less than before", c.want)
	}
	if c.expect(0); c.want != depth+unknown-step {
		t.Errorf("%d samples, want more than the device asks for", c.want)
	}
	slow := newCushion(2*thick, 1) // as sound that goes over a network
	if slow.expect(0); slow.want != 2*thick+unknown-step {
		t.Errorf("%d samples, want more than the slow device asks for", slow.want)
	}
	for range 100 {
		slow.play(make([]int16, maxBlock), make([]int16, audio.BlockSize))
		if slow.starved(); slow.want < 2*thick {
			t.Fatalf("%d samples after a gap, less than the slow device asks for", slow.want)
		}
	}
}

func TestSteadySoundIsUntouched(t *testing.T) {
	c := newCushion(depth, 1)
	in := audiotest.Speech(10 * audio.Rate)
	dst := make([]int16, maxBlock)
	var out []int16
	for at := 0; at < len(in); at += audio.BlockSize {
		c.level(depth + at%3*10) // as even as a device is
		out = append(out, c.play(dst, in[at:at+audio.BlockSize])...)
	}
	for i := range out[8:] {
		if out[8+i] != in[i] {
			t.Fatalf("sample %d is another", i)
		}
	}
}

// A pause in speech takes the correction, all of it, and nothing else is touched.
func TestPausesTakeCorrections(t *testing.T) {
	for _, off := range []int{-15, -5, 5} { // ms
		c := newCushion(3*depth, 1)
		dst := make([]int16, maxBlock)
		speech := audiotest.Sine(audio.BlockSize, audio.Rate, 500, 10000)
		hush := audiotest.Noise(audio.BlockSize, 20, 3)
		level, touched, blocks := c.want-off*audio.Rate/1000, 0, 0
		for i := range 1000 {
			src := speech
			if i%200 >= 190 {
				src = hush
			}
			c.level(level)
			n := len(c.play(dst, src))
			level += n - len(src)
			if blocks++; n != len(src) && src[100] == speech[100] {
				touched++
			}
		}
		if touched > 0 || level < c.want-dead || level > c.want+dead {
			t.Errorf("%+d ms: %d blocks of speech were bent; %d samples are left, want %d", off, touched, level, c.want)
		}
	}
}

func TestPatchHasNoSeam(t *testing.T) {
	for _, by := range []int{-240, -100, -1, 1, 77, 240} {
		c := newCushion(depth, 1)
		c.started, c.change = true, by
		tone := audiotest.Sine(3*audio.BlockSize, audio.Rate, 200, faint)
		dst := make([]int16, maxBlock)
		var out []int16
		for i := range 3 {
			out = append(out, c.play(dst, tone[i*audio.BlockSize:][:audio.BlockSize])...)
		}
		if len(out) != len(tone)+by {
			t.Errorf("%+d: %d samples", by, len(out)-len(tone))
		}
		if j := audiotest.Jump(out); j > 10 { // the tone's own steps are 4
			t.Errorf("%+d: a click of %d", by, j)
		}
	}
}

func TestBendingAllocatesNothing(t *testing.T) {
	c := newCushion(depth, 1)
	src, dst := make([]int16, audio.BlockSize), make([]int16, maxBlock)
	level := 0
	if n := testing.AllocsPerRun(3000, func() {
		level = (level + 37) % 9000 // far too much as well
		c.level(level)
		c.play(dst, src)
	}); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}
