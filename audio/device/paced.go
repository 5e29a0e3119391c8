package device

import (
	"errors"
	"time"

	"svara/audio"
)

// reader is a microphone that is asked for its sound.
type reader interface {
	// Read waits for the next len(pcm) samples. An error ends the stream, except errNothingYet.
	Read(pcm []int16) error
}

// writer is a speaker that has a buffer which can be looked at.
type writer interface {
	// Write plays the samples after those written before. It may wait when 200 ms are queued. An error ends the stream.
	Write(pcm []int16) error
	// Queued is how many samples are written but, as far as can be told, not yet played.
	Queued() int
	// Depth is how many samples should always be queued so that nothing breaks, as far as can be told beforehand.
	Depth() int
}

// feed is Input.Feed for a reader.
func feed(in reader, p *Port) error {
	buf := make([]int16, audio.BlockSize)
	p.waiting.Store(int64(len(buf)))
	for !p.stop.Load() {
		if err := in.Read(buf); errors.Is(err, errNothingYet) {
			continue
		} else if err != nil {
			return err
		}
		p.take(buf)
	}
	return nil
}

const (
	jam = 150 * audio.Rate / 1000 // more than this is never queued
	nap = audio.Rate / 1000       // what is queued is not looked at more often than this
)

// play is Output.Play for a writer: a cushion decides how much of it waits there. learned is what the speaker has needed
// before; what it needs now, where that is more than it was begun with, is given back.
func play(out writer, p *Port, learned int) (needs int, err error) {
	c := newCushion(out.Depth(), 1)
	c.expect(learned)
	var buf [audio.BlockSize]int16
	bent := make([]int16, maxBlock)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for left := c.start() + audio.BlockSize; left > 0; left -= len(buf) {
		if err := out.Write(buf[:min(left, len(buf))]); err != nil {
			return needs, err
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
			c.level(queued)
			sound := c.play(bent, block)
			if err := out.Write(sound); err != nil {
				return needs, err
			}
			queued += len(sound)
			p.progress.Add(uint64(len(block)))
		case queued <= c.guard(): // it has almost played what it has: silence comes to its aid
			clear(buf[:])
			if err := out.Write(buf[:len(buf)/2]); err != nil {
				return needs, err
			}
			queued += len(buf) / 2
			p.progress.Add(1)
			if c.starved() {
				p.flow.underruns.Add(1)
				needs = c.want
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
	return needs, nil
}

// pull is Output.Pull for a writer: whenever there is room for another block it is written.
func pull(out writer, p *Port, fill func([]int16)) error {
	var block [audio.BlockSize]int16
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for !p.stop.Load() {
		if queued := out.Queued(); queued >= out.Depth() {
			timer.Reset(span(max(audio.BlockSize/2, queued-out.Depth()+audio.BlockSize)))
			select {
			case <-p.Wake:
			case <-timer.C:
			}
			continue
		}
		fill(block[:])
		if err := out.Write(block[:]); err != nil {
			return err
		}
		p.progress.Add(uint64(len(block)))
	}
	return nil
}
