package ring_test

import (
	"runtime"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"svara/audio/ring"
)

// The ring must behave as a queue with a limit, whatever is done to it.
func TestRingIsAQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := ring.New(rapid.IntRange(1, 40).Draw(t, "size"))
		var queue []int16
		next := int16(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			n := rapid.IntRange(0, 50).Draw(t, "n")
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				in := make([]int16, n)
				for i := range in {
					in[i] = next + int16(i)
				}
				free := r.Free()
				took := r.Write(in)
				if took != min(n, free) {
					t.Fatalf("wrote %d of %d with room for %d", took, n, free)
				}
				queue = append(queue, in[:took]...)
				next += int16(took)
			case 1:
				out := make([]int16, n)
				got := r.Read(out)
				if got != min(n, len(queue)) {
					t.Fatalf("read %d of %d", got, len(queue))
				}
				for i := range got {
					if out[i] != queue[i] {
						t.Fatalf("sample %d is %d, want %d", i, out[i], queue[i])
					}
				}
				queue = queue[got:]
			case 2:
				gone := r.Discard(n)
				if gone != min(n, len(queue)) {
					t.Fatalf("discarded %d of %d", gone, len(queue))
				}
				queue = queue[gone:]
			}
			if r.Len() != len(queue) || r.Len()+r.Free() != r.Cap() {
				t.Fatalf("length %d, want %d; free %d of %d", r.Len(), len(queue), r.Free(), r.Cap())
			}
		}
	})
}

func TestTwoGoroutines(t *testing.T) {
	const total = 200_000
	r := ring.New(1000)
	var group sync.WaitGroup
	group.Go(func() {
		buf := make([]int16, 480)
		for sent := 0; sent < total; {
			n := min(len(buf), total-sent)
			for i := range n {
				buf[i] = int16(sent + i)
			}
			n = r.Write(buf[:n])
			sent += n
			if n == 0 {
				runtime.Gosched()
			}
		}
	})
	buf := make([]int16, 333)
	for got := 0; got < total; {
		n := r.Read(buf)
		for i := range n {
			if buf[i] != int16(got+i) {
				t.Fatalf("sample %d is %d", got+i, buf[i])
			}
		}
		got += n
		if n == 0 {
			runtime.Gosched()
		}
	}
	group.Wait()
}
