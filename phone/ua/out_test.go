package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// dialPeer has a user agent call the peer directly and returns the INVITE.
func dialPeer(t *testing.T, u *UA, p *peer) *sip.Request {
	t.Helper()
	u.Do(Invite{Leg: "1", Target: p.uri("bob"), SDP: []byte(sdpA)})
	return p.request(sip.INVITE)
}

func TestInviteOnTheWire(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{UserAgent: "Svara/1.2.3"})
	inv := dialPeer(t, u, p)
	for _, want := range []string{"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, SUBSCRIBE, MESSAGE\r\n", "Supported: replaces, norefersub, 100rel, timer\r\n", "User-Agent: Svara/1.2.3\r\n", "Max-Forwards: 70\r\n"} {
		if !strings.Contains(inv.String(), want) {
			t.Errorf("no %q in\n%s", want, inv)
		}
	}
	via := inv.Via()
	if via.Host != "127.0.0.1" || via.Port != u.Port() || !via.Params.Has("rport") || string(inv.Body()) != sdpA {
		t.Errorf("%s", inv)
	}
	p.respond(inv, 404)
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonUnknownNumber || e.Reason.Code != 404 {
		t.Errorf("%+v", e)
	}
	ack := p.request(sip.ACK)
	if ack.Via().Params.GetOr("branch", "") != via.Params.GetOr("branch", "-") {
		t.Error("ACK for a 404 belongs to the INVITE's transaction")
	}
}

// Two phones answer one INVITE: the second is acknowledged and hung up on, and lost ACKs are sent again to each.
func TestForked2xx(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	inv := dialPeer(t, u, p)
	p.respond(inv, 180, "tag:one")
	p.respond(inv, 183, "tag:two", sdpB)
	tags := map[string]bool{}
	for range 2 {
		tags[next[Progress](t, r, nil).Tag] = true
	}
	if !tags["one"] || !tags["two"] {
		t.Errorf("early dialogs %v", tags)
	}
	p.respond(inv, 200, "tag:one", sdpB, "Record-Route: <sip:127.0.0.1:"+fmt.Sprint(p.port())+";lr;n=2>, <sip:127.0.0.1:"+fmt.Sprint(p.port())+";lr;n=1>")
	ack := p.request(sip.ACK)
	if routes := ack.GetHeaders("Route"); len(routes) != 2 || !strings.Contains(routes[0].Value(), "n=1") {
		t.Errorf("ACK's routes %v: the route set is Record-Route reversed", routes)
	}
	if v := next[Answered](t, r, nil); v.Tag != "one" {
		t.Errorf("%+v", v)
	}
	p.respond(inv, 200, "tag:two", sdpC, "Contact: <"+p.uri("second")+">")
	ack = p.request(sip.ACK)
	if tag, _ := ack.To().Params.Get("tag"); tag != "two" || ack.CSeq().SeqNo != inv.CSeq().SeqNo || ack.Recipient.User != "second" {
		t.Errorf("%s", ack)
	}
	bye := p.request(sip.BYE)
	if tag, _ := bye.To().Params.Get("tag"); tag != "two" {
		t.Errorf("BYE to %s", tag)
	}
	p.respond(bye, 200)
	for _, tag := range []string{"one", "two"} { // our ACKs were lost
		p.respond(inv, 200, "tag:"+tag, sdpB)
		ack := p.request(sip.ACK)
		if got, _ := ack.To().Params.Get("tag"); got != tag {
			t.Errorf("ACK again to %s, want %s", got, tag)
		}
	}
	u.Do(Hangup{Leg: "1"})
	bye = p.request(sip.BYE)
	if tag, _ := bye.To().Params.Get("tag"); tag != "one" {
		t.Errorf("BYE to %s", tag)
	}
	p.respond(bye, 481) // as good as 200
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonHangup {
		t.Errorf("%+v", e)
	}
	if n := len(all[Ended](r)); n != 1 {
		t.Errorf("%d Ended", n)
	}
}

