//go:build linux || darwin || freebsd

package media

import (
	"net/netip"
	"syscall"
)

// traffic is the traffic class of our sound: the DSCP of expedited forwarding (RFC 3246, RFC 4594 4.1), in its upper six bits.
const traffic = 0xb8

// mark asks the network to treat what a socket sends as sound (RFC 2474). A network that does not care, or a system that
// refuses, is no worse than without.
func mark(c syscall.Conn, local netip.Addr) {
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		if local.Is4() {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TOS, traffic)
			return
		}
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, traffic)
	})
}
