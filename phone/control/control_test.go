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
		StartupMS: func() int64 { return 321 },
		Log:       slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
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
		phone.RemoveAccount{Account: "a"}, phone.Register{}, phone.Set{Key: "k", Value: "v"}, phone.SeeMissed{}, phone.Dismiss{Call: 4},
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
	for i, command := range []phone.Command{phone.Set{}, phone.PutAccount{}, phone.RemoveAccount{}, phone.SeeMissed{}, phone.Dial{}, phone.SetHold{}} {
		if _, err := c.Do(t.Context(), command); err != nil || asked != min(i+1, 4) {
			t.Errorf("%T: %v, asked %d times", command, err, asked)
		}
	}
	fails = phone.Refuse(phone.ReasonStoreFailed, "disk full")
	_, err := c.Do(t.Context(), phone.Set{})
	wantReason(t, err, phone.ReasonStoreFailed)
}

func TestQueries(t *testing.T) {
	started := time.Now().Add(-90 * time.Second)
	r := run(t, func(r *running) {
		r.OnHistory = func(q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
			if q != (phone.HistoryQuery{Missed: true, Text: "a b", Limit: 3, Before: 9}) {
				return nil, nil
			}
			return []phone.HistoryEntry{{ID: 8}}, nil
		}
		r.Change(func(s *phone.Snapshot) {
			s.Accounts = []phone.AccountStatus{{
				Account:      phone.Account{ID: "alice", User: "2001", Domain: "pbx"},
				Registration: phone.Registration{State: phone.RegistrationRegistered},
			}}
			s.Calls = []phone.Call{
				{ID: 1, State: phone.StateRinging, Hold: phone.HoldNone, Remote: phone.Party{Number: "2"}},
				{ID: 2, State: phone.StateConnected, Hold: phone.HoldLocal, Muted: true, Remote: phone.Party{Number: "3", Name: "C"}, Codec: "opus",
					Started: started, Quality: phone.Quality{Codec: "opus", Sent: 5}},
			}
			s.Active = 2
			s.Settings = phone.Settings{phone.KeyVolume: "50"}
		})
	})
	c := r.dial(t)
	ask := func(verb string, args any) (out any) {
		t.Helper()
		if err := c.Call(t.Context(), verb, args, &out); err != nil {
			t.Fatalf("%s: %v", verb, err)
		}
		return out
	}
	field := func(v any, path ...any) any {
		t.Helper()
		for _, p := range path {
			switch p := p.(type) {
			case string:
				m, ok := v.(map[string]any)
				if !ok {
					t.Fatalf("no object for %s in %v", p, v)
				}
				if v, ok = m[p]; !ok {
					t.Fatalf("no field %s in %v", p, m)
				}
			case int:
				v = v.([]any)[p]
			}
		}
		return v
	}
	status := ask("status", nil)
	for _, want := range []struct {
		path  []any
		value any
	}{
		{[]any{"version"}, "1.2.3"},
		{[]any{"startup_ms"}, 321.0},
		{[]any{"accounts", 0, "id"}, "alice"},
		{[]any{"accounts", 0, "state"}, "registered"},
		{[]any{"calls", 0, "id"}, 1.0},
		{[]any{"calls", 0, "state"}, "ringing"},
		{[]any{"calls", 0, "started"}, nil},
		{[]any{"calls", 0, "srtp"}, ""},
		{[]any{"calls", 1, "hold"}, "local"},
		{[]any{"calls", 1, "muted"}, true},
		{[]any{"calls", 1, "codec"}, "opus"},
		{[]any{"calls", 1, "remote", "number"}, "3"},
		{[]any{"calls", 1, "started"}, started.Format(time.RFC3339Nano)},
		{[]any{"faults"}, []any{}},
	} {
		if got := field(status, want.path...); fmt.Sprint(got) != fmt.Sprint(want.value) {
			t.Errorf("status %v is %v, want %v", want.path, got, want.value)
		}
	}
	if up := field(status, "uptime_ms").(float64); up < 60_000 || up > 120_000 {
		t.Errorf("uptime %v ms", up)
	}
	if got := field(ask("accounts", nil), 0, "id"); got != "alice" {
		t.Errorf("accounts: %v", got)
	}
	if got := len(ask("calls", nil).([]any)); got != 2 {
		t.Errorf("%d calls", got)
	}
	if got := field(ask("call", nil), "id"); got != 2.0 { // the active one
		t.Errorf("call: %v", got)
	}
	if got := field(ask("call", callArgs{1}), "state"); got != "ringing" {
		t.Errorf("call 1: %v", got)
	}
	stats := ask("stats", callArgs{2})
	if field(stats, "sent") != 5.0 || field(stats, "levels", "microphone") != -20.0 || field(stats, "duration_ms").(float64) < 90_000 {
		t.Errorf("stats: %v", stats)
	}
	if got := field(ask("devices", nil), "devices"); fmt.Sprint(got) != "[]" {
		t.Errorf("devices: %v", got)
	}
	if got := field(ask("get", getArgs{phone.KeyVolume}), "value"); got != "50" {
		t.Errorf("get: %v", got)
	}
	if got := field(ask("settings", nil), phone.KeyToneCountry); got != "se" { // a default
		t.Errorf("settings: %v", got)
	}
	if got := field(ask("snapshot", nil), "active"); got != 2.0 {
		t.Errorf("snapshot: %v", got)
	}
	if got := field(ask("version", nil), "version"); got != "1.2.3" {
		t.Errorf("version: %v", got)
	}
	if got := field(ask("history", phone.HistoryQuery{Missed: true, Text: "a b", Limit: 3, Before: 9}), 0, "id"); got != 8.0 {
		t.Errorf("history: %v", got)
	}
	if got := ask("history", nil); fmt.Sprint(got) != "[]" {
		t.Errorf("empty history: %v", got)
	}
	for verb, want := range map[string]struct {
		args   any
		reason phone.ReasonID
	}{
		"call":       {callArgs{99}, phone.ReasonNoCall},
		"stats":      {callArgs{99}, phone.ReasonNoCall},
		"get":        {getArgs{"no.such"}, phone.ReasonBadSetting},
		"history":    {map[string]any{"limit": "many"}, phone.ReasonBadCommand},
		"screenshot": {screenshotArgs{Path: "/x.png"}, ReasonNoWindow},
		"raise":      {nil, ReasonNoWindow},
		"quit":       {nil, phone.ReasonBadCommand},
		"fly":        {nil, phone.ReasonBadCommand},
		"wait":       {waitArgs{Condition: "7:flying"}, phone.ReasonBadCommand},
	} {
		wantReason(t, c.Call(t.Context(), verb, want.args, nil), want.reason)
	}
	// Two live calls and none active: which one is meant?
	r.Change(func(s *phone.Snapshot) { s.Active = 0 })
	wantReason(t, c.Call(t.Context(), "call", nil, nil), phone.ReasonNoCall)
	r.Change(func(s *phone.Snapshot) { s.Calls[0].State = phone.StateEnded })
	if got := field(ask("call", nil), "id"); got != 2.0 {
		t.Errorf("the only call: %v", got)
	}
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
