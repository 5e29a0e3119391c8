package engine

import (
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// sip takes up one value of the user agent. A value for a leg that has gone is nobody's.
func (t *turn) sip(v ua.Value) {
	switch v := v.(type) {
	case ua.RegistrationChanged:
		t.onRegistration(v)
	case ua.Incoming:
		t.onIncoming(v)
	case ua.Progress:
		t.onProgress(v)
	case ua.Answered:
		t.onAnswered(v)
	case ua.Confirmed:
		t.onConfirmed(v)
	case ua.Offered:
		t.onOffered(v)
	case ua.OfferNeeded:
		t.onOfferNeeded(v)
	case ua.Travels:
		if c := t.s.callByLeg(v.Leg); c != nil {
			c.Security.Signalling = v.Transport
		}
	case ua.OfferAnswered:
		if c := t.s.callByLeg(v.Leg); c != nil {
			t.do(fxAccept{c.ID, v.SDP})
		}
	case ua.OfferFailed:
		if c := t.s.callByLeg(v.Leg); c != nil {
			t.onOfferFailed(c, v.Reason)
		}
	case ua.InfoReceived:
		t.onInfo(v)
	case ua.ReferAccepted:
		t.onReferAccepted(v)
	case ua.ReferRefused:
		t.onReferRefused(v)
	case ua.ReferNotified:
		t.onReferNotified(v)
	case ua.ReferAsked:
		t.onReferAsked(v)
	case ua.ReferStopped:
		t.onReferStopped(v)
	case ua.PublishDone:
		t.onPublishDone(v)
	case ua.TextReceived:
		t.onText(v)
	case ua.MessageDone:
		t.onMessageDone(v)
	case ua.SubscriptionLost:
		t.onSubscriptionLost(v)
	case ua.Ended:
		if c := t.s.callByLeg(v.Leg); c != nil {
			c.legEnded, c.cause = true, v.Cause
			t.onLegEnded(c, v)
		}
	}
}

func (t *turn) onIncoming(v ua.Incoming) {
	if t.s.closing || t.s.live() >= maxCalls {
		t.do(fxSIP{ua.Reject{Leg: v.Leg, Code: 486}})
		return
	}
	if v.Replaces == "" && !t.s.settings.Bool(phone.KeyCallWaiting) && t.s.busyTalking() {
		t.refuseBusy(v)
		return
	}
	remote := callerOf(v)
	if group, ok := t.s.dialect(v.Account).Group(remote.Number); ok {
		remote.Group = group
	}
	t.s.lastCall++
	c := call{
		Call: phone.Call{
			ID: t.s.lastCall, Account: v.Account, Direction: phone.Incoming, State: phone.StateIncoming,
			Hold: phone.HoldNone, Remote: remote, Created: t.now, Level: 100,
			Security: phone.Security{Signalling: v.Transport},
		},
		leg: v.Leg, invited: true, lateOffer: len(v.SDP) == 0, callID: v.CallID, answerAt: t.autoAnswerAt(v), offer: v.SDP,
	}
	if old := t.s.callByLeg(v.Replaces); v.Replaces != "" && old != nil {
		c.tookOver, c.answerAt = old.ID, time.Time{}
	}
	c.Origin = t.originOf(v)
	t.s.calls = append(t.s.calls, c)
	t.lookUp(t.s.call(c.ID))
	t.do(fxOpen{
		call: c.ID, account: v.Account, local: v.Local, incoming: true, offer: v.SDP,
		codecs: t.s.codecs(v.Account), security: t.s.security(v.Account), path: t.s.path(v.Account),
	})
}

// callerOf is who calls: as the exchange vouches for, else as they say.
func callerOf(v ua.Incoming) phone.Party {
	if v.Asserted == nil {
		return v.From
	}
	remote := *v.Asserted
	if remote.Name == "" {
		remote.Name = v.From.Name
	}
	return remote
}

// refuseBusy turns a second call away; it is a missed one.
func (t *turn) refuseBusy(v ua.Incoming) {
	t.s.lastCall++
	t.s.calls = append(t.s.calls, call{
		Call: phone.Call{
			ID: t.s.lastCall, Account: v.Account, Direction: phone.Incoming, State: phone.StateIncoming, Hold: phone.HoldNone,
			Remote: callerOf(v), Created: t.now, Level: 100,
		},
		leg: v.Leg, invited: true,
	})
	c := t.s.call(t.s.lastCall)
	t.do(fxSIP{ua.Reject{Leg: v.Leg, Code: 486}})
	t.finish(c, phone.Reason{ID: phone.ReasonMissed, Code: 486})
	c.dismissed, c.removeAt = true, time.Time{}
}

// onOpened goes on with a call whose stream is ready: the INVITE leaves, or it begins to ring.
func (t *turn) onOpened(in inOpened) {
	c := t.s.call(in.call)
	if c == nil || !c.State.Live() {
		return
	}
	if in.network != "" {
		c.measured.network = in.network
	}
	if c.Direction == phone.Outgoing {
		if in.err != nil {
			c.legEnded = true
			t.finish(c, phone.ReasonOf(in.err))
			return
		}
		c.opened, c.invited = true, true
		invite := ua.Invite{
			Leg: c.leg, Account: c.Account, Target: c.target, SDP: in.sdp, Replaces: c.replaces, ReferredBy: c.referredBy,
		}
		t.show(c, &invite)
		t.do(fxSIP{invite})
		return
	}
	if c.State != phone.StateIncoming && !(c.State == phone.StateAnswering && c.preparing) {
		return
	}
	if in.err != nil {
		// RFC 3261 21.4.26: nothing in common. The user sees a missed call with the reason.
		t.do(fxSIP{ua.Reject{Leg: c.leg, Code: 488}})
		t.finish(c, phone.ReasonOf(in.err))
		return
	}
	ready := c.preparing && !in.early
	c.opened, c.preparing, c.local = true, in.early, in.sdp
	if in.agreed != nil {
		t.take(c, *in.agreed)
	}
	if ready {
		if c.State == phone.StateAnswering {
			t.sendAnswer(c)
		}
		return
	}
	if c.tookOver != 0 { // it goes on where the other was: nobody is asked (RFC 3891 3)
		c.rings = true
		t.pickUp(c)
		return
	}
	if c.looked {
		t.ring(c)
	} else {
		c.lookUntil = t.now.Add(callerPatience)
	}
}

func (t *turn) onProgress(v ua.Progress) {
	c := t.s.callByLeg(v.Leg)
	if c == nil || !calling(c.State) {
		return
	}
	if v.CallID != "" {
		c.callID = v.CallID
	}
	if len(v.SDP) > 0 {
		t.do(fxAccept{c.ID, v.SDP})
	}
	if v.Remote.Number != "" && c.returns == 0 {
		t.remoteTold(c, v.Remote)
	}
	defer t.consultProgress(c)
	t.askedProgress(c, v.Code, v.Text)
	switch {
	case v.Code == 180:
		c.rang = true
		if c.State != phone.StateEarly {
			t.enter(c, phone.StateRinging)
		}
	case c.State == phone.StateDialing:
		t.enter(c, phone.StateProceeding)
	}
}

func (t *turn) onAnswered(v ua.Answered) {
	c := t.s.callByLeg(v.Leg)
	if c == nil {
		return
	}
	if !calling(c.State) {
		t.do(fxSIP{ua.Hangup{Leg: v.Leg}})
		return
	}
	if v.CallID != "" {
		c.callID = v.CallID
	}
	if t.proposeAfterAnswer(c, v.SDP) {
		return
	}
	if len(v.SDP) > 0 {
		t.do(fxAccept{c.ID, v.SDP})
	} else if !c.live {
		t.end(c, c.noSound())
		return
	}
	if v.Remote.Number != "" && c.returns == 0 {
		t.remoteTold(c, v.Remote)
		t.nameChanged(c)
	}
	t.connect(c)
}

// remoteTold takes in who the other side says it is. The name the call began with stays with its number.
func (t *turn) remoteTold(c *call, told phone.Party) {
	if told.Name == "" && c.Remote.Name != "" {
		plan := numberPlan(t.s.settings)
		was, _ := plan.E164(c.Remote.Number)
		if now, ok := plan.E164(told.Number); told.Number == c.Remote.Number || ok && now == was {
			told.Name = c.Remote.Name
		}
	}
	c.Remote = told
}

func (t *turn) onConfirmed(v ua.Confirmed) {
	c := t.s.callByLeg(v.Leg)
	if c == nil {
		return
	}
	if c.lateOffer {
		c.lateOffer = false
		if len(v.SDP) == 0 {
			t.end(c, phone.Reason{ID: phone.ReasonNoMedia})
			return
		}
		t.do(fxAccept{c.ID, v.SDP})
	}
	if c.State == phone.StateAnswering {
		t.connect(c)
	}
}

func (t *turn) onLegEnded(c *call, v ua.Ended) {
	if t.propose(c, v.Reason) {
		return
	}
	why := t.unencrypted(c, t.answeredElsewhere(c, v.Reason))
	if caller := t.s.call(c.Consults); caller != nil && caller.referred && caller.pending() && why.ID == phone.ReasonRemoteHangup {
		why = t.handedReason(caller) // the exchange ends this leg before it tells of the other
	}
	if c.endReason.ID != phone.ReasonNone {
		code, text := why.Code, why.Text
		why = c.endReason
		if why.Code == 0 && why.Text == "" && why.ID != phone.ReasonHangup && why.ID != phone.ReasonCancelled {
			why.Code, why.Text = code, text
		}
	}
	t.finish(c, why)
}
