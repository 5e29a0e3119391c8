package device

import (
	"sync"

	"svara/audio"
)

// Null is a backend that hears and plays nothing, in real time.
func Null() Backend { return &null{changes: make(chan struct{})} }

type null struct {
	changes chan struct{}
	once    sync.Once
}

var nullDevice = audio.Device{ID: "null", Name: "Null", Input: true, Output: true, Default: true}

func (n *null) Devices() []audio.Device  { return []audio.Device{nullDevice} }
func (n *null) Changes() <-chan struct{} { return n.changes }

func (n *null) Input(id string) (Input, error) {
	if id != "" && id != nullDevice.ID {
		return nil, ErrMissing
	}
	return newClockedInput(nullDevice, func(pcm []int16) { clear(pcm) }), nil
}

func (n *null) Output(id string, _ bool) (Output, error) {
	if id != "" && id != nullDevice.ID {
		return nil, ErrMissing
	}
	return newClockedOutput(nullDevice, func([]int16) error { return nil }), nil
}

func (n *null) Close() error {
	n.once.Do(func() { close(n.changes) })
	return nil
}
