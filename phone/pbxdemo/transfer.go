package pbxdemo

import (
	"strings"

	"svara/phone"
	"svara/phone/ua"
)

// transfer is what a phone asks for with REFER (RFC 3515, RFC 5589): whom it talks with is to be connected with somebody
// else. The phone's leg stays until that is known. The loop owns it.
type transfer struct {
	p    *PBX
	id   string
	by   *end // the phone that asks; nil when it has left
	end  *end // who is moved
	try  *try // the call to the target; nil when there is none any more
	over bool
}

// referred deals with a REFER.
func (p *PBX) referred(e *end, v ua.ReferAsked) {
	refuse := func(code int) { p.ua.Do(ua.AnswerRefer{Leg: e.leg, ID: v.ID, Code: code}) }
	moved := e.conv.across(e)
	target := numberOf(v)
	p.log.Info("transfer", "leg", e.leg, "by", e.user, "target", target, "replaces", v.ReplacesLeg)
	switch {
	case e.asked != nil:
		refuse(491)
		return
	case moved == nil || moved.moving != nil: // nobody, or more than one: a conversation of three cannot be handed over
		refuse(403)
		return
	}
	with := p.legs[v.ReplacesLeg]
	if v.Replaces != nil && (with == nil || with == e || with.user != e.user) {
		refuse(481)
		return
	}
	x := &transfer{p: p, id: v.ID, by: e, end: moved}
	e.asked, moved.moving = x, x
	p.ua.Do(ua.AnswerRefer{Leg: e.leg, ID: v.ID, Code: 202})
	if with != nil {
		x.connect(with)
		return
	}
	if isPark(target) {
		if slot, code := p.park(moved, target, e.user); code != 0 {
			x.failed(code, "")
		} else {
			x.done("Parked in " + slot)
		}
		return
	}
	t := &try{p: p, caller: moved, number: target, by: e.user, except: e.device}
	x.follow(t)
	t.start()
}

// numberOf is the number a REFER means.
func numberOf(v ua.ReferAsked) string {
	if v.Party.Number != "" {
		return v.Party.Number
	}
	user, _, _ := strings.Cut(strings.TrimPrefix(v.Target, "sip:"), "@")
	return user
}

// follow makes a try this transfer's.
func (x *transfer) follow(t *try) {
	x.try = t
	t.rang = func(*end) { x.tell(180, "") }
	t.taken = func(_ *phone.Party, into *conv) {
		x.try = nil
		into.add(x.end)
		x.done("")
	}
	t.failed = func(code int, phrase string) {
		x.try = nil
		x.failed(code, phrase)
	}
}

// connect brings the far ends of the phone's two calls together (RFC 5589 7). When its second call still rings, the
// first caller takes its place there.
func (x *transfer) connect(with *end) {
	if c := with.conv; c != nil && c.queued != nil {
		c.queued.give(x.end)
		c.add(x.end)
		x.done("")
		with.linger()
		with.hangup()
		return
	}
	if t := with.try; t != nil && t.caller == with {
		with.try, t.caller = nil, x.end
		x.end.try = t
		x.follow(t)
		if t.heard {
			x.tell(180, "")
		}
		with.p.ua.Do(ua.Reject{Leg: with.leg, Code: 487})
		return
	}
	far := with.conv.across(with)
	into := with.conv
	switch {
	case far != nil && far != x.end:
		into = x.p.newConv()
		into.add(far)
	case into == nil || !into.room:
		x.failed(481, "")
		return
	}
	into.add(x.end)
	x.done("")
	with.linger()
	with.hangup()
}

// done tells that it has been answered, and lets the phone go if it does not go by itself.
func (x *transfer) done(text string) {
	by := x.by
	x.tell(200, text)
	x.finish()
	if by != nil {
		by.hangup()
	}
}

// failed tells why not: the phone still has its call. Without the phone there is nobody to talk to.
func (x *transfer) failed(code int, phrase string) {
	x.tell(code, phrase)
	gone := x.by == nil
	x.finish()
	if gone {
		x.end.hangup()
	}
}

// takeBack undoes it: the target stops ringing, the phone has its call.
func (x *transfer) takeBack() {
	if x.over {
		return
	}
	if t := x.try; t != nil {
		x.try = nil
		t.cancel()
	}
	x.tell(487, "")
	x.finish()
}

// left is the phone's hanging up before the outcome is known: the transfer goes on without it.
func (x *transfer) left() { x.by = nil }

// lost is the other end's hanging up before the outcome is known.
func (x *transfer) lost() {
	x.tell(487, "")
	x.finish()
}

// tell reports progress to the phone.
func (x *transfer) tell(code int, text string) {
	if x.by == nil || x.over {
		return
	}
	if code >= 200 {
		x.by.linger()
	}
	x.p.ua.Do(ua.TellRefer{Leg: x.by.leg, ID: x.id, Code: code, Text: text})
}

func (x *transfer) finish() {
	x.over = true
	if x.by != nil {
		x.by.asked = nil
	}
	x.end.moving = nil
}
