package engine

import (
	"fmt"

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

// dial places a call. What is in progress is held first.
func (t *turn) dial(cmd phone.Dial) (phone.CallID, error) {
	target, err := cleanTarget(cmd.Target)
	if err != nil {
		return 0, err
	}
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return 0, err
	}
	if t.s.live() >= maxCalls {
		return 0, phone.Refuse(phone.ReasonTooManyCalls, "")
	}
	t.holdOthers(0)
	t.s.lastCall++
	c := call{
		Call: phone.Call{
			ID: t.s.lastCall, Account: acc.ID, Direction: phone.Outgoing, State: phone.StateDialing,
			Hold: phone.HoldNone, Remote: partyFor(target, acc), Created: t.now,
		},
		leg: ua.LegID(fmt.Sprintf("out-%d", t.s.lastCall)), target: target,
	}
	t.s.calls = append(t.s.calls, c)
	t.s.history.Last = target
	t.tell(phone.Event{Kind: phone.EventCallAdded, Call: c.ID, Account: acc.ID, State: string(c.State), Remote: &c.Remote})
	t.do(fxOpen{call: c.ID, account: acc.ID, target: target, codecs: t.s.settings.List(phone.KeyCodecs)})
	return c.ID, nil
}

// callingAccount is the account a call goes out on: the named one, else the default, else one that is registered.
func (t *turn) callingAccount(id phone.AccountID) (*account, error) {
	usable := func(a *account) bool {
		return a.State == phone.RegistrationRegistered || a.State == phone.RegistrationRegistering
	}
	if id != "" {
		a := t.s.account(id)
		if a == nil {
			return nil, phone.Refuse(phone.ReasonNoAccount, string(id))
		}
		if !usable(a) {
			return nil, phone.Refuse(phone.ReasonNotRegistered, string(id))
		}
		return a, nil
	}
	var other *account
	for i := range t.s.accounts {
		a := &t.s.accounts[i]
		if a.Default && usable(a) {
			return a, nil
		}
		if other == nil && usable(a) {
			other = a
		}
	}
	switch {
	case other != nil:
		return other, nil
	case len(t.s.accounts) == 0:
		return nil, phone.Refuse(phone.ReasonNoAccount, "")
	}
	return nil, phone.Refuse(phone.ReasonNotRegistered, "")
}

func (t *turn) answer(cmd phone.Answer) (phone.CallID, error) {
	ringing := func(c *call) bool { return c.State == phone.StateIncoming && c.opened }
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
	t.enter(c, phone.StateAnswering)
	c.live = !c.lateOffer
	t.do(fxSIP{ua.Answer{Leg: c.leg, SDP: c.local}})
	return c.ID, nil
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
	t.giveUp(c)
	return c.ID, nil
}

// giveUp ends a call at the user's wish.
func (t *turn) giveUp(c *call) {
	switch c.State {
	case phone.StateIncoming:
		_, _ = t.decline(phone.Decline{Call: c.ID})
	case phone.StateConnected, phone.StateAnswering:
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
	if c.Direction == phone.Outgoing && !c.invited {
		c.legEnded = true
		t.finish(c, why)
		return
	}
	t.enter(c, phone.StateEnding)
	t.do(fxSIP{ua.Hangup{Leg: c.leg}})
}

// finish is the last a call does: it is written down, its stream closed, its card kept for a while.
func (t *turn) finish(c *call, why phone.Reason) {
	if c.State == phone.StateEnded {
		return
	}
	c.Ended, c.End = t.now, &why
	c.removeAt = t.now.Add(lingerEnded)
	c.digits, c.live = "", false
	c.Warning = nil
	t.enter(c, phone.StateEnded)
	t.tell(phone.Event{Kind: phone.EventCallEnded, Call: c.ID, Account: c.Account, Reason: &why, Remote: &c.Remote})
	entry := phone.HistoryEntry{
		Account: c.Account, Direction: c.Direction, Remote: c.Remote, Begun: c.Created,
		Duration: c.Duration(t.now), Reason: why, Outcome: outcome(c, why),
	}
	if entry.Outcome == phone.OutcomeMissed {
		t.s.history.Missed++
	} else {
		entry.Seen = true
	}
	t.do(fxCloseMedia{c.ID}, fxHistory{entry})
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
	}
	return phone.OutcomeMissed
}

// enter changes the state and says so.
func (t *turn) enter(c *call, s phone.CallState) {
	if c.State == s {
		return
	}
	c.State = s
	t.tell(phone.Event{Kind: phone.EventCallState, Call: c.ID, Account: c.Account, State: string(s)})
}

// connect is the moment both sides can talk.
func (t *turn) connect(c *call) {
	c.Started, c.silent = t.now, false
	t.enter(c, phone.StateConnected)
	t.renegotiate(c)
}

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
