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

// PasswordPlace says in a plain word where passwords are kept.
func PasswordPlace(s Scene) string {
	if s.Snap.Settings.Get(phone.KeyPasswordPlace) == "file" {
		return text.T("signin.kept_in_file")
	}
	return text.T("signin.kept_in_keyring")
}
