package jitter

import "time"

const (
	windowSize = 256 // packets: five seconds of 20 ms ones
	recent     = 96  // packets of which none was half as late as the spread: the network has calmed down
	binWidth   = time.Millisecond
	binCount   = 256  // longer ones are as bad as the last bin
	share      = 0.98 // of packets that should be there in time
	guard      = 4 * time.Millisecond
	forgotten  = 1e-5 // loss rate: some 700 packets after a lost one
	settled    = 16   // packets before the window is believed to know the network's best side
)

// window holds the transit times of the last packets. Both the base line and the spread come from it, so a network that
// gets slower or faster for good, and a clock that drifts, are followed within its length; one that calms down, sooner.
type window struct {
	transit [windowSize]time.Duration
	n, at   int
	base    time.Duration // the least in the window
	changed bool          // since delayed was worked out
	delayed time.Duration // see spread
}

func (w *window) reset() { *w = window{} }

func (w *window) add(t time.Duration) {
	w.changed = true
	old := w.transit[w.at]
	w.transit[w.at] = t
	w.at = (w.at + 1) % windowSize
	if w.n < windowSize {
		w.n++
		if w.n == 1 || t < w.base {
			w.base = t
		}
		return
	}
	switch {
	case t <= w.base:
		w.base = t
	case old == w.base:
		w.base = w.transit[0]
		for _, x := range w.transit[1:] {
			w.base = min(w.base, x)
		}
	}
}

// spread is the delay over the base line that share of the packets kept below; or all of the latest, where those came
// much sooner.
func (w *window) spread() time.Duration {
	if !w.changed {
		return w.delayed
	}
	w.changed, w.delayed = false, 0
	var bins [binCount]uint16
	for _, t := range w.transit[:w.n] {
		bins[min(int((t-w.base)/binWidth), binCount-1)]++
	}
	over := int(float64(w.n) * (1 - share)) // this many may be later
	for i := binCount - 1; i >= 0; i-- {
		if over -= int(bins[i]); over < 0 {
			w.delayed = time.Duration(i+1) * binWidth
			break
		}
	}
	if w.n > recent {
		latest := time.Duration(0)
		for i := range recent {
			latest = max(latest, w.transit[(w.at+windowSize-1-i)%windowSize]-w.base)
		}
		if latest < w.delayed/2 {
			w.delayed = latest + binWidth
		}
	}
	return w.delayed
}

// spike recognises packets that were held up together: after the first, they come on each other's heels. They are one
// event of the network, not many, and count once; else a single spike would keep the delay high for five seconds.
type spike struct {
	on bool
	at time.Duration // arrival of its newest packet
}

// observe notes a packet's transit time.
func (b *Buffer) observe(at, transit time.Duration) {
	late := b.delays.n >= settled && transit-b.delays.base > b.stats.Target+guard
	behind := b.late.on && at-b.late.at < b.frame/4
	b.late = spike{on: late || behind, at: at}
	if !behind {
		b.delays.add(transit)
	}
}

// aim works out the target delay.
func (b *Buffer) aim() time.Duration {
	want := time.Duration(0)
	if b.delays.n > 1 {
		b.stats.Spread = b.delays.spread()
		want = b.stats.Spread + guard + b.wobble
	}
	// Room for the packet after a lost one, so that its error correction can be used.
	// What is lost in a pause of the talk has none, so it takes many in vain to believe that the peer sends none at all.
	if b.tried >= 128 {
		b.tried, b.vain = b.tried/2, b.vain/2
	}
	useful := b.tried < 48 || b.vain < b.tried*31/32
	b.guard = 0
	if b.fec && useful && b.lossRate > forgotten {
		b.guard = b.frame
	}
	want += b.guard
	if b.delays.n < settled {
		want = max(want, b.cfg.Start)
	}
	b.stats.Target = min(max(want, b.cfg.Min), b.cfg.Max)
	return b.stats.Target
}
