package ui

import (
	"testing"
	"time"
	_ "unsafe" // for linkname

	"github.com/go-text/typesetting/shaping"
)

// Fyne's memory of what it has drawn. A window on screen forgets by and by what is drawn no more; the test driver, which
// draws nothing, never does, and the letters of every test's app are kept as long as the program runs: some ten gigabytes
// by the end of this package's tests.

//go:linkname cacheClean fyne.io/fyne/v2/internal/cache.Clean
func cacheClean(canvasRefreshed bool)

//go:linkname cacheNow fyne.io/fyne/v2/internal/cache.timeNow
var cacheNow func() time.Time

//go:linkname fyneShaper fyne.io/fyne/v2/internal/painter.shaper
var fyneShaper *shaping.HarfbuzzShaper

// forget has Fyne forget all that a test has shown, once the test is over: for Fyne's caches an hour passes.
func forget(t *testing.T) {
	t.Cleanup(func() {
		later := cacheNow().Add(time.Hour)
		cacheNow = func() time.Time { return later }
		cacheClean(true)
		*fyneShaper = shaping.HarfbuzzShaper{}
	})
}
