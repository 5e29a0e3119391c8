package ua

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
)

// marked is the traffic class of what a socket sends.
func marked(t *testing.T, c syscall.Conn) (class int) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) {
		class, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TOS)
	}); err != nil {
		t.Fatal(err)
	}
	return class
}

// Signalling leaves marked, over UDP and over TCP.
func TestSignallingIsMarked(t *testing.T) {
	u, _ := newUA(t, Config{})
	if class := marked(t, u.net.udp[0].conn); class != 24<<2 {
		t.Errorf("UDP: class %#x", class)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	to := hop{network: "TCP", addr: l.Addr().(*net.TCPAddr).AddrPort()}
	to.addr = netip.AddrPortFrom(to.addr.Addr().Unmap(), to.addr.Port())
	s, err := u.net.tcp.connect(t.Context(), to, patience)
	if err != nil {
		t.Fatal(err)
	}
	if class := marked(t, s.Conn.(*net.TCPConn)); class != 24<<2 {
		t.Errorf("TCP: class %#x", class)
	}
}
