package phonetest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Screen is a display of its own (Xvfb with software GL), a window manager and a session bus, with keys and a mouse.
type Screen struct {
	*Process
	display string
	bus     string
	pixels  *pixels
	t       testing.TB
}

var displayNumber = regexp.MustCompile(`(?m)^(\d+)$`)

// StartScreen starts a display of width x height pixels.
func StartScreen(t testing.TB, width, height int) *Screen {
	t.Helper()
	Need(t, "Xvfb", "openbox", "xdotool", "import", "dbus-daemon")
	s := &Screen{t: t}
	frames := t.TempDir()
	s.Process = Start(t, StartOptions{}, "Xvfb", "-fbdir", frames, "-displayfd", "1", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-noreset", "+extension", "GLX")
	s.Ready(20*time.Second, "having a display", func() bool {
		m := displayNumber.FindStringSubmatch(s.Output())
		if m != nil {
			s.display = ":" + m[1]
		}
		return m != nil
	})
	s.pixels = openPixels(t, frames)
	s.bus = StartBus(t)
	// The window manager announces itself on the root window.
	wm := Start(t, StartOptions{Env: append(s.Env(), "HOME="+t.TempDir())}, "openbox", "--sm-disable")
	wm.Ready(20*time.Second, "managing windows", func() bool {
		_, err := s.do("get_desktop")
		return err == nil
	})
	return s
}

// Env is the environment that shows a program's windows here.
func (s *Screen) Env() []string {
	return []string{"DISPLAY=" + s.display, "DBUS_SESSION_BUS_ADDRESS=" + s.bus, "LIBGL_ALWAYS_SOFTWARE=1", "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11"}
}

func (s *Screen) do(args ...string) (string, error) {
	out, err := Run(StartOptions{Env: s.Env()}, "xdotool", args...)
	return strings.TrimSpace(out), err
}

// Do runs xdotool and returns what it prints.
func (s *Screen) Do(args ...string) string {
	s.t.Helper()
	out, err := s.do(args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// Window waits for a visible window with the name (a regular expression) and gives it the keyboard.
func (s *Screen) Window(name string, limit time.Duration) string {
	s.t.Helper()
	id := s.Seen(name, limit)
	s.Focus(id)
	return id
}

// Seen waits for a visible window with the name and leaves the keyboard where it is.
func (s *Screen) Seen(name string, limit time.Duration) string {
	s.t.Helper()
	var id string
	Until(s.t, limit, "window "+name, func() bool {
		out, err := s.do("search", "--onlyvisible", "--name", name)
		if err != nil {
			return false
		}
		id, _, _ = strings.Cut(out, "\n")
		return id != ""
	})
	return id
}

// Gone waits until no window with the name is visible.
func (s *Screen) Gone(name string, limit time.Duration) {
	s.t.Helper()
	Until(s.t, limit, "no window "+name, func() bool {
		out, err := s.do("search", "--onlyvisible", "--name", name)
		return err != nil || out == ""
	})
}

// Focus gives a window the keyboard and waits until it has it.
func (s *Screen) Focus(window string) {
	s.t.Helper()
	Until(s.t, 10*time.Second, "focus", func() bool {
		if _, err := s.do("windowactivate", window); err != nil {
			return false
		}
		got, err := s.do("getactivewindow")
		return err == nil && got == window
	})
}

// Key presses keys as xdotool names them: Return, KP_Enter, Escape, ctrl+d.
func (s *Screen) Key(keys ...string) {
	s.t.Helper()
	s.Do(append([]string{"key", "--clearmodifiers", "--delay", "30"}, keys...)...)
}

// Type types text.
func (s *Screen) Type(text string) {
	s.t.Helper()
	s.Do("type", "--clearmodifiers", "--delay", "30", text)
}

// Picture writes what is on the screen into the test's artifacts and returns the file.
func (s *Screen) Picture(name string) string {
	s.t.Helper()
	file := filepath.Join(s.t.ArtifactDir(), name+".png")
	if _, err := Run(StartOptions{Env: s.Env()}, "import", "-window", "root", file); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// Keyring starts an unlocked GNOME keyring on the screen's bus.
func (s *Screen) Keyring() {
	s.t.Helper()
	Need(s.t, "gnome-keyring-daemon", "dbus-send")
	home := s.t.TempDir()
	Start(s.t, StartOptions{Env: append(s.Env(), "HOME="+home, "XDG_DATA_HOME="+home), Stdin: "unlock\n"},
		"gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground")
	Until(s.t, 10*time.Second, "the keyring", func() bool {
		out, err := Run(StartOptions{Env: s.Env()}, "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
			"org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		return err == nil && strings.Contains(out, "true")
	})
}
