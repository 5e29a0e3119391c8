package app

import (
	"bytes"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// resident is how much of the program is in memory, in bytes; 0 when the system does not tell.
func resident() int64 {
	b, err := os.ReadFile("/proc/self/statm") // proc(5): pages, the second number is those resident
	if err != nil {
		return 0
	}
	f := bytes.Fields(b)
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(f[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// releaseFiles lets go of all pages that are as they are in a file that is only read here, the program and its libraries.
func releaseFiles() { release("/", math.MaxInt, func() bool { return true }) }

// releaseProgram does so with the program itself, of at most piece bytes at a time, until rest, which is called after each,
// reports false. A library may be gone meanwhile and its place taken.
func releaseProgram(piece uintptr, rest func() bool) {
	if self, err := os.Executable(); err == nil {
		release(self, piece, rest)
	}
}

func release(path string, piece uintptr, rest func() bool) {
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	var from, to uintptr
	for line := range strings.Lines(string(b)) {
		field := strings.Fields(line)
		if len(field) >= 5 && strings.Contains(field[0], "-") { // the head of a mapping: addresses, rights, offset, device, inode, path
			from, to = 0, 0
			if rights := field[1]; len(field) > 5 && strings.HasPrefix(field[5], path) && rights[0] == 'r' && rights[1] == '-' && rights[3] == 'p' {
				from, to = span(field[0])
			}
			continue
		}
		// What was written before the mapping became one to be read only, as by the loader, is in no file.
		if len(field) < 2 || field[0] != "Anonymous:" || field[1] != "0" {
			continue
		}
		for at := from; at < to; {
			n := min(piece, to-at)
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, at, n, unix.MADV_DONTNEED) // what is refused stays
			if at += n; !rest() {
				return
			}
		}
	}
}

// span reads addresses as in 55d0c0000000-55d0c0001000.
func span(s string) (from, to uintptr) {
	a, b, _ := strings.Cut(s, "-")
	first, err1 := strconv.ParseUint(a, 16, 64)
	last, err2 := strconv.ParseUint(b, 16, 64)
	if err1 != nil || err2 != nil {
		return 0, 0
	}
	return uintptr(first), uintptr(last)
}
