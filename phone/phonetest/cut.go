package phonetest

import (
	"net"
	"sync"
	"testing"
)

// Cut is a way to a server over TCP that can be cut, as a router that forgets its connections does.
type Cut struct {
	l     net.Listener
	to    string
	mu    sync.Mutex
	conns []net.Conn // guarded by mu
	next  int        // so many pieces of SIP from now; 0 never; guarded by mu
	wg    sync.WaitGroup
}

// StartCut opens a way to host:port.
func StartCut(t testing.TB, to string) *Cut {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cut{l: l, to: to}
	c.wg.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			c.join(near)
		}
	})
	t.Cleanup(func() { l.Close(); c.Now(); c.wg.Wait() })
	return c
}

// Addr is where the way begins.
func (c *Cut) Addr() string { return c.l.Addr().String() }

func (c *Cut) join(near net.Conn) {
	far, err := net.Dial("tcp4", c.to)
	if err != nil {
		near.Close()
		return
	}
	c.mu.Lock()
	c.conns = append(c.conns, near, far)
	c.mu.Unlock()
	for from, to := range map[net.Conn]net.Conn{near: far, far: near} {
		c.wg.Go(func() {
			defer to.Close()
			for piece := make([]byte, 32<<10); ; {
				n, err := from.Read(piece)
				if err != nil || c.comes(n) {
					return
				}
				if _, err := to.Write(piece[:n]); err != nil {
					return
				}
			}
		})
	}
}

// comes deals with a piece of n bytes, and reports whether it was lost.
func (c *Cut) comes(n int) bool {
	const keepAlive = 100 // bytes; no message is as short, not even within TLS
	c.mu.Lock()
	lost := false
	if n > keepAlive && c.next > 0 {
		c.next--
		lost = c.next == 0
	}
	c.mu.Unlock()
	if lost {
		c.Now()
	}
	return lost
}

// AtNext cuts under the n-th piece from now, in either direction, which is lost: the first is what the phone says next, the
// second what the server says to it.
func (c *Cut) AtNext(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = n
}

// Waits reports whether AtNext has not been fulfilled yet.
func (c *Cut) Waits() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.next > 0
}

// Now cuts all connections there are; new ones are let through.
func (c *Cut) Now() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) // without a word
		}
		conn.Close()
	}
	c.conns = nil
}
