package voice

import (
	"math"

	"svara/audio"
	"svara/audio/dsp"
)

// The times of the alignment. The canceller's filter is some 130 ms long and looks only back: the echo has to begin
// within it, and late enough that no jitter of a device makes it begin before what it is an echo of.
const (
	aim      = 25 * audio.Rate / 1000   // the echo is made to begin this long after its cause
	earliest = 6 * audio.Rate / 1000    // sooner than this, or
	latest   = 60 * audio.Rate / 1000   // later, it is moved to aim
	agree    = 8 * audio.Rate / 1000    // findings so close are one finding
	farthest = 1450 * audio.Rate / 1000 // longest delay that is found
)

// The search works on sound of 4 kHz: enough to tell speech from speech, a twelfth of the work.
const (
	thin     = 12                      // samples of the house in one of the search
	window   = 8192                    // of far that are searched: 2 s
	part     = 2048                    // of mic that are searched for: 0.5 s
	hop      = 1024                    // between searches: 0.25 s, half as often once it is found, and
	seldom   = 8 * hop                 // while the canceller does well, or there seems to be nothing to find:
	well     = 20                      // dB of echo taken out; all of it went wrong when this is missed
	vainly   = 40                      // searches in a row that found nothing
	perBlock = audio.BlockSize / thin  // in a block
	lowBin   = window * 150 / 4000     // the band that is compared: 150 Hz
	highBin  = window * 1850 / 4000    // to 1850 Hz
	history  = farthest + audio.Rate/5 // samples of far kept at the rate of the house
	quietest = 20                      // RMS in sample steps under which far says nothing about delays
	memory   = 0.6                     // share of the searches before in a search
	standout = 7.5                     // a peak stands out so many times the spread of all others
	rival    = 1.25                    // and so many times the next that is not beside it
)

// aligner holds far back so that the echo in mic follows closely on what it is an echo of, whatever the devices' buffers
// are. It begins with what the devices tell and then finds the delay in the sound itself, by the correlation of the two
// with their spectra made flat (the phase transform): of speech that leaves one peak where the echo is.
type aligner struct {
	far  [history]int16 // ring of what the speaker was given
	next int            // place of the next sample in far
	held int            // samples by which far is held back

	farThin, micThin [window]float32 // rings of the same place
	at               int             // of the next sample in both
	farCarry         float32         // of the filter before thinning
	micCarry         float32         //
	since            int             // samples since the last search
	vain             int             // searches since one that found something
	fft              *dsp.FFT
	work             [window]complex64
	cross            [highBin + 1]complex64 // smoothed

	begun bool // the devices' word has been taken
	found int  // last finding in samples, -1 for none
	sure  bool // and it was found twice
}

func newAligner() *aligner {
	a := &aligner{fft: dsp.NewFFT(window)}
	a.reset()
	return a
}

// reset forgets everything.
func (a *aligner) reset() {
	fft := a.fft
	*a = aligner{fft: fft, found: -1}
}

// delay is how many ms the echo was found to come after what it is an echo of, -1 while nothing was found.
func (a *aligner) delay() int {
	if !a.sure {
		return -1
	}
	return a.found * 1000 / audio.Rate
}

// push takes a block of both, fills held with the block of far that is to be taken out of mic, and reports whether far is
// held back by another span than before, and by how many whole blocks more if it could be made that. hint is in ms, loss the dB by which the echo is being brought down.
func (a *aligner) push(held, far, mic []int16, hint int, loss float64) (moved bool, blocks int) {
	if !a.begun {
		a.begun = true
		a.held = a.holding(hint * audio.Rate / 1000)
	}
	copy(a.far[:], far[copy(a.far[a.next:], far):])
	a.thin(far, mic)
	every := hop
	switch {
	case a.sure && loss >= well, a.vain >= vainly:
		every = seldom
	case a.sure:
		every = 2 * hop
	}
	if a.since += perBlock; a.since >= every {
		a.since = 0
		moved, blocks = a.search()
	}
	a.next = (a.next + len(far)) % history
	a.ago(held, 0)
	return moved, blocks
}

// ago fills held with the block of far that is to be taken out now, or was so many blocks ago.
func (a *aligner) ago(held []int16, blocks int) {
	from := a.next - a.held - (blocks+1)*audio.BlockSize
	if from < 0 {
		from += history
	}
	copy(held[copy(held, a.far[from:]):], a.far[:])
}

