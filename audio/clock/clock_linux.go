package clock

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// Clock rings at a time. Set is for any goroutine, Wait and Sleep for one.
type Clock struct {
	file  *os.File
	raw   syscall.RawConn
	take  func(fd uintptr) bool // Wait's
	nap   func(fd uintptr) bool // Sleep's
	armed bool

	mu   sync.Mutex // guards setting
	wait time.Duration
	set  func(fd uintptr)
}

const monotonic = 1 // CLOCK_MONOTONIC

// New makes a clock that is not set.
func New() (*Clock, error) {
	fd, _, errno := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE, monotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		return nil, fmt.Errorf("make a clock: %w", errno)
	}
	c := &Clock{file: os.NewFile(fd, "clock"), take: taken}
	c.set, c.nap = c.settime, c.arm
	var err error
	if c.raw, err = c.file.SyscallConn(); err != nil {
		return nil, errors.Join(err, c.file.Close())
	}
	return c, nil
}

// Set makes it ring once after d, at once if that is not in the future, and not when it was to ring before.
func (c *Clock) Set(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wait = max(1, d)       // 0 would stop it
	_ = c.raw.Control(c.set) // fails only when it is closed
}

func (c *Clock) settime(fd uintptr) {
	spec := [2]syscall.Timespec{1: syscall.NsecToTimespec(int64(c.wait))}
	_, _, _ = syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
}

// Wait waits until it rings. An error says that it was closed.
func (c *Clock) Wait() error { return c.raw.Read(c.take) }

// taken reports whether the clock has rung since it was set or asked.
func taken(fd uintptr) bool {
	var rung uint64
	_, _, errno := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&rung)), unsafe.Sizeof(rung))
	return errno == 0
}

// Sleep waits for d, on a clock that nobody sets. An error says that it was closed.
func (c *Clock) Sleep(d time.Duration) error {
	c.wait, c.armed = max(1, d), false
	return c.raw.Read(c.nap)
}

// arm sets the clock when it is called first, and is done when it is called again, which it is when the clock has rung:
// whether it has need not be asked.
func (c *Clock) arm(fd uintptr) bool {
	if !c.armed {
		c.armed = true
		c.settime(fd)
		return false
	}
	return true
}

// Close ends Wait and Sleep, too.
func (c *Clock) Close() error { return c.file.Close() }
