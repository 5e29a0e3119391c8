package network

import (
	"math"
	"reflect"
	"testing"
	"time"
)

func decisions(i Impairment, n int) (all [][]time.Duration) {
	d := New(i)
	now := time.Unix(0, 0)
	for range n {
		all = append(all, d.Decide(now))
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

func TestStepsBlackoutsAndDrift(t *testing.T) {
	const ms = time.Millisecond
	all := decisions(Impairment{Step: 60 * ms, StepFrom: time.Second, StepUntil: 2 * time.Second, Blackout: 500 * ms, BlackoutAt: 3 * time.Second}, 200)
	for i, d := range all {
		at := time.Duration(i) * 20 * ms
		switch {
		case at >= 3*time.Second && at < 3500*ms:
			if len(d) != 0 {
				t.Errorf("a packet at %v of the blackout arrives", at)
			}
		case len(d) != 1:
			t.Errorf("a packet at %v arrives %d times", at, len(d))
		case (d[0] == 60*ms) != (at >= time.Second && at < 2*time.Second):
			t.Errorf("a packet at %v is late by %v", at, d[0])
		}
	}
	all = decisions(Impairment{Drift: 100, Head: 10 * ms}, 1501)
	if first, last := all[0][0], all[1500][0]; first != 10*ms || last != 7*ms {
		t.Errorf("delays of %v and, 30 s later, %v of a clock that is 100 ppm fast, want 10 and 7 ms", first, last)
	}
}

func TestTheSenderBeginsAnew(t *testing.T) {
	l := New(Impairment{NewSource: time.Second, NewTime: 2 * time.Second})
	now := time.Unix(0, 0)
	head := func(at time.Duration) string {
		packet := []byte{0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}
		l.Decide(now.Add(at))
		l.Rewrite(packet, now.Add(at))
		return string(packet)
	}
	before, source, stamps := head(0), head(time.Second), head(2*time.Second)
	if before != "\x80\x60\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03" {
		t.Errorf("changed too early: %x", before)
	}
	if source[2:4] == before[2:4] || source[4:8] == before[4:8] || source[8:] == before[8:] {
		t.Errorf("%x is no new source after %x", source, before)
	}
	if stamps[:4] != source[:4] || stamps[8:] != source[8:] || stamps[4:8] == source[4:8] {
		t.Errorf("%x is not only a new time after %x", stamps, source)
	}
	report := []byte{0x80, 200, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}
	if l.Rewrite(report, now.Add(3*time.Second)); report[3] != 1 {
		t.Error("an RTCP packet was changed")
	}
}
