package pbxdemo

import (
	"math"
	"strings"
	"sync"
	"time"

	"svara/audio"
)

// ending is a source that comes to an end.
type ending interface {
	audio.Source
	Done() bool
}

// silence is a pause of some samples.
type silence int

// pause is silence for a time.
func pause(d time.Duration) *silence {
	s := silence(samples(d))
	return &s
}

// Done reports whether it is over.
func (s *silence) Done() bool { return *s <= 0 }

// Read implements audio.Source.
func (s *silence) Read(block []int16) bool {
	*s -= silence(len(block))
	clear(block)
	return false
}

// sine is a tone without end.
type sine struct{ step, phase, amplitude float64 }

// Done is never.
func (s *sine) Done() bool { return false }

// Read implements audio.Source.
func (s *sine) Read(block []int16) bool {
	for i := range block {
		block[i] = int16(s.amplitude * math.Sin(s.phase))
		s.phase = math.Mod(s.phase+s.step, 2*math.Pi)
	}
	return true
}

// chord is a key's two frequencies for a time (ITU-T Q.23). It is longer than audio/tone's, which sounds when a key is
// pressed: this one is listened to.
type chord struct {
	low, high sine
	left      int // samples
}

const chordTime = 250 * time.Millisecond

// keyTone is the sound of one key of keypad.
func keyTone(key rune) *chord {
	const byPlace = "123A456B789C*0#D"
	low, high := [4]float64{697, 770, 852, 941}, [4]float64{1209, 1336, 1477, 1633}
	i := max(strings.IndexRune(byPlace, key), 0)
	one := func(freq float64) sine { return sine{step: 2 * math.Pi * freq / audio.Rate, amplitude: 2600} }
	return &chord{one(low[i/4]), one(high[i%4]), samples(chordTime)}
}

// Done reports whether it is over.
func (c *chord) Done() bool { return c.left <= 0 }

// Read implements audio.Source.
func (c *chord) Read(block []int16) bool {
	var other [audio.BlockSize]int16
	c.low.Read(block)
	c.high.Read(other[:len(block)])
	for i := range block {
		block[i] += other[i]
	}
	c.left -= len(block)
	return true
}

// voice is a simulated party's mouth and ears: the mixer gives it a block of what it hears and takes one of what it says.
type voice struct {
	empty func() // called each time the queue has been played; must not block

	mu    sync.Mutex
	queue []ending // guarded by mu
	echo  bool     // guarded by mu; what is heard is sent back while the queue is empty
	quiet bool     // guarded by mu; held: the queue waits
}

// play appends to the queue.
func (v *voice) play(sources ...ending) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.queue = append(v.queue, sources...)
}

// interrupt empties the queue without calling empty.
func (v *voice) interrupt() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.queue = nil
}

func (v *voice) setEcho(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.echo = on
}

// hold makes the queue wait: a person does not talk to music on hold.
func (v *voice) hold(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.quiet = on
}

// speak fills a block with what comes next. heard is what it heard meanwhile.
func (v *voice) speak(heard, said []int16) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.quiet || len(v.queue) == 0 {
		if clear(said); v.echo && !v.quiet {
			copy(said, heard)
		}
		return
	}
	if r, ok := v.queue[0].(*recording); ok {
		r.hear(heard)
	}
	v.queue[0].Read(said)
	if v.queue[0].Done() {
		v.queue[0] = nil
		if v.queue = v.queue[1:]; len(v.queue) == 0 {
			v.empty()
		}
	}
}
