package ua

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
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
}

const (
	// maxSubscribing is how many SUBSCRIBEs are under way at once: a PBX that has come back meets hundreds of lamps.
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
	if !u.group.Go(func() { s.run(u, s.begin, s.handle, s.clock.stop) }) {
		s.cancel()
		close(s.done)
	}
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

// backoff is the pause before the next try, in units that follow T1 (500 ms): 2 s, then twice as long up to 5 minutes.
func (s *subscription) backoff() time.Duration {
	unit := s.u.clock.t1
	d := 600 * unit
	if s.failures < 8 {
		d = 4 * unit << s.failures
	}
	s.failures++
	return jitter(min(d, 600*unit))
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
		if m.gen != s.clock.gen {
			return false
		}
		if s.leaving {
			return true
		}
		s.subscribe(s.expires)
	case accountBound: // what the PBX knew of us may have gone with our registration
		if s.dialog != nil && s.aor() != s.as { // we are somebody else now
			s.dialog, s.notified = nil, false
			s.epoch++
		}
		if !s.leaving && (s.dialog != nil || !s.busy) {
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

// leave ends the subscription (RFC 6665 4.1.2.3). The last NOTIFY is answered and not told.
func (s *subscription) leave() bool {
	s.leaving = true
	s.clock.stop()
	s.u.mu.Lock()
	s.u.forgetSub(s.usage)
	s.u.mu.Unlock()
	if s.busy { // what it makes is undone when it is made
		s.again = true
		return false
	}
	if s.dialog == nil {
		return true
	}
	s.subscribe(0)
	return false
}

// subscribe sends a SUBSCRIBE, in the dialog when there is one; exchanged comes back.
func (s *subscription) subscribe(expires int) {
	if s.busy {
		s.again = true
		return
	}
	s.clock.stop()
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
		s.as = s.aor()
	}
	callID, tag, as, epoch := s.callID, s.tag, s.as, s.epoch
	started := u.group.Go(func() {
		done := exchanged{asked: expires, fresh: d == nil, epoch: epoch}
		defer func() { s.box.put(done) }()
		if !u.turn(s.usage) {
			done.err = phone.Refuse(phone.ReasonShutdown, "")
			return
		}
		defer func() { <-u.turns }()
		out := sending{account: acct, patience: u.clock.register, contact: s.contact}
		req, err := inside, error(nil)
		if d != nil {
			out.hops, err = u.hopsFor(s.ctx, w, acct)
			out.cseq, out.order = d.nextCSeq, &d.order
		} else {
			req, out.hops, err = s.request(callID, tag, as)
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
		s.cancel()
	}
}

// turn waits until one more SUBSCRIBE may go out. It reports false when the subscription ends first.
func (u *UA) turn(s *usage) bool {
	select {
	case u.turns <- struct{}{}:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// renew takes a new Call-ID and tag: the next SUBSCRIBE makes a new dialog.
func (s *subscription) renew() {
	s.u.mu.Lock()
	defer s.u.mu.Unlock()
	delete(s.u.usages, dialogKey{s.callID, s.tag})
	s.callID, s.tag = newCallID(), newTag()
	s.u.usages[dialogKey{s.callID, s.tag}] = s.usage
}

// aor is who subscribes.
func (s *subscription) aor() string {
	if s.acct != nil {
		return s.acct.aor()
	}
	return "sip:svara@anonymous.invalid"
}

// request makes a SUBSCRIBE outside a dialog (RFC 6665 4.1.2.1) and finds its way.
func (s *subscription) request(callID, tag, as string) (*sip.Request, []hop, error) {
	u := s.u
	where, err := u.destine(s.ctx, s.acct, s.a.Target, "")
	if err != nil {
		return nil, nil, err
	}
	if len(where.hops) == 0 {
		return nil, nil, phone.Refuse(phone.ReasonUnknownHost, where.uri.Host)
	}
	from, err := parseURI(as)
	if err != nil {
		return nil, nil, phone.Refuse(phone.ReasonBadAccount, "user")
	}
	name := ""
	if s.acct != nil {
		name = quoteName(s.acct.account().DisplayName)
	}
	to := where.uri
	to.UriParams, to.Headers = nil, nil
	req := u.newRequest(sip.SUBSCRIBE, where.uri, from, name, tag, to, "", "", callID)
	for _, r := range where.routes {
		req.AppendHeader(sip.NewHeader("Route", r))
	}
	return req, where.hops, nil
}

// describe says what is subscribed to.
func (s *subscription) describe(req *sip.Request, expires int) {
	req.AppendHeader(sip.NewHeader("Event", s.a.Event))
	if s.a.Accept != "" {
		req.AppendHeader(sip.NewHeader("Accept", s.a.Accept))
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

// answered deals with the end of a SUBSCRIBE (RFC 6665 4.1.2.1, 4.1.2.2).
func (s *subscription) answered(m exchanged) bool {
	if s.leaving {
		switch {
		case m.err != nil, !m.res.IsSuccess(), m.asked == 0 && (s.left || s.closing):
			return true
		case m.asked == 0:
			s.clock.after(s.box, s.u.clock.giveUp/8) // for the last NOTIFY
			return false
		}
		s.made(m)
		s.subscribe(0)
		return false
	}
	switch {
	case m.epoch != s.epoch: // it has been ended meanwhile
	case m.err == nil && m.res.IsSuccess():
		s.made(m)
	case m.err == nil && !m.fresh && forgotten(m.res):
		s.dialog, s.notified = nil, false
		s.again = true
	case m.err == nil && m.res.StatusCode == 423:
		least, err := strconv.Atoi(headerValue(m.res, "Min-Expires"))
		if err != nil || least <= m.asked || least > 86400 {
			s.lost(phone.Reason{ID: phone.ReasonTooBrief, Code: 423, Text: cleanText(m.res.Reason)}, 0)
			return false
		}
		s.expires, s.again = least, true
	case m.err != nil && m.fresh && s.notified, m.err == nil && m.fresh && s.notified && m.res.StatusCode == 408:
		// A NOTIFY has shown that the SUBSCRIBE arrived; only its answer was lost.
		s.plan(time.Duration(m.asked) * time.Second)
	case m.err != nil:
		s.lost(phone.ReasonOf(m.err), s.backoff())
	case lasting(m.res.StatusCode):
		s.lost(subscribeReason(m.res), 0)
	default:
		s.lost(subscribeReason(m.res), max(retryAfter(m.res), s.backoff()))
	}
	if s.again {
		s.again = false
		s.subscribe(s.expires)
	}
	return false
}

// forgotten reports whether the refusal of a refresh can mean that the other side knows the subscription no more: 481
// (RFC 6665 4.1.2.2), and what Asterisk (500) and others say instead. Then a new one is asked for at once.
func forgotten(res *sip.Response) bool {
	switch res.StatusCode {
	case 401, 403, 407, 423, 489:
		return false
	}
	return retryAfter(res) == 0
}

// lasting reports whether a refusal would come again (RFC 6665 4.1.2.1, 8.3.2).
func lasting(code int) bool {
	switch code {
	case 408, 480, 481, 486, 491, 500, 502, 503, 504, 580, 600:
		return false
	}
	return true
}

// subscribeReason is why a SUBSCRIBE was refused.
func subscribeReason(res *sip.Response) phone.Reason {
	r := phone.Reason{ID: phone.ReasonSIP, Code: res.StatusCode, Text: cleanText(res.Reason)}
	switch c := res.StatusCode; {
	case c == 401 || c == 407:
		r.ID = phone.ReasonWrongPassword
	case c == 403 || c == 603:
		r.ID = phone.ReasonNotPermitted
	case c == 404 || c == 410 || c == 604 || c == 484:
		r.ID = phone.ReasonUnknownNumber
	case c == 405 || c == 406 || c == 415 || c == 420 || c == 489 || c == 501:
		r.ID = phone.ReasonNotTold
	case c >= 500 && c < 600:
		r.ID = phone.ReasonServerError
	}
	return r
}

// made deals with a 2xx.
func (s *subscription) made(m exchanged) {
	if m.fresh && s.dialog == nil {
		d, err := dialogFromResponse(m.req, m.res, m.hop)
		if err != nil && d.remoteTag == "" {
			s.u.log.Info("2xx to SUBSCRIBE without tag and Contact", "subscription", s.id)
		}
		d.reuse = s.u.reuses(d)
		s.dialog = d
	} else if tag, _ := m.res.To().Params.Get("tag"); s.dialog != nil && tag == s.dialog.remoteTag {
		s.dialog.refresh(m.res)
	}
	if m.fresh {
		s.since, s.nudged = time.Now(), false
	}
	granted := m.asked
	if n, err := strconv.Atoi(headerValue(m.res, "Expires")); err == nil && n > 0 {
		granted = n
	}
	s.plan(time.Duration(min(granted, 86400)) * time.Second)
}

// plan sets the next refresh. A subscription that stands for a while has forgotten its failures.
func (s *subscription) plan(lifetime time.Duration) {
	if s.leaving || s.busy {
		return
	}
	if time.Since(s.since) > 60*s.u.clock.t1 {
		s.failures = 0
	}
	s.until = time.Now().Add(lifetime)
	refresh := lifetime / 2
	if lifetime > 2*time.Minute {
		refresh = lifetime * 4 / 5
	}
	if !s.notified && !s.nudged { // RFC 6665 4.1.2.4, timer N: every SUBSCRIBE is followed by a NOTIFY. It may be lost
		s.nudged = true
		refresh = min(refresh, s.u.clock.giveUp)
	}
	s.clock.after(s.box, max(jitter(refresh), s.u.clock.t1))
}

// received deals with a request in the dialog.
func (s *subscription) received(in requestIn) bool {
	u := s.u
	if in.req.Method != sip.NOTIFY {
		u.notAllowed(in.req, in.tx)
		return false
	}
	event, _ := eventOf(in.req)
	tag, _ := in.req.From().Params.Get("tag")
	if s.dialog == nil || s.dialog.remoteTag != tag {
		// Before its 2xx the first NOTIFY makes the dialog; a 2xx whose phone says nothing gives way to one that does. Any
		// other is a fork's (RFC 6665 4.1.4).
		if s.notified || !s.busy && s.dialog == nil {
			u.refuse(in.tx, in.req, 481, "")
			return false
		}
		source := hopOf(in.req)
		d, err := dialogFromRequest(in.req, s.tag, source)
		if err != nil {
			u.refuse(in.tx, in.req, 400, "Contact missing")
			return false
		}
		d.peerCSeqKnown = false
		d.reuse = u.reuses(d)
		if s.dialog != nil {
			d.cseq = s.dialog.cseq
		}
		s.dialog = d
	}
	switch {
	case event != strings.ToLower(s.a.Event):
		u.refuse(in.tx, in.req, 489, "")
		return false
	case !s.dialog.inOrder(in.req):
		// RFC 3261 12.2.2 says 500, but some end the subscription for that. Something may be lost with it: ask for the whole.
		s.accept(in)
		if !s.leaving && !s.busy {
			s.subscribe(s.expires)
		}
		return false
	}
	s.notified = true
	s.dialog.refresh(in.req)
	s.accept(in)
	state := subscriptionState(in.req)
	if s.leaving {
		s.left = s.left || state.over
		return s.left && !s.busy
	}
	if s.since.IsZero() {
		s.since = time.Now()
	}
	if len(in.req.Body()) > 0 || !state.over {
		u.emit(Notified{ID: s.id, ContentType: headerValue(in.req, "Content-Type"), Body: in.req.Body()})
	}
	if state.over {
		s.terminated(state)
	} else if state.expires > 0 && state.expires < time.Until(s.until)-time.Second {
		s.plan(state.expires)
	}
	return false
}

func (s *subscription) accept(in requestIn) {
	if err := s.u.respond(in.tx, in.req, 200, ""); err != nil {
		s.u.log.Debug("response not sent", "method", in.req.Method, "subscription", s.id, "err", err)
	}
}

// terminated deals with the end of the subscription by the other side (RFC 6665 4.1.3).
func (s *subscription) terminated(state subState) {
	s.again = false
	why := phone.Reason{ID: phone.ReasonUnavailable, Text: cleanText(state.reason)}
	switch state.reason {
	case "rejected":
		why.ID = phone.ReasonNotPermitted
		s.lost(why, 0)
	case "noresource", "invariant":
		why.ID = phone.ReasonUnknownNumber
		s.lost(why, 0)
	case "deactivated", "timeout": // at once, but not in a circle
		wait := jitter(s.u.clock.t1)
		if s.failures > 0 {
			wait = s.backoff()
		} else {
			s.failures++
		}
		s.lost(why, wait)
	default: // probation, giveup and what nobody knows
		s.lost(why, max(state.retry, s.backoff()))
	}
}

// hopOf is where a request came from.
func hopOf(req *sip.Request) hop {
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return hop{network: req.Transport()}
	}
	return hop{network: req.Transport(), addr: netip.AddrPortFrom(source.Addr().Unmap(), source.Port())}
}
