package pbxdemo

import (
	"math"
	"testing"
	"time"

	"svara/audio"
)

// speaker says one value and keeps what it hears last.
type speaker struct {
	says  int16
	heard [audio.BlockSize]int16
}

func (s *speaker) Read(block []int16) bool {
	for i := range block {
		block[i] = s.says
	}
	return true
}

func (s *speaker) Write(block []int16) { copy(s.heard[:], block) }

// idleMixer is a mixer that a test cranks by hand.
func idleMixer() *mixer { return &mixer{kick: make(chan struct{}, 1)} }

func nobody(*port) bool { return false }

// Each hears the sum of the others, within the range; one who waits hears music; the circle's tones reach all.
func TestMixMinus(t *testing.T) {
	m := idleMixer()
	a, b, c := &speaker{says: 100}, &speaker{says: 2000}, &speaker{says: 30000}
	ports := []*port{{stream: a}, {stream: b}, {stream: c}}
	var circle circle
	m.set(&circle, ports, nobody)
	m.mix()
	if a.heard[7] != 32000 || b.heard[7] != 30100 || c.heard[7] != 2100 {
		t.Errorf("heard %d, %d, %d", a.heard[7], b.heard[7], c.heard[7])
	}
	b.says = 20000
	m.mix()
	if a.heard[7] != math.MaxInt16 {
		t.Errorf("two loud ones: %d", a.heard[7])
	}
	a.says, b.says, c.says = 0, 0, 0
	m.sound(&circle, beep(1000, audio.BlockTime))
	m.mix()
	if rms(a.heard[:]) < -30 || rms(c.heard[:]) < -30 {
		t.Error("the tone does not reach all")
	}
	m.mix()
	if rms(a.heard[:]) > -60 {
		t.Error("the tone does not end")
	}
	b.says = 1000
	m.set(&circle, ports[:2], func(p *port) bool { return p == ports[0] })
	heard := make([]int16, 0, audio.Rate)
	for range 100 {
		m.mix()
		heard = append(heard, a.heard[:]...)
	}
	if level := rms(heard); level < -45 || level > -25 || b.heard[7] != 0 {
		t.Errorf("music at %.1f dBFS; the other hears %d", level, b.heard[7])
	}
	m.set(&circle, nil, nobody)
	if m.mix() {
		t.Error("goes on with nobody")
	}
}

// The music is a whole loop without a click where it begins again, and soft throughout.
func TestHoldMusic(t *testing.T) {
	all := holdMusic()
	if len(all) != musicSeconds*audio.Rate {
		t.Errorf("%d samples", len(all))
	}
	jump, peak := 0, 0
	for i, v := range all {
		jump = max(jump, abs(int(v)-int(all[(i+1)%len(all)])))
		peak = max(peak, abs(int(v)))
	}
	if jump > 300 || peak > 3000 || peak < 1000 {
		t.Errorf("jump of %d, peak %d", jump, peak)
	}
	for second := range musicSeconds {
		if level := rms(all[second*audio.Rate : (second+1)*audio.Rate]); level < -40 || level > -25 {
			t.Errorf("second %d: %.1f dBFS", second, level)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// Twenty who talk cost no memory a block.
func TestMixAllocatesNothing(t *testing.T) {
	m := idleMixer()
	var ports []*port
	for range 20 {
		ports = append(ports, &port{stream: &speaker{says: 5}})
	}
	var circle circle
	m.set(&circle, ports, nobody)
	m.mix()
	if n := testing.AllocsPerRun(100, func() { m.mix() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What somebody simulated says waits while they are held.
func TestVoice(t *testing.T) {
	said := 0
	v := &voice{empty: func() { said++ }}
	v.play(beep(1000, 3*audio.BlockTime))
	var heard, out [audio.BlockSize]int16
	for i, c := range []struct{ quiet, sound bool }{{false, true}, {true, false}, {true, false}, {false, true}, {false, true}, {false, false}} {
		v.hold(c.quiet)
		v.speak(heard[:], out[:])
		if (rms(out[:]) > -60) != c.sound {
			t.Errorf("block %d: %.1f dBFS", i, rms(out[:]))
		}
	}
	if said != 1 {
		t.Errorf("empty %d times", said)
	}
	heard[3] = 77
	v.setEcho(true)
	if v.speak(heard[:], out[:]); out[3] != 77 {
		t.Error("no echo")
	}
	v.play(pause(time.Second))
	v.interrupt()
	if v.speak(heard[:], out[:]); out[3] != 77 || said != 1 {
		t.Error("not interrupted")
	}
}
