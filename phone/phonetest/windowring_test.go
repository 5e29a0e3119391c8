package phonetest_test

import (
	"net/netip"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/pbxdemo"
	"svara/phone/phonetest"
)

// TestRingLeavesTheKeyboard types and deletes while calls begin to ring, in both views and in another of our windows: no
// key gets lost, and the keyboard stays where it is.
func TestRingLeavesTheKeyboard(t *testing.T) {
	pbx, err := pbxdemo.Start(pbxdemo.Config{Bind: netip.MustParseAddr("127.0.0.1"), Password: "practice", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pbx.Close() })
	caller := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
	caller.AddAccount("2198", "practice", pbx.Addr().String(), "--dialect", "demo")
	caller.Must("wait", "registered", "--timeout", "20s")
	screen := phonetest.StartScreen(t, 1600, 1000)
	screen.Keyring()
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Window: true, Audio: "null", Env: screen.Env(), Settings: map[string]string{
		phone.KeyFirstStart: "false", phone.KeyLanguage: "en", phone.KeyView: "attendant", phone.KeyTransferKind: "none",
	}})
	s.AddAccount("2100", "practice", pbx.Addr().String(), "--dialect", "demo")
	s.Must("wait", "registered", "--timeout", "20s")
	window := screen.Window("Svara", 20*time.Second)

	for _, view := range []string{"attendant", "normal", "attendant"} {
		s.Must("set", phone.KeyView, view)
		var seen struct{ Value string }
		phonetest.Until(t, 10*time.Second, "the view", func() bool {
			s.Ask(&seen, "get", phone.KeyView)
			return seen.Value == view
		})
		theirs := caller.Dial("2100")
		ringing := make(chan string, 1)
		go func() { ringing <- s.Wait("any", phone.StateIncoming) }()
		for call := ""; call == ""; {
			screen.Do("key", "--delay", "4", "x", "BackSpace", "x", "BackSpace", "x", "BackSpace", "x", "BackSpace")
			select {
			case call = <-ringing:
			default:
			}
		}
		for range 10 { // the card comes up meanwhile
			screen.Do("key", "--delay", "4", "x", "BackSpace", "x", "BackSpace", "x", "BackSpace", "x", "BackSpace")
		}
		shown(t, screen, window)
		caller.HangUp(theirs)
		screen.Gone("Incoming call$", 10*time.Second)
		screen.Type("9001")
		screen.Key("Return")
		call := s.Wait("any", phone.StateConnected)
		if c := s.Call(call); c.Remote.Number != "9001" {
			t.Errorf("%s: typed and deleted while it rang, then 9001: called %q", view, c.Remote.Number)
		}
		s.HangUp(call)
	}

	screen.Key("ctrl+comma")
	settings := screen.Seen("Settings", 10*time.Second)
	phonetest.Until(t, 10*time.Second, "the settings have the keyboard", func() bool { return screen.Do("getactivewindow") == settings })
	theirs := caller.Dial("2100")
	s.Wait("any", phone.StateIncoming)
	shown(t, screen, settings)
	caller.HangUp(theirs)
	s.Quit()
}
