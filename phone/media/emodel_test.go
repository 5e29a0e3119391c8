package media

import (
	"math"
	"testing"
)

// Known points of the E-model: the default rating 93.2 is MOS 4.41 (G.107 annex B); the delay curve of G.114 and the loss
// of G.711 with concealment of G.113 appendix I.
func TestEModel(t *testing.T) {
	for _, c := range []struct {
		name      string
		p         path
		low, high float64 // R
	}{
		{"perfect", path{codec: "PCMA"}, 92.5, 93.2},
		{"150 ms", path{codec: "PCMA", delay: 150}, 86, 91},
		{"300 ms", path{codec: "PCMA", delay: 300}, 65, 76},
		{"400 ms", path{codec: "PCMA", delay: 400}, 53, 65},
		{"1 %", path{codec: "PCMU", lost: 1}, 88, 90.5},
		{"5 % at random", path{codec: "PCMA", lost: 5}, 75, 79},
		{"5 % in bursts of three times chance", path{codec: "PCMA", lost: 5, burst: 3}, 74, 76.5},
		{"20 %", path{codec: "PCMA", lost: 20}, 47, 53},
		{"everything", path{codec: "opus", lost: 100, delay: 5000}, 0, 0},
		{"nonsense", path{lost: math.Inf(1), delay: math.Inf(1), trip: math.Inf(1)}, 0, 0},
		{"negative", path{codec: "opus", lost: -5, delay: -7, burst: -1}, 92.5, 93.2},
	} {
		if r := c.p.rating(); !(r >= c.low && r <= c.high) {
			t.Errorf("%s: R %.1f, want %.1f..%.1f", c.name, r, c.low, c.high)
		}
	}
	for r, want := range map[float64]float64{93.2: 4.41, 80: 4.02, 70: 3.60, 60: 3.10, 50: 2.58, 0: 1, 100: 4.5} {
		if got := mos(r); math.Abs(got-want) > 0.006 {
			t.Errorf("R %.1f is MOS %.3f, want %.2f", r, got, want)
		}
	}
	worse := 94.0
	for delay := 0.0; delay < 2000; delay += 7 {
		r := path{codec: "opus", delay: delay}.rating()
		if r > worse+1e-9 {
			t.Fatalf("R rises with delay at %.0f ms: %.2f", delay, r)
		}
		worse = r
	}
}
