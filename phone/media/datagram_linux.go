package media

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"svara/audio/incoming"
)

// datagrams reads and writes a UDP socket by raw system calls. They do not wait, and so Go's scheduler need not watch over
// them, which it would be woken for at each packet; nor is anybody woken because a packet of ours has left.
type datagrams struct {
	local  netip.AddrPort
	conn   *incoming.Socket
	four   bool // a socket of IPv4
	closed atomic.Bool

	// The reading goroutine's.
	into []byte
	got  int
	err  error
	from syscall.RawSockaddrAny
	pull func(fd uintptr) bool

	catch catch // fetch's

	mu   sync.Mutex // guards sending
	out  []byte
	to4  syscall.RawSockaddrInet4
	to6  syscall.RawSockaddrInet6
	fail error
	push func(fd uintptr)
}

// newDatagrams takes over a socket, which is not used any more, whatever comes of it.
func newDatagrams(c *net.UDPConn) (*datagrams, error) {
	d := &datagrams{local: localOf(c)}
	d.four = d.local.Addr().Is4()
	d.pull, d.push = d.receive, d.send
	d.catch.init()
	var err error
	if d.conn, err = incoming.New(c, 0); err != nil { // whatever is written here waits for nothing
		return nil, err
	}
	_ = d.conn.Do(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1) // without, all has just come
	})
	return d, nil
}

// wirePort are the two bytes of a port in the order of the network.
func wirePort(port *uint16) []byte { return (*[2]byte)(unsafe.Pointer(port))[:] }

// read waits for a datagram. One goroutine reads.
func (d *datagrams) read(b []byte) (int, netip.AddrPort, error) {
	d.into = b
	if err := d.conn.Wait(d.pull); err != nil {
		return 0, netip.AddrPort{}, d.verdict(err)
	}
	if d.err != nil {
		return 0, netip.AddrPort{}, d.verdict(d.err)
	}
	return d.got, addrOf(&d.from), nil
}

// addrOf is an address as the system writes it.
func addrOf(from *syscall.RawSockaddrAny) netip.AddrPort {
	switch from.Addr.Family {
	case syscall.AF_INET:
		a := (*syscall.RawSockaddrInet4)(unsafe.Pointer(from))
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), binary.BigEndian.Uint16(wirePort(&a.Port)))
	case syscall.AF_INET6:
		a := (*syscall.RawSockaddrInet6)(unsafe.Pointer(from))
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), binary.BigEndian.Uint16(wirePort(&a.Port)))
	}
	return netip.AddrPort{}
}

func (d *datagrams) receive(fd uintptr) bool {
	for {
		size := uint32(unsafe.Sizeof(d.from))
		n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(d.into))), uintptr(len(d.into)),
			syscall.MSG_DONTWAIT, uintptr(unsafe.Pointer(&d.from)), uintptr(unsafe.Pointer(&size)))
		switch errno {
		case 0:
			d.got, d.err = int(n), nil
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return false
		default:
			d.got, d.err = 0, errno
		}
		return true
	}
}

// write sends a datagram, or gives it up where the system has no room for it now.
func (d *datagrams) write(data []byte, to netip.AddrPort) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out = data
	switch addr := to.Addr().Unmap(); {
	case !addr.IsValid(), d.four != addr.Is4():
		return syscall.EAFNOSUPPORT
	case d.four:
		d.to4.Family, d.to4.Addr = syscall.AF_INET, addr.As4()
		binary.BigEndian.PutUint16(wirePort(&d.to4.Port), to.Port())
	default:
		d.to6.Family, d.to6.Addr = syscall.AF_INET6, addr.As16()
		binary.BigEndian.PutUint16(wirePort(&d.to6.Port), to.Port())
	}
	if err := d.conn.Do(d.push); err != nil {
		return d.verdict(err)
	}
	return d.fail
}

// verdict is what an error means to the net package's users.
func (d *datagrams) verdict(err error) error {
	if d.closed.Load() {
		return net.ErrClosed
	}
	return err
}

// control calls f with the descriptor.
func (d *datagrams) control(f func(fd uintptr)) error { return d.verdict(d.conn.Do(f)) }

func (d *datagrams) close() {
	d.closed.Store(true)
	_ = d.conn.Close() // nothing is kept in it
}

func (d *datagrams) send(fd uintptr) {
	to, size := unsafe.Pointer(&d.to6), unsafe.Sizeof(d.to6)
	if d.four {
		to, size = unsafe.Pointer(&d.to4), unsafe.Sizeof(d.to4)
	}
	for {
		_, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(d.out))), uintptr(len(d.out)),
			syscall.MSG_DONTWAIT, uintptr(to), size)
		switch errno {
		case 0:
			d.fail = nil
		case syscall.EINTR:
			continue
		default:
			d.fail = errno
		}
		return
	}
}
