package phonetest

import (
	"math/rand/v2"
	"testing"
	"time"

	"svara/phone/phonetest/sound"
)

// RoundTrips plays n chirps into the microphone of a phone that is in a call with an echo, and measures how long each
// takes until it comes out of the phone's speaker. Both are channels of one recording, so it is exact to the sample. A
// chirp that does not come back within 1.2 s is left out.
func RoundTrips(t testing.TB, p *Pulse, n int) []time.Duration {
	t.Helper()
	const every = 1500 * time.Millisecond
	random := rand.New(rand.NewPCG(1, 1)) // where in a packet a chirp begins is different each time
	var say []int16
	for range n {
		early := time.Duration(random.IntN(20000)) * time.Microsecond
		say = append(say, sound.Join(sound.Silence(early), sound.Chirp(), sound.Silence(every-early-120*time.Millisecond))...)
	}
	// Clients need some seconds after their start until the sound server's timing is steady.
	p.Play(sound.Join(sound.Silence(time.Second), sound.Chirp(), sound.Silence(2*time.Second)))
	r := p.Record()
	p.Play(say)
	end := r.Length() + 1200*time.Millisecond
	Until(t, 10*time.Second, "the last echo", func() bool { return r.Length() >= end })
	mic, spk := r.Stop()
	return Trips(mic, spk)
}

// Trips finds the chirps in the microphone's channel and how much later each is in the speaker's.
func Trips(mic, spk []int16) []time.Duration {
	var out []time.Duration
	chirp := sound.Chirp()
	for at := 0; at+sound.Rate < len(mic); {
		here, like := sound.Find(mic[at:min(len(mic), at+sound.Rate)], chirp)
		if like < .9 {
			at += sound.Rate / 2
			continue
		}
		from := at + here
		at = from + sound.Rate
		rest := spk[min(len(spk), from+sound.Samples(2*time.Millisecond)):min(len(spk), from+sound.Samples(1200*time.Millisecond))]
		if back, like := sound.Find(rest, chirp); like > .5 {
			out = append(out, sound.Duration(back)+2*time.Millisecond)
		}
	}
	return out
}
