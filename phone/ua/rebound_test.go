package ua

import (
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// Another address of ours in every state of a call, as its leg hears of it: the peer gets an offer from there, one that was
// on its way is given up without a word, and a call that is not answered is placed anew.
func TestAnotherAddress(t *testing.T) {
	u, r := newUA(t, Config{})
	p := newPeer(t)
	u.Do(testAccount("a", "alice", p.addr().String()))
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationRegistered))
	moved := func() {
		t.Helper()
		u.mu.Lock()
		acct := u.accounts["a"]
		u.mu.Unlock()
		u.tellLegs(acct, rebound{moved: true})
		next(t, r, func(v OfferNeeded) bool { return v.Moved })
	}
	end := func(leg LegID) {
		t.Helper()
		u.Do(Hangup{Leg: leg})
		p.respond(p.request(sip.BYE), 200)
		next[Ended](t, r, nil)
	}

	u.Do(Invite{Leg: "1", Account: "a", Target: "bob", SDP: []byte(sdpA)})
	first := p.request(sip.INVITE)
	p.respond(first, 180, "tag:first")
	next(t, r, func(v Progress) bool { return v.Code == 180 })
	moved()
	u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
	if c := p.request(sip.CANCEL); c.Via().Params.GetOr("branch", "") != first.Via().Params.GetOr("branch", "") {
		t.Error("the CANCEL is not the first INVITE's")
	}
	second := p.request(sip.INVITE)
	if string(second.Body()) != sdpC || second.CallID().Value() == first.CallID().Value() {
		t.Errorf("placed anew with %q as %s", second.Body(), second.CallID())
	}
	p.respond(first, 487, "tag:first")
	p.respond(second, 200, sdpB)
	p.request(sip.ACK)
	next[Answered](t, r, nil)

	moved()
	u.Do(Offer{Leg: "1", SDP: []byte(sdpA)})
	p.request(sip.INVITE) // its answer goes to where we were
	moved()
	u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
	again := p.requestWhere("another re-INVITE", func(r *sip.Request) bool { return r.Method == sip.INVITE && string(r.Body()) == sdpC })
	p.respond(again, 200, sdpB)
	p.request(sip.ACK)
	next[OfferAnswered](t, r, nil)
	if failed := all[OfferFailed](r); len(failed) > 0 {
		t.Errorf("told %+v", failed)
	}
	end("1")

	c := p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	u.Do(Ring{Leg: in.Leg})
	p.response(sip.INVITE, 180)
	moved()
	p.response(sip.INVITE, 180) // with the Contact that holds now
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpC)})
	res := p.response(sip.INVITE, 200)
	if string(res.Body()) != sdpC {
		t.Errorf("answered with %q", res.Body())
	}
	c.learn(res)
	c.send("ACK", "")
	next[Confirmed](t, r, nil)
	end(in.Leg)
}
