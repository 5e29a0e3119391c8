package g722

// mirror is the quadrature mirror filter that takes sound apart into two bands of half its rate, or puts it together again
// (ITU-T G.722 section 3.1 and 4.4). It looks at 24 samples; the newest are last.
type mirror [24]int

// push moves the past along by two samples.
func (m *mirror) push(a, b int) {
	copy(m[:], m[2:])
	m[22], m[23] = a, b
}

// sums are the two halves of the filter.
func (m *mirror) sums() (even, odd int) {
	for i, h := range qmf {
		even += m[2*i] * h
		odd += m[2*i+1] * qmf[11-i]
	}
	return even, odd
}

// split takes two samples of 16 bits and gives one of each band, of 15 bits.
func (m *mirror) split(first, second int16) (low, high int) {
	m.push(int(first), int(second))
	even, odd := m.sums()
	return limit((odd + even) >> 14), limit((odd - even) >> 14)
}

// join takes one sample of each band and gives two.
func (m *mirror) join(low, high int) (first, second int16) {
	m.push(low+high, low-high)
	even, odd := m.sums()
	return int16(saturate(odd >> 11)), int16(saturate(even >> 11))
}
