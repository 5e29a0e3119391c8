package engine

import (
	"svara/phone"
	"svara/phone/dialect"
)

// consult holds a call and calls the one it may go to.
func (t *turn) consult(cmd phone.Consult) (phone.CallID, error) {
	c, err := t.transferable(cmd.Call)
	if err != nil {
		return 0, err
	}
	if c.Transfer != nil && c.Transfer.State == phone.TransferConsulting || c.Consults != 0 && t.s.call(c.Consults) != nil {
		return 0, phone.Refuse(phone.ReasonWrongState, string(phone.TransferConsulting))
	}
	target, party, err := t.targetOf(c, cmd.Target)
	if err != nil {
		return 0, err
	}
	steps, err := t.s.dialect(c.Account).Plan(phone.FeatureTransferAnnounced, dialect.Args{Number: target})
	if err != nil {
		return 0, err
	}
	t.splitOff(c)
	switch steps[0].Kind {
	case dialect.DTMF:
		return t.consultInside(c, party, steps)
	case dialect.Dial:
	default:
		return 0, phone.Refuse(phone.ReasonNotSupported, string(phone.FeatureTransferAnnounced))
	}
	id := c.ID
	code := steps[0].Text
	if code == target {
		code = "" // the target itself, as the exchange wants numbers dialled
	}
	k, err := t.place(placing{account: t.s.account(c.Account), target: target, code: code, consults: id, remote: &party})
	if err != nil {
		return 0, err
	}
	t.holdOthers(k.ID)
	c = t.s.call(id)
	t.leaveCamp(c, "over")
	t.beginTransfer(c, phone.TransferAnnounced, phone.TransferConsulting, party)
	t.editTransfer(c, func(x *phone.Transfer) { x.Consult = k.ID })
	return k.ID, nil
}

// pairOf finds a held call and its consultation, from either of them.
func (t *turn) pairOf(id phone.CallID) (caller, with *call, err error) {
	if id == 0 {
		id = t.s.active()
	}
	c := t.s.call(id)
	if c == nil && id == 0 {
		for i := range t.s.calls {
			if k := &t.s.calls[i]; k.Transfer != nil && k.Transfer.State == phone.TransferConsulting && k.State == phone.StateConnected {
				c = k
			}
		}
	}
	if c != nil && c.Consults != 0 {
		c = t.s.call(c.Consults)
	}
	if c == nil || c.State != phone.StateConnected {
		return nil, nil, phone.Refuse(phone.ReasonNoCall, "")
	}
	if c.Transfer == nil || c.Transfer.Consult == 0 || c.Transfer.State != phone.TransferConsulting && c.Transfer.State != phone.TransferFailed {
		return nil, nil, phone.Refuse(phone.ReasonNotSupported, phone.TextConsultFirst)
	}
	if with = t.s.call(c.Transfer.Consult); with == nil || !with.State.Live() || with.State == phone.StateEnding {
		return nil, nil, phone.Refuse(phone.ReasonNotSupported, phone.TextConsultFirst)
	}
	return c, with, nil
}

// complete connects a caller with the consultation.
func (t *turn) complete(cmd phone.Complete) (phone.CallID, error) {
	c, k, err := t.pairOf(cmd.Call)
	if err != nil {
		return 0, err
	}
	feature := phone.FeatureTransferRinging
	if k.State == phone.StateConnected || k.Inside && k.swapped {
		feature = phone.FeatureTransferComplete
	}
	steps, err := t.s.dialect(c.Account).Plan(feature, dialect.Args{Number: c.Transfer.Target.Number})
	if err != nil {
		return 0, err
	}
	switch steps[0].Kind {
	case dialect.Supervised:
		t.letGo(c, k)
	case dialect.ReferReplaces:
		if k.State != phone.StateConnected {
			return 0, phone.Refuse(phone.ReasonWrongState, string(k.State))
		}
		t.joinByRefer(c, k)
	case dialect.Refer: // the consultation is given up and the target called anew, by the exchange
		target := c.Transfer.Target
		id := c.ID
		k.Consults = 0
		t.end(k, phone.Reason{ID: phone.ReasonTakenBack})
		c = t.s.call(id)
		return id, t.handOver(c, phone.TransferDirect, target, target.Number, steps)
	default: // codes, or hanging up
		t.editTransfer(c, func(x *phone.Transfer) { x.State = phone.TransferRequested })
		t.start(c, steps)
	}
	return c.ID, nil
}

