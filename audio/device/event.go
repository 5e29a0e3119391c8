package device

import "svara/audio"

// Kind is one of the three uses of a device.
type Kind string

// The three.
const (
	KindInput  Kind = "input"
	KindOutput Kind = "output"
	KindRing   Kind = "ring"
)

// Event is something that happened to the devices: DevicesChanged, Trouble or Recovered.
type Event interface{ event() }

// DevicesChanged says that the list, the system's choice, or what is in use is another than before.
type DevicesChanged struct{}

// Trouble says that a use has no device, or another than the chosen one, and why. It is said once for each change.
type Trouble struct {
	Kind    Kind
	Device  string // ID of the device that was wanted; empty: the system's choice
	Name    string // its name for people, as far as known
	Err     error  // wraps ErrMissing or ErrBusy when it is one of them
	Busy    bool   // Err is ErrBusy
	Dead    bool   // it is there, but does not open, or nothing comes of it
	Instead string // name of the device used in its place; empty: there is silence
}

// Recovered says that a use has the device that was wanted again.
type Recovered struct {
	Kind   Kind
	Device string // ID of the device in use
}

func (DevicesChanged) event() {}
func (Trouble) event()        {}
func (Recovered) event()      {}

// Use is what one kind has now.
type Use struct {
	Device  audio.Device // in use; its ID is empty while none is open
	Trouble *Trouble     // nil when all is well
}

// State is all devices and what is in use.
type State struct {
	Devices             []audio.Device
	Input, Output, Ring Use
}
