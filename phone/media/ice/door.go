package ice

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// door is the stream's socket as the agent's mux sees it: STUN that the stream's reader puts in, and the stream's way
// out. It is a net.PacketConn that holds a few datagrams and forgets what comes on top: STUN is sent again.
type door struct {
	local netip.AddrPort
	send  func([]byte, netip.AddrPort) error
	queue chan datagram
	shut  chan struct{}
	once  sync.Once
}

type datagram struct {
	data []byte
	from netip.AddrPort
}

func newDoor(local netip.AddrPort, send func([]byte, netip.AddrPort) error) *door {
	return &door{local: local, send: send, queue: make(chan datagram, 64), shut: make(chan struct{})}
}

// put takes a datagram from the reader; data stays the caller's.
func (d *door) put(data []byte, from netip.AddrPort) {
	select {
	case d.queue <- datagram{append([]byte(nil), data...), from}:
	default:
	}
}

// ReadFromAddrPort is what the mux reads with.
func (d *door) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case g := <-d.queue:
		return copy(b, g.data), g.from, nil
	case <-d.shut:
		return 0, netip.AddrPort{}, io.EOF
	}
}

// WriteToAddrPort is what the mux writes with. What the network refuses is lost, as STUN may be.
func (d *door) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if err := d.send(b, netip.AddrPortFrom(to.Addr().Unmap(), to.Port())); err != nil {
		return 0, err
	}
	return len(b), nil
}

// ReadFrom implements net.PacketConn.
func (d *door) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := d.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteTo implements net.PacketConn.
func (d *door) WriteTo(b []byte, to net.Addr) (int, error) {
	a, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.AddrError{Err: "not a UDP address", Addr: to.String()}
	}
	return d.WriteToAddrPort(b, a.AddrPort())
}

// Close ends the reader. The socket itself is the stream's.
func (d *door) Close() error {
	d.once.Do(func() { close(d.shut) })
	return nil
}

// LocalAddr implements net.PacketConn.
func (d *door) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(d.local) }

// The deadlines of net.PacketConn: a door neither waits to write nor is read with one.
func (*door) SetDeadline(time.Time) error      { return nil }
func (*door) SetReadDeadline(time.Time) error  { return nil }
func (*door) SetWriteDeadline(time.Time) error { return nil }
