package ua

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// Every method with every mandatory header missing in turn, over TCP and over the TLS connection of an account: refused or
// dropped, nothing rings, and the connection is good for what follows (quality.md, hostile input 1).
func TestHostileMethodsOverStreams(t *testing.T) {
	cut := func(m, name string) string {
		var out []string
		for _, line := range strings.Split(m, "\r\n") {
			if !strings.HasPrefix(line, name+":") {
				out = append(out, line)
			}
		}
		return strings.Join(out, "\r\n")
	}
	stranger := newPeer(t)
	bend := func(u *UA, network string, write func(string)) {
		for _, method := range []string{"INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "INFO", "UPDATE", "PRACK", "SUBSCRIBE", "NOTIFY", "REFER", "MESSAGE", "PUBLISH", "X"} {
			for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
				write(cut(strings.Replace(torture(u, stranger, method), "/UDP", "/"+network, 1), name))
			}
		}
		write(strings.Replace(torture(u, stranger, "OPTIONS"), "/UDP", "/"+network, 1))
	}
	t.Run("TCP", func(t *testing.T) {
		u, r := newUA(t, Config{AllowDirect: true})
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", u.Port()))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(2 * patience))
		written := make(chan struct{})
		go func() {
			defer close(written)
			bend(u, "TCP", func(m string) { conn.Write([]byte(m)) })
		}()
		defer func() { conn.Close(); <-written }()
		said, buf := "", make([]byte, 4096)
		for !strings.Contains(said, "SIP/2.0 200") {
			n, err := conn.Read(buf)
			if err != nil {
				t.Fatalf("%v after %q", err, said)
			}
			said += string(buf[:n])
		}
		if n := len(all[Incoming](r)); n != 0 {
			t.Errorf("%d of them rang", n)
		}
	})
	t.Run("TLS", func(t *testing.T) {
		ca, cert := loopbackCert(t)
		p := secured(t, cert)
		u, r := newUA(t, Config{})
		u.Do(tlsAccount("a", "alice", p.domain(), ca))
		p.accept()
		p.respond(p.request(sip.REGISTER), 200)
		next(t, r, inState(phone.RegistrationRegistered))
		bend(u, "TLS", func(m string) {
			if _, err := p.conn.Write([]byte(m)); err != nil {
				t.Fatal(err)
			}
		})
		p.response(200)
		if n := len(all[Incoming](r)); n != 0 {
			t.Errorf("%d of them rang", n)
		}
	})
}

// Who announces more than we take is shut out at once, and nothing is set aside for it (quality.md, hostile input 2).
func TestAnnouncedLengthsCostNothing(t *testing.T) {
	p := newPeer(t)
	u, _ := newUA(t, Config{AllowDirect: true})
	good := strings.Replace(torture(u, p, "OPTIONS"), "/UDP", "/TCP", 1)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for _, length := range []string{"2147483648", "4294967295", "-1", "9999999999", "65536"} {
		soonest := time.Hour
		for range 5 { // a busy machine may keep one of them waiting
			conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", u.Port()))
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(patience))
			start := time.Now()
			if _, err := conn.Write([]byte(strings.Replace(good, "Content-Length: 0", "Content-Length: "+length, 1))); err != nil {
				t.Fatal(err)
			}
			if n, err := conn.Read(make([]byte, 4096)); err == nil {
				t.Errorf("Content-Length %s: %d bytes come back", length, n)
			}
			soonest = min(soonest, time.Since(start))
			conn.Close()
		}
		if soonest > time.Second {
			t.Errorf("Content-Length %s: closed after %v", length, soonest)
		}
	}
	if after := heap(); after > before && after-before > 10<<20 {
		t.Errorf("%d bytes more", after-before)
	}
	alive(t, u, p)
}
