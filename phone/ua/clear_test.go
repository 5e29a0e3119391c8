package ua

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/phonetest/zone"
	"svara/phone/ua/resolve"
)

// trap counts what comes in clear: UDP packets and TCP connections on one port.
type trap struct {
	port  int
	count atomic.Int32
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	tr := &trap{}
	for range 20 {
		udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		tcp, err := net.Listen("tcp4", udp.LocalAddr().String())
		if err != nil {
			udp.Close()
			continue
		}
		tr.port = udp.LocalAddr().(*net.UDPAddr).Port
		done := make(chan struct{}, 2)
		go func() {
			defer func() { done <- struct{}{} }()
			buf := make([]byte, 65536)
			for {
				if _, _, err := udp.ReadFrom(buf); err != nil {
					return
				}
				tr.count.Add(1)
			}
		}()
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				c, err := tcp.Accept()
				if err != nil {
					return
				}
				// A TLS handshake is no SIP in clear; anything else is.
				b := make([]byte, 1)
				c.SetReadDeadline(time.Now().Add(patience))
				if n, _ := c.Read(b); n == 1 && b[0] != 0x16 {
					tr.count.Add(1)
				}
				c.Close()
			}
		}()
		t.Cleanup(func() { udp.Close(); tcp.Close(); <-done; <-done })
		return tr
	}
	t.Fatal("no port free for both")
	return nil
}

func (tr *trap) empty(t *testing.T) {
	t.Helper()
	if n := tr.count.Load(); n > 0 {
		t.Errorf("%d messages in clear", n)
	}
}

// What is no TLS server at all, and a file of authorities that is not there.
func TestTLSWithoutTLS(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 10)
	go func() { // ends with the listener
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 8)
			n, _ := c.Read(b)
			heard <- string(b[:n])
			io.WriteString(c, "SIP/2.0 400 Bad Request\r\n\r\n")
			c.Close()
		}
	}()
	u, r := newUA(t, Config{})
	u.Do(tlsAccount("a", "alice", l.Addr().String(), nil))
	if reg := next(t, r, inState(phone.RegistrationFailed)).Registration; reg.Reason.ID != phone.ReasonCertificate || reg.Reason.Text != refusedProtocol {
		t.Errorf("%+v", reg.Reason)
	}
	if got := <-heard; strings.HasPrefix(got, "REGISTER") || got[0] != 0x16 {
		t.Errorf("it heard %q", got)
	}
	put := tlsAccount("b", "bob", l.Addr().String(), nil)
	put.Account.CAFile = "/no/such/file.pem"
	u.Do(put)
	reg := next(t, r, func(v RegistrationChanged) bool {
		return v.Account == "b" && v.Registration.State == phone.RegistrationFailed
	}).Registration
	if reg.Reason.ID != phone.ReasonBadAccount || reg.Reason.Text != "ca_file" {
		t.Errorf("%+v", reg.Reason)
	}
}

