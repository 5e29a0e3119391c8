package ua

import (
	"cmp"
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// subscription is a subscription of ours (RFC 6665 4.1): one goroutine, one SUBSCRIBE at a time. The first NOTIFY, or
// the 2xx before it, makes the dialog; others of a forked SUBSCRIBE are refused.
//
//	          ┌────────── refresh, account registered ─────────┐
//	asking ─► held ─(481)─► asking anew                         │
//	   │        └─(no answer, NOTIFY terminated)─► waiting ─────┘        any ─(Unsubscribe)─► leaving ─► end
//	   └─(refused for good)─► end
//
// While the account is not registered nothing is asked. What is asked goes at the account's pace.
type subscription struct {
	*usage
	u *UA
	a Subscribe

	callID, tag string
	used        bool    // they have been in a SUBSCRIBE
	as          string  // who subscribed in it
	cseq        uint32  // of the last SUBSCRIBE outside a dialog; by its goroutine
	epoch       int     // counts what was lost: the end of an older SUBSCRIBE says nothing any more
	dialog      *dialog // nil while there is none
	notified    bool    // the dialog's peer has sent a NOTIFY: its tag counts
	busy        bool    // a SUBSCRIBE is under way
	again       bool    // another one is due when it is done
	expires     int     // seconds to ask for; raised by 423
	until       time.Time
	nudged      bool      // it was asked again because no NOTIFY came
	failures    int       // in a row
	since       time.Time // when it was last made
	leaving     bool
	closing     bool // the user agent closes: the last NOTIFY is not waited for
	left        bool // the last NOTIFY has come
	clock       usageClock
	expiry      usageClock         // when it has not been refreshed in time
	gate        context.CancelFunc // ends the waiting of the SUBSCRIBE that is due; nil when none is
}

const (
	// maxSubscribing is how many SUBSCRIBEs of an account are under way at once: a PBX that has come back meets hundreds of
	// lamps.
	maxSubscribing = 16
	defaultExpires = 600 // seconds asked for
)

// startSubscription begins a subscription. u.mu is held.
func (u *UA) startSubscription(a Subscribe, acct *account) {
	s := &subscription{u: u, a: a, expires: cmp.Or(max(a.Expires, 0), defaultExpires)}
	s.usage = newUsage(a.ID, dialogKey{newCallID(), newTag()}, acct)
	s.callID, s.tag = s.key.callID, s.key.localTag
	u.subs[a.ID] = s.usage
	u.usages[s.key] = s.usage
	if !u.group.Go(func() { s.run(u, s.begin, s.handle, s.end) }) {
		s.cancel()
		close(s.done)
	}
}

func (s *subscription) end() {
	s.clock.stop()
	s.expiry.stop()
}

func (s *subscription) begin() {
	switch {
	case s.a.Account != "" && s.acct == nil:
		s.lost(phone.Reason{ID: phone.ReasonNoAccount, Text: string(s.a.Account)}, 0)
	case !isToken(s.a.Event), s.a.Accept != "" && !isMediaType(s.a.Accept):
		s.lost(phone.Reason{ID: phone.ReasonInternal, Text: "bad event or media type"}, 0)
	default:
		s.subscribe(s.expires)
	}
}

// lost tells that the subscription is not there now; with retry 0 it is over.
func (s *subscription) lost(why phone.Reason, retry time.Duration) {
	s.dialog, s.notified, s.until = nil, false, time.Time{}
	s.epoch++
	s.expiry.stop()
	if s.leaving {
		return
	}
	if retry > 0 {
		s.clock.after(s.box, retry)
	} else {
		s.clock.stop()
		s.leaving = true
		s.u.mu.Lock()
		s.u.forgetSub(s.usage) // the name is free again before its end is told
		s.u.mu.Unlock()
		s.box.put(shutdown{})
	}
	s.u.emit(SubscriptionLost{ID: s.id, Reason: why, Retry: retry})
}

// backoff is the pause before the next try.
func (s *subscription) backoff() time.Duration {
	s.failures++
	return backoff(s.u.clock.t1, s.failures)
}

// handle deals with one item. It reports whether the subscription is finished.
func (s *subscription) handle(item any) bool {
	switch m := item.(type) {
	case exchanged:
		s.busy = false
		if s.dialog != nil && m.fresh { // a NOTIFY made it: numbering goes on
			s.dialog.cseq = max(s.dialog.cseq, s.cseq)
		}
		return s.answered(m)
	case requestIn:
		return s.received(m)
	case usageTimer:
		switch {
		case s.expiry.rang(m):
			s.expired()
		case !s.clock.rang(m):
		case s.leaving:
			return true
		default:
			s.subscribe(s.expires)
		}
	case accountBound: // what the PBX knew of us may have gone with our registration
		moved := s.used && aorOf(s.acct) != s.as // we are somebody else now: what is under way is of no use either
		if moved {
			s.dialog, s.notified = nil, false
			s.epoch++
		}
		if !s.leaving && (s.dialog != nil || moved || !s.busy) {
			s.failures = 0
			s.subscribe(s.expires)
		}
	case accountGone:
		if !s.leaving {
			s.u.emit(SubscriptionLost{ID: s.id, Reason: phone.Reason{ID: phone.ReasonNoAccount, Text: string(s.a.Account)}})
			return s.leave()
		}
	case Unsubscribe:
		if !s.leaving {
			return s.leave()
		}
	case shutdown:
		s.closing = true
		if s.leaving {
			return !s.busy || s.dialog == nil
		}
		s.leave()
		return s.dialog == nil && !s.busy
	}
	return false
}

// expired tells that the other side has not confirmed the subscription in time. The asking goes on: perhaps it was only
// slow.
func (s *subscription) expired() {
	if s.leaving {
		return
	}
	why := phone.Reason{ID: phone.ReasonNoReply}
	if !s.mayAsk() {
		why.ID = phone.ReasonNotRegistered
	}
	s.until = time.Time{}
	s.u.emit(SubscriptionLost{ID: s.id, Reason: why, Retry: s.u.clock.giveUp})
}

// mayAsk reports whether the account is registered. When it is again, accountBound comes.
func (s *subscription) mayAsk() bool { return s.acct == nil || s.acct.registered() }

// leave ends the subscription (RFC 6665 4.1.2.3). The last NOTIFY is answered and not told.
func (s *subscription) leave() bool {
	s.leaving = true
	s.end()
	s.u.mu.Lock()
	s.u.forgetSub(s.usage)
	s.u.mu.Unlock()
	if s.busy { // what it makes is undone when it is made
		s.gate()
		return false
	}
	if s.dialog == nil {
		return true
	}
	s.subscribe(0)
	return false
}

// subscribe sends a SUBSCRIBE, in the dialog when there is one; exchanged comes back. One that ends the subscription does
// not wait for its turn at the account's pace.
func (s *subscription) subscribe(expires int) {
	if s.busy {
		s.again = true
		return
	}
	s.clock.stop()
	if expires > 0 && !s.mayAsk() {
		s.again = false
		return
	}
	s.busy, s.again = true, false
	d, u, acct := s.dialog, s.u, s.acct
	var inside *sip.Request
	var w way
	if d != nil {
		inside, w = d.request(u, sip.SUBSCRIBE), d.way
	} else if s.used {
		s.renew()
	}
	s.used = true
	if d == nil {
		s.as = aorOf(s.acct)
	}
	callID, tag, as, epoch := s.callID, s.tag, s.as, s.epoch
	wanted, gate := context.WithCancel(s.ctx)
	s.gate = gate
	started := u.group.Go(func() {
		done := exchanged{asked: expires, fresh: d == nil, epoch: epoch}
		defer func() { s.box.put(done) }()
		defer gate()
		turns, pace := u.turns, u.pace
		if acct != nil {
			turns, pace = acct.turns, acct.pace
		}
		if expires == 0 {
			pace = nil
		}
		if !turns.take(wanted) {
			done.held, done.err = true, phone.Refuse(phone.ReasonCancelled, "")
			return
		}
		defer turns.give()
		out := sending{account: acct, patience: u.clock.giveUp / 4, contact: s.contact}
		out.ready = func() bool {
			done.held = !pace.wait(wanted)
			return !done.held
		}
		req, err := inside, error(nil)
		if d != nil {
			out.hops, err = u.hopsFor(s.ctx, w, acct)
			out.cseq, out.order = d.nextCSeq, &d.order
		} else {
			req, out.hops, err = u.outside(s.ctx, sip.SUBSCRIBE, acct, s.a.Target, as, callID, tag)
			out.cseq = func() uint32 { s.cseq++; return s.cseq }
		}
		if err != nil {
			done.err = err
			return
		}
		s.describe(req, expires)
		done.result = u.send(s.ctx, req, out)
	})
	if !started {
		gate()
		s.cancel()
	}
}

// turns lets maxSubscribing SUBSCRIBEs be under way at once.
type turns chan struct{}

func newTurns() turns { return make(turns, maxSubscribing) }

// take waits for a turn. It reports false when the context ends first.
func (t turns) take(ctx context.Context) bool {
	select {
	case t <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t turns) give() { <-t }

// renew takes a new Call-ID and tag: the next SUBSCRIBE makes a new dialog.
func (s *subscription) renew() {
	s.u.mu.Lock()
	defer s.u.mu.Unlock()
	delete(s.u.usages, dialogKey{s.callID, s.tag})
	s.callID, s.tag = newCallID(), newTag()
	s.u.usages[dialogKey{s.callID, s.tag}] = s.usage
}

// describe says what is subscribed to.
func (s *subscription) describe(req *sip.Request, expires int) {
	req.AppendHeader(sip.NewHeader("Event", s.a.Event))
	accept := s.a.Accept
	if s.a.List { // RFC 4662 4.1, 4.5
		req.AppendHeader(sip.NewHeader("Supported", eventList))
		if accept != "" {
			accept += ", "
		}
		accept += "multipart/related, application/rlmi+xml"
	}
	if accept != "" {
		req.AppendHeader(sip.NewHeader("Accept", accept))
	}
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(expires)))
	req.AppendHeader(sip.NewHeader("Allow", allowed))
}

// contact is our Contact towards a hop.
func (s *subscription) contact(h hop) string {
	if s.acct != nil {
		return "<" + s.acct.contactURI(h) + ">"
	}
	return "<" + s.u.contactURI("svara", h, netip.AddrPort{}) + ">"
}