func TestCancel(t *testing.T) {
	t.Run("after ringing", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		inv := dialPeer(t, u, p)
		p.respond(inv, 180)
		next[Progress](t, r, nil)
		u.Do(Hangup{Leg: "1"})
		c := p.request(sip.CANCEL)
		if c.Via().Params.GetOr("branch", "") != inv.Via().Params.GetOr("branch", "-") || c.CSeq().SeqNo != inv.CSeq().SeqNo || c.Recipient.String() != inv.Recipient.String() {
			t.Errorf("%s", c)
		}
		p.respond(c, 200)
		p.respond(inv, 487)
		p.request(sip.ACK)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonCancelled || e.ByRemote {
			t.Errorf("%+v", e)
		}
	})
	t.Run("waits for a provisional", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		inv := dialPeer(t, u, p)
		u.Do(Hangup{Leg: "1"})
		next[Ended](t, r, nil)
		p.quiet(3*t1, sip.CANCEL)
		p.respond(inv, 100)
		p.respond(p.request(sip.CANCEL), 200)
		p.respond(inv, 487)
		p.request(sip.ACK)
	})
	t.Run("crossing 200", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		inv := dialPeer(t, u, p)
		p.respond(inv, 180)
		next[Progress](t, r, nil)
		u.Do(Hangup{Leg: "1"})
		c := p.request(sip.CANCEL)
		p.respond(inv, 200, sdpB)
		p.respond(c, 481)
		p.request(sip.ACK)
		p.respond(p.request(sip.BYE), 200)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonCancelled {
			t.Errorf("%+v", e)
		}
		if len(all[Answered](r)) != 0 {
			t.Error("a cancelled call was answered")
		}
	})
	t.Run("while challenged", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		u.Do(testAccount("a", "alice", p.domain()))
		p.accept()
		u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		inv := p.request(sip.INVITE)
		u.Do(Hangup{Leg: "1"})
		next[Ended](t, r, nil)
		p.respond(inv, 401, challengeMD5)
		p.quiet(4*t1, sip.INVITE)
	})
}

// Our own flow in an account's name: 407 answered, early media, late BYE with a challenge.
func TestInviteWithAccount(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	put := testAccount("a", "alice", p.domain())
	put.Account.DisplayName = "Alice \"A\"\r\nEvil: yes"
	u.Do(put)
	p.accept()
	u.Do(Invite{Leg: "1", Account: "a", Target: "tel:+46-8-123;phone-context=x", SDP: []byte(sdpA), Headers: []Header{{"X-Good", "1"}, {"X-Bad", "a\r\nEvil: yes"}, {"Bad Name", "x"}}})
	inv := p.request(sip.INVITE)
	if inv.Recipient.User != "+468123" || inv.From().Address.User != "alice" || inv.GetHeader("Evil") != nil || headerValue(inv, "X-Good") != "1" || inv.GetHeader("X-Bad") != nil {
		t.Errorf("%s", inv)
	}
	if name := unescape(inv.From().DisplayName); name != `Alice "A"  Evil: yes` {
		t.Errorf("display name %q", name)
	}
	p.respond(inv, 407, `Proxy-Authenticate: Digest realm="pbx", nonce="p1", algorithm=MD5, qop="auth"`)
	p.request(sip.ACK)
	inv = p.request(sip.INVITE)
	if !strings.Contains(headerValue(inv, "Proxy-Authorization"), `nonce="p1"`) || inv.CSeq().SeqNo < 2 {
		t.Errorf("%s", inv)
	}
	p.respond(inv, 100)
	p.respond(inv, 183, sdpB)
	if v := next[Progress](t, r, nil); v.Code != 183 || string(v.SDP) != sdpB {
		t.Errorf("%+v", v)
	}
	p.respond(inv, 200, sdpB, `P-Asserted-Identity: "Bo B" <sip:2102@pbx>`)
	ack := p.request(sip.ACK)
	if headerValue(ack, "Proxy-Authorization") == "" {
		t.Error("ACK without the INVITE's credentials (RFC 3261 13.2.2.4)")
	}
	if v := next[Answered](t, r, nil); v.Remote.Name != "Bo B" || v.Remote.Number != "2102" {
		t.Errorf("%+v", v)
	}
	u.Do(Hangup{Leg: "1"})
	p.respond(p.request(sip.BYE), 401, strings.Replace(challengeMD5, "n1", "n9", 1))
	bye := p.request(sip.BYE)
	if !strings.Contains(headerValue(bye, "Authorization"), `nonce="n9"`) {
		t.Errorf("%s", bye)
	}
	p.respond(bye, 200)
}

