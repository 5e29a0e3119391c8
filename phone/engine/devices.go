package engine

import (
	"slices"

	"svara/audio"
	"svara/audio/mix"
	"svara/phone"
	"svara/phone/ua"
)

var allowDirect = ua.SetAllowDirect{On: true}

// soundInput translates the basement's state into the phone's words.
func soundInput(con *mix.Console) inSound {
	st := con.State()
	in := inSound{cleaning: con.Cleaning(), audio: phone.AudioStatus{Input: st.Input.Device.ID, Output: st.Output.Device.ID, Ring: st.Ring.Device.ID}}
	for _, d := range st.Devices {
		in.audio.Devices = append(in.audio.Devices, phoneDevice(d))
	}
	in.trouble = trouble{
		input:  deviceReason(st.Input.Trouble, st.Devices, phone.ReasonNoMicrophone),
		output: deviceReason(st.Output.Trouble, st.Devices, phone.ReasonNoSpeaker),
		ring:   deviceReason(st.Ring.Trouble, st.Devices, phone.ReasonNoSpeaker),
	}
	return in
}

func phoneDevice(d audio.Device) phone.Device {
	return phone.Device{ID: d.ID, Name: d.Name, Input: d.Input, Output: d.Output, Default: d.Default, Muted: d.Muted}
}

// deviceReason says what is wrong with a device: held by another program, the chosen one gone, or there and of no use, and
// another in its place, or none at all.
func deviceReason(t *mix.Trouble, listed []audio.Device, none phone.ReasonID) *phone.Reason {
	switch {
	case t == nil:
		return nil
	case t.Busy:
		return &phone.Reason{ID: phone.ReasonDeviceBusy, Text: t.Name}
	case t.Instead != "" && t.Dead && slices.ContainsFunc(listed, func(d audio.Device) bool { return d.ID == t.Device }):
		return &phone.Reason{ID: phone.ReasonDeviceDead, Text: t.Name}
	case t.Instead != "":
		return &phone.Reason{ID: phone.ReasonDeviceMissing, Text: t.Name}
	}
	return &phone.Reason{ID: none, Text: t.Name}
}
