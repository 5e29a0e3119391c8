package phonetest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// A call through a real sound server: what is said into the microphone comes back from the PBX's echo and out of the
// speaker.
func TestSoundThroughPulseAudio(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	p := phonetest.StartPulse(t)
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "portaudio", Env: p.Env()})
	s.SignIn("1001", a.Addr())

	var devices phone.AudioStatus
	s.Ask(&devices, "devices")
	named := func(name string, input bool) bool {
		for _, d := range devices.Devices {
			if strings.Contains(strings.ToLower(d.ID+" "+d.Name), name) && (input && d.Input || !input && d.Output) {
				return true
			}
		}
		return false
	}
	if !named("mic", true) || !named("spk", false) || !named("rig", false) {
		t.Errorf("not every PulseAudio device can be chosen by name: %+v", devices.Devices)
	}

	call := s.Talk(phonetest.NumberEcho)
	trips := phonetest.RoundTrips(t, p, 6)
	t.Logf("chirps came back after %v", trips)
	if len(trips) < 4 {
		t.Fatalf("%d of 6 chirps came back from the speaker", len(trips))
	}
	for _, d := range trips {
		if d > 600*time.Millisecond {
			t.Errorf("a chirp came back after %v", d)
		}
	}
	s.Must("hangup", call)
}

// Without any sound device a call goes on, and says what is missing.
func TestCallWithoutSoundDevices(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	// An ALSA configuration without a single device, and no sound server to find.
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "portaudio", Env: []string{
		"ALSA_CONFIG_PATH=/dev/null", "PULSE_SERVER=unix:/nonexistent", "PULSE_RUNTIME_PATH=/nonexistent", "JACK_NO_START_SERVER=1",
	}})
	s.SignIn("1001", a.Addr())
	call := s.Talk(phonetest.NumberTone)
	var status struct {
		Faults []phone.Reason `json:"faults"`
	}
	phonetest.Until(t, 15*time.Second, "the phone says that it has no microphone or speaker", func() bool {
		s.Ask(&status, "status")
		c := s.Call(call)
		said, err := json.Marshal([]any{status.Faults, c.Warning})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(said), string(phone.ReasonNoMicrophone)) || strings.Contains(string(said), string(phone.ReasonNoSpeaker))
	})
	if c := s.Call(call); c.State != phone.StateConnected {
		t.Errorf("the call is %s", c.State)
	}
	phonetest.Until(t, 10*time.Second, "sound arrives from the network", func() bool {
		var q phone.Quality
		s.Ask(&q, "stats", call)
		return q.Received > 50
	})
	s.Must("hangup", call)
}

// The chosen device goes away during a call: the call goes on with another.
func TestDeviceGoesAway(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	p := phonetest.StartPulse(t)
	module := strings.TrimSpace(p.Control("load-module", "module-null-sink", "sink_name=headset"))
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "portaudio", Env: p.Env()})
	s.SignIn("1001", a.Addr())
	var devices phone.AudioStatus
	s.Ask(&devices, "devices")
	id := ""
	for _, d := range devices.Devices {
		if d.Output && strings.Contains(strings.ToLower(d.ID+" "+d.Name), "headset") {
			id = d.ID
		}
	}
	if id == "" {
		t.Fatalf("no headset among %+v", devices.Devices)
	}
	s.Must("set", phone.KeyOutput, id)
	call := s.Talk(phonetest.NumberTone)
	phonetest.Until(t, time.Minute, "the headset is in use", func() bool {
		s.Ask(&devices, "devices")
		return devices.Output == id
	})
	p.Control("unload-module", module)
	phonetest.Until(t, time.Minute, "another speaker is in use", func() bool {
		s.Ask(&devices, "devices")
		return devices.Output != id && devices.Output != ""
	})
	if c := s.Call(call); c.State != phone.StateConnected {
		t.Errorf("the call is %s", c.State)
	}
	phonetest.Until(t, time.Minute, "the tone plays on it", func() bool {
		r := p.Record()
		phonetest.Until(t, time.Minute, "a recording", func() bool { return r.Length() > time.Second })
		_, spk := r.Stop()
		return sound.Heard(spk, phonetest.ToneHz) > 500*time.Millisecond
	})
	s.Must("hangup", call)
}

// Microphone and speaker are as loud as they are set, also in the middle of a call.
func TestVolumesAreHeard(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	one := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(400, -20)})
	two := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(1000, -20)})
	one.SignIn("1001", a.Addr())
	two.SignIn("1002", a.Addr())
	call := one.Dial("1002")
	two.AnswerNext()
	one.Wait(call, phone.StateConnected)
	for _, c := range []struct {
		key, value string
		said, hear float64 // dB against what they are at 100 %
	}{
		{phone.KeyMicVolume, "100", 0, 0}, {phone.KeyMicVolume, "50", -6, 0}, {phone.KeyMicVolume, "200", 6, 0},
		{phone.KeyVolume, "50", 6, -6}, {phone.KeyVolume, "150", 6, 3.5}, {phone.KeyMicVolume, "100", 0, 3.5},
	} {
		one.Must("set", c.key, c.value)
		is := func(s *phonetest.Svara, hz, want float64) {
			t.Helper()
			level := 0.0
			phonetest.Until(t, time.Minute, "as loud as set", func() bool {
				level = sound.ToneLevel(s.Listen(200*time.Millisecond), hz)
				return level > want-1.5 && level < want+1.5
			})
			t.Logf("%s %s: %.0f Hz at %.1f dBFS", c.key, c.value, hz, level)
		}
		is(two, 400, -20+c.said)
		is(one, 1000, -20+c.hear)
	}
	one.HangUp(call)
}

// Speaker and microphone are changed by choice in the middle of a call, and back.
func TestDevicesAreChangedInTheCall(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	p := phonetest.StartPulse(t)
	p.Control("load-module", "module-null-sink", "sink_name=headset")
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "portaudio", Env: p.Env()})
	s.SignIn("1001", a.Addr())
	var devices phone.AudioStatus
	s.Ask(&devices, "devices")
	headset := ""
	for _, d := range devices.Devices {
		if d.Output && strings.Contains(d.ID, "headset") {
			headset = d.ID
		}
	}
	call := s.Talk(phonetest.NumberTone)
	tone := func(want bool) {
		t.Helper()
		phonetest.Until(t, time.Minute, "the tone on the first speaker is as it should be", func() bool {
			r := p.Record()
			phonetest.Until(t, time.Minute, "a recording", func() bool { return r.Length() > time.Second })
			_, spk := r.Stop()
			heard := sound.Heard(spk, phonetest.ToneHz)
			return want && heard > 500*time.Millisecond || !want && heard == 0
		})
	}
	tone(true)
	s.Must("set", phone.KeyOutput, headset)
	phonetest.Until(t, time.Minute, "the headset is in use", func() bool {
		s.Ask(&devices, "devices")
		return devices.Output == headset
	})
	tone(false)
	s.Must("set", phone.KeyOutput, "")
	tone(true)
	if c := s.Call(call); c.State != phone.StateConnected {
		t.Errorf("the call is %s", c.State)
	}
	s.Must("hangup", call)
}
