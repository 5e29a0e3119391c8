package pbxdemo

import (
	"math"
	"sync"

	"svara/audio"
)

// musicSeconds is how long the music on hold is before it begins again.
const musicSeconds = 8

// holdMusic is what those hear who wait: sixteen soft notes of a broken chord, made here, at about -30 dBFS.
var holdMusic = sync.OnceValue(func() []int16 {
	const (
		notes = 16
		beat  = musicSeconds * audio.Rate / notes
		peak  = 2000.0
	)
	melody := [notes]float64{ // Hz, equal temperament: F, C and B flat major, and back
		349.23, 440, 523.25, 440,
		329.63, 392, 523.25, 392,
		293.66, 349.23, 466.16, 349.23,
		329.63, 392, 523.25, 466.16,
	}
	out := make([]int16, musicSeconds*audio.Rate)
	for n, f := range melody {
		for i := range beat {
			t := float64(i) / audio.Rate
			edge := min(1, float64(i)/(0.01*audio.Rate), float64(beat-i)/(0.02*audio.Rate))
			v := math.Sin(2*math.Pi*f*t) + 0.25*math.Sin(4*math.Pi*f*t)
			out[n*beat+i] = int16(peak * edge * math.Exp(-2.5*t) * v)
		}
	}
	return out
})

// music plays holdMusic over and over.
type music struct{ at int }

// Read implements audio.Source.
func (m *music) Read(block []int16) bool {
	all := holdMusic()
	for len(block) > 0 {
		n := copy(block, all[m.at:])
		m.at = (m.at + n) % len(all)
		block = block[n:]
	}
	return true
}
