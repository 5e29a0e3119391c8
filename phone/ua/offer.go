package ua

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// offerPhase is where the exchange of an offer and its answer stands after the first one (RFC 3261 14, RFC 3311,
// RFC 6337). A 2xx of ours that waits for its ACK is leg.sent2xx.
type offerPhase int

const (
	offerNone     offerPhase = iota
	offerSent                // our re-INVITE is on its way
	offerGot                 // theirs waits for AnswerOffer or RejectOffer
	offerWanted              // they want ours: AnswerOffer brings it
	offerInAnswer            // their 2xx to our INVITE had the offer: the ACK, with AnswerOffer, answers it
)

// offering is the offer under way. The leg's goroutine owns it.
type offering struct {
	phase  offerPhase
	next   []byte             // our offer that waits until it may go out; the newest wins
	sent   []byte             // our offer on its way
	in     requestIn          // theirs
	invite *sip.Request       // ours that offerInAnswer acknowledges
	glare  bool               // waits for timerGlare
	recall context.CancelFunc // gives up the re-INVITE on its way
	moved  bool               // we are at the other end of another connection than it says
	busy   int                // how often they were busy with another one
	number int                // of the last re-INVITE: the end of one that was given up is nothing
}

// reinviteDone is the end of our re-INVITE.
type reinviteDone struct {
	result
	number int
}

// nextOffer sends the offer that waits, when nothing stands in its way, and returns next.
func (l *leg) nextOffer(next state) state {
	o := &l.offer
	if o.next == nil || o.phase != offerNone || o.glare || l.sent2xx != nil || l.leaving || l.told {
		return next
	}
	o.sent, o.next, o.phase = o.next, nil, offerSent
	l.reinvite(o.sent)
	return next
}

// reinvite sends a re-INVITE (RFC 3261 14.1).
func (l *leg) reinvite(sdp []byte) {
	u, d, way, acct := l.u, l.dialog, l.dialog.way, l.acct
	req := d.request(u, sip.INVITE)
	for _, h := range abilities() {
		req.AppendHeader(h)
	}
	appendAll(req, l.session.request(u.cfg.Session, false))
	setBody(req, "application/sdp", sdp)
	acks, turn := &acks{byTag: map[string]*sip.Request{}}, d.nextTurn()
	ctx, recall := l.cancellable()
	l.offer.number++
	l.offer.recall = recall
	number := l.offer.number
	started := u.group.Go(func() {
		defer recall()
		defer turn.done()
		hops, err := u.hopsFor(ctx, way, acct)
		if err != nil {
			l.box.put(reinviteDone{result{err: err}, number})
			return
		}
		r := u.send(ctx, req, sending{
			hops: hops, account: acct, cseq: d.nextCSeq, turn: turn, order: &d.order, contact: l.contact, outlives: true,
			on2xx: func(*sip.Response) {
				if ack := acks.again(d.remoteTag); ack != nil {
					u.write(ack)
				}
			},
		})
		if r.err == nil && r.res.IsSuccess() {
			fresh := d.copyForACK(way)
			fresh.refresh(r.res)
			u.sendACK(l.ctx, fresh, acct, r.req, nil, acks)
		}
		l.box.put(reinviteDone{r, number})
	})
	if !started {
		l.cancel()
	}
}

// copyForACK is what an ACK needs of a dialog, for use outside the leg's goroutine.
func (d *dialog) copyForACK(w way) *dialog {
	return &dialog{
		callID: d.callID, localTag: d.localTag, remoteTag: d.remoteTag,
		localName: d.localName, peerName: d.peerName, local: d.local, peer: d.peer, way: w,
	}
}

