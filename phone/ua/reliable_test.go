package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// Reliable provisional responses to us: each new one gets a PRACK, in order; one that comes again or before its turn gets
// none and is not told; two descriptions that differ are both told (hostile 9).
func TestReliableProvisionals(t *testing.T) {
	u, r := newUA(t, Config{AllowDirect: true})
	p := newPeer(t)
	u.Do(Invite{Leg: "a", Target: p.uri("bob"), SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	if !tokens(inv, "Supported", "100rel") {
		t.Errorf("Supported: %v", headerValues(inv, "Supported"))
	}
	session := func(code, rseq int, sdp ...string) {
		p.respond(inv, code, append([]string{"Require: 100rel", fmt.Sprintf("RSeq: %d", rseq), "Contact: <" + p.uri("early") + ">"}, sdp...)...)
	}
	session(183, 7001, sdpB)
	prack := p.request(sip.PRACK)
	if v := headerValue(prack, "RAck"); v != fmt.Sprintf("7001 %d INVITE", inv.CSeq().SeqNo) {
		t.Errorf("RAck: %s", v)
	}
	if prack.Recipient.User != "early" || prack.CSeq().SeqNo != inv.CSeq().SeqNo+1 {
		t.Errorf("%s, CSeq %d", prack.StartLine(), prack.CSeq().SeqNo)
	}
	session(183, 7001, sdpB) // our PRACK was lost: it is repeated by itself
	session(180, 7003)       // out of order, as the network or the goroutines that read it may have it
	session(183, 7002, sdpC) // differs
	p.respond(prack, 200)
	if v := headerValue(p.request(sip.PRACK), "RAck"); !strings.HasPrefix(v, "7002 ") {
		t.Errorf("RAck: %s", v)
	}
	session(180, 7003)
	last := p.request(sip.PRACK)
	if v := headerValue(last, "RAck"); !strings.HasPrefix(v, "7003 ") {
		t.Errorf("RAck: %s", v)
	}
	p.respond(inv, 200, sdpC)
	p.request(sip.ACK)
	p.respond(last, 481) // that says nothing about the call
	next[Answered](t, r, nil)
	var told []string
	for _, v := range all[Progress](r) {
		told = append(told, fmt.Sprintf("%d %d", v.Code, len(v.SDP)))
	}
	if want := fmt.Sprintf("[183 %d 183 %d 180 0]", len(sdpB), len(sdpC)); fmt.Sprint(told) != want {
		t.Errorf("told %v, want %s", told, want)
	}
	u.Do(Info{Leg: "a", ContentType: "text/plain", Body: []byte("x")})
	if n := p.request(sip.INFO).CSeq().SeqNo; n != inv.CSeq().SeqNo+4 {
		t.Errorf("the next request is number %d", n)
	}
	u.Do(Hangup{Leg: "a"})
	p.respond(p.request(sip.BYE), 200)
	next[Ended](t, r, nil)
}

// An INVITE without an offer does not invite reliable responses: the answer to their offer would be owed in the PRACK.
func TestNoReliabilityWithoutOffer(t *testing.T) {
	u, r := newUA(t, Config{AllowDirect: true})
	p := newPeer(t)
	u.Do(Invite{Leg: "a", Target: p.uri("bob")})
	inv := p.request(sip.INVITE)
	if tokens(inv, "Supported", "100rel") {
		t.Errorf("Supported: %v", headerValues(inv, "Supported"))
	}
	p.respond(inv, 486)
	next[Ended](t, r, nil)
}

// A caller that requires it gets our ringing reliably: it is repeated until its PRACK comes, wrong ones do not count, and
// with a description the answer waits for it.
func TestRingsReliably(t *testing.T) {
	u, r := newUA(t, Config{AllowDirect: true})
	p := newPeer(t)
	c := p.invite(u, "svara", sdpA, "Require: 100rel")
	in := next[Incoming](t, r, nil)
	u.Do(Ring{Leg: in.Leg, SDP: []byte(sdpB)})
	first := p.response(sip.INVITE, 183)
	if !tokens(first, "Require", "100rel") || headerValue(first, "RSeq") == "" {
		t.Fatalf("not reliable:\n%s", first)
	}
	again := p.response(sip.INVITE, 183)
	if headerValue(again, "RSeq") != headerValue(first, "RSeq") {
		t.Error("repeated with another number")
	}
	c.learn(first)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	invite := c.cseq
	c.send("PRACK", "", fmt.Sprintf("RAck: 1 %d INVITE", invite))
	p.response(sip.PRACK, 481)
	c.send("PRACK", "", fmt.Sprintf("RAck: %s %d INVITE", headerValue(first, "RSeq"), invite))
	p.response(sip.PRACK, 200)
	if res := p.response(sip.INVITE, 200); string(res.Body()) != sdpB {
		t.Errorf("answered with %q", res.Body())
	}
	cseq := c.cseq
	c.cseq = invite
	c.send("ACK", "")
	c.cseq = cseq
	next[Confirmed](t, r, nil)
	c.send("BYE", "")
	p.response(sip.BYE, 200)
	next[Ended](t, r, nil)

	// A second one waits for the PRACK of the first; when that never comes the call is refused.
	c = p.invite(u, "svara", sdpA, "Require: 100rel")
	in = next[Incoming](t, r, nil)
	u.Do(Ring{Leg: in.Leg})
	u.Do(Ring{Leg: in.Leg, SDP: []byte(sdpB)})
	first = p.response(sip.INVITE, 180)
	c.learn(first)
	c.send("PRACK", "", fmt.Sprintf("RAck: %s %d INVITE", headerValue(first, "RSeq"), c.cseq))
	p.response(sip.PRACK, 200)
	p.response(sip.INVITE, 183)
	p.response(sip.INVITE, 504)
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonNoAck {
		t.Errorf("%+v", e)
	}
}
