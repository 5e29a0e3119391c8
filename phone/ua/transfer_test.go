package ua

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// The NOTIFY overtakes the 202: it says the same (RFC 3515 2.4.4).
func TestNotifyBeforeAccepted(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	ref := p.request(sip.REFER)
	event := fmt.Sprintf("Event: refer;id=%d", ref.CSeq().SeqNo)
	c.frag(200, "SIP/2.0 180 Ringing", event, "Subscription-State: active")
	next[ReferAccepted](t, r, nil)
	if v := next[ReferNotified](t, r, nil); v.Code != 180 || v.Over {
		t.Errorf("%+v", v)
	}
	p.respond(ref, 202)
	c.frag(200, "SIP/2.0 100 Trying", event, "Subscription-State: terminated;reason=giveup") // no final word
	if v := next[ReferNotified](t, r, nil); v.Code != 0 || !v.Over {
		t.Errorf("%+v", v)
	}
	if n := len(all[ReferAccepted](r)); n != 1 {
		t.Errorf("accepted %d times", n)
	}
}

// eventually waits for something that no value tells.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(patience); !is(); {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("no %s", what)
		}
	}
}

// NOTIFYs that overtake each other, and a BYE that overtakes the last: the newest word counts, and none is refused.
func TestNotifyOutOfOrder(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	p.respond(p.request(sip.REFER), 202)
	next[ReferAccepted](t, r, nil)
	c.cseq = 102
	c.frag(200, "SIP/2.0 183 Session Progress", "Event: refer", "Subscription-State: active")
	c.cseq = 100
	c.frag(200, "SIP/2.0 100 Trying", "Event: refer", "Subscription-State: terminated")
	c.cseq = 109
	c.send("BYE", "")
	p.response(sip.BYE, 200)
	c.cseq = 107
	c.frag(200, "SIP/2.0 200 OK", "Event: refer", "Subscription-State: terminated")
	for _, want := range []ReferNotified{{"1", 183, "Session Progress", false}, {"1", 200, "OK", true}} {
		if got := next[ReferNotified](t, r, nil); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// The call ends while the transfer goes on: the rest is told until it is over (RFC 5057 4.2).
func TestReferAfterBye(t *testing.T) {
	for _, ours := range []bool{true, false} {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		c := talk(t, u, r, p, "1")
		u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
		ref := p.request(sip.REFER)
		p.respond(ref, 202)
		next[ReferAccepted](t, r, nil)
		event := fmt.Sprintf("Event: refer;id=%d", ref.CSeq().SeqNo)
		if ours {
			u.Do(Hangup{Leg: "1"})
			bye := p.request(sip.BYE)
			c.frag(200, "SIP/2.0 180 Ringing", event, "Subscription-State: active") // crosses it
			p.respond(bye, 200)
		} else {
			c.send("BYE", "")
			p.response(sip.BYE, 200)
			c.frag(200, "SIP/2.0 180 Ringing", event, "Subscription-State: active")
		}
		next[Ended](t, r, nil)
		next[ReferNotified](t, r, func(v ReferNotified) bool { return v.Code == 180 })
		c.send("INFO", "")
		p.response(sip.INFO, 481)
		c.frag(200, "SIP/2.0 200 OK", event, "Subscription-State: terminated;reason=noresource")
		next[ReferNotified](t, r, func(v ReferNotified) bool { return v.Code == 200 && v.Over })
		c.frag(481, "SIP/2.0 200 OK", event, "Subscription-State: terminated;reason=noresource") // now everything is over
		eventually(t, "the end of the leg", func() bool {
			u.mu.Lock()
			defer u.mu.Unlock()
			return len(u.legs) == 0
		})
	}
}

// 202 and then nothing: the user agent says no more than that, and closes without waiting.
func TestReferThenSilence(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	p.respond(p.request(sip.REFER), 202)
	next[ReferAccepted](t, r, nil)
	c.send("OPTIONS", "")
	p.response(sip.OPTIONS, 200) // the call goes on
	u.Do(Hangup{Leg: "1"})
	p.respond(p.request(sip.BYE), 200)
	next[Ended](t, r, nil)
	if v := all[ReferNotified](r); len(v) != 0 {
		t.Errorf("%+v", v)
	}
}

// StopRefer ends the subscription in the dialog, also when it comes before the 202.
func TestStopRefer(t *testing.T) {
	for _, early := range []bool{true, false} {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		c := talk(t, u, r, p, "1")
		u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
		ref := p.request(sip.REFER)
		if early {
			u.Do(StopRefer{Leg: "1"})
			p.quiet(2*t1, sip.SUBSCRIBE)
		}
		p.respond(ref, 202)
		next[ReferAccepted](t, r, nil)
		if !early {
			u.Do(StopRefer{Leg: "1"})
		}
		sub := p.request(sip.SUBSCRIBE)
		event := fmt.Sprintf("refer;id=%d", ref.CSeq().SeqNo)
		if headerValue(sub, "Event") != event || headerValue(sub, "Expires") != "0" || sub.To().Params.GetOr("tag", "") == "" || headerValue(sub, "Contact") == "" {
			t.Errorf("%s", sub)
		}
		p.respond(sub, 200, "Expires: 0")
		c.frag(200, "SIP/2.0 487 Request Terminated", "Event: "+event, "Subscription-State: terminated;reason=timeout")
		if v := next[ReferNotified](t, r, nil); v.Code != 487 || !v.Over {
			t.Errorf("%+v", v)
		}
		c.send("OPTIONS", "")
		p.response(sip.OPTIONS, 200) // the call goes on
	}
}

// A NOTIFY that comes before the REFER is out is about nothing, and taking the REFER back waits for it.
func TestNotifyBeforeRefer(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	u.mu.Lock()
	order := &u.legs["1"].dialog.order
	u.mu.Unlock()
	order.Lock()
	letGo := sync.OnceFunc(order.Unlock)
	defer letGo()
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	c.frag(481, "SIP/2.0 100 Trying", "Event: refer", "Subscription-State: active")
	u.Do(StopRefer{Leg: "1"})
	letGo()
	p.respond(p.request(sip.REFER), 202)
	p.respond(p.request(sip.SUBSCRIBE), 200, "Expires: 0")
	u.Do(Hangup{Leg: "1"})
	p.respond(p.request(sip.BYE), 200)
	next[Ended](t, r, nil)
}

// Challenges inside the dialog: the NOTIFYs name the REFER that was taken up.
func TestReferChallenged(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", p.port())))
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	p.respond(inv, 200, "tag:x", sdpB)
	p.request(sip.ACK)
	next[Answered](t, r, nil)
	c := p.dialogOf(inv, "x")
	u.Do(Refer{Leg: "1", Target: "+46 (0)8-555 10 00"})
	first := p.request(sip.REFER)
	p.respond(first, 407, `Proxy-Authenticate: Digest realm="pbx", nonce="n", algorithm=MD5, qop="auth"`)
	ref := p.request(sip.REFER)
	if !strings.Contains(headerValue(ref, "Proxy-Authorization"), `username="alice"`) || ref.CSeq().SeqNo != first.CSeq().SeqNo+1 ||
		headerValue(ref, "Refer-To") != fmt.Sprintf("<sip:+4685551000@127.0.0.1:%d>", p.port()) ||
		headerValue(ref, "Referred-By") != fmt.Sprintf("<sip:alice@127.0.0.1:%d>", p.port()) {
		t.Errorf("%s", ref)
	}
	p.respond(ref, 202)
	next[ReferAccepted](t, r, nil)
	c.frag(200, "SIP/2.0 200 OK", fmt.Sprintf("Event: refer;id=%d", ref.CSeq().SeqNo), "Subscription-State: terminated")
	if v := next[ReferNotified](t, r, nil); v.Code != 200 || !v.Over {
		t.Errorf("%+v", v)
	}
	// NOTIFYs of ours are challenged as well.
	c.send("REFER", "", "Refer-To: <sip:2104@pbx.test>")
	v := next[ReferAsked](t, r, nil)
	u.Do(AnswerRefer{Leg: "1", ID: v.ID, Code: 202})
	u.Do(TellRefer{Leg: "1", ID: v.ID, Code: 200})
	n := p.request(sip.NOTIFY)
	p.respond(n, 401, `WWW-Authenticate: Digest realm="pbx", nonce="m", algorithm=MD5, qop="auth"`)
	n = p.request(sip.NOTIFY)
	if !strings.HasPrefix(string(n.Body()), "SIP/2.0 100") || headerValue(n, "Authorization") == "" {
		t.Errorf("%s", n)
	}
	p.respond(n, 200)
	if line, _ := p.told(200); line != "SIP/2.0 200 OK" {
		t.Error(line)
	}
}

// Hold and transfer at once: the REFER waits for the answer to the re-INVITE. A REFER that comes meanwhile is taken up,
// and so are two that cross.
func TestReferGlare(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	inv := p.request(sip.INVITE)
	c.send("REFER", "", "Refer-To: <sip:2104@pbx.test>")
	v := next[ReferAsked](t, r, nil)
	c.send("INVITE", sdpB)
	p.response(sip.INVITE, 491)
	p.respond(inv, 491)
	inv = p.request(sip.INVITE) // again, and the REFER still waits
	p.quiet(2*t1, sip.REFER)
	p.respond(inv, 200, sdpB)
	next[OfferAnswered](t, r, nil)
	ref := p.request(sip.REFER)
	u.Do(AnswerRefer{Leg: "1", ID: v.ID, Code: 202})
	p.response(sip.REFER, 202)
	p.told(200)
	p.respond(ref, 202)
	next[ReferAccepted](t, r, nil)
	u.Do(Refer{Leg: "1", Target: "sip:2198@pbx.test"}) // a new one: the old one is history
	p.respond(p.request(sip.REFER), 202)
	next[ReferAccepted](t, r, nil)
	c.frag(200, "SIP/2.0 486 Busy Here", fmt.Sprintf("Event: refer;id=%d", ref.CSeq().SeqNo), "Subscription-State: terminated")
	c.frag(200, "SIP/2.0 180 Ringing", "Event: refer", "Subscription-State: active")
	if v := next[ReferNotified](t, r, nil); v.Code != 180 {
		t.Errorf("%+v", v)
	}
}

// A phone and a server: two calls of the phone's are joined by the server, which finds the second leg by the Replaces.
func TestTransferThroughServer(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test"})
	client, said := newUA(t, Config{})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	legs := map[LegID]LegID{} // the server's by ours
	for _, leg := range []LegID{"1", "2"} {
		client.Do(Invite{Leg: leg, Account: "a", Target: "210" + string(leg), SDP: []byte(sdpA)})
		in := next[Incoming](t, heard, nil)
		server.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
		next[Answered](t, said, nil)
		next[Confirmed](t, heard, nil)
		legs[leg] = in.Leg
	}
	client.Do(Refer{Leg: "1", With: "2"})
	ask := next[ReferAsked](t, heard, nil)
	if ask.Leg != legs["1"] || ask.ReplacesLeg != legs["2"] || ask.By.Number != "2100" {
		t.Errorf("%+v, legs %v", ask, legs)
	}
	server.Do(AnswerRefer{Leg: ask.Leg, ID: ask.ID, Code: 202})
	next[ReferAccepted](t, said, nil)
	for _, code := range []int{180, 200} {
		server.Do(TellRefer{Leg: ask.Leg, ID: ask.ID, Code: code})
	}
	server.Do(Hangup{Leg: legs["1"]})
	server.Do(Hangup{Leg: legs["2"]})
	for _, want := range []ReferNotified{{"1", 100, "Trying", false}, {"1", 180, "Ringing", false}, {"1", 200, "OK", true}} {
		if got := next[ReferNotified](t, said, nil); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// A call that rings at a colleague's phone is picked up by the dialog event of the server (RFC 3891, RFC 4235), in
// whichever direction it is described; only somebody who says who he is may.
func TestPickupThroughServer(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test"})
	client, said := newUA(t, Config{})
	client.Do(testAccount("a", "2100", server.domain()))
	next(t, said, registered(phone.RegistrationRegistered))
	colleague := newPeer(t)
	server.Do(Invite{Leg: "out", Target: "2101", To: colleague.uri("2101"), SDP: []byte(sdpA)})
	inv := colleague.request(sip.INVITE)
	colleague.respond(inv, 180)
	next[Progress](t, heard, nil)
	d, ok := server.Dialog("out")
	if !ok {
		t.Fatal("no early dialog")
	}
	for i, named := range []Replaces{d, {CallID: d.CallID, ToTag: d.FromTag, FromTag: d.ToTag}} {
		client.Do(Invite{Leg: LegID(fmt.Sprint(i)), Account: "a", Target: "2101", SDP: []byte(sdpA), Replaces: &named})
		in := next[Incoming](t, heard, nil)
		if in.Replaces != "out" || in.User != "2100" {
			t.Errorf("%+v", in)
		}
		server.Do(Reject{Leg: in.Leg, Code: 486})
		next[Ended](t, said, nil)
	}
	stranger := newPeer(t)
	stranger.invite(server, "2101", sdpA, "Replaces: "+d.String())
	stranger.response(sip.INVITE, 401)
	server.Do(Hangup{Leg: "out"})
	colleague.respond(colleague.request(sip.CANCEL), 200)
	colleague.respond(inv, 487)
}

// The last NOTIFY overtakes the one before it: the late one must not be refused, or Asterisk takes the call for lost.
func TestNotifyAfterTheLast(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	ref := p.request(sip.REFER)
	p.respond(ref, 202)
	next[ReferAccepted](t, r, nil)
	event := fmt.Sprintf("Event: refer;id=%d", ref.CSeq().SeqNo)
	c.cseq = 101
	c.frag(200, "SIP/2.0 404 Not Found", event, "Subscription-State: terminated;reason=noresource")
	next(t, r, func(v ReferNotified) bool { return v == ReferNotified{"1", 404, "Not Found", true} })
	c.cseq = 100
	c.frag(200, "SIP/2.0 100 Trying", event, "Subscription-State: active")
	c.cseq = 102
	c.send("OPTIONS", "")
	p.response(sip.OPTIONS, 200)
	if v := all[ReferNotified](r); len(v) != 1 {
		t.Errorf("%+v", v)
	}
}
