package ua

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

func TestIncoming(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c := p.invite(u, "alice", sdpA, "Alert-Info: <http://x/ring>;info=internal", `P-Asserted-Identity: "Boss" <sip:1@x>`)
	p.response(sip.INVITE, 100)
	in := next[Incoming](t, r, nil)
	if in.From.Name != `Anna "A"` || in.From.Number != "anna" || in.Target != "alice" || in.Asserted != nil || string(in.SDP) != sdpA ||
		in.Source != p.addr() || in.Local != loopback || len(in.Headers) != 1 || in.Headers[0].Name != "Alert-Info" {
		t.Errorf("%+v", in)
	}
	u.Do(Ring{Leg: in.Leg})
	ringing := p.response(sip.INVITE, 180)
	tag := ringing.To().Params.GetOr("tag", "")
	if tag == "" || headerValue(ringing, "Contact") == "" {
		t.Errorf("%s", ringing)
	}
	u.Do(Ring{Leg: in.Leg, SDP: []byte(sdpB)})
	if early := p.response(sip.INVITE, 183); string(early.Body()) != sdpB {
		t.Errorf("%s", early)
	}
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	ok := p.response(sip.INVITE, 200)
	if ok.To().Params.GetOr("tag", "") != tag || string(ok.Body()) != sdpB || headerValue(ok, "Allow") == "" {
		t.Errorf("%s", ok)
	}
	p.response(sip.INVITE, 200) // again, until the ACK
	p.response(sip.INVITE, 200)
	c.learn(ok)
	c.send("ACK", "")
	next[Confirmed](t, r, nil)

	c.send("OPTIONS", "")
	if res := p.response(sip.OPTIONS, 200); !strings.Contains(headerValue(res, "Accept"), "application/sdp") {
		t.Errorf("%s", res)
	}
	c.send("INFO", "Signal=5\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay")
	p.response(sip.INFO, 200)
	if v := next[InfoReceived](t, r, nil); v.ContentType != "application/dtmf-relay" || !strings.HasPrefix(string(v.Body), "Signal=5") {
		t.Errorf("%+v", v)
	}
	c.send("INFO", "x", "Content-Type: text/plain", "Info-Package: foo")
	p.response(sip.INFO, 469)
	c.send("MESSAGE", "")
	p.response(sip.MESSAGE, 405)
	c.send("SING", "")
	p.response("SING", 501)
	c.cseq = 1
	c.send("INFO", "") // an old number
	p.response(sip.INFO, 500)

	bad := *c
	bad.to = strings.Replace(c.to, tag, "forged", 1)
	bad.send("BYE", "")
	p.response(sip.BYE, 481)
	bad = *c
	bad.from = strings.Replace(c.from, p.tag, "forged", 1)
	bad.send("BYE", "")
	p.response(sip.BYE, 481)
	bad.send("INVITE", sdpA)
	p.response(sip.INVITE, 481)

	c.cseq = 100
	c.send("BYE", "", "Reason: SIP;cause=200")
	p.response(sip.BYE, 200)
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteHangup {
		t.Errorf("%+v", e)
	}
	c.send("INFO", "")
	p.response(sip.INFO, 481)
}

// A call to be refused in each way.
func TestIncomingRefused(t *testing.T) {
	for _, c := range []struct {
		do   func(LegID) Action
		code int
	}{
		{func(l LegID) Action { return Reject{Leg: l, Code: 486} }, 486},
		{func(l LegID) Action { return Reject{Leg: l, Code: 200} }, 603},
		{func(l LegID) Action { return Hangup{Leg: l} }, 603},
		{func(l LegID) Action { return Reject{Leg: l, Code: 488, Reason: "Nope\r\nEvil: 1"} }, 488},
	} {
		p := newPeer(t)
		u, r := newUA(t, Config{AllowDirect: true})
		call := p.invite(u, "alice", sdpA)
		u.Do(c.do(next[Incoming](t, r, nil).Leg))
		res := p.response(sip.INVITE, c.code)
		if res.GetHeader("Evil") != nil {
			t.Errorf("%s", res)
		}
		call.learn(res)
		ack := *call
		ack.p.write(strings.NewReplacer("INVITE sip", "ACK sip").Replace(fmt.Sprintf("INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=%s;rport\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
			call.target, p.port(), call.branch, call.from, call.to, call.callID)), call.dest)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonDeclined || e.Reason.Code != c.code {
			t.Errorf("%+v", e)
		}
	}
}

