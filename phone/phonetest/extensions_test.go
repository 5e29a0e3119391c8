package phonetest_test

import (
	"os"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// An exchange that insists on session timers (RFC 4028) and on reliable provisional responses (RFC 3262) gets its calls
// through, both ways; with SVARA_LONG set the call is seen to outlive its interval of 90 s, as it is refreshed.
func TestAsteriskInsists(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001", Timers: "required", Reliable: "required"},
		{User: "1002", Password: "pw-1002", Timers: "always", Reliable: "required"},
	}})
	var phones []*phonetest.Svara
	for i, user := range []string{"1001", "1002"} {
		s := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: user, Microphone: sound.Steady([]int{700, 1100}[i], -12)})
		s.SignIn(user, a.Addr())
		s.Must("wait", "registered:"+user, "--timeout", "20s")
		phones = append(phones, s)
	}
	call := phones[0].Dial("1002")
	phones[0].Wait(call, phone.StateRinging)
	there := phones[1].AnswerNext()
	phones[0].Wait(call, phone.StateConnected)
	begun := time.Now()
	hears(t, phones[0], "the caller", 1100)
	hears(t, phones[1], "the called", 700)
	if os.Getenv("SVARA_LONG") != "" {
		// The exchange hangs up on one who does not refresh, and so do we on it.
		phonetest.Until(t, 2*time.Minute, "the interval to pass", func() bool {
			return time.Since(begun) > 95*time.Second || len(phones[0].Live()) == 0 || len(phones[1].Live()) == 0
		})
		if len(phones[0].Live()) != 1 || len(phones[1].Live()) != 1 {
			t.Fatalf("the call ended after %v", time.Since(begun))
		}
		hears(t, phones[0], "the caller, later,", 1100)
	}
	phones[0].HangUp(call)
	phones[1].Ended(there)
}
