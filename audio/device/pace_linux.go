package device

import (
	"errors"
	"os"
	"syscall"
	"time"
	"unsafe"

	"svara/audio"
	"svara/audio/incoming"
)

// A sound server hands over a microphone in crumbs: some for each piece of its own time, which is a half of ours or less,
// cut wherever its buffers end. Whoever wakes for each of them wakes some six times for a block, which costs more than all
// that is done with the block. So they are left in the socket until the block should be whole.
const (
	lead      = 20 * time.Microsecond  // a fetch comes so much sooner after the one before than a block is long, until it is too soon
	firstStep = 250 * time.Microsecond // after one that was too soon; then twice as long each time, up to
	lastStep  = 2 * time.Millisecond

	longest = 4 * audio.BlockSize // what a server gives at once at most, in samples
)

// pace tells when the next block should be whole. For the reading goroutine.
type pace struct {
	due     time.Time     // of the next fetch
	step    time.Duration // 0: nothing was fetched in vain since the last whole block
	fetched time.Time     // when something was fetched last
	came    int           // samples fetched of blocks that have not been taken note of,
	before  int           // and those of them that were before the last fetch
}

// vain says that there was nothing.
func (p *pace) vain(now time.Time) {
	p.step = min(max(2*p.step, firstStep), lastStep)
	p.due = now.Add(p.step)
}

// next makes of what came when to fetch again.
func (p *pace) next() time.Time {
	blocks := p.came / audio.BlockSize
	if blocks == 0 {
		p.before = p.came
		return p.due // what is missing may be there already
	}
	switch next := p.due.Add(audio.BlockTime - lead); {
	case p.step > 0: // it has just become whole
		p.due = p.fetched.Add(max(audio.BlockTime, span(min(p.came-p.before, longest))))
	case blocks == 1 && next.After(p.fetched):
		p.due = next
	default: // far too late
		p.due = p.fetched.Add(audio.BlockTime / 2)
	}
	p.step = 0
	p.came -= blocks * audio.BlockSize
	p.before = p.came
	return p.due
}

// pacedConn is a connection that is read when its pace says so. Its socket is unknown to Go's poller, which would wake for
// everything that comes; what wakes is a clock of the system's, as Go's own timers are good for whole milliseconds only.
type pacedConn struct {
	*os.File  // the socket, which waits in Write, but not for long, and nowhere else
	clock     *os.File
	raw, bell syscall.RawConn // of both
	pace      pace            // reading goroutine

	// The reading goroutine's.
	into   []byte
	got    int
	gotErr error
	fetch  func(fd uintptr)
	wait   time.Duration
	armed  bool
	nap    func(fd uintptr) bool
}

// newPacedConn makes one of a connection, which is not used any more.
func newPacedConn(conn incoming.Closer) (*pacedConn, error) {
	c := &pacedConn{}
	c.fetch, c.nap = c.receive, c.arm
	fd, err := incoming.Detach(conn, controlPatience)
	if err != nil {
		return nil, err
	}
	c.File = os.NewFile(uintptr(fd), "sound server")
	timer, _, errno := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE, clockMonotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		return nil, errors.Join(errno, c.File.Close())
	}
	c.clock = os.NewFile(timer, "clock")
	c.raw, err = c.File.SyscallConn()
	if err == nil {
		c.bell, err = c.clock.SyscallConn()
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

const clockMonotonic = 1

func (c *pacedConn) Close() error { return errors.Join(c.clock.Close(), c.File.Close()) }

// Read gives what has come by the time the pace says. For one goroutine.
func (c *pacedConn) Read(p []byte) (int, error) {
	for {
		if c.wait = time.Until(c.pace.next()); c.wait > 0 {
			c.armed = false
			if err := c.bell.Read(c.nap); err != nil {
				return 0, err
			}
		}
		c.into = p
		if err := c.raw.Control(c.fetch); err != nil {
			return 0, err
		}
		c.pace.fetched = time.Now()
		if c.gotErr != syscall.EAGAIN {
			return c.got, c.gotErr
		}
		c.pace.vain(c.pace.fetched)
	}
}

func (c *pacedConn) receive(fd uintptr) {
	c.got, c.gotErr = raw(syscall.SYS_RECVFROM, fd, c.into, syscall.MSG_DONTWAIT)
	if c.gotErr == nil && c.got == 0 {
		c.gotErr = errServerEnded
	}
}

// arm sets the clock when it is called first, and is done when it is called again, which it is when the clock has rung.
func (c *pacedConn) arm(fd uintptr) bool {
	if c.armed {
		return true
	}
	c.armed = true
	spec := [2]syscall.Timespec{1: syscall.NsecToTimespec(int64(c.wait))}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	return errno != 0
}
