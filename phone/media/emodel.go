package media

import (
	"math"
	"strings"
)

// impairment is what a codec does to sound by ITU-T G.113: Ie without loss, and Bpl, how well it stands random loss. The
// scale is that of telephone sound (G.107): what a wideband codec gains above it is not counted, so that a change of
// codec does not look like a change of the network.
type impairment struct{ ie, bpl float64 }

// impairmentOf is a codec's. G.711 with concealment is G.113 table I.4; G.722 is concealed the same way here; Opus is in
// no table: it is given the robustness of a codec that repairs part of what is lost.
func impairmentOf(codec string) impairment {
	if strings.EqualFold(codec, "opus") {
		return impairment{0, 20}
	}
	return impairment{0, 25.1}
}

// The E-model's other parameters are the defaults of ITU-T G.107 table 2: they come to Ro - Is = 93.2, no advantage (A),
// and an echo of TELR 65 dB and WEPL 110 dB.
const (
	bestRating = 93.2
	basicRatio = 94.77 // Ro of the defaults
	telr, wepl = 65, 110
)

// path is one direction of sound as the E-model sees it.
type path struct {
	codec string
	delay float64 // one way, mouth to ear, ms
	trip  float64 // there and back, ms, for the talker's echo; 0: twice delay
	lost  float64 // percent of the sound that had to be made up
	burst float64 // BurstR: how much longer runs of loss are than chance would make them; at least 1
}

// rating is the E-model's R, 0..100 (ITU-T G.107 7.1): the best, less what delay (Id) and codec and loss (Ie,eff) take.
func (p path) rating() float64 {
	i := impairmentOf(p.codec)
	lost := min(max(p.lost, 0), 100)
	effective := i.ie + (95-i.ie)*lost/(lost/max(p.burst, 1)+i.bpl)
	return min(max(bestRating-delayImpairment(p.delay, p.trip)-effective, 0), 100)
}

// mos is the mean opinion score of a rating, 1..4.5 (ITU-T G.107 annex B).
func mos(r float64) float64 {
	return min(max(1+0.035*r+r*(r-60)*(100-r)*7e-6, 1), 4.5)
}

// delayImpairment is Id: the talker's echo, the listener's echo and the delay itself (ITU-T G.107 7.4).
func delayImpairment(delay, trip float64) float64 {
	delay = min(max(delay, 0), 10_000)
	if trip <= 0 {
		trip = 2 * delay
	}
	trip = min(trip, 20_000)
	echo := func(strength float64) float64 {
		half := (basicRatio - strength) / 2
		return half + math.Sqrt(half*half+100) - 1
	}
	talker := telr - 40*math.Log10((1+delay/10)/(1+delay/150)) + 6*math.Exp(-0.3*delay*delay) // TERV
	id := echo(80+2.5*(talker-14)) * (1 - math.Exp(-delay))                                   // Idte
	id += echo(10.5 * (wepl + 7) * math.Pow(trip+1, -0.25))                                   // Idle
	if delay > 100 {
		x := math.Log2(delay / 100)
		sixth := func(v float64) float64 { return math.Pow(1+math.Pow(v, 6), 1.0/6) }
		id += 25 * (sixth(x) - 3*sixth(x/3) + 2) // Idd
	}
	return max(id, 0)
}
