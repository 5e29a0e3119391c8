// Package voice cleans what a microphone gives before anybody hears it: what the speaker plays is taken out of it, noise,
// hum and rumble, and its level follows the voice. The canceller is ours (echo.c); the rest is a library's: WebRTC's audio
// processing, or SpeexDSP in a build with the tag speexdsp. A build without either (tag novoice, or without cgo) says so:
// Library is empty and New fails.
//
//	far (what the speaker is given) --> aligner --+
//	                                              v
//	mic ----------------------------------> echo canceller --> high-pass --> noise suppression --> level --> mic
package voice

import "errors"

// ErrNone: this build has no library to clean a microphone with.
var ErrNone = errors.New("this build cannot clean a microphone")

// Noise is how much noise is taken out.
type Noise int

// The degrees. What each takes away depends on the library: about 6, 12 and 18 dB of steady noise.
const (
	NoiseOff Noise = iota
	NoiseLow
	NoiseMedium
	NoiseHigh
)

// Settings are what is switched on.
type Settings struct {
	Echo      bool // what the speaker plays is taken out
	Noise     Noise
	AutoLevel bool // the level follows the voice
	HighPass  bool // hum and rumble below speech are taken out
}

// Any reports whether anything is on.
func (s Settings) Any() bool { return s != Settings{} }

// Stats are what is known after a block.
type Stats struct {
	Voice bool    // somebody speaks in it
	Delay int     // ms from the speaker to the echo, as found from the sound itself; -1 while not known
	ERLE  float64 // dB by which the echo has been brought down (ITU-T G.168 3.8); 0 while not known
}

// Processor cleans the sound of one microphone. One goroutine uses it; nothing of it allocates on Go's side or waits.
type Processor interface {
	// Set switches. The sound may jump at a change: who calls it fades.
	Set(s Settings) error
	// Process cleans a block of the microphone in place. far is what the speaker is given in the same 10 ms; delay is how
	// many ms later it is heard in mic, as far as the devices tell.
	Process(far, mic []int16, delay int) (Stats, error)
	// Reset forgets the room, as after a change of devices. It keeps the settings.
	Reset()
	// Close frees it. It is not used after.
	Close()
}
