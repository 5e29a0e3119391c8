package media

// gmin is how many packets must come in a row to part two bursts of loss (RFC 3611 4.7.2).
const gmin = 16

// runs follows how losses lie among the packets that come: the transitions of a chain of four states (RFC 3611 appendix
// A.2), from which the density and length of bursts and gaps follow. The network reader's, under its mutex.
type runs struct {
	since    uint64 // packets that came since the last loss
	pending  bool   // a burst may have begun: a loss less than gmin packets ago
	losses   uint64 // in it so far
	lost     uint64 // packets in all
	came     uint64
	stretch  uint64 // runs of loss
	c11, c13 uint64
	c14      uint64
	c22, c23 uint64
	c33      uint64
}

// step takes the distance from the highest sequence number so far: 1 is the next packet, more means that some are missing,
// 0 or less is an old one.
func (r *runs) step(leap int64) {
	if leap < 1 {
		if leap < 0 && r.lost > 0 { // it was late, not lost
			r.lost--
		}
		return
	}
	for i := range min(leap-1, 3000) {
		r.loss(i == 0)
	}
	r.since++
	r.came++
}

func (r *runs) loss(first bool) {
	r.lost++
	if first {
		r.stretch++
	}
	switch {
	case r.since >= gmin || !r.pending:
		if r.losses == 1 {
			r.c14++
		} else if r.pending {
			r.c13++
		}
		r.losses, r.pending = 1, true
		r.c11 += r.since
	default:
		r.losses++
		if r.since == 0 {
			r.c33++
		} else {
			r.c23++
			r.c22 += r.since - 1
		}
	}
	r.since = 0
}

// ratio is BurstR of ITU-T G.107: the mean length of a run of loss beside what it would be by chance. At least 1.
func (r *runs) ratio() float64 {
	if r.stretch == 0 || r.came == 0 || r.lost < r.stretch {
		return 1
	}
	lost := float64(r.lost) / float64(r.lost+r.came)
	return max(1, float64(r.lost)/float64(r.stretch)*(1-lost))
}

// bursts is how losses lie, as RFC 3611 4.7.2 reports it: densities in 1/256, lengths in packets.
type bursts struct {
	burstDensity, gapDensity uint8
	burst, gap               float64
}

func (r *runs) bursts() bursts {
	c13, c14 := float64(r.c13), float64(r.c14)
	if r.pending { // the last one counts as it is
		if r.losses == 1 {
			c14++
		} else {
			c13++
		}
	}
	c11, c22, c23, c33 := float64(r.c11)+float64(r.since), float64(r.c22), float64(r.c23), float64(r.c33)
	c31, c32 := c13, c23
	var b bursts
	if c11+c14 > 0 {
		b.gapDensity = share(c14 / (c11 + c14))
	}
	if c13 == 0 { // there was no burst
		b.gap = c11 + c14
		return b
	}
	p32 := c32 / max(c31+c32+c33, 1)
	p23 := 1.0
	if c22+c23 >= 1 {
		p23 = 1 - c22/(c22+c23)
	}
	b.burstDensity = share(p23 / (p23 + p32))
	total := c11 + c14 + c13 + c22 + c23 + c31 + c32 + c33
	b.gap = (c11 + c14 + c13) / c13
	b.burst = max(total/c13-b.gap, 0)
	return b
}

// share is a part of one in 1/256.
func share(v float64) uint8 { return uint8(min(max(v*256, 0), 255)) }
