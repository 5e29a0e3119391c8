package engine

import (
	"strings"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// A call that rings here is sent on by telling the exchange where to (302). With that our part is over: whether the
// exchange does it is told by the target's line alone, as far as that is told of at all.

const (
	deflectPatience = 5 * time.Second // a line that is told of and does not ring by then is not called
	deflectReason   = "deflection"    // RFC 5806 section 4
)

func (t *turn) deflect(cmd phone.Deflect) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, func(c *call) bool { return c.State == phone.StateIncoming && c.rings })
	if err != nil {
		return 0, err
	}
	if t.s.emergency(cmd.Target) {
		return 0, phone.Refuse(phone.ReasonEmergency, cmd.Target)
	}
	target, party, err := t.targetOf(c, cmd.Target)
	if err != nil {
		return 0, err
	}
	if strings.EqualFold(party.Number, c.Remote.Number) && party.URI == c.Remote.URI {
		return 0, phone.Refuse(phone.ReasonBadTarget, party.Number) // who calls is no one to send them to
	}
	t.do(fxSIP{ua.Reject{Leg: c.leg, Code: 302, Contact: t.s.dialect(c.Account).Outgoing(target), Why: deflectReason}})
	t.finish(c, phone.Reason{ID: phone.ReasonDeflected, Code: 302, Text: party.Number})
	c.Transfer = &phone.Transfer{Kind: phone.TransferDeflect, Target: party, Since: t.now}
	t.notTold(c)
	c.removeAt = t.now.Add(deflectPatience)
	return c.ID, nil
}

// deflectClock: the target's line has told nothing of the call.
func (t *turn) deflectClock(c *call) {
	x := c.Transfer
	if c.State != phone.StateEnded || x == nil || x.Kind != phone.TransferDeflect || x.State != phone.TransferUnknown || x.Since.Add(deflectPatience).After(t.now) {
		return
	}
	if l := t.s.line(lineKey{c.Account, x.Target.Number}); l == nil || !l.told || l.State != phone.LineIdle {
		return
	}
	why := phone.Reason{ID: phone.ReasonNotFollowed, Text: x.Target.Number}
	t.editTransfer(c, func(x *phone.Transfer) { x.State, x.Reason = phone.TransferFailed, &why })
	c.End = &why // what the card has said was not so
	c.removeAt = t.now.Add(lingerEnded)
}
