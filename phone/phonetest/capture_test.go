package phonetest_test

import (
	"slices"
	"testing"
	"time"

	"svara/audio/audiotest"
	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// The speaker is heard in the microphone: the other side hears itself, until its echo is taken out. It is switched in the
// middle of the call.
func TestTheOtherSideDoesNotHearItself(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	p := phonetest.StartPulse(t)
	p.Control("load-module", "module-loopback", "source=spk.monitor", "sink=micin", "latency_msec=60", "adjust_time=0")
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "portaudio", Env: p.Env()})
	s.SignIn("1001", a.Addr())
	other := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: audiotest.Scaled(audiotest.Talk(20*sound.Rate, 7), -20)})
	other.SignIn("1002", a.Addr())

	set := func(on bool) {
		t.Helper()
		values := map[string]string{phone.KeyEchoCancel: "false", phone.KeyNoise: "off", phone.KeyAutoLevel: "false", phone.KeyHighPass: "false"}
		if on {
			values = map[string]string{phone.KeyEchoCancel: "true", phone.KeyNoise: "medium", phone.KeyHighPass: "true"}
		}
		for key, value := range values {
			s.Must("set", key, value)
		}
	}
	set(false)
	other.Dial("1001")
	call := s.AnswerNext()
	s.Wait(call, phone.StateConnected)
	phonetest.Until(t, time.Minute, "the other side hears itself", func() bool {
		return audiotest.Decibel(audiotest.RMS(other.Listen(time.Second))) > -45
	})
	level := func() float64 { // of the middle one of some seconds: a gap of the sound server's is not the phone's
		t.Helper()
		var seconds []float64
		heard := other.Listen(9 * time.Second)
		for at := 0; at+sound.Rate <= len(heard); at += sound.Rate {
			seconds = append(seconds, audiotest.Decibel(audiotest.RMS(heard[at:at+sound.Rate])))
		}
		slices.Sort(seconds)
		return seconds[len(seconds)/2]
	}
	with := level()

	set(true)
	var devices phone.AudioStatus
	phonetest.Until(t, time.Minute, "the echo is found", func() bool {
		s.Ask(&devices, "devices")
		return devices.Cleaning.DelayMS >= 0
	})
	other.Listen(4 * time.Second) // it settles
	without := level()
	s.Ask(&devices, "devices")
	t.Logf("the other side hears itself at %.1f dBFS, and at %.1f dBFS when it is taken out: %.1f dB; %+v", with, without, with-without, devices.Cleaning)
	if with-without < 15 { // on a busy machine with a sound server of its own; audio/voice measures what can be reached
		t.Errorf("the echo is %.1f dB down", with-without)
	}
	if c := devices.Cleaning; !c.Running || !c.Room || c.Library == "" || !c.Echo || c.Noise != "medium" || c.AutoLevel {
		t.Errorf("%+v", c)
	}
	s.Must("hangup", call)
}

// A microphone that is muted in the system, gives nothing or hardly anything, or is cut off at full scale, is told of while
// somebody should hear it, and no longer.
func TestMicrophoneThatIsNotHeardIsToldOf(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	p := phonetest.StartPulse(t)
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "portaudio", Env: p.Env()})
	s.SignIn("1001", a.Addr())
	call := s.Talk(phonetest.NumberTone)
	warns := func(id phone.ReasonID) {
		t.Helper()
		phonetest.Until(t, time.Minute, "warning: "+string(id), func() bool {
			w := s.Call(call).Warning
			return w == nil && id == "" || w != nil && w.ID == id
		})
	}
	warns(phone.ReasonMicSilent)
	s.Must("mute", call)
	warns("") // that is what the user wants
	s.Must("unmute", call)
	warns(phone.ReasonMicSilent)
	p.Control("set-source-mute", "mic", "1")
	warns(phone.ReasonMicMuted)
	p.Control("set-source-mute", "mic", "0")
	warns(phone.ReasonMicSilent)
	p.Control("set-source-volume", "mic", "0")
	warns(phone.ReasonMicMuted) // the same to who is not heard
	p.Control("set-source-volume", "mic", "100%")
	warns(phone.ReasonMicSilent)
	talk := audiotest.Talk(10*sound.Rate, 7)
	p.Play(audiotest.Scaled(talk[:2*sound.Rate], -25))
	warns("")
	p.Play(audiotest.Scaled(talk[:4*sound.Rate], 6)) // cut off at full scale
	warns(phone.ReasonMicClipping)
	p.Play(audiotest.Scaled(talk[:4*sound.Rate], -25))
	warns("")
	faint := audiotest.Scaled(talk[:5*sound.Rate], -61)
	phonetest.Until(t, 2*time.Minute, "it is too faint", func() bool { // a busy machine's sound server leaves some of it out
		p.Play(faint)
		w := s.Call(call).Warning
		return w != nil && w.ID == phone.ReasonMicQuiet
	})
	s.Must("hangup", call)
}
