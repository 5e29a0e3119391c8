package ua

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A 2xx to a re-INVITE may move the remote target, and so may their UPDATE (RFC 3261 12.2, RFC 3311).
func TestTargetRefresh(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	inv := dialPeer(t, u, p)
	p.respond(inv, 200, sdpB, "Contact: <"+p.uri("one")+">")
	p.request(sip.ACK)
	u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
	re := p.request(sip.INVITE)
	if re.Recipient.User != "one" {
		t.Errorf("%s", re.StartLine())
	}
	p.respond(re, 200, sdpB, "Contact: <"+p.uri("two")+">")
	if ack := p.request(sip.ACK); ack.Recipient.User != "two" {
		t.Errorf("%s", ack.StartLine())
	}
	p.respond(re, 200, sdpB, "Contact: <"+p.uri("two")+">")
	p.request(sip.ACK) // again
	next[OfferAnswered](t, r, nil)
	c := p.dialogOf(inv, p.tag)
	c.send("UPDATE", "", "no contact", "Contact: <"+p.uri("three")+">")
	p.response(sip.UPDATE, 200)
	u.Do(Hangup{Leg: "1"})
	bye := p.request(sip.BYE)
	if bye.Recipient.User != "three" {
		t.Errorf("%s", bye.StartLine())
	}
	p.respond(bye, 200)
}

// Both sides offer at once: 491 each, and ours goes out again after the time of RFC 3261 14.1.
func TestGlare(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	inv := dialPeer(t, u, p)
	p.respond(inv, 200, sdpB)
	p.request(sip.ACK)
	next[Answered](t, r, nil)
	u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
	re := p.request(sip.INVITE)
	c := p.dialogOf(inv, p.tag)
	c.send("INVITE", sdpA)
	p.response(sip.INVITE, 491)
	c.send("ACK", "")
	c.send("UPDATE", sdpA)
	p.response(sip.UPDATE, 491)
	start := time.Now()
	p.respond(re, 491)
	p.request(sip.ACK)
	// Meanwhile theirs goes through.
	for c.send("INVITE", sdpA); c.first() == 491; c.send("INVITE", sdpA) {
		c.send("ACK", "") // our 491 was quicker than the word of it inside the phone
	}
	next[Offered](t, r, nil)
	u.Do(AnswerOffer{Leg: "1", SDP: []byte(sdpB)})
	if code := c.first(); code != 200 {
		t.Fatalf("answered with %d", code)
	}
	c.send("ACK", "")
	re = p.request(sip.INVITE)
	if d := time.Since(start); d < 42*t1/10 { // we own the Call-ID: 2.1 to 4 s at T1 = 500 ms
		t.Errorf("again after %v", d)
	}
	if string(re.Body()) != sdpC {
		t.Errorf("%s", re.Body())
	}
	p.respond(re, 200, sdpA)
	p.request(sip.ACK)
	next[OfferAnswered](t, r, nil)
	u.Do(Hangup{Leg: "1"})
	p.respond(p.request(sip.BYE), 200)
	if len(all[OfferFailed](r)) != 0 {
		t.Error("glare is not a failure")
	}
}

// A strict router (no lr) becomes the Request-URI, and the target the last Route (RFC 3261 12.2.1.1).
func TestStrictRoute(t *testing.T) {
	p := newPeer(t)
	u, _ := newUA(t, Config{})
	inv := dialPeer(t, u, p)
	p.respond(inv, 200, sdpB, "Contact: <sip:bob@192.0.2.1>", fmt.Sprintf("Record-Route: <sip:two@127.0.0.1:%d;lr>, <sip:one@127.0.0.1:%d>", p.port(), p.port()))
	ack := p.request(sip.ACK)
	if ack.Recipient.User != "one" {
		t.Errorf("%s", ack.StartLine())
	}
	routes := ack.GetHeaders("Route")
	if len(routes) != 2 || !strings.Contains(routes[0].Value(), "two@") || !strings.Contains(routes[1].Value(), "bob@192.0.2.1") {
		t.Errorf("%v", routes)
	}
	u.Do(Hangup{Leg: "1"})
	bye := p.request(sip.BYE)
	if bye.Recipient.User != "one" {
		t.Errorf("%s", bye.StartLine())
	}
	p.respond(bye, 200)
}
