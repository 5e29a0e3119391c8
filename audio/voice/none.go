//go:build !cgo || novoice

package voice

// Library is what cleans the microphone in this build; empty when nothing does.
const Library = ""

// New says that there is nothing in this build to clean a microphone with.
func New() (Processor, error) { return nil, ErrNone }
