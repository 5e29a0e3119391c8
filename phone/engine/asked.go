package engine

import (
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// The other side may ask us to call somebody instead of them (an incoming REFER). We ask the user first: a call that
// nobody here wanted costs money and opens a microphone.

func (t *turn) onReferAsked(v ua.ReferAsked) {
	c := t.s.callByLeg(v.Leg)
	if c == nil || c.State != phone.StateConnected || c.Asked != nil || t.s.closing {
		t.do(fxSIP{ua.AnswerRefer{Leg: v.Leg, ID: v.ID, Code: 603}})
		return
	}
	if _, err := cleanTarget(v.Target); err != nil {
		t.do(fxSIP{ua.AnswerRefer{Leg: v.Leg, ID: v.ID, Code: 416}})
		return
	}
	c.askID = v.ID
	c.Asked = &phone.Asked{Target: v.Party, By: v.By, Since: t.now}
	c.asked = askedTarget{target: v.Target, replaces: v.Replaces}
	t.tell(phone.Event{Kind: phone.EventAsked, Call: c.ID, Account: c.Account, Remote: &c.Asked.Target})
}

// askedTarget is what a request names, for the INVITE.
type askedTarget struct {
	target   string
	replaces *ua.Replaces
}

// allowTransfer does what the other side asked for, or refuses it.
func (t *turn) allowTransfer(cmd phone.AllowTransfer) (phone.CallID, error) {
	c, err := t.pickAsked(cmd.Call)
	if err != nil {
		return 0, err
	}
	id, ask, asked := c.ID, c.askID, c.asked
	party, by := c.Asked.Target, c.Asked.By
	if !cmd.On {
		t.refuseAsked(c)
		return id, nil
	}
	k, err := t.place(placing{
		account: t.s.account(c.Account), target: asked.target, replaces: asked.replaces, by: by.URI, remote: &party, code: asked.target,
	})
	if err != nil {
		return 0, err
	}
	k.askedFor, k.askedID = id, ask
	t.do(fxSIP{ua.AnswerRefer{Leg: t.s.call(id).leg, ID: ask, Code: 202}})
	t.s.call(id).Asked = nil
	t.holdOthers(k.ID)
	return k.ID, nil
}

func (t *turn) pickAsked(id phone.CallID) (*call, error) {
	var found *call
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.Asked != nil && (id == 0 || c.ID == id) {
			found = c
		}
	}
	if found == nil {
		return nil, phone.Refuse(phone.ReasonNoCall, "")
	}
	return found, nil
}

func (t *turn) refuseAsked(c *call) {
	t.do(fxSIP{ua.AnswerRefer{Leg: c.leg, ID: c.askID, Code: 603}})
	c.Asked, c.askID, c.asked = nil, "", askedTarget{}
}

// askedProgress tells who asked how far the call is (RFC 3515 2.4.4).
func (t *turn) askedProgress(k *call, code int, text string) {
	if c := t.s.call(k.askedFor); c != nil && c.State.Live() {
		t.do(fxSIP{ua.TellRefer{Leg: c.leg, ID: k.askedID, Code: code, Text: text}})
	}
}

// askedConnected: the new call is up; who asked for it will hang up.
func (t *turn) askedConnected(k *call) {
	t.askedProgress(k, 200, "OK")
	k.askedFor, k.askedID = 0, ""
}

// askedEnded: the call we were asked for came to nothing; we are with who asked, as before.
func (t *turn) askedEnded(id phone.CallID, why phone.Reason) {
	k := t.s.call(id)
	if k == nil || k.askedFor == 0 {
		return
	}
	code := why.Code
	if code < 300 {
		code = 603
	}
	t.askedProgress(k, code, why.Text)
	if c := t.s.call(k.askedFor); c != nil && c.State == phone.StateConnected && c.holding && t.s.active() == 0 {
		t.resume(c)
	}
	k.askedFor = 0
}

// onReferStopped: who asked wants it undone.
func (t *turn) onReferStopped(v ua.ReferStopped) {
	c := t.s.callByLeg(v.Leg)
	if c == nil {
		return
	}
	if c.Asked != nil && c.askID == v.ID {
		c.Asked, c.askID = nil, ""
		return
	}
	for i := range t.s.calls {
		if k := &t.s.calls[i]; k.askedFor == c.ID && k.askedID == v.ID && calling(k.State) {
			k.askedFor = 0
			t.end(k, phone.Reason{ID: phone.ReasonCancelled})
			if c = t.s.callByLeg(v.Leg); c.holding {
				t.resume(c)
			}
			return
		}
	}
}

func (t *turn) askedClock(c *call) {
	if c.Asked != nil && !c.Asked.Since.Add(askedPatience).After(t.now) {
		t.refuseAsked(c)
	}
}

// takeOver: a call that was to take another's place is up (RFC 3891 3): it inherits what the other had, which ends.
func (t *turn) takeOver(k *call) {
	id, old := k.ID, t.s.call(k.tookOver)
	k.tookOver = 0
	if old == nil || old.State == phone.StateEnded {
		return
	}
	k.Muted, k.Level, k.Silenced, k.Conference, k.Consults, k.Transfer = old.Muted, old.Level, old.Silenced, old.Conference, old.Consults, old.Transfer
	k.Direction, k.insideHold = old.Direction, old.insideHold
	wasHeld, recording := old.holding, old.Recording.On
	if k.Transfer != nil {
		if with := t.s.call(k.Transfer.Consult); with != nil {
			with.Consults = id
		}
	}
	for i := range t.s.calls {
		if other := &t.s.calls[i]; other.Transfer != nil && other.Transfer.Consult == old.ID {
			t.editTransfer(other, func(x *phone.Transfer) { x.Consult = id })
		}
	}
	old.Conference, old.Transfer, old.Consults = false, nil, 0
	t.end(old, phone.Reason{ID: phone.ReasonReplaced})
	old = t.s.call(old.ID)
	old.dismissed, old.removeAt = true, time.Time{}
	k = t.s.call(id)
	if recording {
		_, _ = t.record(phone.Record{Call: id, On: true})
	}
	if wasHeld {
		t.hold(k, true)
	}
}
