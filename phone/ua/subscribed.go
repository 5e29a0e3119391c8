package ua

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// answered deals with the end of a SUBSCRIBE (RFC 6665 4.1.2.1, 4.1.2.2).
func (s *subscription) answered(m exchanged) bool {
	if s.leaving {
		switch {
		case m.held && s.dialog != nil:
			s.subscribe(0)
			return false
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
	s.expiry.after(s.box, lifetime+10*s.u.clock.t1)
	refresh := refreshAfter(lifetime)
	if !s.notified && !s.nudged { // RFC 6665 4.1.2.4, timer N: every SUBSCRIBE is followed by a NOTIFY. It may be lost
		s.nudged = true
		refresh = min(refresh, s.u.clock.giveUp)
	}
	s.clock.after(s.box, max(refresh, s.u.clock.t1))
}

// refreshAfter is when to refresh: hundreds that were made together apart from each other, and early enough to go at the
// account's pace.
func refreshAfter(lifetime time.Duration) time.Duration {
	from, to := lifetime*4/10, lifetime*7/10
	if lifetime > 2*time.Minute {
		from, to = lifetime*6/10, lifetime*9/10
	}
	return from + rand.N(to-from+1)
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
		source := u.net.cameBy(in.req)
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
