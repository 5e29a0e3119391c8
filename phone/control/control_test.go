package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
	"svara/phone/phonetest/script"
)

// childProfile makes this test binary a phone that takes the profile, says so, and waits to be killed.
const childProfile = "SVARA_CONTROL_CHILD"

func TestMain(m *testing.M) {
	if profile := os.Getenv(childProfile); profile != "" {
		l, err := Listen(profile)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("listening")
		_ = (&Server{Phone: script.New()}).Serve(context.Background(), l)
	}
	goleak.VerifyTestMain(m)
}

// running is a scripted phone behind its door.
type running struct {
	*script.Phone
	server  *Server
	profile string
	log     *safeBuffer
	stop    func()
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// run starts a door; adapt changes the server before.
func run(t *testing.T, adapt func(*running)) *running {
	t.Helper()
	r := &running{Phone: script.New(), profile: filepath.Join(t.TempDir(), "profile"), log: &safeBuffer{}}
	r.server = &Server{
		Phone: r.Phone, History: r.Phone, Meter: r.Phone, Version: "1.2.3", Started: time.Now().Add(-time.Minute),
		StartupMS: func() int64 { return 321 }, Frames: func() phone.Frames { return phone.Frames{Drawn: 60, Slow: 2, Slowest: 41 * time.Millisecond} },
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if adapt != nil {
		adapt(r)
	}
	l, err := Listen(r.profile)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.server.Serve(ctx, l) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Serve does not return")
		}
	})
	t.Cleanup(r.stop)
	return r
}

