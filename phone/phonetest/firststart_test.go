package phonetest_test

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// A stranger's first minutes: the form filled in by keys, first with a wrong password, then with the right one; a
// number typed and Enter; their own voice back.
func TestFirstStartWithKeys(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	screen, s, id := window(t, nil, phonetest.SvaraConfig{
		Microphone: sound.Steady(700, -12), Settings: map[string]string{phone.KeyLanguage: "en"},
	})
	screen.Focus(id)
	screen.Type("1001")
	screen.Key("Tab")
	screen.Type("wrong")
	screen.Key("Tab")
	screen.Type(a.Addr())
	screen.Key("Return")
	phonetest.Until(t, 20*time.Second, "the wrong password is told", func() bool {
		var accounts []phone.AccountStatus
		s.Ask(&accounts, "accounts")
		return len(accounts) == 1 && accounts[0].Reason != nil && accounts[0].Reason.ID == phone.ReasonWrongPassword
	})
	screen.Picture("wrong-password")
	screen.Key("ctrl+a") // the form has put the keyboard into the password
	screen.Type("pw-1001")
	screen.Key("Return")
	s.Must("wait", "registered", "--timeout", "20s")
	screen.Picture("signed-in")

	screen.Type(phonetest.NumberEcho)
	screen.Key("Return")
	call := s.Wait("any", phone.StateConnected)
	hears(t, s, "the newcomer", 700)
	screen.Key(hangUpKey)
	if why := s.Ended(call); why.ID != phone.ReasonHangup {
		t.Errorf("ended with %+v", why)
	}
	s.Quit()
}
