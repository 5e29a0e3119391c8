package ua

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// streamPeer is a scripted SIP element on TCP, or TLS, that accepts connections.
type streamPeer struct {
	t    *testing.T
	l    *net.TCPListener
	tls  *tls.Config // nil: TCP
	conn net.Conn
	r    *bufio.Reader
	ping int // CRLFs seen between messages

	held []*sip.Request // came while cut waited for others
}

func newStreamPeer(t *testing.T) *streamPeer {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &streamPeer{t: t, l: l}
	t.Cleanup(func() { l.Close(); p.drop() })
	return p
}

func (p *streamPeer) accept() {
	p.t.Helper()
	p.l.SetDeadline(time.Now().Add(patience))
	for {
		c, err := p.l.Accept()
		if err != nil {
			p.t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(2 * patience))
		if p.tls != nil {
			s := tls.Server(c, p.tls)
			if s.Handshake() != nil { // a slow machine: who connected has run out of patience, and comes again
				c.Close()
				continue
			}
			c = s
		}
		p.conn, p.r = c, bufio.NewReader(c)
		return
	}
}

func (p *streamPeer) drop() {
	if p.conn != nil {
		p.conn.Close()
	}
}

// request reads on to the next request of a method, or of any.
func (p *streamPeer) request(method sip.RequestMethod) *sip.Request {
	p.t.Helper()
	if i := slices.IndexFunc(p.held, func(req *sip.Request) bool { return req.Method == method }); i >= 0 {
		req := p.held[i]
		p.held = slices.Delete(p.held, i, i+1)
		return req
	}
	for {
		if req, ok := p.message().(*sip.Request); ok && (req.Method == method || method == "") {
			req.SetSource(p.conn.RemoteAddr().String())
			return req
		}
	}
}

// response reads on to the next response with a code.
func (p *streamPeer) response(code int) *sip.Response {
	p.t.Helper()
	for {
		if res, ok := p.message().(*sip.Response); ok && res.StatusCode == code {
			return res
		}
	}
}

// message reads the next message, or nil for a CRLF between messages.
func (p *streamPeer) message() sip.Message {
	p.t.Helper()
	var head strings.Builder
	length := 0
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			p.t.Fatal(err)
		}
		if line == "\r\n" {
			if head.Len() > 0 {
				break
			}
			if p.ping++; p.ping%2 == 0 {
				io.WriteString(p.conn, "\r\n")
			}
			return nil
		}
		if name, value, _ := strings.Cut(line, ":"); name == "Content-Length" {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
		head.WriteString(line)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(p.r, body); err != nil {
		p.t.Fatal(err)
	}
	m, err := sip.NewParser(sip.WithHeadersParsers(headerParsers())).ParseSIP([]byte(head.String() + "\r\n" + string(body)))
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *streamPeer) respond(req *sip.Request, code int, headers ...string) {
	p.t.Helper()
	res := sip.NewResponseFromRequest(req, code, statusText(code), nil)
	if had, _ := req.To().Params.Get("tag"); had == "" && req.Method == sip.INVITE {
		res.To().Params.Remove("tag")
		res.To().Params.Add("tag", "peer")
	}
	for _, h := range headers {
		if strings.HasPrefix(h, "v=") {
			setBody(res, "application/sdp", []byte(h))
			continue
		}
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(sip.NewHeader(name, value))
	}
	if _, err := io.WriteString(p.conn, res.String()); err != nil {
		p.t.Fatal(err)
	}
}

