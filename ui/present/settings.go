package present

import (
	"strconv"

	"svara/phone"
	"svara/ui/text"
)

// LanguageChoices are the languages the window can be in. A language is named in itself, so that who cannot read the
// present one finds the way back.
func LanguageChoices(s Scene) []Choice {
	chosen := s.Snap.Settings.Get(phone.KeyLanguage)
	out := []Choice{{Value: text.Auto, Text: text.T("settings.as_system"), Chosen: chosen == text.Auto}}
	for _, l := range text.Languages() {
		out = append(out, Choice{Value: l, Text: text.T("language." + l), Chosen: chosen == l})
	}
	return out
}

// ThemeChoices are the looks.
func ThemeChoices(s Scene) []Choice {
	return choices(s, phone.KeyTheme, "theme.", "auto", "light", "dark", "contrast")
}

// ToneChoices are the countries whose tones can be heard.
func ToneChoices(s Scene) []Choice {
	return choices(s, phone.KeyToneCountry, "country.", "se", "dk", "fi", "no", "de", "fr", "gb", "us")
}

// NoiseChoices are how much noise is taken out of the microphone.
func NoiseChoices(s Scene) []Choice {
	return choices(s, phone.KeyNoise, "sound.noise_", "off", "low", "medium", "high")
}

func choices(s Scene, key, prefix string, values ...string) []Choice {
	chosen := s.Snap.Settings.Get(key)
	out := make([]Choice, 0, len(values))
	for _, v := range values {
		out = append(out, Choice{Value: v, Text: text.T(prefix + v), Chosen: v == chosen})
	}
	return out
}

// TextSizeChoices are the text sizes, with the present one among them even when it is none of the usual.
func TextSizeChoices(s Scene) []Choice {
	now := s.Snap.Settings.Int(phone.KeyTextSize)
	var out []Choice
	known := false
	for _, n := range []int{90, 100, 110, 125, 150, 175, 200} {
		if !known && now < n {
			out = append(out, Choice{Value: strconv.Itoa(now), Text: text.Percent(float64(now)), Chosen: true})
			known = true
		}
		known = known || n == now
		out = append(out, Choice{Value: strconv.Itoa(n), Text: text.Percent(float64(n)), Chosen: n == now})
	}
	return out
}

// Switch is a setting that is on or off.
type Switch struct {
	Setting string
	Text    string
	Help    string
	On      bool
}

// IncomingSwitches are the yes-or-no settings about calls that come in.
func IncomingSwitches(s Scene) []Switch {
	return switches(s, phone.KeyCallWaiting, phone.KeyEnterAnswers, phone.KeyRaiseOnRing, phone.KeyAllowDirect)
}

// TransferSwitches are the yes-or-no settings about handing calls over.
func TransferSwitches(s Scene) []Switch { return switches(s, phone.KeyNextBeep) }

// DeviceSwitches are the yes-or-no settings about the user's other telephones.
func DeviceSwitches(s Scene) []Switch { return switches(s, phone.KeyWatchOwn) }

// RecordSwitches are the yes-or-no settings about recording.
func RecordSwitches(s Scene) []Switch { return switches(s, phone.KeyRecordStereo, phone.KeyRecordBeep) }

// SoundSwitches are the yes-or-no settings about sound.
func SoundSwitches(s Scene) []Switch { return switches(s, phone.KeyWaitingBeep) }

// ActivitySwitches are the yes-or-no settings about what is told of the user.
func ActivitySwitches(s Scene) []Switch { return switches(s, phone.KeyPublish) }

// QueueSwitches are the yes-or-no settings about queues.
func QueueSwitches(s Scene) []Switch { return switches(s, phone.KeyQueueButtons) }

func switches(s Scene, keys ...string) []Switch {
	out := make([]Switch, 0, len(keys))
	for _, k := range keys {
		sw := Switch{Setting: k, Text: text.T("setting." + k), On: s.Snap.Settings.Bool(k)}
		if help := "setting." + k + ".help"; text.Has(help) {
			sw.Help = text.T(help)
		}
		out = append(out, sw)
	}
	return out
}

// PasswordPlace says in a plain word where passwords are kept.
func PasswordPlace(s Scene) string {
	if s.Snap.Settings.Get(phone.KeyPasswordPlace) == "file" {
		return text.T("signin.kept_in_file")
	}
	return text.T("signin.kept_in_keyring")
}
