package app

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

const (
	// tidyAfter is how long after the start, and how often from then on, it is looked at how much memory is in use.
	tidyAfter = 10 * time.Second

	// untidy is by how much it has to have grown for something to be done about it.
	untidy = 3 << 20

	// piece is how many bytes are given back at a time while there is a call, and respite how long nothing is done then: sound
	// that has to fetch what it uses of a piece again does so in some microseconds.
	piece   = 128 << 10
	respite = 5 * time.Millisecond

	// collectAt is how much of the heap may be waiting to be collected, in percent of what is in use: a phone that only
	// runs makes little that is not used, and half of what Go does by itself costs next to nothing.
	collectAt = 50
)

// tidier gives back memory that was needed for a moment: what keys were derived in, and the parts of the program that only
// a start or the beginning of a call goes through. They come back from the file when they are wanted again.
type tidier struct {
	least    int64       // resident bytes after the last time; 0: none yet
	settling bool        // what is in use is still coming back
	released atomic.Bool // much has been let go of that the system does not have back
}

// look gives back what it can, if it is worth it.
func (t *tidier) look() {
	if released := t.released.Swap(false); released || t.due() {
		debug.FreeOSMemory()
		releaseC()
		releaseFiles()
		t.least, t.settling = resident(), false
	}
}

// lookGently is look while there is a call: what is collected goes back by and by, and of the program's file it lets go in
// pieces, for as long as rest, which is called after each, reports true.
func (t *tidier) lookGently(rest func() bool) {
	if t.settling {
		t.least, t.settling = resident(), false
	} else if t.due() {
		runtime.GC()
		releaseProgram(piece, rest)
		t.settling = true
	}
}

func (t *tidier) due() bool { return resident()-t.least >= untidy }
