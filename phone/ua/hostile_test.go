package ua

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// torture is a well-formed request to bend.
func torture(u *UA, p *peer, method string) string {
	return fmt.Sprintf("%s sip:alice@127.0.0.1:%d SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s;rport\r\nMax-Forwards: 70\r\n"+
		"From: \"A\" <sip:anna@127.0.0.1>;tag=a\r\nTo: <sip:alice@127.0.0.1>\r\nCall-ID: %s\r\nCSeq: 1 %s\r\nContact: <%s>\r\nContent-Length: 0\r\n\r\n",
		method, u.Port(), p.port(), newTag(), newCallID(), method, p.uri("anna"))
}

// alive checks that the user agent still answers.
func alive(t *testing.T, u *UA, p *peer) {
	t.Helper()
	again := time.NewTicker(100 * time.Millisecond) // the guard may want a new second first
	defer again.Stop()
	for deadline := time.After(patience); ; {
		select {
		case m := <-p.in:
			if res, ok := m.(*sip.Response); ok && res.StatusCode == 200 {
				return
			}
		case <-again.C:
			p.write(torture(u, p, "OPTIONS"), fmt.Sprintf("127.0.0.1:%d", u.Port()))
		case <-deadline:
			t.Fatal("no answer any more")
		}
	}
}

