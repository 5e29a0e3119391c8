//go:build !linux

package media

import (
	"net"
	"net/netip"
	"time"
)

// datagrams reads and writes a UDP socket.
type datagrams struct {
	local netip.AddrPort
	conn  *net.UDPConn
}

func newDatagrams(c *net.UDPConn) (*datagrams, error) { return &datagrams{localOf(c), c}, nil }

// read waits for a datagram.
func (d *datagrams) read(b []byte) (int, netip.AddrPort, error) {
	n, from, err := d.conn.ReadFromUDPAddrPort(b)
	return n, netip.AddrPortFrom(from.Addr().Unmap().WithZone(""), from.Port()), err
}

// write sends a datagram.
func (d *datagrams) write(data []byte, to netip.AddrPort) error {
	_, err := d.conn.WriteToUDPAddrPort(data, to)
	return err
}

func (d *datagrams) close() { _ = d.conn.Close() } // nothing is kept in it

// fetch finds nothing here: there is always somebody in read.
func (d *datagrams) fetch([]byte) (n int, from netip.AddrPort, waited time.Duration, ok bool) {
	return 0, netip.AddrPort{}, 0, false
}

func (d *datagrams) heed(bool) error { return nil }
