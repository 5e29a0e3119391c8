package media

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"time"
	"unsafe"
)

// catch is what fetch has taken. The audio loop's.
type catch struct {
	message syscall.Msghdr
	data    syscall.Iovec
	from    syscall.RawSockaddrAny
	control [64]byte // a time
	n       int      // -1: nothing
	take    func(fd uintptr)
}

func (c *catch) init() {
	c.take = c.receive
	c.message.Iov, c.message.Iovlen = &c.data, 1
	c.message.Name = (*byte)(unsafe.Pointer(&c.from))
}

func (c *catch) receive(fd uintptr) {
	c.message.Namelen = uint32(unsafe.Sizeof(c.from))
	c.message.Control = &c.control[0]
	c.message.SetControllen(len(c.control))
	c.n = -1
	for range 4 {
		n, _, errno := syscall.RawSyscall(syscall.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&c.message)), syscall.MSG_DONTWAIT)
		switch errno {
		case 0:
			c.n = int(n)
			return
		case syscall.EAGAIN:
			return
		} // else an error of what was sent, told once and before what has come: the reporter asks for those
	}
}

// stamp is when the datagram came, by the system's clock, in Unix nanoseconds; 0: unknown.
func (c *catch) stamp() int64 {
	const head = syscall.SizeofCmsghdr
	if c.message.Controllen < head+16 || binary.NativeEndian.Uint32(c.control[8:]) != syscall.SOL_SOCKET ||
		binary.NativeEndian.Uint32(c.control[12:]) != syscall.SCM_TIMESTAMPNS {
		return 0
	}
	return int64(binary.NativeEndian.Uint64(c.control[head:]))*1e9 + int64(binary.NativeEndian.Uint64(c.control[head+8:]))
}

// fetch takes a datagram that has come, if there is one, and tells how long it has waited. It waits for nothing. For the
// audio loop.
func (d *datagrams) fetch(b []byte) (n int, from netip.AddrPort, waited time.Duration, ok bool) {
	c := &d.catch
	c.data.Base = unsafe.SliceData(b)
	c.data.SetLen(len(b))
	if d.conn.Do(c.take) != nil || c.n < 0 {
		return 0, netip.AddrPort{}, 0, false
	}
	if at := c.stamp(); at != 0 {
		waited = min(max(0, time.Duration(time.Now().UnixNano()-at)), longestWait)
	}
	return c.n, addrOf(&c.from), waited, true
}

// heed says whether read is woken by what comes.
func (d *datagrams) heed(what bool) error { return d.conn.Heed(what) }
