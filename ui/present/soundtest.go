package present

import (
	"time"

	"svara/phone"
	"svara/ui/text"
)

// TestSteps is how many bars the picture of what was heard has.
const TestSteps = 48

// SoundTest is the echo test as it stands. The page keeps it while levels come in.
type SoundTest struct {
	Begun   time.Time          // of the test that is followed; zero before the first
	Heard   [TestSteps]float64 // the microphone's peak in each step, dBFS
	Peak    float64            // its highest, dBFS
	Played  float64            // the speaker's highest, dBFS
	Clipped bool               // the microphone was cut off
	Spoken  bool               // the second half was reached
	running bool
}

// Follow takes how the phone says the test stands, and a reading of the levels.
func (t SoundTest) Follow(now *phone.SoundTest, at time.Time, l phone.Levels) SoundTest {
	if now == nil || now.Kind != phone.SoundTestEcho {
		t.running = false
		return t
	}
	if !t.Begun.Equal(now.Begun) {
		t = SoundTest{Begun: now.Begun, Peak: -100, Played: -100}
		for i := range t.Heard {
			t.Heard[i] = -100
		}
	}
	t.running = true
	if now.Playing {
		t.Spoken, t.Played = true, max(t.Played, l.Speaker)
		return t
	}
	step := int(at.Sub(t.Begun) * TestSteps / phone.SoundTestTurn)
	if step >= 0 && step < TestSteps {
		t.Clipped = t.Clipped || l.Clipping
		t.Heard[step], t.Peak = max(t.Heard[step], l.Microphone), max(t.Peak, l.Microphone)
	}
	return t
}

// Progress is how much of the picture has been listened to or played, 0..1.
func (t SoundTest) Progress(at time.Time) float64 {
	if !t.running {
		return 0
	}
	since := at.Sub(t.Begun)
	if t.Spoken {
		since -= phone.SoundTestTurn
	}
	return min(1, max(0, float64(since)/float64(phone.SoundTestTurn)))
}

// Running reports whether a test is under way.
func (t SoundTest) Running() bool { return t.running }

// Verdict is what is to be done now, or how the last test went.
func (t SoundTest) Verdict(s Scene) (icon, words string, tone Tone) {
	switch {
	case t.Begun.IsZero():
		return "", "", TonePlain
	case t.running && !t.Spoken:
		return "mic", text.T("soundtest.speak"), ToneAccent
	case t.running:
		return "headphones", text.T("soundtest.listen"), ToneAccent
	case !t.Spoken:
		return "info", text.T("soundtest.broken_off"), ToneSlate
	case t.Peak <= silent && systemMute(s) != nil:
		return "mic-off", text.Reason(*systemMute(s)), ToneRed
	case t.Peak <= silent:
		return "circle-x", text.T("soundtest.silent"), ToneRed
	case t.Peak < low:
		return "triangle-alert", text.T("soundtest.low"), ToneAmber
	case t.Clipped, t.Peak > loud:
		return "triangle-alert", text.T("soundtest.loud"), ToneRed
	case t.Played <= silent:
		return "triangle-alert", text.T("soundtest.mute"), ToneAmber
	}
	return "circle-check", text.T("soundtest.good"), ToneGreen
}

// CanTestSound reports whether the sound can be tested, and else why not.
func CanTestSound(s Scene) (ok bool, why string) {
	for _, c := range s.Snap.Calls {
		if c.State.Live() {
			return false, text.T("soundtest.in_call")
		}
	}
	return true, ""
}
