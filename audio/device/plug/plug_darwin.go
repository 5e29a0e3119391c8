//go:build cgo

package plug

/*
#cgo LDFLAGS: -framework CoreAudio
#include <stdint.h>
#include <CoreAudio/CoreAudio.h>

extern void svaraSoundDevicesChanged(uintptr_t handle);

static OSStatus svara_changed(AudioObjectID object, UInt32 count, const AudioObjectPropertyAddress *addresses, void *handle) {
	svaraSoundDevicesChanged((uintptr_t)handle);
	return noErr;
}

static AudioObjectPropertyAddress svara_watched(int i) {
	static const AudioObjectPropertySelector selectors[3] = {
		kAudioHardwarePropertyDevices, kAudioHardwarePropertyDefaultInputDevice, kAudioHardwarePropertyDefaultOutputDevice,
	};
	AudioObjectPropertyAddress address = {selectors[i], kAudioObjectPropertyScopeGlobal, 0};
	return address;
}

static OSStatus svara_listen(int i, uintptr_t handle) {
	AudioObjectPropertyAddress address = svara_watched(i);
	return AudioObjectAddPropertyListener(kAudioObjectSystemObject, &address, svara_changed, (void *)handle);
}

static void svara_forget(int i, uintptr_t handle) {
	AudioObjectPropertyAddress address = svara_watched(i);
	AudioObjectRemovePropertyListener(kAudioObjectSystemObject, &address, svara_changed, (void *)handle);
}
*/
import "C"

import (
	"fmt"
	"sync"
	"sync/atomic"
)

const watched = 3 // properties: the devices, and the two that are the system's choice

// listeners are what CoreAudio's threads may call, by number: a call may still be under way when its listener has gone.
var (
	listeners sync.Map
	numbers   atomic.Uint64
)

//export svaraSoundDevicesChanged
func svaraSoundDevicesChanged(handle C.uintptr_t) {
	if touch, ok := listeners.Load(uint64(handle)); ok {
		touch.(func())()
	}
}

func listen(touch func()) (end func(), err error) {
	number := numbers.Add(1)
	listeners.Store(number, touch)
	end = func() {
		for i := range watched {
			C.svara_forget(C.int(i), C.uintptr_t(number))
		}
		listeners.Delete(number)
	}
	for i := range watched {
		if status := C.svara_listen(C.int(i), C.uintptr_t(number)); status != 0 {
			end()
			return nil, fmt.Errorf("listen for sound devices: status %d", int(status))
		}
	}
	return end, nil
}
