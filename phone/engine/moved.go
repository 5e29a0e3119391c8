package engine

import (
	"context"
	"fmt"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// way is what our own address towards a peer follows from.
type way struct {
	account phone.AccountID
	target  string // of a call of ours; empty: it came from the account's exchange
}

// onOfferNeeded tells the peer of us by an offer. Where we have moved the sound has too. A call that rings here gets its
// answer made anew; one that is not answered over there yet is placed anew by the user agent with the offer.
func (t *turn) onOfferNeeded(v ua.OfferNeeded) {
	c := t.s.callByLeg(v.Leg)
	if c == nil || !c.State.Live() {
		return
	}
	c.untold, c.moved, c.offering = true, c.moved || v.Moved, false
	switch {
	case !c.opened: // it will be, where we are
		c.untold, c.moved = false, false
	case c.State == phone.StateConnected:
		t.renegotiate(c)
	case c.Direction == phone.Outgoing && calling(c.State):
		t.makeOffer(c)
		c.offering = false // the answer is that to the INVITE
	case c.State == phone.StateIncoming:
		c.untold, c.moved = false, false
		t.do(fxMoved{call: c.ID, offer: c.offer, move: way{account: c.Account}})
	} // else it is answered already: the offer follows the ACK
}

func (t *turn) onMoved(in inMoved) {
	c := t.s.call(in.call)
	switch {
	case c == nil || !c.State.Live():
	case in.err != nil:
		t.do(fxSIP{ua.Reject{Leg: c.leg, Code: 488}})
		t.finish(c, phone.ReasonOf(in.err))
	case c.State == phone.StateIncoming:
		c.local = in.sdp
	case c.State == phone.StateAnswering: // answered meanwhile, with what was
		c.untold, c.moved = true, true
	case c.State == phone.StateConnected:
		c.untold, c.moved = true, true
		t.renegotiate(c)
	}
}

// move takes a stream to where we are now. It may wait; for a call's lane.
func (r *runner) move(ctx context.Context, s Stream, to way) error {
	local, err := r.opt.SIP.LocalAddr(ctx, to.account, to.target)
	if err != nil {
		return fmt.Errorf("find our address: %w", err)
	}
	return s.Move(local, r.opt.SIP.PublicAddr(to.account))
}

// moved makes the answer of a call that rings once more.
func (r *runner) moved(fx fxMoved) {
	l := r.lane(fx.call)
	r.onStream(fx.call, func(s Stream) input {
		in := inMoved{call: fx.call, err: errNoStream}
		if s == nil {
			return in
		}
		if in.err = r.move(l.ctx, s, fx.move); in.err != nil {
			return in
		}
		if len(fx.offer) == 0 {
			in.sdp, in.err = s.Offer(sdp.SendRecv)
		} else {
			in.sdp, in.err = s.Answer(fx.offer, sdp.SendRecv)
		}
		return in
	})
}
