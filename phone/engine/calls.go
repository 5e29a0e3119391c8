package engine

import (
	"fmt"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// pick finds the call a command means: the named one, or, with no name, the active one, or the only one that fits.
func (t *turn) pick(id phone.CallID, fits func(*call) bool) (*call, error) {
	if id != 0 {
		c := t.s.call(id)
		switch {
		case c == nil || c.dismissed:
			return nil, phone.Refuse(phone.ReasonNoCall, fmt.Sprint(id))
		case !fits(c):
			return nil, phone.Refuse(phone.ReasonWrongState, string(c.State))
		}
		return c, nil
	}
	if c := t.s.call(t.s.active()); c != nil && fits(c) {
		return c, nil
	}
	var only *call
	for i := range t.s.calls {
		if c := &t.s.calls[i]; fits(c) {
			if only != nil {
				return nil, phone.Refuse(phone.ReasonNoCall, "")
			}
			only = c
		}
	}
	if only == nil {
		return nil, phone.Refuse(phone.ReasonNoCall, "")
	}
	return only, nil
}

func in(states ...phone.CallState) func(*call) bool {
	return func(c *call) bool {
		for _, s := range states {
			if c.State == s {
				return true
			}
		}
		return false
	}
}

func (t *turn) answer(cmd phone.Answer) (phone.CallID, error) {
	ringing := func(c *call) bool { return c.State == phone.StateIncoming && c.rings }
	id := cmd.Call
	for i := range t.s.calls {
		if id == 0 && ringing(&t.s.calls[i]) {
			id = t.s.calls[i].ID
		}
	}
	c, err := t.pick(id, ringing)
	if err != nil {
		return 0, err
	}
	t.holdOthers(c.ID)
	t.pickUp(c)
	return c.ID, nil
}

// pickUp answers a ringing call.
func (t *turn) pickUp(c *call) {
	c.answerAt = time.Time{}
	t.enter(c, phone.StateAnswering)
	if c.preparing {
		return // answered as soon as there is an answer
	}
	t.sendAnswer(c)
}

func (t *turn) sendAnswer(c *call) {
	c.live = !c.lateOffer
	t.do(fxSIP{ua.Answer{Leg: c.leg, SDP: c.local}})
}

func (t *turn) decline(cmd phone.Decline) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, in(phone.StateIncoming))
	if err != nil {
		return 0, err
	}
	c.endReason = phone.Reason{ID: phone.ReasonDeclined}
	t.do(fxSIP{ua.Reject{Leg: c.leg, Code: 603}})
	t.finish(c, c.endReason)
	return c.ID, nil
}

func (t *turn) hangup(cmd phone.Hangup) (phone.CallID, error) {
	if cmd.All {
		for i := range t.s.calls {
			if c := &t.s.calls[i]; c.State.Live() {
				t.giveUp(c)
			}
		}
		return 0, nil
	}
	c, err := t.pick(cmd.Call, func(c *call) bool { return c.State.Live() && c.State != phone.StateEnding })
	if err != nil {
		return 0, err
	}
	if c.Inside || t.insideOf(c.ID) != nil {
		return c.ID, t.endInside(c)
	}
	t.giveUp(c)
	return c.ID, nil
}

// giveUp ends a call at the user's wish.
func (t *turn) giveUp(c *call) {
	switch c.State {
	case phone.StateIncoming:
		_, _ = t.decline(phone.Decline{Call: c.ID})
	case phone.StateConnected, phone.StateAnswering:
		if t.endLine(c) {
			return
		}
		t.end(c, phone.Reason{ID: phone.ReasonHangup})
	case phone.StateEnding, phone.StateEnded:
	default:
		t.end(c, phone.Reason{ID: phone.ReasonCancelled})
	}
}

// end starts the ending of a call that we end.
func (t *turn) end(c *call, why phone.Reason) {
	if c.State == phone.StateEnding || c.State == phone.StateEnded {
		return
	}
	c.endReason = why
	if c.Inside { // it has no leg: the line it shares says the rest
		t.finish(c, why)
		return
	}
	if c.Direction == phone.Outgoing && !c.invited {
		c.legEnded = true
		t.finish(c, why)
		return
	}
	if k := t.insideOf(c.ID); k != nil {
		t.finish(k, why)
	}
	t.enter(c, phone.StateEnding)
	hangup := ua.Hangup{Leg: c.leg}
	if why.ID == phone.ReasonBusy {
		hangup.Cause = causeBusy
	}
	t.do(fxSIP{hangup})
}

// causeBusy is ITU-T Q.850's "user busy": an exchange that reads it plays the busy tone.
const causeBusy = 17

