package dsp

import "math"

// Speeds that a Stretch knows, as parts of the speed it was recorded at.
const (
	MinSpeed = 0.5
	MaxSpeed = 2.0
)

const (
	stretchHop    = 576 // 12 ms at 48 kHz: what comes out at a time, one piece faded into the next
	stretchSeek   = 480 // 10 ms to both sides: every voice down to 50 Hz repeats itself in there
	stretchCoarse = 4   // the search looks at every so many samples first
	stretchRoom   = 8192

	// StretchHold is how much input a Stretch may keep waiting at another speed than 1, in samples: what it looks for a
	// fitting piece in.
	StretchHold = stretchSeek + stretchHop
)

// Stretch plays house sound faster or slower at the same pitch, by waveform similarity overlap-add: pieces are taken from
// the input at the wanted speed, each from the place near by where it fits best behind what came before.
//
//	in     ....|-- fading out: what would come next --|..........
//	in     ..........|-- fading in: the most similar piece around the place that the speed asks for --|....
//
// At speed 1 it hands the input through, sample by sample, and it goes over to that and back without a seam. It is made
// for 48 kHz. Not safe for concurrent use.
type Stretch struct {
	in   [stretchRoom]int16
	n    int     // samples in in
	next int     // where what was last handed out goes on
	at   float64 // where the speed asks for

	hop   [stretchHop]int16
	made  int     // samples of hop not handed out yet, at its end
	speed float64 // of hop

	coarse [(2*stretchSeek + 2*stretchHop) / stretchCoarse]float32
}

// Reset forgets all input.
func (s *Stretch) Reset() { s.n, s.next, s.at, s.made = 0, 0, 0, 0 }

// Pending is how much input has not been played yet, in samples, by where the speed asks for.
func (s *Stretch) Pending() int {
	return max(0, s.n-int(s.at+0.5)) + int(float64(s.made)*s.speed+0.5)
}

// Empty reports whether there is nothing in it to hand out.
func (s *Stretch) Empty() bool { return s.made == 0 && s.next == s.n }

// Need is how much more input Take must have for so many samples of sound; 0 when it has enough.
func (s *Stretch) Need(samples int, speed float64) int {
	samples -= s.made
	if samples <= 0 {
		return 0
	}
	if speed == 1 {
		return max(0, s.next+samples-s.n)
	}
	// One hop at a time: the first has to be there before the second is looked for.
	return max(0, max(s.next, int(s.at+0.5)+stretchSeek)+stretchHop-s.n)
}

// Put adds input and returns how much of it there was room for. There is room for what Need asked for and a block more.
func (s *Stretch) Put(pcm []int16) int {
	if s.n+len(pcm) > len(s.in) {
		old := max(0, min(s.next, int(s.at)-stretchSeek))
		copy(s.in[:], s.in[old:s.n])
		s.n -= old
		s.next -= old
		s.at -= float64(old)
	}
	n := copy(s.in[s.n:], pcm)
	s.n += n
	return n
}

// Take fills out with sound and returns how many samples it could make of what there is. With last, nothing more will be
// put, and all that is left is handed out.
func (s *Stretch) Take(out []int16, speed float64, last bool) int {
	speed = min(max(speed, MinSpeed), MaxSpeed)
	done := 0
	for done < len(out) {
		if s.made > 0 {
			n := copy(out[done:], s.hop[stretchHop-s.made:])
			s.made -= n
			done += n
			continue
		}
		if speed != 1 && s.Need(1, speed) == 0 {
			s.makeHop(speed)
			continue
		}
		if speed != 1 && !last {
			break
		}
		n := copy(out[done:], s.in[s.next:s.n])
		s.next += n
		s.at = float64(s.next)
		if done += n; n == 0 {
			break
		}
	}
	return done
}

// makeHop makes the next piece of sound.
func (s *Stretch) makeHop(speed float64) {
	from := s.similar(int(s.at + 0.5))
	for i := range s.hop {
		in := fadeIn[i]
		s.hop[i] = clamp(float32(s.in[s.next+i])*(1-in) + float32(s.in[from+i])*in)
	}
	s.next = from + stretchHop
	s.at += stretchHop * speed
	s.made, s.speed = stretchHop, speed
}

// similar is where around a place the input is most like what would come next.
func (s *Stretch) similar(place int) int {
	low, high := max(0, place-stretchSeek), place+stretchSeek
	// First roughly, among sums of stretchCoarse samples, which have the pitch and not the hiss.
	const points = stretchHop / stretchCoarse
	want := s.coarse[:points]
	sums(want, s.in[s.next:])
	around := s.coarse[points:][:(high-low)/stretchCoarse+points]
	sums(around, s.in[low:])
	energy := dot(around[:points], around[:points])
	best, found := float32(-2), low
	for i := 0; i+points <= len(around); i++ {
		if like := likeness(dot(want, around[i:][:points]), energy); like > best {
			best, found = like, low+i*stretchCoarse
		}
		if i+points < len(around) {
			energy += around[i+points]*around[i+points] - around[i]*around[i]
		}
	}
	// Then to the sample. What would come next itself is the best there is.
	if s.next >= low && s.next <= high && found-s.next < stretchCoarse && s.next-found < stretchCoarse {
		return s.next
	}
	best = -2
	rough := found
	for at := max(low, rough-stretchCoarse); at <= min(high, rough+stretchCoarse); at++ {
		var product, energy float32
		for i := range stretchHop {
			a, b := float32(s.in[s.next+i]), float32(s.in[at+i])
			product += a * b
			energy += b * b
		}
		if like := likeness(product, energy); like > best {
			best, found = like, at
		}
	}
	return found
}

// likeness is a correlation for comparing: loudness does not count.
func likeness(product, energy float32) float32 {
	if energy < 1 {
		return 0
	}
	return product / float32(math.Sqrt(float64(energy)))
}

// sums makes each of dst the sum of stretchCoarse samples, scaled so that their squares stay small.
func sums(dst []float32, src []int16) {
	for i := range dst {
		v := 0
		for _, x := range src[i*stretchCoarse:][:stretchCoarse] {
			v += int(x)
		}
		dst[i] = float32(v) / (stretchCoarse << 15)
	}
}

// fadeIn is half a raised cosine, 0..1.
var fadeIn = func() (w [stretchHop]float32) {
	for i := range w {
		w[i] = float32(0.5 - 0.5*math.Cos(math.Pi*(float64(i)+0.5)/stretchHop))
	}
	return w
}()