// Malformed messages get 400 or nothing, and hurt nobody (quality.md, hostile input 1 to 6; RFC 4475).
func TestHostileMessages(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{AllowDirect: true})
	cut := func(name string) func(string) string {
		return func(m string) string {
			var out []string
			for _, line := range strings.Split(m, "\r\n") {
				if !strings.HasPrefix(line, name) {
					out = append(out, line)
				}
			}
			return strings.Join(out, "\r\n")
		}
	}
	swap := func(old, new string) func(string) string {
		return func(m string) string { return strings.Replace(m, old, new, 1) }
	}
	cases := []struct {
		name string
		bend func(string) string
		code int // 0: nothing comes back
	}{
		{"no Via", cut("Via"), 0}, {"no From", cut("From"), 0}, {"no To", cut("To"), 0}, {"no Call-ID", cut("Call-ID"), 0}, {"no CSeq", cut("CSeq"), 0},
		{"no From tag", swap(";tag=a", ""), 400},
		{"two From", swap("To:", "From: <sip:b@c>;tag=x\r\nTo:"), 0},
		{"two Max-Forwards", swap("To:", "Max-Forwards: 1\r\nTo:"), 400},
		{"empty brackets From", swap("<sip:anna@127.0.0.1>", "<>"), 400},
		{"slash From", swap("<sip:anna@127.0.0.1>", "</>"), 400},
		{"x: From", swap("<sip:anna@127.0.0.1>", "<x:>"), 400},
		{"open quote", swap(`"A"`, `"\"`), 400},
		{"unbalanced quote", swap(`"A"`, `"A`), 400},
		{"no closing bracket", swap("<sip:anna@127.0.0.1>", "<sip:anna@127.0.0.1"), 400},
		{"empty To tag", swap("To: <sip:alice@127.0.0.1>", "To: <sip:alice@127.0.0.1>;tag="), 400},
		{"CSeq other method", swap("CSeq: 1 ", "CSeq: 1 X"), 400},
		{"CSeq too large", swap("CSeq: 1 ", "CSeq: 36893488147419103232 "), 400},
		{"CSeq negative", swap("CSeq: 1 ", "CSeq: -1 "), 400},
		{"Content-Length 2^31", swap("Content-Length: 0", "Content-Length: 2147483648"), 400},
		{"Content-Length 2^32-1", swap("Content-Length: 0", "Content-Length: 4294967295"), 400},
		{"Content-Length -1", swap("Content-Length: 0", "Content-Length: -999"), 400},
		{"Content-Length ten digits", swap("Content-Length: 0", "Content-Length: 9999999999"), 400},
		{"Content-Length lies", swap("Content-Length: 0", "Content-Length: 150"), 400},
		{"SIP/7.0", swap("SIP/2.0", "SIP/7.0"), 505},
		{"HTTP", swap("SIP/2.0", "HTTP/1.1"), 0},
		{"space in URI", swap("sip:alice@127", "sip:al ice@127"), 400},
		{"no host", swap(fmt.Sprintf("alice@127.0.0.1:%d", u.Port()), ""), 400},
		{"bad Via port", swap(fmt.Sprintf("UDP 127.0.0.1:%d", p.port()), "UDP 127.0.0.1:999999"), 400},
		{"bad Via", swap("Via: SIP/2.0/UDP ", "Via: SIP/2.0 "), 400},
		{"no colon", swap("Max-Forwards: 70", "Max-Forwards 70"), 0},
		{"NUL in header", swap("Max-Forwards: 70", "Subject: a\x00b"), 400},
		{"1000 Vias", swap("Max-Forwards: 70", strings.TrimSuffix(strings.Repeat("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n", 1000), "\r\n")), 0},
		{"300 headers", swap("Max-Forwards: 70", strings.TrimSuffix(strings.Repeat("X: y\r\n", 300), "\r\n")), 0},
		{"60 kB header", swap("Max-Forwards: 70", "Subject: "+strings.Repeat("a", 60000)), 0},
		{"60 kB method", func(m string) string { return strings.Repeat("A", 60000) + m }, 0},
		{"60 kB URI", swap("sip:alice@", "sip:"+strings.Repeat("a", 60000)+"@"), 400},
		{"unknown scheme", swap("sip:alice@127.0.0.1", "nobodyknows:alice"), 416},
		{"response with no Via", func(string) string { return "SIP/2.0 200 OK\r\n\r\n" }, 0},
		{"response of nobody", func(m string) string {
			return strings.Replace(m, m[:strings.Index(m, "\r\n")], "SIP/2.0 200 OK", 1)
		}, 0},
		{"code 4294967301", func(string) string { return "SIP/2.0 4294967301 OK\r\n\r\n" }, 0},
		{"empty", func(string) string { return "" }, 0},
		{"CRLF only", func(string) string { return "\r\n\r\n\r\n\r\n" }, 0},
		{"NULs", func(string) string { return strings.Repeat("\x00", 100) }, 0},
		{"half a message", func(m string) string { return m[:len(m)/3] }, 0},

		// What is odd but right (RFC 4475 3.1).
		{"LF only", func(m string) string { return strings.ReplaceAll(m, "\r\n", "\n") }, 200},
		{"compact", func(m string) string {
			return strings.NewReplacer("Via:", "v:", "From:", "f :", "To:", "t:", "Call-ID:", "i:", "Contact:", "m:", "Content-Length:", "l:").Replace(m)
		}, 200},
		{"folded", swap("CSeq: 1 OPTIONS", "CSeq:\r\n  1\r\n\t  OPTIONS"), 200},
		{"lower-case names", func(m string) string {
			return strings.NewReplacer("Via:", "vIa:", "CSeq:", "cSEQ:", "Call-ID:", "CALL-id:").Replace(m)
		}, 200},
		{"spaces in Via", swap("Via: SIP/2.0/UDP", "Via: SIP  / 2.0  /  UDP  "), 200},
		{"several Vias on a line", swap(";rport", ";rport, SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKa , SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKb"), 200},
		{"escapes in name", swap(`"A"`, `"A \"\\\" %s%n \\"`), 200},
		{"quoted parameter before the tag", swap(";tag=a", `;x="a;b,c>";tag=a`), 200},
		{"no Max-Forwards", cut("Max-Forwards"), 200},
		{"no Content-Length", cut("Content-Length"), 200},
		{"strange Contact", swap("Contact: <", `Contact: "<" <`), 200},
		{"tel: From", swap("<sip:anna@127.0.0.1>", "<tel:+46-8-123;phone-context=x>"), 200},
		{"no angle brackets", swap(`"A" <sip:anna@127.0.0.1>`, "sip:anna@127.0.0.1"), 200},
		{"UTF-8 name", swap(`"A"`, `"Åsa Ö \u202e 李"`), 200},
		{"bytes that are no UTF-8", swap(`"A"`, "\"\xff\xfe\""), 200},
		{"text after the body", func(m string) string { return m + "INVITE sip:x SIP/2.0\r\n\r\n" }, 200},
		{"empty line before", func(m string) string { return "\r\n\r\n" + m }, 200},
	}
	pace := time.NewTicker(12 * time.Millisecond) // below the limit for strangers
	defer pace.Stop()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			<-pace.C
			m := c.bend(torture(u, p, "OPTIONS"))
			p.write(m, fmt.Sprintf("127.0.0.1:%d", u.Port()))
			var got int
			select {
			case m := <-p.in:
				if res, ok := m.(*sip.Response); ok {
					got = res.StatusCode
				}
			case <-time.After(map[bool]time.Duration{true: 2 * t1, false: patience}[c.code == 0]):
			}
			if got != c.code {
				t.Errorf("got %d, want %d", got, c.code)
			}
		})
	}
	alive(t, u, p)
	// Every method with every mandatory header missing in turn.
	for _, method := range []string{"INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "INFO", "UPDATE", "PRACK", "SUBSCRIBE", "NOTIFY", "REFER", "MESSAGE", "PUBLISH", "X"} {
		for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq", "Contact"} {
			p.write(cut(name)(torture(u, p, method)), fmt.Sprintf("127.0.0.1:%d", u.Port()))
		}
	}
	alive(t, u, p)
	if n := len(all[Incoming](r)); n != 0 {
		t.Errorf("%d of them rang", n)
	}
}

