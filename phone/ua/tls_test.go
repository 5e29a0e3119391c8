package ua

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/phonetest/certs"
)

// secured makes a scripted exchange speak TLS.
func secured(t *testing.T, c *certs.Certificate) *streamPeer {
	t.Helper()
	p := newStreamPeer(t)
	p.tls = &tls.Config{Certificates: []tls.Certificate{c.TLS}}
	return p
}

func (p *streamPeer) domain() string { return p.l.Addr().String() }

func (p *streamPeer) port() int { return p.l.Addr().(*net.TCPAddr).Port }

// loopbackCert is an authority and a certificate of its for 127.0.0.1 and pbx.test.
func loopbackCert(t *testing.T) (*certs.Authority, *certs.Certificate) {
	ca := certs.NewAuthority(t)
	return ca, ca.Issue(t, certs.Spec{DNS: []string{"pbx.test"}, IPs: []string{"127.0.0.1"}})
}

func tlsAccount(id, user, domain string, ca *certs.Authority) PutAccount {
	put := testAccount(id, user, domain)
	put.Account.Transport = phone.TransportTLS
	if ca != nil {
		put.Account.CAFile = ca.CertFile
	}
	return put
}

// The way of TestTCPAccount over TLS; besides, nobody can connect to us, so a new connection is a new Contact.
func TestTLSAccount(t *testing.T) {
	ca, cert := loopbackCert(t)
	p := secured(t, cert)
	u, r := newUA(t, Config{})
	u.Do(tlsAccount("a", "alice", p.domain(), ca))
	p.accept()
	reg := p.request(sip.REGISTER)
	from := addrPort(p.conn.RemoteAddr())
	first := fmt.Sprintf("<sip:alice@%s;transport=tls>", from)
	if c := headerValue(reg, "Contact"); !strings.HasPrefix(c, first) || reg.Via().Transport != "TLS" || reg.Via().Port != int(from.Port()) {
		t.Errorf("%s", reg)
	}
	p.respond(reg, 200)
	next(t, r, inState(phone.RegistrationRegistered))

	p.drop()
	start := time.Now()
	p.accept()
	reg = p.request(sip.REGISTER)
	if c := headerValue(reg, "Contact"); !strings.Contains(c, first+";expires=0") {
		t.Errorf("the Contact of the lost connection is not taken back: %s", c)
	}
	p.respond(reg, 200)
	next(t, r, inState(phone.RegistrationRegistered))
	if d := time.Since(start); d > 10*t1 {
		t.Errorf("registered again after %v", d)
	}
	io.WriteString(p.conn, strings.Replace(fmt.Sprintf("INVITE sip:alice@%s SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKq;rport\r\nFrom: <sip:b@x>;tag=1\r\nTo: <sip:alice@x>\r\n"+
		"Call-ID: tls\r\nCSeq: 1 INVITE\r\nContact: <sip:b@%s;transport=tls>\r\nContent-Length: 0\r\n\r\n", p.conn.RemoteAddr(), p.l.Addr()), "\r\n\r\n", "\r\n\r\n\r\n\r\n", 1))
	in := next[Incoming](t, r, nil)
	if in.Account != "a" || in.Transport != phone.TransportTLS || in.Local != loopback || in.Source != addrPort(p.conn.LocalAddr()) {
		t.Errorf("%+v", in)
	}
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	res := p.response(200)
	if c := headerValue(res, "Contact"); c != fmt.Sprintf("<sip:alice@%s;transport=tls>", p.conn.RemoteAddr()) {
		t.Errorf("Contact %s", c)
	}
	if via := res.Via().String(); !strings.Contains(via, fmt.Sprintf("rport=%d", p.port())) {
		t.Errorf("Via %s", via)
	}
	u.Do(Hangup{Leg: in.Leg})
	u.Do(RegisterNow{ID: "a"})
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationRegistered))
	for seen := p.ping; p.ping == seen; { // a keep-alive every 50 T1
		p.message()
	}
	u.Do(DropAccount{ID: "a"})
	for {
		req := p.request("")
		p.respond(req, 200)
		if req.Method == sip.REGISTER {
			break
		}
	}
	next(t, r, inState(phone.RegistrationOff))
	for { // the connection goes with the account
		if _, err := p.r.ReadByte(); err != nil {
			break
		}
	}
}