// The caller takes the call back: because they gave up, or because another phone of ours answered.
func TestIncomingCancelled(t *testing.T) {
	for reason, want := range map[string]phone.ReasonID{
		"X: 1": phone.ReasonMissed, `Reason: SIP;cause=200;text="Call completed elsewhere"`: phone.ReasonElsewhere,
		"Reason: Q.850;cause=26": phone.ReasonElsewhere, "Reason: SIP;cause=487": phone.ReasonMissed,
		`Reason: SIP;cause=200;text="Answered by Mallory"`: phone.ReasonElsewhere, // a stranger's word for it
	} {
		p := newPeer(t)
		u, r := newUA(t, Config{AllowDirect: true})
		c := p.invite(u, "alice", sdpA)
		in := next[Incoming](t, r, nil)
		u.Do(Ring{Leg: in.Leg})
		ringing := p.response(sip.INVITE, 180)
		c.send("CANCEL", "", reason)
		var got []int
		for len(got) < 2 {
			m := <-p.in
			if res, ok := m.(*sip.Response); ok && res.StatusCode >= 200 {
				got = append(got, res.StatusCode)
				if res.StatusCode == 487 && res.To().Params.GetOr("tag", "") != ringing.To().Params.GetOr("tag", "") {
					t.Error("487 with another To tag than the 180")
				}
			}
		}
		if fmt.Sprint(got) != "[200 487]" {
			t.Errorf("CANCEL answered with %v", got)
		}
		if e := next[Ended](t, r, nil); e.Reason.ID != want || e.Reason.Text != "" || !e.ByRemote {
			t.Errorf("%s: %+v", reason, e)
		}
		u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)}) // too late: nothing happens
	}
}

// The ACK never comes: 2xx with backoff for 64*T1, then BYE (RFC 3261 13.3.1.4).
func TestNoAck(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	start := time.Now()
	count := 0
	for done := false; !done; {
		switch m := (<-p.in).(type) {
		case *sip.Response:
			if m.StatusCode == 200 {
				count++
			}
		case *sip.Request:
			if m.Method == sip.BYE {
				p.respond(m, 200)
				done = true
			}
		}
	}
	if d := time.Since(start); d < 60*t1 || d > 90*t1 {
		t.Errorf("BYE after %v = %d T1", d, d/t1)
	}
	if count < 8 || count > 12 { // 0, 1, 3, 7, 15, 23, ... T1
		t.Errorf("%d times 200", count)
	}
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonNoAck {
		t.Errorf("%+v", e)
	}
}

// Hung up before the ACK: the user is told at once, BYE waits for the ACK (RFC 3261 15).
func TestHangupBeforeAck(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c := p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	c.learn(p.response(sip.INVITE, 200))
	u.Do(Hangup{Leg: in.Leg})
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonHangup {
		t.Errorf("%+v", e)
	}
	p.quiet(2*t1, sip.BYE)
	c.send("ACK", "")
	p.respond(p.request(sip.BYE), 200)
}

func TestRetransmittedAndMergedInvite(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c := p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	u.Do(Ring{Leg: in.Leg})
	p.response(sip.INVITE, 180)
	c.cseq = 0
	branch := c.branch
	again := c.send("INVITE", sdpA) // by another way: another branch
	p.response(sip.INVITE, 482)
	p.write(strings.Replace(again, c.branch, branch, 1), c.dest) // the same again
	p.response(sip.INVITE, 180)
	if n := len(all[Incoming](r)); n != 1 {
		t.Errorf("%d incoming legs", n)
	}
	u.Do(Hangup{Leg: in.Leg})
	p.response(sip.INVITE, 603)
}

// An INVITE without an offer: ours goes in the 200, their answer comes in the ACK; the same with a re-INVITE.
func TestLateOfferIn(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c := p.invite(u, "alice", "")
	in := next[Incoming](t, r, nil)
	if in.SDP != nil {
		t.Errorf("%+v", in)
	}
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	c.learn(p.response(sip.INVITE, 200))
	c.send("ACK", sdpA)
	if v := next[Confirmed](t, r, nil); string(v.SDP) != sdpA {
		t.Errorf("%+v", v)
	}
	c.send("INVITE", "")
	if v := next[Offered](t, r, nil); v.SDP != nil {
		t.Errorf("%+v", v)
	}
	u.Do(AnswerOffer{Leg: in.Leg, SDP: []byte(sdpC)})
	if res := p.response(sip.INVITE, 200); string(res.Body()) != sdpC {
		t.Errorf("%s", res)
	}
	c.send("ACK", sdpB)
	if v := next[Confirmed](t, r, nil); string(v.SDP) != sdpB {
		t.Errorf("%+v", v)
	}
	c.send("BYE", "")
	p.response(sip.BYE, 200)
}

