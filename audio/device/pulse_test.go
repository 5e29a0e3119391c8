package device

import (
	"strings"
	"testing"

	"svara/audio"
)

const info = `Server String: /run/user/1000/pulse/native
Server Name: PulseAudio (on PipeWire 1.2.7)
Default Sink: alsa_output.usb-Jabra.analog-stereo
Default Source: alsa_input.usb-Jabra.mono
`

const sinks = `Sink #47
	State: SUSPENDED
	Name: alsa_output.usb-Jabra.analog-stereo
	Description: Jabra åäö: "Evolve" 65
	Driver: PipeWire
	Properties:
		device.description = "not this"
		Name: nor this
	Ports:
		analog-output: Analog (type: Line)

Sink #1
	Name: auto_null
	Description: Dummy Output
Sink #3
	Name: hdmi
`

const sources = `Source #1
	Name: alsa_output.usb-Jabra.analog-stereo.monitor
	Description: Monitor of Jabra
	Monitor of Sink: alsa_output.usb-Jabra.analog-stereo

Source #2
	Name: alsa_input.usb-Jabra.mono
	Description: Jabra Mono
	Monitor of Sink: n/a
`

func TestParsePulse(t *testing.T) {
	list := parsePulse(info, sinks, sources)
	want := []audio.Device{
		{ID: "source:alsa_input.usb-Jabra.mono", Name: "Jabra Mono", Input: true, Default: true},
		{ID: "sink:alsa_output.usb-Jabra.analog-stereo", Name: `Jabra åäö: "Evolve" 65`, Output: true, Default: true},
		{ID: "sink:hdmi", Name: "hdmi", Output: true},
	}
	if len(list) != len(want) {
		t.Fatalf("%+v", list)
	}
	for i, w := range want {
		if list[i].Device != w {
			t.Errorf("%+v, want %+v", list[i].Device, w)
		}
	}
	if len(parsePulse("", "", "\tName: x\n\n::\n\t: \n")) != 0 {
		t.Error("a device out of nothing")
	}
}

func TestALSAConfigQuotes(t *testing.T) {
	config := alsaConfig([]pulseDevice{{name: `a"b\c` + "\n" + `}`, pcm: "svara_0"}})
	if !strings.Contains(config, `pcm.svara_0 { type pulse device "a\"b\\c\n}" handle_underrun 0 }`) {
		t.Error(config)
	}
	if !strings.HasPrefix(config, "pcm.default {") {
		t.Error("PortAudio fails without a default device:", config)
	}
}

func TestNotable(t *testing.T) {
	for line, want := range map[string]bool{
		"Event 'new' on sink #5": true, "Event 'remove' on source #5": true, "Event 'change' on server": true,
		"Event 'change' on sink #5": false, "Event 'new' on sink-input #7": false, "Event 'new' on source-output #7": false,
		"Event 'new' on client #7": false, "": false,
	} {
		if notable(line) != want {
			t.Errorf("%q: %v", line, !want)
		}
	}
}
