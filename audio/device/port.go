package device

import (
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"svara/audio"
	"svara/audio/ring"
)

// Port is one open stream as the audio loop sees it: a ring and a bell. A microphone's ring is read by the loop, a
// speaker's written by it; the other end belongs to the stream's own goroutine. A new stream is a new Port, so a
// goroutine that hangs in the system's sound can never touch what came after it.
type Port struct {
	Ring *ring.Ring
	Wake chan struct{} // has a value when the ring has got something; one slot

	device   audio.Device
	stop     atomic.Bool   // set by the Keeper; the goroutine ends soon after
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
		Ring:   ring.New(audio.Rate / 5),
		Wake:   make(chan struct{}, 1),
		device: d,
		ended:  make(chan struct{}),
		flow:   f,
	}
}

// Latency is how many samples are on their way between the loop and the device now, as far as can be told.
func (p *Port) Latency() int { return p.Ring.Len() + int(p.waiting.Load()) }

// Signal rings the bell.
func (p *Port) Signal() {
	select {
	case p.Wake <- struct{}{}:
	default:
	}
}

// close asks the stream's goroutine to end.
func (p *Port) close() {
	p.stop.Store(true)
	p.Signal()
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

// run is the body of every stream's goroutine: it keeps to one thread, which ends with it and so takes along what the
// system's sound ties to a thread.
func (p *Port) run(work func() error, closeStream func() error) {
	runtime.LockOSThread()
	p.err = errors.Join(work(), closeStream())
	close(p.ended)
}

// capture carries a microphone into the port's ring.
func (p *Port) capture(in Input) error {
	buf := make([]int16, in.Period())
	p.waiting.Store(int64(len(buf)))
	for !p.stop.Load() {
		if err := in.Read(buf); errors.Is(err, ErrNothingYet) {
			continue
		} else if err != nil {
			return err
		}
		p.progress.Add(uint64(len(buf)))
		if p.Ring.Write(buf) < len(buf) {
			p.flow.overruns.Add(1)
		}
		p.Signal()
	}
	return nil
}

// play carries the port's ring to a speaker and keeps as little of it waiting there as holds: see cushion.
func (p *Port) play(out Output) error {
	c := newCushion(out.Depth())
	var buf [audio.BlockSize]int16
	var bent [audio.BlockSize + maxBend]int16
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for left := c.start(); left > 0; left -= len(buf) {
		if err := out.Write(buf[:min(left, len(buf))]); err != nil {
			return err
		}
	}
	for !p.stop.Load() {
		queued := out.Queued()
		switch {
		case p.Ring.Len() > 0:
			block := buf[:p.Ring.Read(buf[:])]
			if queued > jam { // it does not play: leave that to the watchdog rather than hang in it
				p.flow.overruns.Add(1)
				break
			}
			n := c.bend(bent[:], block, queued)
			if err := out.Write(bent[:n]); err != nil {
				return err
			}
			queued += n
			p.progress.Add(uint64(n))
		case queued <= c.guard(): // it has almost played what it has: silence comes to its aid
			clear(buf[:])
			if err := out.Write(buf[:len(buf)/2]); err != nil {
				return err
			}
			queued += len(buf) / 2
			p.progress.Add(1)
			if c.starved() {
				p.flow.underruns.Add(1)
			}
		}
		p.waiting.Store(int64(queued))
		if p.Ring.Len() > 0 {
			continue
		}
		timer.Reset(span(max(queued-c.guard(), nap)))
		select {
		case <-p.Wake:
		case <-timer.C:
		}
	}
	return nil
}

const (
	jam = 150 * audio.Rate / 1000 // more than this is never queued
	nap = audio.Rate / 1000       // what is queued is not looked at more often than this
)

// span is the duration of n samples.
func span(n int) time.Duration { return time.Duration(n) * time.Second / audio.Rate }
