package phone

import "time"

// Collecting is how a collection of what happens in the phone stands: something to send to who helps.
type Collecting struct {
	On       bool      `json:"on"`
	Since    time.Time `json:"since,omitzero"` // when it was begun
	Until    time.Time `json:"until,omitzero"` // when it was ended; zero while it is on
	Lines    int       `json:"lines"`          // of the log
	Messages int       `json:"messages"`       // of SIP
	Samples  int       `json:"samples"`        // of how calls sound, one a second and call
	Dropped  int       `json:"dropped"`        // of all these, the oldest, because there was too much
}

// Collector collects what happens in the phone while somebody looks for a fault. Secrets are left out, and sound is never
// collected.
type Collector interface {
	// StartCollecting begins anew; what was collected before is forgotten.
	StartCollecting()
	// StopCollecting ends it. What was collected stays.
	StopCollecting()
	Collecting() Collecting
	// SaveCollected writes what was collected as one zip file. An unfinished file is never left.
	SaveCollected(path string) error
}
