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

// loop runs until Close. While there is nothing to do it sleeps; otherwise each block of the microphone drives one turn,
// and when there is no microphone, or it says nothing any more, a timer does.
func (c *Console) loop() {
	var mic, speaker [audio.BlockSize]int16
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if !c.active.Load() {
			c.mixer.micMeter.Rest()
			c.mixer.speakerMeter.Rest()
			c.dismiss()
			select {
			case <-c.kick:
				continue
			case <-c.done:
				return
			}
		}
		c.run(timer, &mic, &speaker)
		select {
		case <-c.done:
			return
		default:
		}
	}
}

// run is the loop while it is active.
func (c *Console) run(timer *time.Timer, mic, speaker *[audio.BlockSize]int16) {
	var source *device.Port // the microphone whose clock we follow; nil while the timer drives
	next := time.Now().Add(audio.BlockTime)
	for c.active.Load() {
		port := c.keeper.Microphone()
		if port != source {
			source = nil
		}
		timer.Reset(time.Until(next))
		var data <-chan struct{}
		if port != nil {
			data = port.Wake
		}
		select {
		case <-c.done:
			return
		case <-c.kick: // devices or graph changed: look again
		case <-data:
			if source == nil && port.Ring.Len() >= audio.BlockSize {
				// The timer has stood in for what was recorded until now.
				port.Ring.Discard(port.Ring.Len() - audio.BlockSize)
				source = port
			}
			if source != nil && c.drain(port, mic, speaker) {
				next = time.Now().Add(audio.BlockTime + grace)
			}
		case <-timer.C:
			if source != nil { // the microphone has stopped: catch up with the time it took to notice
				source = nil
				for range grace / audio.BlockTime {
					c.turn(nil, speaker)
				}
				next = time.Now()
			}
			c.turn(nil, speaker)
			next = next.Add(audio.BlockTime)
			if late := time.Since(next); late > 10*audio.BlockTime { // asleep or stopped: do not race through the past
				next = time.Now().Add(audio.BlockTime)
				c.mixer.late.Add(1)
			}
		}
	}
}

// drain mixes every whole block that the microphone has, and reports whether there was one.
func (c *Console) drain(port *device.Port, mic, speaker *[audio.BlockSize]int16) bool {
	if n := port.Ring.Len(); n > backlog {
		port.Ring.Discard(n - audio.BlockSize)
		c.mixer.overruns.Add(1)
	} else if n >= 3*audio.BlockSize {
		c.mixer.late.Add(1)
	}
	turned := false
	for port.Ring.Len() >= audio.BlockSize {
		port.Ring.Read(mic[:])
		c.turn(mic[:], speaker)
		turned = true
	}
	return turned
}

// turn mixes one block and hands the result to the speaker, if there is one. mic is nil when the microphone is silent or
// missing.
func (c *Console) turn(mic []int16, speaker *[audio.BlockSize]int16) {
	port := c.keeper.Speaker()
	c.mixer.mixOnce(mic, speaker[:], ports{c.keeper.Microphone(), port})
	if port != nil {
		if port.Ring.Write(speaker[:]) < len(speaker) {
			c.mixer.overruns.Add(1)
		}
		port.Signal()
	}
}
