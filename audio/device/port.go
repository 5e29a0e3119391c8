package device

import (
	"errors"
	"sync/atomic"
	"time"

	"svara/audio"
	"svara/audio/ring"
)

// Port is one open stream as the audio loop sees it: a ring and a bell. A microphone's ring is read by the loop, a
// speaker's written by it; the other end belongs to the stream's own goroutine, a microphone's being the loop's as well. A new stream is a new Port, so a
// goroutine that hangs in the system's sound can never touch what came after it.
type Port struct {
	Ring *ring.Ring
	Wake chan struct{} // has a value when the ring has got something; one slot

	arrived func(*Port)                  // called when a microphone's ring has got something; nil: the bell is rung
	device  audio.Device                 // keeper's goroutine
	moved   atomic.Pointer[audio.Device] // where a sound server has taken the stream; stored by the stream, taken by the Keeper
	direct  atomic.Pointer[func()]       // takes what is in the ring at once, called by the loop; stored by the stream
	stop    atomic.Bool                  // set by the Keeper; the goroutine ends soon after
	closing chan struct{}                // closed with it

	ended    chan struct{} // closed by the goroutine when the stream is closed
	err      error         // why it ended; written by the goroutine before it closes ended
	waiting  atomic.Int64  // samples in the system's buffers; stored by the goroutine
	progress atomic.Uint64 // samples that have passed; added by the goroutine, watched by the Keeper
	flow     *flow
}

// flow is what went wrong, over all streams; counted by their goroutines, read by anybody.
type flow struct {
	underruns, overruns atomic.Uint64
}

func newPort(d audio.Device, f *flow) *Port {
	return &Port{
		Ring:    ring.New(audio.Rate / 5),
		Wake:    make(chan struct{}, 1),
		device:  d,
		closing: make(chan struct{}),
		ended:   make(chan struct{}),
		flow:    f,
	}
}

// Latency is how many samples are on their way between the loop and the device now, as far as can be told.
func (p *Port) Latency() int { return p.Ring.Len() + int(p.waiting.Load()) }

// Signal says that there is something in a speaker's ring: it rings the bell, or where no goroutine waits for that, does
// the work itself, which waits for nothing. The loop calls it.
func (p *Port) Signal() {
	if take := p.direct.Load(); take != nil {
		(*take)()
		return
	}
	p.wake()
}

// wake rings the bell.
func (p *Port) wake() {
	select {
	case p.Wake <- struct{}{}:
	default:
	}
}

// close asks the stream's goroutine to end.
func (p *Port) close() {
	p.stop.Store(true)
	close(p.closing)
	p.wake()
}

// over reports whether the stream has ended.
func (p *Port) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// take puts what a microphone has recorded into the ring, and says so when there is a block: the loop does nothing with
// less. The microphone's own goroutine calls it.
func (p *Port) take(pcm []int16) {
	p.progress.Add(uint64(len(pcm)))
	if p.Ring.Write(pcm) < len(pcm) {
		p.flow.overruns.Add(1)
	}
	switch {
	case p.Ring.Len() < audio.BlockSize:
	case p.arrived != nil:
		p.arrived(p)
	default:
		p.wake()
	}
}

// run is the body of every stream's goroutine.
func (p *Port) run(work func() error, closeStream func() error) {
	p.err = errors.Join(work(), closeStream())
	close(p.ended)
}

// span is the duration of n samples.
func span(n int) time.Duration { return time.Duration(n) * time.Second / audio.Rate }
