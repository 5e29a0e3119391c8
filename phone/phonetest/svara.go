package phonetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest/sound"
)

// SvaraConfig says how a phone of ours is started. The zero value has no sound card and no accounts.
type SvaraConfig struct {
	// Called is what messages of the test call this phone; empty is its profile.
	Called string
	// Audio is svaractl's --audio. Empty is a file device with Microphone as its microphone.
	Audio string
	// Microphone is played in a loop as the microphone's sound; nil is silence.
	Microphone []int16
	// Settings are set before anything else.
	Settings map[string]string
	// Env is added to the environment.
	Env []string
	// Window runs bin/svara with a window instead of svaractl run. Env must lead to a display.
	Window bool
	// Args are more arguments, such as --demo.
	Args []string
	// Anywhere uses all of the machine's addresses instead of loopback only.
	Anywhere bool
	// Under is a program that runs the phone, such as unshare --net.
	Under []string
	// Profile is the folder of an earlier phone, to start it once more; empty is a new one.
	Profile string
	// Dialects are the user's own dialect files, by name.
	Dialects map[string]string
}

// Svara is a running phone, driven as a person at a shell drives it: by svaractl.
type Svara struct {
	*Process
	Profile string
	Called  string // what tests call it
	output  string // the file device's speaker
	env     []string
	ctl     string
}

var building sync.Mutex

