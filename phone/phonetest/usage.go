package phonetest

import (
	"fmt"
	"os"
	"path/filepath"
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
	_, used := p.used(string(b))
	return used
}

// ThreadCPU is the processor time of those of its threads whose name begins so.
func (p *Process) ThreadCPU(name string) time.Duration {
	p.t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.PID))
	if err != nil {
		p.t.Fatal(err)
	}
	var sum time.Duration
	for _, file := range threads {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		if called, used := p.used(string(b)); strings.HasPrefix(called, name) {
			sum += used
		}
	}
	return sum
}

// used reads a stat file of /proc: a name and the processor time used.
func (p *Process) used(stat string) (name string, used time.Duration) {
	p.t.Helper()
	// The second field is the name in brackets and may hold anything; utime and stime are the 14th and 15th.
	head, rest, _ := strings.Cut(stat, ") ")
	_, name, _ = strings.Cut(head, "(")
	f := strings.Fields(rest)
	var ticks int64
	for _, field := range f[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			p.t.Fatal(err)
		}
		ticks += n
	}
	return name, time.Duration(ticks) * clockTick
}

// Memory is the program's resident memory in MB, shared pages included.
func (p *Process) Memory() float64 {
	p.t.Helper()
	return float64(p.status("VmRSS:")) / 1024
}

// Own is that part of it, in MB, that is not a file's: what it has asked for and not given back. Pages of its own code, which
// the system brings in and drops as it likes, are not in it.
func (p *Process) Own() float64 {
	p.t.Helper()
	return float64(p.status("RssAnon:")) / 1024
}

// Threads is how many threads the program has.
func (p *Process) Threads() int { p.t.Helper(); return p.status("Threads:") }

// Wakes is how often the program's threads have waited for something and gone on.
func (p *Process) Wakes() int {
	p.t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", p.PID))
	if err != nil {
		p.t.Fatal(err)
	}
	sum := 0
	for _, file := range threads {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		if _, rest, ok := strings.Cut(string(b), "\nvoluntary_ctxt_switches:"); ok {
			line, _, _ := strings.Cut(rest, "\n")
			n, err := strconv.Atoi(strings.TrimSpace(line))
			if err != nil {
				p.t.Fatal(err)
			}
			sum += n
		}
	}
	return sum
}

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
