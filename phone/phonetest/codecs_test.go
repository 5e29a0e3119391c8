package phonetest_test

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// clear is a phone that sends its microphone as it is: tones are no voices.
var clear = map[string]string{
	phone.KeyEchoCancel: "false", phone.KeyNoise: "off", phone.KeyAutoLevel: "false", phone.KeyHighPass: "false",
}

// plain is clear with one codec.
func plain(codec string) map[string]string {
	out := map[string]string{phone.KeyCodecs: codec}
	for k, v := range clear {
		out[k] = v
	}
	return out
}

// hearsHigh is hears for a tone above a telephone's band: playing a little faster or slower, as the delay buffer does, moves
// such a tone by more than a long look at it would forgive, so it is looked at in pieces of 5 ms.
func hearsHigh(t *testing.T, s *phonetest.Svara, who string, hz float64) {
	t.Helper()
	s.Listen(time.Second)
	step := sound.Samples(5 * time.Millisecond)
	times, good, all := 0, 0, 0
	for range listenLimit / listenPart {
		heard := s.Listen(listenPart)
		for good, all = 0, 0; len(heard) >= step; heard = heard[step:] {
			all++
			if l := sound.ToneLevel(heard[:step], hz); l > microphoneDB-3 && l < microphoneDB+3 {
				good++
			}
		}
		if good*10 >= all*8 {
			times++
		}
		if times == listenParts {
			return
		}
	}
	t.Errorf("%s heard %.0f Hz whole %d times, at last in %d of %d pieces", who, hz, times, good, all)
}

var wide = []phonetest.PBXUser{
	{User: "1001", Password: "pw-1001", Codecs: []string{"g722", "opus", "alaw", "ulaw"}},
	{User: "1002", Password: "pw-1002", Codecs: []string{"g722", "opus", "alaw", "ulaw"}},
}

// G.722 as Asterisk understands it: a tone far above a telephone's band comes back from the PBX, and through it into
// another codec and out of it.
func TestWideband(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: wide})
	alice := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(6000, -12), Settings: plain("g722")})
	alice.SignIn("1001", a.Addr())
	call := alice.Talk(phonetest.NumberEcho)
	usesCodec(t, alice, call, "g722")
	hearsHigh(t, alice, "the caller", 6000)
	alice.Must("hangup", call)
	alice.Ended(call)

	for _, codec := range []string{"g722", "opus"} {
		t.Run("to "+codec, func(t *testing.T) {
			bob := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(5000, -12), Settings: plain(codec)})
			bob.SignIn("1002", a.Addr())
			call := alice.Dial("1002")
			ringing := bob.Wait("any", phone.StateIncoming)
			bob.Must("answer", ringing)
			alice.Wait(call, phone.StateConnected)
			usesCodec(t, alice, call, "g722")
			usesCodec(t, bob, ringing, codec)
			hearsHigh(t, alice, "alice", 5000)
			hearsHigh(t, bob, "bob", 6000)
			bob.Must("hangup", ringing)
			alice.Ended(call)
		})
	}
}

// An account's own codecs and their order come before the setting's: offered, and chosen from what the PBX offers.
func TestCodecsOfAnAccount(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: wide})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.SignIn("1001", a.Addr(), "--codecs", "pcmu,opus")
	s.SignIn("1002", a.Addr())
	for user, codec := range map[string]string{"1001": "pcmu", "1002": "opus"} {
		a.Originate(user, phonetest.NumberEcho, "0701234567", "")
		call := s.Wait("any", phone.StateIncoming)
		s.Must("answer", call)
		s.Wait(call, phone.StateConnected)
		usesCodec(t, s, call, codec)
		s.Must("hangup", call)
		s.Ended(call)
	}
	s.Must("account", "set", "1002", "codecs", "pcma")
	s.Must("wait", "registered:1002", "--timeout", "20s")
	call := s.Dial(phonetest.NumberEcho, "--account", "1002")
	s.Wait(call, phone.StateConnected)
	usesCodec(t, s, call, "pcma")
}

// The PBX re-INVITEs with other codecs: the call goes over to them, and back, and the PBX's tone is heard all the time.
func TestCodecChangesInTheCall(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: wide, Extra: `exten => 690,1,Answer()
 same => n,Playtones(1004)
 same => n,Wait(4)
 same => n,Set(PJSIP_MEDIA_OFFER(audio)=!all,alaw)
 same => n,Set(PJSIP_SEND_SESSION_REFRESH()=invite)
 same => n,Wait(4)
 same => n,Set(PJSIP_MEDIA_OFFER(audio)=!all,g722)
 same => n,Set(PJSIP_SEND_SESSION_REFRESH()=invite)
 same => n,Wait(20)
`})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Settings: plain("opus,g722,pcma")})
	s.SignIn("1001", a.Addr())
	for range 3 { // a machine that stands still makes a gap too, but not each time
		call := s.Talk("690")
		s.Listen(time.Second)
		from := len(s.Heard())
		var seen []string
		note := func() {
			if c := s.Call(call).Codec; len(seen) == 0 || seen[len(seen)-1] != c {
				seen = append(seen, c)
			}
		}
		phonetest.Until(t, time.Minute, "two changes of codec", func() bool { note(); return len(seen) == 3 })
		s.Listen(time.Second)
		if seen[1] != "PCMA" || seen[2] != "G722" {
			t.Errorf("codecs %v", seen)
		}
		heard := s.Heard()[from:]
		gaps := sound.Gaps(heard, -40, 20*time.Millisecond)
		t.Logf("codecs %v, %v of tone in %v, gaps %v", seen, sound.Heard(heard, phonetest.ToneHz), sound.Duration(len(heard)), gaps)
		s.HangUp(call)
		if !slices.ContainsFunc(gaps, func(g sound.Gap) bool { return g.Length > 120*time.Millisecond }) { // Asterisk itself leaves some
			return
		}
	}
	t.Error("three times a gap of more than 120 ms")
}

// Digits as tones in the sound, for exchanges that listen for nothing else; and the fallback of Opus. Asterisk itself
// listens for tones in G.711 only.
func TestInbandDigits(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001", Codecs: []string{"alaw"}, DTMF: "inband"},
		{User: "1002", Password: "pw-1002", Codecs: []string{"ulaw"}, DTMF: "inband"},
		{User: "1003", Password: "pw-1003", Codecs: []string{"opus"}},
	}})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(400, -20)})
	for _, c := range []struct{ user, codec string }{{"1001", "pcma"}, {"1002", "pcmu"}, {"1003", "opus"}} {
		t.Run(c.codec, func(t *testing.T) {
			s.SignIn(c.user, a.Addr(), "--dtmf", "inband")
			call := s.Dial(phonetest.NumberDigits, "--account", c.user)
			s.Wait(call, phone.StateConnected)
			usesCodec(t, s, call, c.codec)
			const digits = "1599*027446680"
			s.Must("dtmf", call, ","+digits+"#")
			if got := a.Digits(c.user, time.Minute); got != digits {
				t.Errorf("the PBX read %q, want %q", got, digits)
			}
			if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
				t.Errorf("ended with %+v", why)
			}
		})
	}
}
