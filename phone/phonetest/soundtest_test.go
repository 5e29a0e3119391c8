package phonetest_test

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/control"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// The tests of the settings' sound page through a real sound server, without any call: what is said is heard again when it
// is the echo's turn, and the speaker and the ringing make themselves heard.
func TestSoundIsTestedWithoutACall(t *testing.T) {
	t.Parallel()
	p := phonetest.StartPulse(t)
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "portaudio", Env: p.Env()})
	c, err := control.Dial(s.Profile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	test := func(kind phone.SoundTestKind) {
		t.Helper()
		if _, err := c.Do(t.Context(), phone.TestSound{Kind: kind}); err != nil {
			t.Fatal(err)
		}
	}
	ended := func() bool {
		var now phone.Snapshot
		s.Ask(&now, "snapshot")
		return now.SoundTest == nil
	}
	chirp := sound.Chirp()
	said := sound.Join(sound.Silence(time.Second), chirp, sound.Silence(300*time.Millisecond), chirp, sound.Silence(300*time.Millisecond), chirp)
	phonetest.Until(t, 3*time.Minute, "what was said is heard again", func() bool { // a busy machine's sound server leaves some of it out
		r := p.Record()
		test(phone.SoundTestEcho)
		p.Play(said)
		phonetest.Until(t, time.Minute, "the end of the test", ended)
		mic, spk := r.Stop()
		at, like := sound.Find(mic, chirp)
		back, likeBack := sound.Find(spk, chirp)
		later := sound.Duration(back - at)
		t.Logf("said at %v (%.2f), heard at %v (%.2f)", sound.Duration(at), like, sound.Duration(back), likeBack)
		return like > .9 && likeBack > .5 && later > phone.SoundTestTurn-time.Second && later < phone.SoundTestTurn+2*time.Second
	})
	for _, kind := range []phone.SoundTestKind{phone.SoundTestSpeaker, phone.SoundTestRing} {
		phonetest.Until(t, time.Minute, string(kind)+" is heard", func() bool {
			r := p.Record()
			test(kind)
			phonetest.Until(t, time.Minute, "the end of the test", ended)
			_, spk := r.Stop()
			return sound.Level(spk) > -50
		})
	}
}
