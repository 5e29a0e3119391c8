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

// locked fails unless a call is encrypted as it should be, as the command line tells it.
func locked(t *testing.T, s *phonetest.Svara, call string, keying phone.Keying) {
	t.Helper()
	var c phone.Call
	phonetest.Until(t, time.Minute, fmt.Sprintf("keys by %q", keying), func() bool {
		var status struct{ Calls []phone.Call }
		s.Ask(&status, "status")
		for _, have := range status.Calls {
			if fmt.Sprint(have.ID) == call {
				c = have
			}
		}
		return c.Security.Keying == keying && (c.SRTP != "") == (keying != "")
	})
	if keying != "" {
		t.Logf("call %s: %s by %s", call, c.SRTP, c.Security.Keying)
	}
}

// A real exchange with every wish against every other. What cannot be does not become a call, and says why.
func TestEncryptedCalls(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001"},
		{User: "1002", Password: "pw-1002", Encryption: "sdes"},
		{User: "1003", Password: "pw-1003", Encryption: "sdes", Optimistic: true},
		{User: "1004", Password: "pw-1004", Encryption: "dtls"},
		{User: "1005", Password: "pw-1005", Encryption: "dtls", Optimistic: true},
	}})
	const clear, no, perhaps = "", "no", "dtls or no"
	for _, row := range []struct {
		user                                       string
		off, optional, required, optDTLS, needDTLS string
	}{
		{"1001", clear, clear, no, clear, no},
		{"1002", no, "sdes", "sdes", "sdes", no},
		{"1003", clear, "sdes", "sdes", clear, no},
		{"1004", no, "dtls", no, "dtls", "dtls"}, // it takes the profile of RFC 5764 and no other: it answers others without a stream, we find that out
		{"1005", no, no, no, perhaps, "dtls"},    // it answers with a stream nobody can use, or ends what it has answered
	} {
		for _, wish := range []struct{ mode, keying, want string }{
			{"off", "sdes", row.off}, {"optional", "sdes", row.optional}, {"required", "sdes", row.required},
			{"optional", "dtls", row.optDTLS}, {"required", "dtls", row.needDTLS},
		} {
			t.Run(fmt.Sprintf("%s %s %s", row.user, wish.mode, wish.keying), func(t *testing.T) {
				s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12)})
				s.SignIn(row.user, a.Addr(), "--srtp", wish.mode, "--keying", wish.keying)
				call := s.Dial(phonetest.NumberEcho)
				if wish.want == no {
					if why := s.Ended(call); wish.mode == "required" && why.ID != phone.ReasonNotEncrypted || why.ID == phone.ReasonHangup {
						t.Errorf("ended with %+v", why)
					}
					return
				}
				if wish.want == perhaps {
					s.Is(call, "encrypted or ended", func(c phone.Call) bool { return c.SRTP != "" || c.State == phone.StateEnded })
					return
				}
				s.Wait(call, phone.StateConnected)
				locked(t, s, call, phone.Keying(wish.want))
				hears(t, s, "the caller", 700)
				s.Hold(call)
				s.Held(call, true)
				s.Resume(call)
				s.Held(call, false)
				locked(t, s, call, phone.Keying(wish.want))
				hears(t, s, "the caller after holding", 700)
				s.HangUp(call)
			})
		}
	}
}

// A real exchange that keeps RTP and RTCP on two ports, with a DTLS handshake each: its reports come, and speak of what has
// come of ours, whoever calls and after a hold.
func TestEncryptedReportsOverAPortOfTheirOwn(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001", Encryption: "dtls", Apart: true},
		{User: "1002", Password: "pw-1002", Encryption: "sdes"},
	}})
	for user, keying := range map[string]phone.Keying{"1001": phone.KeyingDTLS, "1002": phone.KeyingSDES} {
		t.Run(string(keying), func(t *testing.T) {
			s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12)})
			s.SignIn(user, a.Addr(), "--srtp", "required", "--keying", string(keying))
			reported := func(call, when string) {
				t.Helper()
				before := s.Call(call).Quality.Facts.Reports
				phonetest.Until(t, time.Minute, "reports both ways "+when, func() bool {
					q := s.Call(call).Quality
					return q.Facts.Reports > before+1 && q.RTTMS > 0
				})
			}
			call := s.Talk(phonetest.NumberEcho)
			locked(t, s, call, keying)
			hears(t, s, "the caller", 700)
			reported(call, "in a call")
			s.Hold(call)
			s.Held(call, true)
			s.Resume(call)
			s.Held(call, false)
			hears(t, s, "the caller after a hold", 700)
			reported(call, "after a hold")
			s.HangUp(call)
			a.CLI("channel originate PJSIP/" + user + " extension " + phonetest.NumberEcho + "@svara")
			call = s.AnswerNext()
			locked(t, s, call, keying)
			hears(t, s, "the callee", 700)
			reported(call, "in a call of its")
			s.HangUp(call)
		})
	}
}

