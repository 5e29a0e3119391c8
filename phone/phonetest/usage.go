package phonetest

import (
	"fmt"
	"os"
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
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return n / 1024
		}
	}
	p.t.Fatalf("no VmRSS of %s", p.Name)
	return 0
}
