package pbxdemo

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// try is the calling of a number on somebody's behalf: of who dials, of who is transferred or comes back from being
// parked. The dial plan (plan.go) decides what becomes of it. It ends once, with taken or failed, unless it is cancelled.
// The loop owns it.
type try struct {
	p      *PBX
	caller *end
	number string            // what was dialled
	by     string            // who transferred the caller here; empty: nobody
	except string            // the device that is not to ring: the one that asks
	bypass bool              // ring although the called does not want it
	offer  *queued           // it offers a queue's caller to an agent
	path   []phone.Diversion // who has not taken the call, the first first
	since  time.Time

	rang   func(at *end)                     // it rings somewhere; at is who is called
	taken  func(by *phone.Party, into *conv) // answered: the caller is to join the conversation
	failed func(code int, phrase string)     // phrase may be empty

	target   string // whose phones ring, or the simulated party's number
	user     string // the login whose phones ring, or empty
	branches []*end // ringing
	heard    bool   // rang has been called
	code     int    // the best refusal so far
	timer    *time.Timer
	picked   bool // somebody else has picked it up
	over     bool
}

// start goes by the dial plan.
func (t *try) start() {
	t.since = time.Now()
	t.target = t.number
	t.caller.try = t
	t.p.route(t)
}

// ringsAt tells that it rings at a branch.
func (t *try) ringsAt(e *end) {
	if t.over {
		return
	}
	t.heard = true
	t.rang(e)
}

// finish ends the try; true the first time.
func (t *try) finish() bool {
	if t.over {
		return false
	}
	t.over = true
	if t.timer != nil {
		t.timer.Stop()
	}
	if t.caller.try == t {
		t.caller.try = nil
	}
	return true
}

// succeed brings the caller together with who has answered.
func (t *try) succeed(by *end) {
	if !t.finish() {
		return
	}
	by.try = nil
	if by.leg == "" {
		by.become(up)
	}
	t.release(by, by)
	into := t.p.newConv()
	into.add(by)
	t.taken(by.party(), into)
}

// join brings the caller into a conversation that goes on already.
func (t *try) join(by *phone.Party, into *conv) {
	if t.finish() {
		t.taken(by, into)
	}
}

// fail ends the try with a refusal.
func (t *try) fail(code int, phrase string) {
	if t.finish() {
		t.release(nil, nil)
		t.failed(code, phrase)
	}
}

// cancel ends the try without telling anybody but those it rings at.
func (t *try) cancel() {
	if t.finish() {
		t.release(nil, nil)
	}
}

// nonSelected is what a phone is told that stops ringing because another was answered (ITU-T Q.850).
const nonSelected = 26

// release lets go all branches but one, and tells them who has answered, if anybody has.
func (t *try) release(except, by *end) {
	branches := t.branches
	t.branches = nil
	for _, e := range branches {
		switch {
		case e == except:
		case by == nil:
			e.release(0)
		default:
			if !by.hidden {
				e.answeredBy = cmp.Or(by.name, by.number)
			}
			e.release(nonSelected)
		}
	}
}

// lost deals with a branch that is over.
func (t *try) lost(e *end, code int) {
	t.branches = slices.DeleteFunc(t.branches, func(other *end) bool { return other == e })
	if rank(code) > rank(t.code) {
		t.code = code
	}
	if len(t.branches) > 0 || t.over {
		return
	}
	if t.code == 486 && t.p.forwarded(t, t.user, phone.ForwardBusy, becauseBusy) {
		return
	}
	t.fail(cmp.Or(t.code, 480), "")
}

