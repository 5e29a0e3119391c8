package ua

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// maxStreams bounds the TCP connections others may open to us.
const maxStreams = 512

// streams is all our TCP connections, accepted and dialled alike. To sipgo it is one listener whose Accept also returns
// the connections we dialled: so every one passes our framing, and we see it end.
type streams struct {
	n     *network
	ready chan *stream
	stop  chan struct{}
	wg    sync.WaitGroup // a member per open stream

	mu      sync.Mutex
	closed  bool
	last    *stream // handed to sipgo by the last Accept
	open    map[netip.AddrPort]*stream
	dialing map[netip.AddrPort]chan struct{}
}

func newStreams(n *network) *streams {
	return &streams{
		n: n, ready: make(chan *stream), stop: make(chan struct{}),
		open: map[netip.AddrPort]*stream{}, dialing: map[netip.AddrPort]chan struct{}{},
	}
}

// serve takes in connections from a listening socket.
func (t *streams) serve(l *net.TCPListener) {
	for {
		c, err := l.AcceptTCP()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		from := addrPort(c.RemoteAddr())
		t.mu.Lock()
		full := len(t.open) >= maxStreams && !t.n.cfg.unlimited
		t.mu.Unlock()
		if full || !t.n.guard.admit("TCP", from, time.Now()) {
			c.Close()
			continue
		}
		if s := t.add(c, false); s != nil {
			t.offer(context.Background(), s)
		}
	}
}

func (t *streams) add(c net.Conn, dialled bool) *stream {
	s := &stream{Conn: c, t: t, remote: addrPort(c.RemoteAddr()), dialled: dialled, known: make(chan struct{})}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		c.Close()
		return nil
	}
	t.open[s.remote] = s
	t.wg.Add(1)
	return s
}

// offer passes a connection on to sipgo and waits until sipgo knows it.
func (t *streams) offer(ctx context.Context, s *stream) error {
	var err error
	select {
	case t.ready <- s:
		select {
		case <-s.known:
			return nil
		case <-t.stop:
			err = net.ErrClosed
		}
	case <-t.stop:
		err = net.ErrClosed
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.Conn.Close()
	s.end()
	return err
}

// Accept is called by sipgo. That it calls again shows that it has entered the last connection in its pool.
func (t *streams) Accept() (net.Conn, error) {
	t.mu.Lock()
	if t.last != nil {
		close(t.last.known)
		t.last = nil
	}
	t.mu.Unlock()
	select {
	case s := <-t.ready:
		t.mu.Lock()
		t.last = s
		t.mu.Unlock()
		return s, nil
	case <-t.stop:
		return nil, net.ErrClosed
	}
}

// Close is part of net.Listener.
func (t *streams) Close() error { return nil }

// Addr is the address of the first listening socket.
func (t *streams) Addr() net.Addr { return t.n.listen[0].Addr() }

// connect makes sure that there is a connection to an address. Several callers share one attempt.
func (t *streams) connect(ctx context.Context, addr netip.AddrPort, patience time.Duration) error {
	for {
		t.mu.Lock()
		if t.open[addr] != nil {
			t.mu.Unlock()
			return nil
		}
		other := t.dialing[addr]
		if other == nil {
			mine := make(chan struct{})
			t.dialing[addr] = mine
			t.mu.Unlock()
			err := t.dial(ctx, addr, patience)
			t.mu.Lock()
			delete(t.dialing, addr)
			t.mu.Unlock()
			close(mine)
			return err
		}
		t.mu.Unlock()
		select {
		case <-other:
			t.mu.Lock()
			ok := t.open[addr] != nil
			t.mu.Unlock()
			if !ok && ctx.Err() == nil {
				return fmt.Errorf("connect to %s: %w", addr, errNoConnection)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// has reports whether there is a connection to an address.
func (t *streams) has(addr netip.AddrPort) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open[addr] != nil
}

var errNoConnection = errors.New("no connection")

func (t *streams) dial(ctx context.Context, addr netip.AddrPort, patience time.Duration) error {
	d := net.Dialer{Timeout: patience, KeepAlive: 30 * time.Second}
	if b := t.n.cfg.bind; b.IsValid() && !b.IsUnspecified() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(b, 0))
	}
	c, err := d.DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return err
	}
	s := t.add(c, true)
	if s == nil {
		return net.ErrClosed
	}
	return t.offer(ctx, s)
}

// ping sends a CRLF pair on a connection. A ping that no pong answered by the next one ends the connection
// (RFC 5626 4.4.1), but only where the other side has ever answered one: not every PBX does.
func (t *streams) ping(addr netip.AddrPort) error {
	t.mu.Lock()
	s := t.open[addr]
	t.mu.Unlock()
	if s == nil {
		return errNoConnection
	}
	s.mu.Lock()
	dead := s.pongs && s.pinged
	s.pinged = true
	s.mu.Unlock()
	if dead {
		s.Conn.Close()
		return errNoConnection
	}
	_, err := s.Write([]byte("\r\n\r\n"))
	return err
}

// drop closes the connection to an address, if there is one.
func (t *streams) drop(addr netip.AddrPort) {
	t.mu.Lock()
	s := t.open[addr]
	t.mu.Unlock()
	if s != nil {
		s.Conn.Close()
	}
}

func (t *streams) close() {
	t.mu.Lock()
	t.closed = true
	for _, s := range t.open {
		s.Conn.Close()
	}
	t.mu.Unlock()
	close(t.stop)
	t.wg.Wait()
}

func addrPort(a net.Addr) netip.AddrPort {
	var ap netip.AddrPort
	switch a := a.(type) {
	case *net.TCPAddr:
		ap = a.AddrPort()
	case *net.UDPAddr:
		ap = a.AddrPort()
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
