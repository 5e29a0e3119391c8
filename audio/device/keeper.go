package device

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"svara/audio"
	"svara/audio/clock"
)

const (
	checkEvery = 100 * time.Millisecond // how often open streams are looked at
	maxLook    = 2 * checkEvery         // what one look counts for at most: in a longer gap we did not run, nor did the streams
	stalled    = 500 * time.Millisecond // watched without progress: the device is gone, whatever it says
	hesitation = 3 * time.Second        // the same for a device that has not begun yet
	begun      = audio.Rate / 2         // samples that have passed in a device that has
	retryEvery = time.Second            // while there is no device; each time twice as long, up to avoidFor
	avoidFor   = 10 * time.Second       // how long a device that stalled or is busy is passed over
	patience   = time.Second            // how long a stream may take to end before it is left to itself
)

// Selection is which devices to use, by ID; empty means the system's choice.
type Selection struct{ Input, Output, Ring string }

// Flow counts gaps and losses over all streams.
type Flow struct{ Underruns, Overruns uint64 }

// Keeper keeps the devices open that are needed: the chosen one, or the system's while that is missing or busy, and the
// chosen one again when it is back. It owns the backend and every stream. All decisions are made by one goroutine; the
// methods only leave wishes.
type Keeper struct {
	backend Backend
	log     *slog.Logger
	notify  func(Event) // called by the keeper's goroutine; must not block
	arrived func(*Port) // called by a microphone's goroutine when its ring has a block; nil: the bell is rung

	mic, speaker atomic.Pointer[Port] // stored by the keeper's goroutine, read by the audio loop
	flow         flow
	ringSource   atomic.Pointer[ringSource] // set by Ring, read by the ring's goroutine
	ringVolume   atomic.Uint64              // per mille: set by anybody, read by the ring's goroutine

	mu        sync.Mutex // guards wishes and the state shown
	selection Selection
	open      bool // microphone and speaker are wanted
	state     State

	openings openings
	places   [3]*place // keeper's goroutine
	looked   time.Time // when the streams were last looked at; keeper's goroutine
	orphan   []*Port   // streams that would not end; keeper's goroutine, and Close after it

	beat    *clock.Clock // rings when there is something to look at
	wished  atomic.Bool  // there is something to look at; set by anybody, taken by the keeper's goroutine
	changed atomic.Bool  // so have the devices; likewise
	done    chan struct{}
	group   sync.WaitGroup
}

type ringSource struct{ source audio.Source }

// NewKeeper starts a keeper, or closes the backend. Nothing is opened before Open or Ring. arrived is called by a
// microphone's own goroutine when its ring has a block, so that nobody has to be woken for it; nil: the port's bell is rung.
func NewKeeper(b Backend, log *slog.Logger, notify func(Event), arrived func(*Port)) (*Keeper, error) {
	k, err := newKeeper(b, log, notify)
	if err != nil {
		return nil, err
	}
	k.arrived = arrived
	k.group.Go(k.run)
	k.group.Go(k.follow)
	return k, nil
}

func newKeeper(b Backend, log *slog.Logger, notify func(Event)) (*Keeper, error) {
	beat, err := clock.New()
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	k := &Keeper{
		backend: b, log: log, notify: notify,
		beat: beat, done: make(chan struct{}),
		places: [3]*place{{kind: KindInput}, {kind: KindOutput}, {kind: KindRing}},
	}
	k.ringVolume.Store(1000)
	k.openings.ready = k.look
	return k, nil
}

// Microphone is the microphone open now, nil when there is none.
func (k *Keeper) Microphone() *Port { return k.mic.Load() }

// Speaker is the speaker open now, nil when there is none.
func (k *Keeper) Speaker() *Port { return k.speaker.Load() }

// Open asks for microphone and speaker.
func (k *Keeper) Open() { k.wish(func() { k.open = true }) }

// Release says that microphone and speaker are not needed any more.
func (k *Keeper) Release() { k.wish(func() { k.open = false }) }

// Select chooses devices.
func (k *Keeper) Select(s Selection) { k.wish(func() { k.selection = s }) }

// Ring plays a source on the ring device; nil stops.
func (k *Keeper) Ring(s audio.Source) {
	if s == nil {
		k.ringSource.Store(nil)
	} else {
		k.ringSource.Store(&ringSource{s})
	}
	k.look()
}

// SetRingVolume sets how loud it rings, 0..2.
func (k *Keeper) SetRingVolume(v float64) { k.ringVolume.Store(uint64(v * 1000)) }

// State is what there is and what is in use.
func (k *Keeper) State() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state
}