func (r *running) dial(t *testing.T) *Client {
	t.Helper()
	c, err := Dial(r.profile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// raw is a connection that says what it likes.
type raw struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func (r *running) raw(t *testing.T) *raw {
	t.Helper()
	c := r.dial(t)
	if err := c.conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &raw{t, c.conn, c.in}
}

func (r *raw) say(text string) {
	r.t.Helper()
	if _, err := r.conn.Write([]byte(text)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *raw) hear() (response Response) {
	r.t.Helper()
	line, err := r.in.ReadBytes('\n')
	if err != nil {
		r.t.Fatalf("hear: %v", err)
	}
	if err := json.Unmarshal(line, &response); err != nil {
		r.t.Fatalf("%v in %s", err, line)
	}
	return response
}

func wantReason(t *testing.T, err error, want phone.ReasonID) {
	t.Helper()
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Reason.ID != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCommandsReachThePhone(t *testing.T) {
	r := run(t, func(r *running) {
		r.OnDo = func(c phone.Command) (phone.CallID, error) {
			switch c := c.(type) {
			case phone.Dial:
				if c.Target == "" {
					return 0, phone.Refuse(phone.ReasonBadTarget, "")
				}
				return 7, nil
			case phone.SetHold:
				return 0, &phone.Error{Reason: phone.Reason{ID: phone.ReasonNoCall, Code: 481, Text: "gone"}}
			}
			return 0, nil
		}
		r.server.Words = func(why phone.Reason) string { return "in words: " + string(why.ID) }
	})
	c := r.dial(t)
	secret := phone.PutAccount{Account: phone.Account{ID: "a", User: "u", Domain: "d"}, Password: "p@ss\"wörd", SessionOnly: true}
	for _, command := range []phone.Command{
		phone.Dial{Target: "2101", Account: "a"}, phone.Answer{Call: 3}, phone.Decline{}, phone.Hangup{All: true},
		phone.SetMute{Call: 2, On: true}, phone.SetMute{Call: 2}, phone.SendDTMF{Call: 1, Digits: "12#"}, secret,
		phone.Swap{}, phone.TransferTo{Call: 1, Target: "2", Kind: phone.TransferVoicemail}, phone.Consult{Target: "2"}, phone.Complete{Call: 2},
		phone.TakeBack{}, phone.AllowTransfer{Call: 1, On: true}, phone.AllowTransfer{Call: 1}, phone.Split{Call: 2},
		phone.LeaveConference{}, phone.EndConference{}, phone.SetLevel{Call: 1, Percent: 200}, phone.Silence{Call: 1, On: true}, phone.Silence{Call: 1},
		phone.Record{On: true}, phone.Record{Call: 3}, phone.Park{Slot: "701"}, phone.Retrieve{Slot: "701"}, phone.Pickup{Target: "2"},
		phone.CampOn{Target: "2"}, phone.PutBack{Call: 1}, phone.Move{Device: "mobile"}, phone.Pull{ID: "x"}, phone.WatchLine{Number: "2", On: true},
		phone.WatchLine{Number: "2"}, phone.DeleteRecording{ID: 4}, phone.PlayRecording{ID: 4, From: time.Second}, phone.StopPlaying{Pause: true},
		phone.RemoveAccount{Account: "a"}, phone.Register{}, phone.Set{Key: "k", Value: "v"}, phone.SeeMissed{}, phone.Dismiss{Call: 4},
		phone.TestSound{Kind: phone.SoundTestEcho}, phone.TestSound{},
		phone.SignInTeam{Account: "a", User: "anna", Password: "p@ss1"}, phone.RedeemCode{URL: "https://t", Mobile: "+46701", Code: "p@ss2"}, phone.SetTeamPassword{Old: "p@ss3", New: "p@ss4"},
	} {
		call, err := c.Do(t.Context(), command)
		if err != nil {
			t.Fatalf("%T: %v", command, err)
		}
		if _, dialled := command.(phone.Dial); dialled && call != 7 {
			t.Errorf("dial gave call %d", call)
		}
		did := r.Did()
		if got := did[len(did)-1]; got != command {
			t.Errorf("said %+v, the phone heard %+v", command, got)
		}
	}
	for _, command := range []phone.Command{phone.Merge{Calls: []phone.CallID{1, 2}}, phone.Merge{}, phone.StartConference{Targets: []string{"2", "3"}}} {
		if _, err := c.Do(t.Context(), command); err != nil {
			t.Fatalf("%T: %v", command, err)
		}
		if did := r.Did(); !reflect.DeepEqual(did[len(did)-1], command) {
			t.Errorf("said %+v, the phone heard %+v", command, did[len(did)-1])
		}
	}
	got, ok := r.Did()[7].(phone.PutAccount)
	if !ok || got.Password.Reveal() != "p@ss\"wörd" {
		t.Error("the password did not arrive")
	}

	_, err := c.Do(t.Context(), phone.Dial{})
	wantReason(t, err, phone.ReasonBadTarget)
	_, err = c.Do(t.Context(), phone.SetHold{On: true})
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Reason != (phone.Reason{ID: phone.ReasonNoCall, Code: 481, Text: "gone"}) ||
		refusal.Error() != "no-call: in words: no-call" || phone.ReasonOf(err).ID != phone.ReasonNoCall {
		t.Errorf("refusal %#v", err)
	}
	if strings.Contains(r.log.String(), "p@ss") || strings.Contains(r.log.String(), "12#") || !strings.Contains(r.log.String(), "account-put") {
		t.Errorf("the log has what it should not, or nothing:\n%s", r.log)
	}
}

func TestDoneMeansSaved(t *testing.T) {
	var asked int
	var fails error
	r := run(t, func(r *running) { r.server.Saved = func(context.Context) error { asked++; return fails } })
	c := r.dial(t)
	for i, command := range []phone.Command{phone.Set{}, phone.PutAccount{}, phone.RemoveAccount{}, phone.SeeMissed{}, phone.DeleteRecording{ID: 1},
		phone.Dial{}, phone.SetHold{}} {
		if _, err := c.Do(t.Context(), command); err != nil || asked != min(i+1, 5) {
			t.Errorf("%T: %v, asked %d times", command, err, asked)
		}
	}
	fails = phone.Refuse(phone.ReasonStoreFailed, "disk full")
	_, err := c.Do(t.Context(), phone.Set{})
	wantReason(t, err, phone.ReasonStoreFailed)
}

func TestScreenshotRaiseQuit(t *testing.T) {
	var shot, view string
	raised := make(chan []string, 1)
	quit := make(chan struct{})
	r := run(t, func(r *running) {
		r.server.Screenshot = func(path, v string) error {
			if shot, view = path, v; v == "none" {
				return errors.New("no such view")
			}
			return nil
		}
		r.server.Raise = func(args []string) { raised <- args }
		r.server.Quit = func() { close(quit) }
	})
	c := r.dial(t)
	if err := c.Call(t.Context(), "screenshot", screenshotArgs{"/tmp/a.png", "calls"}, nil); err != nil || shot != "/tmp/a.png" || view != "calls" {
		t.Errorf("screenshot %q %q: %v", shot, view, err)
	}
	wantReason(t, c.Call(t.Context(), "screenshot", screenshotArgs{"a.png", ""}, nil), phone.ReasonBadCommand)
	wantReason(t, c.Call(t.Context(), "screenshot", screenshotArgs{"/a.png", "none"}, nil), phone.ReasonInternal)

	link := "tel:+46 8;x='\"`$(rm -rf /)--flag"
	if err := HandOver(t.Context(), r.profile, []string{link, ""}); err != nil {
		t.Fatal(err)
	}
	if got := <-raised; len(got) != 2 || got[0] != link {
		t.Errorf("raised with %q", got)
	}
	go func() { <-quit; r.stop() }()
	if err := c.Quit(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Whoever saw the end can start another at once.
	l, err := Listen(r.profile)
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	r.stop()
	if _, err := Dial(r.profile); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after the end: %v", err)
	}
}

func TestHandOverGivesUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := HandOver(ctx, t.TempDir(), nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("%v", err)
	}
}

func TestOnePhonePerProfile(t *testing.T) {
	r := run(t, nil)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(r.profile, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{r.profile, r.profile + "/../profile/", link} {
		if _, err := Listen(name); !errors.Is(err, ErrRunning) || phone.ReasonOf(err).ID != phone.ReasonAlreadyRunning {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := Dial(link)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	for name, want := range map[string]os.FileMode{"": 0o700, socketName: 0o600, lockName: 0o600} {
		if info, err := os.Stat(filepath.Join(r.profile, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v, %v", name, info.Mode(), err)
		}
	}
	other := run(t, nil) // another profile is another phone
	if _, err := other.dial(t).Do(t.Context(), phone.SeeMissed{}); err != nil || len(r.Did()) != 0 || len(other.Did()) != 1 {
		t.Errorf("%v, %v, %v", err, r.Did(), other.Did())
	}
}

func TestKilledPhoneLeavesTheProfileFree(t *testing.T) {
	profile := filepath.Join(t.TempDir(), "profile")
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childProfile+"="+profile)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "listening\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := Listen(profile); !errors.Is(err, ErrRunning) {
		t.Fatalf("beside a running phone: %v", err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if _, err := os.Lstat(filepath.Join(profile, socketName)); err != nil {
		t.Fatalf("the killed phone left no socket, so the test proves nothing: %v", err)
	}
	if _, err := Dial(profile); !errors.Is(err, ErrNotRunning) {
		t.Errorf("a dead phone's socket: %v", err)
	}
	l, err := Listen(profile)
	if err != nil {
		t.Fatalf("after a kill: %v", err)
	}
	_ = l.Close()
}

func TestLongPathAndReadOnlyProfile(t *testing.T) {
	runtime, err := os.MkdirTemp("", "svara-rt-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(runtime) })
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	notFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, profile := range map[string]string{
		"long":         filepath.Join(t.TempDir(), strings.Repeat("å-very-long-folder-name", 9)),
		"not writable": filepath.Join(notFolder, "profile"),
	} {
		t.Run(name, func(t *testing.T) {
			l, err := Listen(profile)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			if !strings.HasPrefix(l.Socket(), filepath.Join(runtime, "svara")+"/") || len(l.Socket()) > maxSocketPath {
				t.Errorf("socket %s", l.Socket())
			}
			if _, err := Listen(profile); !errors.Is(err, ErrRunning) {
				t.Errorf("second: %v", err)
			}
			c, err := Dial(profile)
			if err != nil {
				t.Fatal(err)
			}
			_ = c.Close()
		})
	}
	// A folder there that others could have made, or can write, is not trusted.
	stranger := place{dir: filepath.Join(runtime, "open"), shared: true}
	if err := os.Symlink(t.TempDir(), stranger.dir); err != nil {
		t.Fatal(err)
	}
	if err := stranger.trusted(); !errors.Is(err, os.ErrPermission) {
		t.Errorf("a link in a shared folder: %v", err)
	}
}
