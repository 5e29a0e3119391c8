// Package device is where sound enters and leaves the house: the machine's microphones and speakers,
// a file, or nothing at all.
//
//	microphone --Input.Feed--> Port: ring, bell --> (audio loop) --> Port: ring, bell --Output.Play--> speaker
//	                             Keeper opens, watches and reopens all of it
//
// On Linux the sound server is spoken to in its own language (pulse); where there is none, and elsewhere, PortAudio is
// used (portAudio).
package device

import (
	"errors"

	"svara/audio"
)

// What can be wrong with a device; test with errors.Is.
var (
	// ErrMissing: there is no such device, or none at all of that direction.
	ErrMissing = errors.New("no such sound device")
	// ErrBusy: another program holds it.
	ErrBusy = errors.New("sound device is busy")
	// errNothingYet: a microphone has not said anything for a while; ask again.
	errNothingYet = errors.New("nothing recorded yet")
)

// Backend is a world of devices. Its methods may be called from any goroutine, one at a time.
type Backend interface {
	// Devices lists what there is now.
	Devices() []audio.Device
	// Changes has a value when Devices may say something new. It is closed by Close.
	Changes() <-chan struct{}
	// Input opens a microphone, the system's choice for an empty ID.
	Input(id string) (Input, error)
	// Output opens a speaker, the system's choice for an empty ID. Patient asks for a deeper buffer, for sound that
	// may come late but should not break.
	Output(id string, patient bool) (Output, error)
	Close() error
}

// refresher is a Backend that cannot list what is new while streams are open.
type refresher interface {
	// Stale reports whether the list may be old.
	Stale() bool
	// Refresh reads it anew. No stream may be open.
	Refresh() error
}

// roomed is a Backend whose speakers and microphones are real: one may hear the other.
type roomed interface{ InRoom() bool }

// InRoom reports whether there is a room around a backend's devices, with echo and noise in it. Files and nothing have
// none: what they say is what is wanted.
func InRoom(b Backend) bool {
	r, ok := b.(roomed)
	return ok && r.InRoom()
}

// Input is an open microphone: 48 kHz mono.
type Input interface {
	// Feed carries what is recorded into the port until that is closed or the stream ends, which is an error. It is
	// called once.
	Feed(p *Port) error
	// Device is what was opened.
	Device() audio.Device
	// Close is called by the goroutine that called Feed.
	Close() error
}

// Output is an open speaker: 48 kHz mono. Either Play or Pull is called, once.
type Output interface {
	// Play carries what the loop puts into the port to the speaker, with no more of it waiting there than holds, until
	// the port is closed or the stream ends, which is an error.
	Play(p *Port) error
	// Pull plays what fill gives, block by block, as the speaker takes it, until the port is closed or the stream ends.
	Pull(p *Port, fill func(block []int16)) error
	// Device is what was opened.
	Device() audio.Device
	// Close stops at once; what is queued is not played. It is called by the goroutine that called Play or Pull.
	Close() error
}
