package engine

import (
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/ua"
)

// takeBack returns to the caller from whatever stage the transfer is in.
func (t *turn) takeBack(cmd phone.TakeBack) (phone.CallID, error) {
	c, err := t.takeBackFrom(cmd.Call)
	if err != nil {
		return 0, err
	}
	x := c.Transfer
	if c.Camp != nil && (x == nil || !c.referred) {
		id := c.ID
		t.leaveCamp(c, "over")
		t.resume(t.s.call(id))
		return id, nil
	}
	switch {
	case x.State == phone.TransferConsulting:
		return c.ID, t.endConsult(c)
	case x.State == phone.TransferFailed && x.Consult != 0:
		return c.ID, t.endConsult(c)
	case x.State == phone.TransferFailed:
		t.resume(c)
		return c.ID, nil
	case x.State == phone.TransferDone:
		return 0, phone.Refuse(phone.ReasonTooLate, "")
	case !x.Undo:
		return 0, phone.Refuse(phone.ReasonNotSupported, string(phone.FeatureTransferUndo))
	}
	t.bringBack(c, false)
	return c.ID, nil
}

// takeBackFrom finds the call whose transfer is meant: the named one, the one its consultation is about, or the newest.
func (t *turn) takeBackFrom(id phone.CallID) (*call, error) {
	usable := func(c *call) bool {
		return c != nil && (c.Transfer != nil || c.Camp != nil) && (c.State == phone.StateConnected || c.pending())
	}
	if id == 0 {
		if active := t.s.call(t.s.active()); active != nil && active.Consults != 0 {
			id = active.Consults
		}
	}
	if id == 0 {
		for i := range t.s.calls {
			if c := &t.s.calls[i]; usable(c) && c.Transfer != nil && (id == 0 || t.s.call(id).Transfer.Since.Before(c.Transfer.Since)) {
				id = c.ID
			}
		}
	}
	c := t.s.call(id)
	if c != nil && c.Consults != 0 {
		c = t.s.call(c.Consults)
	}
	switch {
	case c == nil || c.dismissed:
		return nil, phone.Refuse(phone.ReasonNoCall, "")
	case c.End != nil && c.End.ID == phone.ReasonTransferred && !c.pending():
		return nil, phone.Refuse(phone.ReasonTooLate, "")
	case !usable(c):
		return nil, phone.Refuse(phone.ReasonWrongState, string(c.State))
	}
	return c, nil
}

// recall brings an unanswered transfer back by itself (features.md E3). While we talk, the caller hears busy instead,
// unless the user wants them held.
func (t *turn) recall(c *call) {
	if !c.Transfer.Undo {
		t.editTransfer(c, func(x *phone.Transfer) { x.RecallAt = time.Time{} })
		return
	}
	if active := t.s.call(t.s.active()); active != nil && t.s.settings.Get(phone.KeyRecallBusy) == "busy" && c.State == phone.StateConnected {
		if k := t.autoFor(c.ID); k != nil {
			t.end(k, phone.Reason{ID: phone.ReasonCancelled})
		} else if c.referred {
			t.do(fxSIP{ua.StopRefer{Leg: c.leg}})
		}
		c = t.s.call(c.ID)
		c.referred = false
		t.end(c, phone.Reason{ID: phone.ReasonBusy})
		return
	}
	t.bringBack(c, true)
}

