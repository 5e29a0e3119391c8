package record

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
)

// playAll reads a player in blocks to its end, as the audio loop does, and tells what came.
func playAll(t *testing.T, p *Player, each func(blocks int)) []int16 {
	t.Helper()
	var pcm []int16
	block := make([]int16, audio.BlockSize)
	deadline := time.Now().Add(time.Minute)
	for blocks := 0; !p.Done(); {
		if time.Now().After(deadline) {
			t.Fatalf("no end; at %v of %v", p.Position(), p.Duration())
		}
		if p.queue.len() < ahead/2 && !p.last { // the file must not be too slow for us
			signal(p.wake)
			runtime.Gosched()
			if c := p.queue.back(); c != nil && !fileRead(p) {
				continue
			}
		}
		if p.Read(block) {
			pcm = append(pcm, block...)
			if blocks++; each != nil {
				each(blocks)
			}
		}
	}
	return pcm
}

// fileRead reports whether the end of the file is in the queue.
func fileRead(p *Player) bool {
	tail, head := p.queue.tail.Load(), p.queue.head.Load()
	return head > tail && p.queue.values[(head-1)%uint64(p.queue.cap())].last
}

func TestSpeed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	tone := audiotest.Sine(4*8000, 8000, 440, 12000)
	if err := os.WriteFile(path, wavFile(1, 8000, uint32(2*len(tone)), tone), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, speed := range []float64{0.5, 0.8, 1, 1.25, 1.5, 2} {
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		p.SetSpeed(speed)
		worst := 0.0
		got := playAll(t, p, func(blocks int) {
			should := time.Duration(float64(blocks) * speed * float64(audio.BlockTime))
			worst = max(worst, (p.Position() - min(should, p.Duration())).Abs().Seconds())
		})
		if is := length(got).Seconds() * speed / 4; math.Abs(is-1) > 0.02 {
			t.Errorf("at %.2f: %.3f times as long as it should be", speed, is)
		}
		if worst > 0.05 {
			t.Errorf("at %.2f: the position is off by %.0f ms", speed, worst*1000)
		}
		if p.Position() != p.Duration() || p.Duration() != 4*time.Second || p.Speed() != speed {
			t.Errorf("at %.2f: ended at %v of %v", speed, p.Position(), p.Duration())
		}
		if a := audiotest.Amplitude(got[audio.Rate/2:audio.Rate/2+4800], 440); math.Abs(decibels(a, 12000)) > 1 {
			t.Errorf("at %.2f: the tone is %.0f", speed, a)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The speed may be changed and a place gone to at any time, without a click and without losing the way.
func TestSpeedChangesWhilePlaying(t *testing.T) {
	r, path := start(t, "a", false, false)
	r.feed(t, seconds(8), make([]int16, 8*audio.Rate))
	stop(t, r)
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	speeds := []float64{2, 1, 0.5, 1.5, 1, 0.75}
	got := playAll(t, p, func(blocks int) { p.SetSpeed(speeds[blocks/10%len(speeds)]) })
	if j, own := audiotest.Jump(got), audiotest.Jump(seconds(8)); float64(j) > 1.1*float64(own) {
		t.Errorf("a step of %d, its own are %d", j, own)
	}
	// In file time: the sixth second is at six seconds, however fast one got there.
	p.SetSpeed(1.5)
	p.Seek(5100 * time.Millisecond)
	if p.Done() || p.Position() != 5100*time.Millisecond {
		t.Errorf("at %v, done %v", p.Position(), p.Done())
	}
	block := make([]int16, audio.BlockSize)
	var sixth []int16
	for len(sixth) < audio.Rate/4 {
		ready(t, p)
		if p.Read(block) {
			sixth = append(sixth, block...)
		}
	}
	if a := audiotest.Amplitude(sixth[4800:7200], 900); math.Abs(decibels(a, 8000)) > 1.5 {
		t.Errorf("there it is %.0f", a)
	}
	if d := p.Position() - 5100*time.Millisecond - 375*time.Millisecond; d.Abs() > 40*time.Millisecond {
		t.Errorf("a quarter second at 1.5 brought it to %v", p.Position())
	}
	for give, get := range map[float64]float64{0: 0.5, 9: 2, math.NaN(): 1, -1: 0.5, math.Inf(1): 2} {
		if p.SetSpeed(give); p.Speed() != get {
			t.Errorf("%v became %v", give, p.Speed())
		}
	}
}

func TestReadAtSpeedAllocatesNothing(t *testing.T) {
	r, path := start(t, "a", false, true)
	r.feed(t, seconds(5), seconds(5))
	stop(t, r)
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.SetSpeed(1.3)
	block := make([]int16, audio.BlockSize)
	ready(t, p)
	if n := testing.AllocsPerRun(100, func() { p.Read(block) }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

// lawFile makes a WAV file of A-law (6) or u-law (7) sound.
func lawFile(tag uint16, rate int, data []byte) []byte {
	b := wavFile(1, rate, uint32(len(data)), nil)
	b[20] = byte(tag)
	b[32], b[34] = 1, 8
	return append(b, data...)
}

// What mail brings: the laws of the telephone, odd rates, and names that say something else.
func TestVoiceMailFiles(t *testing.T) {
	dir := t.TempDir()
	square := func(high, low byte, rate int) []byte { // 500 Hz
		data := make([]byte, rate)
		for i := range data {
			if data[i] = high; i*1000/rate%2 == 1 {
				data[i] = low
			}
		}
		return data
	}
	for name, data := range map[string][]byte{
		"alaw.mp3": lawFile(6, 8000, square(0xaa, 0x2a, 8000)), // the loudest of both signs
		"ulaw":     lawFile(7, 8000, square(0x80, 0x00, 8000)),
		"11k.wav":  wavFile(1, 11025, 0, audiotest.Sine(11025, 11025, 500, 20000)),
		"96k.gsm":  wavFile(2, 96000, 0xffffffff, audiotest.Sine(2*96000, 96000, 250, 10000)),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Open(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		near(t, name, p.Duration(), time.Second)
		got := playOn(t, p)
		near(t, name+" played", length(got), time.Second)
		if a := audiotest.Amplitude(got[4800:43200], 500); a < 15000 {
			t.Errorf("%s: the tone is %.0f", name, a)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