// letGo lets a ringing consultation ring on without us: when it is answered the two are joined.
func (t *turn) letGo(c, k *call) {
	k.auto = true
	state := phone.TransferTrying
	if k.State == phone.StateRinging || k.State == phone.StateEarly {
		state = phone.TransferRinging
	}
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State, x.Since, x.Reason, x.RecallAt = state, t.now, nil, t.recallAt(x.Kind)
	})
}

// joinByRefer asks the caller's side to call the target's in place of us (RFC 5589 7, RFC 3891).
func (t *turn) joinByRefer(c, k *call) {
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State, x.Since, x.Reason, x.RecallAt = phone.TransferRequested, t.now, nil, t.now.Add(joinPatience)
	})
	t.holdFor(c)
	steps := []dialect.Step{{Kind: dialect.ReferReplaces}}
	if fresh := t.now.Sub(k.Started); fresh < joinSettle {
		steps = append([]dialect.Step{{Kind: dialect.Wait, Wait: joinSettle - fresh}}, steps...)
	}
	t.start(c, steps)
}

// consultAnswered: somebody has answered. If nobody of us talks on it, the two are joined at once.
func (t *turn) consultAnswered(k *call) {
	c := t.s.call(k.Consults)
	if !k.auto || c == nil {
		return
	}
	if c.State != phone.StateConnected || c.Transfer == nil {
		t.end(k, phone.Reason{ID: phone.ReasonCancelled})
		return
	}
	t.joinByRefer(c, k)
}

// consultProgress shows on the caller's card how far the call to the target is.
func (t *turn) consultProgress(k *call) {
	c := t.s.call(k.Consults)
	if !k.auto || c == nil || c.Transfer == nil || !c.pending() {
		return
	}
	if k.State == phone.StateRinging || k.State == phone.StateEarly {
		t.setTransferState(c, phone.TransferRinging)
	}
}

// endConsult goes back to the caller before the two are connected.
func (t *turn) endConsult(c *call) error {
	k := t.s.call(c.Transfer.Consult)
	if k != nil && k.Inside {
		return t.takeBackInside(c, k)
	}
	id := c.ID
	c.Transfer = nil
	t.tell(phone.Event{Kind: phone.EventTransfer, Call: id, Account: c.Account, State: string(phone.TransferFailed), Reason: &phone.Reason{ID: phone.ReasonTakenBack}})
	if k != nil && k.State.Live() {
		k.Consults = 0
		t.end(k, phone.Reason{ID: phone.ReasonTakenBack})
	}
	t.resume(t.s.call(id))
	return nil
}

// consultEnded: a consultation, or the caller it was about, is over.
func (t *turn) consultEnded(id phone.CallID, why phone.Reason) {
	for i := range t.s.calls { // the caller is gone: the other is a call like any
		if k := &t.s.calls[i]; k.Consults == id && k.State != phone.StateEnded {
			k.Consults = 0
			if k.Inside {
				t.finish(k, why)
			}
		}
	}
	k := t.s.call(id)
	c := t.s.call(k.Consults)
	if c == nil || c.Transfer == nil || c.Transfer.Consult != id || c.State == phone.StateEnded {
		return
	}
	switch {
	case k.Inside:
		t.insideOver(c)
	case c.Transfer.State == phone.TransferConsulting && (why.ID == phone.ReasonHangup || why.ID == phone.ReasonCancelled):
		c.Transfer = nil // our own wish: the caller waits, held
	case c.Transfer.State == phone.TransferConsulting && k.Started.IsZero(), c.pending() && !c.referred:
		c.campOffered(why)
		if c.Camp != nil {
			c.Transfer = nil
			t.campTold(c, "waiting")
			return
		}
		t.failTransfer(c, why)
	case c.Transfer.State == phone.TransferConsulting:
		c.Transfer = nil // they talked; the target hung up
	case c.pending():
		// The exchange has taken both; NOTIFY or BYE of the other leg tells the rest. A target that hung up in the same
		// instant shows as a refusal.
		t.editTransfer(c, func(x *phone.Transfer) { x.RecallAt = t.now.Add(joinPatience) })
	}
}

// autoFor is the call to the target that goes on without us for a caller, or nil.
func (t *turn) autoFor(id phone.CallID) *call {
	for i := range t.s.calls {
		if k := &t.s.calls[i]; k.auto && k.Consults == id && k.State.Live() && k.State != phone.StateEnding {
			return k
		}
	}
	return nil
}
