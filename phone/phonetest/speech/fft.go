package speech

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// turns are the steps around the circle for the lengths that are used.
var turns = map[int][]complex128{stoiFFT: circle(stoiFFT), alignFFT: circle(alignFFT)}

func circle(n int) []complex128 {
	out := make([]complex128, n/2)
	for i := range out {
		out[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/float64(n))
	}
	return out
}

// fft transforms v in place; its length is one of turns'.
func fft(v []complex128) {
	n := len(v)
	shift := bits.LeadingZeros(uint(n)) + 1
	for i := range v {
		if j := int(bits.Reverse(uint(i)) >> shift); j > i {
			v[i], v[j] = v[j], v[i]
		}
	}
	turns := turns[n]
	for size := 2; size <= n; size *= 2 {
		half, stride := size/2, n/size
		for at := 0; at < n; at += size {
			for i := range half {
				a, b := v[at+i], v[at+i+half]*turns[i*stride]
				v[at+i], v[at+i+half] = a+b, a-b
			}
		}
	}
}
