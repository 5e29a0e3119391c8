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

// player is a simulated party's mouth and ears: every 10 ms it takes a block from the stream and gives it one.
//
//	stream.Read ──► (echo) ──► stream.Write
//	queue: clip, pause, tone ──►
type player struct {
	stream audio.Stream
	empty  func() // called each time the queue has been played; must not block
	quit   chan struct{}
	done   chan struct{}

	mu    sync.Mutex
	queue []ending // guarded by mu
	echo  bool     // guarded by mu; what is heard is sent back while the queue is empty
	quiet bool     // guarded by mu; held: the queue waits
}

func newPlayer(stream audio.Stream, empty func()) *player {
	p := &player{stream: stream, empty: empty, quit: make(chan struct{}), done: make(chan struct{})}
	go p.run()
	return p
}

// play appends to the queue.
func (p *player) play(sources ...ending) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, sources...)
}

// interrupt empties the queue without calling empty.
func (p *player) interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = nil
}

func (p *player) setEcho(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.echo = on
}

// hold makes the queue wait: a person does not talk to music on hold.
func (p *player) hold(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quiet = on
}

// close returns when the goroutine has ended.
func (p *player) close() {
	close(p.quit)
	<-p.done
}

func (p *player) run() {
	defer close(p.done)
	var heard, said [audio.BlockSize]int16
	next := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-timer.C:
		}
		p.stream.Read(heard[:])
		p.speak(heard[:], said[:])
		p.stream.Write(said[:])
		next = next.Add(audio.BlockTime)
		if late := time.Since(next); late > 200*time.Millisecond { // the machine slept: do not catch up on all of it
			next = next.Add(late)
		}
		timer.Reset(time.Until(next))
	}
}

// speak fills a block with what comes next.
func (p *player) speak(heard, said []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quiet || len(p.queue) == 0 {
		if clear(said); p.echo && !p.quiet {
			copy(said, heard)
		}
		return
	}
	p.queue[0].Read(said)
	if p.queue[0].Done() {
		p.queue[0] = nil
		if p.queue = p.queue[1:]; len(p.queue) == 0 {
			p.empty()
		}
	}
}