// offerDone deals with the end of our re-INVITE.
func (l *leg) offerDone(in reinviteDone) state {
	o := &l.offer
	if in.number != o.number || o.phase != offerSent { // given up
		return l.nextOffer(stateTalking)
	}
	o.phase = offerNone
	if in.err != nil || in.res.StatusCode != 500 {
		o.busy = 0
	}
	if o.moved {
		o.moved = false
		defer l.readdress(rebound{})
	}
	switch {
	case in.err != nil && phone.ReasonOf(in.err).ID == phone.ReasonNoReply, in.err == nil && l.gone(in.result):
		// RFC 3261 12.2.1.2: nobody is there any more.
		l.end(phone.Reason{ID: phone.ReasonLost, Code: code(in.result)}, true)
		return l.bye()
	case in.err != nil:
		l.emit(OfferFailed{Leg: l.id, Reason: phone.ReasonOf(in.err)})
	case in.res.IsSuccess():
		l.dialog.refresh(in.res)
		l.session.answered(in.res)
		l.keepTime()
		if sdp := sdpOf(in.res); sdp != nil {
			l.emit(OfferAnswered{Leg: l.id, SDP: sdp})
		} else {
			l.emit(OfferFailed{Leg: l.id, Reason: phone.Reason{ID: phone.ReasonNoMedia, Code: in.res.StatusCode}})
		}
	case l.session.raise(in.res):
		if o.next == nil {
			o.next = o.sent
		}
	case in.res.StatusCode == 500 && in.res.GetHeader("Retry-After") != nil && o.busy < maxGlares: // RFC 3261 14.2
		o.busy++
		fallthrough
	case in.res.StatusCode == 491: // both offered at once (RFC 3261 14.1)
		if o.next == nil {
			o.next = o.sent
		}
		o.glare = true
		l.after(timerGlare, l.glareWait())
		return stateTalking
	default:
		l.emit(OfferFailed{Leg: l.id, Reason: callReason(in.res, false)})
	}
	return l.nextOffer(stateTalking)
}

// glareWait is how long to wait after a 491: the owner of the Call-ID longer than the other (RFC 3261 14.1). The unit
// is 10 ms, with T1 at its 500 ms.
func (l *leg) glareWait() time.Duration {
	unit := l.u.clock.t1 / 50
	if l.outgoing != nil {
		return time.Duration(210+rand.IntN(191)) * unit
	}
	return time.Duration(rand.IntN(201)) * unit
}

// reinvited deals with a re-INVITE of the peer (RFC 3261 14.2).
func (l *leg) reinvited(in requestIn) {
	o := &l.offer
	switch {
	case o.phase == offerSent:
		l.reply(in, 491, "")
		return
	case o.phase != offerNone || l.sent2xx != nil:
		l.reply(in, 500, "", retryLater())
		return
	case len(in.req.GetHeaders("Replaces")) > 0: // RFC 3891 3: only new dialogs replace others
		l.reply(in, 400, "")
		return
	case len(in.req.Body()) > 0 && !isSDP(in.req):
		l.u.refuse415(in.req, in.tx)
		return
	}
	if !in.tx.OnCancel(func(req *sip.Request) { l.box.put(cancelled{req}) }) {
		return
	}
	l.u.group.Go(func() { // see startIncoming
		for {
			select {
			case ack := <-in.tx.Acks():
				l.box.put(ackIn{ack})
			case <-in.tx.Done():
				return
			}
		}
	})
	l.reply(in, 100, "")
	o.in, o.phase = in, offerGot
	sdp := sdpOf(in.req)
	if sdp == nil {
		o.phase = offerWanted
	}
	l.emit(Offered{Leg: l.id, SDP: sdp})
}

// updated deals with an UPDATE of the peer (RFC 3311 5.2).
func (l *leg) updated(in requestIn) {
	o := &l.offer
	switch {
	case len(in.req.Body()) == 0:
		l.dialog.refresh(in.req)
		l.reply(in, 200, "", append(l.updateHeaders(in), l.sessionAnswer(in.req, false)...)...)
	case !isSDP(in.req):
		l.u.refuse415(in.req, in.tx)
	case o.phase == offerSent, l.sent2xx != nil && l.sent2xx.lateOffer:
		l.reply(in, 491, "")
	case o.phase != offerNone:
		l.reply(in, 500, "", retryLater())
	default:
		o.in, o.phase = in, offerGot
		l.emit(Offered{Leg: l.id, SDP: sdpOf(in.req)})
	}
}

