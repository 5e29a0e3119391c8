// Package sound makes test sound and measures what arrived: known tones in, the tone found again, its level, the gaps
// in it and its delay. Everything is 48 kHz mono int16, as inside the house.
package sound

import (
	"math"
	"slices"
	"time"
)

// Rate is samples per second.
const Rate = 48000

// Samples is how many samples a duration has.
func Samples(d time.Duration) int { return int(d.Seconds() * Rate) }

// Duration is how long n samples are.
func Duration(n int) time.Duration { return time.Duration(float64(n) / Rate * float64(time.Second)) }

// Silence is nothing, for d.
func Silence(d time.Duration) []int16 { return make([]int16, Samples(d)) }

// Tone is a sine of hz at level dBFS (0 is full scale; -12 suits speech codecs), with 5 ms of fade at both ends.
func Tone(hz, level float64, d time.Duration) []int16 {
	out := make([]int16, Samples(d))
	amplitude := math.Pow(10, level/20) * 32767
	fade := Samples(5 * time.Millisecond)
	for i := range out {
		edge := min(1, float64(i)/float64(fade), float64(len(out)-1-i)/float64(fade))
		out[i] = int16(edge * amplitude * math.Sin(2*math.Pi*hz*float64(i)/Rate))
	}
	return out
}

// Steady is one second of a sine whose hz is a whole number: played in a loop it never breaks off.
func Steady(hz int, level float64) []int16 {
	out := make([]int16, Rate)
	amplitude := math.Pow(10, level/20) * 32767
	for i := range out {
		out[i] = int16(amplitude * math.Sin(2*math.Pi*float64(hz)*float64(i)/Rate))
	}
	return out
}

// Chirp is a sweep from 400 to 3000 Hz in 120 ms under a Hann window: it passes a telephone codec and has one sharp
// place in a correlation.
func Chirp() []int16 {
	n := Samples(120 * time.Millisecond)
	out := make([]int16, n)
	const from, to = 400, 3000
	length := float64(n) / Rate
	for i := range out {
		t := float64(i) / Rate
		phase := 2 * math.Pi * (from*t + (to-from)/(2*length)*t*t)
		window := .5 - .5*math.Cos(2*math.Pi*float64(i)/float64(n-1))
		out[i] = int16(.6 * 32767 * window * math.Cos(phase))
	}
	return out
}

