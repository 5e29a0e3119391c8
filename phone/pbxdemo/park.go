package pbxdemo

import (
	"strconv"
	"time"

	"svara/phone"
)

// Parking: a call that is transferred to 700 waits in the first free slot, one that is transferred to 701..709 in that
// one. Who dials the slot gets it. Unclaimed for a minute it comes back to who parked it.
const (
	parkAnywhere          = "700"
	firstSlot, lastSlot   = 701, 709
	parkReturns           = time.Minute
	nothingParked, noCall = "Nothing Parked Here", "No Such Call"
)

// parked is what is known of a call in a slot.
type parked struct {
	slot  string
	by    string // the user who parked it
	timer *time.Timer
	back  *try // its way back; nil while it waits
}

func isSlot(number string) bool {
	n, err := strconv.Atoi(number)
	return err == nil && n >= firstSlot && n <= lastSlot
}

func isPark(number string) bool { return number == parkAnywhere || isSlot(number) }

// park puts an end into a slot. code is 0, or why it cannot be.
func (p *PBX) park(e *end, number, by string) (slot string, code int) {
	if slot = number; number == parkAnywhere {
		for n := firstSlot; n <= lastSlot; n++ {
			if slot = strconv.Itoa(n); p.lot[slot] == nil {
				break
			}
		}
	}
	if p.lot[slot] != nil {
		return "", 486
	}
	c := p.newConv()
	c.parked = &parked{slot: slot, by: by}
	p.lot[slot] = c
	c.add(e)
	p.returnLater(c)
	p.log.Info("parked", "slot", slot, "by", by)
	return slot, 0
}

// returnLater brings a parked call back when nobody has taken it for a minute.
func (p *PBX) returnLater(c *conv) {
	k := c.parked
	k.timer = p.after(parkReturns, func() {
		if c.parked != k || k.back != nil {
			return
		}
		e := c.ends[0]
		k.back = &try{
			p: p, caller: e, number: k.by,
			rang:  func(*end) {},
			taken: func(_ *phone.Party, into *conv) { into.add(e) },
			failed: func(code int, _ string) {
				p.log.Info("parked call could not be given back", "slot", k.slot, "code", code)
				if k.back = nil; c.parked == k {
					p.returnLater(c)
				}
			},
		}
		k.back.start()
	})
}

// unpark frees a slot.
func (p *PBX) unpark(c *conv) {
	k := c.parked
	c.parked = nil
	delete(p.lot, k.slot)
	k.timer.Stop()
	if k.back != nil {
		k.back.cancel()
	}
}

// retrieve takes a call out of a slot.
func (p *PBX) retrieve(t *try, slot string) {
	c := p.lot[slot]
	if c == nil || c.ends[0] == t.caller {
		t.fail(404, nothingParked)
		return
	}
	e := c.ends[0]
	p.unpark(c)
	t.succeed(e)
}
