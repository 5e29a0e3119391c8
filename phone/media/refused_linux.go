package media

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"unsafe"
)

// The parts of linux/errqueue.h and ip(7) that syscall does not name.
const (
	errOriginICMP  = 2
	errOriginICMP6 = 3
	recvErr6       = 25 // IPV6_RECVERR
)

// hearRefusals asks the system to tell of ICMP errors for what the socket sends.
func (s *socket) hearRefusals() {
	_ = s.packets.Load().control(func(fd uintptr) {
		if s.local().Addr().Is4() {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_RECVERR, 1)
		} else {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, recvErr6, 1)
		}
	})
}

// refusals empties the queue of such errors, which would else take the room of packets, and tells where what was
// refused had gone.
func (s *socket) refusals(tell func(to netip.AddrPort)) {
	_ = s.packets.Load().control(func(fd uintptr) {
		if !troubled(fd) {
			return
		}
		var data [64]byte
		var control [256]byte
		for range 64 {
			_, n, _, to, err := syscall.Recvmsg(int(fd), data[:], control[:], syscall.MSG_ERRQUEUE|syscall.MSG_DONTWAIT)
			if err != nil {
				return
			}
			if !refusal(control[:n]) {
				continue
			}
			switch a := to.(type) {
			case *syscall.SockaddrInet4:
				tell(netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)))
			case *syscall.SockaddrInet6:
				tell(netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port)))
			}
		}
	})
}

// troubled reports whether the system has an error to tell of a socket. It is asked so that the scheduler does not hear of
// it, and mostly has none.
func troubled(fd uintptr) bool {
	type pollfd struct {
		fd              int32
		events, revents int16
	}
	const pollErr = 8
	ask, now := pollfd{fd: int32(fd)}, syscall.Timespec{}
	n, _, errno := syscall.RawSyscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&ask)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	return errno != 0 || n > 0 && ask.revents&pollErr != 0
}

// refusal reports whether an error is a host's or a network's word that nobody listens there: sock_extended_err is errno
// (4 bytes), then origin.
func refusal(control []byte) bool {
	messages, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return false
	}
	for _, m := range messages {
		if len(m.Data) < 5 || m.Data[4] != errOriginICMP && m.Data[4] != errOriginICMP6 {
			continue
		}
		switch syscall.Errno(binary.NativeEndian.Uint32(m.Data)) {
		case syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EACCES:
			return true
		}
	}
	return false
}