// Flow counts what went wrong so far.
func (k *Keeper) Flow() Flow {
	return Flow{Underruns: k.flow.underruns.Load(), Overruns: k.flow.overruns.Load()}
}

func (k *Keeper) wish(change func()) {
	k.mu.Lock()
	change()
	k.mu.Unlock()
	k.look()
}

// look has the keeper's goroutine look at everything now.
func (k *Keeper) look() {
	k.wished.Store(true)
	k.beat.Set(0)
}

// Close ends every stream and the backend. A stream that hangs in the system's sound is left behind after a while, and
// named in the error.
func (k *Keeper) Close() error {
	close(k.done)
	errs := []error{k.beat.Close()}
	k.group.Wait()
	for _, p := range k.orphan {
		if !p.over() {
			errs = append(errs, fmt.Errorf("stream of %q does not end", p.device.Name))
		}
	}
	if n := k.openings.pending(); n > 0 { // the system's sound would wait for them
		return errors.Join(append(errs, fmt.Errorf("%d sound devices never opened: %w", n, errSlow))...)
	}
	return errors.Join(append(errs, k.backend.Close())...)
}

func (k *Keeper) run() {
	defer func() {
		for _, p := range k.places {
			k.shut(p)
		}
		k.openings.keep(func(opening) bool { return false })
	}()
	k.list()
	for {
		k.wished.Store(false)
		if k.changed.Swap(false) {
			k.relist()
		}
		if k.tidy(time.Now()) { // else nothing is open: nothing to watch
			k.beat.Set(clock.Beat(checkEvery))
		}
		if k.wished.Load() { // it may be that the clock has been put off
			continue
		}
		if k.beat.Wait() != nil {
			return // Close
		}
	}
}

// follow waits for changes of the devices.
func (k *Keeper) follow() {
	changes := k.backend.Changes()
	for {
		select {
		case <-k.done:
			return
		case _, ok := <-changes:
			if !ok {
				return
			}
			k.changed.Store(true)
			k.look()
		}
	}
}

// relist lists the devices after a change. Where the list is old while streams are open, they are closed for it and
// opened again by tidy, at once.
func (k *Keeper) relist() {
	if r, ok := k.backend.(refresher); ok && r.Stale() {
		for _, p := range k.places {
			if p.port != nil {
				k.shut(p)
				p.nextTry = time.Time{}
			}
		}
		if err := r.Refresh(); err != nil {
			k.log.Warn("sound devices cannot be listed anew", "err", err)
		}
	}
	k.list()
}

// list asks the backend for the devices and shows them.
func (k *Keeper) list() {
	devices := k.backend.Devices()
	k.mu.Lock()
	same := equal(k.state.Devices, devices)
	k.state.Devices = devices
	k.mu.Unlock()
	if same {
		return
	}
	for _, p := range k.places {
		p.nextTry, p.avoidUntil, p.failed, p.vain = time.Time{}, time.Time{}, 0, 0 // what was missing may be there now
		p.relisted = true
	}
	k.notify(DevicesChanged{})
}

func equal(a, b []audio.Device) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// tidy brings what is open in line with what is wanted, and reports whether there is anything to watch.
func (k *Keeper) tidy(now time.Time) bool {
	k.mu.Lock()
	selection, open := k.selection, k.open
	k.mu.Unlock()
	ringing := k.ringSource.Load() != nil
	wanted := [3]bool{open, open, ringing}
	chosen := [3]string{selection.Input, selection.Output, selection.Ring}

	watched := min(now.Sub(k.looked), maxLook)
	k.looked = now
	busy := false
	for i, p := range k.places {
		k.check(p, now, watched)
		k.compare(p, now)
		if !wanted[i] || p.chosen != chosen[i] {
			k.shut(p)
			k.forget(p)
		}
		p.chosen = chosen[i]
		if k.openings.opened(opening{p.kind, p.chosen}) || p.port == nil && k.openings.opened(opening{p.kind, ""}) {
			p.nextTry = time.Time{}
		}
		if p.port != nil && k.better(p, now) {
			k.improve(p, now)
		}
	}
	for i, p := range k.places {
		if !wanted[i] {
			continue
		}
		busy = true
		if p.port == nil && !now.Before(p.nextTry) {
			k.start(p, now)
		}
	}
	k.openings.keep(func(o opening) bool {
		for i, p := range k.places {
			if p.kind == o.kind {
				return wanted[i] && (o.id == p.chosen && (p.port == nil || p.stand) || o.id == "" && p.port == nil)
			}
		}
		return false
	})
	return busy
}
