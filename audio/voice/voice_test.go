package voice

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"svara/audio"
	"svara/audio/audiotest"
)

const second = audio.Rate

var everything = Settings{Echo: true, Noise: NoiseMedium, AutoLevel: true, HighPass: true}

// processor makes one that is set.
func processor(t testing.TB, s Settings) Processor {
	t.Helper()
	if Library == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("this build cleans no microphone")
		}
		t.Skip("this build cleans no microphone")
	}
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if err := p.Set(s); err != nil {
		t.Fatal(err)
	}
	return p
}

// clean is what p makes of a microphone.
func clean(t testing.TB, p Processor, far, mic []int16, delay int) []int16 {
	t.Helper()
	out := append([]int16(nil), mic...)
	for at := 0; at+audio.BlockSize <= len(mic); at += audio.BlockSize {
		if _, err := p.Process(far[at:at+audio.BlockSize], out[at:at+audio.BlockSize], delay); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// returnLoss is by how many dB the echo in mic is brought down in out, from a second to another.
func returnLoss(mic, out []int16, from, to int) float64 {
	return audiotest.Decibel(audiotest.RMS(mic[from*second:to*second])) - audiotest.Decibel(audiotest.RMS(out[from*second:to*second]))
}

// bySecond is returnLoss of each second.
func bySecond(mic, out []int16) string {
	var line []string
	for s := range len(mic) / second {
		line = append(line, fmt.Sprintf("%.0f", returnLoss(mic, out, s, s+1)))
	}
	return strings.Join(line, " ")
}

// quiet is the noise of the rooms, -77 dBFS.
func quiet(n int) []int16 { return audiotest.Noise(n, 5, 4) }

// The other side speaks and hears nothing of itself: 40 dB below what the microphone heard at the latest three seconds
// after the beginning, in rooms of every sort.
func TestEchoIsTakenOut(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes of sound")
	}
	for _, c := range []struct {
		room audiotest.Room
		hint int     // what the devices tell, ms
		most float64 // dB wanted
	}{
		{audiotest.Room{Delay: 20, Tail: 50, Loss: 6}, 20, 40},
		{audiotest.Room{Delay: 80, Tail: 150, Loss: 0}, 60, 40},
		{audiotest.Room{Delay: 80, Tail: 150, Loss: 20}, 60, 33}, // the room is no quieter
		{audiotest.Room{Delay: 120, Tail: 250, Loss: 6}, 0, 40},
		{audiotest.Room{Delay: 250, Tail: 150, Loss: 6}, 400, 38}, // devices that tell too much: at first far comes after its echo
		{audiotest.Room{Delay: 400, Tail: 50, Loss: 6}, 0, 40},
		{audiotest.Room{Delay: 400, Tail: 250, Loss: 6}, 380, 40},
		{audiotest.Room{Delay: 1200, Tail: 150, Loss: 6}, 30, 40}, // a sound server that keeps much
		{audiotest.Room{Delay: 60, Tail: 150, Loss: 6, Drift: 100}, 60, 40},
		{audiotest.Room{Delay: 60, Tail: 150, Loss: 6, Drift: -100}, 60, 40},
		{audiotest.Room{Delay: 60, Tail: 100, Loss: 6, Clip: -20}, 60, 40}, // the speaker distorts
	} {
		t.Run(fmt.Sprintf("%+v", c.room), func(t *testing.T) {
			c.room.Seed = 3
			far := audiotest.Scaled(audiotest.Talk(10*second, 7), -20)
			mic := audiotest.Mixed(c.room.Echo(far), quiet(len(far)))
			without := everything
			without.AutoLevel = false // which raises what is left as it raises speech
			for _, set := range []Settings{{Echo: true}, without, everything} {
				out := clean(t, processor(t, set), far, mic, c.hint)
				whole := returnLoss(mic, out, 3, 10)
				t.Logf("%3.0f dB from the third second; by second %s: %+v", whole, bySecond(mic, out), set)
				if whole < c.most && set == without {
					t.Errorf("%.1f dB, want %.0f", whole, c.most)
				}
			}
		})
	}
}

// Both speak: what is said here comes through as if it were alone.
func TestDoubleTalkIsNotCut(t *testing.T) {
	n := 14 * second
	far := audiotest.Scaled(audiotest.Talk(n, 7), -20)
	near := audiotest.Scaled(audiotest.Talk(n, 8), -22)
	clear(near[:4*second]) // until the room is known
	cases := []struct {
		set   Settings
		stoi  float64
		alone []int16 // what becomes of near without an echo
	}{{set: Settings{Echo: true}, stoi: 0.9}, {set: everything, stoi: 0.89}}
	for i, c := range cases {
		cases[i].alone = clean(t, processor(t, c.set), make([]int16, n), audiotest.Mixed(near, quiet(n)), 60)[6*second:]
	}
	for _, loss := range []float64{0, 6, 20} {
		room := audiotest.Room{Delay: 80, Tail: 150, Loss: loss, Seed: 3}
		mic := audiotest.Mixed(room.Echo(far), near, quiet(n))
		untouched := audiotest.STOI(near[6*second:], mic[6*second:])
		for _, c := range cases {
			both := clean(t, processor(t, c.set), far, mic, 60)[6*second:]
			said, heard, late := audiotest.Aligned(near[6*second:], both)
			stoi, change := audiotest.STOI(said, heard), audiotest.Active(both)-audiotest.Active(c.alone)
			t.Logf("echo %2.0f dB below the speaker, noise %d: STOI %.2f (untouched %.2f), segmental SNR against it alone %.1f dB, level %+.1f dB, %d samples later",
				loss, c.set.Noise, stoi, untouched, audiotest.SegmentalSNR(c.alone, both), change, late)
			if stoi < c.stoi || math.Abs(change) > 1.5 {
				t.Errorf("STOI %.2f, want %.2f; level changed by %.1f dB", stoi, c.stoi, change)
			}
		}
	}
}

// Another delay in the middle of a call, as after a gap or with another device: it is found again.
func TestJumpOfDelayIsFollowed(t *testing.T) {
	n := 8 * second
	far := audiotest.Scaled(audiotest.Talk(2*n, 7), -20)
	for _, c := range []struct{ before, after float64 }{{60, 260}, {250, 20}, {20, 90}, {120, 60}} {
		before := audiotest.Room{Delay: c.before, Tail: 100, Loss: 6, Seed: 3}
		after := audiotest.Room{Delay: c.after, Tail: 100, Loss: 6, Seed: 3}
		mic := append(append([]int16(nil), before.Echo(far)[:n]...), after.Echo(far)[n:]...)
		mic = audiotest.Mixed(mic, quiet(2*n))
		out := clean(t, processor(t, everything), far, mic, 60)
		first, then := returnLoss(mic, out, 4, 8), returnLoss(mic, out, 12, 16)
		t.Logf("%.0f to %.0f ms: %.1f dB before, %.1f dB from 4 s after; by second %s", c.before, c.after, first, then, bySecond(mic, out))
		if first < 40 {
			t.Errorf("%.1f dB before the jump", first)
		}
		if then < 38 { // as good as before but for what is left of learning it anew
			t.Errorf("%.1f dB from 4 s after the jump", then)
		}
	}
}

// What the aligner finds is where the echo is.
func TestDelayIsFound(t *testing.T) {
	for _, delay := range []float64{20, 137, 412, 1100} {
		far := audiotest.Scaled(audiotest.Talk(6*second, 9), -20)
		room := audiotest.Room{Delay: delay, Tail: 150, Loss: 10, Seed: 5}
		mic := audiotest.Mixed(room.Echo(far), quiet(len(far)))
		a := newAligner()
		var held [audio.BlockSize]int16
		found := -1
		for at := 0; at+audio.BlockSize <= len(far); at += audio.BlockSize {
			a.push(held[:], far[at:at+audio.BlockSize], mic[at:at+audio.BlockSize], 0, 0)
			if found < 0 && a.delay() >= 0 {
				found = at / (second / 1000)
			}
		}
		t.Logf("%.0f ms: %d after %d ms of sound", delay, a.delay(), found)
		if math.Abs(float64(a.delay())-delay) > 4 {
			t.Errorf("%.0f ms found as %d", delay, a.delay())
		}
	}
	a := newAligner() // speech nearby has nothing to do with what the speaker plays
	far, near := audiotest.Talk(8*second, 9), audiotest.Talk(8*second, 10)
	var held [audio.BlockSize]int16
	for at := 0; at+audio.BlockSize <= len(far); at += audio.BlockSize {
		a.push(held[:], far[at:at+audio.BlockSize], near[at:at+audio.BlockSize], 0, 0)
	}
	if a.delay() >= 0 || a.held != 0 {
		t.Errorf("a delay of %d ms was found where there is none", a.delay())
	}
}

func TestNoiseIsTakenOutAndSpeechIsKept(t *testing.T) {
	n := 8 * second
	speech := audiotest.Scaled(audiotest.Talk(n, 8), -24)
	noise := audiotest.Noise(n, 120, 4) // -49 dBFS, a fan
	least := 0.0
	for _, level := range []Noise{NoiseLow, NoiseMedium, NoiseHigh} {
		far := make([]int16, n)
		alone := clean(t, processor(t, Settings{Noise: level}), far, noise, 0)
		down := returnLoss(noise, alone, 4, 8)
		both := clean(t, processor(t, Settings{Noise: level}), far, audiotest.Mixed(speech, noise), 0)
		said, heard, _ := audiotest.Aligned(speech[4*second:], both[4*second:])
		stoi, change := audiotest.STOI(said, heard), audiotest.Active(both)-audiotest.Active(speech)
		t.Logf("degree %d: noise %.1f dB down, STOI %.2f, speech %+.1f dB", level, down, stoi, change)
		if down < least+3 || stoi < 0.9 || math.Abs(change) > 2 {
			t.Errorf("degree %d: noise %.1f dB down, STOI %.2f, speech %+.1f dB", level, down, stoi, change)
		}
		least = down
	}
}

func TestHumIsTakenOut(t *testing.T) {
	n := 4 * second
	hum := audiotest.Sine(n, audio.Rate, 50, 3000)
	out := clean(t, processor(t, Settings{HighPass: true}), make([]int16, n), hum, 0)
	down := returnLoss(hum, out, 2, 4)
	tone := audiotest.Sine(n, audio.Rate, 300, 3000)
	kept := returnLoss(tone, clean(t, processor(t, Settings{HighPass: true}), make([]int16, n), tone, 0), 2, 4)
	t.Logf("50 Hz %.1f dB down, 300 Hz %.1f dB", down, kept)
	if down < 12 || math.Abs(kept) > 1 {
		t.Errorf("50 Hz %.1f dB down, 300 Hz %.1f dB", down, kept)
	}
}

// Speech is told from silence and from steady noise, also faint speech.
func TestSpeechIsNoticed(t *testing.T) {
	share := func(mic []int16) float64 {
		p, n := processor(t, Settings{Noise: NoiseMedium}), 0
		far := make([]int16, audio.BlockSize)
		out := append([]int16(nil), mic...)
		for at := 0; at+audio.BlockSize <= len(out); at += audio.BlockSize {
			stats, err := p.Process(far, out[at:at+audio.BlockSize], 0)
			if err != nil {
				t.Fatal(err)
			}
			if stats.Voice && at > 2*second {
				n++
			}
		}
		return float64(n*audio.BlockSize) / float64(len(mic)-2*second)
	}
	talk := audiotest.Talk(8*second, 8)
	loud, faint, noise := share(audiotest.Mixed(audiotest.Scaled(talk, -20), quiet(8*second))),
		share(audiotest.Mixed(audiotest.Scaled(talk, -55), quiet(8*second))), share(audiotest.Noise(8*second, 60, 4))
	t.Logf("blocks with speech: %.2f of speech, %.2f of faint speech, %.2f of noise", loud, faint, noise)
	if loud < 0.5 || faint < 0.3 || noise > 0.1 {
		t.Errorf("blocks with speech: %.2f of speech, %.2f of faint speech, %.2f of noise", loud, faint, noise)
	}
}

// With nothing on, speech comes out as it went in.
func TestNothingOnChangesNothing(t *testing.T) {
	speech := audiotest.Scaled(audiotest.Talk(4*second, 8), -20)
	out := clean(t, processor(t, Settings{}), make([]int16, len(speech)), speech, 0)
	for i := range out {
		if out[i] != speech[i] {
			t.Fatalf("sample %d is %d, was %d", i, out[i], speech[i])
		}
	}
}

func TestOtherBlocksAreRefused(t *testing.T) {
	p := processor(t, everything)
	if _, err := p.Process(make([]int16, 480), make([]int16, 160), 0); err == nil {
		t.Error("160 samples were taken")
	}
	if err := p.Set(Settings{Noise: 7}); err == nil {
		t.Error("a seventh degree was taken")
	}
	p.Reset()
	if _, err := p.Process(make([]int16, 480), make([]int16, 480), -5); err != nil {
		t.Error(err)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	p := processor(t, everything)
	far, mic := audiotest.Talk(audio.BlockSize, 1), audiotest.Talk(audio.BlockSize, 2)
	if n := testing.AllocsPerRun(200, func() { _, _ = p.Process(far, mic, 20) }); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}
