package ua

import (
	"runtime"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
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