// Credentials go to the account's own proxy and realm, and to nobody else (quality.md, hostile input 13).
func TestNoCredentialsForStrangers(t *testing.T) {
	pbx, evil := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", pbx.domain()))
	pbx.accept()
	next(t, r, inState(phone.RegistrationRegistered))

	t.Run("a direct call", func(t *testing.T) {
		u.Do(Invite{Leg: "direct", Account: "a", Target: evil.uri("x"), SDP: []byte(sdpA)})
		inv := evil.request(sip.INVITE)
		if inv.GetHeader("Authorization") != nil {
			t.Error("credentials unasked")
		}
		evil.respond(inv, 401, challengeMD5)
		if e := next[Ended](t, r, nil); e.Leg != "direct" || e.Reason.Code != 401 {
			t.Errorf("%+v", e)
		}
		evil.quiet(3*t1, sip.INVITE)
	})
	t.Run("a strange realm through the own proxy", func(t *testing.T) {
		u.Do(Invite{Leg: "realm", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		pbx.respond(pbx.request(sip.INVITE), 401, strings.Replace(challengeMD5, `"pbx"`, `"evil"`, 1))
		if e := next[Ended](t, r, nil); e.Leg != "realm" || e.Reason.Code != 401 {
			t.Errorf("%+v", e)
		}
		pbx.quiet(3*t1, sip.INVITE)
	})
	t.Run("a redirected call", func(t *testing.T) {
		u.Do(Invite{Leg: "moved", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		pbx.respond(pbx.request(sip.INVITE), 302, "Contact: <"+evil.uri("y")+">")
		inv := evil.request(sip.INVITE)
		evil.respond(inv, 407, `Proxy-Authenticate: Digest realm="pbx", nonce="p1", algorithm=MD5, qop="auth"`)
		if e := next[Ended](t, r, nil); e.Leg != "moved" || e.Reason.Code != 407 {
			t.Errorf("%+v", e)
		}
		if inv.GetHeader("Authorization") != nil {
			t.Error("credentials unasked")
		}
		evil.quiet(3*t1, sip.INVITE)
	})
}

func TestRedirect(t *testing.T) {
	p, q := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{})
	inv := dialPeer(t, u, p)
	p.respond(inv, 302, "Contact: <"+p.uri("second")+">;q=0.3, <"+q.uri("first")+";x=1>;q=0.8")
	to := q.request(sip.INVITE)
	if to.Recipient.User != "first" || to.CallID().Value() != inv.CallID().Value() || to.CSeq().SeqNo <= inv.CSeq().SeqNo {
		t.Errorf("%s", to)
	}
	q.respond(to, 302, "Contact: <"+p.uri("bob")+">") // a loop
	if e := next[Ended](t, r, nil); e.Reason.Code != 302 {
		t.Errorf("%+v", e)
	}
}

// Without an offer in our INVITE the 2xx has theirs, and the ACK our answer.
func TestLateOfferOut(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(Invite{Leg: "1", Target: p.uri("bob")})
	inv := p.request(sip.INVITE)
	p.respond(inv, 200, sdpB)
	if v := next[Answered](t, r, nil); string(v.SDP) != sdpB {
		t.Errorf("%+v", v)
	}
	p.respond(inv, 200, sdpB) // impatient
	p.quiet(2*t1, sip.ACK)
	u.Do(AnswerOffer{Leg: "1", SDP: []byte(sdpA)})
	if ack := p.request(sip.ACK); string(ack.Body()) != sdpA {
		t.Errorf("%s", ack)
	}
	p.respond(inv, 200, sdpB)
	if ack := p.request(sip.ACK); string(ack.Body()) != sdpA {
		t.Errorf("%s", ack)
	}
	c := p.dialogOf(inv, p.tag)
	c.send("BYE", "")
	p.response(sip.BYE, 200)
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteHangup || !e.ByRemote {
		t.Errorf("%+v", e)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		p := newPeer(t)
		uri := p.uri("bob")
		p.close()
		u, r := newUA(t, Config{})
		u.Do(Invite{Leg: "1", Target: uri, SDP: []byte(sdpA)})
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRefused {
			t.Errorf("%+v", e)
		}
	})
	t.Run("silent", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		u.Do(Invite{Leg: "1", Target: p.uri("bob"), SDP: []byte(sdpA)})
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonNoReply {
			t.Errorf("%+v", e)
		}
	})
	t.Run("bad targets", func(t *testing.T) {
		u, r := newUA(t, Config{})
		for i, target := range []string{"", "sip:", "sip:a b@c", "sip:x@y\r\nEvil: 1", "<sip:x@y>", "ftp:x@y z", "http://x", "sip:x@y:99999"} {
			id := LegID(fmt.Sprint(i))
			u.Do(Invite{Leg: id, Target: target, SDP: []byte(sdpA)})
			if e := next[Ended](t, r, nil); e.Leg != id || e.Reason.ID != phone.ReasonBadTarget {
				t.Errorf("%q: %+v", target, e)
			}
		}
	})
	t.Run("no account", func(t *testing.T) {
		u, r := newUA(t, Config{})
		u.Do(Invite{Leg: "1", Account: "nobody", Target: "2101"})
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonNoAccount {
			t.Errorf("%+v", e)
		}
	})
}

// Refusals told in our reasons.
func TestRefusals(t *testing.T) {
	for code, want := range map[int]phone.ReasonID{
		403: phone.ReasonRemoteDeclined, 405: phone.ReasonNotPermitted, 404: phone.ReasonUnknownNumber, 408: phone.ReasonNoAnswer, 415: phone.ReasonNoCodec,
		480: phone.ReasonUnavailable, 484: phone.ReasonUnknownNumber, 486: phone.ReasonBusy, 487: phone.ReasonNoAnswer,
		488: phone.ReasonNoCodec, 500: phone.ReasonServerError, 600: phone.ReasonBusy, 603: phone.ReasonRemoteDeclined,
		604: phone.ReasonUnknownNumber, 422: phone.ReasonSIP,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			p := newPeer(t)
			u, r := newUA(t, Config{})
			inv := dialPeer(t, u, p)
			p.respond(inv, code)
			if e := next[Ended](t, r, nil); e.Reason.ID != want || e.Reason.Code != code || !e.ByRemote {
				t.Errorf("%+v", e)
			}
		})
	}
}

