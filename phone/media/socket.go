package media

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
)

// socket is a bound UDP socket, whose place another one takes when our address changes. For any goroutine.
type socket struct{ conn atomic.Pointer[net.UDPConn] }

func (s *socket) set(c *net.UDPConn) { s.conn.Store(c) }

func (s *socket) local() netip.AddrPort {
	a := s.conn.Load().LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

func (s *socket) localPort() uint16 { return s.local().Port() }

// read waits for a datagram. An error of a socket that another one has taken the place of is passed over.
func (s *socket) read(b []byte) (int, netip.AddrPort, error) {
	for {
		c := s.conn.Load()
		n, from, err := c.ReadFromUDPAddrPort(b)
		if err != nil && s.conn.Load() != c {
			continue
		}
		return n, netip.AddrPortFrom(from.Addr().Unmap().WithZone(""), from.Port()), err
	}
}

// write sends a datagram.
func (s *socket) write(data []byte, to netip.AddrPort) error {
	_, err := s.conn.Load().WriteToUDPAddrPort(data, to)
	if errors.Is(err, syscall.ECONNREFUSED) { // told of what was sent before, and this not sent
		_, err = s.conn.Load().WriteToUDPAddrPort(data, to)
	}
	return err
}

// replace puts another socket in the place of the one there is, which is closed.
func (s *socket) replace(c *net.UDPConn) { s.conn.Swap(c).Close() }

func (s *socket) close() { s.conn.Load().Close() }

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
		s.rtp.replace(rtp)
		s.rtcp.replace(rtcp)
		s.rtp.hearRefusals()
		s.log.Info("sound goes on at another address", "local", s.LocalAddr())
	}
	if s.path != nil && !s.talks.plain {
		s.path.Move(s.LocalAddr())
	}
	return nil
}
