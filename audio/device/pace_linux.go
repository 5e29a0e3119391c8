package device

import (
	"errors"
	"os"
	"syscall"
	"time"

	"svara/audio"
	"svara/audio/clock"
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
	*os.File // the socket, which waits in Write, but not for long, and nowhere else
	raw      syscall.RawConn
	clock    *clock.Clock
	pace     pace // reading goroutine

	// The reading goroutine's.
	into   []byte
	got    int
	gotErr error
	fetch  func(fd uintptr)
}

// newPacedConn makes one of a connection, which is not used any more.
func newPacedConn(conn incoming.Closer) (*pacedConn, error) {
	c := &pacedConn{}
	c.fetch = c.receive
	fd, err := incoming.Detach(conn, controlPatience)
	if err != nil {
		return nil, err
	}
	c.File = os.NewFile(uintptr(fd), "sound server")
	if c.clock, err = clock.New(); err != nil {
		return nil, errors.Join(err, c.File.Close())
	}
	if c.raw, err = c.File.SyscallConn(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *pacedConn) Close() error { return errors.Join(c.clock.Close(), c.File.Close()) }

// Read gives what has come by the time the pace says. For one goroutine.
func (c *pacedConn) Read(p []byte) (int, error) {
	for {
		if wait := time.Until(c.pace.next()); wait > 0 {
			if err := c.clock.Sleep(wait); err != nil {
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