// The dialog is gone at the other side: 481 and silence to a re-INVITE end the call, 488 does not.
func TestOfferFailures(t *testing.T) {
	for _, c := range []struct {
		code int
		ends bool
	}{{488, false}, {500, false}, {481, true}, {408, true}} {
		t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			p := newPeer(t)
			u, r := newUA(t, Config{})
			inv := dialPeer(t, u, p)
			p.respond(inv, 200, sdpB)
			p.request(sip.ACK)
			u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
			re := p.request(sip.INVITE)
			if string(re.Body()) != sdpC || re.CSeq().SeqNo != inv.CSeq().SeqNo+1 || re.To().Params.GetOr("tag", "") != p.tag {
				t.Errorf("%s", re)
			}
			p.respond(re, c.code)
			p.request(sip.ACK)
			if c.ends {
				if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonLost {
					t.Errorf("%+v", e)
				}
				p.respond(p.request(sip.BYE), 481)
				return
			}
			next[OfferFailed](t, r, nil)
			u.Do(Hangup{Leg: "1"})
			p.respond(p.request(sip.BYE), 200)
		})
	}
}

// A large INVITE goes over TCP when the peer has it, and over UDP all the same when it has not (RFC 3261 18.1.1).
func TestLargeInvite(t *testing.T) {
	large := sdpA + strings.Repeat("a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host\r\n", 40)
	t.Run("TCP", func(t *testing.T) {
		a, _ := newUA(t, Config{})
		b, rb := newUA(t, Config{AllowDirect: true})
		a.Do(Invite{Leg: "1", Target: b.uri("bob"), SDP: []byte(large)})
		in := next[Incoming](t, rb, nil)
		b.mu.Lock()
		tr := b.legs[in.Leg].incoming.req.Transport()
		b.mu.Unlock()
		if tr != "TCP" || string(in.SDP) != large {
			t.Errorf("came by %s", tr)
		}
	})
	t.Run("UDP", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		u.Do(Invite{Leg: "1", Target: p.uri("bob"), SDP: []byte(large)})
		inv := p.request(sip.INVITE)
		if string(inv.Body()) != large {
			t.Error("cut short")
		}
		p.respond(inv, 486)
		next[Ended](t, r, nil)
	})
}
