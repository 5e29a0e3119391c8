package pbxdemo

import (
	"slices"
	"time"

	"svara/phone/sdp"
)

// conv is a conversation: ends that hear each other. Two of them are an ordinary call, more one that somebody has
// joined; a room lives on when people leave it; a parked end waits alone. The loop owns it.
type conv struct {
	p      *PBX
	circle circle
	ends   []*end
	room   bool
	parked *parked
	queued *queued     // its one end waits for an agent
	lonely *time.Timer // runs while there is nobody but simulated people
}

const (
	chatLimit = 20 * time.Second // simulated people who have been connected with each other
	parkLimit = 10 * time.Minute // a simulated person who has been parked, or waits in a queue
)

// newConv makes a conversation of nobody.
func (p *PBX) newConv() *conv { return &conv{p: p} }

// add moves an end here, from where it was.
func (c *conv) add(e *end) {
	if e.conv == c || e.state == over {
		return
	}
	if from := e.conv; from != nil {
		from.remove(e)
		from.settle()
	}
	e.conv = c
	c.ends = append(c.ends, e)
	c.settle()
}

// remove takes an end out; what becomes of the others is for the caller to say.
func (c *conv) remove(e *end) {
	c.ends = slices.DeleteFunc(c.ends, func(other *end) bool { return other == e })
	e.conv = nil
	if c.parked != nil {
		c.p.unpark(c)
	}
	if c.queued != nil {
		c.p.unqueue(c.queued)
	}
}

// drop takes out an end that is over. Whoever is left alone is let go, unless it waits for a transfer's outcome.
func (c *conv) drop(e *end) {
	c.remove(e)
	c.settle()
	if len(c.ends) == 1 && !c.room && c.ends[0].moving == nil {
		c.ends[0].hangup()
	}
}

// across is the one other end, if there is just one.
func (c *conv) across(e *end) *end {
	if c == nil || len(c.ends) != 2 {
		return nil
	}
	if c.ends[0] == e {
		return c.ends[1]
	}
	return c.ends[0]
}

// settle brings about what should be heard, after anything has changed.
func (c *conv) settle() {
	ports := make([]*port, 0, len(c.ends))
	wait := map[*port]bool{}
	ready, people := true, false
	for _, e := range c.ends {
		other := c.across(e)
		held := other != nil && other.holds
		ports = append(ports, e.sound)
		wait[e.sound] = held || len(c.ends) == 1
		ready = ready && (!e.phone() || e.state == up)
		people = people || e.phone()
		switch {
		case !e.phone():
			e.sound.voice.hold(held)
		case held:
			e.tell(sdp.SendOnly)
		default:
			e.tell(sdp.SendRecv)
		}
	}
	c.p.mixer.set(&c.circle, ports, func(p *port) bool { return wait[p] })
	if ready && len(c.ends) > 1 {
		for _, e := range slices.Clone(c.ends) {
			if !e.phone() && !e.begun {
				e.begun = true
				if e.script.up != nil {
					e.script.up()
				}
			}
		}
	}
	c.watch(people)
}

// watch ends a conversation that nobody but simulated people is in.
func (c *conv) watch(people bool) {
	if c.lonely != nil && (people || len(c.ends) == 0) {
		c.lonely.Stop()
		c.lonely = nil
	}
	if people || len(c.ends) == 0 || c.lonely != nil {
		return
	}
	limit := chatLimit
	if c.parked != nil || c.queued != nil {
		limit = parkLimit
	}
	var timer *time.Timer
	timer = c.p.after(limit, func() {
		if c.lonely != timer {
			return
		}
		for _, e := range slices.Clone(c.ends) {
			e.hangup()
		}
	})
	c.lonely = timer
}

// digit passes a key on: to a simulated party, and to the phone across.
func (c *conv) digit(from *end, d rune) {
	for _, e := range slices.Clone(c.ends) {
		switch {
		case e == from:
		case !e.phone():
			if e.begun && e.script.digit != nil {
				e.script.digit(d)
			}
		case c.across(from) != e:
		case e.stream.SendDigits(string(d)) != nil:
			c.p.ua.Do(digitInfo(e.leg, d))
		}
	}
}
