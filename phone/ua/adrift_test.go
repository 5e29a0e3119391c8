package ua

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/phonetest/certs"
)

// overStreams runs a test against a scripted exchange over TCP and over TLS, with an account registered there.
func overStreams(t *testing.T, test func(t *testing.T, p *streamPeer, u *UA, r *recorder)) {
	ca, cert := loopbackCert(t)
	for _, transport := range []phone.Transport{phone.TransportTCP, phone.TransportTLS} {
		t.Run(string(transport), func(t *testing.T) {
			p := newStreamPeer(t)
			var authorities *certs.Authority
			if transport == phone.TransportTLS {
				p, authorities = secured(t, cert), ca
			}
			u, r := newUA(t, Config{})
			put := tlsAccount("a", "alice", p.domain(), authorities)
			put.Account.Transport = transport
			u.Do(put)
			p.accept()
			p.respond(p.request(sip.REGISTER), 200)
			next(t, r, inState(phone.RegistrationRegistered))
			test(t, p, u, r)
		})
	}
}

// cut ends the connection and takes the next one, on which it waits for REGISTER and what else is wanted; requests that it
// passes over are kept for request.
func (p *streamPeer) cut(want ...func(sip.Message) bool) []sip.Message {
	p.t.Helper()
	p.drop()
	p.held = nil
	p.accept()
	got, registered := make([]sip.Message, len(want)), false
	for missing := len(want); missing > 0 || !registered; {
		m := p.message()
		req, ok := m.(*sip.Request)
		if ok && req.Method == sip.REGISTER {
			p.respond(req, 200)
			registered = true
			continue
		}
		wanted := false
		for i, is := range want {
			if m == nil || !is(m) {
				continue
			}
			if wanted = true; got[i] == nil {
				got[i] = m
				missing--
				break
			}
		}
		if ok && !wanted {
			req.SetSource(p.conn.RemoteAddr().String())
			p.held = append(p.held, req)
		}
	}
	return got
}

func is(method sip.RequestMethod) func(sip.Message) bool {
	return func(m sip.Message) bool { req, ok := m.(*sip.Request); return ok && req.Method == method }
}

// isProbe reports whether a message asks after a call; the registrar is looked for by OPTIONS too.
func isProbe(m sip.Message) bool { return is(sip.OPTIONS)(m) && m.To().Params.Has("tag") }

func isCode(code int) func(sip.Message) bool {
	return func(m sip.Message) bool { res, ok := m.(*sip.Response); return ok && res.StatusCode == code }
}

// ringIn is a call to alice that rings.
func (p *streamPeer) ringIn(u *UA, r *recorder) (in Incoming, ringing *sip.Response) {
	p.t.Helper()
	p.send("INVITE", "", "")
	in = next[Incoming](p.t, r, nil)
	u.Do(Ring{Leg: in.Leg})
	return in, p.response(180)
}

// send sends a request of that call. to is the To tag.
func (p *streamPeer) send(method, to, extra string) {
	p.t.Helper()
	network, branch, number := "TCP", "z9hG4bKring", 1
	if p.tls != nil {
		network = "TLS"
	}
	if method == "ACK" {
		branch = "z9hG4bKack"
	}
	if to != "" {
		to = ";tag=" + to
	}
	if _, err := fmt.Fprintf(p.conn, "%s sip:alice@%s;transport=%s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=%s;rport\r\nMax-Forwards: 70\r\nFrom: <sip:bob@x>;tag=bob\r\n"+
		"To: <sip:alice@x>%s\r\nCall-ID: rings\r\nCSeq: %d %s\r\nContact: <sip:bob@%s;transport=%s>\r\nAllow: INVITE, ACK, BYE, UPDATE\r\n%sContent-Length: 0\r\n\r\n",
		method, p.conn.RemoteAddr(), strings.ToLower(network), network, p.l.Addr(), branch, to, number, method, p.l.Addr(), strings.ToLower(network), extra); err != nil {
		p.t.Fatal(err)
	}
}

