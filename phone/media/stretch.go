package media

import "math"

// Sizes in samples at 48 kHz.
const (
	minLag    = 120  // 2.5 ms: the shortest piece taken out or put in
	maxLag    = 600  // 12.5 ms: a whole pitch period of a low voice
	crossfade = 240  // 5 ms: from one place to the other
	compare   = 360  // what two places are compared over
	coarse    = 4    // every how many samples the first search looks
	quiet     = 30.0 // RMS below which anything may be done,
	hush      = .03  // or this part of the loudest of late
	fading    = .997 // of which so much is left a frame later
)

// How much like itself sound must be to be stretched.
const (
	alikeEnough = .85
	nobodyHears = -1
)

// lull knows pauses of the talk, in which nothing is heard but what lies behind the voice. The zero value is ready.
type lull struct{ loud float64 }

// pause notes a frame and reports whether it is in a pause.
func (l *lull) pause(pcm []int16) bool {
	var energy float64
	for _, v := range pcm {
		energy += float64(v) * float64(v)
	}
	rms := math.Sqrt(energy / float64(max(1, len(pcm))))
	l.loud = max(l.loud*fading, rms)
	return rms < max(quiet, l.loud*hush)
}

// stretcher changes the length of decoded sound by whole pitch periods, so that the voice keeps its height: it looks for
// the distance at which the sound is most like itself and crossfades from one place to the other (WSOLA). It does
// nothing where the sound is not like itself, unless it has been refused for long.
//
// Owned by the audio loop; no allocation.
type stretcher struct {
	refused float64 // grows with every refusal in a row; lowers the likeness asked for
}

// stretch changes pcm[:n] in place by up to most samples, shorter where most is negative, and returns the new length.
// pcm must have room for maxLag more samples than n. asked is how much like itself it must be there, -1..1.
func (s *stretcher) stretch(pcm []int16, n, most int, asked float64) int {
	room := min(max(most, -most), maxLag, n-crossfade)
	if room < minLag || len(pcm) < n+maxLag {
		return n
	}
	lag, likeness := s.find(pcm[:n], room)
	if likeness < asked-s.refused {
		s.refused += 0.03
		return n
	}
	s.refused = 0
	if most < 0 {
		fade(pcm[:crossfade], pcm[:crossfade], pcm[lag:lag+crossfade])
		copy(pcm[crossfade:], pcm[lag+crossfade:n])
		return n - lag
	}
	var again [crossfade]int16 // the beginning, to be heard a second time
	fade(again[:], pcm[lag:lag+crossfade], pcm[:crossfade])
	copy(pcm[lag+crossfade:], pcm[crossfade:n]) // the two overlap; copy allows it
	copy(pcm[lag:], again[:])
	return n + lag
}

// find is the lag up to room at which pcm is most like its own beginning, and how much: 1 is the same, 0 not at all.
func (s *stretcher) find(pcm []int16, room int) (lag int, likeness float64) {
	span := min(compare, len(pcm)-room)
	if span < crossfade/2 {
		return room, 0
	}
	var energy float64
	for _, v := range pcm[:span] {
		energy += float64(v) * float64(v)
	}
	if math.Sqrt(energy/float64(span)) < quiet {
		return room, 1
	}
	best, most := room, -1.0
	for l := minLag; l <= room; l += coarse {
		if c := alike(pcm, l, span, coarse); c > most {
			best, most = l, c
		}
	}
	most = -1
	for l := max(minLag, best-coarse+1); l <= min(room, best+coarse-1); l++ {
		if c := alike(pcm, l, span, 1); c > most {
			lag, most = l, c
		}
	}
	return lag, most
}

// alike is the normalised correlation of pcm's beginning with the same length at lag, looking at every step-th sample.
func alike(pcm []int16, lag, span, step int) float64 {
	var cross, one, other int64
	for i := 0; i < span; i += step {
		a, b := int64(pcm[i]), int64(pcm[i+lag])
		cross += a * b
		one += a * a
		other += b * b
	}
	if one == 0 || other == 0 {
		return 0
	}
	return float64(cross) / math.Sqrt(float64(one)*float64(other))
}

// fade writes the passage from one sound to another; all three are of one length, and dst may be one of the others.
func fade(dst, from, to []int16) {
	n := len(dst)
	for i := range dst {
		dst[i] = int16((int(from[i])*(n-i) + int(to[i])*i) / n)
	}
}
