package phonetest

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// pixels is what a screen shows, read from the memory that Xvfb keeps it in: an X window dump that changes under our eyes.
type pixels struct {
	file          []byte
	from          int // where the rows begin
	width, height int
	row, pixel    int // bytes
}

// openPixels maps the frame buffer that Xvfb keeps in a folder.
func openPixels(t testing.TB, folder string) *pixels {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "Xvfb_screen0"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(b) })
	// XWDFileHeader: 25 big-endian words. The colour table stands between the header and the rows.
	word := func(i int) int { return int(binary.BigEndian.Uint32(b[4*i:])) }
	p := &pixels{file: b, from: word(0) + 12*word(19), width: word(4), height: word(5), row: word(12), pixel: word(11) / 8}
	if p.pixel != 4 || p.from+p.height*p.row > len(b) {
		t.Fatalf("a frame buffer of another kind: %+v", *p)
	}
	return p
}

// Area is a part of a screen.
type Area struct {
	screen              *Screen
	x, y, width, height int
	seed                maphash.Seed
}

// Area is a part of the screen, in pixels.
func (s *Screen) Area(x, y, width, height int) *Area {
	s.t.Helper()
	if x < 0 || y < 0 || x+width > s.pixels.width || y+height > s.pixels.height {
		s.t.Fatalf("%d,%d %dx%d is outside the screen", x, y, width, height)
	}
	return &Area{s, x, y, width, height, maphash.MakeSeed()}
}

func (a *Area) sum() uint64 {
	var h maphash.Hash
	h.SetSeed(a.seed)
	p := a.screen.pixels
	for y := a.y; y < a.y+a.height; y++ {
		at := p.from + y*p.row + a.x*p.pixel
		_, _ = h.Write(p.file[at : at+a.width*p.pixel])
	}
	return h.Sum64()
}

// Still waits until nothing has changed in the area for so long.
func (a *Area) Still(long, limit time.Duration) {
	a.screen.t.Helper()
	last, since := a.sum(), time.Now()
	Until(a.screen.t, limit, "a still picture", func() bool {
		if now := a.sum(); now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) >= long
	})
}

// After does something and returns how long after it the area has changed.
func (a *Area) After(do func(), limit time.Duration) time.Duration {
	a.screen.t.Helper()
	before := a.sum()
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	begun := time.Now()
	do()
	for a.sum() == before {
		if time.Since(begun) > limit {
			a.screen.t.Fatalf("nothing has changed on the screen within %v", limit)
		}
		<-tick.C
	}
	return time.Since(begun)
}

// Keyboard presses keys without starting a program for each.
type Keyboard struct {
	t  testing.TB
	to io.WriteCloser
}

// Keyboard is a keyboard that is plugged in until the end of the test.
func (s *Screen) Keyboard() *Keyboard {
	s.t.Helper()
	c := exec.Command("xdotool", "-")
	c.Env = append(os.Environ(), s.Env()...)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	to, err := c.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = to.Close()
		_ = c.Wait()
	})
	return &Keyboard{t: s.t, to: to}
}

// Press presses a key as xdotool names it, at once.
func (k *Keyboard) Press(key string) {
	k.t.Helper()
	if _, err := fmt.Fprintf(k.to, "key --delay 0 %s\n", key); err != nil {
		k.t.Fatal(err)
	}
}
