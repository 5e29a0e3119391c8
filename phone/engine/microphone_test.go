package engine

import (
	"testing"

	"svara/audio/mix"
	"svara/audio/voice"
	"svara/phone"
)

// warned is the warning of a call, or nothing.
func warned(s *script, id phone.CallID) phone.ReasonID {
	if w := s.s.call(id).Warning; w != nil {
		return w.ID
	}
	return ""
}

func TestMicrophoneTroubleWarnsUnlessMutedByTheUser(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	in := inSound{audio: phone.AudioStatus{Input: "m", Devices: []phone.Device{{ID: "m", Name: "Headset", Input: true}}}}
	s.in(in)
	for health, want := range map[mix.Health]phone.ReasonID{
		mix.MicSilent: phone.ReasonMicSilent, mix.MicQuiet: phone.ReasonMicQuiet, mix.MicClipping: phone.ReasonMicClipping, mix.MicWell: "",
	} {
		s.in(inMicrophone{health: health})
		if got := warned(s, id); got != want {
			t.Errorf("health %d: warning %q, want %q", health, got, want)
		}
		if want != "" && s.s.call(id).Warning.Text != "Headset" {
			t.Errorf("the warning names %q", s.s.call(id).Warning.Text)
		}
	}
	s.in(inMicrophone{health: mix.MicSilent})
	s.do(phone.SetMute{Call: id, On: true})
	if got := warned(s, id); got != "" {
		t.Errorf("warning %q though the user has muted", got)
	}
	s.do(phone.SetMute{Call: id})
	if got := warned(s, id); got != phone.ReasonMicSilent {
		t.Errorf("warning %q after the mute", got)
	}
	muted := in
	muted.audio.Devices = []phone.Device{{ID: "m", Name: "Headset", Input: true, Muted: true}, {ID: "x", Muted: true}}
	s.in(muted)
	if got := warned(s, id); got != phone.ReasonMicMuted {
		t.Errorf("warning %q though the system has muted", got)
	}
	s.in(in)
	s.in(inMicrophone{health: mix.MicWell})
	if got := warned(s, id); got != "" {
		t.Errorf("warning %q when all is well", got)
	}
}

func TestCleaningFollowsTheSettings(t *testing.T) {
	s := newScript(t)
	s.connected("2101")
	if want := (voice.Settings{Echo: true, Noise: voice.NoiseMedium, AutoLevel: true, HighPass: true}); s.s.sound.clean != want {
		t.Errorf("%+v", s.s.sound.clean)
	}
	for key, value := range map[string]string{phone.KeyEchoCancel: "false", phone.KeyNoise: "high", phone.KeyAutoLevel: "false", phone.KeyHighPass: "false"} {
		s.do(phone.Set{Key: key, Value: value})
	}
	if want := (voice.Settings{Noise: voice.NoiseHigh}); s.s.sound.clean != want {
		t.Errorf("%+v", s.s.sound.clean)
	}
	s.in(inMicrophone{cleaning: mix.Cleaning{Library: "L", Room: true, Running: true, ERLE: 41, Delay: 60}})
	a := s.s.audioView().Cleaning
	if a != (phone.Cleaning{Library: "L", Room: true, Running: true, Noise: "high", ERLE: 41, DelayMS: 60}) {
		t.Errorf("%+v", a)
	}
}
