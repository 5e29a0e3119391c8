package engine

import (
	"time"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

func (t *turn) setHold(cmd phone.SetHold) (phone.CallID, error) {
	if k := t.s.call(cmd.Call); k != nil && k.Inside {
		cmd.Call = k.Consults // the line they share
	}
	c, err := t.pick(cmd.Call, func(c *call) bool {
		return c.State == phone.StateConnected && !c.auto && !c.Inside && (t.ourHold(c) != cmd.On || c.insideHold && c.holding != cmd.On)
	})
	if err != nil {
		return 0, err
	}
	switch {
	case c.insideHold && c.holding == cmd.On:
		return 0, phone.Refuse(phone.ReasonWrongState, string(c.State)) // the exchange has it: Swap or TakeBack
	case c.Transfer != nil && (c.Transfer.State.Pending() || c.Transfer.State == phone.TransferReturning):
		return 0, phone.Refuse(phone.ReasonWrongState, string(c.Transfer.State))
	case c.Conference:
		t.stepAside(cmd.On)
		return c.ID, nil
	case !cmd.On:
		t.resume(c)
		return c.ID, nil
	}
	t.hold(c, true)
	return c.ID, nil
}

// resume goes back to a held call.
func (t *turn) resume(c *call) {
	t.holdOthers(c.ID)
	if c.Transfer != nil && c.Transfer.State == phone.TransferFailed {
		c.Transfer = nil // seen
	}
	c.Recalled = false
	if c.holding {
		t.hold(c, false)
	}
	t.campFetched(c)
}

// ourHold reports whether the user has the call on hold, in whatever way.
func (t *turn) ourHold(c *call) bool {
	if line := t.lineOf(c); line != c {
		return c.insideHold || line != nil && line.holding
	}
	return c.holding || c.insideHold || c.Conference && t.s.conference.aside
}

// holdOthers holds every connected call but one: the user talks with one party at a time. A conference goes on without
// us instead.
func (t *turn) holdOthers(except phone.CallID) {
	inside := false
	if k := t.s.call(except); k != nil {
		inside = k.Conference
	}
	if t.s.conference.on() && inside == t.s.conference.aside {
		t.stepAside(!inside)
	}
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.ID == except || c.holding || c.auto || c.Conference || c.Inside || inside && c.join {
			continue
		}
		if c.State == phone.StateConnected || c.State == phone.StateAnswering {
			t.hold(c, true)
		}
	}
}

// swap goes from the call we talk on to the one held longest, or to the other party of the same line.
func (t *turn) swap() (phone.CallID, error) {
	if c := t.insidePair(); c != nil {
		return t.swapInside(c)
	}
	var held *call
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.State == phone.StateConnected && c.holding && !c.auto && !c.pending() && (held == nil || c.HeldSince.Before(held.HeldSince)) {
			held = c
		}
	}
	if active := t.s.call(t.s.active()); active != nil {
		// A consultation swaps with the call it is about.
		if c := t.s.call(active.Consults); c != nil && c.holding && c.State == phone.StateConnected && !c.pending() {
			held = c
		} else if active.Transfer != nil {
			if c := t.s.call(active.Transfer.Consult); c != nil && c.holding && c.State == phone.StateConnected {
				held = c
			}
		}
	}
	if held == nil {
		return 0, phone.Refuse(phone.ReasonNoCall, "")
	}
	t.resume(held)
	return held.ID, nil
}

// pending reports whether the call is being handed over.
func (c *call) pending() bool { return c.Transfer != nil && c.Transfer.State.Pending() }

// hold takes effect in the mix at once; the peer is told by an offer.
func (t *turn) hold(c *call, on bool) {
	c.holding, c.silent = on, false
	c.HeldSince = time.Time{}
	if on {
		c.HeldSince = t.now
	}
	t.showHold(c)
	if k := t.insideOf(c.ID); k != nil {
		t.showHold(k)
	}
	t.renegotiate(c)
}

func (t *turn) showHold(c *call) {
	if h := phone.HoldOf(t.ourHold(c), c.remoteHold); h != c.Hold {
		c.Hold = h
		t.tell(phone.Event{Kind: phone.EventCallHold, Call: c.ID, Account: c.Account, State: string(h)})
	}
}

