package engine

import (
	"strings"
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/ua"
)

// A transfer, from the call's point of view:
//
//	Consult ─────> consulting ──Complete──> requested ─> trying ─> ringing ─> done: the call ends, transferred
//	TransferTo ───────────────────────────>     │                     │
//	                     TakeBack, RecallAt:    └──── returning ──────┴─────> failed, or nothing: the call is ours, held
//
// How it is asked for is the dialect's business: REFER (refer.go's values come here), codes as DTMF (inside.go), or a call
// of ours to the target that is joined when it is answered (auto).

// editTransfer changes the call's transfer and says so. Snapshots keep the old one.
func (t *turn) editTransfer(c *call, edit func(*phone.Transfer)) {
	if c.Transfer == nil {
		return
	}
	next := *c.Transfer
	edit(&next)
	next.Undo = t.undoable(c, &next)
	before := *c.Transfer
	c.Transfer = &next
	if before.State != next.State {
		t.tell(phone.Event{
			Kind: phone.EventTransfer, Call: c.ID, Account: c.Account, State: string(next.State), Remote: &next.Target, Reason: next.Reason,
		})
	}
}

func (t *turn) setTransferState(c *call, s phone.TransferState) {
	t.editTransfer(c, func(x *phone.Transfer) { x.State = s })
}

// beginTransfer notes a transfer of a call to somebody.
func (t *turn) beginTransfer(c *call, kind phone.TransferKind, state phone.TransferState, target phone.Party) {
	c.Transfer = &phone.Transfer{Kind: kind, Target: target, Since: t.now}
	c.Recalled = false
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State = state
		if state.Pending() {
			x.RecallAt = t.recallAt(kind)
		}
	})
}

// recallAt is when an unanswered transfer of a kind comes back.
func (t *turn) recallAt(kind phone.TransferKind) time.Time {
	seconds := t.s.settings.Int(phone.KeyRecallAfter)
	if seconds == 0 || kind != phone.TransferDirect && kind != phone.TransferAnnounced && kind != phone.TransferMove {
		return time.Time{}
	}
	return t.now.Add(time.Duration(seconds) * time.Second)
}

// failTransfer gives the caller back to us, held.
func (t *turn) failTransfer(c *call, why phone.Reason) {
	c.referred, c.returning, c.program, c.parkedTo = false, false, nil, ""
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State, x.Reason, x.RecallAt = phone.TransferFailed, &why, time.Time{}
		if t.s.call(x.Consult) == nil || t.s.call(x.Consult).State == phone.StateEnded {
			x.Consult = 0
		}
	})
}

// undoable reports whether TakeBack can do something now.
func (t *turn) undoable(c *call, x *phone.Transfer) bool {
	switch {
	case x.State == phone.TransferConsulting:
		return true
	case !x.State.Pending() || x.Kind == phone.TransferPark || x.Kind == phone.TransferVoicemail || x.Kind == phone.TransferDeflect:
		return false
	case t.autoFor(c.ID) != nil:
		return true
	case t.s.hasDialCode(c.Account, phone.FeatureTransferUndo):
		return true
	}
	// By SIP: the leg must be there for the caller to come back to (RFC 5589 6.1 keeps it until the outcome is known).
	return c.State == phone.StateConnected && x.Consult == 0
}

// transferable finds the call that is to be handed over, ready for it.
func (t *turn) transferable(id phone.CallID) (*call, error) {
	c, err := t.pick(id, func(c *call) bool {
		return c.State == phone.StateConnected && !c.auto && !c.Inside && !c.pending() && c.Asked == nil
	})
	if err != nil {
		return nil, err
	}
	if c.insideHold || t.insideOf(c.ID) != nil {
		return nil, phone.Refuse(phone.ReasonWrongState, string(phone.TransferConsulting))
	}
	if c.Direction == phone.Outgoing && t.s.dialect(c.Account).OnlyIncoming {
		return nil, phone.Refuse(phone.ReasonOnlyIncoming, "")
	}
	return c, nil
}

// targetOf checks where a call is to go.
func (t *turn) targetOf(c *call, text string) (string, phone.Party, error) {
	target, err := cleanTarget(text)
	if err != nil {
		return "", phone.Party{}, err
	}
	acc := t.s.account(c.Account)
	if acc == nil {
		return "", phone.Party{}, phone.Refuse(phone.ReasonNoAccount, string(c.Account))
	}
	party := partyFor(target, acc)
	if strings.EqualFold(target, acc.User) || strings.EqualFold(party.URI, acc.AddressOfRecord()) {
		return "", phone.Party{}, phone.Refuse(phone.ReasonOwnNumber, target)
	}
	return target, party, nil
}