func (p *streamPeer) contact() string {
	return fmt.Sprintf("<sip:alice@%s;transport=tls>", p.conn.RemoteAddr())
}

// The connection dies while it rings here: it rings on, over there too, and the answer goes by the connection that takes its
// place (RFC 3261 18.2.2).
func TestAnsweredByAnotherConnection(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		in, ringing := p.ringIn(u, r)
		tag := ringing.To().Params.GetOr("tag", "")
		got := p.cut(isCode(180), isProbe)
		p.respond(got[1].(*sip.Request), 200)
		again := got[0].(*sip.Response)
		if again.To().Params.GetOr("tag", "") != tag || again.Via().Params.GetOr("branch", "") != "z9hG4bKring" {
			t.Errorf("rings on with\n%s", again)
		}
		u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
		res := p.response(200)
		for res.CSeq().MethodName != sip.INVITE {
			res = p.response(200)
		}
		if c := headerValue(res, "Contact"); p.tls != nil && c != p.contact() {
			t.Errorf("answered from %s, not %s", c, p.contact())
		}
		p.send("ACK", tag, "")
		next[Confirmed](t, r, nil)
		if n := len(all[Ended](r)); n > 0 {
			t.Errorf("%+v", all[Ended](r))
		}
		u.Do(Hangup{Leg: in.Leg})
		p.respond(p.request(sip.BYE), 200)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonHangup {
			t.Errorf("%+v", e)
		}
	})
}

// The caller gives up, by another connection than it called by (RFC 3261 9.2).
func TestCancelledByAnotherConnection(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		p.ringIn(u, r)
		p.cut(isCode(180))
		p.send("CANCEL", "", "")
		done := map[string]bool{}
		for len(done) < 2 {
			switch m := p.message().(type) {
			case *sip.Response:
				if m.StatusCode >= 200 {
					done[fmt.Sprint(m.StatusCode, " ", m.CSeq().MethodName)] = true
				}
			case *sip.Request:
				p.respond(m, 200) // a probe
			}
		}
		if !done["200 CANCEL"] || !done["487 INVITE"] {
			t.Errorf("answered with %v", done)
		}
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonMissed {
			t.Errorf("%+v", e)
		}
	})
}

// The INVITE comes again by the new connection: it is the same call.
func TestInviteComesAgain(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		in, ringing := p.ringIn(u, r)
		p.cut(isCode(180))
		p.send("INVITE", "", "")
		for {
			res, ok := p.message().(*sip.Response)
			if !ok || res.StatusCode != 180 {
				continue
			}
			if res.To().Params.GetOr("tag", "") != ringing.To().Params.GetOr("tag", "") {
				t.Errorf("rings as another call\n%s", res)
			}
			break
		}
		u.Do(Reject{Leg: in.Leg, Code: 486})
		p.response(486)
		next[Ended](t, r, nil)
		if n := len(all[Incoming](r)); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

// An exchange that has forgotten the call says so, and one that never comes back says it by its silence.
func TestNobodyCallsAnyMore(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		p.ringIn(u, r)
		p.respond(p.cut(isProbe)[0].(*sip.Request), 481)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonMissed || e.Reason.Code != 481 {
			t.Errorf("%+v", e)
		}
	})
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		p.ringIn(u, r)
		p.l.Close()
		p.drop()
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonLost {
			t.Errorf("%+v", e)
		}
	})
}

