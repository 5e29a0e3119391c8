package media

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"syscall"

	"svara/phone"
)

// bind opens the RTP socket on an even port and the RTCP socket on the odd one above it (RFC 3550 11), at a random place
// in the range so that calls that follow each other do not reuse a port a late packet may still be going to.
func bind(local netip.Addr, low, high uint16) (rtp, rtcp *net.UDPConn, err error) {
	if !local.IsValid() || local.IsUnspecified() {
		return nil, nil, phone.Refuse(phone.ReasonNoMedia, "no local address")
	}
	if low == 0 {
		for range 100 {
			if rtp, rtcp, err = bindAny(local); err == nil || !errors.Is(err, syscall.EADDRINUSE) {
				return rtp, rtcp, wrapBind(err)
			}
		}
		return nil, nil, wrapBind(err)
	}
	first := (int(low) + 1) &^ 1
	pairs := (int(high) - first + 1) / 2
	if pairs <= 0 {
		return nil, nil, fmt.Errorf("bind RTP: no even port with one above it in %d-%d", low, high)
	}
	start := rand.IntN(pairs)
	for i := range pairs {
		port := uint16(first + (start+i)%pairs*2)
		if rtp, rtcp, err = bindPair(local, port); err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return rtp, rtcp, wrapBind(err)
		}
	}
	return nil, nil, wrapBind(err)
}

// bindAny lets the system choose. It often gives an odd port, whose even neighbour below is then tried.
func bindAny(local netip.Addr) (rtp, rtcp *net.UDPConn, err error) {
	probe, err := listen(local, 0)
	if err != nil {
		return nil, nil, err
	}
	port := probe.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	if port%2 == 0 {
		if rtcp, err = listen(local, port+1); err == nil {
			return probe, rtcp, nil
		}
		probe.Close()
		return nil, nil, err
	}
	if rtp, err = listen(local, port-1); err == nil {
		return rtp, probe, nil
	}
	probe.Close()
	return nil, nil, err
}

func bindPair(local netip.Addr, port uint16) (rtp, rtcp *net.UDPConn, err error) {
	if rtp, err = listen(local, port); err != nil {
		return nil, nil, err
	}
	if rtcp, err = listen(local, port+1); err != nil {
		rtp.Close()
		return nil, nil, err
	}
	return rtp, rtcp, nil
}

func listen(local netip.Addr, port uint16) (*net.UDPConn, error) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, port)))
	if err == nil {
		mark(c, local)
	}
	return c, err
}

func wrapBind(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("bind RTP: %w", err)
}
