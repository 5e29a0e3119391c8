package phone

import "time"

// SoundTestKind is what of this computer's sound is tested, without a call.
type SoundTestKind string

// The tests. An echo listens to the microphone for SoundTestTurn and then says the same in the speaker.
const (
	SoundTestEcho    SoundTestKind = "echo"
	SoundTestSpeaker SoundTestKind = "speaker" // a signal in the headset or speaker
	SoundTestRing    SoundTestKind = "ring"    // on the ring device
)

// SoundTestTurn is how long an echo listens, how long it speaks, and how long a signal sounds.
const SoundTestTurn = 4 * time.Second

// SoundTest is a test under way. It ends by itself, and when a call comes or is made.
type SoundTest struct {
	Kind    SoundTestKind `json:"kind"`
	Begun   time.Time     `json:"begun"`
	Playing bool          `json:"playing"` // of an echo: it has listened and speaks now
}
