package ua

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
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
		if full || !t.n.guard.admit(from, time.Now()) {
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

// stream is one TCP connection. sipgo reads whole, normalised messages from it, whatever pieces the network made.
type stream struct {
	net.Conn
	t       *streams
	remote  netip.AddrPort
	dialled bool
	known   chan struct{} // closed when sipgo has it in its pool
	in, out []byte        // reader goroutine only: received, and ready for sipgo
	ended   sync.Once

	mu     sync.Mutex
	pinged bool // a ping is out and unanswered
	pongs  bool // the peer answers pings
}

// readPatience ends connections of others on which nothing comes. Those we dialled live as long as the peer lets them.
const readPatience = 15 * time.Minute

// Read gives sipgo the next piece of a normalised message.
func (s *stream) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if err := s.frame(); err != nil {
			s.end()
			return 0, err
		}
		if len(s.out) > 0 {
			break
		}
		if !s.dialled {
			s.Conn.SetReadDeadline(time.Now().Add(readPatience))
		}
		piece := make([]byte, 8192)
		n, err := s.Conn.Read(piece)
		s.in = append(s.in, piece[:n]...)
		if err != nil && n == 0 {
			s.end()
			return 0, net.ErrClosed
		}
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// Write sends with a limit, so that a peer that reads nothing holds up nobody.
func (s *stream) Write(p []byte) (int, error) {
	s.Conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	n, err := s.Conn.Write(p)
	if err != nil {
		s.Conn.Close() // half a message may be out: the stream is lost
	}
	return n, err
}

// Close closes the connection; sipgo's reader then ends. Closing twice is no error: sipgo does.
func (s *stream) Close() error {
	s.Conn.Close()
	return nil
}

func (s *stream) end() {
	s.ended.Do(func() {
		s.Conn.Close()
		t := s.t
		t.mu.Lock()
		if t.open[s.remote] == s {
			delete(t.open, s.remote)
		}
		closed := t.closed
		t.mu.Unlock()
		t.wg.Done()
		if !closed {
			t.n.cfg.onFlowLost(s.remote)
		}
	})
}

// frame cuts the next message out of what was received (RFC 3261 18.3): s.out is empty when more is needed. The error
// ends the connection: no message boundary is known any more.
func (s *stream) frame() error {
	for {
		for len(s.in) > 0 && (s.in[0] == '\r' || s.in[0] == '\n') {
			switch {
			case bytes.HasPrefix(s.in, []byte("\r\n\r\n")):
				s.in = s.in[4:]
				if _, err := s.Write([]byte("\r\n")); err != nil {
					return err
				}
			case bytes.HasPrefix(s.in, []byte("\r\n")) && len(s.in) > 2 && s.in[2] != '\r':
				s.in = s.in[2:]
				s.pong()
			case len(s.in) == 2 && s.in[1] == '\n': // a pong, or half a ping: the other half counts as one more
				s.in = s.in[2:]
				s.pong()
			case len(s.in) >= 2 && s.in[1] != '\n', s.in[0] == '\n':
				s.in = s.in[1:]
			default:
				return nil
			}
		}
		if len(s.in) == 0 {
			s.in = nil
			return nil
		}
		end, skip := headerEnd(s.in)
		if end < 0 {
			if len(s.in) > maxMessage {
				return errors.New("header too large")
			}
			return nil
		}
		length, err := contentLength(s.in[:end])
		if err != nil {
			s.t.n.cfg.log.Debug("connection closed", "from", s.remote, "why", err)
			return err
		}
		total := end + skip + length
		if total > maxMessage {
			return errors.New("message too large")
		}
		if len(s.in) < total {
			return nil
		}
		data := s.in[:total]
		s.in = s.in[total:]
		if !s.t.n.guard.admit(s.remote, time.Now()) {
			continue
		}
		out, raw, err := normalise(data)
		if err == nil {
			s.out = out
			return nil
		}
		s.t.n.cfg.log.Debug("message dropped", "from", s.remote, "why", err)
		var d *defect
		if errors.As(err, &d) {
			if answer := raw.refusal(d); answer != nil {
				if _, err := s.Write(answer); err != nil {
					return err
				}
			}
		}
	}
}

func (s *stream) pong() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pinged {
		s.pinged, s.pongs = false, true
	}
}

// headerEnd finds the empty line: where the header ends and how many bytes the line end and empty line take.
func headerEnd(b []byte) (end, skip int) {
	crlf, lf := bytes.Index(b, []byte("\r\n\r\n")), bytes.Index(b, []byte("\n\n"))
	switch {
	case crlf >= 0 && (lf < 0 || crlf < lf):
		return crlf, 4
	case lf >= 0:
		return lf, 2
	}
	return -1, 0
}

// contentLength reads the body length of a message on a stream. Without one the body is taken to be empty.
func contentLength(head []byte) (int, error) {
	for line := range bytes.Lines(head) {
		name, value, found := strings.Cut(string(line), ":")
		if !found || longName(strings.TrimSpace(name)) != "Content-Length" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n > maxMessage {
			return 0, fmt.Errorf("Content-Length %q", strings.TrimSpace(value))
		}
		return n, nil
	}
	return 0, nil
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
