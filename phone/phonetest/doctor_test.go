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

// diagnosed waits for a diagnosis of a call.
func diagnosed(t *testing.T, s *phonetest.Svara, call string, causes ...phone.SoundCause) phone.Diagnosis {
	t.Helper()
	c := s.Is(call, "a diagnosis", func(c phone.Call) bool { return c.Diagnosis != nil })
	for _, cause := range causes {
		if c.Diagnosis.Cause == cause {
			return *c.Diagnosis
		}
	}
	t.Errorf("diagnosis %+v, want %v", *c.Diagnosis, causes)
	return *c.Diagnosis
}

// A PBX that answers and sends nothing, one that tells a wrong address besides, and one that sends all the same.
func TestDoctor(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{
		Users: []phonetest.PBXUser{
			{User: "1001", Password: "pw-1001", Codecs: []string{"alaw"}},
			{User: "1002", Password: "pw-1002", Codecs: []string{"alaw"}, Media: "10.255.7.8"},
		},
		Extra: `exten => 691,1,Answer()
 same => n,Wait(9)
 same => n,Milliwatt()
`,
	})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12), Settings: clear})
	s.SignIn("1001", a.Addr())
	s.SignIn("1002", a.Addr())

	call := s.Dial("691", "--account", "1001")
	s.Wait(call, phone.StateConnected)
	d := diagnosed(t, s, call, phone.CauseNothing)
	if after := d.Since.Sub(s.Call(call).Started); d.Leg != phone.LegIn || after < 1500*time.Millisecond || after > 8*time.Second {
		t.Errorf("%+v, %v after the answer", d, after)
	}
	report := s.Must("stats", call, "--doctor", "--json=false")
	for _, want := range []string{"you do not hear them: nothing", "No sound packets arrive.", "they want sound at", `"cause": "nothing"`, `"agreed": "127.0.0.1:`} {
		if !strings.Contains(report, want) {
			t.Errorf("the report does not say %q:\n%s", want, report)
		}
	}
	if strings.Contains(report, "pw-") {
		t.Error("a password in the report")
	}
	s.Is(call, "sound comes after all: no diagnosis", func(c phone.Call) bool { return c.Diagnosis == nil })
	s.Must("hangup", call)
	s.Ended(call)

	call = s.Dial("691", "--account", "1002")
	s.Wait(call, phone.StateConnected)
	diagnosed(t, s, call, phone.CausePrivate)
	s.Is(call, "sound comes from elsewhere: no diagnosis, and ours goes there", func(c phone.Call) bool {
		return c.Diagnosis == nil && strings.HasPrefix(c.Quality.Facts.Source, "127.0.0.1:") && c.Quality.RemoteRTP == c.Quality.Facts.Source
	})
	s.Must("hangup", call)
	s.Ended(call)

	history := s.History()
	if len(history) != 2 || history[0].Quality == nil || history[0].Quality.Cause != phone.CausePrivate || history[1].Quality.Cause != phone.CauseNothing {
		t.Errorf("history %+v", history)
	}
}

// Both directions are judged, by their reports too; what was measured is kept, and averaged.
func TestQualityIsKept(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: wide})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12), Settings: plain("g722")})
	s.SignIn("1001", a.Addr())
	call := s.Talk(phonetest.NumberEcho)
	var q phone.Quality
	phonetest.Until(t, 30*time.Second, "both estimates", func() bool {
		s.Ask(&q, "stats", call)
		return q.MOS > 0 && q.MOSOut > 0 && q.RTTMS > 0
	})
	if q.MOS < 3.5 || q.MOS > 4.5 || q.MOSOut < 3.5 || q.MOSOut > 4.5 || q.TargetMS <= 0 || q.Facts.Reports == 0 || q.Facts.Unheard {
		t.Errorf("%+v", q)
	}
	s.Must("hangup", call)
	s.Ended(call)
	phonetest.Until(t, 5*time.Second, "it is written down", func() bool { return len(s.History()) == 1 })
	kept := s.History()[0].Quality
	if kept == nil || kept.Codec != "G722" || !strings.HasPrefix(kept.Network, "local ") || kept.Device == "" || kept.MOS < 3.5 || kept.MOSOut < 3.5 {
		t.Fatalf("kept: %+v", kept)
	}
	for by, key := range map[string]string{"contact": phonetest.NumberEcho, "device": kept.Device, "network": kept.Network} {
		var all []phone.QualityAverage
		s.Ask(&all, "quality", "--by", by)
		if len(all) != 1 || all[0].Key != key || all[0].Calls != 1 || all[0].MOS < 3.5 {
			b, _ := json.Marshal(all)
			t.Errorf("by %s: %s", by, b)
		}
	}
	if words := s.Must("quality", "--json=false"); !strings.Contains(words, "1 calls") || !strings.Contains(words, "MOS 4.") {
		t.Errorf("in words: %s", words)
	}
}
