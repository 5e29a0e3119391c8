package speech

import (
	"math"
	"math/cmplx"

	"svara/audio"
)

// Where in the output each place of the input is heard: found for windows of the input, by their likeness to the output
// at every lag and by the path through all windows that changes its lag the least (the idea of dynamic time warping, with
// jumps allowed, because playout does jump).
const (
	alignRate   = 4000                  // Hz: pitch and the first formants
	alignHop    = alignRate * 40 / 1000 // samples from window to window
	alignWindow = alignRate * 240 / 1000
	alignMost   = alignRate * 500 / 1000 // the longest lag looked for
	alignFFT    = 4096                   // holds alignWindow + alignMost
	jump        = 1.5                    // what a change of lag by any amount costs, in windows unlike anything
	slide       = 0.05                   // what a change by one step costs
)

// path is the lag of each window of in, in samples at alignRate, and the window's share in the whole energy times the
// number of windows: what is silent has no lag of its own and keeps its neighbour's.
func path(in, out []float64) (lags []int, weight []float64) {
	count := max(0, (len(in)-alignWindow)/alignHop+1)
	if count == 0 {
		return nil, nil
	}
	total := 0.0
	for _, v := range in {
		total += v * v
	}
	mean := total / float64(len(in)) * alignWindow
	cost := make([]float64, alignMost) // of the best path that ends at a lag
	from := make([][]int16, count)     // the lag before it on that path
	likeness := make([]float64, alignMost)
	weight = make([]float64, count)
	for w := range count {
		at := w * alignHop
		weight[w] = similar(likeness, in[at:at+alignWindow], out, at) / mean
		from[w] = relax(cost, w == 0)
		trust := min(1, weight[w])
		for l := range cost {
			cost[l] += trust * (1 - likeness[l])
		}
	}
	best := 0
	for l, c := range cost {
		if c < cost[best] {
			best = l
		}
	}
	lags = make([]int, count)
	for w := count - 1; w >= 0; w-- {
		lags[w] = best
		best = int(from[w][best])
	}
	return lags, weight
}

// relax lets a path go on at another lag, at a price, and tells where each came from.
func relax(cost []float64, first bool) []int16 {
	from := make([]int16, len(cost))
	for l := range from {
		from[l] = int16(l)
	}
	if first {
		return from
	}
	least := 0
	for l, c := range cost {
		if c < cost[least] {
			least = l
		}
	}
	for l := 1; l < len(cost); l++ {
		if c := cost[l-1] + slide; c < cost[l] {
			cost[l], from[l] = c, from[l-1]
		}
	}
	for l := len(cost) - 2; l >= 0; l-- {
		if c := cost[l+1] + slide; c < cost[l] {
			cost[l], from[l] = c, from[l+1]
		}
	}
	leap := cost[least] + jump
	for l := range cost {
		if leap < cost[l] {
			cost[l], from[l] = leap, int16(least)
		}
	}
	return from
}

// similar fills likeness with the normalised correlation of a window of the input with the output at every lag, and
// returns the window's energy.
func similar(likeness, window, out []float64, at int) (energy float64) {
	// Both are real, so one transform does for both: the input in the real part, the output in the imaginary.
	both := make([]complex128, alignFFT)
	for i, v := range window {
		both[i] = complex(v, 0)
		energy += v * v
	}
	part := out[min(at, len(out)):min(at+alignWindow+alignMost, len(out))]
	for i, v := range part {
		both[i] += complex(0, v)
	}
	fft(both)
	cross := make([]complex128, alignFFT)
	for i, v := range both {
		w := cmplx.Conj(both[(alignFFT-i)%alignFFT])
		a, b := (v+w)/2, (v-w)/2i
		// Conjugated as a whole, a forward transform is an inverse one.
		cross[i] = cmplx.Conj(cmplx.Conj(a) * b)
	}
	fft(cross)
	other := 0.0
	for _, v := range part[:min(alignWindow, len(part))] {
		other += v * v
	}
	for l := range likeness {
		likeness[l] = real(cross[l]) / alignFFT / math.Sqrt(energy*max(other, energy*1e-3)+1e-9)
		if l < len(part) {
			other -= part[l] * part[l]
		}
		if l+alignWindow < len(part) {
			other += part[l+alignWindow] * part[l+alignWindow]
		}
	}
	return energy
}

const (
	stepSize = audio.Rate / 50   // house samples of a step of what is measured
	around   = audio.Rate / 1000 // how far off a lag may be: the path is no finer
	coarse   = 4                 // samples from one place to the next that is tried at first
	nearby   = 600 / 40          // windows to both sides in which a change may really be
	byChance = .2                // likeness that any two sounds may have,
	clearly  = .1                // and by how much another lag must be the better one
)

// refine is the lag of each step of the input in house samples: that of the path, and to the sample. The path hears pitch
// and the first formants only, so it does not know where in a hiss or a pause a lag changes: a step may have the one
// before the change or the one after it, whichever it is more like at, and it keeps its own where it is like nothing.
func refine(in, out []int16, lags []int) (rough, fine []int) {
	const ratio = audio.Rate / alignRate
	rough = make([]int, max(1, len(in)/stepSize))
	fine = make([]int, len(rough))
	for i := range fine {
		at := i * stepSize
		// The window whose middle is nearest to the step's.
		own := ((at+stepSize/2)/ratio - alignWindow/2 + alignHop/2) / alignHop
		own = min(max(own, 0), len(lags)-1)
		best := byChance
		rough[i], fine[i] = lags[own]*ratio, lags[own]*ratio
		try := func(lag int) {
			if exact, like := nearest(in, out, at, lag*ratio); like > best {
				best, rough[i], fine[i] = like+clearly, lag*ratio, exact
			}
		}
		try(lags[own])
		for w := own - 1; w >= max(0, own-nearby); w-- {
			if lags[w] != lags[own] {
				try(lags[w])
				break
			}
		}
		for w := own + 1; w < min(len(lags), own+nearby+1); w++ {
			if lags[w] != lags[own] {
				try(lags[w])
				break
			}
		}
	}
	return rough, fine
}

// nearest is the lag around another at which a step of the input is the most like the output, and how much it is.
func nearest(in, out []int16, at, lag int) (best int, most float64) {
	x := in[at:min(at+stepSize, len(in))]
	try := func(l int) {
		if from := at + l; from >= 0 && from+len(x) <= len(out) {
			if like := correlation(x, out[from:from+len(x)]); like > most {
				best, most = l, like
			}
		}
	}
	best, most = lag, -1
	for l := lag - around; l <= lag+around; l += coarse {
		try(l)
	}
	for middle, l := best, best-coarse+1; l < middle+coarse; l++ {
		try(l)
	}
	return best, most
}

// correlation of two sounds of one length, -1..1.
func correlation(x, y []int16) float64 {
	var cross, own, other float64
	for i, v := range x {
		a, b := float64(v), float64(y[i])
		cross += a * b
		own += a * a
		other += b * b
	}
	return cross / math.Sqrt(own*other+1)
}
