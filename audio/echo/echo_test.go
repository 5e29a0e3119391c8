package echo

import (
	"slices"
	"testing"
	"time"

	"svara/audio"
)

func block(v int16) []int16 { return slices.Repeat([]int16{v}, audio.BlockSize) }

func TestListensThenSays(t *testing.T) {
	e := New(3 * audio.BlockTime)
	out := make([]int16, audio.BlockSize)
	for i := range int16(3) {
		if e.Read(out); out[0] != 0 {
			t.Fatalf("says %d while it listens", out[0])
		}
		e.Write(block(i + 1))
	}
	for i := range int16(3) {
		if sound := e.Read(out); !sound || !slices.Equal(out, block(i+1)) {
			t.Fatalf("block %d: %v, %d", i, sound, out[0])
		}
		e.Write(block(99)) // itself, out of the loudspeaker
	}
	if sound := e.Read(out); sound || !slices.Equal(out, block(0)) {
		t.Errorf("goes on with %d", out[0])
	}
}

func TestNothingIsAllocated(t *testing.T) {
	e, b := New(time.Second), block(1)
	if n := testing.AllocsPerRun(300, func() {
		e.Read(b)
		e.Write(b)
	}); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}
