package ua

import (
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// publishing is a publication of ours (RFC 3903 4): one goroutine, one PUBLISH at a time. It has what a subscription has
// (usage): a mailbox, the word that its account is registered again, and the goodbye.
//
//	asking ─► held ─(refresh, change)─► held ...        held ─(412)─► asking anew
//	  ├─(no answer, 5xx)─► waiting ─► asking            any ─(Unpublish)─► leaving ─► end
//	  └─(refused for good)─► refused: until the next Publish or registration
type publishing struct {
	*usage
	u       *UA
	name    PubID           // never changes
	account phone.AccountID // never changes
	event   string          // never changes

	a        Publish // what is to be told
	version  int     // of a; counts what the exchange may not know
	told     bool    // the exchange holds this version
	owed     bool    // PublishDone is awaited, or the last one told of a failure
	etag     string  // of what the exchange holds; empty when it holds nothing of ours
	as       string  // who published it
	binding  int     // of the account, when a PUBLISH was last sent; 0: never
	cseq     uint32  // of the last PUBLISH; by its goroutines, of which there is one at a time
	busy     bool    // a PUBLISH is under way
	again    bool    // another one is due when it is done
	waiting  bool    // for the registration
	expires  int     // seconds to ask for; raised by 423
	failures int     // in a row
	leaving  bool
	clock    usageClock
}

// defaultPublishExpires is the lifetime asked for, in seconds.
const defaultPublishExpires = 3600

// publish begins a publication or changes the one of that name. u.mu is held.
func (u *UA) publish(a Publish) {
	if a.ID == "" {
		u.log.Error("publication without a name")
		return
	}
	old := u.pubs[a.ID]
	if old != nil && old.account == a.Account && old.event == a.Event {
		old.box.put(a)
		return
	}
	if old != nil { // another one of the same name
		old.box.put(Unpublish{a.ID})
	}
	s := &publishing{u: u, name: a.ID, account: a.Account, event: a.Event}
	s.usage = newUsage("", dialogKey{newCallID(), newTag()}, u.accounts[a.Account])
	s.change(a)
	u.pubs[a.ID] = s
	u.usages[s.key] = s.usage
	if !u.group.Go(func() { s.run(u, s.begin, s.handle, s.end) }) {
		s.cancel()
		close(s.done)
	}
}

func (s *publishing) begin() {
	switch {
	case s.acct == nil:
		s.tell(&phone.Reason{ID: phone.ReasonNoAccount, Text: string(s.account)}, 0)
		s.box.put(shutdown{})
	case !isToken(s.event):
		s.tell(&phone.Reason{ID: phone.ReasonInternal, Text: "bad event"}, 0)
		s.box.put(shutdown{})
	default:
		s.publish()
	}
}

func (s *publishing) end() {
	s.clock.stop()
	s.forgetName()
}

// forgetName frees the name.
func (s *publishing) forgetName() {
	s.u.mu.Lock()
	defer s.u.mu.Unlock()
	if s.u.pubs[s.name] == s {
		delete(s.u.pubs, s.name)
	}
}

// change takes what is to be told from now on.
func (s *publishing) change(a Publish) {
	s.a, s.told, s.owed, s.failures = a, false, true, 0
	s.version++
	if s.expires = a.Expires; s.expires <= 0 {
		s.expires = defaultPublishExpires
	}
}

// tell says how the publication stands.
func (s *publishing) tell(why *phone.Reason, retry time.Duration) {
	s.owed = why != nil
	s.u.emit(PublishDone{ID: s.name, Reason: why, Retry: retry})
}

// handle deals with one item. It reports whether the publication is finished.
func (s *publishing) handle(item any) bool {
	switch m := item.(type) {
	case exchanged:
		s.busy = false
		if s.leaving {
			return s.left(m)
		}
		s.answered(m)
	case requestIn: // nobody has a dialog with a publication
		s.u.refuse(m.tx, m.req, 481, "")
	case Publish:
		s.change(m)
		s.publish()
	case accountBound: // what the exchange knew of us may have gone with our registration
		if m.binding == s.binding { // which was seen before we were told of it
			return false
		}
		if aorOf(s.acct) != s.as {
			s.etag = ""
		}
		s.told, s.failures = false, 0
		s.version++
		s.publish()
	case accountGone:
		if !s.leaving {
			s.tell(&phone.Reason{ID: phone.ReasonNoAccount, Text: string(s.account)}, 0)
		}
		return s.leave()
	case Unpublish, shutdown:
		return s.leave()
	case usageTimer:
		if s.clock.rang(m) {
			s.publish()
		}
	}
	return false
}

// publish tells the exchange what is so: all of it, or that it still is (RFC 3903 4.1).
func (s *publishing) publish() {
	switch {
	case s.leaving:
		return
	case s.busy:
		s.again = true
		return
	case s.acct == nil: // the next of a name whose first one has not been refused yet
		s.tell(&phone.Reason{ID: phone.ReasonNoAccount, Text: string(s.account)}, 0)
		return
	}
	s.clock.stop()
	s.again = false
	if !isMediaType(s.a.ContentType) || len(s.a.Body) == 0 {
		s.tell(&phone.Reason{ID: phone.ReasonInternal, Text: "bad media type or no body"}, 0)
		return
	}
	if !s.acct.registered() { // accountBound comes when it is
		if s.waiting && s.owed {
			s.tell(&phone.Reason{ID: phone.ReasonNotRegistered}, s.u.clock.giveUp)
		} else if !s.waiting {
			s.waiting = true
			s.clock.after(s.box, s.u.clock.giveUp/4)
		}
		return
	}
	s.waiting = false
	s.binding = s.acct.bindings()
	var body []byte
	if s.etag == "" || !s.told {
		body = s.a.Body
	}
	s.send(s.expires, body)
}

// send sends a PUBLISH; exchanged comes back.
func (s *publishing) send(expires int, body []byte) {
	s.busy = true
	if s.etag == "" {
		s.as = aorOf(s.acct)
	}
	u, etag, as, kind, version := s.u, s.etag, s.as, s.a.ContentType, s.version
	patience := u.clock.giveUp / 4
	if expires == 0 {
		patience = u.clock.giveUp / 8
	}
	started := u.group.Go(func() {
		done := exchanged{asked: expires, fresh: etag == "", epoch: version}
		defer func() { s.box.put(done) }()
		req, hops, err := u.outside(s.ctx, sip.PUBLISH, s.acct, as, as, s.key.callID, s.key.localTag)
		if err != nil {
			done.err = err
			return
		}
		req.AppendHeader(sip.NewHeader("Event", s.event))
		req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(expires)))
		if etag != "" {
			req.AppendHeader(sip.NewHeader("SIP-If-Match", etag))
		}
		setBody(req, kind, body)
		done.result = u.send(s.ctx, req, sending{
			hops: hops, account: s.acct, patience: patience,
			cseq: func() uint32 { s.cseq++; return s.cseq },
		})
	})
	if !started {
		s.cancel()
	}
}