// ringPhones rings all phones of a login.
func (t *try) ringPhones(user string) {
	p := t.p
	t.target, t.user = user, user
	bindings := p.ua.Bindings(user)
	bindings = slices.DeleteFunc(bindings, func(b ua.Binding) bool { return deviceOf(b.Contact) == t.except })
	switch {
	case len(bindings) == 0 && t.caller.user == user:
		t.fail(486, "") // oneself
		return
	case len(bindings) == 0:
		if !p.forwarded(t, user, phone.ForwardNoAnswer, becauseUnavailable) {
			t.fail(480, "")
		}
		return
	case p.single[user] && p.engaged(user, t.caller) && !t.bypass:
		if !p.forwarded(t, user, phone.ForwardBusy, becauseBusy) {
			t.fail(486, "")
		}
		return
	}
	for _, b := range bindings {
		if e, err := p.ringPhone(t, user, b.Contact); err != nil {
			p.log.Warn("phone not called", "user", user, "contact", b.Contact, "err", err)
		} else {
			t.branches = append(t.branches, e)
		}
	}
	if len(t.branches) == 0 {
		t.fail(500, "")
		return
	}
	limit := ringLimit
	if p.lines[user].forwards[phone.ForwardNoAnswer] != "" && t.offer == nil && !t.bypass {
		limit = forwardAfter
	}
	t.timer = p.after(limit, func() {
		if t.user == user && !p.forwarded(t, user, phone.ForwardNoAnswer, becauseNoAnswer) {
			t.fail(480, "")
		}
	})
}

// deviceOf tells a user's phones apart: the address and port of a contact, the same by UDP and TCP.
func deviceOf(contact string) string {
	_, host, _ := strings.Cut(contact, "@")
	host, _, _ = strings.Cut(host, ";")
	return host
}

// ringPhone calls one phone.
func (p *PBX) ringPhone(t *try, user, contact string) (*end, error) {
	local, err := p.localFor(contact)
	if err != nil {
		return nil, err
	}
	e := p.newEnd(user, p.nameOf(user))
	e.user, e.leg, e.device, e.try = user, p.newLeg(), deviceOf(contact), t
	if err := e.open(local); err != nil {
		e.try = nil
		e.gone(0)
		return nil, err
	}
	offer, err := e.stream.Offer(sdp.SendRecv)
	if err != nil {
		e.try = nil
		e.gone(0)
		return nil, err
	}
	p.legs[e.leg] = e
	invite := ua.Invite{Leg: e.leg, Target: user, To: contact, From: t.caller.party(), SDP: offer}
	if t.by != "" {
		invite.ReferredBy = p.identity(t.by, "").URI
	}
	invite.Headers = append(t.caller.asserts(), history(t.path, p.identity(user, "").URI)...)
	if t.offer != nil {
		invite.Headers = append(invite.Headers, t.offer.headers(p)...)
	}
	p.ua.Do(invite)
	return e, nil
}

// localFor is our address towards a contact.
func (p *PBX) localFor(contact string) (netip.Addr, error) {
	if !p.cfg.Bind.IsUnspecified() {
		return p.cfg.Bind, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return p.ua.LocalAddr(ctx, "", contact)
}

// ringSomebody rings at somebody simulated, who answers after a while.
func (t *try) ringSomebody(e *end, ring time.Duration) {
	e.try = t
	t.target = e.number
	t.branches = []*end{e}
	t.ringsAt(e)
	t.timer = t.p.after(ring, func() { t.succeed(e) })
}

// refuseAfter rings at somebody simulated, who does not take the call.
func (t *try) refuseAfter(e *end, ring time.Duration, code int) {
	e.try = t
	t.target = e.number
	t.branches = []*end{e}
	t.ringsAt(e)
	t.timer = t.p.after(ring, func() { t.fail(code, "") })
}

// engaged reports whether a user talks, or is called, with any but the one end.
func (p *PBX) engaged(user string, but *end) bool {
	return slices.ContainsFunc(p.ends, func(e *end) bool { return e.user == user && e != but })
}

// refusal is the code to pass on for a phone that did not take the call.
func refusal(r phone.Reason) int {
	switch {
	case r.Code == 486 || r.Code == 600 || r.Code == 603 || r.Code == 488 || r.Code == 415:
		return r.Code
	case r.ID == phone.ReasonRemoteDeclined:
		return 603
	}
	return 480 // away, silent, gone: all the caller needs to know
}

// rank orders refusals by what the caller learns (RFC 3261 16.7 step 6).
func rank(code int) int {
	switch {
	case code >= 600:
		return 4
	case code == 486:
		return 3
	case code == 480:
		return 1
	case code == 0:
		return 0
	}
	return 2
}