// An account on TCP: the connection dies and is made again at once, a call comes in over it, and CRLFs keep it open.
func TestTCPAccount(t *testing.T) {
	p := newStreamPeer(t)
	u, r := newUA(t, Config{})
	put := testAccount("a", "alice", p.l.Addr().String())
	put.Account.Transport = phone.TransportTCP
	u.Do(put)
	p.accept()
	reg := p.request(sip.REGISTER)
	if c := headerValue(reg, "Contact"); !strings.Contains(c, fmt.Sprintf(":%d;transport=tcp>", u.Port())) || reg.Via().Transport != "TCP" {
		t.Errorf("%s", reg)
	}
	p.respond(reg, 200)
	next(t, r, inState(phone.RegistrationRegistered))

	p.drop()
	start := time.Now()
	p.accept()
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationRegistered))
	if d := time.Since(start); d > 6*t1 {
		t.Errorf("registered again after %v", d)
	}
	io.WriteString(p.conn, strings.Replace(fmt.Sprintf("INVITE sip:alice@127.0.0.1:%d SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKq;rport\r\nFrom: <sip:b@x>;tag=1\r\nTo: <sip:alice@x>\r\n"+
		"Call-ID: tcp\r\nCSeq: 1 INVITE\r\nContact: <sip:b@%s;transport=tcp>\r\nContent-Length: 0\r\n\r\n", u.Port(), p.l.Addr()), "\r\n\r\n", "\r\n\r\n\r\n\r\n", 1))
	in := next[Incoming](t, r, nil)
	if in.Account != "a" {
		t.Errorf("%+v", in)
	}
	u.Do(Reject{Leg: in.Leg, Code: 486})
	u.Do(RegisterNow{ID: "a"})
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationRegistered))
	for seen := p.ping; p.ping == seen; { // a keep-alive every 50 T1
		p.message()
	}
	u.Do(DropAccount{ID: "a"})
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationOff))
}

// A call takes the second target when the first says nothing or is busy, and the next call takes it at once.
func TestFailover(t *testing.T) {
	for _, kind := range []string{"silent", "503", "refused"} {
		t.Run(kind, func(t *testing.T) {
			first, second := newPeer(t), newPeer(t)
			u, _ := newUA(t, Config{})
			hops := []hop{{network: "UDP", addr: first.addr()}, {network: "UDP", addr: second.addr()}}
			if kind == "refused" {
				first.close()
			}
			uri, _ := parseURI("sip:bob@pbx.invalid")
			call := func() chan result {
				done := make(chan result, 1)
				req := u.newRequest(sip.INVITE, uri, uri, "", "f", uri, "", "", newCallID())
				u.group.Go(func() {
					n := uint32(0)
					done <- u.send(context.Background(), req, sending{hops: hops, cseq: func() uint32 { n++; return n }})
				})
				return done
			}
			start := time.Now()
			done := call()
			if kind == "503" {
				first.respond(first.request(sip.INVITE), 503)
			}
			second.respond(second.request(sip.INVITE), 486)
			if d := time.Since(start); d > 8*t1 {
				t.Errorf("on the second target after %v = %.1f T1", d, float64(d)/float64(t1))
			}
			if r := <-done; r.err != nil || r.res.StatusCode != 486 {
				t.Errorf("%+v", r)
			}
			start = time.Now()
			done = call()
			second.respond(second.request(sip.INVITE), 486)
			if d := time.Since(start); d > t1 {
				t.Errorf("the next call after %v", d)
			}
			<-done
		})
	}
}

// loopback6 is the IPv6 loopback of a machine that has one; without it the test is skipped, and fails with CI=true.
func loopback6(t *testing.T) netip.Addr {
	t.Helper()
	c, err := net.ListenPacket("udp6", "[::1]:0")
	if err == nil {
		c.Close()
		return netip.IPv6Loopback()
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("this machine has no IPv6 loopback: ", err)
	}
	t.Skip("this machine has no IPv6 loopback: ", err)
	return netip.Addr{}
}

func TestIPv6(t *testing.T) {
	six := loopback6(t)
	a, ra := newUA(t, Config{Bind: six})
	b, rb := newUA(t, Config{Bind: six, AllowDirect: true})
	for i, transport := range []string{"", ";transport=tcp"} {
		leg := LegID(fmt.Sprint(i))
		a.Do(Invite{Leg: leg, Target: fmt.Sprintf("sip:bob@[::1]:%d%s", b.Port(), transport), SDP: []byte(sdpA)})
		in := next[Incoming](t, rb, nil)
		if in.Local != six {
			t.Errorf("%+v", in)
		}
		b.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
		next[Answered](t, ra, nil)
		next[Confirmed](t, rb, nil)
		a.Do(Hangup{Leg: leg})
		next[Ended](t, rb, nil)
	}
}

