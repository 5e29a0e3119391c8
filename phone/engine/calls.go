package engine

import (
	"fmt"
	"time"

	"svara/phone"
	"svara/phone/dialect"
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
	acc, err := t.callingAccount(cmd.Account)
	if err != nil {
		return 0, err
	}
	p := placing{account: acc, target: cmd.Target, digits: cmd.Digits, join: cmd.Join}
	if cmd.Digits != "" && !validDigits(cmd.Digits) {
		return 0, phone.Refuse(phone.ReasonBadDigits, "")
	}
	switch cmd.How {
	case "":
	case phone.FeatureBypass, phone.FeatureVoicemail, phone.FeatureIntrude, phone.FeatureWithheld:
		p.how = cmd.How
	default:
		return 0, phone.Refuse(phone.ReasonBadCommand, string(cmd.How))
	}
	if cmd.Via != "" {
		if p, err = t.placeVia(p, cmd); err != nil {
			return 0, err
		}
	}
	if cmd.Join {
		if err := t.roomToJoin(1); err != nil {
			return 0, err
		}
	}
	c, err := t.place(p)
	if err != nil {
		return 0, err
	}
	if cmd.Join {
		t.joinTalking(c.ID)
	} else {
		t.holdOthers(c.ID)
	}
	return c.ID, nil
}

// placeVia calls another telephone of ours first; when it has answered, it is handed over to the target (features.md B5).
func (t *turn) placeVia(p placing, cmd phone.Dial) (placing, error) {
	device, err := t.device(p.account, cmd.Via)
	if err != nil {
		return p, err
	}
	to, err := cleanTarget(cmd.Target)
	if err != nil {
		return p, err
	}
	if cmd.How != "" || cmd.Join || cmd.Digits != "" {
		return p, phone.Refuse(phone.ReasonBadCommand, "via")
	}
	if _, err := t.s.dialect(p.account.ID).Plan(phone.FeatureTransferDirect, dialect.Args{Number: to}); err != nil {
		return p, err
	}
	p.target, p.handTo = device, to
	return p, nil
}

// placing is what an outgoing call begins with. Only account and target are mandatory.
type placing struct {
	account  *account
	target   string
	how      phone.Feature // a service of the exchange on the way there
	code     string        // what to dial instead of target, which is only shown
	digits   string        // sent when it is answered
	handTo   string        // transferred there when it is answered
	join     bool
	auto     bool
	consults phone.CallID
	replaces *ua.Replaces
	by       string // Referred-By
	remote   *phone.Party
	picking  bool // waits for the line's dialog before it is sent
}

// place makes an outgoing call. It holds nothing: the caller knows what else goes on.
func (t *turn) place(p placing) (*call, error) {
	target, err := cleanTarget(p.target)
	if err != nil {
		return nil, err
	}
	if t.s.live() >= maxCalls {
		return nil, phone.Refuse(phone.ReasonTooManyCalls, "")
	}
	send := p.code
	if p.how != "" {
		if send, err = t.s.dialCode(p.account.ID, p.how, dialect.Args{Number: target}); err != nil {
			return nil, err
		}
	}
	if send == "" {
		send = target
		if looksLikeNumber(target) {
			send = t.s.dialect(p.account.ID).Outgoing(target)
		}
	}
	remote := partyFor(target, p.account)
	if p.remote != nil {
		remote = *p.remote
	}
	t.s.lastCall++
	c := call{
		Call: phone.Call{
			ID: t.s.lastCall, Account: p.account.ID, Direction: phone.Outgoing, State: phone.StateDialing,
			Hold: phone.HoldNone, Remote: remote, Created: t.now, Consults: p.consults, Level: 100,
		},
		leg: ua.LegID(fmt.Sprintf("out-%d", t.s.lastCall)), target: send, auto: p.auto, onAnswer: p.digits, handTo: p.handTo,
		join: p.join, replaces: p.replaces, referredBy: p.by,
	}
	t.s.calls = append(t.s.calls, c)
	if !p.auto && p.code == "" {
		t.s.history.Last = target
	}
	t.tell(phone.Event{Kind: phone.EventCallAdded, Call: c.ID, Account: c.Account, State: string(c.State), Remote: &c.Remote})
	if !p.picking {
		t.openOutgoing(&c)
	}
	return t.s.call(c.ID), nil
}

func (t *turn) openOutgoing(c *call) {
	t.do(fxOpen{call: c.ID, account: c.Account, target: c.target, codecs: t.s.settings.List(phone.KeyCodecs)})
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
	t.pickUp(c)
	return c.ID, nil
}

// pickUp answers a ringing call.
func (t *turn) pickUp(c *call) {
	c.answerAt = time.Time{}
	t.enter(c, phone.StateAnswering)
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
	c.Warning, c.Asked, c.program = nil, nil, nil
	t.stopRecording(c, nil)
	t.enter(c, phone.StateEnded)
	t.tell(phone.Event{Kind: phone.EventCallEnded, Call: c.ID, Account: c.Account, Reason: &why, Remote: &c.Remote})
	if c.auto || c.tookOver != 0 && c.Started.IsZero() {
		c.dismissed, c.removeAt = true, time.Time{} // it was never the user's
	}
	entry := phone.HistoryEntry{
		Account: c.Account, Direction: c.Direction, Remote: c.Remote, Begun: c.Created,
		Duration: c.Duration(t.now), Reason: why, Outcome: outcome(c, why),
	}
	if entry.Outcome == phone.OutcomeMissed {
		t.s.history.Missed++
	} else {
		entry.Seen = true
	}
	t.do(fxCloseMedia{c.ID})
	if !c.auto && !c.Inside {
		t.do(fxHistory{entry})
	}
	t.afterEnd(c, why)
}

// afterEnd settles what the end of a call means for others.
func (t *turn) afterEnd(c *call, why phone.Reason) {
	id := c.ID
	c.join = false
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
	t.answered(c)
	t.renegotiate(c)
}

// answered does what was to be done as soon as the call is up.
func (t *turn) answered(c *call) {
	if c.onAnswer != "" {
		c.digits, c.digitAt, c.onAnswer = c.digits+c.onAnswer, t.now.Add(answerPause), ""
	}
	switch {
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
