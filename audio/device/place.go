package device

import (
	"errors"
	"slices"
	"time"

	"svara/audio"
)

var errStalled = errors.New("the sound device has stopped")

// place is one of the three uses of a device. It belongs to the keeper's goroutine.
type place struct {
	kind   Kind
	chosen string // ID wanted
	port   *Port  // open stream, or nil
	stand  bool   // the port is a stand-in for the chosen device
	home   string // ID of the device that was opened; the port's is another when a sound server has moved the stream

	trouble    *Trouble  // what is wrong; nil when nothing is
	told       bool      // others know of it
	relisted   bool      // the list of devices has changed since this was compared with it
	failed     int       // openings that failed in a row; looking for devices is not cheap everywhere
	nextTry    time.Time // not opened before this
	vain       int       // openings of the chosen device in a row after which nothing came of it
	avoidUntil time.Time // the chosen device is passed over until then
	passed     uint64    // progress at the last change of it

	idle time.Duration // watched since then
}

// check looks whether a stream has ended or stalled, and if so takes it away. watched is how long it has had since the
// last look: a machine that did not let us run is not the device's fault.
func (k *Keeper) check(p *place, now time.Time, watched time.Duration) {
	if p.port == nil {
		return
	}
	if p.port.over() {
		k.lose(p, now, p.port.err)
		return
	}
	if to := p.port.moved.Swap(nil); to != nil && to.ID != p.port.device.ID {
		k.log.Info("sound stream moved", "kind", p.kind, "from", p.port.device.Name, "to", to.Name)
		p.port.device = *to
		p.relisted = true
		k.show(p)
	}
	if passed := p.port.progress.Load(); passed != p.passed {
		p.passed, p.idle = passed, 0
		if p.trouble != nil && !p.stand { // that it opened was not enough
			p.vain = 0
			k.recovered(p)
		}
		return
	}
	p.idle += watched
	limit := stalled
	if p.passed < begun { // some take their time to begin, also when they have filled their buffers
		limit = hesitation
	}
	if p.idle > limit {
		k.lose(p, now, errStalled)
	}
}

// compare looks whether an open stream still fits the list of devices. A sound server moves the streams of a device that
// has gone to another one, and may or may not move those of the system's choice when that becomes another. Where a person
// has moved a stream, it stays.
func (k *Keeper) compare(p *place, now time.Time) {
	relisted := p.relisted
	p.relisted = false
	if p.port == nil || !relisted {
		return
	}
	id := p.port.device.ID
	switch {
	case !k.has(p.kind, id), !k.has(p.kind, p.home):
		k.lose(p, now, ErrMissing)
	case id != p.home:
	case (p.chosen == "" || p.stand) && k.standard(p.kind) != "" && k.standard(p.kind) != id:
		k.shut(p)
		p.nextTry = time.Time{}
	}
}

// standard is the ID of the system's choice.
func (k *Keeper) standard(kind Kind) string {
	for _, d := range k.state.Devices {
		if d.Default && (kind == KindInput && d.Input || kind != KindInput && d.Output) {
			return d.ID
		}
	}
	return ""
}

// lose takes a broken stream away; the chosen device is tried again later, or when the list of devices changes.
func (k *Keeper) lose(p *place, now time.Time, err error) {
	k.log.Warn("sound stream lost", "kind", p.kind, "device", p.port.device.Name, "err", err)
	if !p.stand {
		if err == nil {
			err = errStalled
		}
		t := k.describe(p, err)
		if p.vain++; p.passed > 0 {
			p.vain = 0
		}
		p.avoidUntil = now.Add(avoidFor << min(p.vain, 5)) // each time it is tried for nothing is a gap
		if p.vain > 0 && p.chosen == "" {                  // nothing can stand in
			k.troubled(p, t)
		} else if p.trouble == nil {
			p.trouble = t
		}
	}
	if p.passed > 0 { // it has worked: do not wait; one that never does is not tried more often than others
		p.nextTry = time.Time{}
	}
	k.shut(p)
	k.list()
}

// better reports whether a stand-in could give way to the chosen device.
func (k *Keeper) better(p *place, now time.Time) bool {
	return p.stand && now.After(p.avoidUntil) && k.has(p.kind, p.chosen) && !now.Before(p.nextTry)
}

func (k *Keeper) has(kind Kind, id string) bool {
	return slices.ContainsFunc(k.state.Devices, func(d audio.Device) bool { // only this goroutine changes it
		return d.ID == id && (kind == KindInput && d.Input || kind != KindInput && d.Output)
	})
}

// improve puts the chosen device in a stand-in's place. The stand-in goes on until the chosen one is open.
func (k *Keeper) improve(p *place, now time.Time) {
	standIn := p.port
	switch err := k.openPort(p, p.chosen); {
	case err == nil:
		p.stand = false
		k.end(p.kind, standIn)
		k.opened(p)
	default:
		p.nextTry = now.Add(avoidFor)
	}
}