// Binary builds one of our programs and returns its path. With SVARA_BIN set, those in that folder are tested instead.
func Binary(t testing.TB, name string) string {
	t.Helper()
	if installed := os.Getenv("SVARA_BIN"); installed != "" {
		return filepath.Join(installed, name)
	}
	building.Lock()
	defer building.Unlock()
	root := ModuleDir(t)
	bin := filepath.Join(root, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	// Another test program may be building the same.
	lock, err := os.Create(filepath.Join(bin, ".lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(StartOptions{Dir: root}, "go", "build", "-tags=x11,migrated_fynedo,nolibopusfile", "-o", bin+"/", "./cmd/"+name); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(bin, name)
}

// StartSvara starts a phone and waits until it answers.
func StartSvara(t testing.TB, c SvaraConfig) *Svara {
	t.Helper()
	s := &Svara{Profile: c.Profile, ctl: Binary(t, "svaractl")}
	dir := t.TempDir()
	if s.Profile == "" {
		s.Profile = filepath.Join(dir, "profile")
	}
	if s.Called = c.Called; s.Called == "" {
		s.Called = s.Profile
	}
	if c.Audio == "" {
		in := filepath.Join(dir, "microphone.wav")
		microphone := c.Microphone
		if len(microphone) == 0 {
			microphone = sound.Silence(time.Second)
		}
		if err := sound.WriteWAV(in, microphone); err != nil {
			t.Fatal(err)
		}
		s.output = filepath.Join(dir, "speaker.wav")
		c.Audio = "file:" + in + "," + s.output
	}
	for name, text := range c.Dialects {
		folder := filepath.Join(s.Profile, "dialects")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// No desktop of the machine's own: its keyring, its sound and its settings are none of the test's business. A socket's
	// path is limited, so the runtime folder is a short one.
	runtime, err := os.MkdirTemp("", "svara-run-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(runtime) })
	s.env = append([]string{
		"HOME=" + dir, "XDG_CONFIG_HOME=" + dir + "/config", "XDG_DATA_HOME=" + dir + "/data", "XDG_CACHE_HOME=" + dir + "/cache", "XDG_RUNTIME_DIR=" + runtime,
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + dir + "/none", "LANG=en_GB.UTF-8", "LANGUAGE=", "LC_ALL=",
	}, c.Env...)
	program, args := s.ctl, []string{"--profile", s.Profile, "run", "--audio", c.Audio}
	if c.Window {
		program, args = Binary(t, "svara"), []string{"--profile", s.Profile, "--audio", c.Audio}
	}
	if !c.Anywhere {
		args = append(args, "--bind", "127.0.0.1")
	}
	line := slices.Concat(c.Under, []string{program}, args, c.Args)
	s.Process = Start(t, StartOptions{Env: s.env, Dir: dir, Goodbye: 8 * time.Second}, line[0], line[1:]...)
	s.Ready(40*time.Second, "answering svaractl", func() bool {
		_, code := s.Ctl("status")
		return code == 0
	})
	for key, value := range c.Settings {
		s.Must("set", key, value)
	}
	return s
}

// Home is the environment that leads a later phone to the same folders as this one.
func (s *Svara) Home() []string { return s.env }

// Ctl runs svaractl on this phone and returns its standard output (standard error when it was refused) and exit code.
func (s *Svara) Ctl(args ...string) (string, int) { return s.CtlWith("", args...) }

// CtlWith is Ctl with standard input.
func (s *Svara) CtlWith(input string, args ...string) (string, int) {
	cmd := exec.Command(s.ctl, append([]string{"--profile", s.Profile, "--json"}, args...)...)
	cmd.Env = append(os.Environ(), s.env...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(out) + string(exit.Stderr), exit.ExitCode()
	}
	if err != nil {
		return err.Error(), -1
	}
	return string(out), 0
}

// Must runs svaractl and fails the test unless it exits with 0.
func (s *Svara) Must(args ...string) string {
	s.t.Helper()
	out, code := s.Ctl(args...)
	if code != 0 {
		s.t.Fatalf("svaractl %s: exit %d: %s", strings.Join(args, " "), code, strings.TrimSpace(out))
	}
	return out
}

// Ask runs a query and reads its JSON into v.
func (s *Svara) Ask(v any, args ...string) {
	s.t.Helper()
	out := s.Must(args...)
	if err := json.Unmarshal([]byte(out), v); err != nil {
		s.t.Fatalf("svaractl %s: %v in %s", strings.Join(args, " "), err, out)
	}
}

// AddAccount adds an account; args are more flags of svaractl account add.
func (s *Svara) AddAccount(user, password, domain string, args ...string) {
	s.t.Helper()
	args = append([]string{"account", "add", "--id", user, "--user", user, "--domain", domain, "--password-stdin"}, args...)
	if out, code := s.CtlWith(password+"\n", args...); code != 0 {
		s.t.Fatalf("svaractl %s: exit %d: %s", strings.Join(args, " "), code, out)
	}
}

// AddMail connects a mail server; args are more flags of svaractl mail add.
func (s *Svara) AddMail(id, address, user, password string, args ...string) {
	s.t.Helper()
	args = append([]string{"mail", "add", "--id", id, "--address", address, "--user", user, "--password-stdin"}, args...)
	if out, code := s.CtlWith(password+"\n", args...); code != 0 {
		s.t.Fatalf("svaractl %s: exit %d: %s", strings.Join(args, " "), code, out)
	}
}

// SignIn adds an account with the fixtures' password and waits until it is registered.
func (s *Svara) SignIn(user, domain string, args ...string) {
	s.t.Helper()
	s.AddAccount(user, "pw-"+user, domain, args...)
	s.Must("wait", "registered:"+user, "--timeout", "20s")
}

// SignInTeam signs in at the account's team server and waits until what is shared has come.
func (s *Svara) SignInTeam(user, password string) {
	s.t.Helper()
	if out, code := s.CtlWith(password+"\n", "team", "signin", user, "--password-stdin"); code != 0 {
		s.t.Fatalf("svaractl team signin: exit %d: %s", code, out)
	}
	Until(s.t, 60*time.Second, s.Called+" is linked to the team", func() bool { return s.Snapshot().Team.Link == phone.TeamLive })
}

// Account is how an account stands.
func (s *Svara) Account(id string) phone.AccountStatus {
	s.t.Helper()
	var all []phone.AccountStatus
	s.Ask(&all, "accounts")
	for _, a := range all {
		if string(a.ID) == id {
			return a
		}
	}
	s.t.Fatalf("no account %s", id)
	return phone.AccountStatus{}
}

// Dial calls a number and returns the call's ID.
func (s *Svara) Dial(target string, args ...string) string {
	s.t.Helper()
	var got struct {
		Call phone.CallID `json:"call"`
	}
	s.Ask(&got, append([]string{"dial", target}, args...)...)
	if got.Call == 0 {
		s.t.Fatalf("dial %s made no call", target)
	}
	return strconv.FormatUint(uint64(got.Call), 10)
}

// Talk calls a number and waits until it is connected.
func (s *Svara) Talk(target string) string {
	s.t.Helper()
	id := s.Dial(target)
	s.Wait(id, phone.StateConnected)
	return id
}

// Wait waits until a call ("any" is whichever) is in a state, and returns its ID.
func (s *Svara) Wait(call string, state phone.CallState) string {
	s.t.Helper()
	var got struct {
		Call phone.CallID `json:"call"`
	}
	s.Ask(&got, "wait", call+":"+string(state), "--timeout", "60s")
	if got.Call == 0 {
		return call
	}
	return strconv.FormatUint(uint64(got.Call), 10)
}

// Ended waits for a call's end and returns why.
func (s *Svara) Ended(call string) phone.Reason {
	s.t.Helper()
	s.Wait(call, phone.StateEnded)
	c := s.Call(call)
	if c.End == nil {
		s.t.Fatalf("call %s ended without a reason", call)
	}
	return *c.End
}

// Call is a call as svaractl call shows it. Ended ones are there for some seconds.
func (s *Svara) Call(id string) phone.Call {
	s.t.Helper()
	var c phone.Call
	s.Ask(&c, "call", id)
	return c
}

// History is the finished calls, newest first.
func (s *Svara) History() []phone.HistoryEntry {
	s.t.Helper()
	var h []phone.HistoryEntry
	s.Ask(&h, "history")
	return h
}

// Heard is what the speaker has played since the phone started.
func (s *Svara) Heard() []int16 {
	s.t.Helper()
	return s.part(0, s.played())
}

// Listen is what the speaker plays during the next d, measured by the sound itself.
func (s *Svara) Listen(d time.Duration) []int16 {
	s.t.Helper()
	from := s.played()
	want := from + sound.Samples(d)
	Until(s.t, d+time.Minute, fmt.Sprintf("%v of sound from the speaker", d), func() bool { return s.played() >= want })
	return s.part(from, want)
}

// played is how many samples the speaker has played so far. Without a call it stands still, and before the first one
// there is no file at all.
func (s *Svara) played() int {
	s.t.Helper()
	const header = 44 // bytes; less is a file that is being begun this moment
	if info, err := os.Stat(s.output); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() < header {
		return 0
	}
	n, err := sound.Length(s.output)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *Svara) part(from, to int) []int16 {
	s.t.Helper()
	if from == to {
		return nil
	}
	heard, err := sound.ReadPart(s.output, from, to)
	if err != nil {
		s.t.Fatal(err)
	}
	return heard
}

// Quit says goodbye in an orderly way and waits for the end.
func (s *Svara) Quit() {
	s.t.Helper()
	s.Must("quit")
	select {
	case <-s.Done():
		if err := s.Err(); err != nil {
			s.t.Fatalf("%s ended with %v", s.Name, err)
		}
	case <-time.After(10 * time.Second):
		s.t.Fatalf("%s has not ended 10 s after quit", s.Name)
	}
}