// transferTo hands a call over directly.
func (t *turn) transferTo(cmd phone.TransferTo) (phone.CallID, error) {
	feature := phone.FeatureTransferDirect
	switch cmd.Kind {
	case "":
		cmd.Kind = phone.TransferDirect
	case phone.TransferDirect, phone.TransferMove:
	case phone.TransferVoicemail:
		feature = phone.FeatureTransferVoicemail
	default:
		return 0, phone.Refuse(phone.ReasonBadCommand, string(cmd.Kind))
	}
	c, err := t.transferable(cmd.Call)
	if err != nil {
		return 0, err
	}
	if c.Transfer != nil && c.Transfer.State == phone.TransferConsulting {
		return 0, phone.Refuse(phone.ReasonWrongState, string(c.Transfer.State))
	}
	target, party, err := t.targetOf(c, cmd.Target)
	if err != nil {
		return 0, err
	}
	steps, err := t.s.dialect(c.Account).Plan(feature, dialect.Args{Number: target})
	if err != nil {
		return 0, err
	}
	return c.ID, t.handOver(c, cmd.Kind, party, target, steps)
}

// handOver begins what the dialect says.
func (t *turn) handOver(c *call, kind phone.TransferKind, party phone.Party, target string, steps []dialect.Step) error {
	if len(steps) == 0 {
		return phone.Refuse(phone.ReasonNotSupported, string(phone.FeatureTransferDirect))
	}
	for _, step := range steps {
		if step.Kind == dialect.Team || step.Kind == dialect.InviteReplaces || step.Kind == dialect.Dial {
			return phone.Refuse(phone.ReasonNotSupported, string(phone.FeatureTransferDirect))
		}
	}
	t.splitOff(c)
	switch steps[0].Kind {
	case dialect.Supervised:
		if _, err := t.superviseTo(c, kind, party, target); err != nil {
			return err
		}
		return nil
	case dialect.Refer, dialect.ReferReplaces:
		t.holdFor(c)
	}
	t.beginTransfer(c, kind, phone.TransferRequested, party)
	for i := range steps {
		if steps[i].Kind == dialect.Refer && steps[i].Text == "" {
			steps[i].Text = t.s.dialect(c.Account).Outgoing(target)
		}
	}
	t.start(c, steps)
	return nil
}

// holdFor holds a call that is to be handed over, if it is not (users.md A11: the caller is held first).
func (t *turn) holdFor(c *call) {
	if !c.holding {
		t.hold(c, true)
	}
}

// superviseTo calls the target without us; when it is answered the two are joined. The caller stays ours until then.
func (t *turn) superviseTo(c *call, kind phone.TransferKind, party phone.Party, target string) (phone.CallID, error) {
	id := c.ID
	k, err := t.place(placing{account: t.s.account(c.Account), target: target, auto: true, consults: id, by: t.aorOf(c.Account), remote: &party})
	if err != nil {
		return 0, err
	}
	c = t.s.call(id) // placing has moved the calls
	t.holdFor(c)
	t.beginTransfer(c, kind, phone.TransferTrying, party)
	t.editTransfer(c, func(x *phone.Transfer) { x.Consult = k.ID })
	return k.ID, nil
}

func (t *turn) aorOf(id phone.AccountID) string {
	if a := t.s.account(id); a != nil {
		return a.AddressOfRecord()
	}
	return ""
}

// refer sends REFER for a call: to a target, or to the peer of another call of ours.
func (t *turn) refer(c *call, target string, with ua.LegID) {
	c.referred, c.referHeard, c.referAt = true, false, time.Time{}
	t.do(fxSIP{ua.Refer{Leg: c.leg, Target: target, With: with}})
}

func (t *turn) onReferAccepted(v ua.ReferAccepted) {
	c := t.s.callByLeg(v.Leg)
	if c == nil || !c.referred || c.Transfer == nil {
		return
	}
	c.referAt = t.now
	if c.Transfer.State == phone.TransferRequested {
		t.setTransferState(c, phone.TransferTrying)
	}
}

func (t *turn) onReferRefused(v ua.ReferRefused) {
	c := t.s.callByLeg(v.Leg)
	if c == nil || !c.referred || c.Transfer == nil {
		return
	}
	why := phone.Reason{ID: phone.ReasonTransferRefused, Code: v.Reason.Code, Text: v.Reason.Text}
	t.referFailed(c, why)
}

// referFailed: the transfer came to nothing. With a consultation we are back in it.
func (t *turn) referFailed(c *call, why phone.Reason) {
	c.referred, c.program = false, nil
	k := t.s.call(c.Transfer.Consult)
	t.failTransfer(c, why)
	if k != nil && k.State == phone.StateConnected {
		k.auto = false // we are the one they talk to now
		if !k.holding {
			t.holdOthers(k.ID)
		}
	}
}

// onReferNotified follows what we asked for (RFC 3515 2.4.5).
func (t *turn) onReferNotified(v ua.ReferNotified) {
	c := t.s.callByLeg(v.Leg)
	if c == nil || !c.referred || c.Transfer == nil {
		return
	}
	c.referHeard = true
	switch state := c.Transfer.State; {
	case v.Code >= 200 && v.Code < 300:
		if c.Transfer.Kind == phone.TransferPark && c.parkedTo == "" {
			c.parkedTo = slotIn(v.Text)
		}
		t.transferDone(c)
	case v.Code >= 300:
		if c.returning { // what we stopped has stopped
			t.comeBack(c)
			return
		}
		t.referFailed(c, ua.ReasonOf(v.Code, v.Text, state == phone.TransferRinging))
	case v.Over && v.Code < 200:
		if !c.returning && state.Pending() {
			t.notTold(c)
		}
	case c.returning:
	case v.Code >= 180 && state.Pending():
		t.setTransferState(c, phone.TransferRinging)
	case v.Code >= 100 && (state == phone.TransferRequested || state == phone.TransferUnknown):
		t.editTransfer(c, func(x *phone.Transfer) { x.State, x.Reason = phone.TransferTrying, nil })
	}
}

