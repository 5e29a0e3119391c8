package ua

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// sent2xx is a 2xx of ours to an INVITE that waits for its ACK (RFC 3261 13.3.1.4): we repeat it, over any transport.
type sent2xx struct {
	req       *sip.Request
	tx        *sip.ServerTx
	res       *sip.Response
	lateOffer bool // it carried our offer: the ACK brings the answer
	first     bool // it answered the INVITE that made the leg
	wait      time.Duration
	anew      func() *sip.Response // of the first: the same for an INVITE that has come again
}

// send2xx begins to repeat a 2xx that has been sent once.
func (l *leg) send2xx(s *sent2xx) {
	s.wait = l.u.clock.t1
	l.sent2xx = s
	l.after(timerRetransmit, s.wait)
	l.after(timerNoAck, l.u.clock.giveUp)
}

// stateTalking: there is a dialog.
func stateTalking(l *leg, in any) state {
	switch in := in.(type) {
	case requestIn:
		return l.talkingRequest(in)
	case ackIn:
		return l.acked(in.req)
	case Hangup:
		l.cause = in.Cause
		return l.hangUp(phone.Reason{ID: phone.ReasonHangup})
	case shutdown:
		l.closing = true
		return l.hangUp(phone.Reason{ID: phone.ReasonShutdown})
	case Offer:
		l.offer.next = in.SDP
		return l.nextOffer(stateTalking)
	case AnswerOffer:
		return l.answerOffer(in.SDP)
	case RejectOffer:
		return l.rejectOffer(in.Code)
	case Info:
		l.info(in)
	case reinviteDone:
		l.travels(in.hop.network)
		return l.offerDone(in)
	case replied:
		l.travels(in.hop.network)
		return l.talkingReply(in)
	case rebound:
		l.readdress(in)
	case inviteAgain:
		l.adoptAnswered(in)
	case carried:
		l.hasCarried(in)
	case cancelled:
		l.reinviteCancelled(in)
	case legTimer:
		return l.talkingTimer(in)
	default:
		l.referring(in)
	}
	return stateTalking
}

// fromPeer checks that a request is the dialog's peer's; else it answers 481.
func (l *leg) fromPeer(in requestIn) bool {
	if tag, _ := in.req.From().Params.Get("tag"); tag != l.dialog.remoteTag {
		l.reply(in, 481, "")
		return false
	}
	return true
}

// peers checks that a request is the dialog's peer's and a new one; else it answers 481 or 500 (RFC 3261 12.2.2).
func (l *leg) peers(in requestIn) bool {
	if !l.fromPeer(in) {
		return false
	}
	// A BYE that another request has overtaken on the way still ends the call.
	if !l.dialog.inOrder(in.req) && in.req.Method != sip.BYE {
		l.reply(in, 500, "")
		return false
	}
	return true
}

// talkingRequest deals with a request of the peer.
func (l *leg) talkingRequest(in requestIn) state {
	if in.req.Method == sip.INVITE && l.sent2xx != nil && l.heldBack == nil {
		// It has overtaken the ACK before it, which is on its way.
		l.heldBack = &in
		l.after(timerHeldBack, 2*l.u.clock.t1)
		return stateTalking
	}
	if in.req.Method == sip.NOTIFY { // has an order of its own
		l.referNotified(in)
		return stateTalking
	}
	if in.req.Method == sip.CANCEL { // too late to change anything (RFC 3261 9.2)
		l.reply(in, 200, "")
		return stateTalking
	}
	if !l.peers(in) {
		return stateTalking
	}
	l.travels(in.req.Transport())
	if m := in.req.Method; (m == sip.INVITE || m == sip.UPDATE) && l.u.cfg.Session.tooBrief(in.req) {
		l.reply(in, 422, "", l.u.cfg.Session.leastHeader())
		return stateTalking
	}
	switch in.req.Method {
	case sip.BYE:
		l.reply(in, 200, "")
		l.abandonOffer()
		l.abandonRefer()
		l.end(l.byeReason(in.req), true)
		return l.afterwards()
	case sip.INVITE:
		l.reinvited(in)
	case sip.UPDATE:
		l.updated(in)
	case sip.REFER:
		l.referAsked(in)
	case sip.SUBSCRIBE:
		l.resubscribed(in)
	case sip.PRACK:
		l.pracked(in) // of what has rung; the answer was quicker
	default:
		l.plainRequest(in)
	}
	return stateTalking
}

