package media

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
)

// socket is a bound UDP socket, whose place another one takes when our address changes. For any goroutine.
type socket struct{ packets atomic.Pointer[datagrams] }

// set takes over a socket's first conn.
func (s *socket) set(c *net.UDPConn) error {
	d, err := newDatagrams(c)
	if err != nil {
		return fmt.Errorf("take over a socket: %w", err)
	}
	s.packets.Store(d)
	return nil
}

// localOf is the address of a socket.
func localOf(c *net.UDPConn) netip.AddrPort {
	a := c.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

func (s *socket) local() netip.AddrPort { return s.packets.Load().local }

// read waits for a datagram. An error of a socket that another one has taken the place of is passed over.
func (s *socket) read(b []byte) (int, netip.AddrPort, error) {
	for {
		p := s.packets.Load()
		n, from, err := p.read(b)
		if err != nil && s.packets.Load() != p {
			continue
		}
		return n, from, err
	}
}

// fetch takes a datagram that has come, if there is one, and tells how long it has waited, as far as the system knows. It
// waits for nothing. For the audio loop.
func (s *socket) fetch(b []byte) (n int, from netip.AddrPort, waited time.Duration, ok bool) {
	return s.packets.Load().fetch(b)
}

// heed says whether read is woken by what comes, as it is at first.
func (s *socket) heed(what bool) { _ = s.packets.Load().heed(what) } // fails only when it is closed

// write sends a datagram.
func (s *socket) write(data []byte, to netip.AddrPort) error {
	err := s.packets.Load().write(data, to)
	if errors.Is(err, syscall.ECONNREFUSED) { // told of what was sent before, and this not sent
		err = s.packets.Load().write(data, to)
	}
	return err
}

// replace puts another socket in the place of the one there is, which is closed.
func (s *socket) replace(c *net.UDPConn) error {
	before := s.packets.Load()
	if err := s.set(c); err != nil {
		return err
	}
	before.close()
	return nil
}

func (s *socket) close() {
	if d := s.packets.Load(); d != nil {
		d.close()
	}
}

// Move goes on at another address of ours, with sockets of the same ports where they are free; public is what Config.Public
// is there. Sound goes out from there at once; the peer is told by the next offer, which looks for a new way where ICE is
// spoken (RFC 8445 9).
func (s *Stream) Move(local, public netip.Addr) error {
	s.control.Lock()
	defer s.control.Unlock()
	if s.closed {
		return errClosed
	}
	s.public = public
	if local != s.LocalAddr().Addr() {
		rtp, rtcp, err := bindPair(local, s.LocalAddr().Port())
		if err != nil {
			rtp, rtcp, err = bind(local, s.cfg.PortMin, s.cfg.PortMax)
		}
		if err != nil {
			return fmt.Errorf("move to %s: %w", local, err)
		}
		if err := errors.Join(s.rtp.replace(rtp), s.rtcp.replace(rtcp)); err != nil {
			return fmt.Errorf("move to %s: %w", local, err)
		}
		s.rtp.hearRefusals()
		s.log.Info("sound goes on at another address", "local", s.LocalAddr())
	}
	if s.path != nil && !s.talks.plain {
		s.moved()
	}
	return nil
}
