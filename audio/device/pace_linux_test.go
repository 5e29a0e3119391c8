package device

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"testing"
	"time"

	"svara/audio"
)

// fetches runs a pace over a minute of a microphone of which n samples at a time are there, a little sooner or later each
// time, and tells how often it is fetched from for a block and how long a whole block lies there.
func fetches(n int, jitter time.Duration, speed float64) (each float64, mean, most time.Duration) {
	random := rand.New(rand.NewPCG(1, 2))
	begin := time.Unix(1000, 0)
	p := pace{}
	var pieces []time.Time // when each comes
	period := float64(span(n)) / speed
	for i := range int(float64(time.Minute) / period) {
		pieces = append(pieces, begin.Add(time.Duration(float64(i+1)*period)+time.Duration(random.Float64()*float64(jitter))))
	}
	now, taken, blocks, count, lag := begin, 0, 0, 0, time.Duration(0)
	for taken < len(pieces) {
		if due := p.next(); due.After(now) {
			now = due.Add(time.Duration(random.IntN(60)) * time.Microsecond) // until we run
		}
		count++
		p.fetched = now
		before := taken
		for taken < len(pieces) && !pieces[taken].After(now) {
			p.came += n
			if taken++; taken*n/audio.BlockSize > blocks {
				late := now.Sub(pieces[taken-1])
				blocks = taken * n / audio.BlockSize
				lag += late
				if blocks > 100 {
					most = max(most, late)
				}
			}
		}
		if taken == before {
			p.vain(now)
		}
	}
	return float64(count) / float64(blocks), lag / time.Duration(blocks), most
}

// A block is fetched once, soon after it is whole, however the server cuts it and whosever clock is faster.
func TestPaceFindsWholeBlocks(t *testing.T) {
	for _, c := range []struct {
		name       string
		n          int
		jitter     time.Duration
		speed      float64
		each       float64 // fetches for a block at most
		mean, most time.Duration
	}{
		{"crumbs", 60, 100 * time.Microsecond, 1, 1.5, 500 * time.Microsecond, 2 * time.Millisecond},
		{"halves", 240, 0, 1, 1.5, 300 * time.Microsecond, 2 * time.Millisecond},
		{"halves that jitter", 240, time.Millisecond, 1, 1.7, 1500 * time.Microsecond, 5 * time.Millisecond},
		{"a fast clock", 240, 0, 1.001, 1.5, 500 * time.Microsecond, 3 * time.Millisecond},
		{"a slow clock", 240, 0, 0.999, 1.7, 300 * time.Microsecond, time.Millisecond},
		{"blocks", 480, 0, 1, 1.5, 300 * time.Microsecond, 2 * time.Millisecond},
		{"a server of another time", 1024, 0, 1, 4, 1500 * time.Microsecond, 5 * time.Millisecond},
	} {
		each, mean, most := fetches(c.n, c.jitter, c.speed)
		t.Logf("%s: %.2f fetches a block, whole for %v in the mean, %v at most", c.name, each, mean, most)
		if each > c.each || mean > c.mean || most > c.most {
			t.Errorf("%s: %.2f fetches a block, whole for %v in the mean, %v at most", c.name, each, mean, most)
		}
	}
}

// paced is a paced connection and its other end.
func paced(t *testing.T) (c *pacedConn, far net.Conn) {
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
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	if c, err = newPacedConn(near.(*net.UnixConn)); err != nil {
		t.Fatal(err)
	}
	return c, far
}

func TestPacedConnection(t *testing.T) {
	c, far := paced(t)
	if _, err := c.Write([]byte("question")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 8)
	if _, err := io.ReadFull(far, got); err != nil || string(got) != "question" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := far.Write([]byte("answer")); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(got); err != nil || string(got[:n]) != "answer" {
		t.Fatalf("%q, %v", got[:n], err)
	}
	far.Close()
	if _, err := c.Read(got); !errors.Is(err, errServerEnded) {
		t.Errorf("at the end: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// Closing ends a reader that waits, and what a server does not take is given up.
func TestPacedConnectionIsClosed(t *testing.T) {
	c, _ := paced(t)
	ended := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 8))
		ended <- err
	}()
	begun := time.Now()
	for range 1000 {
		if _, err := c.Write(make([]byte, 1<<16)); err != nil {
			break
		}
	}
	if took := time.Since(begun); took < controlPatience/2 {
		t.Errorf("given up after %v", took)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("read from a closed connection")
	}
}

func TestPacedReadingAllocatesNothing(t *testing.T) {
	c, far := paced(t)
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	piece, buf := make([]byte, 2*audio.BlockSize), make([]byte, 16<<10)
	if n := testing.AllocsPerRun(50, func() {
		if _, err := far.Write(piece); err != nil {
			t.Error(err)
		}
		n, err := c.Read(buf)
		if err != nil {
			t.Error(err)
		}
		c.pace.came += n / 2
	}); n != 0 {
		t.Errorf("%.0f allocations a block", n)
	}
}
