package ua

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"svara/phone"
)

// t1 is T1 in these tests: an eighth of the real one, so that 64*T1 is four seconds. Set once, before anything runs.
const t1 = 62500 * time.Microsecond

func TestMain(m *testing.M) {
	sip.SetTimers(t1, 8*t1, 10*t1)
	sip.Timer_D = 64 * t1
	setSIPLimits()
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines left:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// patience is how long a test waits for something that should happen.
const patience = 15 * time.Second

var loopback = netip.MustParseAddr("127.0.0.1")

// recorder drains a user agent's values.
type recorder struct {
	mu     sync.Mutex
	cond   *sync.Cond
	values []Value
	read   int
	closed bool
}

func record(u *UA) *recorder {
	r := &recorder{}
	r.cond = sync.NewCond(&r.mu)
	go func() {
		for v := range u.Values() {
			r.mu.Lock()
			r.values = append(r.values, v)
			r.cond.Broadcast()
			r.mu.Unlock()
		}
		r.mu.Lock()
		r.closed = true
		r.cond.Broadcast()
		r.mu.Unlock()
	}()
	return r
}

// newUA starts a user agent on loopback that is closed, and checked for leaks by TestMain, at the end of the test.
func newUA(t *testing.T, cfg Config) (*UA, *recorder) {
	t.Helper()
	if !cfg.Bind.IsValid() {
		cfg.Bind = loopback
	}
	u, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := record(u)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := u.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		r.drained()
		r.mu.Lock()
		defer r.mu.Unlock()
		ended := map[LegID]int{}
		for _, v := range r.values {
			leg := legOfValue(v)
			if ended[leg] > 0 && leg != "" {
				t.Errorf("%#v after Ended", v)
			}
			if e, ok := v.(Ended); ok {
				ended[e.Leg]++
			}
		}
	})
	return u, r
}

// drained waits until the last value of a closed user agent is here.
func (r *recorder) drained() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.closed {
		r.cond.Wait()
	}
}

func legOfValue(v Value) LegID {
	switch v := v.(type) {
	case Incoming:
		return v.Leg
	case Progress:
		return v.Leg
	case Answered:
		return v.Leg
	case Confirmed:
		return v.Leg
	case Offered:
		return v.Leg
	case OfferAnswered:
		return v.Leg
	case OfferFailed:
		return v.Leg
	case InfoReceived:
		return v.Leg
	case Ended:
		return v.Leg
	}
	return ""
}

// next waits for the next value of a type that matches, passing over others.
func next[V Value](t *testing.T, r *recorder, match func(V) bool) V {
	t.Helper()
	deadline := time.Now().Add(patience)
	wake := time.AfterFunc(patience, func() { r.mu.Lock(); r.cond.Broadcast(); r.mu.Unlock() })
	defer wake.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	from := r.read
	for {
		for r.read < len(r.values) {
			v, ok := r.values[r.read].(V)
			r.read++
			if ok && (match == nil || match(v)) {
				return v
			}
		}
		if time.Now().After(deadline) || r.closed {
			var want V
			t.Fatalf("no %T; got %+v", want, r.values[from:])
		}
		r.cond.Wait()
	}
}

// all is every value of a type so far.
func all[V Value](r *recorder) []V {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []V
	for _, v := range r.values {
		if v, ok := v.(V); ok {
			out = append(out, v)
		}
	}
	return out
}

func (u *UA) uri(user string) string { return fmt.Sprintf("sip:%s@127.0.0.1:%d", user, u.Port()) }

// peer is a scripted SIP element: a bare UDP socket that the test reads from and writes to.
type peer struct {
	t    *testing.T
	conn *net.UDPConn
	to   netip.AddrPort // where the last message came from
	in   chan sip.Message
	done chan struct{}
	tag  string
	seen map[string]bool // requests that were handed out, by method and branch: retransmissions are passed over

	pings   chan uint16 // the ports that CRLFs came from; what is too much is passed over
	keepBye atomic.Bool // un-REGISTERs are left to the test; else they are answered 200 at once
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	return newPeerAt(t, 0)
}

// newPeerAt is a peer that comes back on the port it had.
func newPeerAt(t *testing.T, port int) *peer {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, conn: conn, in: make(chan sip.Message, 1000), pings: make(chan uint16, 100), done: make(chan struct{}), tag: newTag(), seen: map[string]bool{}}
	go p.read()
	t.Cleanup(p.close)
	return p
}

