package ua

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

func inState(s phone.RegistrationState) func(RegistrationChanged) bool {
	return func(v RegistrationChanged) bool { return v.Registration.State == s }
}

func (p *peer) domain() string { return fmt.Sprintf("127.0.0.1:%d", p.port()) }

const challengeMD5 = `WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm=MD5, qop="auth"`

// accept registers a user agent with the peer: challenge, then 200.
func (p *peer) accept() *sip.Request {
	p.t.Helper()
	p.respond(p.request(sip.REGISTER), 401, challengeMD5)
	req := p.request(sip.REGISTER)
	p.respond(req, 200, "Contact: "+headerValue(req, "Contact"))
	return req
}

func TestRegister(t *testing.T) {
	p := newPeer(t)
	p.keepBye.Store(true)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	next(t, r, inState(phone.RegistrationRegistering))
	first := p.request(sip.REGISTER)
	if first.GetHeader("Authorization") != nil {
		t.Error("credentials before a challenge")
	}
	if got := first.Recipient.String(); got != "sip:"+p.domain() {
		t.Errorf("Request-URI %s", got)
	}
	p.respond(first, 401, challengeMD5)
	second := p.request(sip.REGISTER)
	auth := headerValue(second, "Authorization")
	if !strings.Contains(auth, `username="alice"`) || !strings.Contains(auth, `nonce="n1"`) || !strings.Contains(auth, "nc=00000001") {
		t.Errorf("Authorization %s", auth)
	}
	if first.CallID().Value() != second.CallID().Value() || second.CSeq().SeqNo != first.CSeq().SeqNo+1 {
		t.Error("Call-ID must stay and CSeq rise")
	}
	want := fmt.Sprintf("<sip:alice@127.0.0.1:%d>;expires=600", u.Port())
	if got := headerValue(second, "Contact"); got != want {
		t.Errorf("Contact %s, want %s", got, want)
	}
	p.respond(second, 200, "Contact: <sip:other@10.0.0.1>;expires=7, "+strings.Replace(want, "expires=600", "expires=300", 1))
	reg := next(t, r, inState(phone.RegistrationRegistered)).Registration
	if left := time.Until(reg.Until); left < 280*time.Second || left > 300*time.Second {
		t.Errorf("registered for %v", left)
	}

	u.Do(RegisterNow{})
	again := p.request(sip.REGISTER)
	if !strings.Contains(headerValue(again, "Authorization"), "nc=00000002") {
		t.Errorf("the nonce is not used again: %s", headerValue(again, "Authorization"))
	}
	p.respond(again, 200, "Contact: "+want)
	next(t, r, inState(phone.RegistrationRegistered))

	u.Do(DropAccount{ID: "a"})
	bye := p.request(sip.REGISTER)
	if got := headerValue(bye, "Contact"); !strings.HasSuffix(got, ";expires=0") {
		t.Errorf("un-REGISTER has Contact %s", got)
	}
	p.respond(bye, 200)
	next(t, r, inState(phone.RegistrationOff))
}

