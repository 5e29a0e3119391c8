package mix

import (
	"time"

	"svara/audio"
	"svara/audio/device"
)

const (
	// grace is how long the microphone may be late before the loop goes on without it.
	grace = 30 * time.Millisecond

	// backlog is how much microphone may wait, in samples, before the oldest is thrown away: more than a machine that
	// is busy for a moment makes, less than a person notices.
	backlog = 8 * audio.BlockSize
)

// loop runs until Close. While there is nothing to do it sleeps; otherwise each block of the microphone drives one turn, in
// the goroutine that brings it (arrived), and when there is no microphone, or it says nothing any more, a clock does.
func (c *Console) loop() {
	for {
		if !c.active.Load() {
			c.turning.Lock()
			c.mixer.micMeter.Rest()
			c.mixer.speakerMeter.Rest()
			c.dismiss()
			c.turning.Unlock()
			select {
			case <-c.kick:
				continue
			case <-c.done:
				return
			}
		}
		c.run()
		select {
		case <-c.done:
			return
		default:
		}
	}
}

// run is the loop while it is active.
func (c *Console) run() {
	c.turning.Lock()
	c.source, c.rings = nil, time.Time{}
	c.at(time.Now().Add(audio.BlockTime))
	c.turning.Unlock()
	for c.active.Load() {
		if c.clock.Wait() != nil {
			return // Close
		}
		if c.active.Load() {
			c.missed()
		}
	}
}

// at sets when the clock drives. c.turning is held. A clock that rings sooner, but not soon, is left as it is: before it
// does, it will have been put off, as it is with every block of the microphone; if not, missed sets it.
func (c *Console) at(next time.Time) {
	c.next = next
	now := time.Now()
	if c.rings.After(now.Add(grace/2)) && !c.rings.After(next) {
		return
	}
	c.rings = next
	c.clock.Set(next.Sub(now))
}

// arrived mixes what a microphone has brought. Its own goroutine calls it.
func (c *Console) arrived(port *device.Port) {
	c.turning.Lock()
	defer c.turning.Unlock()
	if !c.active.Load() || port != c.keeper.Microphone() {
		return
	}
	if c.source != port {
		// The clock has stood in for what was recorded until now.
		port.Ring.Discard(port.Ring.Len() - audio.BlockSize)
		c.source = port
	}
	if c.drain(port) {
		c.at(time.Now().Add(audio.BlockTime + grace))
	}
}

// missed mixes without a microphone.
func (c *Console) missed() {
	c.turning.Lock()
	defer c.turning.Unlock()
	c.rings = time.Time{}
	if time.Until(c.next) > 0 { // the microphone has come in between
		c.at(c.next)
		return
	}
	switch {
	case c.source == nil:
	case c.source == c.keeper.Microphone(): // it has stopped: catch up with the time it took to notice
		for range grace / audio.BlockTime {
			c.turn(nil)
		}
		c.next = time.Now()
		fallthrough
	default:
		c.source = nil
	}
	c.turn(nil)
	next := c.next.Add(audio.BlockTime)
	if late := time.Since(next); late > 10*audio.BlockTime { // asleep or stopped: do not race through the past
		next = time.Now().Add(audio.BlockTime)
		c.mixer.late.Add(1)
	}
	c.at(next)
}

// drain mixes every whole block that the microphone has, and reports whether there was one. c.turning is held.
func (c *Console) drain(port *device.Port) bool {
	if n := port.Ring.Len(); n > backlog {
		port.Ring.Discard(n - audio.BlockSize)
		c.mixer.overruns.Add(1)
	} else if n >= 3*audio.BlockSize {
		c.mixer.late.Add(1)
	}
	turned := false
	for port.Ring.Len() >= audio.BlockSize {
		port.Ring.Read(c.mic[:])
		c.turn(c.mic[:])
		turned = true
	}
	return turned
}

// turn mixes one block and hands the result to the speaker, if there is one. mic is nil when the microphone is silent or
// missing. c.turning is held.
func (c *Console) turn(mic []int16) {
	port := c.keeper.Speaker()
	c.mixer.mixOnce(mic, c.out[:], ports{c.keeper.Microphone(), port})
	if port != nil {
		if port.Ring.Write(c.out[:]) < len(c.out) {
			c.mixer.overruns.Add(1)
		}
		port.Signal()
	}
}