// What is refused is refused by the next connection, and does not ring once more when the INVITE comes again.
func TestRefusedByAnotherConnection(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		in, _ := p.ringIn(u, r)
		p.cut(isCode(180))
		u.Do(Reject{Leg: in.Leg, Code: 486})
		next[Ended](t, r, nil)
		p.response(486)
		p.send("INVITE", "", "")
		p.response(486)
		if n := len(all[Incoming](r)); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

// Two phones without an exchange: what is cut between them is mended from both ends.
func TestRingsOnBetweenTwo(t *testing.T) {
	for name, answered := range map[string]bool{"answered": true, "cancelled": false} {
		t.Run(name, func(t *testing.T) {
			a, ra := newUA(t, Config{})
			b, rb := newUA(t, Config{AllowDirect: true})
			a.Do(Invite{Leg: "1", Target: b.uri("bob") + ";transport=tcp", SDP: []byte(sdpA)})
			in := next[Incoming](t, rb, nil)
			b.Do(Ring{Leg: in.Leg})
			rings := func(v Progress) bool { return v.Code == 180 }
			next(t, ra, rings)
			b.net.tcp.drop(hop{network: "TCP", addr: in.Source})
			next(t, ra, rings)
			if answered {
				b.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
				next[Answered](t, ra, nil)
				next[Confirmed](t, rb, nil)
			}
			a.Do(Hangup{Leg: "1"})
			if e := next[Ended](t, rb, nil); answered != (e.Reason.ID == phone.ReasonRemoteHangup) || !answered && e.Reason.ID != phone.ReasonMissed {
				t.Errorf("%+v", e)
			}
			if n := len(all[Incoming](rb)); n != 1 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

// callOut is a call of alice's that rings.
func (p *streamPeer) callOut(u *UA, r *recorder) *sip.Request {
	p.t.Helper()
	u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	p.respond(inv, 180, p.theirs())
	next(p.t, r, func(v Progress) bool { return v.Code == 180 })
	return inv
}

func (p *streamPeer) theirs() string {
	if p.tls == nil {
		return "Contact: <sip:bob@" + p.domain() + ";transport=tcp>"
	}
	return "Contact: <sip:bob@" + p.domain() + ";transport=tls>"
}

// Our INVITE's connection dies while it rings over there: the INVITE goes out again as it was, so that the answer is found, and
// who answers is told where we are now.
func TestAnswerFoundByAnotherConnection(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		inv := p.callOut(u, r)
		again := p.cut(is(sip.INVITE))[0].(*sip.Request)
		if branchOf(again) != branchOf(inv) || again.CSeq().SeqNo != inv.CSeq().SeqNo || again.CallID().Value() != inv.CallID().Value() {
			t.Errorf("not the same INVITE:\n%s", again)
		}
		p.respond(again, 200, p.theirs(), "Allow: INVITE, ACK, BYE, UPDATE", "v="+sdpB[2:])
		p.request(sip.ACK)
		if v := next[Answered](t, r, nil); v.Leg != "1" || string(v.SDP) != sdpB {
			t.Errorf("%+v", v)
		}
		update := p.request(sip.UPDATE)
		if c := headerValue(update, "Contact"); p.tls != nil && c != p.contact() {
			t.Errorf("they are told of %s, not %s", c, p.contact())
		}
		p.respond(update, 200, p.theirs())
		u.Do(Hangup{Leg: "1"})
		p.respond(p.request(sip.BYE), 200)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonHangup {
			t.Errorf("%+v", e)
		}
	})
}

// Where the INVITE is not known again the call is placed anew: in the place of the one before, or, when that still rings, after
// it has been taken back. That it was declined meanwhile is found out so.
func TestPlacedAnewByAnotherConnection(t *testing.T) {
	for _, c := range [][2]int{{0, 481}, {407, 481}, {0, 603}} { // 0 is silence
		code, outcome := c[0], c[1]
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
				inv := p.callOut(u, r)
				again := p.cut(is(sip.INVITE))[0].(*sip.Request)
				if code != 0 {
					p.respond(again, code, `Proxy-Authenticate: Digest realm="`+p.domain()+`", nonce="n", qop="auth"`)
				}
				anew := p.request(sip.INVITE)
				before := fmt.Sprintf("%s;to-tag=peer;from-tag=%s", inv.CallID().Value(), inv.From().Params.GetOr("tag", ""))
				if r := headerValue(anew, "Replaces"); r != before || anew.CallID().Value() == inv.CallID().Value() {
					t.Errorf("takes the place of %q, not %q", r, before)
				}
				if outcome == 603 {
					p.respond(anew, 603)
					if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteDeclined {
						t.Errorf("%+v", e)
					}
					return
				}
				p.respond(anew, 481) // it rings still
				p.request(sip.ACK)
				var cancel *sip.Request
				for anew = nil; cancel == nil || anew == nil; {
					switch req := p.request(""); req.Method {
					case sip.CANCEL:
						cancel = req
						p.respond(req, 200)
					case sip.INVITE:
						anew = req
					}
				}
				if branchOf(cancel) != branchOf(inv) || headerValue(anew, "Replaces") != "" {
					t.Errorf("taken back:\n%s\nplaced:\n%s", cancel, anew)
				}
				p.respond(anew, 200, p.theirs(), "v="+sdpB[2:])
				p.request(sip.ACK)
				next[Answered](t, r, nil)
				u.Do(Hangup{Leg: "1"})
				p.respond(p.request(sip.BYE), 200)
				next[Ended](t, r, nil)
			})
		})
	}
}