// quality.md, hostile input 15 and 16: refused, in words, and not one byte of SIP goes anywhere.
func TestRefusedServersHearNothing(t *testing.T) {
	ca := certs.NewAuthority(t)
	here := []string{"127.0.0.1"}
	self := certs.SelfSigned(t, certs.Spec{IPs: here})
	good := ca.Issue(t, certs.Spec{IPs: here})
	for _, c := range []struct {
		name string
		cert *certs.Certificate
		pin  string
		most uint16 // TLS version
		want string
	}{
		{name: "expired", cert: ca.Issue(t, certs.Spec{IPs: here, Until: time.Now().Add(-time.Hour)}), want: refusedExpired},
		{name: "not yet", cert: ca.Issue(t, certs.Spec{IPs: here, From: time.Now().Add(time.Hour)}), want: refusedNotYet},
		{name: "self-signed", cert: self, want: refusedAuthority},
		{name: "wrong name", cert: ca.Issue(t, certs.Spec{DNS: []string{"other.example"}, IPs: []string{"127.0.0.2"}}), want: refusedName},
		{name: "wildcard", cert: ca.Issue(t, certs.Spec{DNS: []string{"*"}}), want: refusedName},
		{name: "another pin", cert: good, pin: self.Pin, want: refusedPin},
		{name: "TLS 1.0", cert: good, most: tls.VersionTLS10, want: refusedProtocol},
		{name: "TLS 1.1", cert: good, most: tls.VersionTLS11, want: refusedProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrap(t) // on this port in UDP; TLS is on it in TCP
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			udp, err := net.ListenPacket("udp4", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer udp.Close()
			heard := make(chan int, 10)
			go func() { // ends with the listener
				for {
					raw, err := l.Accept()
					if err != nil {
						close(heard)
						return
					}
					raw.SetDeadline(time.Now().Add(patience))
					s := tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{c.cert.TLS}, MinVersion: tls.VersionTLS10, MaxVersion: c.most})
					b, _ := io.ReadAll(s)
					heard <- len(b)
					raw.Close()
				}
			}()
			u, r := newUA(t, Config{})
			put := tlsAccount("a", "alice", l.Addr().String(), ca)
			put.Account.Pin = c.pin
			u.Do(put)
			slow := func(why *phone.Reason) bool { return why.ID == phone.ReasonNoReply } // this machine was, and shook no hands in time
			reg := next(t, r, func(v RegistrationChanged) bool {
				return v.Registration.State == phone.RegistrationFailed && !slow(v.Registration.Reason)
			}).Registration
			if reg.Reason.ID != phone.ReasonCertificate || reg.Reason.Text != c.want || reg.RetryAt.IsZero() {
				t.Errorf("%+v %+v", reg, reg.Reason)
			}
			if n := <-heard; n > 0 {
				t.Errorf("%d bytes after the handshake", n)
			}
			var ended Ended
			for try := range 10 {
				u.Do(Invite{Leg: LegID(fmt.Sprint(try)), Account: "a", Target: "2101", SDP: []byte(sdpA)})
				if ended = next[Ended](t, r, nil); !slow(&ended.Reason) {
					break
				}
			}
			if ended.Reason.ID != phone.ReasonCertificate || ended.Reason.Text != c.want {
				t.Errorf("a call ends with %+v", ended.Reason)
			}
			if n := <-heard; n > 0 {
				t.Errorf("%d bytes after the handshake", n)
			}
			udp.SetReadDeadline(time.Now().Add(2 * t1))
			if n, _, err := udp.ReadFrom(make([]byte, 2000)); err == nil {
				t.Errorf("%d bytes in clear", n)
			}
			tr.empty(t)
		})
	}
}

// An exchange's own certificate, which nobody vouches for, is taken when its key is pinned.
func TestPinned(t *testing.T) {
	cert := certs.SelfSigned(t, certs.Spec{CN: "asterisk"})
	p := secured(t, cert)
	u, r := newUA(t, Config{})
	put := tlsAccount("a", "alice", p.domain(), nil)
	put.Account.Pin = cert.Pin
	u.Do(put)
	p.accept()
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationRegistered))

	// Another pin is another identity: the connection does not outlive the trust it rests on.
	put.Account.Pin = certs.SelfSigned(t, certs.Spec{}).Pin
	u.Do(put)
	p.respond(p.request(sip.REGISTER), 200) // good bye
	go func() {                             // ends with the refusal
		if c, err := p.l.Accept(); err == nil {
			io.Copy(io.Discard, tls.Server(c, p.tls))
			c.Close()
		}
	}()
	if reg := next(t, r, inState(phone.RegistrationFailed)).Registration; reg.Reason.ID != phone.ReasonCertificate || reg.Reason.Text != refusedPin {
		t.Errorf("%+v", reg.Reason)
	}
}

// The connection dies in a call: the call goes on, the peer is told where we are now, and its BYE arrives.
func TestConnectionLostInCall(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		if tr := next[Travels](t, r, nil); tr.Leg != "1" || p.tls != nil && tr.Transport != phone.TransportTLS {
			t.Errorf("%+v", tr)
		}
		inv := p.request(sip.INVITE)
		p.respond(inv, 200, p.theirs(), "Allow: INVITE, ACK, BYE, UPDATE", "v="+sdpB[2:])
		p.request(sip.ACK)
		next[Answered](t, r, nil)

		update := p.cut(is(sip.UPDATE))[0].(*sip.Request)
		if c := headerValue(update, "Contact"); p.tls != nil && c != p.contact() || len(update.Body()) > 0 {
			t.Errorf("UPDATE with Contact %s, want %s", c, p.contact())
		}
		p.respond(update, 200, p.theirs())
		fmt.Fprintf(p.conn, "BYE sip:alice@%s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:9;branch=z9hG4bKbye;rport\r\nFrom: %s;tag=peer\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n",
			p.conn.RemoteAddr(), inv.Via().Transport, "<"+inv.To().Address.String()+">", inv.From().Value(), inv.CallID().Value())
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteHangup {
			t.Errorf("%+v", e)
		}
		p.response(200)
	})
}

