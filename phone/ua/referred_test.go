package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// talked is a call of the peer's to the user agent that has been answered.
func talked(t *testing.T, u *UA, r *recorder, p *peer) (*call, LegID) {
	t.Helper()
	c := p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	c.learn(p.response(sip.INVITE, 200))
	c.send("ACK", "")
	next[Confirmed](t, r, nil)
	return c, in.Leg
}

// told answers the next NOTIFY and gives its status line and Subscription-State.
func (p *peer) told(code int) (line, state string) {
	p.t.Helper()
	n := p.request(sip.NOTIFY)
	p.respond(n, code)
	return strings.TrimSpace(string(n.Body())), headerValue(n, "Subscription-State")
}

func TestReferIn(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c, leg := talked(t, u, r, p)
	c.send("REFER", "", `Refer-To: "Eva" <sip:2104@pbx.test;method=INVITE?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=evil>`, "Referred-By: <sip:2101@pbx.test>")
	v := next[ReferAsked](t, r, nil)
	if v.Leg != leg || v.Target != "sip:2104@pbx.test" || v.Party.Name != "Eva" || v.Party.Number != "2104" || v.By.Number != "2101" ||
		v.Replaces == nil || *v.Replaces != (Replaces{CallID: "a@b", ToTag: "1", FromTag: "2"}) || v.ReplacesLeg != "" {
		t.Errorf("%+v", v)
	}
	c.send("REFER", "", "Refer-To: <sip:x@y>") // one at a time
	p.response(sip.REFER, 491)
	u.Do(AnswerRefer{Leg: leg, ID: v.ID, Code: 202})
	if res := p.response(sip.REFER, 202); headerValue(res, "Contact") == "" {
		t.Errorf("%s", res)
	}
	u.Do(TellRefer{Leg: leg, ID: v.ID, Code: 180})
	u.Do(TellRefer{Leg: leg, ID: v.ID, Code: 486, Text: "Upptaget"})
	u.Do(TellRefer{Leg: leg, ID: v.ID, Code: 200}) // after the end: nothing
	n := p.request(sip.NOTIFY)
	if headerValue(n, "Event") != "refer;id="+strings.TrimPrefix(v.ID, "refer-") || headerValue(n, "Content-Type") != "message/sipfrag;version=2.0" ||
		string(n.Body()) != "SIP/2.0 100 Trying\r\n" || !strings.HasPrefix(headerValue(n, "Subscription-State"), "active") {
		t.Errorf("%s", n)
	}
	p.respond(n, 200)
	if line, state := p.told(200); line != "SIP/2.0 180 Ringing" || !strings.HasPrefix(state, "active") {
		t.Errorf("%s, %s", line, state)
	}
	if line, state := p.told(200); line != "SIP/2.0 486 Upptaget" || state != "terminated;reason=noresource" {
		t.Errorf("%s, %s", line, state)
	}
	// The next one: refused.
	c.send("REFER", "", "Refer-To: sip:2105@pbx.test")
	v = next[ReferAsked](t, r, nil)
	if v.By.Name != `Anna "A"` { // nobody says who asks: the peer
		t.Errorf("%+v", v)
	}
	u.Do(AnswerRefer{Leg: leg, ID: v.ID, Code: 603})
	p.response(sip.REFER, 603)
	// And one that nobody wants to hear of (RFC 4488).
	c.send("REFER", "", "Refer-To: tel:+4685551000", "Require: norefersub", "Refer-Sub: false")
	v = next[ReferAsked](t, r, nil)
	if v.Target != "tel:+4685551000" || v.Party.Number != "+4685551000" {
		t.Errorf("%+v", v)
	}
	u.Do(AnswerRefer{Leg: leg, ID: v.ID, Code: 202})
	if res := p.response(sip.REFER, 202); headerValue(res, "Refer-Sub") != "false" {
		t.Errorf("%s", res)
	}
	u.Do(TellRefer{Leg: leg, ID: v.ID, Code: 200})
	p.quiet(5*t1, sip.NOTIFY)
}

// Our user thinks it over for longer than a transaction lives: it is taken up as pending first.
func TestReferPending(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c, leg := talked(t, u, r, p)
	c.send("REFER", "", "Refer-To: <sip:2104@pbx.test>")
	v := next[ReferAsked](t, r, nil)
	p.response(sip.REFER, 202)
	if line, state := p.told(200); line != "SIP/2.0 100 Trying" || !strings.HasPrefix(state, "pending") {
		t.Errorf("%s, %s", line, state)
	}
	u.Do(AnswerRefer{Leg: leg, ID: v.ID, Code: 603})
	if line, state := p.told(200); line != "SIP/2.0 603 Decline" || state != "terminated;reason=rejected" {
		t.Errorf("%s, %s", line, state)
	}
}