// Nothing of a TLS account goes out in clear, whatever DNS, a proxy, a route or a redirection say.
func TestNothingInClear(t *testing.T) {
	ca, cert := loopbackCert(t)
	start := func(t *testing.T) (*streamPeer, *trap, *UA, *recorder) {
		p, tr := secured(t, cert), newTrap(t)
		// DNS prefers what is in clear, by NAPTR and by SRV, and has the plain port for whoever asks for an address.
		dns := zone.Start(t, func(z *zone.Server) {
			z.NAPTR("pbx.test", 1, "SIP+D2U", "_sip._udp.pbx.test")
			z.NAPTR("pbx.test", 2, "SIP+D2T", "_sip._tcp.pbx.test")
			z.NAPTR("pbx.test", 9, "SIPS+D2T", "_sips._tcp.pbx.test")
			z.SRV("_sip._udp.pbx.test", 1, "edge.test", tr.port)
			z.SRV("_sip._tcp.pbx.test", 1, "edge.test", tr.port)
			z.SRV("_sips._tcp.pbx.test", 1, "edge.test", tr.port) // says no TLS: passed over
			z.SRV("_sips._tcp.pbx.test", 2, "edge.test", p.port())
			z.A("edge.test", "127.0.0.1")
			z.A("pbx.test", "127.0.0.1")
		})
		u, r := newUA(t, Config{Resolver: resolve.New(resolve.Config{Nameservers: []string{dns.Addr}})})
		u.Do(tlsAccount("a", "alice", "pbx.test", ca))
		p.accept()
		p.respond(p.request(sip.REGISTER), 200, fmt.Sprintf("Service-Route: <sip:127.0.0.1:%d;transport=udp;lr>", tr.port))
		next(t, r, inState(phone.RegistrationRegistered))
		return p, tr, u, r
	}
	t.Run("DNS", func(t *testing.T) {
		_, tr, _, _ := start(t)
		tr.empty(t)
	})
	t.Run("Record-Route and Contact", func(t *testing.T) {
		p, tr, u, r := start(t)
		u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		inv := p.request(sip.INVITE)
		if !strings.Contains(inv.String(), ";transport=tls>") || !strings.HasPrefix(inv.Recipient.String(), "sip:2101@pbx.test") {
			t.Errorf("%s", inv)
		}
		clear := fmt.Sprintf("127.0.0.1:%d", tr.port)
		p.respond(inv, 200, "Contact: <sip:bob@"+clear+";transport=udp>", "Record-Route: <sip:"+clear+";transport=udp;lr>", "v="+sdpB[2:])
		p.request(sip.ACK)
		next[Answered](t, r, nil)
		u.Do(Offer{Leg: "1", SDP: []byte(sdpC)})
		re := p.request(sip.INVITE)
		p.respond(re, 200, "Contact: <sip:bob@"+clear+">", "v="+sdpC[2:])
		p.request(sip.ACK)
		next[OfferAnswered](t, r, nil)
		u.Do(Hangup{Leg: "1"})
		p.respond(p.request(sip.BYE), 200)
		tr.empty(t)
		for _, v := range all[Travels](r) {
			if v.Transport != phone.TransportTLS {
				t.Errorf("%+v", v)
			}
		}
	})
	t.Run("redirection", func(t *testing.T) {
		p, tr, u, r := start(t)
		for i, to := range []string{"sip:x@127.0.0.1:%d;transport=udp", "sip:x@127.0.0.1:%d;transport=tcp", "sip:x@127.0.0.1:%d"} {
			leg := LegID(fmt.Sprint(i))
			u.Do(Invite{Leg: leg, Account: "a", Target: "2101", SDP: []byte(sdpA)})
			p.respond(p.request(sip.INVITE), 302, "Contact: <"+fmt.Sprintf(to, tr.port)+">")
			p.request(sip.ACK)
			if e := next[Ended](t, r, nil); e.Leg != leg {
				t.Errorf("%+v", e)
			}
		}
		tr.empty(t)
	})
	t.Run("redirection to who speaks TLS", func(t *testing.T) {
		p, _, u, r := start(t)
		other := secured(t, cert)
		u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		p.respond(p.request(sip.INVITE), 302, "Contact: <sip:x@"+other.domain()+">")
		other.accept()
		other.respond(other.request(sip.INVITE), 486)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonBusy {
			t.Errorf("%+v", e)
		}
	})
	t.Run("what the user dials", func(t *testing.T) {
		_, tr, u, r := start(t)
		for i, to := range []string{"sip:x@127.0.0.1:%d;transport=udp", "x@127.0.0.1:%d", "sips:x@127.0.0.1:%d"} {
			u.Do(Invite{Leg: LegID(fmt.Sprint(i)), Account: "a", Target: fmt.Sprintf(to, tr.port), SDP: []byte(sdpA)})
			next[Ended](t, r, nil)
			u.Do(SendMessage{ID: fmt.Sprint(i), Account: "a", Target: fmt.Sprintf(to, tr.port), ContentType: "text/plain", Body: []byte("x")})
			next[MessageDone](t, r, nil)
		}
		tr.empty(t)
	})
	t.Run("the exchange is gone", func(t *testing.T) {
		p, tr, u, r := start(t)
		p.l.Close()
		p.drop()
		next(t, r, inState(phone.RegistrationFailed))
		u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		next[Ended](t, r, nil)
		tr.empty(t)
	})
	t.Run("requests in clear", func(t *testing.T) { // and no answer of the account's to those that come so
		p, _, u, r := start(t)
		stranger := newPeer(t)
		stranger.invite(u, "alice", sdpA)
		stranger.response(sip.INVITE, 403)
		c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", u.Port())) // from the exchange's very address
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		q := &streamPeer{t: t, conn: c, r: bufio.NewReader(c)}
		fmt.Fprintf(c, "INVITE sip:alice@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKt;rport\r\nFrom: <sip:b@x>;tag=1\r\nTo: <sip:alice@x>\r\n"+
			"Call-ID: clear\r\nCSeq: 1 INVITE\r\nContact: <sip:b@x>\r\nContent-Length: 0\r\n\r\n")
		q.response(403)
		u.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
		inv := p.request(sip.INVITE)
		p.respond(inv, 200, "Contact: <sip:bob@"+p.domain()+";transport=tls>", "v="+sdpB[2:])
		p.request(sip.ACK)
		next[Answered](t, r, nil)
		bye := stranger.dialogOf(inv, "t")
		bye.target, bye.dest = u.uri("alice"), fmt.Sprintf("127.0.0.1:%d", u.Port())
		bye.from = "<" + inv.To().Address.String() + ">;tag=peer"
		bye.send("BYE", "")
		stranger.response(sip.BYE, 403)
		u.Do(Hangup{Leg: "1"})
		p.respond(p.request(sip.BYE), 200)
		if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonHangup {
			t.Errorf("%+v", e)
		}
	})
}

// A sips: address is reached over TLS, and is given one in return (RFC 3261 8.1.1.8).
func TestSIPSTarget(t *testing.T) {
	ca, cert := loopbackCert(t)
	p, tr := secured(t, cert), newTrap(t)
	u, r := newUA(t, Config{})
	put := tlsAccount("a", "alice", p.domain(), ca)
	u.Do(put)
	p.accept()
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationRegistered))
	u.Do(Invite{Leg: "1", Account: "a", Target: "sips:bob@" + p.domain(), SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	if c := headerValue(inv, "Contact"); c != fmt.Sprintf("<sips:alice@%s>", p.conn.RemoteAddr()) || inv.Recipient.Scheme != "sips" {
		t.Errorf("%s", inv)
	}
	p.respond(inv, 486)

	// Without an account, and from one that otherwise goes in clear.
	plain := newPeer(t)
	u.Do(testAccount("c", "carol", plain.domain()))
	plain.accept()
	for i, id := range []phone.AccountID{"", "c"} {
		u.Do(Invite{Leg: LegID(fmt.Sprint("s", i)), Account: id, Target: fmt.Sprintf("sips:bob@127.0.0.1:%d", tr.port), SDP: []byte(sdpA)})
		next(t, r, func(e Ended) bool { return strings.HasPrefix(string(e.Leg), "s") })
	}
	plain.quiet(2*t1, sip.INVITE)
	tr.empty(t)
}
