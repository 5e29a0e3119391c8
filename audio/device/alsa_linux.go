package device

/*
#cgo pkg-config: portaudio-2.0 alsa
#cgo LDFLAGS: -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <alsa/asoundlib.h>
#include <portaudio.h>
#include <pa_linux_alsa.h>

static void svara_say_nothing(const char *file, int line, const char *function, int err, const char *fmt, ...) {}
static void svara_say_nothing_jack(const char *message) {}

// ALSA, and JACK where PortAudio brings it along, write to stderr about every device they do not find.
static void svara_quiet(void) {
	snd_lib_error_set_handler(svara_say_nothing);
	void (*set)(void (*)(const char *));
	if ((set = (void (*)(void (*)(const char *)))dlsym(RTLD_DEFAULT, "jack_set_error_function"))) set(svara_say_nothing_jack);
	if ((set = (void (*)(void (*)(const char *)))dlsym(RTLD_DEFAULT, "jack_set_info_function"))) set(svara_say_nothing_jack);
}

// PortAudio ends the process, by an assertion, when ALSA's configuration has no device at all.
static int svara_configured(void) {
	snd_config_t *found;
	return snd_config_update() >= 0 && snd_config_search(snd_config, "pcm.default", &found) >= 0;
}
*/
import "C"

import (
	"errors"
	"syscall"
	"unsafe"

	"github.com/gordonklaus/portaudio"
)

// Small periods in a deep buffer: PortAudio divides the buffer by this number to find the period.
const alsaPeriods = 64

// prepareALSA makes ALSA and PortAudio ready for Pa_Initialize: silent, and with small periods. The variable is for this
// process' C libraries alone, not for programs it starts. It fails where PortAudio may not be started.
func prepareALSA() error {
	C.svara_quiet()
	C.PaAlsa_SetNumPeriods(alsaPeriods)
	setenvC("JACK_NO_START_SERVER", "1")
	if C.svara_configured() == 0 {
		return errors.New("ALSA is configured without any device")
	}
	return nil
}

func setenvC(name, value string) {
	n, v := C.CString(name), C.CString(value)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(v))
	C.setenv(n, v, 1)
}

// usable leaves out what is not a device of its own.
func usable(d *portaudio.DeviceInfo) bool { return d.HostApi.Type != portaudio.OSS }

func hostBusy(e portaudio.UnanticipatedHostError) bool { return -e.Code == int(syscall.EBUSY) }

func hostMissing(e portaudio.UnanticipatedHostError) bool {
	return -e.Code == int(syscall.ENOENT) || -e.Code == int(syscall.ENODEV)
}
