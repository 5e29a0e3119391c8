// Package device is where sound enters and leaves the house: the machine's microphones and speakers through PortAudio,
// or a file, or nothing at all.
//
//	Backend --Input--> capture goroutine --> ring --> (audio loop) --> ring --> playback goroutine --Output--> Backend
//	                                    Keeper opens, watches and reopens all of it
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
	// ErrRefresh: the device is new; it can be opened after a Refresh, for which every stream must be closed.
	ErrRefresh = errors.New("sound devices must be listed again first")
	// ErrNothingYet: a microphone has not said anything for a while; ask again.
	ErrNothingYet = errors.New("nothing recorded yet")
)

// Backend is a world of devices. Its methods may be called from any goroutine, one at a time.
type Backend interface {
	// Devices lists what there is now.
	Devices() []audio.Device
	// Changes has a value when Devices may say something new. It is closed by Close.
	Changes() <-chan struct{}
	// Refresh reads the machine's devices anew. No stream may be open.
	Refresh() error
	// Input opens a microphone, the system's choice for an empty ID.
	Input(id string) (Input, error)
	// Output opens a speaker, the system's choice for an empty ID. Patient asks for a deeper buffer, for sound that
	// may come late but should not break.
	Output(id string, patient bool) (Output, error)
	Close() error
}

// roomed is a Backend whose speakers and microphones are real: one may hear the other.
type roomed interface{ InRoom() bool }

// InRoom reports whether there is a room around a backend's devices, with echo and noise in it. Files and nothing have
// none: what they say is what is wanted.
func InRoom(b Backend) bool {
	r, ok := b.(roomed)
	return ok && r.InRoom()
}

// Input is an open microphone: 48 kHz mono. One goroutine reads it and then closes it.
type Input interface {
	// Read waits for the next len(pcm) samples. An error ends the stream, except ErrNothingYet.
	Read(pcm []int16) error
	// Period is the span in samples that is best read at once; it divides or is a multiple of audio.BlockSize.
	Period() int
	// Device is what was opened.
	Device() audio.Device
	Close() error
}

// Output is an open speaker: 48 kHz mono. One goroutine writes it and then closes it.
type Output interface {
	// Write plays the samples after those written before. It may wait when 200 ms are queued. An error ends the stream.
	Write(pcm []int16) error
	// Queued is how many samples are written but, as far as can be told, not yet played.
	Queued() int
	// Depth is how many samples should always be queued so that nothing breaks, as far as can be told beforehand.
	Depth() int
	// Device is what was opened.
	Device() audio.Device
	// Close stops at once; what is queued is not played.
	Close() error
}
