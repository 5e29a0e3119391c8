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
// gets travels as RFC 4733 events. It ends by itself. A character that is no key gives nil.
func DTMF(digit rune) audio.Source {
	if 'a' <= digit && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	i := strings.IndexRune(keys, digit)
	if i < 0 {
		return nil
	}
	return newPlayer(false, on(100, rows[i/4], columns[i%4]), off(100))
}
