package phonetest

import (
	"bytes"
	"encoding/binary"
	"fmt"
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

// everyRow is which rows of an area are looked at. What is drawn is higher than that, and looking at all would take a good
// part of the processor whose work is measured.
const everyRow = 4

// Area is a part of a screen.
type Area struct {
	screen              *Screen
	x, y, width, height int
	seen                []byte // its rows when they were looked at last
}

// Area is a part of the screen, in pixels.
func (s *Screen) Area(x, y, width, height int) *Area {
	s.t.Helper()
	if x < 0 || y < 0 || x+width > s.pixels.width || y+height > s.pixels.height {
		s.t.Fatalf("%d,%d %dx%d is outside the screen", x, y, width, height)
	}
	a := &Area{s, x, y, width, height, nil}
	a.look()
	return a
}

// rows is what is shown now, row by row.
func (a *Area) rows(yield func(now []byte) bool) {
	p := a.screen.pixels
	for y := a.y; y < a.y+a.height; y += everyRow {
		at := p.from + y*p.row + a.x*p.pixel
		if !yield(p.file[at : at+a.width*p.pixel]) {
			return
		}
	}
}

// look remembers what is shown now.
func (a *Area) look() {
	a.seen = a.seen[:0]
	for row := range a.rows {
		a.seen = append(a.seen, row...)
	}
}

// changed reports whether something else is shown than was remembered.
func (a *Area) changed() bool {
	at := 0
	for row := range a.rows {
		if !bytes.Equal(row, a.seen[at:at+len(row)]) {
			return true
		}
		at += len(row)
	}
	return false
}

// Still waits until nothing has changed in the area for so long.
func (a *Area) Still(long, limit time.Duration) {
	a.screen.t.Helper()
	a.look()
	since := time.Now()
	Until(a.screen.t, limit, "a still picture", func() bool {
		if a.changed() {
			a.look()
			since = time.Now()
		}
		return time.Since(since) >= long
	})
}

// After does something and returns how long after it the area has changed.
func (a *Area) After(do func(), limit time.Duration) time.Duration {
	a.screen.t.Helper()
	a.look()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	begun := time.Now()
	do()
	for !a.changed() {
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