// Offers of theirs in every order: re-INVITE that overtakes an ACK, refused, taken back, UPDATE, two at once.
func TestOffersIn(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c := p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	c.to = "<" + u.uri("alice") + ">;tag=none"
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	c.learn(p.response(sip.INVITE, 200))

	early := *c
	early.cseq = 1
	c.cseq = 1
	c.send("INVITE", sdpC) // overtakes the ACK
	early.send("ACK", "")
	next[Confirmed](t, r, nil)
	if v := next[Offered](t, r, nil); string(v.SDP) != sdpC {
		t.Errorf("%+v", v)
	}
	two := *c
	two.send("INVITE", sdpA) // before the first is answered (RFC 3261 14.2)
	if res := p.response(sip.INVITE, 500); headerValue(res, "Retry-After") == "" {
		t.Errorf("%s", res)
	}
	c.cseq = two.cseq
	u.Do(RejectOffer{Leg: in.Leg, Code: 488})
	p.response(sip.INVITE, 488)

	c.send("UPDATE", sdpC)
	next[Offered](t, r, nil)
	u.Do(AnswerOffer{Leg: in.Leg, SDP: []byte(sdpB)})
	if res := p.response(sip.UPDATE, 200); string(res.Body()) != sdpB || headerValue(res, "Contact") == "" {
		t.Errorf("%s", res)
	}
	c.send("INVITE", sdpC)
	next[Offered](t, r, nil)
	c.send("CANCEL", "")
	p.response(sip.CANCEL, 200)
	p.response(sip.INVITE, 487)
	c.send("INVITE", sdpA) // the way is free again
	next[Offered](t, r, nil)
	u.Do(AnswerOffer{Leg: in.Leg, SDP: []byte(sdpB)})
	p.response(sip.INVITE, 200)
	c.send("ACK", "")
	c.send("INVITE", "multipart", "Content-Type: multipart/mixed;boundary=x")
	p.response(sip.INVITE, 415)
	c.send("BYE", "")
	p.response(sip.BYE, 200)
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteHangup {
		t.Errorf("%+v", e)
	}
}

// Descriptions pass through unread, whatever direction they name.
func TestDirectionPairs(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	c := p.invite(u, "alice", sdpA)
	in := next[Incoming](t, r, nil)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	c.learn(p.response(sip.INVITE, 200))
	c.send("ACK", "")
	directions := []string{"sendrecv", "sendonly", "recvonly", "inactive"}
	for _, method := range []string{"INVITE", "UPDATE"} {
		for _, theirs := range directions {
			for _, ours := range directions {
				c.send(method, sdpA+"a="+theirs+"\r\n")
				if v := next[Offered](t, r, nil); string(v.SDP) != sdpA+"a="+theirs+"\r\n" {
					t.Errorf("%+v", v)
				}
				u.Do(AnswerOffer{Leg: in.Leg, SDP: []byte(sdpB + "a=" + ours + "\r\n")})
				if res := p.response(sip.RequestMethod(method), 200); string(res.Body()) != sdpB+"a="+ours+"\r\n" {
					t.Errorf("%s", res)
				}
				if method == "INVITE" {
					c.send("ACK", "")
				}
			}
		}
	}
	c.send("BYE", "")
	p.response(sip.BYE, 200)
}

func TestOutsideDialogs(t *testing.T) {
	p := newPeer(t)
	u, _ := newUA(t, Config{AllowDirect: true})
	for _, c := range []struct {
		method string
		extra  string
		code   int
	}{
		{"OPTIONS", "X: 1", 200}, {"BYE", "X: 1", 481}, {"INFO", "X: 1", 481}, {"UPDATE", "X: 1", 481}, {"PRACK", "X: 1", 481},
		{"CANCEL", "X: 1", 481}, {"REGISTER", "X: 1", 405}, {"SUBSCRIBE", "Event: presence", 489}, {"NOTIFY", "Event: check-sync;reboot=true", 481},
		{"MESSAGE", "X: 1", 403}, {"REFER", "Refer-To: <sip:evil@x>", 403}, {"PUBLISH", "Event: presence", 405}, {"FROBNICATE", "X: 1", 501},
		{"INVITE", "Require: foo, bar", 420}, {"OPTIONS", "Require: foo", 420},
	} {
		call := &call{p: p, target: u.uri("alice"), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
			from: fmt.Sprintf("<%s>;tag=x", p.uri("anna")), to: "<" + u.uri("alice") + ">"}
		if c.method == "CANCEL" {
			call.branch = sip.RFC3261BranchMagicCookie + "none"
		}
		call.cseq = 1
		call.send(c.method, "", c.extra)
		res := p.response(sip.RequestMethod(c.method), c.code)
		if res.To().Params.GetOr("tag", "") == "" {
			t.Errorf("%s: no To tag", c.method)
		}
		if c.code == 405 && headerValue(res, "Allow") == "" || c.code == 420 && headerValue(res, "Unsupported") == "" {
			t.Errorf("%s", res)
		}
	}
}

