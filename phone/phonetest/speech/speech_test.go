package speech

import (
	"math"
	"testing"
	"time"

	"svara/audio"
)

// noise is the same for everybody who counts along: a linear congruential generator, -1..1.
func noise(n int) []float64 {
	out := make([]float64, n)
	s := uint64(1)
	for i := range out {
		s = s*6364136223846793005 + 1442695040888963407
		out[i] = float64(s>>33)/(1<<31)*2 - 1
	}
	return out
}

// The values are those of the measure's authors' own program in its translation to Python (pystoi), for the same samples.
func TestSTOIHasTheKnownValues(t *testing.T) {
	x := make([]float64, 40000)
	for i := range x {
		s := float64(i) / stoiRate
		for h := 1.0; h <= 30; h++ {
			x[i] += math.Sin(2*math.Pi*120*h*s+h*h) / h * (1.1 + math.Sin(h/3+2*math.Pi*3.1*s))
		}
		x[i] *= math.Pow(max(0, math.Sin(2*math.Pi*1.7*s)), 2)
	}
	v := noise(len(x))
	mixed := func(gain float64) []float64 {
		y := make([]float64, len(x))
		for i := range y {
			y[i] = x[i] + gain*v[i]
		}
		return y
	}
	gaps := mixed(0)
	clear(gaps[10000:10800])
	clear(gaps[20000:20400])
	for _, c := range []struct {
		name string
		y    []float64
		want float64
	}{
		{"the same", mixed(0), 1},
		{"noise .1", mixed(.1), 0.9900161662544429},
		{"noise .3", mixed(.3), 0.9274665912379579},
		{"noise 1", mixed(1), 0.7299727334766662},
		{"noise 3", mixed(3), 0.505383855676891},
		{"gaps", gaps, 0.9962625411444044},
		{"nothing but noise", v, 0.32233610409889035},
	} {
		if got := STOI(x, c.y); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %.7f, want %.7f", c.name, got, c.want)
		}
	}
}

// A lag that changes within a hiss, of which the path hears nothing, is found where it changes.
func TestLagChangesInAHiss(t *testing.T) {
	in := Sample(12 * time.Second)
	hiss := noise(len(in))
	from, to := 5*audio.Rate, 6*audio.Rate
	last := 0.0
	for i := from; i < to; i++ { // high notes only: each sample less the one before
		in[i] = int16(2000 * (hiss[i] - last))
		last = hiss[i]
	}
	for _, at := range []time.Duration{5100, 5500, 5900} {
		l := Compare(in, shifted(in, []time.Duration{0, at * time.Millisecond}, []time.Duration{60 * time.Millisecond, 72 * time.Millisecond}))
		if l.Lost > .005 || l.STOI < .995 {
			t.Errorf("changed at %d ms: %v", at, l)
		}
	}
}

// shifted is speech that comes out late by the delays, each from its place on.
func shifted(in []int16, from []time.Duration, late []time.Duration) []int16 {
	out := make([]int16, len(in)+audio.Rate)
	for i, v := range in {
		by := time.Duration(0)
		for k := range from {
			if time.Duration(i)*time.Second/audio.Rate >= from[k] {
				by = late[k]
			}
		}
		out[i+int(by*audio.Rate/time.Second)] = v
	}
	return out
}

func TestDelayIsFound(t *testing.T) {
	const ms = time.Millisecond
	in := Sample(20 * time.Second)
	l := Compare(in, shifted(in, []time.Duration{0}, []time.Duration{83 * ms}))
	t.Log(l)
	if d := l.Delay - 83*ms; d < -ms || d > ms || l.STOI < .9999 || l.SegSNR < 34.5 || l.Gaps != 0 || l.Lost != 0 {
		t.Errorf("late by 83 ms: %v", l)
	}
	// 40 ms, then 180, then 70: each part has its own.
	l = Compare(in, shifted(in, []time.Duration{0, 6 * time.Second, 12 * time.Second}, []time.Duration{40 * ms, 180 * ms, 70 * ms}))
	t.Log(l)
	for _, part := range []struct{ from, to, want time.Duration }{{1, 5, 40}, {7, 11, 180}, {13, 19, 70}} {
		if got := l.Percentile(.5, part.from*time.Second, part.to*time.Second); got < (part.want-1)*ms || got > (part.want+1)*ms {
			t.Errorf("from %d s to %d s late by %v, want %d ms", part.from, part.to, got, part.want)
		}
	}
	if l.STOI < .99 || l.Gaps > 1 {
		t.Errorf("of three parts: %v", l)
	}
}

func TestHolesAndNoiseAreHeard(t *testing.T) {
	in := Sample(20 * time.Second)
	floor := speaking(in) * 4
	holes := func(length, every int) (out []int16, made int) {
		out = append([]int16(nil), in...)
		for at := every; at+2*length < len(out); at += every {
			loud := true
			for i := at - 480; i < at+length+480; i += 480 {
				loud = loud && rms(in[i:i+480]) > floor
			}
			if loud {
				clear(out[at : at+length])
				made++
			}
		}
		return out, made
	}
	short, made := holes(audio.Rate*16/1000, audio.Rate/5)
	if l := Compare(in, short); l.Gaps != 0 || made < 20 || l.STOI > .9999 {
		t.Errorf("%d holes of 16 ms: %v", made, l)
	}
	long, made := holes(audio.Rate*40/1000, audio.Rate/5)
	if l := Compare(in, long); l.Gaps < made*8/10 || l.Gaps > made || l.Lost < float64(made)/2000 {
		t.Errorf("%d holes of 40 ms: %v", made, l)
	}
	noisy := append([]int16(nil), in...)
	loud := rms(in) * math.Sqrt(3) // 0 dB
	for i, v := range noise(len(in)) {
		noisy[i] = int16(min(max(float64(noisy[i])+v*loud, -32768), 32767))
	}
	if l := Compare(in, noisy); l.STOI > .95 || l.STOI < .6 || l.SegSNR > 3 || l.Gaps > 0 {
		t.Errorf("in as much noise: %v", l)
	}
}