// The peer does not want any more: by SUBSCRIBE, or by saying that it knows of no subscription.
func TestReferStopped(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c, leg := talked(t, u, r, p)
	ask := func() ReferAsked {
		c.send("REFER", "", "Refer-To: <sip:2104@pbx.test>")
		v := next[ReferAsked](t, r, nil)
		u.Do(AnswerRefer{Leg: leg, ID: v.ID, Code: 202})
		p.response(sip.REFER, 202)
		return v
	}
	v := ask()
	p.told(200)
	c.send("SUBSCRIBE", "", "Event: presence", "Expires: 0")
	p.response(sip.SUBSCRIBE, 489)
	c.send("SUBSCRIBE", "", "Event: refer;id=1", "Expires: 0")
	p.response(sip.SUBSCRIBE, 481)
	c.send("SUBSCRIBE", "", "Event: refer;id="+strings.TrimPrefix(v.ID, "refer-"), "Expires: 60")
	p.response(sip.SUBSCRIBE, 200)
	if line, state := p.told(200); line != "SIP/2.0 100 Trying" || !strings.HasPrefix(state, "active") {
		t.Errorf("%s, %s", line, state)
	}
	c.send("SUBSCRIBE", "", "Event: refer", "Expires: 0")
	p.response(sip.SUBSCRIBE, 200)
	if got := next[ReferStopped](t, r, nil); got.ID != v.ID {
		t.Errorf("%+v, want %s", got, v.ID)
	}
	if _, state := p.told(200); state != "terminated;reason=timeout" {
		t.Error(state)
	}
	v = ask()
	p.told(481)
	if got := next[ReferStopped](t, r, nil); got.ID != v.ID {
		t.Errorf("%+v, want %s", got, v.ID)
	}
	// After the BYE a 481 only means that the peer is gone.
	v = ask()
	n := p.request(sip.NOTIFY)
	c.send("BYE", "")
	p.response(sip.BYE, 200)
	next[Ended](t, r, nil)
	p.respond(n, 481)
	p.quiet(5*t1, sip.NOTIFY)
	for _, s := range all[ReferStopped](r) {
		if s.ID == v.ID {
			t.Error("stopped by a phone that has only hung up")
		}
	}
}

// Refer-To as strangers like to write it (quality.md, hostile input 3, 19 and 22).
func TestReferToHostile(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c, _ := talked(t, u, r, p)
	for value, code := range map[string]int{
		"Refer-To: <>": 400, "Refer-To: </>": 400, "Refer-To: <x:>": 400, "X: no Refer-To": 400, "Refer-To: ": 400, "Refer-To: hello": 400,
		"Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>": 400, "Refer-To: <sip:a@b>, <sip:c@d>": 400,
		"Refer-To: <sip:a@b\r\nr: <sip:c@d>":                                  400,
		"Refer-To: <http://a/b>":                                              416,
		"Refer-To: <mailto:a@b>":                                              416,
		"Refer-To: <sip:a@b;method=BYE>":                                      501,
		"Refer-To: <sip:a@b?Replaces=x>":                                      400,
		"Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1>":                         400,
		"Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%3Bto-tag%3D2>":            400,
		"Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2%0D%0AX:y>": 400,
		"Refer-To: <sip:a@b?X=%0d%0aEvil:%20yes>":                             400,
		"Refer-To: <sip:a%0D%0A@b>":                                           400,
		"Refer-To: <sip:a%00@b>":                                              400,
		"Refer-To: <sip:@>":                                                   400,
		"Refer-To: <sip:>":                                                    400,
		`Refer-To: "a <sip:a@b>`:                                              400,
		"Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=y%3Bto-tag%3D1%3Bfrom-tag%3D2>": 400,
		"Refer-To: <sip:a@b?" + strings.Repeat("x=y&", 600) + ">":                                           400,
	} {
		c.send("REFER", "", value)
		if res := p.response(sip.REFER, 0); res.StatusCode != code {
			t.Errorf("%.80s: %d, want %d", value, res.StatusCode, code)
		}
	}
	if v := all[ReferAsked](r); len(v) != 0 {
		t.Errorf("%+v", v)
	}
	alive(t, u, p)
	// In the dialog, but not from its peer.
	bad := *c
	bad.from = strings.Replace(c.from, p.tag, "forged", 1)
	bad.send("REFER", "", "Refer-To: <sip:a@b>")
	p.response(sip.REFER, 481)
	bad.send("NOTIFY", "SIP/2.0 200 OK", "Event: refer", "Subscription-State: active", "Content-Type: message/sipfrag")
	p.response(sip.NOTIFY, 481)
}

// A REFER outside a call is never taken up: 403 for strangers, 405 for the account's own proxy.
func TestReferOutsideCalls(t *testing.T) {
	p, stranger := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", p.port())))
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	for _, c := range []struct {
		p    *peer
		code int
	}{{p, 405}, {stranger, 403}} {
		out := &call{p: c.p, target: u.uri("alice"), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
			from: fmt.Sprintf("<%s>;tag=x", c.p.uri("anna")), to: "<" + u.uri("alice") + ">"}
		out.send("REFER", "", "Refer-To: <sip:evil@x>")
		c.p.response(sip.REFER, c.code)
	}
	if v := all[ReferAsked](r); len(v) != 0 {
		t.Errorf("%+v", v)
	}
}
