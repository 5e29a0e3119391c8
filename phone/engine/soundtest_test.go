package engine

import (
	"testing"

	"svara/phone"
)

func TestSoundTestTakesItsTime(t *testing.T) {
	s := newScript(t)
	s.do(phone.TestSound{Kind: phone.SoundTestEcho})
	if got := s.snapshot().SoundTest; got == nil || got.Kind != phone.SoundTestEcho || got.Playing || s.s.sound.echo.IsZero() {
		t.Fatalf("begun: %+v, plan %+v", got, s.s.sound)
	}
	if at := s.s.wake(s.now); at.IsZero() || at.After(epoch.Add(phone.SoundTestTurn)) {
		t.Errorf("wakes at %v", at)
	}
	s.now = epoch.Add(phone.SoundTestTurn)
	s.in(inClock{})
	if got := s.snapshot().SoundTest; got == nil || !got.Playing || s.s.sound.echo.IsZero() {
		t.Errorf("at half time: %+v", got)
	}
	s.now = epoch.Add(2 * phone.SoundTestTurn)
	s.in(inClock{})
	if got := s.snapshot().SoundTest; got != nil || !s.s.sound.echo.IsZero() {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestSoundTestsOfDevices(t *testing.T) {
	s := newScript(t)
	s.do(phone.TestSound{Kind: phone.SoundTestRing})
	if !s.s.sound.ring || s.s.sound.tone != toneNone {
		t.Errorf("ring: %+v", s.s.sound)
	}
	s.do(phone.TestSound{Kind: phone.SoundTestSpeaker})
	if s.s.sound.ring || s.s.sound.tone != toneTest {
		t.Errorf("speaker: %+v", s.s.sound)
	}
	s.do(phone.TestSound{})
	if s.s.sound.tone != toneNone || s.snapshot().SoundTest != nil {
		t.Errorf("stopped: %+v", s.s.sound)
	}
	s.refused(phone.TestSound{Kind: "louder"}, phone.ReasonBadCommand)
}

func TestACallGoesBeforeASoundTest(t *testing.T) {
	s := newScript(t)
	s.do(phone.TestSound{Kind: phone.SoundTestEcho})
	s.do(phone.Dial{Target: "2101"})
	if s.snapshot().SoundTest != nil || !s.s.sound.echo.IsZero() {
		t.Errorf("goes on in a call: %+v", s.s.test)
	}
	s.refused(phone.TestSound{Kind: phone.SoundTestEcho}, phone.ReasonWrongState)
}