// notTold: the exchange took the transfer and keeps quiet. The target's line may tell more (linetold.go).
func (t *turn) notTold(c *call) {
	t.editTransfer(c, func(x *phone.Transfer) {
		x.State, x.Reason = phone.TransferUnknown, &phone.Reason{ID: phone.ReasonTransferUnknown}
	})
}

// transferDone ends our part: they talk with each other now.
func (t *turn) transferDone(c *call) {
	if c.Transfer.State == phone.TransferDone {
		return
	}
	k := t.s.call(c.Transfer.Consult)
	t.editTransfer(c, func(x *phone.Transfer) { x.State, x.RecallAt, x.Reason = phone.TransferDone, time.Time{}, nil })
	why := t.handedReason(c)
	if c.Transfer.Kind == phone.TransferPark {
		t.park(c)
	}
	c.referred, c.returning = false, false
	t.end(c, why)
	if k != nil && k.State.Live() {
		t.end(k, why)
	}
}

// handedReason is why a call that was handed over ends here.
func (t *turn) handedReason(c *call) phone.Reason {
	switch c.Transfer.Kind {
	case phone.TransferMove:
		return phone.Reason{ID: phone.ReasonMoved, Text: c.Transfer.Target.Number}
	case phone.TransferPark:
		return phone.Reason{ID: phone.ReasonParked, Text: c.parkedTo}
	}
	return phone.Reason{ID: phone.ReasonTransferred, Text: c.Transfer.Target.Number}
}

// transferEnded: a call that was being handed over is gone here. When the exchange ended our leg, it has taken the caller
// over; whether the target answers, its line may tell.
func (t *turn) transferEnded(id phone.CallID, why phone.Reason) {
	c := t.s.call(id)
	if c == nil || c.Transfer == nil {
		return
	}
	k := t.s.call(c.Transfer.Consult)
	switch state := c.Transfer.State; {
	case state == phone.TransferDone:
	case c.referred && state.Pending() && why.ID == phone.ReasonRemoteHangup:
		handed := t.handedReason(c)
		c.End = &handed
		if c.Transfer.Kind == phone.TransferPark {
			t.park(c)
		}
		if k != nil && k.State.Live() {
			t.end(k, handed)
		}
		if k != nil || c.Transfer.Kind != phone.TransferDirect && c.Transfer.Kind != phone.TransferMove {
			t.setTransferState(c, phone.TransferDone)
			break
		}
		if state != phone.TransferRinging {
			t.notTold(c)
		}
		c.removeAt = t.now.Add(lingerHanded)
	case state == phone.TransferReturning:
		// The call that fetches it back takes over; without one it was lost on the way.
	default:
		t.editTransfer(c, func(x *phone.Transfer) { x.State, x.RecallAt, x.Reason = phone.TransferFailed, time.Time{}, &why })
		if k != nil && k.auto && k.State.Live() { // the caller gave up: the target need not answer
			t.end(k, phone.Reason{ID: phone.ReasonCancelled})
		}
	}
	c.referred = false
}

// transferClock acts on the deadlines of a transfer.
func (t *turn) transferClock(c *call) {
	x := c.Transfer
	if x == nil {
		return
	}
	due := func(at time.Time) bool { return !at.IsZero() && !at.After(t.now) }
	switch {
	case x.State.Pending() && due(x.RecallAt):
		t.recall(c)
	case c.returning && due(c.returnAt.Add(returnPatience)):
		t.comeBack(c)
	case c.referred && !c.referHeard && x.State == phone.TransferTrying && !c.referAt.IsZero() && due(c.referAt.Add(referSilence)):
		t.notTold(c)
	}
}

// deadlines are when the call wants the clock.
func (c *call) deadlines(s *state) []time.Time {
	out := []time.Time{c.answerAt, c.pickUntil, c.lookUntil, c.serviceAt}
	if len(c.program) > 0 && c.State == phone.StateConnected {
		out = append(out, c.stepAt())
	}
	if x := c.Transfer; x != nil && c.State.Live() || x != nil && x.State.Pending() {
		out = append(out, x.RecallAt)
		if c.returning {
			out = append(out, c.returnAt.Add(returnPatience))
		}
		if c.referred && !c.referHeard && x.State == phone.TransferTrying && !c.referAt.IsZero() {
			out = append(out, c.referAt.Add(referSilence))
		}
	}
	if c.Asked != nil {
		out = append(out, c.Asked.Since.Add(askedPatience))
	}
	if c.Camp != nil {
		out = append(out, c.Camp.RemindAt)
		if !c.campTried.IsZero() {
			out = append(out, c.campTried.Add(offerAgain))
		}
	}
	return out
}
