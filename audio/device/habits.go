package device

import (
	"sync"

	"svara/audio"
)

// What speakers are asked to take sound in: pieces of shortPeriod, but one that has turned out to need a cushion of more
// than unstable is not helped by small pieces.
const (
	shortPeriod = 5 * audio.Rate / 1000
	longPeriod  = 10 * audio.Rate / 1000
	unstable    = 15 * audio.Rate / 1000
)

// habits is what speakers have turned out to need, by ID, as long as the program runs.
type habits struct {
	mu    sync.Mutex
	needs map[string]int // samples
}

// of is the cushion that a speaker has turned out to need, 0 when nothing is known, and the period it is opened with.
func (h *habits) of(id string) (cushion, period int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if cushion = h.needs[id]; cushion > unstable {
		return cushion, longPeriod
	}
	return cushion, shortPeriod
}

// learn keeps what a speaker needed when it was closed; 0 is that it made do with what it was opened with.
func (h *habits) learn(id string, cushion int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if cushion == 0 {
		return
	}
	if h.needs == nil {
		h.needs = map[string]int{}
	}
	h.needs[id] = cushion
}
