package ua

import (
	"context"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// rebound tells a leg that its account is registered with another Contact than before, or by another connection.
type rebound struct {
	moved bool // we are at another address, not only at the other end of another connection
}

// tellLegs tells something to the legs of an account.
func (u *UA) tellLegs(a *account, what any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, l := range u.legs {
		if l.acct == a {
			l.box.put(what)
		}
	}
}

// readdress tells the peer where we are now: else their BYE would go where we were. Where only the connection is another
// one, an UPDATE without an offer is enough (RFC 3311: it refreshes the target and no more). Where we have moved so has the
// sound, and a peer without UPDATE has to get a re-INVITE: both need an offer.
func (l *leg) readdress(in rebound) {
	if l.dialog == nil || l.told {
		return
	}
	flow := l.acct.currentFlow()
	if l.dialog.via.network == "TLS" && flow.network == "TLS" {
		l.dialog.via = flow
	}
	if s := l.sent2xx; s != nil { // the ACK is to come here
		s.res.RemoveHeader("Contact")
		s.res.AppendHeader(sip.NewHeader("Contact", l.contact(l.dialog.via)))
	}
	if !in.moved && flow.network == "TCP" && l.dialog.via.network != "TCP" { // the call goes another way
		return
	}
	if !in.moved && l.offer.phase == offerSent { // it goes out again by itself
		l.offer.moved = true
		return
	}
	if !in.moved && l.dialog.updates {
		l.sendUpdate()
		return
	}
	l.recallOffer()
	l.emit(OfferNeeded{Leg: l.id, Moved: in.moved})
}

// sendUpdate sends an UPDATE without an offer; replied follows. A peer that says that there is no such call any more ends
// it here too.
func (l *leg) sendUpdate() {
	req := l.dialog.request(l.u, sip.UPDATE)
	appendAll(req, abilities())
	appendAll(req, l.session.request(l.u.cfg.Session, false))
	l.transact(req, func(s *sending) {
		s.contact = l.contact
		s.patience = l.u.clock.giveUp / 4
	})
}

// recallOffer gives up an offer on its way: its answer goes to where we were. Another one follows.
func (l *leg) recallOffer() {
	if o := &l.offer; o.phase == offerSent {
		o.phase, o.next, o.moved = offerNone, nil, false
		o.recall()
	}
}

// moved is rebound before our INVITE has been answered: the answer would go to where we were, so the call is placed anew
// with the next offer.
func (l *leg) moved() {
	o := l.outgoing
	if o.lost != nil {
		l.stop(timerAdrift)
	}
	o.adrift = true
	l.emit(OfferNeeded{Leg: l.id, Moved: true})
}

// again places the call once more, as another one in SIP's eyes: the one from where we were is taken back as far as that can
// be done from here.
func (l *leg) again(sdp []byte) {
	o := l.outgoing
	o.a.SDP, o.adrift = sdp, false
	l.cancelBefore()
	o.before = nil
	if o.current != nil && o.heard {
		l.sendCancel()
	}
	if o.lost != nil {
		o.lost = nil
		l.redial()
		return
	}
	o.anew = true
	o.abandon() // inviteDone comes
}

// redial sends the INVITE of again.
func (l *leg) redial() {
	o, u := l.outgoing, l.u
	o.anew = false
	o.callID, o.tag = newCallID(), newTag()
	u.mu.Lock()
	u.dialogs[dialogKey{o.callID, o.tag}] = l
	u.mu.Unlock()
	o.early, o.ahead, o.redirects = map[string]*dialog{}, nil, 0
	o.acks.mu.Lock()
	o.acks.winner, o.acks.byTag, o.acks.early = "", map[string]*sip.Request{}, nil
	o.acks.mu.Unlock()
	l.dial(o.a.Target, o.a.To)
}

// outlives deals with an INVITE whose connection has ended under it: it goes out again by another one. Where there is no
// connection to lose, and the account comes back at another address, the call is placed anew from there.
func (l *leg) outlives(in inviteDone) bool {
	o := l.outgoing
	if !o.heard || in.adrift || in.err == nil || phone.ReasonOf(in.err).ID != phone.ReasonNoNetwork {
		return false
	}
	if l.connectionLost(in.result) {
		return l.resume(in)
	}
	if l.acct == nil {
		return false
	}
	o.lost = &in
	l.after(timerAdrift, l.u.clock.register)
	return true
}

// cancellable is a context of the leg's with a way to end it.
func (l *leg) cancellable() (context.Context, context.CancelFunc) { return context.WithCancel(l.ctx) }