// A stranger's INVITE does not ring (quality.md, hostile input 18); the registrar's does, with its P-Asserted-Identity.
func TestGhostCalls(t *testing.T) {
	pbx, ghost := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", pbx.domain()))
	pbx.accept()
	next(t, r, inState(phone.RegistrationRegistered))
	ghost.invite(u, "alice", sdpA)
	ghost.response(sip.INVITE, 403)
	c := pbx.invite(u, "alice", sdpA, `P-Asserted-Identity: "Boss" <sip:1@x>`)
	in := next[Incoming](t, r, nil)
	if in.Account != "a" || in.Asserted == nil || in.Asserted.Name != "Boss" {
		t.Errorf("%+v", in)
	}
	c.send("CANCEL", "")
	pbx.response(sip.INVITE, 487)
	if n := len(all[Incoming](r)); n != 1 {
		t.Errorf("%d rang", n)
	}
	u.Do(SetAllowDirect{On: true})
	ghost.invite(u, "alice", sdpA)
	if in := next[Incoming](t, r, nil); in.Account != "" {
		t.Errorf("%+v", in)
	}
	ghost.invite(u, "alice", "x", "Content-Type: text/plain")
	ghost.response(sip.INVITE, 415)
}

// Close hangs up, un-registers and stops, within its time.
func TestClose(t *testing.T) {
	p := newPeer(t)
	p.keepBye.Store(true)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	p.accept()
	next(t, r, inState(phone.RegistrationRegistered))
	u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	p.respond(inv, 200, sdpB)
	next[Answered](t, r, nil)
	pbxCall := p.invite(u, "alice", sdpA)
	next[Incoming](t, r, nil)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		u.Close(t.Context())
	}()
	var order []string
	for len(order) < 3 {
		switch m := (<-p.in).(type) {
		case *sip.Request:
			switch m.Method {
			case sip.BYE, sip.REGISTER:
				order = append(order, string(m.Method))
				p.respond(m, 200)
			}
		case *sip.Response:
			if m.StatusCode == 480 && m.CallID().Value() == pbxCall.callID {
				order = append(order, "480")
			}
		}
	}
	<-closed
	if order[2] != "REGISTER" {
		t.Errorf("%v: un-REGISTER comes last", order)
	}
	for _, e := range all[Ended](r) {
		if e.Reason.ID != phone.ReasonShutdown {
			t.Errorf("%+v", e)
		}
	}
	if n := len(all[Ended](r)); n != 2 {
		t.Errorf("%d legs ended", n)
	}
}

// A peer that answers nothing does not hold up Close beyond its context.
func TestCloseInTime(t *testing.T) {
	p := newPeer(t)
	u, err := New(Config{Bind: loopback})
	if err != nil {
		t.Fatal(err)
	}
	r := record(u)
	u.Do(Invite{Leg: "1", Target: p.uri("bob"), SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	p.respond(inv, 200, sdpB)
	next[Answered](t, r, nil)
	u.Do(Invite{Leg: "2", Target: p.uri("bob"), SDP: []byte(sdpA)})
	p.request(sip.INVITE)
	ctx, cancel := context.WithTimeout(context.Background(), 3*t1)
	defer cancel()
	start := time.Now()
	if err := u.Close(ctx); err == nil {
		t.Error("no word that the goodbyes were cut short")
	}
	if d := time.Since(start); d > 20*t1 {
		t.Errorf("closed after %v", d)
	}
	p.request(sip.BYE)
}

// Who has answered instead is told by the exchange, in the words that exchanges use.
func TestAnsweredElsewhereBy(t *testing.T) {
	pbx := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", pbx.port())))
	pbx.respond(pbx.request(sip.REGISTER), 200)
	next(t, r, registered(phone.RegistrationRegistered))
	for reason, want := range map[string]string{
		`Reason: SIP;cause=200;text="Call completed elsewhere"`:                                   "",
		`Reason: SIP;cause=200`:                                                                   "",
		`Reason: Q.850;cause=26;text="answered by somebody"`:                                      "",
		`Reason: Q.850;cause=26, SIP ;cause=200 ;text="Call completed elsewhere by Elin Strandh"`: "Elin Strandh",
		`Reason: SIP;text="Answered by: Elin \"E, S\" (2101)";cause=200`:                          `Elin "E, S" (2101)`,
		`Reason: SIP;cause=200;text="picked up by 2101"`:                                          "2101",
		`Reason: SIP;cause=200;text="answered by   "`:                                             "",
	} {
		c := pbx.invite(u, "alice", sdpA)
		in := next[Incoming](t, r, nil)
		u.Do(Ring{Leg: in.Leg})
		pbx.response(sip.INVITE, 180)
		c.send("CANCEL", "", reason)
		pbx.response(sip.INVITE, 487)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonElsewhere || e.Reason.Text != want {
			t.Errorf("%s: %+v", reason, e.Reason)
		}
	}
}
