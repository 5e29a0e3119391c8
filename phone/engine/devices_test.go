package engine

import (
	"testing"

	"svara/audio"
	"svara/audio/mix"
	"svara/phone"
)

// What is wrong with a device is told by what the user can do about it.
func TestReasonOfADevice(t *testing.T) {
	listed := []audio.Device{{ID: "usb", Name: "USB headset", Input: true}}
	for _, c := range []struct {
		name  string
		wrong *mix.Trouble
		want  phone.ReasonID
	}{
		{"nothing", nil, ""},
		{"held by another program", &mix.Trouble{Device: "usb", Name: "USB headset", Busy: true, Instead: "Built-in"}, phone.ReasonDeviceBusy},
		{"connected, and nothing comes of it", &mix.Trouble{Device: "usb", Name: "USB headset", Dead: true, Instead: "Built-in"}, phone.ReasonDeviceDead},
		{"stopped because it was unplugged", &mix.Trouble{Device: "gone", Name: "Other headset", Dead: true, Instead: "Built-in"}, phone.ReasonDeviceMissing},
		{"unplugged", &mix.Trouble{Device: "gone", Name: "Other headset", Instead: "Built-in"}, phone.ReasonDeviceMissing},
		{"nothing comes of the only one", &mix.Trouble{Device: "usb", Dead: true}, phone.ReasonNoMicrophone},
		{"none at all", &mix.Trouble{}, phone.ReasonNoMicrophone},
	} {
		switch got := deviceReason(c.wrong, listed, phone.ReasonNoMicrophone); {
		case got == nil && c.want != "", got != nil && (got.ID != c.want || got.Text != c.wrong.Name):
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}
