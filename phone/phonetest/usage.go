package phonetest

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clockTick is Linux's USER_HZ, in which /proc counts processor time.
const clockTick = time.Second / 100

// CPU is the processor time the program has used so far.
func (p *Process) CPU() time.Duration {
	p.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID))
	if err != nil {
		p.t.Fatal(err)
	}
	// The second field is the name in brackets and may hold anything; utime and stime are the 14th and 15th.
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	var ticks int64
	for _, field := range f[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			p.t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}

// Memory is the program's resident memory in MB, shared pages included.
func (p *Process) Memory() float64 {
	p.t.Helper()
	return float64(p.status("VmRSS:")) / 1024
}

// Threads is how many threads the program has.
func (p *Process) Threads() int { p.t.Helper(); return p.status("Threads:") }

// Files is how many files and sockets the program has open.
func (p *Process) Files() int {
	p.t.Helper()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.PID))
	if err != nil {
		p.t.Fatal(err)
	}
	return len(open)
}

// status is a number in the kernel's account of the program.
func (p *Process) status(name string) int {
	p.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if value, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				p.t.Fatal(err)
			}
			return n
		}
	}
	p.t.Fatalf("no %s of %s", name, p.Name)
	return 0
}

// Mapped is how many MB of the program's resident memory are of files whose path has one of the parts, such as the
// libraries of a software renderer.
func (p *Process) Mapped(parts ...string) float64 {
	p.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps", p.PID))
	if err != nil {
		p.t.Fatal(err)
	}
	kilobytes, counts := 0, false
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 5 && strings.Contains(f[0], "-") { // the head of a mapping
			counts = len(f) > 5 && slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(f[5], part) })
		} else if value, ok := strings.CutPrefix(line, "Rss:"); ok && counts {
			n, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				p.t.Fatal(err)
			}
			kilobytes += n
		}
	}
	return float64(kilobytes) / 1024
}