// An account at an exchange that has an IPv6 address alone: registration, a call from there, and one to it.
func TestIPv6Account(t *testing.T) {
	six := loopback6(t)
	for _, transport := range []phone.Transport{phone.TransportUDP, phone.TransportTCP} {
		t.Run(string(transport), func(t *testing.T) {
			password := func(string) (string, bool) { return "secret", true }
			server, heard := newUA(t, Config{Bind: six, Server: &ServerConfig{Domain: "pbx.test", Password: password}})
			client, said := newUA(t, Config{Bind: six})
			put := testAccount("a", "2100", fmt.Sprintf("[::1]:%d", server.Port()))
			put.Account.Transport = transport
			client.Do(put)
			next(t, said, inState(phone.RegistrationRegistered))
			bound := next[Bound](t, heard, nil)
			client.Do(Invite{Leg: "1", Account: "a", Target: "2101", SDP: []byte(sdpA)})
			in := next[Incoming](t, heard, nil)
			if in.From.Number != "2100" || in.Local != six {
				t.Errorf("%+v", in)
			}
			server.Do(Reject{Leg: in.Leg, Code: 486})
			if e := next[Ended](t, said, nil); e.Reason.ID != phone.ReasonBusy {
				t.Errorf("%+v", e)
			}
			server.Do(Invite{Leg: "2", Target: "2100", To: bound.Contact, SDP: []byte(sdpA)})
			in = next[Incoming](t, said, nil)
			if in.Account != "a" {
				t.Errorf("%+v", in)
			}
			client.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
			next[Answered](t, heard, nil)
			next[Confirmed](t, said, nil)
			client.Do(Hangup{Leg: in.Leg})
			next(t, heard, func(e Ended) bool { return e.Leg == "2" })
		})
	}
}

// Translators forget who says nothing: over UDP too a CRLF goes out from the account's own port.
func TestKeepAliveOverUDP(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", p.domain()))
	p.respond(p.request(sip.REGISTER), 200)
	next(t, r, inState(phone.RegistrationRegistered))
	for limit := time.After(patience); ; {
		select {
		case port := <-p.pings: // from another one we only ask whether anybody is there
			if int(port) == u.Port() {
				return
			}
		case <-limit:
			t.Fatal("no keep-alive")
		}
	}
}

