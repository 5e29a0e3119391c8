package phonetest_test

import (
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// window starts the program a person starts, on a display of its own. With a PBX it is the second start of somebody
// who signed in to it before.
func window(t *testing.T, a *phonetest.Asterisk, c phonetest.SvaraConfig) (*phonetest.Screen, *phonetest.Svara, string) {
	t.Helper()
	screen := phonetest.StartScreen(t, 1280, 1000)
	screen.Keyring()
	c.Env = append(screen.Env(), c.Env...)
	if a != nil {
		before := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Env: c.Env, Settings: c.Settings})
		before.SignIn("1001", a.Addr())
		before.Quit()
		c.Profile, c.Env, c.Settings = before.Profile, before.Home(), nil
	}
	c.Window = true
	s := phonetest.StartSvara(t, c)
	if a != nil {
		s.Must("wait", "registered", "--timeout", "20s")
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen at the end: %s", screen.Picture("failed"))
		}
	})
	return screen, s, screen.Window("Svara", 20*time.Second)
}

// Real keys in the real window: dial, hang up, answer with Enter.
func TestWindowWithKeys(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	screen, s, id := window(t, a, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12), Settings: map[string]string{phone.KeyFirstStart: "false", phone.KeyLanguage: "en"}})

	screen.Type(phonetest.NumberEcho)
	screen.Key("Return")
	call := s.Wait("any", phone.StateConnected)
	if c := s.Call(call); c.Remote.Number != phonetest.NumberEcho {
		t.Errorf("typed %s and Enter, and %s was called", phonetest.NumberEcho, c.Remote.Number)
	}
	hears(t, s, "the window's user", 700)
	screen.Picture("in-call")
	screen.Key(hangUpKey)
	if why := s.Ended(call); why.ID != phone.ReasonHangup {
		t.Errorf("hung up with %s, and it ended with %+v", hangUpKey, why)
	}

	a.Originate("1001", phonetest.NumberEcho, "0701234567", "Växeln")
	call = s.Wait("any", phone.StateIncoming)
	shown(t, screen, id)
	screen.Picture("ringing")
	screen.Key("Return")
	s.Wait(call, phone.StateConnected)
	hears(t, s, "the window's user", 700)
	screen.Key(hangUpKey)
	s.Ended(call)

	a.Originate("1001", phonetest.NumberEcho, "0702", "")
	call = s.Wait("any", phone.StateIncoming)
	shown(t, screen, id)
	screen.Key("KP_Enter")
	s.Wait(call, phone.StateConnected)
	a.HangUp("1001")
	s.Ended(call)

	picture := t.ArtifactDir() + "/svaractl.png"
	s.Must("screenshot", picture)
	if n := colours(t, picture); n < 50 {
		t.Errorf("svaractl screenshot shows %d colours", n)
	}
	// A second start hands over to the first, and says nothing is wrong.
	if out, err := phonetest.Run(phonetest.StartOptions{Env: s.Home()}, phonetest.Binary(t, "svara"), "--profile", s.Profile); err != nil {
		t.Errorf("a second start: %v %s", err, out)
	}
	if _, code := s.Ctl("status"); code != 0 {
		t.Error("the first window is gone after a second start")
	}
	if out := s.Output(); strings.Contains(out, "Error in Fyne call thread") {
		t.Errorf("a widget was called from the wrong goroutine:\n%s", out)
	}
	s.Quit()
}

// shown waits until the window says that a call comes in: a person presses the key for what they see. The window keeps the
// keyboard.
func shown(t *testing.T, screen *phonetest.Screen, id string) {
	t.Helper()
	screen.Seen("Incoming call.*Svara", 10*time.Second)
	screen.Seen("Incoming call$", 10*time.Second)
	if now := screen.Do("getactivewindow"); now != id {
		t.Errorf("a call rings, and the keyboard is in window %s instead of %s", now, id)
	}
}

// colours is how many different colours a picture has: an empty one has few.
func colours(t *testing.T, file string) int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.Color]bool{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}

// A password that was put into the keyring by one start is found there by the next.
func TestKeyringKeepsPassword(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	screen := phonetest.StartScreen(t, 640, 480)
	screen.Keyring()
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Env: screen.Env()})
	s.SignIn("1001", a.Addr())
	var place struct {
		Value string `json:"value"`
	}
	s.Ask(&place, "get", phone.KeyPasswordPlace)
	if place.Value != "keyring" {
		t.Errorf("with a keyring at hand passwords are kept in %q", place.Value)
	}
	s.Quit()
	again := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Profile: s.Profile, Env: s.Home()})
	again.Must("wait", "registered", "--timeout", "15s")
}

// The practice exchange needs nothing: a window, a colleague, a voice.
func TestDemoSpeaks(t *testing.T) {
	screen, s, _ := window(t, nil, phonetest.SvaraConfig{Args: []string{"--demo"}})
	s.Must("wait", "registered", "--timeout", "15s")
	var accounts []phone.AccountStatus
	s.Ask(&accounts, "accounts")
	if len(accounts) != 1 {
		t.Fatalf("accounts %+v", accounts)
	}
	call := s.Talk(demoColleague)
	heard := s.Listen(6 * time.Second)
	screen.Picture("demo-call")
	loud := 0
	step := sound.Samples(20 * time.Millisecond)
	for at := 0; at+step <= len(heard); at += step {
		if sound.Level(heard[at:at+step]) > -40 {
			loud++
		}
	}
	if loud < 50 {
		t.Errorf("of 6 s with a colleague %d ms were speech", loud*20)
	}
	s.Must("hangup", call)
	s.Quit()
}

// hangUpKey is the key of assets/keys.json for call.hangup, as xdotool names it; demoColleague is a number that answers
// and speaks.
const (
	hangUpKey     = "F12"
	demoColleague = "2101"
)