// byeReason is why they hung up.
func (l *leg) byeReason(req *sip.Request) phone.Reason {
	r := phone.Reason{ID: phone.ReasonRemoteHangup}
	r.Code, _, l.theirCause = reasonHeader(req)
	return r
}

// plainRequest answers what changes nothing about the session.
func (l *leg) plainRequest(in requestIn) {
	switch in.req.Method {
	case sip.OPTIONS:
		l.reply(in, 200, "", abilities()...)
	case sip.INFO:
		if headerValue(in.req, "Info-Package") != "" { // RFC 6086 4.2.2: we have none
			l.reply(in, 469, "Bad Info Package", sip.NewHeader("Recv-Info", ""))
			return
		}
		l.reply(in, 200, "")
		if len(in.req.Body()) > 0 {
			l.emit(InfoReceived{Leg: l.id, ContentType: headerValue(in.req, "Content-Type"), Body: in.req.Body()})
		}
	case sip.INVITE, sip.REFER, sip.SUBSCRIBE: // too early
		l.reply(in, 500, "", retryLater())
	case sip.PRACK, sip.NOTIFY:
		l.reply(in, 481, "")
	case sip.MESSAGE: // some exchanges send texts within a call (RFC 3428 advises against it)
		if l.u.server != nil || l.acct == nil {
			l.u.notAllowed(in.req, in.tx)
			return
		}
		l.u.receiveText(l.acct.id, in.req, in.tx)
	default:
		l.u.notAllowed(in.req, in.tx)
	}
}

func retryLater() sip.Header {
	return sip.NewHeader("Retry-After", strconv.Itoa(rand.IntN(11)))
}

// earlyRequest deals with a request of a party that has not answered our INVITE yet.
func (l *leg) earlyRequest(in requestIn, early map[string]*dialog) {
	tag, _ := in.req.From().Params.Get("tag")
	d := early[tag]
	switch {
	case d == nil:
		l.reply(in, 481, "")
	case !d.inOrder(in.req):
		l.reply(in, 500, "")
	case in.req.Method == sip.UPDATE:
		l.earlyUpdate(in, 491)
		d.refresh(in.req)
	case in.req.Method == sip.BYE: // only the caller may end an early dialog so (RFC 3261 15)
		l.reply(in, 481, "")
	default:
		l.plainRequest(in)
	}
}

// earlyUpdate answers an UPDATE before the call is answered: with an offer it comes too early (RFC 3311 5.2).
func (l *leg) earlyUpdate(in requestIn, code int) {
	switch {
	case len(in.req.Body()) > 0 && code == 500:
		l.reply(in, 500, "", retryLater())
	case len(in.req.Body()) > 0:
		l.reply(in, code, "")
	default:
		l.reply(in, 200, "", l.updateHeaders(in)...)
	}
}

// acked deals with an ACK for a 2xx of ours.
func (l *leg) acked(req *sip.Request) state {
	s := l.sent2xx
	if s == nil || req.CSeq().SeqNo != s.req.CSeq().SeqNo {
		return stateTalking
	}
	if tag, _ := req.From().Params.Get("tag"); tag != l.dialog.remoteTag {
		return stateTalking
	}
	l.sent2xx = nil
	l.stop(timerRetransmit)
	l.stop(timerNoAck)
	switch {
	case s.lateOffer:
		l.emit(Confirmed{Leg: l.id, SDP: sdpOf(req)})
	case s.first:
		l.emit(Confirmed{Leg: l.id})
	}
	if l.leaving {
		return l.bye()
	}
	if held := l.heldBack; held != nil {
		l.heldBack = nil
		l.stop(timerHeldBack)
		if l.talkingRequest(*held) == nil {
			return nil
		}
	}
	return l.nextOffer(stateTalking)
}