// Hung up without a connection: over there it does not ring on.
func TestCancelsByAnotherConnection(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		inv := p.callOut(u, r)
		p.drop()
		u.Do(Hangup{Leg: "1"})
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonCancelled {
			t.Errorf("%+v", e)
		}
		cancel := p.cut(is(sip.CANCEL))[0].(*sip.Request)
		if branchOf(cancel) != branchOf(inv) {
			t.Errorf("%s", cancel)
		}
		p.respond(cancel, 200)
	})
}

// An exchange that never comes back ends the call, in words; one that closes the connection under every INVITE is not kept
// at it.
func TestNoConnectionComesBack(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		p.callOut(u, r)
		p.l.Close()
		p.drop()
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonNoNetwork {
			t.Errorf("%+v", e)
		}
	})
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		p.callOut(u, r)
		done := make(chan int)
		go func() { // ends with the listener
			n := 0
			for {
				c, err := p.l.Accept()
				if err != nil {
					done <- n
					return
				}
				if p.tls != nil {
					io.CopyN(io.Discard, c, 1)
				}
				n++
				c.Close()
			}
		}()
		p.drop()
		next[Ended](t, r, nil)
		p.l.Close()
		<-done
	})
}

// Between a phone and an exchange of our own, both directions, cut from the exchange's side.
func TestRingsOnAtAnExchange(t *testing.T) {
	server, heard := newServerUA(t, ServerConfig{Domain: "pbx.test"})
	u, r := newUA(t, Config{})
	put := testAccount("a", "2100", server.domain())
	put.Account.Transport = phone.TransportTCP
	u.Do(put)
	bound := next[Bound](t, heard, nil)
	next(t, r, inState(phone.RegistrationRegistered))
	rings := func(v Progress) bool { return v.Code == 180 }
	cut := func() {
		t.Helper()
		for _, b := range server.Bindings("2100") {
			server.net.tcp.drop(hop{network: "TCP", addr: b.Source})
		}
	}

	u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
	in := next[Incoming](t, heard, nil)
	server.Do(Ring{Leg: in.Leg})
	next(t, r, rings)
	cut()
	next(t, r, rings)
	server.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	next[Answered](t, r, nil)
	next[Confirmed](t, heard, nil)
	u.Do(Hangup{Leg: "1"})
	next[Ended](t, heard, nil)

	server.Do(Invite{Leg: "2", Target: "2100", To: bound.Contact, SDP: []byte(sdpA)})
	in = next[Incoming](t, r, nil)
	u.Do(Ring{Leg: in.Leg})
	next(t, heard, rings)
	cut()
	next(t, heard, rings)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	next[Answered](t, heard, nil)
	next[Confirmed](t, r, nil)
	server.Do(Hangup{Leg: "2"})
	next[Ended](t, r, nil)
	if n, m := len(all[Incoming](r)), len(all[Incoming](heard)); n != 1 || m != 1 {
		t.Errorf("%d and %d calls", n, m)
	}
}