func (p *peer) close() {
	p.conn.Close()
	<-p.done
}

func (p *peer) read() {
	defer close(p.done)
	parser := sip.NewParser(sip.WithHeadersParsers(headerParsers()))
	buf := make([]byte, 65536)
	for {
		n, from, err := p.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if strings.TrimSpace(string(buf[:n])) == "" {
			select {
			case p.pings <- from.Port():
			default:
			}
			continue
		}
		out, _, err := normalise(slices.Clone(buf[:n]))
		if code := 0; err != nil { // a 400 repeats what was wrong with the request
			if fmt.Sscanf(string(buf[:n]), "SIP/2.0 %d ", &code); code == 400 || code == 505 {
				res := sip.NewResponse(code, "")
				res.AppendHeader(&sip.CSeqHeader{MethodName: sip.OPTIONS})
				p.in <- res
				continue
			}
			p.t.Errorf("we sent something malformed: %v\n%s", err, buf[:n])
			continue
		}
		m, err := parser.ParseSIP(out)
		if err != nil {
			p.t.Errorf("we sent something malformed: %v\n%s", err, out)
			continue
		}
		m.SetSource(from.String())
		m.SetTransport("UDP")
		if r, ok := m.(*sip.Request); ok && r.Method == sip.REGISTER && strings.HasSuffix(headerValue(r, "Contact"), ">;expires=0") &&
			headerValue(r, "Expires") == "0" && !p.keepBye.Load() {
			p.respond(r, 200)
			continue
		}
		p.in <- m
	}
}

func (p *peer) port() int { return p.conn.LocalAddr().(*net.UDPAddr).Port }

func (p *peer) addr() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *peer) uri(user string) string { return fmt.Sprintf("sip:%s@127.0.0.1:%d", user, p.port()) }

// request waits for the next request of a method, passing over everything else.
func (p *peer) request(method sip.RequestMethod) *sip.Request {
	p.t.Helper()
	return p.requestWhere(string(method), func(r *sip.Request) bool { return r.Method == method })
}

func (p *peer) requestWhere(what string, match func(*sip.Request) bool) *sip.Request {
	p.t.Helper()
	for {
		select {
		case m := <-p.in:
			if r, ok := m.(*sip.Request); ok {
				p.to = netip.MustParseAddrPort(r.Source())
				key := string(r.Method) + " " + r.Via().Params.GetOr("branch", "")
				if !p.seen[key] && match(r) {
					p.seen[key] = r.Method != sip.ACK // one that is repeated for a repeated 2xx is news
					return r
				}
			}
		case <-time.After(patience):
			p.t.Fatalf("no %s came", what)
		}
	}
}

// response waits for the next final or, by code, any response of a method.
func (p *peer) response(method sip.RequestMethod, code int) *sip.Response {
	p.t.Helper()
	for {
		select {
		case m := <-p.in:
			if r, ok := m.(*sip.Response); ok && r.CSeq().MethodName == method && (r.StatusCode == code || code == 0 && r.StatusCode >= 200) {
				return r
			} else if ok && r.CSeq().MethodName == method && r.StatusCode >= 200 && code >= 200 {
				p.t.Fatalf("%d %s to %s, want %d", r.StatusCode, r.Reason, method, code)
			}
		case <-time.After(patience):
			p.t.Fatalf("no %d to %s came", code, method)
		}
	}
}

// first is the code of the next response to the call's last request, provisional or final; one to a request before it may
// come again.
func (c *call) first() int {
	c.p.t.Helper()
	for {
		select {
		case m := <-c.p.in:
			if r, ok := m.(*sip.Response); ok && int(r.CSeq().SeqNo) == c.cseq {
				return r.StatusCode
			}
		case <-time.After(patience):
			c.p.t.Fatalf("no response to request %d came", c.cseq)
		}
	}
}

// quiet checks that no request of a method comes for a while.
func (p *peer) quiet(d time.Duration, method sip.RequestMethod) {
	p.t.Helper()
	deadline := time.After(d)
	for {
		select {
		case m := <-p.in:
			if r, ok := m.(*sip.Request); ok && r.Method == method {
				p.t.Fatalf("unwanted %s", r.StartLine())
			}
		case <-deadline:
			return
		}
	}
}

