package phonetest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// How a tone is listened to: a machine that stands still now and then breaks sound up, but between that it is whole. What
// a phone breaks stays broken.
const (
	listenPart   = 600 * time.Millisecond // that is listened to at a time,
	listenWhole  = 480 * time.Millisecond // of which so much has to be without a break,
	listenParts  = 3                      // so often,
	listenLimit  = time.Minute            // before this much has been listened to
	microphoneDB = -12                    // what hears expects, dBFS
)

// hears fails unless the phone's speaker plays the tone, whole and about as loud as it was sent.
func hears(t *testing.T, s *phonetest.Svara, who string, hz float64) {
	t.Helper()
	s.Listen(time.Second) // the first words: jitter buffers settle
	if got, last := whole(s, hz, microphoneDB-3, microphoneDB+3); got < listenParts {
		t.Errorf("%s heard %.0f Hz at %d dBFS whole %d times, at last %v of %v (at %.1f dBFS of %.1f dBFS altogether)", who, hz, microphoneDB, got,
			sound.Heard(last, hz), sound.Duration(len(last)), sound.Loudness(last, hz), sound.Level(last))
	}
}

// hearsTone fails unless the phone's speaker plays the tone, as loud as may be.
func hearsTone(t *testing.T, s *phonetest.Svara, what string, hz float64) {
	t.Helper()
	if got, last := whole(s, hz, -50, 0); got < listenParts {
		t.Errorf("%s: whole %d times, at last %v of %v", what, got, sound.Heard(last, hz), sound.Duration(len(last)))
	}
}

// whole listens until a tone has been there without a break often enough, and returns how often that was and what was
// heard last.
func whole(s *phonetest.Svara, hz, low, high float64) (times int, last []int16) {
	for range listenLimit / listenPart {
		last = s.Listen(listenPart)
		if sound.Unbroken(last, hz, low, high) >= listenWhole {
			times++
		}
		if times == listenParts {
			break
		}
	}
	return times, last
}

// usesCodec waits until the call tells its codec, which follows the answer at once but is not part of it.
func usesCodec(t *testing.T, s *phonetest.Svara, call, codec string) {
	t.Helper()
	var got string
	phonetest.Until(t, time.Minute, "a codec", func() bool { got = s.Call(call).Codec; return got != "" })
	if !strings.EqualFold(got, codec) {
		t.Errorf("codec %q, want %s", got, codec)
	}
}

func TestEchoComesBack(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	for _, codec := range []string{"opus", "pcma", "pcmu"} {
		t.Run(codec, func(t *testing.T) {
			s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12), Settings: map[string]string{phone.KeyCodecs: codec}})
			s.SignIn("1001", a.Addr())
			call := s.Talk(phonetest.NumberEcho)
			usesCodec(t, s, call, codec)
			hears(t, s, "the caller", 700)
			var stats phone.Quality
			phonetest.Until(t, time.Minute, "two seconds of packets each way", func() bool {
				s.Ask(&stats, "stats", call)
				return stats.Sent > 100 && stats.Received > 100
			})
			if stats.Lost != 0 {
				t.Errorf("lost on loopback: %+v", stats)
			}
			s.Must("mute", call)
			phonetest.Until(t, time.Minute, "muted, nothing comes back", func() bool { return sound.Level(s.Listen(time.Second)) < -60 })
			s.Must("unmute", call)
			hears(t, s, "the caller after unmuting", 700)
			s.Must("hangup", call)
			if why := s.Ended(call); why.ID != phone.ReasonHangup {
				t.Errorf("ended with %+v", why)
			}
			phonetest.Until(t, time.Minute, "the PBX has no channel left", func() bool { return len(a.Channels()) == 0 })
		})
	}
}

func TestHearsThePBXAndIsHungUp(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.SignIn("1001", a.Addr())
	call := s.Talk(phonetest.NumberTone)
	hearsTone(t, s, "the PBX's tone", phonetest.ToneHz)
	a.HangUp("1001")
	if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
		t.Errorf("ended with %+v", why)
	}
	call = s.Dial(phonetest.NumberEarly)
	s.Wait(call, phone.StateEarly)
	hearsTone(t, s, "the PBX's tone before an answer", phonetest.ToneHz)
	s.Must("hangup", call)
	if why := s.Ended(call); why.ID != phone.ReasonCancelled {
		t.Errorf("ended with %+v", why)
	}
}

func TestTwoPhonesTalkBothWays(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	alice := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(500, -12)})
	bob := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(800, -12)})
	alice.SignIn("1001", a.Addr(), "--display", "Alice Åberg")
	bob.SignIn("1002", a.Addr(), "--transport", "tcp")
	for _, codec := range []string{"opus", "pcma", "pcmu"} {
		for _, caller := range []string{"alice", "bob"} {
			t.Run(codec+" from "+caller, func(t *testing.T) {
				from, to, number := alice, bob, "1002"
				if caller == "bob" {
					from, to, number = bob, alice, "1001"
				}
				from.Must("set", phone.KeyCodecs, codec)
				to.Must("set", phone.KeyCodecs, codec)
				call := from.Dial(number)
				from.Wait(call, phone.StateRinging)
				phonetest.Until(t, time.Minute, "ringback is heard", func() bool { return sound.Heard(from.Listen(listenPart), 425) > 200*time.Millisecond })
				ringing := to.Wait("any", phone.StateIncoming)
				to.Must("answer", ringing)
				from.Wait(call, phone.StateConnected)
				to.Wait(ringing, phone.StateConnected)
				usesCodec(t, from, call, codec)
				usesCodec(t, to, ringing, codec)
				hears(t, alice, "alice", 800)
				hears(t, bob, "bob", 500)
				// The caller hangs up in one round, the callee in the other.
				if caller == "alice" {
					from.Must("hangup", call)
					if why := to.Ended(ringing); why.ID != phone.ReasonRemoteHangup {
						t.Errorf("the callee's call ended with %+v", why)
					}
				} else {
					to.Must("hangup", ringing)
					if why := from.Ended(call); why.ID != phone.ReasonRemoteHangup {
						t.Errorf("the caller's call ended with %+v", why)
					}
				}
				phonetest.Until(t, time.Minute, "the PBX has no channel left", func() bool { return len(a.Channels()) == 0 })
			})
		}
	}
}

