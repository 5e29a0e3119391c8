package phonetest

import (
	"math"
	"reflect"
	"testing"
	"time"
)

func decisions(i Impairment, n int) (all [][]time.Duration) {
	d := newImpaired(i)
	now := time.Unix(0, 0)
	for range n {
		all = append(all, d.decide(now))
		now = now.Add(20 * time.Millisecond)
	}
	return all
}

func TestSameSeedSameNetwork(t *testing.T) {
	i := Impairment{Seed: 7, Loss: .1, Burst: 3, Jitter: 10 * time.Millisecond, Delay: 30 * time.Millisecond, Duplicate: .05, Reorder: .02}
	if !reflect.DeepEqual(decisions(i, 500), decisions(i, 500)) {
		t.Error("two runs of one seed differ")
	}
	other := i
	other.Seed = 8
	if reflect.DeepEqual(decisions(i, 500), decisions(other, 500)) {
		t.Error("two seeds do the same")
	}
}

func TestBurstsHaveTheirLength(t *testing.T) {
	lost, bursts, inside := 0, 0, false
	const n = 100000
	for _, d := range decisions(Impairment{Seed: 3, Loss: .05, Burst: 3}, n) {
		gone := len(d) == 0
		if gone {
			lost++
			if !inside {
				bursts++
			}
		}
		inside = gone
	}
	if share, mean := float64(lost)/n, float64(lost)/float64(bursts); math.Abs(share-.05) > .01 || math.Abs(mean-3) > .3 {
		t.Errorf("%.1f %% lost in bursts of %.1f, want 5 %% and 3", share*100, mean)
	}
}

func TestSpikeHoldsEverythingBack(t *testing.T) {
	all := decisions(Impairment{SpikeEvery: time.Second, Spike: 150 * time.Millisecond, InOrder: true}, 100)
	late := 0
	for _, d := range all {
		if d[0] > 0 {
			late++
		}
	}
	if want := 7; late != want && late != want+1 {
		t.Errorf("%d packets late in two seconds with one 150 ms spike, want %d", late, want)
	}
}
