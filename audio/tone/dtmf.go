package tone

import (
	"strings"

	"svara/audio"
)

// The key pairs of ITU-T Q.23: row and column frequencies in Hz.
const keys = "123A456B789C*0#D"

var (
	rows    = [4]float64{697, 770, 852, 941}
	columns = [4]float64{1209, 1336, 1477, 1633}
)

// DTMF is the sound of a key pressed once (100 ms and a pause as long), for the user's own ear; what the other side
// gets travels as RFC 4733 events or is DTMFLine. It ends by itself. A character that is no key gives nil.
func DTMF(digit rune) audio.Source {
	low, high, ok := pair(digit)
	if !ok {
		return nil
	}
	return newPlayer(false, on(100, low, high), off(100))
}

// What the other side is to hear: -9 and -7 dBm0, the higher tone louder since lines take more from it (ITU-T Q.23 and
// Q.24 leave room for it; the levels are those of ETSI ES 201 235-2). 0 dBm0 is 3.14 dB below full scale (G.711).
const (
	lowLine  = 8100.0
	highLine = 10200.0
)

// DTMFLine is the sound of a key for the other side's ear, where digits travel as nothing else: as long as DTMF's.
func DTMFLine(digit rune) audio.Source {
	low, high, ok := pair(digit)
	if !ok {
		return nil
	}
	key := on(100, low, high)
	key.amplitude = []float64{lowLine, highLine}
	return newPlayer(false, key, off(100))
}

// pair is the two frequencies of a key.
func pair(digit rune) (low, high float64, ok bool) {
	if 'a' <= digit && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	i := strings.IndexRune(keys, digit)
	if i < 0 {
		return 0, 0, false
	}
	return rows[i/4], columns[i%4], true
}