// renegotiate offers what we want when the peer has not been told. One offer at a time (RFC 3264 section 4).
func (t *turn) renegotiate(c *call) {
	if c.State != phone.StateConnected || c.offering || c.heldSent == c.holding && !c.untold {
		return
	}
	t.makeOffer(c)
}

// makeOffer makes an offer of what we want, from where we are.
func (t *turn) makeOffer(c *call) {
	fx := fxOffer{call: c.ID, dir: c.direction(), hold: c.holding}
	if c.moved {
		fx.move = &way{c.Account, c.target}
	}
	c.offering, c.untold, c.moved = true, false, false
	t.do(fx)
}

// direction is what we want of the media now.
func (c *call) direction() sdp.Direction {
	if c.holding {
		return sdp.SendOnly
	}
	return sdp.SendRecv
}

// onOffered answers an offer within the call (RFC 3264 section 8). Without one the peer asks for ours.
func (t *turn) onOffered(v ua.Offered) {
	c := t.s.callByLeg(v.Leg)
	if c == nil || !c.State.Live() {
		t.do(fxSIP{ua.RejectOffer{Leg: v.Leg, Code: 481}})
		return
	}
	if len(v.SDP) == 0 {
		t.do(fxOffer{call: c.ID, dir: c.direction(), hold: c.holding, reply: true})
		return
	}
	t.do(fxReply{call: c.ID, offer: v.SDP, dir: c.direction()})
}

func (t *turn) onOffer(in inOffer) {
	c := t.s.call(in.call)
	if c == nil || !c.State.Live() {
		return
	}
	switch {
	case in.err != nil && in.reply:
		t.do(fxSIP{ua.RejectOffer{Leg: c.leg, Code: 488}})
	case in.err != nil && calling(c.State): // it cannot go on where we were
		t.end(c, phone.ReasonOf(in.err))
	case in.err != nil:
		t.onOfferFailed(c, phone.ReasonOf(in.err))
	case in.reply:
		c.lateOffer, c.heldSent = true, in.hold
		t.do(fxSIP{ua.AnswerOffer{Leg: c.leg, SDP: in.sdp}})
	default:
		c.heldSent = in.hold
		t.do(fxSIP{ua.Offer{Leg: c.leg, SDP: in.sdp}})
	}
}

// onOfferFailed leaves the session as it was (RFC 3261 14.1). The hold stays true in our own mix; it is only the peer
// that was not told.
func (t *turn) onOfferFailed(c *call, why phone.Reason) {
	c.offering, c.heldSent = false, c.holding
	if c.State == phone.StateConnected {
		t.tell(phone.Event{Kind: phone.EventCallWarning, Call: c.ID, Account: c.Account, Reason: &why})
	}
}

func (t *turn) onReply(in inReply) {
	c := t.s.call(in.call)
	if c == nil || !c.State.Live() {
		return
	}
	if in.err != nil {
		t.do(fxSIP{ua.RejectOffer{Leg: c.leg, Code: 488}})
		t.onClearOffer(c, phone.ReasonOf(in.err))
		return
	}
	c.heldSent = c.holding
	t.do(fxSIP{ua.AnswerOffer{Leg: c.leg, SDP: in.sdp}})
	t.take(c, in.agreed)
}

func (t *turn) onAgreed(in inAgreed) {
	c := t.s.call(in.call)
	if c == nil || !c.State.Live() {
		return
	}
	if in.err != nil {
		switch why := phone.ReasonOf(in.err); {
		case why.ID == phone.ReasonNotEncrypted:
			t.onClearAnswer(c, why)
		case c.offering:
			t.onOfferFailed(c, why)
		case c.State == phone.StateConnected && !c.live:
			t.end(c, why) // the answer to our INVITE is useless: RFC 3261 13.2.2.4
		}
		return
	}
	c.offering, c.live = false, true
	t.take(c, in.agreed)
	t.returned(c)
	if calling(c.State) {
		t.enter(c, phone.StateEarly)
	}
	t.renegotiate(c)
}

// take notes what the stream has agreed on with the peer.
func (t *turn) take(c *call, a media.Agreed) {
	c.Codec, c.rtpDigits, c.remoteHold = a.Codec, a.DTMF, a.RemoteHold
	c.agreedAt = t.now
	c.secured(a.Keying, a.Suite)
	t.showHold(c)
}