// Both families on one user agent that listens everywhere.
func TestAllInterfaces(t *testing.T) {
	p := newPeer(t)
	u, err := New(Config{AllowDirect: true})
	if err != nil {
		t.Fatal(err)
	}
	record(u)
	defer u.Close(t.Context())
	u.Do(Invite{Leg: "1", Target: p.uri("bob"), SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	if inv.Via().Host != "127.0.0.1" || !strings.HasPrefix(headerValue(inv, "Contact"), "<sip:svara@127.0.0.1:") {
		t.Errorf("%s", inv)
	}
	p.respond(inv, 486)
	if addr, err := u.LocalAddr(t.Context(), "", p.uri("x")); err != nil || addr != loopback {
		t.Errorf("%v %v", addr, err)
	}
}

func TestTargetURI(t *testing.T) {
	for _, c := range []struct{ target, domain, want string }{
		{"2101", "pbx", "sip:2101@pbx"},
		{" +46 (0)8-123 45 ", "pbx:5070", "sip:+46812345@pbx:5070"},
		{"*21*5#", "pbx", "sip:*21*5%23@pbx"},
		{"tel:+46-8-1;ext=5", "pbx", "sip:+4681@pbx"},
		{"anna", "pbx", "sip:anna@pbx"},
		{"åsa", "pbx", "sip:%C3%A5sa@pbx"},
		{"sip:bob@other:5070;transport=tcp", "pbx", "sip:bob@other:5070;transport=tcp"},
		{"SIP:bob@other", "pbx", "sip:bob@other"},
		{"sip:2101", "pbx", "sip:2101@pbx"},
		{"bob@other", "pbx", "sip:bob@other"},
		{"sip:bob@other?Replaces=x", "pbx", "sip:bob@other"},
		{"sip:bob@[2001:db8::1]:5070", "", "sip:bob@[2001:db8::1]:5070"},
		{"192.0.2.1", "", "sip:192.0.2.1"},
	} {
		uri, err := targetURI(c.target, c.domain)
		if err != nil || uri.String() != c.want {
			t.Errorf("%q: %s, %v; want %s", c.target, uri.String(), err, c.want)
		}
	}
}

// A target that was passed over answers after all: acknowledged and hung up on, while the call goes on at the second.
func TestLateAnswerOfPassedOver(t *testing.T) {
	first, second := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", second.domain()))
	second.accept()
	next(t, r, inState(phone.RegistrationRegistered))
	u.mu.Lock()
	acct := u.accounts["a"]
	u.mu.Unlock()
	l := u.newLeg("1", acct)
	// DNS would give two targets; here the leg is told.
	l.outgoing = &outgoing{
		a: Invite{Leg: "1", SDP: []byte(sdpA)}, callID: newCallID(), tag: newTag(), early: map[string]*dialog{}, tried: map[string]bool{},
		acks: acks{byTag: map[string]*sip.Request{}},
	}
	u.mu.Lock()
	u.legs["1"] = l
	u.dialogs[dialogKey{l.outgoing.callID, l.outgoing.tag}] = l
	u.mu.Unlock()
	l.start(func() state {
		uri, _ := parseURI("sip:bob@" + second.domain())
		where := destination{uri: uri, hops: []hop{{network: "UDP", addr: first.addr()}, {network: "UDP", addr: second.addr()}}}
		u.group.Go(func() { l.box.put(l.call(context.Background(), where, nil)) })
		return stateCalling
	})
	passed := first.request(sip.INVITE)
	inv := second.request(sip.INVITE)
	second.respond(inv, 200, sdpB, "tag:second")
	second.request(sip.ACK)
	next[Answered](t, r, nil)
	first.respond(passed, 200, sdpC, "tag:first")
	if ack := first.request(sip.ACK); ack.To().Params.GetOr("tag", "") != "first" || ack.CSeq().SeqNo != passed.CSeq().SeqNo {
		t.Errorf("%s", ack)
	}
	first.respond(first.request(sip.BYE), 200)
	u.Do(Hangup{Leg: "1"})
	second.respond(second.request(sip.BYE), 200)
}

// Two accounts at one PBX: each call comes to the one it is for.
func TestTwoAccounts(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	for _, user := range []string{"alice", "bob"} {
		u.Do(testAccount("id-"+user, user, p.domain()))
		p.accept()
		next(t, r, inState(phone.RegistrationRegistered))
	}
	for _, user := range []string{"bob", "alice"} {
		p.invite(u, user, sdpA)
		in := next[Incoming](t, r, nil)
		if in.Account != phone.AccountID("id-"+user) {
			t.Errorf("%s: %+v", user, in)
		}
		u.Do(Hangup{Leg: in.Leg})
	}
}

// The machine slept, or its address changed: registered again at the next look, which comes every 5 T1.
func TestWakeAndMove(t *testing.T) {
	p := newPeer(t)
	u, _ := newUA(t, Config{})
	for name, change := range map[string]func(*registration){
		"nothing": func(*registration) {},
		"slept":   func(r *registration) { r.wall = r.wall.Add(-time.Hour) },
		"clock":   func(r *registration) { r.wall = r.wall.Add(24 * time.Hour) },
		"moved":   func(r *registration) { r.local = netip.MustParseAddr("192.0.2.1") },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			put := testAccount("a", "alice", p.domain())
			a := &account{
				id: "a", u: u, box: newMailbox[any](), ctx: ctx, cancel: cancel, callID: newCallID(), conf: put.Account, secret: put.Password,
				realms: map[string]bool{}, trust: map[netip.AddrPort]bool{}, flow: hop{network: "UDP", addr: p.addr(), own: true},
			}
			r := &registration{a: a, u: u, state: phone.RegistrationRegistered, expires: 60, local: loopback, wall: time.Now().Round(0), mono: time.Now()}
			defer r.stopTimer()
			change(r)
			r.beat()
			if name == "nothing" {
				p.quiet(t1, sip.REGISTER)
				return
			}
			p.respond(p.request(sip.REGISTER), 200)
		})
	}
}
