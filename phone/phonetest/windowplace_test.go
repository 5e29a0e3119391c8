package phonetest_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// placed is where the inside of a window is on its screen, in pixels.
type placed struct{ x, y, width, height int }

// shell reads what xdotool prints for a shell.
func shell(t *testing.T, s *phonetest.Screen, args ...string) map[string]int {
	t.Helper()
	out := map[string]int{}
	for line := range strings.Lines(s.Do(args...)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatalf("xdotool %s: %v", strings.Join(args, " "), err)
		}
		out[key] = n
	}
	return out
}

// geometry finds a window's corners with the mouse, which leaves no screen: xdotool's own answer counts the frame twice.
// It is the zero value while a corner is out of sight.
func geometry(t *testing.T, s *phonetest.Screen, window string) placed {
	t.Helper()
	size := shell(t, s, "getwindowgeometry", "--shell", window)
	p := placed{width: size["WIDTH"], height: size["HEIGHT"]}
	corner := func(x, y int) (int, int) {
		at := shell(t, s, "mousemove", "--window", window, strconv.Itoa(x), strconv.Itoa(y), "getmouselocation", "--shell")
		return at["X"], at["Y"]
	}
	p.x, p.y = corner(0, 0)
	if x, y := corner(p.width-1, p.height-1); x-p.x != p.width-1 || y-p.y != p.height-1 {
		return placed{}
	}
	return p
}

// TestWindowPlace moves the attendant's window and starts it again: on the same screen it stands where it was, on a
// smaller one all of it is in sight, its frame and its foot included.
func TestWindowPlace(t *testing.T) {
	large := phonetest.StartScreen(t, 1700, 1100)
	large.Keyring()
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Window: true, Audio: "null", Env: large.Env(), Settings: map[string]string{
		phone.KeyFirstStart: "false", phone.KeyView: "attendant",
	}})
	s.AddAccount("1001", "none", "127.0.0.1:9")
	window := large.Window("Svara", 20*time.Second)
	phonetest.Until(t, 10*time.Second, "the attendant's view", func() bool { return geometry(t, large, window).width >= 1100 })
	large.Do("windowsize", "--sync", window, "1440", "960")
	large.Do("windowmove", "--sync", window, "180", "90")
	var before placed
	phonetest.Until(t, 20*time.Second, "place and size are remembered", func() bool {
		before = geometry(t, large, window)
		var kept map[string]string
		s.Ask(&kept, "settings")
		return kept[phone.KeyAttendantAt] == fmt.Sprintf("%d,%d", before.x, before.y) && kept[phone.KeyAttendantSize] == "1440x960"
	})
	s.Quit()

	again := phonetest.StartSvara(t, phonetest.SvaraConfig{Window: true, Audio: "null", Profile: s.Profile, Env: s.Home()})
	window = large.Window("Svara", 20*time.Second)
	var after placed
	phonetest.Until(t, 10*time.Second, "the window as it was", func() bool {
		after = geometry(t, large, window)
		return after == before
	})
	again.Quit()

	for _, size := range []struct{ width, height int }{{1366, 768}, {1280, 800}} {
		small := phonetest.StartScreen(t, size.width, size.height)
		small.Keyring()
		third := phonetest.StartSvara(t, phonetest.SvaraConfig{Window: true, Audio: "null", Profile: s.Profile, Env: append(s.Home(), small.Env()...)})
		window = small.Window("Svara", 20*time.Second)
		var at placed
		phonetest.Until(t, 10*time.Second, "all of the window in sight", func() bool {
			at = geometry(t, small, window)
			return at.y > 10 // under a title
		})
		if at.width < 1100 || at.height < 640 {
			t.Errorf("on %d x %d: %+v", size.width, size.height, at)
		}
		small.Picture(fmt.Sprintf("attendant-%dx%d", size.width, size.height))
		third.Quit()
	}

	last := phonetest.StartSvara(t, phonetest.SvaraConfig{Window: true, Audio: "null", Profile: s.Profile, Env: append(s.Home(), large.Env()...)})
	window = large.Window("Svara", 20*time.Second)
	phonetest.Until(t, 10*time.Second, "the window as it was, back on the large screen", func() bool { return geometry(t, large, window) == before })
	last.Quit()
}
