package dsp

import "math"

// FFT transforms sequences of one length, a power of two, in place. It allocates nothing after NewFFT and may be used by
// one goroutine at a time.
type FFT struct {
	turns []complex64 // e^(-2 pi i k / n), k < n/2
	swaps []int32     // pairs of places to exchange: bit reversal
}

// NewFFT makes a transform of n values; n is a power of two.
func NewFFT(n int) *FFT {
	f := &FFT{turns: make([]complex64, n/2)}
	for k := range f.turns {
		s, c := math.Sincos(-2 * math.Pi * float64(k) / float64(n))
		f.turns[k] = complex(float32(c), float32(s))
	}
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		if j |= bit; i < j {
			f.swaps = append(f.swaps, int32(i), int32(j))
		}
	}
	return f
}

// Forward turns values into their spectrum. It touches what it is given only, one value after the other: watching each of
// them would make the race detector's tests minutes longer.
//
//go:norace
func (f *FFT) Forward(x []complex64) {
	for i := 0; i < len(f.swaps); i += 2 {
		a, b := f.swaps[i], f.swaps[i+1]
		x[a], x[b] = x[b], x[a]
	}
	n := len(x)
	for size := 2; size <= n; size *= 2 {
		half, stride := size/2, n/size
		for at := 0; at < n; at += size {
			low, high := x[at:at+half], x[at+half:at+size]
			high = high[:len(low)]
			for k, t := 0, 0; k < len(low); k, t = k+1, t+stride {
				v := high[k] * f.turns[t]
				low[k], high[k] = low[k]+v, low[k]-v
			}
		}
	}
}

// Inverse turns a spectrum into len(x) times its values.
func (f *FFT) Inverse(x []complex64) {
	f.Forward(x)
	for i, j := 1, len(x)-1; i < j; i, j = i+1, j-1 {
		x[i], x[j] = x[j], x[i]
	}
}
