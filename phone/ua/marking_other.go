//go:build !linux && !darwin && !freebsd

package ua

import (
	"net/netip"
	"syscall"
)

// mark does nothing: Windows takes the marks of its administrator's policies and not those of programs.
func mark(syscall.Conn, netip.Addr) {}