// The same over TCP: a message with a known end gets 400 and the connection stays, any other ends it at once.
func TestHostileStream(t *testing.T) {
	p := newPeer(t)
	u, _ := newUA(t, Config{AllowDirect: true})
	good := strings.Replace(torture(u, p, "OPTIONS"), "/UDP", "/TCP", 1)
	for _, c := range []struct {
		name, send string
		want       string // what the answer begins with; empty: the connection is closed
	}{
		{"good", good, "SIP/2.0 200"},
		{"two at once", good + strings.Replace(good, "z9hG4bK", "z9hG4bKx", 1), "SIP/2.0 200"},
		{"ping", "\r\n\r\n", "\r\n"},
		{"LF only", strings.ReplaceAll(strings.Replace(good, "z9hG4bK", "z9hG4bKlf", 1), "\r\n", "\n"), "SIP/2.0 200"}, // no repetition of the first
		{"bad CSeq", strings.Replace(good, "CSeq: 1", "CSeq: x", 1) + strings.Replace(good, "z9hG4bK", "z9hG4bKy", 1), "SIP/2.0 400"},
		{"Content-Length 2^31", strings.Replace(good, "Content-Length: 0", "Content-Length: 2147483648", 1), ""},
		{"Content-Length -1", strings.Replace(good, "Content-Length: 0", "Content-Length: -1", 1), ""},
		{"Content-Length ten digits", strings.Replace(good, "Content-Length: 0", "Content-Length: 4294967296", 1), ""},
		{"endless header", strings.Repeat("A", 1<<20), ""},
		{"endless headers", "OPTIONS sip:x@y SIP/2.0\r\n" + strings.Repeat("A: b\r\n", 1<<16), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", u.Port()))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(patience))
			conn.Write([]byte(c.send))
			buf := make([]byte, 4096)
			n, err := conn.Read(buf)
			if c.want == "" {
				if err == nil {
					t.Errorf("open, and says %q", buf[:n])
				}
				return
			}
			if !strings.HasPrefix(string(buf[:n]), c.want) {
				t.Errorf("%q, %v", buf[:n], err)
			}
		})
	}
	t.Run("byte by byte", func(t *testing.T) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", u.Port()))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		for i := range good {
			conn.Write([]byte(good[i : i+1]))
		}
		buf := make([]byte, 4096)
		if n, err := conn.Read(buf); !strings.HasPrefix(string(buf[:n]), "SIP/2.0 200") {
			t.Errorf("%q, %v", buf[:n], err)
		}
	})
	alive(t, u, p)
}

