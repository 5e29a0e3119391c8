package engine

import (
	"time"

	"svara/audio"
	"svara/audio/echo"
	"svara/phone"
)

// soundTest is a test of the sound without a call.
type soundTest struct {
	kind  phone.SoundTestKind // empty: none
	begun time.Time
	turn  time.Time // when an echo begins to speak
	ends  time.Time
}

// testSound begins a test, or ends the one under way. A test must not be in the way of a call.
func (t *turn) testSound(cmd phone.TestSound) error {
	switch cmd.Kind {
	case "":
		t.s.test = soundTest{}
		return nil
	case phone.SoundTestEcho, phone.SoundTestSpeaker, phone.SoundTestRing:
	default:
		return phone.Refuse(phone.ReasonBadCommand, string(cmd.Kind))
	}
	if t.s.live() > 0 {
		return phone.Refuse(phone.ReasonWrongState, "call")
	}
	t.stopPlaying(phone.StopPlaying{Pause: true})
	t.s.test = soundTest{kind: cmd.Kind, begun: t.now, turn: t.now.Add(phone.SoundTestTurn), ends: t.now.Add(phone.SoundTestTurn)}
	if cmd.Kind == phone.SoundTestEcho {
		t.s.test.ends = t.now.Add(2 * phone.SoundTestTurn)
	}
	return nil
}

// settleTest ends a test that has taken its time, or that a call has come into.
func (t *turn) settleTest() {
	if t.s.test.kind != "" && (t.s.live() > 0 || !t.s.test.ends.After(t.now)) {
		t.s.test = soundTest{}
	}
}

func (s *state) testView(now time.Time) *phone.SoundTest {
	x := s.test
	if x.kind == "" {
		return nil
	}
	return &phone.SoundTest{Kind: x.kind, Begun: x.begun, Playing: x.kind == phone.SoundTestEcho && !x.turn.After(now)}
}

// echo is the party of an echo test that began at a time, the same one for the whole test. The loop calls it.
func (r *runner) echo(begun time.Time) audio.Stream {
	if r.echoing == nil || !r.echoBegun.Equal(begun) {
		r.echoing, r.echoBegun = echo.New(phone.SoundTestTurn), begun
	}
	return r.echoing
}
