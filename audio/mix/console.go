// Package mix is the one audio loop for all calls: it hands the microphone to everybody, everybody to the speaker, and
// the members of a conference to each other.
//
//	microphone > ring >--+--> cleaning, gain, mute --> Party.Stream.Write (each party: microphone + its group - itself)
//	                     |       ^ what the speaker is given
//	              the loop, one block of 10 ms at a time, on the microphone's clock and in its goroutine
//	                     |
//	speaker   <  ring  <-+--- volume, limiter <-- sum <-- gain <-- Party.Stream.Read, tone, recording
//	ring device          <--- its own stream  <------------------------------------ Ring source
package mix

import (
	"errors"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"svara/audio"
	"svara/audio/clock"
	"svara/audio/device"
)

// The words for what happens to devices, as they leave this room.
type (
	// Event is DevicesChanged, Trouble or Recovered.
	Event = device.Event
	// DevicesChanged says that State says something new.
	DevicesChanged = device.DevicesChanged
	// Trouble says that a use has no device or not the chosen one.
	Trouble = device.Trouble
	// Recovered says that it has again.
	Recovered = device.Recovered
	// State is all devices and what is in use.
	State = device.State
)

const (
	idleAfter   = 2 * time.Second   // how long devices stay open after the last use
	preparedFor = 150 * time.Second // how long Prepare keeps them open when no call comes of it
)

// Options are what a Console is made of.
type Options struct {
	Backend device.Backend // owned by the Console from here; Close closes it
	Log     *slog.Logger   // nil: none
}

// Console owns the audio loop and the devices. Its methods never wait for sound or devices and may be called from any
// goroutine.
type Console struct {
	keeper *device.Keeper
	mixer  *mixer
	events *mailbox
	log    *slog.Logger
	room   bool // speaker and microphone are real

	mu       sync.Mutex  // guards what is below; never taken while sound is mixed
	channels []*channel  // of the graph in force
	wanted   bool        // a party or a tone without end is there
	release  *time.Timer // fires when the devices may be closed
	closed   bool

	active   atomic.Bool // set under mu, read by the loop: is there anything to do?
	turning  sync.Mutex  // held while sound is mixed; guards what is below, and what else is the loop's
	clock    *clock.Clock
	source   *device.Port // the microphone whose time we follow; nil while the clock drives
	next     time.Time    // when the clock is to drive
	rings    time.Time    // when it is set to ring, which may be sooner; zero: it is not set
	mic, out [audio.BlockSize]int16

	kick  chan struct{}
	done  chan struct{} // closed by Close
	group sync.WaitGroup
}

// NewConsole makes a console. No device is opened yet.
func NewConsole(o Options) (*Console, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	beat, err := clock.New()
	if err != nil {
		return nil, errors.Join(err, o.Backend.Close())
	}
	c := &Console{
		mixer:  newMixer(),
		clock:  beat,
		events: newMailbox(),
		log:    log,
		room:   device.InRoom(o.Backend),
		kick:   make(chan struct{}, 1),
		done:   make(chan struct{}),
	}
	if c.keeper, err = device.NewKeeper(o.Backend, log, c.events.put, c.arrived); err != nil {
		return nil, errors.Join(err, beat.Close())
	}
	c.release = time.AfterFunc(time.Hour, c.rest)
	c.release.Stop()
	c.group.Go(c.loop)
	c.group.Go(func() { c.events.deliver(c.done) })
	return c, nil
}

// Close closes the devices and returns when nothing runs any more.
func (c *Console) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.release.Stop()
	c.mu.Unlock()
	close(c.done)
	err := errors.Join(c.clock.Close(), c.keeper.Close())
	c.group.Wait()
	c.dismiss()
	return err
}

// SetGraph says who hears whom from the next block on. A stream that is no longer in the graph may be called once more,
// for the block that is under way. The devices are opened with the first party and closed two seconds after the last.
func (c *Console) SetGraph(g Graph) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.channels = c.mixer.setGraph(g, c.channels)
	c.employ()
	c.reconsider()
}

