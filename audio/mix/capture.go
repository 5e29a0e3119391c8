package mix

import (
	"sync/atomic"

	"svara/audio"
	"svara/audio/dsp"
	"svara/audio/voice"
)

// Cleaning is what is done to the microphone.
type Cleaning struct {
	Library string         // what does it; empty: nothing in this build can
	Room    bool           // speaker and microphone are real: there may be echo and noise. Nothing is done elsewhere
	Set     voice.Settings // what is wished
	Running bool           // it is being done now
	ERLE    float64        // dB by which the speaker's echo is brought down, 0 while not known
	Delay   int            // ms from the speaker to its echo as found in the sound, -1 while not known
	Failed  uint64         // blocks that were left as they were
}

// capture is what stands between the microphone and everybody who hears it: the library that cleans it, and the watch
// that notices when it is silent, faint or too loud.
//
//	speaker's block (after volume and limiter) --far--+
//	                                                  v
//	microphone --> watch --> Processor --> dip --> the microphone's gain, meter, parties
//
// wish and stage are set by others; the rest belongs to the loop.
type capture struct {
	wish  atomic.Pointer[voice.Settings]
	stage atomic.Pointer[stage] // nil: nothing cleans. Set under Console.mu, taken away by the loop's goroutine at rest
	watch watch

	erle   atomic.Int64 // tenths of a dB
	delay  atomic.Int64
	failed atomic.Uint64

	on   ports // last devices seen
	deaf int   // blocks without a microphone
}

// stage is a processor and how it is set.
type stage struct {
	proc voice.Processor
	set  voice.Settings
	dip  dip
}

func newCapture() *capture {
	c := &capture{}
	c.wish.Store(&voice.Settings{})
	c.delay.Store(-1)
	return c
}

// lost is how many blocks without a microphone the processor is fed with silence; after that it waits. A room is not
// forgotten for a hiccup, nor learnt anew from nothing.
const lost = 50

// process cleans mic, in which there is the microphone's block or silence. speaker is what is being given to the speaker.
func (c *capture) process(mic, speaker []int16, on ports, present bool) {
	if present {
		c.watch.feed(mic)
	}
	s := c.stage.Load()
	if s == nil {
		c.watch.deaf()
		return
	}
	switch {
	case c.on.mic != on.mic && on.mic != nil || c.on.speaker != on.speaker && on.speaker != nil:
		s.proc.Reset() // another room, or another place in it
		c.erle.Store(0)
		c.delay.Store(-1)
	case !present && c.deaf >= lost:
		return
	}
	if on.mic != nil {
		c.on.mic = on.mic
	}
	if on.speaker != nil {
		c.on.speaker = on.speaker
	}
	if c.deaf++; present {
		c.deaf = 0
	}
	c.run(s, mic, speaker, on.delay())
}

func (c *capture) run(s *stage, mic, speaker []int16, delay int) {
	wish := *c.wish.Load()
	if s.dip.closed() && wish != s.set {
		if s.proc.Set(wish) != nil {
			c.failed.Add(1)
		}
		s.set = wish
		s.dip.wait = dipFor
	}
	if s.set.Any() {
		stats, err := s.proc.Process(speaker, mic, delay)
		if err != nil {
			c.failed.Add(1)
		}
		c.erle.Store(int64(stats.ERLE * 10))
		c.delay.Store(int64(stats.Delay))
		c.watch.voice(stats.Voice)
	} else {
		c.watch.deaf()
	}
	s.dip.apply(mic, wish != s.set)
}

// delay is how many ms later the speaker's block is heard in the microphone's, as far as the devices tell.
func (p ports) delay() int {
	samples := 0
	if p.mic != nil {
		samples += p.mic.Latency()
	}
	if p.speaker != nil {
		samples += p.speaker.Latency()
	}
	return samples * 1000 / audio.Rate
}

// dipFor is how many blocks the microphone is left out for after a change of settings: what the library's filters hold of
// the time before is over by then.
const dipFor = 2

// dip takes the microphone out for some hundredths of a second while the library is switched: its delay may be another
// after, and a seam would click.
type dip struct {
	gain dsp.Gain
	open bool // gain has been made
	wait int  // blocks that are still left out
}

// closed reports whether the microphone is out now.
func (d *dip) closed() bool { return !d.open || d.gain.Now() == 0 }

func (d *dip) apply(block []int16, closing bool) {
	d.open = true
	target := 1.0
	if closing {
		target = 0
	}
	if d.wait > 0 {
		d.wait--
		target = 0
	}
	d.gain.Apply(block, target)
}

// employ makes the processor when there is something to clean, before the loop needs it. Console.mu is held.
func (c *Console) employ() {
	cp := c.mixer.capture
	if !c.room || voice.Library == "" || cp.stage.Load() != nil || !cp.wish.Load().Any() || len(c.channels) == 0 {
		return
	}
	proc, err := voice.New()
	if err != nil {
		c.log.Warn("the microphone is not cleaned", "err", err)
		return
	}
	cp.stage.Store(&stage{proc: proc})
}

// dismiss frees the processor. The loop's goroutine calls it at rest; nothing calls the processor then.
func (c *Console) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active.Load() && !c.closed {
		return
	}
	if s := c.mixer.capture.stage.Swap(nil); s != nil {
		s.proc.Close()
	}
	c.mixer.capture.rest()
}

// rest forgets what was measured.
func (c *capture) rest() {
	c.on, c.deaf = ports{}, 0
	c.erle.Store(0)
	c.delay.Store(-1)
	c.watch.rest()
}

// Clean says what is to be done to the microphone, also in the middle of a call. It has an effect only where speaker and
// microphone are real.
func (c *Console) Clean(s voice.Settings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mixer.capture.wish.Store(&s)
	c.employ()
}

// Cleaning is what is being done to the microphone.
func (c *Console) Cleaning() Cleaning {
	cp := c.mixer.capture
	set := *cp.wish.Load()
	c.mu.Lock()
	talking := len(c.channels) > 0
	c.mu.Unlock()
	return Cleaning{
		Library: voice.Library, Room: c.room, Set: set,
		Running: talking && set.Any() && cp.stage.Load() != nil,
		ERLE:    float64(cp.erle.Load()) / 10, Delay: int(cp.delay.Load()), Failed: cp.failed.Load(),
	}
}

// Microphone is how the microphone is.
func (c *Console) Microphone() Health { return Health(c.mixer.capture.watch.health.Load()) }