// updateHeaders are those of a 2xx to UPDATE: a target refresh works both ways (RFC 3311 5.2).
func (l *leg) updateHeaders(in requestIn) []sip.Header {
	via := hop{network: in.req.Transport()}
	if l.dialog != nil {
		via = l.dialog.via
	} else if l.outgoing != nil {
		via = l.outgoing.sent
	}
	return append([]sip.Header{sip.NewHeader("Contact", l.contact(via))}, abilities()...)
}

// answerOffer sends our answer, or the offer they asked for.
func (l *leg) answerOffer(sdp []byte) state {
	o := &l.offer
	switch o.phase {
	case offerInAnswer:
		l.ackAnswer(sdp)
		return l.nextOffer(stateTalking)
	case offerGot, offerWanted:
	default:
		return stateTalking
	}
	in, late := o.in, o.phase == offerWanted
	o.in, o.phase = requestIn{}, offerNone
	res := l.u.response(in.req, 200, "", sdp, append(l.updateHeaders(in), l.sessionAnswer(in.req, false)...)...)
	if err := in.tx.Respond(res); err != nil {
		l.u.log.Info("answer not sent", "leg", l.id, "err", err)
		return l.nextOffer(stateTalking)
	}
	l.dialog.refresh(in.req)
	if in.req.Method == sip.INVITE {
		l.send2xx(&sent2xx{req: in.req, tx: in.tx, res: res, lateOffer: late})
		return stateTalking
	}
	return l.nextOffer(stateTalking)
}

// ackAnswer acknowledges the 2xx that had the offer, with our answer in the ACK (RFC 3261 13.2.2.4).
func (l *leg) ackAnswer(sdp []byte) {
	u, d, way, invite, acct := l.u, l.dialog, l.dialog.way, l.offer.invite, l.acct
	l.offer.phase, l.offer.invite = offerNone, nil
	fresh := d.copyForACK(way)
	u.group.Go(func() { u.sendACK(l.ctx, fresh, acct, invite, sdp, &l.outgoing.acks) })
}

// rejectOffer refuses their offer; the session goes on as it was (RFC 3261 14.2).
func (l *leg) rejectOffer(code int) state {
	o := &l.offer
	if code < 400 || code > 699 {
		code = 488
	}
	switch o.phase {
	case offerInAnswer: // an offer in a 2xx cannot be refused, only hung up on (RFC 3261 13.2.2.4)
		l.end(phone.Reason{ID: phone.ReasonNoCodec, Code: code}, false)
		l.ackAnswer(nil)
		return l.bye()
	case offerGot, offerWanted:
		in := o.in
		o.in, o.phase = requestIn{}, offerNone
		l.reply(in, code, "")
	}
	return l.nextOffer(stateTalking)
}

// reinviteCancelled: they took their re-INVITE back; sipgo has answered 487.
func (l *leg) reinviteCancelled(in cancelled) {
	o := &l.offer
	if (o.phase == offerGot || o.phase == offerWanted) && o.in.req.Method == sip.INVITE &&
		in.req.CSeq().SeqNo == o.in.req.CSeq().SeqNo {
		o.in, o.phase = requestIn{}, offerNone
		l.nextOffer(stateTalking)
	}
}

// abandonOffer lets go of an unanswered offer of theirs when the call ends (RFC 3261 15.1.2).
func (l *leg) abandonOffer() {
	o := &l.offer
	l.stop(timerGlare)
	o.next = nil
	if o.phase == offerGot || o.phase == offerWanted {
		l.reply(o.in, 487, "")
		o.in, o.phase = requestIn{}, offerNone
	}
	if held := l.heldBack; held != nil {
		l.heldBack = nil
		l.reply(*held, 487, "")
	}
}

// isMediaType reports whether a content type given by our user may be sent as it is.
func isMediaType(s string) bool {
	base, _, _ := strings.Cut(s, ";")
	kind, sub, ok := strings.Cut(strings.TrimSpace(base), "/")
	return ok && isToken(kind) && isToken(sub) && !strings.ContainsAny(s, "\r\n\x00")
}
