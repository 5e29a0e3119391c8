package incoming

import (
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pair is a socket and its other end.
func pair(t *testing.T) (s *Socket, far *net.UnixConn) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	if s, err = New(near.(*net.UnixConn), time.Second); err != nil {
		t.Fatal(err)
	}
	return s, other.(*net.UnixConn)
}

// receive counts calls and takes what there is.
func receive(got *[]byte, calls *int) func(fd uintptr) bool {
	buf := make([]byte, 100)
	return func(fd uintptr) bool {
		*calls++
		n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), syscall.MSG_DONTWAIT, 0, 0)
		if errno == 0 {
			*got = append(*got, buf[:n]...)
		}
		return errno == 0
	}
}

// Every arrival wakes, also the next one after a drained socket.
func TestArrivalsWake(t *testing.T) {
	s, far := pair(t)
	var got []byte
	calls := 0
	take := receive(&got, &calls)
	for range 50 {
		calls = 0
		over := make(chan error)
		go func() { over <- s.Wait(take) }()
		buf := make([]byte, 100)
		for range 20 {
			if _, err := s.Write([]byte("out")); err != nil {
				t.Fatal(err)
			}
			if _, err := far.Read(buf); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := far.Write([]byte("in")); err != nil {
			t.Fatal(err)
		}
		if err := <-over; err != nil {
			t.Fatal(err)
		}
		if calls > 2 {
			t.Errorf("looked %d times for one arrival", calls)
		}
	}
	if len(got) != 100 {
		t.Errorf("%d bytes of 100", len(got))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsWait(t *testing.T) {
	s, _ := pair(t)
	var got []byte
	calls := 0
	take := receive(&got, &calls)
	over := make(chan error)
	go func() { over <- s.Wait(take) }()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-over; err == nil {
		t.Error("something came to a closed socket")
	}
	if err := s.Do(func(uintptr) { t.Error("a closed socket has a descriptor") }); err == nil {
		t.Error("a closed socket is open")
	}
}

func TestWritingHasItsPatience(t *testing.T) {
	s, _ := pair(t)
	defer s.Close()
	for range 1000 {
		if _, err := s.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
	t.Error("60 MB were taken by nobody")
}

func TestWaitingAllocatesNothing(t *testing.T) {
	s, far := pair(t)
	defer s.Close()
	got, calls, piece := make([]byte, 0, 10000), 0, []byte("in")
	take := receive(&got, &calls)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := far.Write(piece); err != nil {
			t.Error(err)
		}
		if err := s.Wait(take); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

// What comes while nobody heeds it wakes nobody, and the one who waits when it is heeded again.
func TestNotHeeded(t *testing.T) {
	s, far := pair(t)
	defer s.Close()
	var got []byte
	calls := 0
	take := receive(&got, &calls)
	over, tried := make(chan error), make(chan bool, 100)
	wait := func() {
		go func() {
			over <- s.Wait(func(fd uintptr) bool {
				done := take(fd)
				tried <- done
				return done
			})
		}()
		<-tried // there was nothing yet
	}
	for range 20 {
		for _, what := range []bool{false, false, true} { // twice the same is as once
			if err := s.Heed(what); err != nil {
				t.Fatal(err)
			}
		}
		wait()
		if _, err := far.Write([]byte("a")); err != nil {
			t.Fatal(err)
		}
		if err := <-over; err != nil {
			t.Fatal(err)
		}
		for len(tried) > 0 {
			<-tried
		}
		wait()
		if err := s.Heed(false); err != nil {
			t.Fatal(err)
		}
		if _, err := far.Write([]byte("b")); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-over:
			t.Fatalf("woken: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
		if err := s.Heed(true); err != nil {
			t.Fatal(err)
		}
		if err := <-over; err != nil {
			t.Fatal(err)
		}
		for len(tried) > 0 {
			<-tried
		}
	}
	if string(got) != strings.Repeat("ab", 20) {
		t.Errorf("%q", got)
	}
}
