//go:build !linux

package media

import "net/netip"

// hearRefusals: other systems tell of ICMP errors on such a socket by themselves, without the address, or not at all.
func (s *socket) hearRefusals()                    {}
func (s *socket) refusals(func(to netip.AddrPort)) {}