func TestRegisterRefused(t *testing.T) {
	for _, c := range []struct {
		code  int
		want  phone.ReasonID
		retry bool
	}{
		{403, phone.ReasonWrongPassword, false},
		{404, phone.ReasonNoSuchAccount, false},
		{500, phone.ReasonServerError, true},
		{486, phone.ReasonSIP, true},
	} {
		t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			p := newPeer(t)
			u, r := newUA(t, Config{})
			u.Do(testAccount("a", "alice", p.domain()))
			p.respond(p.request(sip.REGISTER), c.code)
			reg := next(t, r, inState(phone.RegistrationFailed)).Registration
			if reg.Reason.ID != c.want || reg.Reason.Code != c.code || reg.RetryAt.IsZero() == c.retry {
				t.Errorf("%+v %+v", reg, reg.Reason)
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	p.respond(p.request(sip.REGISTER), 401, challengeMD5)
	p.respond(p.request(sip.REGISTER), 401, strings.Replace(challengeMD5, "n1", "n2", 1))
	reg := next(t, r, inState(phone.RegistrationFailed)).Registration
	if reg.Reason.ID != phone.ReasonWrongPassword || !reg.RetryAt.IsZero() {
		t.Errorf("%+v %+v", reg, reg.Reason)
	}
	p.quiet(10*t1, sip.REGISTER)

	// A new password is tried at once.
	put := testAccount("a", "alice", p.domain())
	put.Password = "better"
	u.Do(put)
	p.accept()
	next(t, r, inState(phone.RegistrationRegistered))
}

func TestStaleNonceAndLoop(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	stale := func(n int) string {
		return fmt.Sprintf(`WWW-Authenticate: Digest realm="pbx", nonce="s%d", algorithm=MD5, qop="auth", stale=true`, n)
	}
	p.respond(p.request(sip.REGISTER), 401, challengeMD5)
	p.respond(p.request(sip.REGISTER), 401, stale(1))
	req := p.request(sip.REGISTER)
	if !strings.Contains(headerValue(req, "Authorization"), `nonce="s1"`) {
		t.Errorf("stale nonce not replaced: %s", headerValue(req, "Authorization"))
	}
	p.respond(req, 401, stale(2))
	p.respond(p.request(sip.REGISTER), 401, stale(3))
	if reg := next(t, r, inState(phone.RegistrationFailed)).Registration; reg.Reason.ID != phone.ReasonWrongPassword {
		t.Errorf("%+v", reg.Reason)
	}
	p.quiet(10*t1, sip.REGISTER)
}

// Of several challenges in one realm the strongest is answered, and both of two realms.
func TestTwoChallenges(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	p.respond(p.request(sip.REGISTER), 401, challengeMD5,
		`WWW-Authenticate: Digest realm="pbx", nonce="n2", algorithm=SHA-256, qop="auth"`,
		`WWW-Authenticate: Digest realm="other", nonce="n3", algorithm=MD5`)
	req := p.request(sip.REGISTER)
	var got []string
	for _, h := range req.GetHeaders("Authorization") {
		got = append(got, h.Value())
	}
	all := strings.Join(got, "\n")
	if len(got) != 2 || !strings.Contains(all, `nonce="n2"`) || !strings.Contains(all, `nonce="n3"`) {
		t.Errorf("answers\n%s", all)
	}
	// Then the proxy asks too: 407 after 401 (RFC 3261 22.3).
	p.respond(req, 407, `Proxy-Authenticate: Digest realm="edge", nonce="n4", algorithm=MD5, qop="auth"`)
	req = p.request(sip.REGISTER)
	if len(req.GetHeaders("Authorization")) != 2 || !strings.Contains(headerValue(req, "Proxy-Authorization"), `nonce="n4"`) {
		t.Errorf("%s", req)
	}
	p.respond(req, 200)
	next(t, r, inState(phone.RegistrationRegistered))
}

func TestIntervalTooBrief(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	put := testAccount("a", "alice", p.domain())
	put.Account.Expires = 60
	u.Do(put)
	p.respond(p.request(sip.REGISTER), 423, "Min-Expires: 1800")
	req := p.request(sip.REGISTER)
	if got := headerValue(req, "Expires"); got != "1800" {
		t.Errorf("Expires %s", got)
	}
	p.respond(req, 423, "Min-Expires: 1800")
	if reg := next(t, r, inState(phone.RegistrationFailed)).Registration; reg.Reason.ID != phone.ReasonTooBrief {
		t.Errorf("%+v", reg.Reason)
	}
}

// Behind a NAT the registrar sees another address: the Contact follows, and the old one is taken back.
func TestContactFollowsNAT(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	req := p.request(sip.REGISTER)
	req.Via().Params.Add("rport", "40123")
	req.Via().Params.Add("received", "192.0.2.7")
	p.respond(req, 200)
	req = p.request(sip.REGISTER)
	contact := headerValue(req, "Contact")
	if !strings.HasPrefix(contact, "<sip:alice@192.0.2.7:40123>;expires=600") || !strings.Contains(contact, fmt.Sprintf("<sip:alice@127.0.0.1:%d>;expires=0", u.Port())) {
		t.Errorf("Contact %s", contact)
	}
	req.Via().Params.Add("rport", "40123")
	req.Via().Params.Add("received", "192.0.2.7")
	p.respond(req, 200)
	next(t, r, inState(phone.RegistrationRegistered))
}

func TestOutboundProxy(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	put := testAccount("a", "alice", "pbx.invalid")
	put.Account.Proxy = "sip:" + p.domain() + ";lr"
	u.Do(put)
	req := p.request(sip.REGISTER)
	if req.Recipient.String() != "sip:pbx.invalid" || !strings.Contains(headerValue(req, "Route"), p.domain()) {
		t.Errorf("%s", req)
	}
	p.respond(req, 200)
	next(t, r, inState(phone.RegistrationRegistered))
	u.Do(Invite{Leg: "1", Account: "a", Target: "+46 (8) 12-34#", SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	if got := inv.Recipient.String(); got != "sip:+4681234%23@pbx.invalid" || !strings.Contains(headerValue(inv, "Route"), p.domain()) {
		t.Errorf("%s\n%s", got, inv)
	}
	p.respond(inv, 486)
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonBusy {
		t.Errorf("%+v", e)
	}
}

func TestUnreachable(t *testing.T) {
	t.Run("refused over UDP", func(t *testing.T) {
		p := newPeer(t)
		domain := p.domain()
		p.close()
		u, r := newUA(t, Config{})
		u.Do(testAccount("a", "alice", domain))
		reg := next(t, r, inState(phone.RegistrationFailed)).Registration
		if reg.Reason.ID != phone.ReasonRefused || reg.RetryAt.IsZero() {
			t.Errorf("%+v", reg.Reason)
		}
	})
	t.Run("refused over TCP", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		put := testAccount("a", "alice", p.domain())
		put.Account.Transport = phone.TransportTCP
		u.Do(put)
		if reg := next(t, r, inState(phone.RegistrationFailed)).Registration; reg.Reason.ID != phone.ReasonRefused {
			t.Errorf("%+v", reg.Reason)
		}
	})
	t.Run("silent", func(t *testing.T) {
		p := newPeer(t)
		u, r := newUA(t, Config{})
		u.Do(testAccount("a", "alice", p.domain()))
		if reg := next(t, r, inState(phone.RegistrationFailed)).Registration; reg.Reason.ID != phone.ReasonNoReply {
			t.Errorf("%+v", reg.Reason)
		}
	})
	t.Run("unknown host", func(t *testing.T) {
		u, r := newUA(t, Config{})
		u.Do(testAccount("a", "alice", "no such host"))
		if reg := next(t, r, inState(phone.RegistrationFailed)).Registration; reg.Reason.ID != phone.ReasonBadAccount && reg.Reason.ID != phone.ReasonUnknownHost {
			t.Errorf("%+v", reg.Reason)
		}
	})
}

// A registrar is away for 120*T1 (a minute, at the real T1): few REGISTERs meanwhile, and soon back after.
func TestOutage(t *testing.T) {
	for _, kind := range []string{"503", "silent", "refused"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			u, r := newUA(t, Config{})
			u.Do(testAccount("a", "alice", p.domain()))
			p.respond(p.request(sip.REGISTER), 200)
			next(t, r, inState(phone.RegistrationRegistered))
			port := p.port()
			if kind == "refused" {
				p.close() // the phone notices by itself
			} else {
				u.Do(RegisterNow{})
			}
			registers := map[uint32]bool{}
			end := time.After(120 * t1)
		outage:
			for {
				select {
				case m := <-p.in:
					req, ok := m.(*sip.Request)
					if !ok {
						continue
					}
					if req.Method == sip.REGISTER {
						registers[req.CSeq().SeqNo] = true
					}
					if kind == "503" {
						p.respond(req, 503)
					}
				case <-end:
					break outage
				}
			}
			if len(registers) > 10 {
				t.Errorf("%d REGISTERs in the outage", len(registers))
			}
			if kind == "refused" {
				p = newPeerAt(t, port)
			}
			back := time.Now()
			for {
				req := p.requestWhere("REGISTER or OPTIONS", func(*sip.Request) bool { return true })
				p.respond(req, 200)
				if req.Method == sip.REGISTER {
					break
				}
			}
			next(t, r, inState(phone.RegistrationRegistered))
			t.Logf("%s: %d REGISTERs, back after %.1f T1 (10 T1 are 5 s)", kind, len(registers), float64(time.Since(back))/float64(t1))
			if d := time.Since(back); d > 12*t1 {
				t.Errorf("back after %v, %.1f T1", d, float64(d)/float64(t1))
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	p.respond(p.request(sip.REGISTER), 503, "Retry-After: 120 (maintenance)")
	reg := next(t, r, inState(phone.RegistrationFailed)).Registration
	if d := time.Until(reg.RetryAt); d < 110*time.Second || d > 121*time.Second {
		t.Errorf("retry in %v", d)
	}
	p.quiet(10*t1, sip.REGISTER)
}