// hangUp ends the call. The callee may not send BYE before the ACK has come (RFC 3261 15): it waits, the user does not.
func (l *leg) hangUp(why phone.Reason) state {
	l.end(why, false)
	l.abandonOffer()
	l.abandonRefer()
	if l.sent2xx != nil && l.sent2xx.first {
		l.leaving = true
		return stateTalking
	}
	if l.offer.phase == offerInAnswer { // the ACK we owe goes first (RFC 3261 13.2.2.4)
		l.ackAnswer(nil)
	}
	return l.bye()
}

// talkingTimer deals with a timer.
func (l *leg) talkingTimer(in legTimer) state {
	s := l.sent2xx
	switch in.kind {
	case timerRetransmit:
		if s != nil {
			if err := l.repeat2xx(s); err != nil {
				l.u.log.Debug("2xx not repeated", "leg", l.id, "err", err)
			}
			s.wait = min(2*s.wait, l.u.clock.t2)
			l.after(timerRetransmit, s.wait)
		}
	case timerNoAck:
		if s != nil { // RFC 3261 13.3.1.4: the session is over, with BYE
			l.sent2xx = nil
			l.stop(timerRetransmit)
			l.end(phone.Reason{ID: phone.ReasonNoAck}, false)
			return l.bye()
		}
	case timerRefresh:
		l.refreshSession()
	case timerSession:
		return l.expired()
	case timerGlare:
		l.offer.glare = false
		return l.nextOffer(stateTalking)
	case timerHeldBack:
		if held := l.heldBack; held != nil {
			l.heldBack = nil
			if s != nil && !s.first { // it will not come: they have given up the one before, as its connection was lost
				l.sent2xx = nil
				l.stop(timerRetransmit)
				l.stop(timerNoAck)
				return l.talkingRequest(*held)
			}
			if l.peers(*held) {
				l.reply(*held, 500, "", retryLater()) // RFC 3261 14.2
			}
		}
	default:
		l.referring(in)
	}
	return stateTalking
}

// talkingReply deals with the end of a request of ours that is not an offer.
func (l *leg) talkingReply(in replied) state {
	if l.referring(in) {
		return stateTalking
	}
	if in.method == sip.PRACK || in.method == sip.OPTIONS { // of what has rung before
		return stateTalking
	}
	if in.method == sip.UPDATE && in.err == nil {
		switch {
		case in.res.IsSuccess():
			l.dialog.refresh(in.res)
			l.session.answered(in.res)
			l.keepTime()
		case l.session.raise(in.res):
			l.refreshSession()
		}
	}
	if l.gone(in.result) {
		l.end(phone.Reason{ID: phone.ReasonLost, Code: code(in.result)}, true)
		return l.bye()
	}
	l.infoDone(in)
	return stateTalking
}

// gone reports whether a response says that the dialog is no more (RFC 3261 12.2.1.2).
func (l *leg) gone(r result) bool {
	return r.err == nil && (r.res.StatusCode == 481 || r.res.StatusCode == 408)
}

func code(r result) int {
	if r.res == nil {
		return 0
	}
	return r.res.StatusCode
}

// info sends an INFO, after those before it.
func (l *leg) info(a Info) {
	d := l.dialog
	if d == nil && l.outgoing != nil {
		d = l.outgoing.anyEarly()
	}
	if d == nil || len(l.infos) > 200 {
		return
	}
	if !isMediaType(a.ContentType) {
		l.u.log.Error("INFO with a bad content type", "leg", l.id)
		return
	}
	req := d.request(l.u, sip.INFO)
	setBody(req, a.ContentType, a.Body)
	l.infos = append(l.infos, req)
	if !l.infoBusy {
		l.sendInfo(d)
	}
}

func (l *leg) sendInfo(d *dialog) {
	req := l.infos[0]
	l.infos = l.infos[1:]
	l.infoBusy = true
	l.transactIn(d, req, nil)
}

// infoDone goes on with the next INFO.
func (l *leg) infoDone(in replied) {
	if in.method != sip.INFO {
		return
	}
	l.infoBusy = false
	d := l.dialog
	if d == nil && l.outgoing != nil {
		d = l.outgoing.anyEarly()
	}
	if len(l.infos) > 0 && d != nil {
		l.sendInfo(d)
	}
}