// Join puts sounds after each other.
func Join(parts ...[]int16) []int16 {
	var out []int16
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// Level is the RMS level in dBFS relative to a full-scale sine; silence is -100.
func Level(s []int16) float64 {
	if len(s) == 0 {
		return -100
	}
	var sum float64
	for _, v := range s {
		sum += float64(v) * float64(v)
	}
	return decibels(math.Sqrt(2*sum/float64(len(s))) / 32767)
}

// ToneLevel is the level in dBFS of one frequency in s (Goertzel); a pure sine at full scale is 0. Its bandwidth is
// Rate/len(s): 100 ms of sound tells frequencies 10 Hz apart.
func ToneLevel(s []int16, hz float64) float64 {
	if len(s) == 0 {
		return -100
	}
	return goertzel(decimate(s, 1), hz)
}

// Pure reports whether most of the energy in s is one frequency: within 3 dB of all there is, and above -50 dBFS.
func Pure(s []int16, hz float64) bool {
	tone := ToneLevel(s, hz)
	return tone > -50 && tone > Level(s)-3
}

// Loudness is the median level in dBFS of one frequency over steps of 40 ms: phase jumps and single bad steps, which
// spoil ToneLevel over a long stretch, do not count.
func Loudness(s []int16, hz float64) float64 {
	step := Samples(40 * time.Millisecond)
	var levels []float64
	for ; len(s) >= step; s = s[step:] {
		levels = append(levels, ToneLevel(s[:step], hz))
	}
	if len(levels) == 0 {
		return -100
	}
	slices.Sort(levels)
	return levels[len(levels)/2]
}

func decibels(ratio float64) float64 {
	if ratio <= 1e-5 {
		return -100
	}
	return 20 * math.Log10(ratio)
}

// Heard is how long the pure tone lasts in s altogether, in steps of 40 ms.
func Heard(s []int16, hz float64) time.Duration {
	step := Samples(40 * time.Millisecond)
	var d time.Duration
	for ; len(s) >= step; s = s[step:] {
		if Pure(s[:step], hz) {
			d += 40 * time.Millisecond
		}
	}
	return d
}

// Unbroken is how long the longest stretch of the pure tone in s is, in steps of 40 ms, at a level of low to high dBFS.
func Unbroken(s []int16, hz, low, high float64) time.Duration {
	step := Samples(40 * time.Millisecond)
	longest, run := 0, 0
	for ; len(s) >= step; s = s[step:] {
		if level := ToneLevel(s[:step], hz); level < low || level > high || !Pure(s[:step], hz) {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return time.Duration(longest) * 40 * time.Millisecond
}

// Gap is a stretch of near silence.
type Gap struct{ At, Length time.Duration }

// Gaps finds the stretches of at least shortest below level dBFS, in steps of 5 ms. Leading and trailing silence does
// not count.
func Gaps(s []int16, level float64, shortest time.Duration) []Gap {
	step := Samples(5 * time.Millisecond)
	var gaps []Gap
	quietFrom, loud := -1, false
	for at := 0; at+step <= len(s); at += step {
		if Level(s[at:at+step]) < level {
			if quietFrom < 0 {
				quietFrom = at
			}
			continue
		}
		if d := Duration(at - quietFrom); loud && quietFrom >= 0 && d >= shortest {
			gaps = append(gaps, Gap{Duration(quietFrom), d})
		}
		quietFrom, loud = -1, true
	}
	return gaps
}

// Find finds where needle is in s: its offset in samples, and how alike the two are there (1 is the same up to loudness,
// 0.5 is surely it, below 0.3 is chance).
func Find(s, needle []int16) (offset int, likeness float64) {
	// Coarse at 8 kHz (with the average as low-pass), then fine at 48 kHz around the best place.
	const down = 6
	cs, cn := decimate(s, down), decimate(needle, down)
	best, _ := scan(cs, cn, 0, len(cs)-len(cn))
	return scanFrom(s, needle, best*down-2*down, best*down+2*down)
}

func decimate(s []int16, by int) []float64 {
	out := make([]float64, len(s)/by)
	for i := range out {
		for _, v := range s[i*by : (i+1)*by] {
			out[i] += float64(v)
		}
	}
	return out
}

func scanFrom(s, needle []int16, from, to int) (int, float64) {
	return scan(decimate(s, 1), decimate(needle, 1), from, to)
}

// scan is normalised cross-correlation over the offsets from..to.
func scan(s, needle []float64, from, to int) (int, float64) {
	from, to = max(from, 0), min(to, len(s)-len(needle))
	if to < from {
		return 0, 0
	}
	var own float64
	for _, v := range needle {
		own += v * v
	}
	var energy float64
	for _, v := range s[from : from+len(needle)] {
		energy += v * v
	}
	best, at := 0.0, from
	for offset := from; ; offset++ {
		var sum float64
		window := s[offset : offset+len(needle)]
		for i, v := range needle {
			sum += v * window[i]
		}
		// The floor keeps near silence from looking like anything.
		if like := math.Abs(sum) / math.Sqrt(own*max(energy, own*1e-6)+1); like > best {
			best, at = like, offset
		}
		if offset == to {
			return at, best
		}
		energy += s[offset+len(needle)]*s[offset+len(needle)] - s[offset]*s[offset]
	}
}

// Presence is the median level in dBFS of one frequency over steps of 60 ms under a Hann window, which tells tones 60 Hz
// and more apart by 50 dB. Jumps of phase and single bad steps do not count.
func Presence(s []int16, hz float64) float64 {
	step := Samples(60 * time.Millisecond)
	var levels []float64
	windowed := make([]float64, step)
	for ; len(s) >= step; s = s[step:] {
		for i, v := range s[:step] {
			windowed[i] = float64(v) * (.5 - .5*math.Cos(2*math.Pi*float64(i)/float64(step-1)))
		}
		levels = append(levels, goertzel(windowed, hz)+6.02) // the window takes half of the amplitude
	}
	if len(levels) == 0 {
		return -100
	}
	slices.Sort(levels)
	return levels[len(levels)/2]
}

func goertzel(s []float64, hz float64) float64 {
	coefficient := 2 * math.Cos(2*math.Pi*hz/Rate)
	var a, b float64
	for _, v := range s {
		a, b = v+coefficient*a-b, a
	}
	power := a*a + b*b - coefficient*a*b
	return decibels(2 * math.Sqrt(max(0, power)) / float64(len(s)) / 32767)
}
