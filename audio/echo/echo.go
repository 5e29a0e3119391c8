// Package echo is a party of one's own: it listens to the microphone for a while and then says what it heard.
package echo

import (
	"time"

	"svara/audio"
)

// Echo is an audio.Stream of one turn each way. First it takes sound and is silent, then it gives the same sound back and
// takes no more, so that a loudspeaker cannot be heard by the microphone and go round. When all has been said it is silent.
// Only the audio loop calls Read and Write, one after the other.
type Echo struct {
	heard []int16 // as much as it can hear; made once
	n     int     // samples heard
	said  int     // samples given back
}

// New makes an echo that listens for so long.
func New(listen time.Duration) *Echo {
	blocks := int(listen / audio.BlockTime)
	return &Echo{heard: make([]int16, blocks*audio.BlockSize)}
}

// Write implements audio.Sink.
func (e *Echo) Write(block []int16) { e.n += copy(e.heard[e.n:], block) }

// Read implements audio.Source.
func (e *Echo) Read(block []int16) bool {
	n := 0
	if e.n == len(e.heard) {
		n = copy(block, e.heard[e.said:])
		e.said += n
	}
	clear(block[n:])
	return n > 0
}
