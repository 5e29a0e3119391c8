package app

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// ofFiles is how many bytes in memory are as they are in files.
func ofFiles(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/smaps_rollup") // counted page by page, unlike /proc/self/status
	if err != nil {
		t.Fatal(err)
	}
	count := func(name string) int64 {
		m := regexp.MustCompile(`(?m)^` + name + `:\s+(\d+) kB`).FindSubmatch(b)
		if m == nil {
			t.Fatal("this system does not tell")
		}
		n, _ := strconv.ParseInt(string(m[1]), 10, 64)
		return n << 10
	}
	return count("Rss") - count("Anonymous")
}

// fetch brings all of the program into memory.
func fetch(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 5 && f[5] == self && f[1][0] == 'r' {
			from, to := span(f[0])
			if _, _, errno := unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_POPULATE_READ); errno != 0 {
				if os.Getenv("CI") == "true" {
					t.Fatal(errno)
				}
				t.Skip("this system brings in what is asked for only:", errno)
			}
		}
	}
}

// While there is a call it is done in small pieces, nothing is done again that has come back, and it can be ended.
func TestTidyingInACallIsGentle(t *testing.T) {
	fetch(t)
	pages := ofFiles(t)
	var memory tidier
	pieces := 0
	memory.lookGently(func() bool { pieces++; return true })
	after := ofFiles(t)
	t.Logf("%d kB of files in memory, then %d, in %d pieces", pages>>10, after>>10, pieces)
	if after > pages*9/10 || pieces < int(pages-after)/piece { // what others have in memory too comes back with its neighbours
		t.Errorf("%d bytes of files in memory before, %d after, in %d pieces", pages, after, pieces)
	}
	again := func() bool { t.Error("what is in use is let go of again"); return false }
	memory.lookGently(again)
	memory.least += untidy // what the looking itself takes
	memory.lookGently(again)
	var other tidier
	pieces = 0
	other.lookGently(func() bool { pieces++; return false })
	if pieces != 1 {
		t.Errorf("%d pieces after the end", pieces)
	}
}

// What only the start has gone through is let go, once, and the program goes on as before.
func TestTidyingLetsGoOfWhatIsInFiles(t *testing.T) {
	fetch(t)
	before := ofFiles(t)
	var memory tidier
	memory.look()
	after := ofFiles(t)
	t.Logf("%d kB of files in memory, then %d", before>>10, after>>10)
	if after > before*3/4 {
		t.Errorf("%d bytes of files in memory before, %d after", before, after)
	}
	// What the race detector and the looking itself take may grow for a while; then it is left as it is.
	for range 10 {
		least := memory.least
		memory.look()
		if memory.least == least && least != 0 {
			return
		}
	}
	t.Errorf("%d bytes in memory are too much again each time", memory.least)
}
