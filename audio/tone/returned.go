package tone

import "svara/audio"

// Returned is the three beeps of a call that came back from a transfer nobody answered: our own sound, the same in every
// country. It ends by itself.
func Returned() audio.Source {
	return newPlayer(false, on(150, 880), off(150), on(150, 880), off(150), on(150, 880), off(50))
}

// ReturnedTime is how long Returned takes, in milliseconds.
const ReturnedTime = 800