// respond answers a request. Extra lines are headers; the last argument that begins with "v=" is SDP. {tag} in headers
// is left alone; the To tag is the peer's, or the one given as "tag:x".
func (p *peer) respond(req *sip.Request, code int, extra ...string) {
	p.t.Helper()
	res := sip.NewResponseFromRequest(req, code, statusText(code), nil)
	tag := p.tag
	var body string
	for _, e := range extra {
		switch {
		case strings.HasPrefix(e, "v="):
			body = e
		case strings.HasPrefix(e, "tag:"):
			tag = e[4:]
		default:
			name, value, _ := strings.Cut(e, ": ")
			res.AppendHeader(sip.NewHeader(name, value))
		}
	}
	if had, _ := req.To().Params.Get("tag"); had == "" && code > 100 {
		res.To().Params.Add("tag", tag)
	}
	if code > 100 && code < 300 && (req.Method == sip.INVITE || req.Method == sip.UPDATE) && res.GetHeader("Contact") == nil {
		res.AppendHeader(sip.NewHeader("Contact", "<"+p.uri("peer")+">"))
	}
	setBody(res, "application/sdp", []byte(body))
	p.write(res.String(), req.Source())
}

func (p *peer) write(msg, to string) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort([]byte(msg), netip.MustParseAddrPort(to)); err != nil && !errors.Is(err, net.ErrClosed) { // the test ends while a goodbye is answered
		p.t.Fatal(err)
	}
}

// call is a call the peer makes, or has been made by respond; it builds requests inside the dialog.
type call struct {
	p        *peer
	target   string // Request-URI
	dest     string
	callID   string
	from, to string // with tags
	cseq     int
	branch   string
}

// invite sends an INVITE to a user agent.
func (p *peer) invite(u *UA, user, sdp string, extra ...string) *call {
	c := &call{
		p: p, target: u.uri(user), dest: fmt.Sprintf("127.0.0.1:%d", u.Port()), callID: newCallID(),
		from: fmt.Sprintf("\"Anna \\\"A\\\"\" <%s>;tag=%s", p.uri("anna"), p.tag), to: "<" + u.uri(user) + ">",
	}
	c.send("INVITE", sdp, extra...)
	return c
}

// dialogOf is the peer's side of a call whose INVITE it answered.
func (p *peer) dialogOf(invite *sip.Request, tag string) *call {
	target, err := contactOf(invite)
	if err != nil {
		p.t.Fatal(err)
	}
	return &call{
		p: p, target: target.String(), dest: invite.Source(), callID: invite.CallID().Value(),
		from: "<" + invite.To().Address.String() + ">;tag=" + tag, to: invite.From().Value(),
	}
}

// send sends a request of the call with a new number and branch.
func (c *call) send(method, body string, extra ...string) string {
	if method != "ACK" && method != "CANCEL" {
		c.cseq++
	}
	if method != "CANCEL" {
		c.branch = sip.RFC3261BranchMagicCookie + newTag()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=%s;rport\r\nMax-Forwards: 70\r\n", method, c.target, c.p.port(), c.branch)
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n", c.from, c.to, c.callID, c.cseq, method)
	contact := true
	for _, e := range extra {
		if e == "no contact" {
			contact = false
			continue
		}
		b.WriteString(e + "\r\n")
	}
	if contact {
		fmt.Fprintf(&b, "Contact: <%s>\r\n", c.p.uri("peer"))
	}
	if body != "" && !strings.Contains(strings.Join(extra, "\n"), "Content-Type") {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	c.p.write(b.String(), c.dest)
	return b.String()
}

// learn takes the To tag and target from a response.
func (c *call) learn(res *sip.Response) {
	c.to = res.To().Value()
	if target, err := contactOf(res); err == nil {
		c.target = target.String()
	}
}

func testAccount(id, user, domain string) PutAccount {
	return PutAccount{Account: phone.Account{ID: phone.AccountID(id), User: user, Domain: domain, Transport: phone.TransportUDP}, Password: "secret"}
}

const (
	sdpA = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
	sdpB = "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n"
	sdpC = "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\na=sendonly\r\n"
)