// A flood from strangers costs neither memory nor the account's calls.
func TestFlood(t *testing.T) {
	pbx, evil := newPeer(t), newPeer(t)
	u, r := newUA(t, Config{})
	u.Do(testAccount("a", "alice", pbx.domain()))
	pbx.accept()
	next(t, r, inState("registered"))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	base := torture(u, evil, "INVITE")
	dest := fmt.Sprintf("127.0.0.1:%d", u.Port())
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 4000 {
		m := []byte(strings.Replace(base, "z9hG4bK", fmt.Sprintf("z9hG4bK%d", i), 1))
		for range rng.IntN(4) {
			m[rng.IntN(len(m))] = byte(rng.IntN(256))
		}
		evil.write(string(m), dest)
		if i%1000 == 999 {
			c := pbx.invite(u, "alice", sdpA)
			in := next[Incoming](t, r, nil)
			c.send("CANCEL", "")
			next(t, r, func(e Ended) bool { return e.Leg == in.Leg })
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 10<<20 {
		t.Errorf("%d bytes more", grown)
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add([]byte("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=x\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"))
	f.Add([]byte("SIP/2.0 200 OK\nv: SIP/2.0/TCP [::1]:5060;branch=z9hG4bKx;received=1.2.3.4\nf: \"a\\\"b\" <sip:a@b;x=y?h=v>;tag=x\nt: <tel:123>;tag=\"q\"\ni: 1\nCSeq: 1 INVITE\nl: 3\n\nabc"))
	parser := sip.NewParser(sip.WithHeadersParsers(headerParsers()))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, raw, err := normalise(bytes.Clone(data))
		if err != nil {
			if d, ok := err.(*defect); ok {
				raw.refusal(d)
			}
			return
		}
		msg, err := parser.ParseSIP(out)
		if err != nil {
			t.Fatalf("normal form does not parse: %v\n%q", err, out)
		}
		if msg.Via() == nil || msg.From() == nil || msg.To() == nil || msg.CallID() == nil || msg.CSeq() == nil {
			t.Fatalf("normal form lacks a header\n%q", out)
		}
		again, _, err := normalise(bytes.Clone(out))
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("normal form is not stable: %v\n%q\n%q", err, out, again)
		}
		if req, ok := msg.(*sip.Request); ok {
			res := sip.NewResponseFromRequest(req, 200, "OK", nil)
			if strings.Count(res.String(), "\r\n\r\n") != 1 {
				t.Fatalf("response has two parts\n%q", res)
			}
			contactOf(req)
			recordRoutes(req)
			reasonHeader(req)
			whoCalls(req, true)
			dialogFromRequest(req, "x", hop{})
			eventOf(req)
			subscriptionState(req)
			sipfrag(req.Body())
			referredBy(req)
		}
	})
}

// Of a Refer-To nothing gets through that could change more than whom to call, and a dialog's name survives its escaping.
func FuzzReferTo(f *testing.F) {
	for _, s := range []string{
		`"Eva" <sip:2104@pbx.test;method=INVITE?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=x>`, "tel:+4685551000", "<>", "</>", "<x:>",
		"<sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2%0D%0AX:y>", "<sip:a%00@b;x=%0a>", "sip:a@[::1]:5060;transport=tcp?a=b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.ContainsAny(value, "\r\n\x00") {
			return // the filter does not let it in
		}
		req := sip.NewRequest(sip.REFER, sip.Uri{Scheme: "sip", Host: "x"})
		req.AppendHeader(sip.NewHeader("Refer-To", value))
		to, code := readReferTo(req)
		if code != 0 {
			return
		}
		if hasControl(to.uri) || strings.ContainsAny(to.uri, "<>\"? ") || !strings.HasPrefix(to.uri, "sip:") && !strings.HasPrefix(to.uri, "tel:") {
			t.Fatalf("%q gives %q", value, to.uri)
		}
		if r := to.replaces; r != nil {
			if again, err := readReferHeaders("Replaces=" + escapeHeader(r.String())); err != nil || *again != *r || !r.valid() {
				t.Fatalf("%q gives %+v, then %+v: %v", value, r, again, err)
			}
		}
	})
}

// What is remembered of senders stays bounded.
func TestManySenders(t *testing.T) {
	n, err := openNetwork(networkConfig{bind: loopback, log: slog.New(slog.DiscardHandler), trusted: func(hop) bool { return true }, onStray: func(*sip.Response) {}})
	if err != nil {
		t.Fatal(err)
	}
	s := n.udp[0]
	s.pool()
	for i := range 10 * maxPeers {
		s.keep(fmt.Sprintf("192.0.2.%d:%d", i>>15, 1+i&0x7fff))
		if want := i%maxPeers == maxPeers-1; s.restart != want {
			t.Fatalf("sender %d: restart %v", i, s.restart)
		}
		s.restart = false
	}
	if size := n.layer.Pool("udp").Size(); size > 2*maxPeers+2 {
		t.Errorf("%d entries in the pool", size)
	}
	n.start()
	n.close()
}
