package ui

import (
	"runtime"
	"strconv"
	"testing"
	"time"
	_ "unsafe" // for linkname

	"svara/phone"
)

// Fyne's memory of what it has drawn. A window on screen forgets by and by what is drawn no more; the test driver, which
// draws nothing, never does, and the letters of every test's app are kept as long as the program runs: some ten gigabytes
// by the end of this package's tests.

//go:linkname cacheClean fyne.io/fyne/v2/internal/cache.Clean
func cacheClean(canvasRefreshed bool)

//go:linkname cacheNow fyne.io/fyne/v2/internal/cache.timeNow
var cacheNow func() time.Time

// forget has Fyne forget all that a test has shown, once the test is over: for Fyne's caches an hour passes.
func forget(t *testing.T) {
	t.Cleanup(func() {
		later := cacheNow().Add(time.Hour)
		cacheNow = func() time.Time { return later }
		cacheClean(true)
		forgetFaces(nil)
	})
}

// TestChangesOfThemeKeepNoMemory: who changes the theme and the text size all day does so in the same memory.
func TestChangesOfThemeKeepNoMemory(t *testing.T) {
	a, p := open(t, registered())
	change := func(i int) {
		p.show(a, with(p.snap, func(s *phone.Snapshot) {
			s.Settings[phone.KeyTheme] = []string{"light", "dark", "contrast"}[i%3]
			s.Settings[phone.KeyTextSize] = strconv.Itoa(100 + 10*(i%4))
		}))
		a.main.Canvas().Capture()
	}
	used := func() uint64 {
		later := cacheNow().Add(time.Hour) // what is drawn no more goes
		cacheNow = func() time.Time { return later }
		cacheClean(true)
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for i := range 12 { // every pair of both once
		change(i)
	}
	before := used()
	for i := range 40 {
		change(i)
	}
	if after := used(); after > before+4<<20 {
		t.Errorf("%d kB were in use, and %d kB after 40 changes", before>>10, after>>10)
	} else {
		t.Logf("%d kB before, %d kB after", before>>10, after>>10)
	}
}
