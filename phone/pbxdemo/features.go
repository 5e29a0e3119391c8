package pbxdemo

import (
	"math"
	"slices"
	"time"

	"svara/audio"
)

// beep is a tone for a time.
func beep(hz float64, d time.Duration) *chord {
	return &chord{low: sine{step: 2 * math.Pi * hz / audio.Rate, amplitude: 4000}, left: samples(d)}
}

// knock tells two that a third comes in.
func knock() []ending {
	var out []ending
	for range 3 {
		out = append(out, beep(knockHz, 200*time.Millisecond), pause(150*time.Millisecond))
	}
	return out
}

// The PBX's own tones.
const (
	knockHz   = 1400
	confirmHz = 1000
	recordHz  = 800
)

// pickUp answers the call that has rung longest at a number.
func (p *PBX) pickUp(t *try, number string) {
	var found *try
	for _, e := range p.ends {
		if o := e.try; o != nil && o != t && o.target == number && len(o.branches) > 0 && o.caller != t.caller && (found == nil || o.since.Before(found.since)) {
			found = o
		}
	}
	if found == nil {
		t.fail(404, noCall)
		return
	}
	p.take(t, found)
}

// take lets the caller of one try answer another.
func (p *PBX) take(t, other *try) {
	if !other.finish() || !t.finish() {
		return
	}
	other.picked = true
	other.release(nil, t.caller)
	into := p.newConv()
	into.add(t.caller)
	other.taken(t.caller.party(), into)
	t.taken(other.caller.party(), into)
}

// replace is an INVITE that wants the place of a leg (RFC 3891): a ringing one is picked up; a call of the same user's
// other phone comes here.
func (p *PBX) replace(t *try, e *end) {
	t.since = time.Now()
	switch t.caller.try = t; {
	case e == nil:
		t.fail(481, "")
	case e.try != nil && e.try.caller != e:
		p.take(t, e.try)
	case e.state == up && e.user == t.caller.user && e.conv != nil && e.conv.parked == nil:
		p.pull(t, e)
	default:
		t.fail(403, "")
	}
}

// pull puts the caller in an end's place.
func (p *PBX) pull(t *try, e *end) {
	if e.asked != nil {
		e.asked.takeBack()
	}
	into := e.conv
	who := p.identity(e.target, "")
	if far := into.across(e); far != nil {
		who = far.party()
	}
	if into.queued != nil {
		into.queued.give(t.caller)
	} else {
		into.remove(e)
	}
	t.join(who, into)
	e.hangup()
}

// intrude joins the call of a number, after knocking.
func (p *PBX) intrude(t *try, number string) {
	i := slices.IndexFunc(p.ends, func(e *end) bool {
		return e.number == number && e.state != over && e.conv != nil && len(e.conv.ends) > 1 && !e.conv.room && e.conv.parked == nil
	})
	switch {
	case i < 0:
		t.fail(404, noCall)
		return
	case p.ends[i].conv == t.caller.conv || number == t.caller.user:
		t.fail(403, "")
		return
	}
	c := p.ends[i].conv
	p.mixer.sound(&c.circle, knock()...)
	t.join(p.ends[i].party(), c)
}

// bypass calls a number whatever its owner has set.
func (p *PBX) bypass(t *try, number string) {
	t.number, t.target, t.bypass = number, number, true
	p.route(t)
}

// withheld calls a number without telling who calls.
func (p *PBX) withheld(t *try, number string) {
	t.number, t.target, t.caller.hidden = number, number, true
	p.route(t)
}

func (p *PBX) waitingOn(t *try, _ string)  { p.setWaiting(t, true) }
func (p *PBX) waitingOff(t *try, _ string) { p.setWaiting(t, false) }

// setWaiting turns call waiting on or off: without it a user who is in a call is busy.
func (p *PBX) setWaiting(t *try, on bool) {
	if t.caller.user == "" || t.by != "" {
		t.fail(403, "")
		return
	}
	if delete(p.single, t.caller.user); !on {
		p.single[t.caller.user] = true
	}
	p.confirm(t, "Call waiting", "Samtal väntar")
}

// enter is the conference room: all who are in it hear each other.
func (p *PBX) enter(t *try, who Entry) {
	c := p.rooms[who.Number]
	if c == nil {
		c = p.newConv()
		c.room = true
		p.rooms[who.Number] = c
	}
	p.mixer.sound(&c.circle, beep(confirmHz, 150*time.Millisecond))
	t.join(p.identity(who.Number, who.Title(p.cfg.Language())), c)
}