// Two accounts at one server do not share a connection: what one of them demands the other may not.
func TestTLSAccountsDoNotShare(t *testing.T) {
	ca, cert := loopbackCert(t)
	p := secured(t, cert)
	u, r := newUA(t, Config{})
	conns := map[phone.AccountID]*streamPeer{}
	for _, id := range []phone.AccountID{"a", "b"} {
		u.Do(tlsAccount(string(id), "user"+string(id), p.domain(), ca))
		q := &streamPeer{t: t, l: p.l, tls: p.tls}
		q.accept()
		t.Cleanup(q.drop)
		q.respond(q.request(sip.REGISTER), 200)
		next(t, r, inState(phone.RegistrationRegistered))
		conns[id] = q
	}
	u.Do(tlsAccount("c", "userc", p.domain(), nil)) // trusts nobody of the kind
	p.l.SetDeadline(time.Now().Add(patience))
	raw, err := p.l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := tls.Server(raw, p.tls).HandshakeContext(context.Background()); err == nil {
		// TLS 1.3: the server learns of the refusal with its next read
		io.Copy(io.Discard, raw)
	}
	raw.Close()
	if reg := next(t, r, inState(phone.RegistrationFailed)); reg.Account != "c" || reg.Registration.Reason.Text != refusedAuthority {
		t.Errorf("%+v", reg)
	}
	for id, q := range conns { // for whom a call is shows the connection, whatever its Request-URI says
		fmt.Fprintf(q.conn, "INVITE sip:nobody@%s SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK%s;rport\r\nFrom: <sip:b@x>;tag=1\r\nTo: <sip:nobody@x>\r\n"+
			"Call-ID: %s\r\nCSeq: 1 INVITE\r\nContact: <sip:b@%s;transport=tls>\r\nContent-Length: 0\r\n\r\n", q.conn.RemoteAddr(), id, id, p.l.Addr())
		in := next[Incoming](t, r, nil)
		if in.Account != id {
			t.Errorf("on the connection of %s: %+v", id, in)
		}
		u.Do(Reject{Leg: in.Leg, Code: 486})
		q.response(486)
	}
}

func TestNextHop(t *testing.T) {
	for _, c := range []struct {
		domain, proxy string
		transport     phone.Transport
		want          string
	}{
		{"pbx", "", "", "pbx 0 "},
		{"pbx:5070", "", "tls", "pbx 5070 tls"},
		{"pbx", "sips:edge", "", "edge 0 tls"},
		{"pbx", "<sips:edge:5443;lr>", "", "edge 5443 tls"},
		{"pbx", "sips:edge", "udp", "edge 0 tls"},
		{"pbx", "sip:edge;transport=TLS", "", "edge 0 tls"},
		{"pbx", "sip:edge;transport=udp", "tls", "edge 0 tls"},
		{"pbx", "edge:5061", "tls", "edge 5061 tls"},
		{"pbx", "[2001:db8::1]:5061", "tls", "2001:db8::1 5061 tls"},
		{"pbx", "sip:edge;transport=tls", "udp", "edge 0 udp"},
		{"pbx", "sip:edge;transport=tcp", "", "edge 0 tcp"},
		{"pbx", `"Edge" <SIPS:edge;lr>`, "", "edge 0 tls"},
	} {
		conf := phone.Account{Domain: c.domain, Proxy: c.proxy, Transport: c.transport}
		host, port, transport := nextHop(conf)
		if conf.OverTLS() != (transport == phone.TransportTLS) { // what is shown is what is done
			t.Errorf("%+v: over TLS %v", c, conf.OverTLS())
		}
		if got := fmt.Sprintf("%s %d %s", host, port, transport); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Slots are given anew when they have gone round, and never to two.
func TestSlots(t *testing.T) {
	s := newStreams(nil, "TLS")
	s.slot = 65533
	for _, want := range []uint16{65534, 65535, 1} {
		c := &stream{remote: netip.MustParseAddrPort("192.0.2.1:5061")}
		s.number(c)
		if c.slot != want || c.RemoteAddr().String() != fmt.Sprintf("192.0.2.1:%d", want) {
			t.Errorf("slot %d, want %d", c.slot, want)
		}
	}
	s.slot = 65533
	c := &stream{}
	if s.number(c); c.slot != 2 {
		t.Errorf("slot %d is given twice", c.slot)
	}
}
