package media

import (
	"time"

	"svara/audio"
	"svara/phone/media/jitter"
)

const (
	longest = 120 * audio.Rate / 1000 // house samples in the longest packet (RFC 6716)
	grain   = audio.Rate / 400        // 2.5 ms: what codecs conceal is a multiple of it
	lean    = audio.Rate / 400        // a step at a seam is leaned away over this much
)

// span is how long n house samples last; samples how many there are in d.
func span(n int) time.Duration    { return time.Duration(n) * time.Second / audio.Rate }
func samples(d time.Duration) int { return int(d * audio.Rate / time.Second) }

// player turns packets into sound. Owned by the audio loop.
type player struct {
	s      *Stream
	last   *coder // decoded the last packet; nil: none yet
	lastPT uint8  // of it
	pcm    []int16
	n      int // samples of pcm that are waiting to be played
	resize stretcher
	lull   lull
	sid    [maxSID]byte // a comfort noise packet's payload
}

func (r *player) init(s *Stream) {
	r.s = s
	r.pcm = make([]int16, audio.BlockSize+longest+maxLag)
}

// read is Stream.Read.
func (r *player) read(block []int16) bool { // at most a house block
	p := r.s.plan.Load()
	if p == nil || !p.receives {
		clear(block)
		r.n = 0
		return false
	}
	sound := r.n > 0
	for r.n < len(block) {
		if r.more(p) {
			sound = true
			continue
		}
		clear(r.pcm[r.n:len(block)]) // silence fills the block just so, and nothing is left waiting
		r.n = len(block)
	}
	copy(block, r.pcm[:len(block)])
	copy(r.pcm, r.pcm[len(block):r.n])
	r.n -= len(block)
	return sound
}

// more decodes what comes next behind what is waiting. It reports false when there is nothing.
func (r *player) more(p *plan) bool {
	s := r.s
	s.lockBuffer()
	a := s.buffer.Get(s.cfg.Now(), span(r.n))
	s.unlockBuffer()
	free := r.pcm[r.n:]
	switch a.Kind {
	case jitter.Play:
		r.play(p, a, free)
	case jitter.Recover:
		r.recover(p, a, free)
	case jitter.Conceal:
		if !r.comfort(free[:round(a.Duration)]) {
			r.conceal(free, a.Duration)
		}
	default:
		return r.comfort(free[:audio.BlockSize])
	}
	return true
}

// comfort fills a pause with noise, if the sender has asked for it.
func (r *player) comfort(free []int16) bool {
	s := r.s
	if r.last == nil || r.last.comfort == nil {
		return false
	}
	s.lockBuffer()
	n := s.sid.take(r.sid[:])
	s.unlockBuffer()
	if !r.last.comfort.Comfort(free, r.sid[:n]) {
		return false
	}
	r.n += len(free)
	return true
}

// play decodes a packet and changes its length as advised.
func (r *player) play(p *plan, a jitter.Action, free []int16) {
	decoded := 0
	c := p.receive[a.PT&127]
	if c == nil && a.PT == r.lastPT {
		c = r.last // it was on its way when another codec was agreed on
	}
	if c != nil {
		r.lastPT = a.PT
		if c != r.last {
			r.last = c
			r.s.lockBuffer()
			r.s.buffer.SetRecover(c.repairs)
			r.s.unlockBuffer()
		}
		n, err := c.dec.Decode(free[:longest], a.Payload)
		if err == nil {
			decoded = min(n, longest)
		}
	}
	if decoded == 0 {
		r.s.facts.undecoded.Add(1)
		r.conceal(free, 20*time.Millisecond) // a payload that is none
		return
	}
	n := decoded
	switch paused := r.lull.pause(free[:decoded]); {
	case paused && a.Ease != 0:
		n = r.resize.stretch(free, decoded, samples(a.Ease), nobodyHears)
	case a.Stretch != 0:
		n = r.resize.stretch(free, decoded, samples(a.Stretch), alikeEnough)
	}
	r.n += n
	r.s.lockBuffer()
	r.s.buffer.Report(span(decoded), span(n))
	r.s.unlockBuffer()
}

// recover repairs a lost packet from the one after it, or conceals it where the codec cannot.
func (r *player) recover(p *plan, a jitter.Action, free []int16) {
	n := round(a.Duration)
	skip := min(samples(a.Skip), n)
	c := p.receive[a.PT&127]
	if c == nil || c != r.last || !c.dec.Recover(free[:n], a.Payload) {
		r.conceal(free, a.Duration-a.Skip)
		r.s.lockBuffer()
		r.s.buffer.Unrepaired()
		r.s.unlockBuffer()
		return
	}
	if skip > 0 {
		// The beginning was concealed already; what follows is leaned onto the guess so that nothing clicks.
		copy(free, free[skip:n])
		n -= skip
		if r.n > 0 {
			r.seam(free[:n], r.pcm[r.n-1])
		}
	}
	r.n += n
}

// seam takes a step from before to the beginning of pcm away.
func (r *player) seam(pcm []int16, before int16) {
	if len(pcm) == 0 {
		return
	}
	step := int(before) - int(pcm[0])
	for i := range min(lean, len(pcm)) {
		pcm[i] = int16(min(max(int(pcm[i])+step*(lean-i)/lean, -32768), 32767))
	}
}

// conceal guesses.
func (r *player) conceal(free []int16, d time.Duration) {
	n := round(d)
	if r.last == nil {
		clear(free[:n])
	} else {
		r.last.dec.Conceal(free[:n])
	}
	r.n += n
}

// round is a duration as samples: a whole number of grains, at least one and no more than a packet can have.
func round(d time.Duration) int {
	n := (samples(d) + grain/2) / grain * grain
	return min(max(n, grain), longest)
}
