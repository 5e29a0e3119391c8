package ua

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// udpSocket is one UDP socket with the filter in front of sipgo. It is a net.PacketConn: sipgo's reader calls ReadFrom.
type udpSocket struct {
	n      *network
	conn   *net.UDPConn
	local  netip.AddrPort
	key    sip.Addr // what requests name in Laddr to leave by this socket; see pool
	closed atomic.Bool
	buf    []byte             // reader goroutine only
	out    *sip.UDPConnection // what sipgo sends by; set once by pool

	peers, older map[string]bool // senders in sipgo's pool: of this epoch and the one before; reader goroutine only
	restart      bool            // the epoch is over; reader goroutine only
}

// maxPeers is how many senders make an epoch.
const maxPeers = 4096

func newUDPSocket(n *network, conn *net.UDPConn) *udpSocket {
	local := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	conn.SetReadBuffer(1 << 20) // a burst must not be lost while another message is read; a refusal does no harm
	return &udpSocket{
		n: n, conn: conn, local: netip.AddrPortFrom(local.Addr().Unmap(), local.Port()),
		buf: make([]byte, maxMessage+1), peers: map[string]bool{}, older: map[string]bool{},
	}
}

// pool enters the socket in sipgo's pool under a name of our own. sipgo's own entry comes and goes with its reader, and
// a request that finds none would leave by a new socket. The name is an address nobody sends from.
func (s *udpSocket) pool() {
	ip := net.IPv4bcast
	if s.local.Addr().Is6() {
		ip = net.IPv6interfacelocalallnodes
	}
	s.key = sip.Addr{IP: ip, Port: int(s.local.Port())}
	s.out = &sip.UDPConnection{PacketConn: s, PacketAddr: s.key.String(), Listener: true}
	s.n.layer.Pool("udp").Add(s.key.String(), s.out)
}

// keep enters the sender of a message in sipgo's pool on our own account, before sipgo answers it. sipgo's entry goes
// when its reader ends, and an answer that finds none would open a socket that nobody closes. Ours stays for this epoch
// and the next. It runs on the reader's goroutine.
func (s *udpSocket) keep(from string) {
	pool := s.n.layer.Pool("udp")
	pool.Add(from, s.out)
	s.peers[from] = true
	if len(s.peers) < maxPeers {
		return
	}
	for old := range s.older {
		if !s.peers[old] {
			pool.Delete(old)
		}
	}
	s.older, s.peers, s.restart = s.peers, map[string]bool{}, true
}

// serve hands the socket to sipgo until it is closed. sipgo notes every sender it ever heard and forgets them only when
// its reader ends, so the reader ends after maxPeers senders and starts again on the same socket.
func (s *udpSocket) serve() {
	for !s.closed.Load() {
		s.restart = false
		s.n.layer.ServeUDP(s)
	}
}

// ReadFrom reads the next message that passed the filter, in its normal form.
func (s *udpSocket) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		if s.restart {
			return 0, nil, net.ErrClosed // a new epoch, see serve
		}
		size, from, err := s.conn.ReadFromUDPAddrPort(s.buf)
		if err != nil {
			if s.closed.Load() || errors.Is(err, net.ErrClosed) {
				return 0, nil, net.ErrClosed
			}
			continue // Windows reports an ICMP refusal of something we sent; the socket is as good as before
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		data := s.buf[:size]
		if len(bytes.Trim(data, "\r\n\x00 ")) == 0 {
			continue // keep-alive
		}
		if !s.n.guard.admit(hop{network: "UDP", addr: from}, time.Now()) {
			continue
		}
		out, raw, err := normalise(data)
		if err != nil {
			s.refuse(raw, err, from)
			continue
		}
		if len(out) > len(p) {
			continue
		}
		s.n.cfg.trace(false, "UDP", s.local, from, out)
		return copy(p, out), net.UDPAddrFromAddrPort(from), nil
	}
}

// refuse answers a malformed request with 400 where it can.
func (s *udpSocket) refuse(raw *rawMessage, err error, to netip.AddrPort) {
	s.n.cfg.log.Debug("message dropped", "from", to, "why", err)
	var d *defect
	if errors.As(err, &d) {
		if answer := raw.refusal(d); answer != nil {
			s.conn.WriteToUDPAddrPort(answer, to)
		}
	}
}

// WriteTo sends one message.
func (s *udpSocket) WriteTo(p []byte, addr net.Addr) (int, error) {
	if to, ok := addr.(*net.UDPAddr); ok {
		s.n.cfg.trace(true, "UDP", s.local, to.AddrPort(), p)
	}
	return s.conn.WriteTo(p, addr)
}

// Close does nothing: the network closes the socket, sipgo only its reader.
func (s *udpSocket) Close() error { return nil }

// LocalAddr is the address the socket is bound to.
func (s *udpSocket) LocalAddr() net.Addr { return s.conn.LocalAddr() }

// SetDeadline is part of net.PacketConn.
func (s *udpSocket) SetDeadline(t time.Time) error { return s.conn.SetDeadline(t) }

// SetReadDeadline is part of net.PacketConn.
func (s *udpSocket) SetReadDeadline(t time.Time) error { return s.conn.SetReadDeadline(t) }

// SetWriteDeadline is part of net.PacketConn.
func (s *udpSocket) SetWriteDeadline(t time.Time) error { return s.conn.SetWriteDeadline(t) }