// bringBack undoes a handing over that has not been answered.
func (t *turn) bringBack(c *call, byItself bool) {
	c.recalled = byItself
	if k := t.autoFor(c.ID); k != nil {
		// The caller never left: only the target stops ringing.
		id := c.ID
		k.endReason = phone.Reason{ID: phone.ReasonTakenBack}
		k.Consults = 0
		t.end(k, k.endReason)
		t.comeBack(t.s.call(id))
		return
	}
	if !c.referred && c.State == phone.StateConnected {
		// Nothing has been asked for yet, or codes were; those have a code of their own for it.
		byCodes := len(c.program) > 0 && c.program[0].Kind != dialect.Refer && c.program[0].Kind != dialect.ReferReplaces
		c.program, c.digits = nil, ""
		if byCodes {
			if err := t.codes(c, phone.FeatureTransferTakeBack); err != nil {
				t.fault(phone.ReasonOf(err))
			}
		}
		t.comeBack(c)
		return
	}
	if code, err := t.s.dialCode(c.Account, phone.FeatureTransferUndo, dialect.Args{Number: c.Transfer.Target.Number}); err == nil {
		t.fetchBack(c, code)
		return
	}
	// By SIP: we want to know no more (RFC 3515 2.4.4), and talk to the caller again.
	c.returning, c.returnAt = true, t.now
	t.editTransfer(c, func(x *phone.Transfer) { x.State, x.RecallAt = phone.TransferReturning, time.Time{} })
	t.do(fxSIP{ua.StopRefer{Leg: c.leg}})
	if c.holding {
		t.hold(c, false)
	}
}

// fetchBack picks the caller up where it rings, by a code of the exchange.
func (t *turn) fetchBack(c *call, code string) {
	id, remote := c.ID, c.Remote
	k, err := t.place(placing{account: t.s.account(c.Account), target: c.Transfer.Target.Number, code: code, remote: &remote})
	c = t.s.call(id)
	if err != nil {
		t.editTransfer(c, func(x *phone.Transfer) { x.RecallAt = time.Time{} })
		return
	}
	k.returns = id
	if !c.recalled {
		t.holdOthers(k.ID)
	}
	t.editTransfer(c, func(x *phone.Transfer) { x.State, x.RecallAt = phone.TransferReturning, time.Time{} })
}

// fetched: the caller is on the new call; the old one has done its part.
func (t *turn) fetched(k *call) {
	id, old := k.ID, t.s.call(k.returns)
	k.returns = 0
	if old == nil {
		return
	}
	k.Remote, k.Direction = old.Remote, old.Direction
	recalled, x := old.recalled, old.Transfer
	old.Transfer, old.referred = nil, false
	if old.State.Live() {
		t.end(old, phone.Reason{ID: phone.ReasonTakenBack})
	}
	old.dismissed, old.removeAt = true, time.Time{}
	if recalled {
		k = t.s.call(id)
		k.Transfer = x
		t.cameBackByItself(k)
	}
}

// returnEnded: fetching back has failed. If the target has answered meanwhile, that is why.
func (t *turn) returnEnded(id phone.CallID, why phone.Reason) {
	k := t.s.call(id)
	if k == nil || k.returns == 0 {
		return
	}
	k.dismissed, k.removeAt = true, time.Time{}
	c := t.s.call(k.returns)
	if c == nil || c.Transfer == nil || c.Transfer.State != phone.TransferReturning {
		return
	}
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State, x.Reason = phone.TransferUnknown, &phone.Reason{ID: phone.ReasonTooLate, Code: why.Code}
	})
}

// returned: the peer has agreed to talk to us again.
func (t *turn) returned(c *call) {
	if c.returning && !c.holding && !c.remoteHold {
		t.comeBack(c)
	}
}

// comeBack: the caller is ours again.
func (t *turn) comeBack(c *call) {
	c.returning, c.referred = false, false
	if c.recalled {
		t.cameBackByItself(c)
		return
	}
	c.Transfer = nil
	t.tell(phone.Event{Kind: phone.EventTransfer, Call: c.ID, Account: c.Account, State: string(phone.TransferFailed), Reason: &phone.Reason{ID: phone.ReasonTakenBack}})
	if c.Camp == nil {
		t.resume(c)
	}
}

// cameBackByItself: three beeps, and the call is held in the list (features.md E3).
func (t *turn) cameBackByItself(c *call) {
	c.recalled, c.Recalled = false, true
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State, x.RecallAt, x.Consult, x.Recalled = phone.TransferFailed, time.Time{}, 0, true
		x.Reason = &phone.Reason{ID: phone.ReasonNoAnswer}
	})
	if t.s.settings.Bool(phone.KeyNextBeep) {
		t.s.returned = t.now.Add(returnedTime)
	}
	if !c.holding {
		t.hold(c, true)
	}
}
