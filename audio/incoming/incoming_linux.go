package incoming

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// Socket is a socket that Go's poller does not know. What the poller knows is a set of the system's with the socket as its
// one member, which tells of arrivals only. Writing waits as long as New was told, all else not at all.
type Socket struct {
	*os.File
	raw   syscall.RawConn // of the socket
	set   *os.File
	ready syscall.RawConn // of the set

	// Of the goroutine in Wait.
	try  func(fd uintptr) bool
	done bool
	err  error
	once func(fd uintptr) bool
	look func(set uintptr) bool

	mu     sync.Mutex // guards what follows
	deaf   bool       // the socket is not in the set
	member int
	alter  func(set uintptr)
	told   func(fd uintptr)
	failed error
}

const arrivals = syscall.EPOLLIN | syscall.EPOLLRDHUP

// Closer is a connection that can be taken over.
type Closer interface {
	syscall.Conn
	Close() error
}

// New takes over a connection, which is not used any more, whatever comes of it. patience is how long a write may wait.
func New(conn Closer, patience time.Duration) (*Socket, error) {
	fd, err := Detach(conn, patience)
	if err != nil {
		return nil, err
	}
	s := &Socket{File: os.NewFile(uintptr(fd), "socket")}
	s.once, s.look = s.attempt, s.seek
	s.told, s.alter = s.tell, s.change
	set, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, errors.Join(err, s.File.Close())
	}
	member := syscall.EpollEvent{Events: arrivals, Fd: int32(fd)}
	err = errors.Join(syscall.EpollCtl(set, syscall.EPOLL_CTL_ADD, fd, &member), syscall.SetNonblock(set, true))
	s.set = os.NewFile(uintptr(set), "arrivals")
	if err == nil {
		s.raw, err = s.File.SyscallConn()
	}
	if err == nil {
		s.ready, err = s.set.SyscallConn()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Detach gives a second descriptor of a connection's socket, in which writing waits for patience, and closes the first.
func Detach(conn Closer, patience time.Duration) (fd int, err error) {
	defer conn.Close()
	raw, err := conn.SyscallConn()
	if err != nil {
		return -1, err
	}
	var failed error
	err = raw.Control(func(of uintptr) {
		n, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, of, syscall.F_DUPFD_CLOEXEC, 0)
		if errno != 0 {
			failed = errno
			return
		}
		fd = int(n)
		wait := syscall.NsecToTimeval(int64(patience))
		failed = errors.Join(syscall.SetNonblock(fd, false), syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &wait))
		if failed != nil {
			failed = errors.Join(failed, syscall.Close(fd))
		}
	})
	return fd, errors.Join(err, failed)
}

// Wait calls try until it returns true: now, and then whenever something has come. try takes all there is and waits for
// nothing. One goroutine waits at a time.
func (s *Socket) Wait(try func(fd uintptr) bool) error {
	s.try, s.err = try, nil
	if err := s.ready.Read(s.look); err != nil {
		return err
	}
	return s.err
}

func (s *Socket) seek(uintptr) bool {
	s.err = s.raw.Read(s.once)
	return s.err != nil || s.done
}

func (s *Socket) attempt(fd uintptr) bool {
	s.done = s.try(fd)
	return true // there is nothing to wait for here
}

// Heed says whether Wait is woken by what comes, as it is at first. What has come by then and was not taken wakes it at
// once. For any goroutine.
func (s *Socket) Heed(what bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if what == !s.deaf {
		return nil
	}
	s.deaf = !what
	return errors.Join(s.raw.Control(s.told), s.failed)
}

func (s *Socket) tell(fd uintptr) {
	s.member = int(fd)
	if err := s.ready.Control(s.alter); err != nil {
		s.failed = err
	}
}

// change takes the socket out of the set, or puts it in: a member that is only changed may not tell of what has come already.
func (s *Socket) change(set uintptr) {
	if s.deaf {
		s.failed = syscall.EpollCtl(int(set), syscall.EPOLL_CTL_DEL, s.member, nil)
		return
	}
	s.failed = syscall.EpollCtl(int(set), syscall.EPOLL_CTL_ADD, s.member, &syscall.EpollEvent{Events: arrivals, Fd: int32(s.member)})
}

// Do calls f with the descriptor, which stays open meanwhile. It is for calls that wait for nothing.
func (s *Socket) Do(f func(fd uintptr)) error { return s.raw.Control(f) }

// Close ends Wait, too.
func (s *Socket) Close() error { return errors.Join(s.set.Close(), s.File.Close()) }