// answered deals with the end of a PUBLISH (RFC 3903 4.1).
func (s *publishing) answered(m exchanged) {
	switch {
	case m.err == nil && m.res.IsSuccess():
		s.taken(m)
	case m.err == nil && m.res.StatusCode == 412 && !m.fresh: // it knows ours no more
		s.etag, s.told, s.again = "", false, true
	case m.err == nil && m.res.StatusCode == 423:
		least, err := strconv.Atoi(headerValue(m.res, "Min-Expires"))
		if err != nil || least <= m.asked || least > 86400 {
			s.tell(&phone.Reason{ID: phone.ReasonTooBrief, Code: 423, Text: cleanText(m.res.Reason)}, 0)
			break
		}
		s.expires, s.again = least, true
	case m.err != nil:
		s.later(phone.ReasonOf(m.err), 0)
	case lasting(m.res.StatusCode):
		why := publishReason(m.res)
		s.tell(&why, 0)
	default:
		s.later(publishReason(m.res), retryAfter(m.res))
	}
	if s.again {
		s.publish()
	}
}

// later tries again after a pause, of at least so long as the exchange wants.
func (s *publishing) later(why phone.Reason, least time.Duration) {
	s.failures++
	wait := max(jitter(least+least/8), backoff(s.u.clock.t1, s.failures))
	s.clock.after(s.box, wait)
	s.tell(&why, wait)
}

// taken deals with a 2xx.
func (s *publishing) taken(m exchanged) {
	s.etag = headerValue(m.res, "SIP-ETag")
	if len(s.etag) > 1000 || !isToken(s.etag) {
		s.etag = "" // the next is whole again
	}
	s.failures = 0
	if s.told = m.epoch == s.version; s.told && s.owed {
		s.tell(nil, 0)
	}
	s.again = s.again || !s.told
	granted := m.asked
	if n, err := strconv.Atoi(headerValue(m.res, "Expires")); err == nil && n > 0 {
		granted = n
	}
	lifetime := time.Duration(min(granted, 86400)) * time.Second
	s.clock.after(s.box, max(refreshAfter(lifetime), s.u.clock.t1))
}

// leave takes back what is published (RFC 3903 4.5). It reports whether there is nothing to take back.
func (s *publishing) leave() bool {
	if s.leaving {
		return false
	}
	s.leaving = true
	s.clock.stop()
	s.forgetName()
	if s.busy { // what it makes is taken back when it is made
		return false
	}
	return s.remove()
}

func (s *publishing) remove() bool {
	if s.etag == "" {
		return true
	}
	s.send(0, nil)
	return false
}

// left deals with the end of a PUBLISH when it is over.
func (s *publishing) left(m exchanged) bool {
	if m.asked == 0 || s.ctx.Err() != nil {
		return true
	}
	if m.err == nil && m.res.IsSuccess() {
		s.etag = headerValue(m.res, "SIP-ETag")
	}
	return s.remove()
}

// publishReason is why a PUBLISH was refused.
func publishReason(res *sip.Response) phone.Reason {
	r := subscribeReason(res)
	switch r.ID {
	case phone.ReasonNotTold:
		r.ID = phone.ReasonNotSupported
	case phone.ReasonUnknownNumber:
		r.ID = phone.ReasonNoSuchAccount
	}
	return r
}
