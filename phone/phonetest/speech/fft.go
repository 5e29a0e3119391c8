package speech

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// fft transforms v in place; its length is a power of two. inverse leaves out the division by the length.
func fft(v []complex128, inverse bool) {
	n := len(v)
	shift := bits.LeadingZeros(uint(n)) + 1
	for i := range v {
		if j := int(bits.Reverse(uint(i)) >> shift); j > i {
			v[i], v[j] = v[j], v[i]
		}
	}
	sign := -1.0
	if inverse {
		sign = 1
	}
	turns := make([]complex128, n/2)
	for i := range turns {
		turns[i] = cmplx.Rect(1, sign*2*math.Pi*float64(i)/float64(n))
	}
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
