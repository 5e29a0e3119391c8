//go:build cgo

package app

import (
	"testing"

	"svara/cmd/internal/app/cblock"
)

// blocks takes C memory in blocks with what stays between them, frees the blocks, and tells how much of it is resident after
// each.
func blocks(n, size int) (taken, left int64, between *cblock.Pairs) {
	before := resident()
	between = cblock.Take(n, size)
	taken = resident() - before
	between.FreeLarge()
	return taken, resident() - before, between
}

// The pictures of windows that C libraries free go back at once, also when a larger one was freed before.
func TestLargeMemoryOfCGoesBack(t *testing.T) {
	keepLittle()
	cblock.Once(30 << 20)
	taken, left, between := blocks(32, 1<<20)
	defer between.FreeSmall()
	t.Logf("%d kB taken, %d kB left", taken>>10, left>>10)
	if taken < 24<<20 || left > taken/4 {
		t.Errorf("of %d bytes %d are still there when they are free", taken, left)
	}
}

// Tidying gives back the holes between what stays.
func TestTidyingGivesBackMemoryOfC(t *testing.T) {
	keepLittle()
	taken, left, between := blocks(400, 80<<10)
	defer between.FreeSmall()
	var memory tidier
	memory.look()
	again, _, more := blocks(400, 80<<10)
	defer more.FreeSmall()
	t.Logf("%d kB taken, %d kB left, %d kB taken again", taken>>10, left>>10, again>>10)
	if taken < 24<<20 || again < taken/2 {
		t.Errorf("%d bytes were taken, and %d when they had been given back", taken, again)
	}
}

// What was let go of at once is given back although no more is in use than before.
func TestTidyingIsDueWhenMuchIsReleased(t *testing.T) {
	keepLittle()
	between := cblock.Take(400, 80<<10)
	defer between.FreeSmall()
	var p Phone
	p.memory.look()
	between.FreeLarge()
	p.memory.least = resident() + 64<<20
	p.memory.look()
	before := resident()
	p.Released()
	p.memory.look()
	t.Logf("%d kB, then %d", before>>10, p.memory.least>>10)
	if p.memory.least > before-16<<20 {
		t.Errorf("%d bytes resident before, %d after", before, p.memory.least)
	}
	if p.memory.released.Load() {
		t.Error("done again each time")
	}
}
