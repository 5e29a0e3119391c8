package present

import (
	"strings"
	"testing"

	"svara/phone"
	"svara/ui/text"
)

// TestMicrophoneTroubleEverywhere: what keeps the user from being heard is told on the card and in every compact place.
func TestMicrophoneTroubleEverywhere(t *testing.T) {
	for _, id := range []phone.ReasonID{phone.ReasonMicMuted, phone.ReasonMicSilent, phone.ReasonMicQuiet, phone.ReasonMicClipping, phone.ReasonNoMicrophone} {
		r := phone.Reason{ID: id, Text: "Nordljud H2"}
		s := scene(func(s *phone.Snapshot) {
			s.Calls, s.Active = []phone.Call{call(1, phone.StateConnected, func(c *phone.Call) { c.Warning = &r })}, 1
		})
		if m := CallsOf(s).Main; m.Warning != text.Reason(r) {
			t.Errorf("%s: the card says %q", id, m.Warning)
		}
		if a := ACDOf(s); a.Detail != text.Reason(r) || a.Alert != ToneAmber {
			t.Errorf("%s: the strip says %q", id, a.Detail)
		}
		if f := FooterOf(s); f.MicIcon == "mic" || f.MicTone != ToneAmber || f.MicTip != text.Reason(r) {
			t.Errorf("%s: the footer: %+v", id, f)
		}
		if tray := TrayOf(s); tray.Icon.Sign == "phone" || tray.Icon.Tone != ToneAmber || !strings.Contains(tray.Tip, text.ReasonTitle(r)) {
			t.Errorf("%s: the tray: %+v %q", id, tray.Icon, tray.Tip)
		}
		for _, k := range SoundKinds(s) {
			if (k.Problem != "") != (k.Setting == phone.KeyInput) {
				t.Errorf("%s: %s says %q", id, k.Setting, k.Problem)
			}
		}
	}
}

// TestMutedInTheSystem: also before a call it can be seen that nobody would hear.
func TestMutedInTheSystem(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Audio = phone.AudioStatus{Input: "h2", Devices: []phone.Device{{ID: "h2", Name: "Nordljud H2", Input: true, Muted: true}}}
	})
	if f := FooterOf(s); f.MicIcon != "mic-off" || f.MicTip != text.Reason(phone.Reason{ID: phone.ReasonMicMuted, Text: "Nordljud H2"}) {
		t.Errorf("%+v", f)
	}
	if i := TrayOf(s).Icon; i.Sign != "" {
		t.Errorf("the tray tells of it without a call: %+v", i)
	}
	s.Snap.Audio.Devices[0].Muted = false
	if f := FooterOf(s); f.MicIcon != "mic" || f.MicTone != TonePlain {
		t.Errorf("well: %+v", f)
	}
}

// TestMutedBeforeACall: none is open then; the one that would be tells.
func TestMutedBeforeACall(t *testing.T) {
	for _, c := range []struct {
		muted, chosen string
		want          bool
	}{{"h2", "", false}, {"h2", "h2", true}, {"own", "", true}, {"own", "h2", false}, {"own", "gone", true}} {
		s := scene(func(s *phone.Snapshot) {
			s.Settings = phone.Settings{phone.KeyInput: c.chosen}
			s.Audio.Devices = []phone.Device{{ID: "h2", Input: true, Muted: c.muted == "h2"}, {ID: "own", Input: true, Default: true, Muted: c.muted == "own"}}
		})
		if f := FooterOf(s); (f.MicIcon == "mic-off") != c.want {
			t.Errorf("%+v: %+v", c, f)
		}
	}
}

func TestCleaningInWords(t *testing.T) {
	for want, c := range map[string]phone.Cleaning{
		"sound.cleaning_none": {Room: true}, "sound.cleaning_idle": {Library: "x", Room: true}, "sound.cleaning_now": {Library: "x", Room: true, Running: true, Echo: true},
	} {
		if got := CleaningNow(scene(func(s *phone.Snapshot) { s.Audio.Cleaning = c })); got != text.T(want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if got := CleaningNow(scene(func(s *phone.Snapshot) {
		s.Audio.Cleaning = phone.Cleaning{Library: "x", Room: true, Running: true, Echo: true, ERLE: 31.6}
	})); got != text.T("sound.cleaning_echo", "n", 32) {
		t.Errorf("%q", got)
	}
}

// TestSilentMicrophoneIsToldOnce: what the phone has found out about the sound says no more than the warning that names
// the microphone.
func TestSilentMicrophoneIsToldOnce(t *testing.T) {
	with := func(warning *phone.Reason) CallCard {
		return *CallsOf(scene(func(s *phone.Snapshot) {
			s.Calls, s.Active = []phone.Call{call(1, phone.StateConnected, func(c *phone.Call) {
				c.Warning, c.Diagnosis = warning, &phone.Diagnosis{Leg: phone.LegOut, Cause: phone.CauseMicrophone}
			})}, 1
		})).Main
	}
	r := phone.Reason{ID: phone.ReasonMicSilent, Text: "Nordljud H2"}
	if m := with(&r); m.Warning != text.Reason(r) || len(m.Notices) != 0 || len(m.Sound) != 0 {
		t.Errorf("%q and %+v", m.Warning, m.Notices)
	}
	if m := with(nil); m.Warning != "" || len(m.Notices) != 1 || !strings.Contains(m.Notices[0].Text, text.T("doctor.microphone")) {
		t.Errorf("without a warning: %q and %+v", m.Warning, m.Notices)
	}
}
