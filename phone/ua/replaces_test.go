package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// replacing is a Replaces header for the peer's call, as the user agent's side has it.
func (c *call) replacing() string {
	from, to := strings.Split(c.from, ";tag=")[1], strings.Split(c.to, ";tag=")[1]
	return fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s", c.callID, to, from)
}

// final is the final response to the call's newest request; those to others, which come again without their ACK, are
// passed over.
func (c *call) final() *sip.Response {
	c.p.t.Helper()
	for {
		res := c.p.response(sip.INVITE, 0)
		if res.CallID().Value() == c.callID && int(res.CSeq().SeqNo) == c.cseq {
			return res
		}
	}
}

func TestReplacesIn(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c, leg := talked(t, u, r, p)
	r3891 := c.replacing()
	try := func(code int, headers ...string) *call {
		t.Helper()
		n := p.invite(u, "alice", sdpA, headers...)
		if res := n.final(); res.StatusCode != code {
			t.Errorf("%v: %d, want %d", headers, res.StatusCode, code)
		}
		return n
	}
	try(400, r3891, r3891)
	try(400, r3891, "Join: x;to-tag=1;from-tag=2")
	try(400, "Replaces: ")
	try(400, "Replaces: ;to-tag=1;from-tag=2")
	try(400, "Replaces: x;to-tag=1")
	try(400, "Replaces: x;to-tag=1;from-tag=")
	try(400, "Replaces: x;to-tag=1;from-tag=2;from-tag=3")
	try(400, "Replaces: a b;to-tag=1;from-tag=2")
	try(400, "Replaces: a,b;to-tag=1;from-tag=2")
	try(400, "Replaces: "+strings.Repeat("x", 3000)+";to-tag=1;from-tag=2")
	try(481, "Replaces: "+c.callID+";to-tag=0;from-tag=0")
	try(481, "Replaces: x;to-tag=1;from-tag=2")
	try(481, r3891+"x")
	try(486, r3891+";early-only")
	if v := all[Incoming](r); len(v) != 1 {
		t.Errorf("%d calls told", len(v))
	}
	n := p.invite(u, "alice", sdpA, r3891, "Require: replaces", "Referred-By: <sip:2101@x>")
	in := next[Incoming](t, r, nil)
	if in.Replaces != leg {
		t.Errorf("%+v, want %s", in, leg)
	}
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	u.Do(Hangup{Leg: leg})
	n.learn(n.final())
	p.respond(p.request(sip.BYE), 200)
	next[Ended](t, r, nil)
	n.send("ACK", "")
	next[Confirmed](t, r, nil)
	try(603, r3891) // it is over
	n.send("INVITE", sdpA, r3891)
	if res := n.final(); res.StatusCode != 400 { // not within a dialog
		t.Errorf("%s", res)
	}
}

// An early dialog may be replaced only by those who were called (RFC 3891 3).
func TestReplacesEarly(t *testing.T) {
	p, q := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c := p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	u.Do(Ring{Leg: in.Leg})
	c.learn(p.response(sip.INVITE, 180))
	q.invite(u, "alice", sdpA, c.replacing())
	q.response(sip.INVITE, 481)

	u.Do(Invite{Leg: "out", Target: p.uri("bob"), SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	p.respond(inv, 180, "tag:early")
	next[Progress](t, r, nil)
	d, ok := u.Dialog("out")
	if !ok || d.CallID != inv.CallID().Value() || d.FromTag != "early" {
		t.Fatalf("%+v", d)
	}
	q.invite(u, "alice", sdpA, "Replaces: "+d.String()+";early-only")
	if v := next[Incoming](t, r, nil); v.Replaces != "out" {
		t.Errorf("%+v", v)
	}
}

// The check for ghost calls comes before the Replaces, and a stranger gets at strangers' calls only.
func TestReplacesOfStrangers(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", p.port())))
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	c, leg := talked(t, u, r, p)
	refused := func(replaces string) { // each by another: what is repeated for one is no answer to the next
		t.Helper()
		stranger := newPeer(t)
		stranger.invite(u, "alice", sdpA, replaces)
		stranger.response(sip.INVITE, 403)
	}
	refused(c.replacing())
	refused("Replaces: x")
	u.Do(SetAllowDirect{On: true})
	refused(c.replacing())
	p.invite(u, "alice", sdpA, c.replacing())
	if v := next[Incoming](t, r, nil); v.Replaces != leg || !v.Own {
		t.Errorf("%+v", v)
	}
}

func TestReplacesOut(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(Invite{Leg: "1", Target: p.uri("bob"), SDP: []byte(sdpA), Replaces: &Replaces{CallID: "a@b", ToTag: "1", FromTag: "2", EarlyOnly: true}, ReferredBy: "sip:2101@x"})
	inv := p.request(sip.INVITE)
	if headerValue(inv, "Replaces") != "a@b;to-tag=1;from-tag=2;early-only" || headerValue(inv, "Require") != "replaces" || headerValue(inv, "Referred-By") != "<sip:2101@x>" {
		t.Errorf("%s", inv)
	}
	p.respond(inv, 481)
	next[Ended](t, r, nil)
	u.Do(Invite{Leg: "2", Target: p.uri("bob"), SDP: []byte(sdpA), Replaces: &Replaces{CallID: "a\r\nX: y", ToTag: "1", FromTag: "2"}, ReferredBy: "x>\r\nEvil: 1"})
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonBadTarget {
		t.Errorf("%+v", e)
	}
}

// Causes go out as Q.850 with CANCEL, BYE and the refusal of a call (RFC 3326).
func TestHangupCause(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	talk(t, u, r, p, "1")
	u.Do(Hangup{Leg: "1", Cause: 17})
	bye := p.request(sip.BYE)
	if got := headerValue(bye, "Reason"); got != "Q.850;cause=17" {
		t.Errorf("BYE: %q", got)
	}
	p.respond(bye, 200)
	u.Do(Invite{Leg: "2", Target: p.uri("bob"), SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	p.respond(inv, 180)
	next[Progress](t, r, nil)
	u.Do(Hangup{Leg: "2", Cause: 26})
	cancel := p.request(sip.CANCEL)
	if got := headerValue(cancel, "Reason"); got != "Q.850;cause=26" {
		t.Errorf("CANCEL: %q", got)
	}
	p.respond(cancel, 200)
	p.respond(inv, 487)
	p.invite(u, "alice", sdpA)
	u.Do(Hangup{Leg: next[Incoming](t, r, nil).Leg, Cause: 21})
	if res := p.response(sip.INVITE, 603); headerValue(res, "Reason") != "Q.850;cause=21" {
		t.Errorf("%s", res)
	}
}
