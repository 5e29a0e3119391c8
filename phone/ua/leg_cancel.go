package ua

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// giveUp ends the leg before it is answered. The user is told at once; the leg lives on until the other side has let go.
func (l *leg) giveUp(why phone.ReasonID) state {
	o := l.outgoing
	o.giveUp.Store(true)
	l.end(phone.Reason{ID: why}, false)
	l.cancelBefore()
	if o.lost != nil { // there is nothing left to cancel
		return nil
	}
	if o.heard {
		l.sendCancel()
	} // else CANCEL waits for a provisional response (RFC 3261 9.1)
	return stateCancelling
}

// stateCancelling: hung up before an answer. A 200 that crosses the CANCEL makes a call that must be ended.
func stateCancelling(l *leg, in any) state {
	o := l.outgoing
	switch in := in.(type) {
	case inviteSent:
		o.current, o.sent, o.heard = in.req, in.hop, false
	case provisional:
		first := !o.heard
		o.heard = true
		if first {
			l.sendCancel()
		}
	case inviteDone:
		if in.err == nil && in.res.IsSuccess() {
			l.dialog = in.dialog
			for _, early := range o.ahead {
				l.afterEnd(early)
			}
			return l.bye()
		}
		if o.over = o.cancels && l.connectionLost(in.result); o.over { // the CANCEL goes by another one
			return stateCancelling
		}
		return nil
	case cancelDone:
		if o.cancels = false; o.over {
			return nil
		}
	case legTimer:
		if in.kind == timerCancel {
			return nil // RFC 3261 9.1: taken as cancelled
		}
	case requestIn:
		l.afterEnd(in)
	}
	return stateCancelling
}

// sendCancel cancels the INVITE under way.
func (l *leg) sendCancel() { l.cancelInvite(l.outgoing.current, l.outgoing.sent) }

// cancelOf is the CANCEL of an INVITE (RFC 3261 9.1): same Request-URI, Via, Route, Call-ID, From, To and number.
func (u *UA) cancelOf(invite *sip.Request) *sip.Request {
	req := sip.NewRequest(sip.CANCEL, invite.Recipient)
	req.AppendHeader(sip.HeaderClone(invite.Via()))
	for _, h := range invite.GetHeaders("Route") {
		req.AppendHeader(sip.HeaderClone(h))
	}
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	req.AppendHeader(sip.HeaderClone(invite.From()))
	req.AppendHeader(sip.HeaderClone(invite.To()))
	req.AppendHeader(sip.HeaderClone(invite.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.AppendHeader(sip.NewHeader("User-Agent", u.cfg.UserAgent))
	req.SetBody(nil)
	req.SetTransport(invite.Transport())
	req.SetDestination(invite.Destination())
	req.Laddr = invite.Laddr
	return req
}

// cancelInvite cancels an INVITE.
func (l *leg) cancelInvite(invite *sip.Request, way hop) {
	o, u := l.outgoing, l.u
	req := u.cancelOf(invite)
	appendAll(req, causeHeader(l.cause, l.by))
	o.cancels = true
	l.after(timerCancel, u.clock.giveUp)
	u.group.Go(func() {
		defer l.box.put(cancelDone{})
		for wait := u.clock.t1; ; wait *= 2 { // its connection may be gone, another one will do
			err := l.cancelOnce(req.Clone(), way, 0)
			if err == nil || u.net.streams(way) == nil || wait > u.clock.register || phone.ReasonOf(sendError(err)).ID == phone.ReasonNoReply {
				return
			}
			select {
			case <-time.After(wait):
			case <-l.ctx.Done():
				return
			}
		}
	})
}

// undo takes back an INVITE that has gone out and waits for the word on it, for a moment. It runs on the INVITE's goroutine.
func (l *leg) undo(r result) {
	if err := l.cancelOnce(l.u.cancelOf(r.req), r.hop, 2*l.u.clock.t1); err != nil {
		l.u.log.Info("a call that may ring is not taken back", "leg", l.id, "err", err)
	}
}

// cancelOnce sends a CANCEL and waits for its answer; patience is that of sending.
func (l *leg) cancelOnce(req *sip.Request, way hop, patience time.Duration) error {
	u := l.u
	if streams := u.net.streams(way); streams != nil {
		c, err := streams.connect(l.ctx, way, u.clock.connect)
		if err != nil {
			return err
		}
		if way.network == "TLS" {
			req.Laddr = c.laddr()
		}
	}
	tx, err := u.net.begin(l.ctx, req, nil)
	if err != nil {
		return err
	}
	_, err = u.await(l.ctx, tx, way, sending{patience: patience}, true)
	return err
}
