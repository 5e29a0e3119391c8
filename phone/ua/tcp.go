package ua

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// maxStreams bounds the TCP connections others may open to us.
const maxStreams = 512

// streams is all our connections of one kind, TCP or TLS, accepted and dialled alike. To sipgo it is one listener whose
// Accept also returns the connections we dialled: so every one passes our framing, and we see it end.
type streams struct {
	n       *network
	network string // "TCP" or "TLS"
	ready   chan *stream
	stop    chan struct{}
	wg      sync.WaitGroup // a member per open stream

	mu      sync.Mutex
	closed  bool
	last    *stream // handed to sipgo by the last Accept
	open    map[hop]*stream
	dialing map[hop]*dialling
	slots   map[uint16]*stream // of TLS, by the number sipgo knows them by
	slot    uint16             // the last one given
}

// dialling is one attempt to connect, which several callers may share.
type dialling struct {
	done chan struct{}
	err  error // read after done
}

func newStreams(n *network, network string) *streams {
	return &streams{
		n: n, network: network, ready: make(chan *stream), stop: make(chan struct{}),
		open: map[hop]*stream{}, dialing: map[hop]*dialling{}, slots: map[uint16]*stream{},
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
		mark(c, from.Addr())
		full := len(t.open) >= maxStreams && !t.n.cfg.unlimited
		t.mu.Unlock()
		if full || !t.n.guard.admit(hop{network: t.network, addr: from}, time.Now()) {
			c.Close()
			continue
		}
		if s := t.add(c, hop{network: t.network, addr: from}, false); s != nil {
			t.offer(context.Background(), s)
		}
	}
}

func (t *streams) add(c net.Conn, to hop, dialled bool) *stream {
	s := &stream{
		Conn: c, t: t, to: to.flow(), remote: addrPort(c.RemoteAddr()), local: addrPort(c.LocalAddr()), dialled: dialled,
		known: make(chan struct{}), gone: make(chan struct{}),
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		c.Close()
		return nil
	}
	t.open[s.to] = s
	if t.network == "TLS" {
		t.number(s)
	}
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

// ready waits until sipgo knows the connection: till then it finds the one before at the same address, where that is ending.
func (s *stream) ready(ctx context.Context) error {
	select {
	case <-s.known:
		return nil
	case <-s.gone:
		return errNoConnection
	case <-ctx.Done():
		return ctx.Err()
	}
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

// connect gives the connection to a hop, and makes it where there is none. Several callers share one attempt.
func (t *streams) connect(ctx context.Context, h hop, patience time.Duration) (*stream, error) {
	h = h.flow()
	for {
		t.mu.Lock()
		if s := t.open[h]; s != nil {
			t.mu.Unlock()
			if err := s.ready(ctx); !errors.Is(err, errNoConnection) {
				return s, err
			}
			continue // it has ended meanwhile
		}
		other := t.dialing[h]
		if other == nil {
			mine := &dialling{done: make(chan struct{})}
			t.dialing[h] = mine
			t.mu.Unlock()
			var s *stream
			s, mine.err = t.dial(ctx, h, patience)
			t.mu.Lock()
			delete(t.dialing, h)
			t.mu.Unlock()
			close(mine.done)
			return s, mine.err
		}
		t.mu.Unlock()
		select {
		case <-other.done:
			if other.err != nil && ctx.Err() == nil && !errors.Is(other.err, context.Canceled) {
				return nil, other.err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// find is the connection to a hop, or nil.
func (t *streams) find(h hop) *stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open[h.flow()]
}

// of is the connection that a request is to leave by, or nil.
func (t *streams) of(req *sip.Request) *stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.network == "TLS" {
		return t.slots[uint16(req.Laddr.Port)]
	}
	to, err := netip.ParseAddrPort(req.Destination())
	if err != nil {
		return nil
	}
	return t.open[hop{network: t.network, addr: to}]
}

// has reports whether there is a connection to a hop.
func (t *streams) has(h hop) bool { return t.find(h) != nil }

var errNoConnection = errors.New("no connection")

func (t *streams) dial(ctx context.Context, h hop, patience time.Duration) (*stream, error) {
	var demand demands
	if t.network == "TLS" {
		var err error
		if demand, err = t.n.cfg.demands(h); err != nil {
			return nil, err
		}
	}
	d := net.Dialer{Timeout: patience, KeepAlive: 30 * time.Second}
	if b := t.n.cfg.bind; b.IsValid() && !b.IsUnspecified() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(b, 0))
	}
	c, err := d.DialContext(ctx, "tcp", h.addr.String())
	if err != nil {
		return nil, err
	}
	mark(c.(*net.TCPConn), h.addr.Addr())
	if t.network == "TLS" {
		if c, err = handshake(ctx, c, demand, patience); err != nil {
			return nil, err
		}
	}
	s := t.add(c, h, true)
	if s == nil {
		return nil, net.ErrClosed
	}
	return s, t.offer(ctx, s)
}

// ping sends a CRLF pair on a connection. A ping that no pong answered by the next one ends the connection
// (RFC 5626 4.4.1), but only where the other side has ever answered one: not every PBX does.
func (t *streams) ping(h hop) error {
	s := t.find(h)
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

// drop closes the connection to a hop, if there is one.
func (t *streams) drop(h hop) {
	if s := t.find(h); s != nil {
		t.forsake(s)
	}
}

// forsake closes a connection that nobody is to find any more, from now on: its reader takes a moment to see its end.
func (t *streams) forsake(s *stream) {
	t.mu.Lock()
	if t.open[s.to] == s {
		delete(t.open, s.to)
	}
	t.mu.Unlock()
	s.Conn.Close() // without the lock: TLS says goodbye first
}

// dropStale closes the connections that are from another address of ours than their like would be from now: what we send on
// them goes nowhere, and the other side does not know.
func (n *network) dropStale() {
	for _, t := range []*streams{n.tcp, n.tls} {
		t.mu.Lock()
		open := slices.Collect(maps.Values(t.open))
		t.mu.Unlock()
		for _, s := range open {
			if local, err := n.localAddr(s.remote.Addr()); err != nil || local != s.local.Addr() {
				t.forsake(s)
			}
		}
	}
}

func (t *streams) close() {
	t.mu.Lock()
	t.closed = true
	open := slices.Collect(maps.Values(t.open))
	t.mu.Unlock()
	for _, s := range open { // without the lock: TLS says goodbye first
		s.Conn.Close()
	}
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
