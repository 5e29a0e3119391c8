package ua

import (
	"context"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// A request within a dialog outlives the connection it went by: it goes out again by another one, so that no hold, transfer
// or hang-up is lost. First as it was: to who still has its transaction it is a repetition (RFC 3261 17.2), and who has dealt
// with it says so by its number. An INVITE that gets no answer so is sent anew, as its answer has gone where we were.

// again goes on with a request whose connection has ended under it. At the last target it waits for a connection, but not
// when we are about to end: whoever is gone then is not waited for.
func (u *UA) again(ctx context.Context, template *sip.Request, h hop, s sending, creds *credentials, last bool, r result) result {
	limit, cancel := context.WithTimeout(ctx, u.clock.giveUp/2)
	defer cancel()
	for wait := u.clock.t1 / 4; u.cutOff(r) && limit.Err() == nil && !(s.stopped != nil && s.stopped()); wait = min(2*wait, u.clock.t2) {
		if !r.sent {
			r = u.attempt(ctx, template, h, s, creds, last)
		} else {
			next, gone := u.repeat(ctx, limit, s, r)
			if gone && next.req.Method == sip.INVITE && unheard(next) && limit.Err() == nil {
				next = u.attempt(ctx, template, r.hop, s, creds, last)
			}
			r = next
		}
		if !u.cutOff(r) || !last || u.ends() {
			break
		}
		select {
		case <-time.After(wait):
		case <-limit.Done():
		}
	}
	return r
}

// unanswered reports whether a request has gone out by a connection that has ended before anybody said a word. Whether it
// has arrived is not known.
func unanswered(r result) bool {
	return r.err != nil && r.sent && !r.heard && r.hop.network != "UDP" && phone.ReasonOf(r.err).ID == phone.ReasonNoNetwork
}

// callAgain goes on with a call whose INVITE is unanswered. Placed anew it would ring twice at who has had it; as it was it
// does not, by another connection either (RFC 3261 17.2.3). Who says nothing to that has had it and says so where we were:
// that call is taken back, which cannot overtake it here (RFC 3261 9.1), and placed anew. So it is with who has merged it
// with the one before (RFC 3261 8.2.2.2).
func (u *UA) callAgain(ctx context.Context, template *sip.Request, h hop, s sending, creds *credentials, last bool, r result) result {
	for range maxResumes {
		if s.stopped != nil && s.stopped() { // it is not wanted any more, and must not begin to ring
			if s.undo != nil {
				s.undo(r)
			}
			return r
		}
		next, gone := u.repeat(ctx, ctx, s, r)
		if !gone {
			break
		}
		if r = next; unanswered(r) {
			continue
		}
		silent := r.err != nil && !r.heard && phone.ReasonOf(r.err).ID == phone.ReasonNoReply
		if !silent && (r.err != nil || r.res.StatusCode != 482) {
			return r
		}
		if s.undo != nil {
			s.undo(r)
		}
		break
	}
	if ctx.Err() != nil || s.stopped != nil && s.stopped() {
		return r
	}
	return u.attempt(ctx, template, h, s, creds, last)
}

// ends reports whether Close has been called.
func (u *UA) ends() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.closing
}

// cutOff reports whether a request has lost its connection, or found none.
func (u *UA) cutOff(r result) bool {
	if r.err == nil || u.net.streams(r.hop) == nil {
		return false
	}
	why := phone.ReasonOf(r.err).ID
	return why == phone.ReasonNoNetwork || why == phone.ReasonRefused
}

// unheard reports whether nobody has said what becomes of a request, other than that it is not new.
func unheard(r result) bool {
	if r.err != nil {
		return phone.ReasonOf(r.err).ID == phone.ReasonNoReply
	}
	return r.res.StatusCode == 500
}

// repeat sends a request as it was by another connection. It reports whether it has gone out.
func (u *UA) repeat(ctx, limit context.Context, s sending, lost result) (result, bool) {
	c, err := u.net.streams(lost.hop).connect(limit, lost.hop, u.clock.connect)
	if err != nil {
		return lost, false
	}
	r := lost
	r.req = lost.req.Clone()
	r.req.SetTransport(lost.hop.network)
	r.req.SetDestination(lost.hop.addr.String())
	if lost.hop.network == "TLS" {
		r.req.Laddr = c.laddr()
	}
	tx, err := u.net.begin(ctx, r.req, func(tx *sip.ClientTx) {
		if s.on2xx != nil {
			tx.OnRetransmission(s.on2xx)
		}
	})
	if err != nil {
		return lost, false
	}
	u.log.Info("a request goes out again by another connection", "method", r.req.Method)
	if r.req.Method != sip.INVITE {
		r.res, r.err = u.await(ctx, tx, r.hop, s, true)
		return r, true
	}
	told := s.on1xx
	s.on1xx = func(res *sip.Response) {
		r.heard = true
		if told != nil {
			told(res)
		}
	}
	s.patience = 2 * u.clock.t1 // who has had it says so at once
	if !s.outlives {
		r.res, r.err = u.await(ctx, tx, r.hop, s, true)
		return r, true
	}
	within, cancel := context.WithTimeout(ctx, 8*u.clock.t1) // and what becomes of it soon: nobody is asked
	defer cancel()
	r.res, r.err = u.await(within, tx, r.hop, s, true)
	if r.err != nil && within.Err() != nil && ctx.Err() == nil {
		r.err = phone.Refuse(phone.ReasonNoReply, r.hop.addr.String())
	}
	return r, true
}