// Prepare opens the devices now, because a call is being dialled or rings, so that its first word is not lost. It holds
// until the next SetGraph, and for two and a half minutes at most.
func (c *Console) Prepare() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.wanted {
		return
	}
	c.wake()
	c.release.Reset(preparedFor)
}

// Tone plays a source in the speaker, over what the parties say, instead of the tone before; nil stops. A source with a
// method Done() bool is dropped when that reports true.
func (c *Console) Tone(s audio.Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.mixer.tone, s)
	c.reconsider()
}

// Play plays a recording in the speaker, beside the tone and under the same rules.
func (c *Console) Play(s audio.Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	put(&c.mixer.play, s)
	c.reconsider()
}

// Ring plays a source on the ring device, which is opened for it; nil stops and closes it.
func (c *Console) Ring(s audio.Source) { c.keeper.Ring(s) }

// SetVolumes sets how loud things are. Changes glide.
func (c *Console) SetVolumes(v Volumes) {
	c.mixer.micVolume.store(v.Microphone)
	c.mixer.speakerVolume.store(v.Speaker)
	c.keeper.SetRingVolume(limit(v.Ring))
}

// Select chooses devices, also in the middle of a call.
func (c *Console) Select(s Selection) {
	c.keeper.Select(device.Selection{Input: s.Input, Output: s.Output, Ring: s.Ring})
}

// State is the devices there are, what is in use and what is wrong.
func (c *Console) State() State { return c.keeper.State() }

// Events tells what happens to the devices. Of each sort only the newest waits. It is closed by Close.
func (c *Console) Events() <-chan Event { return c.events.out }

// Levels are the peaks of what goes out and what is heard, dBFS, -90..0.
func (c *Console) Levels() (mic, speaker float64) {
	return c.mixer.micMeter.DB(), c.mixer.speakerMeter.DB()
}

// PartyLevels gives the peak of what each member of a conference says, dBFS, -90..0, before any gain.
func (c *Console) PartyLevels(each func(key any, level float64)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ch := range c.channels {
		if ch.group.Load() != 0 {
			each(ch.key, ch.meter.DB())
		}
	}
}

// Counters tell what went wrong with the flow of sound.
func (c *Console) Counters() Counters {
	flow := c.keeper.Flow()
	return Counters{
		Underruns:  flow.Underruns,
		Overruns:   flow.Overruns + c.mixer.overruns.Load(),
		LateBlocks: c.mixer.late.Load(),
		Blocks:     c.mixer.blocks.Load(),
	}
}

// reconsider opens the devices when there is something to hear and lets them go a while after. c.mu is held.
func (c *Console) reconsider() {
	if c.closed {
		return
	}
	// What ends by itself needs nobody to end it here: rest looks after it.
	short, long := false, false
	for _, e := range []*extra{c.mixer.tone.Load(), c.mixer.play.Load()} {
		if e != nil {
			_, ends := e.source.(ender)
			short, long = short || ends, long || !ends
		}
	}
	c.wanted = len(c.channels) > 0 || long
	switch {
	case c.wanted:
		c.release.Stop()
		c.wake()
	case short:
		c.wake()
		c.release.Reset(idleAfter)
	case c.active.Load():
		c.release.Reset(idleAfter)
	}
}

// wake starts loop and devices. c.mu is held.
func (c *Console) wake() {
	c.active.Store(true)
	c.keeper.Open()
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// rest stops loop and devices, unless something came in between.
func (c *Console) rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.wanted {
		return
	}
	if c.mixer.tone.Load() != nil || c.mixer.play.Load() != nil {
		c.release.Reset(idleAfter)
		return
	}
	c.active.Store(false)
	c.keeper.Release()
}

// level is a volume that any goroutine may set and the loop reads.
type level struct{ bits atomic.Uint64 }

func (l *level) store(v float64) { l.bits.Store(math.Float64bits(limit(v))) }
func (l *level) load() float64   { return math.Float64frombits(l.bits.Load()) }

// limit brings a volume into 0..2; what is not a number is full.
func limit(v float64) float64 {
	if math.IsNaN(v) {
		return 1
	}
	return min(max(v, 0), 2)
}