func TestIsCalled(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(600, -12)})
	s.SignIn("1001", a.Addr())

	a.Originate("1001", phonetest.NumberEcho, "0701234567", "Växeln Öst")
	call := s.Wait("any", phone.StateIncoming)
	if c := s.Call(call); c.Remote.Number != "0701234567" || c.Remote.Name != "Växeln Öst" || c.Direction != phone.Incoming {
		t.Errorf("the card shows %+v", c.Remote)
	}
	s.Must("answer")
	s.Wait(call, phone.StateConnected)
	hears(t, s, "the callee", 600)
	a.HangUp("1001")
	if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
		t.Errorf("ended with %+v", why)
	}

	a.Originate("1001", phonetest.NumberEcho, "0702", "")
	call = s.Wait("any", phone.StateIncoming)
	s.Must("decline")
	if why := s.Ended(call); why.ID != phone.ReasonDeclined {
		t.Errorf("declined and ended with %+v", why)
	}
	phonetest.Until(t, time.Minute, "the PBX has no channel left", func() bool { return len(a.Channels()) == 0 })

	a.Originate("1001", phonetest.NumberEcho, "0703", "")
	call = s.Wait("any", phone.StateIncoming)
	a.HangUp("1001")
	if why := s.Ended(call); why.ID != phone.ReasonMissed {
		t.Errorf("given up and ended with %+v", why)
	}

	phonetest.Until(t, 5*time.Second, "three calls in the history", func() bool { return len(s.History()) == 3 })
	var got []string
	for _, h := range s.History() {
		got = append(got, fmt.Sprintf("%s %s", h.Remote.Number, h.Outcome))
	}
	if want := "0703 missed, 0702 declined, 0701234567 answered"; strings.Join(got, ", ") != want {
		t.Errorf("history %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestDigitsAreRead(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001"},
		{User: "1002", Password: "pw-1002", DTMF: "info"},
		{User: "1003", Password: "pw-1003", Codecs: []string{"alaw"}},
	}})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.SignIn("1001", a.Addr())
	s.SignIn("1002", a.Addr())
	s.SignIn("1003", a.Addr())
	s.Must("account", "set", "1002", "dtmf", "info")
	s.Must("wait", "registered:1002", "--timeout", "10s")
	for _, c := range []struct{ user, how string }{{"1001", "RFC 4733 with Opus"}, {"1002", "SIP INFO"}, {"1003", "RFC 4733 with A-law"}} {
		t.Run(c.how, func(t *testing.T) {
			call := s.Dial(phonetest.NumberDigits, "--account", c.user)
			s.Wait(call, phone.StateConnected)
			const digits = "1599*0274466"
			s.Must("dtmf", call, digits+"#")
			if got := a.Digits(c.user, 20*time.Second); got != digits {
				t.Errorf("the PBX read %q, want %q", got, digits)
			}
			if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
				t.Errorf("ended with %+v", why)
			}
		})
	}
}

func TestReasonsInWords(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.SignIn("1001", a.Addr())
	for _, c := range []struct {
		number string
		want   phone.ReasonID
		code   int
	}{
		{phonetest.NumberBusy, phone.ReasonBusy, 486},
		{phonetest.NumberNoAnswer, phone.ReasonNoAnswer, 480},
		{phonetest.NumberCongestion, phone.ReasonServerError, 503},
		{phonetest.NumberDeclined, phone.ReasonRemoteDeclined, 403},
		{phonetest.NumberUnknown, phone.ReasonUnknownNumber, 404},
		{phonetest.NumberHangsUp, phone.ReasonRemoteHangup, 0},
	} {
		call := s.Dial(c.number)
		if why := s.Ended(call); why.ID != c.want || c.code != 0 && why.Code != c.code {
			t.Errorf("%s ended with %+v, want %s", c.number, why, c.want)
		}
	}
	call := s.Dial(phonetest.NumberRings)
	s.Wait(call, phone.StateRinging)
	s.Must("hangup", call)
	if why := s.Ended(call); why.ID != phone.ReasonCancelled {
		t.Errorf("given up and ended with %+v", why)
	}
	phonetest.Until(t, time.Minute, "the PBX has no channel left", func() bool { return len(a.Channels()) == 0 })
	if out, code := s.Ctl("dial", ""); code != 1 && code != 2 {
		t.Errorf("dialling nothing exits with %d: %s", code, out)
	}
	if out, code := s.Ctl("hangup"); code != 1 || !strings.Contains(out, "no-call") {
		t.Errorf("hanging up nothing exits with %d: %s", code, out)
	}
}
