package present

import (
	"slices"

	"svara/phone"
	"svara/ui/text"
)

// Choice is one of several values of a setting.
type Choice struct {
	Value  string
	Text   string
	Chosen bool
}

// SoundKind is one of the three places sound comes from or goes to.
type SoundKind struct {
	Setting string // phone.KeyInput, KeyOutput, KeyRing
	Icon    string
	Title   string
	Choices []Choice
	Chosen  string // the chosen one's text
	Problem string // the chosen one is not there: what is used instead
}

// SoundKinds are the microphone, the speaker and the ring device with what can be chosen for each. The system's choice
// is first. A chosen device that is gone stays in the list under its name, said to be gone.
func SoundKinds(s Scene) []SoundKind {
	return []SoundKind{
		soundKind(s, phone.KeyOutput, "headphones", text.T("sound.output"), s.Snap.Audio.Output, func(d phone.Device) bool { return d.Output }),
		soundKind(s, phone.KeyInput, "mic", text.T("sound.input"), s.Snap.Audio.Input, func(d phone.Device) bool { return d.Input }),
		soundKind(s, phone.KeyRing, "bell", text.T("sound.ring"), s.Snap.Audio.Ring, func(d phone.Device) bool { return d.Output }),
	}
}

func soundKind(s Scene, key, icon, title, inUse string, fits func(phone.Device) bool) SoundKind {
	k := SoundKind{Setting: key, Icon: icon, Title: title}
	chosen := s.Snap.Settings.Get(key)
	auto := text.T("sound.system")
	for _, d := range s.Snap.Audio.Devices {
		if fits(d) && d.Default {
			auto = text.T("sound.system_is", "name", Clean(d.Name, nameLimit))
		}
	}
	k.Choices = append(k.Choices, Choice{Value: "", Text: auto, Chosen: chosen == ""})
	found := chosen == ""
	for _, d := range s.Snap.Audio.Devices {
		if !fits(d) {
			continue
		}
		c := Choice{Value: d.ID, Text: Clean(d.Name, nameLimit), Chosen: d.ID == chosen}
		found = found || c.Chosen
		k.Choices = append(k.Choices, c)
	}
	if !found {
		name := Clean(chosen, nameLimit)
		k.Choices = append(k.Choices, Choice{Value: chosen, Text: text.T("sound.gone", "name", name), Chosen: true})
		k.Problem = text.T("sound.not_connected")
		if i := slices.IndexFunc(s.Snap.Audio.Devices, func(d phone.Device) bool { return d.ID == inUse }); i >= 0 {
			k.Problem = text.T("sound.using", "name", Clean(s.Snap.Audio.Devices[i].Name, nameLimit))
		}
	}
	if w := micTrouble(s); w != nil && key == phone.KeyInput && k.Problem == "" {
		k.Problem = text.Reason(*w)
	}
	for _, c := range k.Choices {
		if c.Chosen {
			k.Chosen = c.Text
		}
	}
	return k
}

// Footer is the bottom line of the window.
type Footer struct {
	Muted   bool
	MicIcon string
	MicTip  string
	MicTone Tone // amber: something keeps the user from being heard
	Volume  int  // percent 0..200
	OutIcon string
	OutTip  string
}

// FooterOf makes the footer. The microphone is crossed out while the call in front is muted.
func FooterOf(s Scene) Footer {
	f := Footer{MicIcon: "mic", MicTip: text.T("footer.microphone"), Volume: s.Snap.Settings.Int(phone.KeyVolume), OutIcon: "volume-2"}
	if c := s.Snap.Call(s.Snap.Active); c != nil && c.Muted && c.State.Live() {
		f.Muted, f.MicIcon, f.MicTip = true, "mic-off", text.T("footer.muted")
	}
	if w := micTrouble(s); w != nil && !f.Muted {
		f.MicIcon, f.MicTip, f.MicTone = micIcons[w.ID], text.Reason(*w), ToneAmber
	}
	if f.Volume == 0 {
		f.OutIcon = "volume-x"
	}
	f.OutTip = text.T("footer.volume", "n", f.Volume)
	return f
}

// Talking reports whether somebody is on the line.
func Talking(s Scene) bool {
	for _, c := range s.Snap.Calls {
		if c.State == phone.StateConnected {
			return true
		}
	}
	return false
}

// The peaks, in dBFS, at which a voice is not there, too low, and too loud.
const (
	silent = -60
	low    = -30
	loud   = -3
)

// LevelWord says how loud a microphone is: too low, good or too loud, from its peak in dBFS while somebody speaks.
func LevelWord(s Scene, peak float64) (string, Tone) {
	switch {
	case peak <= silent:
		return text.T("level.silent"), ToneSlate
	case peak < low:
		return text.T("level.low"), ToneAmber
	case peak > loud:
		return text.T("level.loud"), ToneRed
	}
	return text.T("level.good"), ToneGreen
}

// LevelShare is how much of a meter a level in dBFS fills, 0..1: -60 and below is empty.
func LevelShare(db float64) float64 { return min(1, max(0, (db+60)/60)) }