// Two phones and a transfer, all encrypted; keys are in no log of theirs.
func TestEncryptedTalkAndTransfer(t *testing.T) {
	for _, keying := range []phone.Keying{phone.KeyingSDES, phone.KeyingDTLS} {
		t.Run(string(keying), func(t *testing.T) {
			users := []phonetest.PBXUser{
				{User: "1001", Password: "pw-1001", Encryption: string(keying)},
				{User: "1002", Password: "pw-1002", Encryption: string(keying)},
				{User: "1003", Password: "pw-1003", Encryption: string(keying)},
			}
			a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: users})
			var phones []*phonetest.Svara
			for i, hz := range []int{500, 800, 1300} {
				s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(hz, -12)})
				s.SignIn(users[i].User, a.Addr(), "--srtp", "required", "--keying", string(keying))
				phones = append(phones, s)
			}
			alice, bob, carol := phones[0], phones[1], phones[2]
			out := alice.Dial("1002")
			in := bob.AnswerNext()
			alice.Wait(out, phone.StateConnected)
			locked(t, alice, out, keying)
			locked(t, bob, in, keying)
			hears(t, alice, "alice", 800)
			hears(t, bob, "bob", 500)
			alice.Transfer(out, "1003")
			third := carol.AnswerNext()
			locked(t, carol, third, keying)
			locked(t, bob, in, keying)
			hears(t, bob, "bob after the transfer", 1300)
			hears(t, carol, "carol", 800)
			bob.HangUp(in)
			for _, s := range phones {
				if log := s.Output(); strings.Contains(log, "inline:") || strings.Contains(log, "a=crypto") {
					t.Errorf("keys in a log:\n%s", log)
				}
			}
		})
	}
}

// A call from one that is not encrypted to one that must be fails in the exchange or rings as a missed call with its
// reason; it never sounds in clear.
func TestClearOfferToOneThatRequires(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	alice := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	bob := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	alice.SignIn("1001", a.Addr())
	bob.SignIn("1002", a.Addr(), "--srtp", "required")
	out := alice.Dial("1002")
	in := bob.Wait("any", phone.StateEnded)
	if c := bob.Call(in); c.End == nil || c.End.ID != phone.ReasonNotEncrypted || !c.Started.IsZero() {
		t.Errorf("%+v", c)
	}
	if why := alice.Ended(out); why.ID == phone.ReasonHangup {
		t.Errorf("%+v", why)
	}
}

// The practice exchange has whatever a phone wants, so that all of it can be tried with nothing else: encrypted on one
// side and in clear on the other, too.
func TestEncryptedCallsInPractice(t *testing.T) {
	p := phonetest.StartPractice(t)
	start := func(user string, hz int, args ...string) *phonetest.Svara {
		s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(hz, -12)})
		s.AddAccount(user, phonetest.PracticePassword, p.Addr(), args...)
		s.Must("wait", "registered:"+user, "--timeout", "20s")
		return s
	}
	phones := map[phone.Keying]*phonetest.Svara{
		phone.KeyingSDES: start("2100", 500, "--srtp", "required"),
		phone.KeyingDTLS: start("2198", 800, "--srtp", "required", "--keying", "dtls"),
		"":               start("2199", 1300),
	}
	numbers := map[phone.Keying]string{phone.KeyingSDES: "2100", phone.KeyingDTLS: "2198", "": "2199"}
	tones := map[phone.Keying]float64{phone.KeyingSDES: 500, phone.KeyingDTLS: 800, "": 1300}
	for _, pair := range [][2]phone.Keying{{phone.KeyingDTLS, phone.KeyingSDES}, {phone.KeyingSDES, ""}, {phone.KeyingDTLS, ""}} {
		from, to := phones[pair[0]], phones[pair[1]]
		out := from.Dial(numbers[pair[1]])
		in := to.AnswerNext()
		from.Wait(out, phone.StateConnected)
		locked(t, from, out, pair[0])
		locked(t, to, in, pair[1])
		hears(t, from, fmt.Sprintf("%s calling %q", pair[0], pair[1]), tones[pair[1]])
		hears(t, to, fmt.Sprintf("%q called by %s", pair[1], pair[0]), tones[pair[0]])
		from.HangUp(out)
		to.Ended(in)
	}
}
