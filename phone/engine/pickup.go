package engine

import (
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/dialoginfo"
	"svara/phone/ua"
)

// pickup answers a call that rings at somebody else: by the exchange's code, or by taking its dialog over.
func (t *turn) pickup(cmd phone.Pickup) (phone.CallID, error) {
	number, err := cleanTarget(cmd.Target)
	if err != nil {
		return 0, err
	}
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return 0, err
	}
	steps, err := t.s.dialect(acc.ID).Plan(phone.FeaturePickup, dialect.Args{Number: number})
	if err != nil {
		return 0, err
	}
	p := placing{account: acc, target: number}
	switch steps[0].Kind {
	case dialect.Dial:
		p.code = steps[0].Text
	case dialect.InviteReplaces:
		p.code, p.picking = number, true
	default:
		return 0, phone.Refuse(phone.ReasonNotSupported, string(phone.FeaturePickup))
	}
	c, err := t.place(p)
	if err != nil {
		return 0, err
	}
	t.holdOthers(c.ID)
	if p.picking {
		c.pickLine, c.pickUntil = number, t.now.Add(lookPatience)
		t.pickReady(lineKey{acc.ID, number})
	}
	return c.ID, nil
}

// pickReady sends a pick-up's INVITE once the line has told what rings there (RFC 3891, early-only).
func (t *turn) pickReady(k lineKey) {
	l := t.s.line(k)
	if l == nil || !l.told {
		return
	}
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.Account != k.account || c.pickLine != k.number || c.State != phone.StateDialing {
			continue
		}
		for _, d := range l.tracker.Dialogs() {
			if d.State != "early" && d.State != "proceeding" || d.CallID == "" || d.LocalTag == "" || d.RemoteTag == "" {
				continue
			}
			c.replaces = replacesOf(d, true)
			c.pickLine, c.pickUntil = "", time.Time{}
			if who := partyOf(d.Remote); who.Number != "" {
				c.Remote = who
			}
			if uri := d.Remote.Target; uri != "" {
				if target, err := cleanTarget(uri); err == nil {
					c.target = target
				}
			}
			t.openOutgoing(c)
			break
		}
	}
}

// replacesOf names a dialog of a watched line to the party at its other end (RFC 5359 2.16): its own tag is the line's
// remote one.
func replacesOf(d dialoginfo.Dialog, early bool) *ua.Replaces {
	return &ua.Replaces{CallID: d.CallID, ToTag: d.RemoteTag, FromTag: d.LocalTag, EarlyOnly: early}
}

// pickClock gives a pick-up up when the line tells nothing, or nothing rings there.
func (t *turn) pickClock(c *call) {
	if c.pickUntil.IsZero() || c.pickUntil.After(t.now) {
		return
	}
	why := phone.Reason{ID: phone.ReasonNotTold}
	if l := t.s.line(lineKey{c.Account, c.pickLine}); l != nil && l.told {
		why.ID = phone.ReasonNothingThere
	}
	c.pickUntil = time.Time{}
	t.end(c, why)
}
