package phonetest

import (
	"io"
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
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		c.wg.Go(func() {
			io.Copy(way[0], way[1])
			way[0].Close()
		})
	}
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
