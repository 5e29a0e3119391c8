//go:build linux || darwin || freebsd

package ua

import (
	"net/netip"
	"syscall"
)

// traffic is the traffic class of our signalling: CS3, which networks for telephony expect it in, in the upper six bits.
const traffic = 0x60

// mark asks the network to treat what a socket sends as signalling (RFC 2474). A network that does not care, or a system that
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
