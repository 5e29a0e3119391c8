//go:build !linux

package device

import "github.com/gordonklaus/portaudio"

func prepareALSA() error { return nil }

// usable leaves out the interfaces that show each device a second time.
func usable(d *portaudio.DeviceInfo) bool {
	switch d.HostApi.Type {
	case portaudio.MME, portaudio.DirectSound, portaudio.WDMkS:
		return false
	}
	return true
}

func hostBusy(portaudio.UnanticipatedHostError) bool    { return false }
func hostMissing(portaudio.UnanticipatedHostError) bool { return false }
