package pbxdemo

import (
	"math"
	"slices"
	"sync"
	"time"

	"svara/audio"
)

// mixer is where all sound of the PBX meets. One goroutine, every 10 ms and only while anybody talks: it takes a block
// from each port of a circle and gives each the sum of the others'.
//
//	phone --RTP--> stream.Read --+                +--> stream.Write --RTP--> phone
//	                             +--> circle: sum-+    - its own
//	simulated ---> voice.speak --+                +--> voice.speak (what it heard a block ago)
type mixer struct {
	quit chan struct{}
	done chan struct{}
	kick chan struct{}

	mu      sync.Mutex
	circles []*circle // guarded by mu; those with ports
	waiting music     // guarded by mu; all who wait hear the same place of it

	tune, tone [audio.BlockSize]int16 // the mixer's goroutine
}

// circle is a number of ports that hear each other. Its fields are guarded by the mixer's mu.
type circle struct {
	ports []*port
	tones []ending // sounded to all, one after the other
}

// port is one pair of mouth and ears.
type port struct {
	stream audio.Stream // of a phone; nil for a simulated party
	voice  *voice       // of a simulated party
	music  bool         // guarded by the mixer's mu; it hears music instead of the others

	said, hears [audio.BlockSize]int16 // the mixer's goroutine
}

func newMixer() *mixer {
	m := &mixer{quit: make(chan struct{}), done: make(chan struct{}), kick: make(chan struct{}, 1)}
	go m.run()
	return m
}

// close returns when the goroutine has ended.
func (m *mixer) close() {
	close(m.quit)
	<-m.done
}

// set says who is in a circle from the next block on; waits tells which of them hear music. No port may be in two
// circles. A port that has left is not touched any more when set returns.
func (m *mixer) set(c *circle, ports []*port, waits func(*port) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.ports = append(c.ports[:0:0], ports...)
	for _, p := range ports {
		p.music = waits(p)
	}
	at := slices.Index(m.circles, c)
	switch {
	case at < 0 && len(ports) > 0:
		m.circles = append(m.circles, c)
	case at >= 0 && len(ports) == 0:
		m.circles = slices.Delete(m.circles, at, at+1)
	}
	select {
	case m.kick <- struct{}{}:
	default:
	}
}

// sound plays something to all of a circle, over what they say.
func (m *mixer) sound(c *circle, tones ...ending) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.tones = append(c.tones, tones...)
}

func (m *mixer) run() {
	defer close(m.done)
	holdMusic() // made now, so that nobody waits for it later
	timer := time.NewTimer(0)
	defer timer.Stop()
	next := time.Now()
	for {
		select {
		case <-m.quit:
			return
		case <-timer.C:
		}
		if !m.mix() {
			select {
			case <-m.quit:
				return
			case <-m.kick:
			}
			next = time.Now()
			timer.Reset(0)
			continue
		}
		next = next.Add(audio.BlockTime)
		if late := time.Since(next); late > 200*time.Millisecond { // the machine slept: do not catch up on all of it
			next = next.Add(late)
		}
		timer.Reset(time.Until(next))
	}
}

// mix is one block for everybody; false when there is nobody.
func (m *mixer) mix() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.circles) == 0 {
		return false
	}
	m.waiting.Read(m.tune[:])
	for _, c := range m.circles {
		c.mix(&m.tune, &m.tone)
	}
	return true
}

// mix is one block for a circle; tone is room to work in.
func (c *circle) mix(tune, tone *[audio.BlockSize]int16) {
	var sum [audio.BlockSize]int32
	clear(tone[:])
	if len(c.tones) > 0 {
		c.tones[0].Read(tone[:])
		if c.tones[0].Done() {
			c.tones = c.tones[1:]
		}
	}
	for _, p := range c.ports {
		if p.stream != nil {
			p.stream.Read(p.said[:])
		} else {
			p.voice.speak(p.hears[:], p.said[:])
		}
		for i, v := range p.said {
			sum[i] += int32(v)
		}
	}
	for _, p := range c.ports {
		if p.music {
			p.hears = *tune
		} else {
			for i := range p.hears {
				p.hears[i] = int16(min(max(sum[i]-int32(p.said[i])+int32(tone[i]), math.MinInt16), math.MaxInt16))
			}
		}
		if p.stream != nil {
			p.stream.Write(p.hears[:])
		}
	}
}
