package ua

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// The connection ends just as a transaction begins on it: the transaction ends too, and nothing else does.
func TestConnectionEndsAsATransactionBegins(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		u.mu.Lock()
		h := u.accounts["a"].currentFlow()
		u.mu.Unlock()
		s := u.net.streams(h).find(h)
		uri, _ := parseURI("sip:" + p.domain())
		req := u.newRequest(sip.OPTIONS, uri, uri, "", newTag(), uri, "", "", newCallID())
		req.PrependHeader(newVia(h.network, loopback, u.Port()))
		req.SetTransport(h.network)
		req.SetDestination(h.addr.String())
		req.Laddr = s.laddr()
		if h.network == "TCP" {
			req.Laddr = sip.Addr{}
		}
		p.l.Close() // it shall not come back by another one
		tx, err := u.net.begin(t.Context(), req, func(*sip.ClientTx) {
			s.Conn.Close()
			eventually(t, "reader that sees it, and would tell the transaction if it might", func() bool {
				if s.beginning.TryRLock() { // not where somebody waits for all who hold it
					s.beginning.RUnlock()
					return false
				}
				return true
			})
		})
		if err != nil {
			return
		}
		select {
		case <-tx.Done():
		case <-time.After(patience):
			t.Error("the transaction goes on without a connection")
		}
	})
}

// The connection ends after it was found for a request, which then goes by another one.
func TestConnectionEndsAsARequestLeaves(t *testing.T) {
	overStreams(t, func(t *testing.T, p *streamPeer, u *UA, r *recorder) {
		u.mu.Lock()
		acct := u.accounts["a"]
		u.mu.Unlock()
		h := acct.currentFlow()
		uri, _ := parseURI("sip:" + p.domain())
		req := u.newRequest(sip.OPTIONS, uri, uri, "", newTag(), uri, "", "", newCallID())
		found, done := make(chan struct{}), make(chan result, 1)
		number := uint32(0)
		go func() {
			done <- u.attempt(t.Context(), req, h, sending{account: acct, patience: patience, cseq: func() uint32 {
				if number++; number == 1 {
					s := u.net.streams(h).find(h)
					close(found)
					for limit := time.Now().Add(patience); u.net.streams(h).find(h) == s && time.Now().Before(limit); {
						runtime.Gosched()
					}
				}
				return number
			}}, &credentials{}, true)
		}()
		<-found
		p.respond(p.cut(is(sip.OPTIONS))[0].(*sip.Request), 200)
		if got := <-done; got.err != nil || got.res.StatusCode != 200 {
			t.Errorf("%v %v", got.err, got.res)
		}
	})
}

// A transaction may be over a moment before it knows why.
func TestTransactionEndsWithoutAWord(t *testing.T) {
	p := newPeer(t)
	u, _ := newUA(t, Config{})
	uri, _ := parseURI(p.uri("bob"))
	req := u.newRequest(sip.OPTIONS, uri, uri, "", newTag(), uri, "", "", newCallID())
	req.PrependHeader(newVia("UDP", loopback, u.Port()))
	req.SetTransport("UDP")
	req.SetDestination(p.addr().String())
	req.Laddr = u.net.udpFor(loopback).key
	over := make(chan struct{})
	tx, err := u.net.begin(t.Context(), req, func(tx *sip.ClientTx) {
		tx.OnTerminate(func(string, error) { <-over })
	})
	if err != nil {
		t.Fatal(err)
	}
	go tx.Terminate()
	res, err := u.await(t.Context(), tx, hop{network: "UDP", addr: p.addr()}, sending{patience: patience}, true)
	close(over)
	if res != nil || phone.ReasonOf(err).ID != phone.ReasonShutdown {
		t.Errorf("%v, %v", res, err)
	}
}

// A connection is not used before sipgo knows it, and not at all when it has ended before.
func TestConnectionIsKnownBeforeItIsUsed(t *testing.T) {
	p := newStreamPeer(t)
	u, _ := newUA(t, Config{})
	h := hop{network: "TCP", addr: addrPort(p.l.Addr())}
	early := func() *stream {
		t.Helper()
		c, err := net.Dial("tcp4", p.domain())
		if err != nil {
			t.Fatal(err)
		}
		return u.net.tcp.add(c, h, true)
	}
	s := early()
	soon, cancel := context.WithTimeout(t.Context(), t1)
	defer cancel()
	if _, err := u.net.tcp.connect(soon, h, patience); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("found before it is known: %v", err)
	}
	if err := u.net.tcp.offer(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got, err := u.net.tcp.connect(t.Context(), h, patience); got != s || err != nil {
		t.Errorf("%p, %v, want %p", got, err, s)
	}
	u.net.tcp.drop(h)
	s = early()
	found := make(chan *stream)
	go func() {
		got, _ := u.net.tcp.connect(t.Context(), h, patience)
		found <- got
	}()
	s.end()
	if got := <-found; got == nil || got == s {
		t.Errorf("the one that has ended was used: %p", got)
	}
}

// A message of the largest size with names in their short form, which becomes longer as it is read, is one like any other.
func TestLargestMessage(t *testing.T) {
	p := newStreamPeer(t)
	u, _ := newUA(t, Config{})
	c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", u.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p.conn, p.r = c, bufio.NewReader(c)
	head := "OPTIONS sip:a@b SIP/2.0\r\nv: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKx\r\nf: <sip:a@b>;tag=x\r\nt: <sip:c@d>\r\ni: 1\r\nCSeq: 1 OPTIONS\r\nc: text/plain\r\nl: "
	length := maxMessage - len(head) - len("00000\r\n\r\n")
	fmt.Fprintf(c, "%s%d\r\n\r\n%s", head, length, strings.Repeat("x", length))
	if res := p.response(200); res.CSeq().MethodName != sip.OPTIONS {
		t.Errorf("%s", res)
	}
}
