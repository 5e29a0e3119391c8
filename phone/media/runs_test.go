package media

import (
	"math/rand/v2"
	"testing"
)

// follow steps through a row of packets: x is lost.
func follow(row string) *runs {
	r, leap := new(runs), int64(1)
	for _, c := range row {
		if c == 'x' {
			leap++
			continue
		}
		r.step(leap)
		leap = 1
	}
	return r
}

func repeat(s string, n int) string {
	out := ""
	for range n {
		out += s
	}
	return out
}

func TestBursts(t *testing.T) {
	calm := repeat(".", 50)
	for _, c := range []struct {
		name              string
		row               string
		burst             bool
		low, high         float64 // length of a burst
		lowDense, gapMost uint8
	}{
		{"nothing lost", calm + calm, false, 0, 0, 0, 0},
		{"lone losses are no burst", repeat(calm+"x", 5) + calm, false, 0, 0, 0, 6},
		{"a solid one", calm + "xxxxx" + calm, true, 4, 7, 200, 0},
		{"a thin one", calm + "x..x..x..x" + calm, true, 8, 13, 60, 0},
		{"all of it", repeat("x.", 100), true, 100, 300, 100, 0},
	} {
		b := follow(c.row).bursts()
		if (b.burst > 0) != c.burst || b.burst < c.low || b.burst > c.high || b.burstDensity < c.lowDense || b.gapDensity > c.gapMost {
			t.Errorf("%s: %+v", c.name, b)
		}
	}
}

func TestBurstRatio(t *testing.T) {
	lot := rand.New(rand.NewPCG(1, 2))
	random, clumped := "", ""
	for range 20000 {
		random += map[bool]string{true: "x", false: "."}[lot.Float64() < 0.05]
	}
	for range 3000 {
		clumped += repeat(".", 1+lot.IntN(100)) + repeat("x", 1+lot.IntN(5))
	}
	if r := follow(random + ".").ratio(); r > 1.06 {
		t.Errorf("loss by chance has ratio %.2f", r)
	}
	if r := follow(clumped + ".").ratio(); r < 2.5 || r > 3.2 {
		t.Errorf("runs of three have ratio %.2f", r)
	}
	if r := follow("....").ratio(); r != 1 {
		t.Errorf("no loss has ratio %.2f", r)
	}
	// What only came late is no loss.
	r := follow("...x.")
	r.step(-1)
	if r.lost != 0 || r.ratio() != 1 {
		t.Errorf("a late packet: %+v", r)
	}
}
