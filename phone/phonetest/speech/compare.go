package speech

import (
	"fmt"
	"math"
	"slices"
	"time"

	"svara/audio"
)

// Likeness is what arrived of a passage of speech.
type Likeness struct {
	Delay   time.Duration // from in to out: the median over the speech
	Slowest time.Duration // the 95th percentile of it
	Gaps    int           // stretches of more than 20 ms in which speech went in and nothing came out
	Lost    float64       // share of the speech, in steps of 20 ms, of which something else or nothing came out
	STOI    float64       // 0..1
	SegSNR  float64       // dB, in steps of 20 ms, each taken as -10..35
	Lags    []Lag         // of the windows in which there is speech
}

// Lag is how late the speech at one place came out.
type Lag struct{ At, By time.Duration }

func (l Likeness) String() string {
	return fmt.Sprintf("delay %.0f ms (p95 %.0f), gaps %d, lost %.1f %%, STOI %.4f, segSNR %.1f dB",
		l.Delay.Seconds()*1000, l.Slowest.Seconds()*1000, l.Gaps, l.Lost*100, l.STOI, l.SegSNR)
}

// Compare measures what came out against what went in; both are house sound and begin at the same moment. What comes out
// more than 500 ms late is not found.
func Compare(in, out []int16) Likeness {
	var l Likeness
	lags, weight := path(reduced(in, alignRate), reduced(out, alignRate))
	if len(lags) == 0 {
		return l
	}
	rough, fine := refine(in, out, lags)
	lagAt := func(sample int) int { // both in house samples
		return rough[min(max(sample/stepSize, 0), len(rough)-1)]
	}
	for w, lag := range lags {
		if weight[w] > 0.1 {
			at := time.Duration(w*alignHop+alignWindow/2) * time.Second / alignRate
			l.Lags = append(l.Lags, Lag{at, time.Duration(lag) * time.Second / alignRate})
		}
	}
	l.Delay, l.Slowest = l.Percentile(.5, 0, 1<<62), l.Percentile(.95, 0, 1<<62)
	l.STOI = stoi(reduced(in, stoiRate), reduced(out, stoiRate), func(at int) int {
		return lagAt((at+stoiHop)*audio.Rate/stoiRate) * stoiRate / audio.Rate
	})
	l.steps(in, out, fine)
	l.gaps(in, out, lagAt)
	return l
}

// Percentile of the lags in a part of the input; p is 0..1. 0 when no speech is in it.
func (l Likeness) Percentile(p float64, from, to time.Duration) time.Duration {
	var all []time.Duration
	for _, lag := range l.Lags {
		if lag.At >= from && lag.At < to {
			all = append(all, lag.By)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(p*float64(len(all))))]
}

// speaking is the level of a step of the input above which it is speech: 30 dB under the mean.
func speaking(in []int16) float64 { return math.Sqrt(energy(in)/float64(len(in)+1)) * .03 }

func energy(s []int16) (e float64) {
	for _, v := range s {
		e += float64(v) * float64(v)
	}
	return e
}

func rms(s []int16) float64 { return math.Sqrt(energy(s) / float64(max(1, len(s)))) }

// steps measures the segmental SNR and how much was lost.
func (l *Likeness) steps(in, out []int16, lags []int) {
	floor := speaking(in)
	var sum float64
	count, lost := 0, 0
	for at := 0; at+stepSize <= len(in); at += stepSize {
		from := at + lags[at/stepSize]
		if from < 0 || from+stepSize > len(out) || rms(in[at:at+stepSize]) < floor {
			continue
		}
		x, y := in[at:at+stepSize], out[from:from+stepSize]
		noise := 0.0
		for i, v := range y {
			d := float64(x[i]) - float64(v)
			noise += d * d
		}
		sum += min(max(10*math.Log10(energy(x)/(noise+1)), -10), 35)
		count++
		if correlation(x, y) < .5 || rms(y) < rms(x)/10 {
			lost++
		}
	}
	if count > 0 {
		l.SegSNR, l.Lost = sum/float64(count), float64(lost)/float64(count)
	}
}

// gaps counts what is heard as a hole: for more than 20 ms the output is 20 dB below the input, though that is speech
// all the time.
func (l *Likeness) gaps(in, out []int16, lagAt func(int) int) {
	const step = audio.Rate / 400 // 2.5 ms
	floor := speaking(in) * 2
	hole := 0
	for at := step; at+2*step <= len(in); at += step {
		from := at + lagAt(at)
		if from < 0 || from+step > len(out) {
			break
		}
		wanted := rms(in[at-step : at+2*step])
		if wanted < floor || rms(out[from:from+step]) > wanted/10 {
			hole = 0
			continue
		}
		if hole++; hole == 20*4/10+1 {
			l.Gaps++
		}
	}
}

// reduced is house sound at a lower rate: a windowed sinc of eight periods to each side, cut off a little below half of it.
func reduced(pcm []int16, rate int) []float64 {
	ratio := float64(audio.Rate) / float64(rate)
	cut := .9 / ratio // of half the house's rate
	reach := int(8 / cut)
	const fine = 48 // places between two samples that the filter is worked out for; the rates used need no more
	var filter [fine][]float64
	for k := range filter {
		filter[k] = make([]float64, 2*reach)
		for j := range filter[k] {
			x := float64(j-reach+1) - float64(k)/fine
			filter[k][j] = cut * (.5 + .5*math.Cos(math.Pi*x/float64(reach+1)))
			if x != 0 {
				filter[k][j] *= math.Sin(math.Pi*cut*x) / (math.Pi * cut * x)
			}
		}
	}
	out := make([]float64, int(float64(len(pcm))/ratio))
	for i := range out {
		place := i * audio.Rate * fine / rate
		at, f := place/fine-reach+1, filter[place%fine]
		for j, c := range f {
			if k := at + j; k >= 0 && k < len(pcm) {
				out[i] += c * float64(pcm[k])
			}
		}
	}
	return out
}