// finish is the last a call does: it is written down, its stream closed, its card kept for a while.
func (t *turn) finish(c *call, why phone.Reason) {
	if c.State == phone.StateEnded {
		return
	}
	c.Ended, c.End = t.now, &why
	c.removeAt = t.now.Add(lingerEnded)
	c.digits, c.live = "", false
	c.Warning, c.Asked, c.program, c.Diagnosis = nil, nil, nil, nil
	t.stopRecording(c, nil)
	t.enter(c, phone.StateEnded)
	if !c.service.any() {
		t.tell(phone.Event{Kind: phone.EventCallEnded, Call: c.ID, Account: c.Account, Reason: &why, Remote: &c.Remote})
	}
	if c.auto || c.tookOver != 0 && c.Started.IsZero() {
		c.dismissed, c.removeAt = true, time.Time{} // it was never the user's
	}
	entry := phone.HistoryEntry{
		Account: c.Account, Direction: c.Direction, Remote: c.Remote, Begun: c.Created,
		Duration: c.Duration(t.now), Reason: why, Outcome: outcome(c, why), Note: c.Note, Role: c.Role,
	}
	if entry.Outcome == phone.OutcomeAnswered {
		entry.Quality = t.s.quality(c)
	}
	if o := c.Origin; o != nil {
		entry.Queue, entry.Sought = o.Queue, soughtNumber(o.Sought)
	}
	if entry.Remote.Name == "" {
		entry.Remote.Name = c.Caller.Name
	}
	if entry.Outcome == phone.OutcomeMissed {
		t.s.history.Missed++
	} else {
		entry.Seen = true
	}
	t.do(fxCloseMedia{c.ID})
	if !c.auto && !c.Inside {
		t.do(fxHistory{entry, c.ID})
	}
	t.afterEnd(c, why)
}

// afterEnd settles what the end of a call means for others.
func (t *turn) afterEnd(c *call, why phone.Reason) {
	id := c.ID
	c.join = false
	t.serviceEnded(c, why)
	t.transferEnded(id, why)
	t.consultEnded(id, why)
	t.returnEnded(id, why)
	t.askedEnded(id, why)
	t.linesEnded(id, why)
	t.leaveMix(id)
}

func outcome(c *call, why phone.Reason) phone.Outcome {
	switch {
	case !c.Started.IsZero():
		return phone.OutcomeAnswered
	case c.Direction == phone.Outgoing:
		return phone.OutcomeFailed
	case why.ID == phone.ReasonElsewhere:
		return phone.OutcomeElsewhere
	case why.ID == phone.ReasonDeclined:
		return phone.OutcomeDeclined
	case why.ID == phone.ReasonDeflected:
		return phone.OutcomeDeflected
	}
	return phone.OutcomeMissed
}

// enter changes the state and says so.
func (t *turn) enter(c *call, s phone.CallState) {
	if c.State == s {
		return
	}
	c.State = s
	if c.service.any() {
		return
	}
	t.tell(phone.Event{Kind: phone.EventCallState, Call: c.ID, Account: c.Account, State: string(s)})
}

// connect is the moment both sides can talk.
func (t *turn) connect(c *call) {
	c.Started, c.silent = t.now, false
	t.enter(c, phone.StateConnected)
	t.answered(c)
	t.renegotiate(c)
}

// answered does what was to be done as soon as the call is up.
func (t *turn) answered(c *call) {
	if c.onAnswer != "" {
		c.digits, c.digitAt, c.onAnswer = c.digits+c.onAnswer, t.now.Add(answerPause), ""
	}
	switch {
	case c.service.any():
		c.serviceAt = t.now.Add(serviceHear)
	case c.tookOver != 0:
		t.takeOver(c)
	case c.returns != 0:
		t.fetched(c)
	case c.askedFor != 0:
		t.askedConnected(c)
	case c.retrieve != "":
		t.unpark(c.Account, c.retrieve, "gone")
	case c.handTo != "":
		t.handOn(c)
	}
	t.consultAnswered(c)
	switch {
	case c.join:
		c.join = false
		t.joinConference(c.ID)
	case !c.auto && !c.holding:
		t.holdOthers(c.ID) // two that were called at once are not both heard
	}
}

// answerPause is how long an answering machine or meeting needs before it takes digits.
const answerPause = 500 * time.Millisecond

func (t *turn) setMute(cmd phone.SetMute) (phone.CallID, error) {
	c, err := t.pick(cmd.Call, func(c *call) bool { return c.State.Live() && c.State != phone.StateEnding })
	if err != nil {
		return 0, err
	}
	if c.Muted != cmd.On {
		c.Muted = cmd.On
		t.tell(phone.Event{Kind: phone.EventCallMuted, Call: c.ID, Account: c.Account, State: fmt.Sprint(cmd.On)})
	}
	return c.ID, nil
}
