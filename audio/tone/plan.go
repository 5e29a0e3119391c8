package tone

import (
	"svara/audio"
)

// Tones are the tones of one country. Each method makes a fresh Source that goes on until it is not read any more. Values
// from ITU-T E.180 Supplement 2 (01/94, "Various tones used in national networks"), the first variant where it lists
// several; special information tone as E.180 section 11 recommends (950, 1400, 1800 Hz, a third of a second each).
type Tones struct {
	ringback, busy, congestion, waiting, info []segment
}

// Ringback is what the caller hears while the other phone rings.
func (t Tones) Ringback() audio.Source { return newPlayer(true, t.ringback...) }

// Busy is the tone of a line in use.
func (t Tones) Busy() audio.Source { return newPlayer(true, t.busy...) }

// Congestion is the tone of a network that could not do it.
func (t Tones) Congestion() audio.Source { return newPlayer(true, t.congestion...) }

// Waiting is the beep of a second call during a call.
func (t Tones) Waiting() audio.Source { return newPlayer(true, t.waiting...) }

// SpecialInfo is the tone of a number that does not exist or cannot be reached.
func (t Tones) SpecialInfo() audio.Source { return newPlayer(true, t.info...) }

// Ring is the signal that calls the user to the phone: our own sound, the same in every country, in the country's rhythm
// of one ring after another.
func (t Tones) Ring() audio.Source {
	cycle := 0
	for _, s := range t.ringback {
		cycle += s.duration
	}
	return newBell(max(cycle, 4000))
}

// Plan gives the tones of a country by its two letter code ("se", "gb", ...), Sweden's for one that is not known.
func Plan(country string) Tones {
	if t, ok := countries[country]; ok {
		return t
	}
	return countries["se"]
}

var sit = []segment{on(333, 950), on(333, 1400), on(333, 1800), off(1000)}

var countries = map[string]Tones{
	"se": {
		ringback:   []segment{on(1000, 425), off(5000)},
		busy:       []segment{on(250, 425), off(250)},
		congestion: []segment{on(250, 425), off(750)},
		waiting:    []segment{on(200, 425), off(500), on(200, 425), off(9100)},
		info:       sit,
	},
	"gb": {
		ringback:   []segment{on(400, 400, 450), off(200), on(400, 400, 450), off(2000)},
		busy:       []segment{on(375, 400), off(375)},
		congestion: []segment{on(400, 400), off(350), on(225, 400), off(525)},
		waiting:    []segment{on(100, 400), off(4000)},
		info:       sit,
	},
	"us": {
		ringback:   []segment{on(2000, 440, 480), off(4000)},
		busy:       []segment{on(500, 480, 620), off(500)},
		congestion: []segment{on(250, 480, 620), off(250)},
		waiting:    []segment{on(300, 440), off(10000)},
		info:       sit,
	},
	"de": {
		ringback:   []segment{on(1000, 425), off(4000)},
		busy:       []segment{on(480, 425), off(480)},
		congestion: []segment{on(240, 425), off(240)},
		waiting:    []segment{on(200, 425), off(200), on(200, 425), off(5000)},
		info:       sit,
	},
	"fr": {
		ringback:   []segment{on(1500, 440), off(3500)},
		busy:       []segment{on(500, 440), off(500)},
		congestion: []segment{on(250, 440), off(250)}, // not in the supplement: half the busy tone, as elsewhere
		waiting:    []segment{on(300, 440), off(10000)},
		info:       sit,
	},
	"no": {
		ringback:   []segment{on(1000, 425), off(4000)},
		busy:       []segment{on(500, 425), off(500)},
		congestion: []segment{on(200, 425), off(200)},
		waiting:    []segment{on(200, 425), off(600), on(200, 425), off(10000)},
		info:       sit,
	},
	"dk": {
		ringback:   []segment{on(1000, 425), off(4000)},
		busy:       []segment{on(500, 425), off(500)},
		congestion: []segment{on(200, 425), off(200)},
		waiting:    []segment{on(200, 425), off(600), on(200, 425), off(3000)},
		info:       sit,
	},
	"fi": {
		ringback:   []segment{on(1000, 425), off(4000)},
		busy:       []segment{on(300, 425), off(300)},
		congestion: []segment{on(200, 425), off(200)},
		waiting:    []segment{on(150, 425), off(150), on(150, 425), off(8000)},
		info:       sit,
	},
}
