package engine

import (
	"time"

	"svara/phone"
	"svara/phone/dialect"
)

// Exchanges that want codes (MiniVoice, Telavox mobile) keep both parties of an enquiry on one line and switch between
// them by digits. The second party is then a call of its own that shares the line of the first: it has no leg and no
// stream. What is known of it is what we asked for; only its sounds tell whether it has answered, so it stays early until
// we have swapped, which needs both to be there.

// insideOf is the second party on a call's line, or nil.
func (t *turn) insideOf(id phone.CallID) *call {
	for i := range t.s.calls {
		if k := &t.s.calls[i]; k.Inside && k.Consults == id && k.State.Live() {
			return k
		}
	}
	return nil
}

// insidePair is the call whose line has two parties, when it is the one we are on.
func (t *turn) insidePair() *call {
	for i := range t.s.calls {
		if k := &t.s.calls[i]; k.Inside && k.State.Live() {
			if c := t.s.call(k.Consults); c != nil && c.State == phone.StateConnected && !c.holding {
				return c
			}
		}
	}
	return nil
}

// lineOf is the call whose leg and stream a call uses: itself, or the one it shares.
func (t *turn) lineOf(c *call) *call {
	if !c.Inside {
		return c
	}
	return t.s.call(c.Consults)
}

// consultInside begins an enquiry by codes. The exchange holds the caller; we do not.
func (t *turn) consultInside(c *call, party phone.Party, steps []dialect.Step) (phone.CallID, error) {
	if t.s.live() >= maxCalls {
		return 0, phone.Refuse(phone.ReasonTooManyCalls, "")
	}
	t.holdOthers(c.ID)
	if c.holding {
		t.hold(c, false) // the codes must be heard
	}
	id := c.ID
	t.s.lastCall++
	k := call{
		Call: phone.Call{
			ID: t.s.lastCall, Account: c.Account, Direction: phone.Outgoing, State: phone.StateEarly, Hold: phone.HoldNone,
			Remote: party, Created: t.now, Consults: id, Inside: true, Level: 100,
		},
		legEnded: true,
	}
	t.s.calls = append(t.s.calls, k)
	c = t.s.call(id)
	c.insideHold = true
	c.HeldSince = t.now
	t.showHold(c)
	t.beginTransfer(c, phone.TransferAnnounced, phone.TransferConsulting, party)
	t.editTransfer(c, func(x *phone.Transfer) { x.Consult = k.ID })
	t.tell(phone.Event{Kind: phone.EventCallAdded, Call: k.ID, Account: k.Account, State: string(k.State), Remote: &k.Remote})
	t.start(c, steps)
	return k.ID, nil
}

// codes sends a feature's codes on a call's line.
func (t *turn) codes(c *call, f phone.Feature) error {
	steps, err := t.s.dialect(c.Account).Plan(f, dialect.Args{Number: c.Transfer.Target.Number})
	if err != nil {
		return err
	}
	t.start(c, steps)
	return nil
}

// swapInside talks to the other party of the line.
func (t *turn) swapInside(c *call) (phone.CallID, error) {
	k := t.insideOf(c.ID)
	if err := t.codes(c, phone.FeatureTransferSwap); err != nil {
		return 0, err
	}
	if !k.swapped {
		k.swapped = true
		k.Started = t.now
		t.enter(k, phone.StateConnected)
	}
	c.insideHold = !c.insideHold
	k.insideHold = !c.insideHold
	front := k
	if !c.insideHold {
		front = c
	}
	for _, x := range []*call{c, k} {
		if x.HeldSince = t.now; x == front {
			x.HeldSince = time.Time{}
		}
		t.showHold(x)
	}
	return front.ID, nil
}

// takeBackInside goes back to the caller: from a call that rings by one code, from a talk by another.
func (t *turn) takeBackInside(c, k *call) error {
	feature := phone.FeatureTransferTakeBack
	if k.swapped {
		if !c.insideHold { // we are with the caller: only the other is to be let go
			return phone.Refuse(phone.ReasonWrongState, string(k.State))
		}
		feature = phone.FeatureTransferEnd
	}
	if err := t.codes(c, feature); err != nil {
		return err
	}
	t.insideGone(c, k, phone.Reason{ID: phone.ReasonTakenBack})
	return nil
}

// endInside hangs up the party of a line that we talk to; the other stays. Hanging up the line itself would connect the
// two, so the one who is held must be swapped to first.
func (t *turn) endInside(p *call) error {
	c, k := p, t.insideOf(p.ID)
	if p.Inside {
		c, k = t.s.call(p.Consults), p
	}
	if c == nil || c.State != phone.StateConnected || p.insideHold || c.holding {
		return phone.Refuse(phone.ReasonWrongState, string(p.Hold))
	}
	feature := phone.FeatureTransferEnd
	if !k.swapped {
		feature = phone.FeatureTransferTakeBack // it rings still, as far as we know
	}
	if err := t.codes(c, feature); err != nil {
		if err = t.codes(c, phone.FeatureTransferEnd); err != nil {
			return err
		}
	}
	if p == c { // the one who stays takes the line over
		c.Remote, k.Remote = k.Remote, c.Remote
		c.Created, k.Created = k.Created, c.Created
		c.Started, k.Started = k.Started, c.Started
		c.Direction, k.Direction = k.Direction, c.Direction
		k.Inside = false // so that the history has the caller
	}
	t.insideGone(c, k, phone.Reason{ID: phone.ReasonHangup})
	return nil
}

// endLine ends both parties of a line: hanging up alone would connect them. It reports whether there are two.
func (t *turn) endLine(c *call) bool {
	k := t.insideOf(c.ID)
	if k == nil || t.s.closing {
		return false
	}
	steps, err := t.s.dialect(c.Account).Plan(phone.FeatureTransferEnd, dialect.Args{Number: c.Transfer.Target.Number})
	if err != nil {
		return false
	}
	t.insideGone(c, k, phone.Reason{ID: phone.ReasonHangup})
	t.start(c, append(steps, dialect.Step{Kind: dialect.Hangup}))
	return true
}

// insideGone: the line has one party again.
func (t *turn) insideGone(c, k *call, why phone.Reason) {
	k.Consults = 0
	t.finish(k, why)
	t.insideOver(c)
}

// insideOver: we are with the caller again, as far as the exchange goes.
func (t *turn) insideOver(c *call) {
	c.insideHold, c.Transfer, c.HeldSince = false, nil, time.Time{}
	t.showHold(c)
}
