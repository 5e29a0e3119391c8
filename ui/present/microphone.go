package present

import (
	"slices"

	"svara/phone"
	"svara/ui/text"
)

// micIcons are the signs of what keeps the user from being heard.
var micIcons = map[phone.ReasonID]string{
	phone.ReasonNoMicrophone: "mic-off", phone.ReasonMicMuted: "mic-off", phone.ReasonMicSilent: "mic-off",
	phone.ReasonMicQuiet: "triangle-alert", phone.ReasonMicClipping: "triangle-alert",
}

// micTrouble is what keeps the user from being heard as they should: in a call, the system's mute before one; nil when
// nothing does.
func micTrouble(s Scene) *phone.Reason {
	for _, c := range s.Snap.Calls {
		if w := c.Warning; w != nil && c.State.Live() && micIcons[w.ID] != "" {
			return w
		}
	}
	return systemMute(s)
}

// systemMute is that the system has muted the microphone in use, or the one that would be: none is open before a call; nil
// when it has not.
func systemMute(s Scene) *phone.Reason {
	list := s.Snap.Audio.Devices
	at := slices.IndexFunc(list, func(d phone.Device) bool { return d.Input && d.ID == s.Snap.Audio.Input })
	if at < 0 {
		at = slices.IndexFunc(list, func(d phone.Device) bool { return d.Input && d.ID == s.Snap.Settings.Get(phone.KeyInput) })
	}
	if at < 0 {
		at = slices.IndexFunc(list, func(d phone.Device) bool { return d.Input && d.Default })
	}
	if at < 0 || !list[at].Muted {
		return nil
	}
	return &phone.Reason{ID: phone.ReasonMicMuted, Text: Clean(list[at].Name, nameLimit)}
}

// CleaningNow says what is done to the microphone before anybody hears it.
func CleaningNow(s Scene) string {
	c := s.Snap.Audio.Cleaning
	switch {
	case c.Library == "":
		return text.T("sound.cleaning_none")
	case !c.Room && Talking(s):
		return text.T("sound.cleaning_not_here")
	case c.Running && c.Echo && c.ERLE >= 1:
		return text.T("sound.cleaning_echo", "n", int(c.ERLE+0.5))
	case c.Running:
		return text.T("sound.cleaning_now")
	}
	return text.T("sound.cleaning_idle")
}
