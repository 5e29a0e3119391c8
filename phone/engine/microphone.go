package engine

import (
	"svara/audio/mix"
	"svara/audio/voice"
	"svara/phone"
)

// microphone is how the microphone is, and what is done to it, while somebody may hear it.
type microphone struct {
	health   mix.Health
	cleaning mix.Cleaning
}

// inMicrophone is what was found of the microphone, once a second during a call.
type inMicrophone microphone

func (inMicrophone) isInput() {}

// noises are the degrees of noise suppression in the settings' words.
var noises = map[string]voice.Noise{"off": voice.NoiseOff, "low": voice.NoiseLow, "medium": voice.NoiseMedium, "high": voice.NoiseHigh}

// cleaned is what the user wants done to the microphone.
func cleaned(set phone.Settings) voice.Settings {
	return voice.Settings{
		Echo: set.Bool(phone.KeyEchoCancel), Noise: noises[set.Get(phone.KeyNoise)],
		AutoLevel: set.Bool(phone.KeyAutoLevel), HighPass: set.Bool(phone.KeyHighPass),
	}
}

// settleMicrophone forgets how the microphone was when nobody can hear it any more.
func (s *state) settleMicrophone() {
	for i := range s.calls {
		if audible(s.calls[i].State) {
			return
		}
	}
	s.mic.health = mix.MicWell
	s.mic.cleaning.Running, s.mic.cleaning.ERLE, s.mic.cleaning.Delay = false, 0, -1
}

// micTrouble is what keeps the user from being heard as they should, worst first; nil when nothing does.
func (s *state) micTrouble() *phone.Reason {
	name, muted := "", false
	for _, d := range s.audio.Devices {
		if d.ID == s.audio.Input {
			name, muted = d.Name, d.Muted
		}
	}
	if muted {
		return &phone.Reason{ID: phone.ReasonMicMuted, Text: name}
	}
	switch s.mic.health {
	case mix.MicSilent:
		return &phone.Reason{ID: phone.ReasonMicSilent, Text: name}
	case mix.MicClipping:
		return &phone.Reason{ID: phone.ReasonMicClipping, Text: name}
	case mix.MicQuiet:
		return &phone.Reason{ID: phone.ReasonMicQuiet, Text: name}
	}
	return nil
}

// audioView is the sound devices and what is done to the microphone, as guests see them.
func (s *state) audioView() phone.AudioStatus {
	a, c := s.audio, s.mic.cleaning
	a.Cleaning = phone.Cleaning{
		Library: c.Library, Room: c.Room, Running: c.Running, Echo: s.settings.Bool(phone.KeyEchoCancel), Noise: s.settings.Get(phone.KeyNoise),
		AutoLevel: s.settings.Bool(phone.KeyAutoLevel), HighPass: s.settings.Bool(phone.KeyHighPass), ERLE: c.ERLE, DelayMS: c.Delay,
	}
	return a
}
