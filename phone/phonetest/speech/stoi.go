package speech

import (
	"math"
	"slices"
)

// The measure's own constants (Taal and others, "An Algorithm for Intelligibility Prediction of Time-Frequency Weighted
// Noisy Speech", IEEE TASLP 19(7), 2011).
const (
	stoiRate    = 10000 // Hz
	stoiFrame   = 256   // samples under a Hann window, half overlapping
	stoiHop     = stoiFrame / 2
	stoiFFT     = 512
	stoiBands   = 15    // one-third octaves
	stoiLowest  = 150.0 // Hz, the centre of the first
	stoiSegment = 30    // frames correlated over: 384 ms
	stoiBelow   = 40.0  // dB under the loudest frame: silence, left out
)

// stoiClip is how far over the clean sound a band may count: a signal-to-distortion ratio of -15 dB.
var stoiClip = 1 + math.Pow(10, 15.0/20)

var stoiWindow = func() (w [stoiFrame]float64) {
	for i := range w {
		w[i] = .5 - .5*math.Cos(2*math.Pi*float64(i+1)/(stoiFrame+1))
	}
	return w
}()

// stoiEdges are the FFT bins at which the bands begin; the last is where the last one ends.
var stoiEdges = func() (low, high [stoiBands]int) {
	bin := func(hz float64) int { return int(math.Round(hz * stoiFFT / stoiRate)) }
	for k := range stoiBands {
		low[k] = bin(stoiLowest * math.Pow(2, float64(2*k-1)/6))
		high[k] = bin(stoiLowest * math.Pow(2, float64(2*k+1)/6))
	}
	return low, high
}

// STOI is the short-time objective intelligibility of y, a degraded x: 1 is all of it. Both are at 10 kHz and aligned. It
// is 0 where there is too little speech to tell.
func STOI(x, y []float64) float64 { return stoi(x, y, func(int) int { return 0 }) }

// stoi is STOI of a y of which the frame for x[at:] begins at at+lag(at).
func stoi(x, y []float64, lag func(at int) int) float64 {
	var xs, ys [][]float64
	var level []float64
	for at := 0; at+stoiFrame < len(x); at += stoiHop {
		fx, fy := make([]float64, stoiFrame), make([]float64, stoiFrame)
		energy := 0.0
		shift := lag(at)
		for i, w := range stoiWindow {
			fx[i] = w * x[at+i]
			energy += fx[i] * fx[i]
			if j := at + i + shift; j >= 0 && j < len(y) {
				fy[i] = w * y[j]
			}
		}
		xs, ys, level = append(xs, fx), append(ys, fy), append(level, 10*math.Log10(energy+1e-30))
	}
	if len(level) == 0 {
		return 0
	}
	// What is left without the silent frames is put together again, and taken apart anew.
	loudest := slices.Max(level)
	var keptX, keptY [][]float64
	for i, l := range level {
		if l > loudest-stoiBelow {
			keptX, keptY = append(keptX, xs[i]), append(keptY, ys[i])
		}
	}
	bx, by := bands(joined(keptX)), bands(joined(keptY))
	if len(bx) < stoiSegment {
		return 0
	}
	sum, count := 0.0, 0
	for end := stoiSegment; end <= len(bx); end++ {
		for k := range stoiBands {
			sum += alike(bx[end-stoiSegment:end], by[end-stoiSegment:end], k)
			count++
		}
	}
	return sum / float64(count)
}

// alike is the correlation of one band over a segment, of the clean sound and the degraded one brought to its loudness
// and clipped.
func alike(x, y [][stoiBands]float64, band int) float64 {
	var xx, yy float64
	for i := range x {
		xx += x[i][band] * x[i][band]
		yy += y[i][band] * y[i][band]
	}
	gain := math.Sqrt(xx) / (math.Sqrt(yy) + 1e-15)
	var clipped [stoiSegment]float64
	var meanX, meanY float64
	for i := range x {
		clipped[i] = min(y[i][band]*gain, x[i][band]*stoiClip)
		meanX += x[i][band] / stoiSegment
		meanY += clipped[i] / stoiSegment
	}
	var dxy, dxx, dyy float64
	for i := range x {
		dx, dy := x[i][band]-meanX, clipped[i]-meanY
		dxy, dxx, dyy = dxy+dx*dy, dxx+dx*dx, dyy+dy*dy
	}
	return dxy / (math.Sqrt(dxx)*math.Sqrt(dyy) + 1e-15)
}

// joined overlaps and adds frames.
func joined(frames [][]float64) []float64 {
	out := make([]float64, (len(frames)-1)*stoiHop+stoiFrame)
	for i, f := range frames {
		for j, v := range f {
			out[i*stoiHop+j] += v
		}
	}
	return out
}

// bands is the level of each band, frame by frame.
func bands(s []float64) (out [][stoiBands]float64) {
	low, high := stoiEdges()
	spectrum := make([]complex128, stoiFFT)
	for at := 0; at+stoiFrame < len(s); at += stoiHop {
		clear(spectrum)
		for i, w := range stoiWindow {
			spectrum[i] = complex(w*s[at+i], 0)
		}
		fft(spectrum)
		var b [stoiBands]float64
		for k := range stoiBands {
			for _, v := range spectrum[low[k]:high[k]] {
				b[k] += real(v)*real(v) + imag(v)*imag(v)
			}
			b[k] = math.Sqrt(b[k])
		}
		out = append(out, b)
	}
	return out
}