// begins is how many samples after far its echo begins, as it was held back before it moved by so many.
func (a *aligner) begins(moved int) int { return a.found - (a.held - moved) }

// holding is how long far is held back for an echo that comes after a delay.
func (a *aligner) holding(delay int) int { return min(max(delay-aim, 0), farthest) }

// thin adds a block of both to the sound that is searched. A straight mean before and after each sample is filter enough.
func (a *aligner) thin(far, mic []int16) {
	for i := 0; i < audio.BlockSize; i += thin {
		f, m := float32(0), float32(0)
		for j := i; j < i+thin; j++ {
			f += float32(far[j])
			m += float32(mic[j])
		}
		a.farThin[a.at], a.micThin[a.at] = (f+a.farCarry)/(2*thin), (m+a.micCarry)/(2*thin)
		a.farCarry, a.micCarry = f, m
		a.at = (a.at + 1) % window
	}
}

// search looks for far in what mic heard last, and moves when it is sure and the echo is not where it should be.
func (a *aligner) search() (moved bool, blocks int) {
	if !a.load() {
		return false, 0
	}
	a.fft.Forward(a.work[:])
	a.correlate()
	a.fft.Inverse(a.work[:])
	lag, ok := a.peak()
	if a.vain++; !ok {
		return false, 0
	}
	a.vain = 0
	before := a.found
	a.found, a.sure = lag, before >= 0 && max(lag-before, before-lag) <= agree
	if !a.sure {
		return false, 0
	}
	if begins := lag - a.held; begins >= earliest && begins <= latest || begins < earliest && a.held == 0 {
		return false, 0
	}
	to := a.holding(lag)
	blocks = int(math.Round(float64(to-a.held) / audio.BlockSize))
	if whole := a.held + blocks*audio.BlockSize; blocks != 0 && whole >= 0 && whole <= farthest {
		to = whole
	} else {
		blocks = 0
	}
	a.held = to
	return true, blocks
}

// load puts far into the real half of work and the last part of mic into the imaginary one, and reports whether both say
// enough to be compared. Two real sequences are transformed at the price of one.
func (a *aligner) load() bool {
	var farPower, micPower float32
	for i := range a.work {
		j := (a.at + i) % window
		f, m := a.farThin[j], float32(0)
		if i >= window-part {
			m = a.micThin[j]
			micPower += m * m
		}
		farPower += f * f
		a.work[i] = complex(f, m)
	}
	return farPower > window*quietest*quietest/4 && micPower > part
}

// correlate turns the spectrum of both into the smoothed flat cross spectrum.
func (a *aligner) correlate() {
	for k := lowBin; k <= highBin; k++ {
		p, q := a.work[k], a.work[window-k]
		q = complex(real(q), -imag(q))
		far, mic := p+q, p-q // twice as large, and mic is still turned by i
		mic = complex(imag(mic), -real(mic))
		c := mic * complex(real(far), -imag(far))
		re, im := float64(real(c)), float64(imag(c)) // their squares are too much for less
		if power := re*re + im*im; power > 0 {
			c *= complex(float32(1/math.Sqrt(power)), 0)
		}
		a.cross[k] = a.cross[k]*memory + c*(1-memory)
	}
	for k := range a.work {
		a.work[k] = 0
	}
	for k := lowBin; k <= highBin; k++ {
		a.work[k] = a.cross[k]
	}
}

// peak is the delay in house samples at which the correlation stands out, and whether it does. Only one half of the
// spectrum is filled, so that the magnitude is the envelope of the correlation, without its zero crossings.
func (a *aligner) peak() (lag int, ok bool) {
	const lags = farthest / thin
	best, at, sum := float32(0), 0, 0.0
	for i := range lags {
		v := real(a.work[i])*real(a.work[i]) + imag(a.work[i])*imag(a.work[i])
		sum += float64(v)
		if v > best {
			best, at = v, i
		}
	}
	second := float32(0)
	for i := range lags {
		if i > at-agree/thin && i < at+latest/thin { // the room's own reflections follow the first
			continue
		}
		second = max(second, real(a.work[i])*real(a.work[i])+imag(a.work[i])*imag(a.work[i]))
	}
	spread := sum / lags
	return at * thin, float64(best) > standout*standout/2*spread && best > rival*rival*second
}