// start opens the chosen device, else the system's choice, else notes that there is none.
func (k *Keeper) start(p *place, now time.Time) {
	p.nextTry = now.Add(min(retryEvery<<p.failed, avoidFor))
	id := p.chosen
	var err error
	if id != "" && now.Before(p.avoidUntil) {
		err = errStalled
		if p.trouble != nil {
			err = p.trouble.Err
		}
	} else {
		err = k.openPort(p, id)
	}
	if err == nil {
		p.stand, p.failed = false, 0
		k.opened(p)
		return
	}
	p.failed = min(p.failed+1, 4)
	instead := ""
	if id != "" {
		if k.openPort(p, "") == nil {
			p.nextTry = now.Add(avoidFor)
			if p.stand = p.port.device.ID != id; p.stand {
				instead = p.port.device.Name
			}
		}
	}
	t := k.describe(p, err)
	t.Instead = instead
	k.troubled(p, t)
}

func (k *Keeper) openPort(p *place, id string) error {
	switch p.kind {
	case KindInput:
		in, err := within(&k.openings, opening{p.kind, id}, func() (Input, error) { return k.backend.Input(id) })
		if err != nil {
			return err
		}
		port := newPort(in.Device(), &k.flow)
		port.arrived = k.arrived
		go port.run(func() error { return in.Feed(port) }, in.Close) // ended by shut
		p.port = port
		k.mic.Store(port)
	case KindOutput:
		out, err := within(&k.openings, opening{p.kind, id}, func() (Output, error) { return k.backend.Output(id, false) })
		if err != nil {
			return err
		}
		port := newPort(out.Device(), &k.flow)
		go port.run(func() error { return out.Play(port) }, out.Close) // ended by shut
		p.port = port
		k.speaker.Store(port)
	case KindRing:
		out, err := within(&k.openings, opening{p.kind, id}, func() (Output, error) { return k.backend.Output(id, true) })
		if err != nil {
			return err
		}
		port := newPort(out.Device(), &k.flow)
		go port.run(func() error { return k.ring(port, out) }, out.Close) // ended by shut
		p.port = port
	}
	p.passed, p.idle, p.home = 0, 0, p.port.device.ID
	k.show(p)
	return nil
}

// shut closes a stream.
func (k *Keeper) shut(p *place) {
	port := p.port
	if port == nil {
		return
	}
	p.port = nil
	switch p.kind {
	case KindInput:
		k.mic.Store(nil)
	case KindOutput:
		k.speaker.Store(nil)
	}
	k.end(p.kind, port)
	k.show(p)
}

// end waits for the end of a stream, for a while.
func (k *Keeper) end(kind Kind, port *Port) {
	port.close()
	select {
	case <-port.ended:
	case <-time.After(patience):
		k.orphan = append(k.orphan, port)
		k.log.Warn("sound stream does not end", "kind", kind, "device", port.device.Name)
	}
}

// forget clears what is remembered about a use that has ended.
func (k *Keeper) forget(p *place) {
	p.nextTry, p.avoidUntil, p.stand, p.failed, p.vain = time.Time{}, time.Time{}, false, 0, 0
	if p.trouble != nil {
		p.trouble = nil
		k.show(p)
	}
}

func (k *Keeper) describe(p *place, err error) *Trouble {
	t := &Trouble{Kind: p.kind, Device: p.chosen, Err: err, Busy: errors.Is(err, ErrBusy), Dead: errors.Is(err, errSlow) || errors.Is(err, errStalled)}
	for _, d := range k.state.Devices {
		if d.ID == p.chosen {
			t.Name = d.Name
		}
	}
	if t.Name == "" && p.port != nil {
		t.Name = p.port.device.Name
	}
	return t
}

// troubled tells of a trouble, once.
func (k *Keeper) troubled(p *place, t *Trouble) {
	old := p.trouble
	p.trouble = t
	k.show(p)
	if old != nil && old.Device == t.Device && old.Busy == t.Busy && old.Instead == t.Instead && p.told {
		return
	}
	p.told = true
	k.log.Warn("sound device in trouble", "kind", t.Kind, "device", t.Device, "instead", t.Instead, "err", t.Err)
	k.notify(*t)
}

// opened notes that the chosen device has opened. One of which nothing came the last time has to give something first.
func (k *Keeper) opened(p *place) {
	if p.vain == 0 {
		k.recovered(p)
	}
}

func (k *Keeper) recovered(p *place) {
	had := p.trouble != nil && p.told
	p.trouble, p.told = nil, false
	k.show(p)
	if had {
		k.notify(Recovered{Kind: p.kind, Device: p.port.device.ID})
	}
}

// show puts a place into the state that others see, and says so when it is another than before.
func (k *Keeper) show(p *place) {
	u := Use{Trouble: p.trouble}
	if p.port != nil {
		u.Device = p.port.device
	}
	k.mu.Lock()
	shown := map[Kind]*Use{KindInput: &k.state.Input, KindOutput: &k.state.Output, KindRing: &k.state.Ring}[p.kind]
	changed := shown.Device != u.Device
	*shown = u
	k.mu.Unlock()
	if changed {
		k.notify(DevicesChanged{})
	}
}
