package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
	"svara/phone/control"
	"svara/phone/phonetest/script"
)

// program is the svaractl under test, built once.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "svaractl-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "svaractl")
	build := exec.Command("go", "build", "-tags", "x11,migrated_fynedo,nolibopusfile", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Printf("%s\n%v\n", out, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// bench is a scripted phone, and svaractl to be run on it.
type bench struct {
	*script.Phone
	t       *testing.T
	server  *control.Server
	profile string
	dir     string // svaractl's working folder
}

func start(t *testing.T, adapt func(*bench)) *bench {
	t.Helper()
	dir := t.TempDir()
	b := &bench{Phone: script.New(), t: t, profile: filepath.Join(dir, "profile"), dir: dir}
	b.server = &control.Server{
		Phone: b.Phone, History: b.Phone, Meter: b.Phone, Version: "1.2.3", Started: time.Now(),
		Words: func(r phone.Reason) string {
			if r.ID == phone.ReasonNoCall {
				return "There is no such call"
			}
			if strings.HasPrefix(string(r.ID), "timed-out") || r.ID == control.ReasonNoWindow {
				return "words that the language files do not have"
			}
			return ""
		},
	}
	if adapt != nil {
		adapt(b)
	}
	l, err := control.Listen(b.profile)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	if b.server.Quit == nil {
		b.server.Quit = cancel
	}
	go func() {
		defer close(done)
		if err := b.server.Serve(ctx, l); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return b
}

// result is what a run of svaractl came to.
type result struct {
	out, errs string
	code      int
}

func (b *bench) command(args ...string) *exec.Cmd {
	c := exec.CommandContext(b.t.Context(), program, append([]string{"--profile", b.profile}, args...)...)
	c.Dir = b.dir
	return c
}

func (b *bench) with(input string, args ...string) result {
	b.t.Helper()
	c := b.command(args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(input), &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	return result{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

func (b *bench) run(args ...string) result {
	b.t.Helper()
	return b.with("", args...)
}

// must runs svaractl and fails unless it is done and silent on standard error.
func (b *bench) must(args ...string) string {
	b.t.Helper()
	r := b.run(args...)
	if r.code != exitDone || r.errs != "" {
		b.t.Fatalf("svaractl %s: %+v", strings.Join(args, " "), r)
	}
	return r.out
}

func (b *bench) wantCode(want int, wantErr string, args ...string) {
	b.t.Helper()
	r := b.run(args...)
	if r.code != want || !strings.Contains(r.errs, wantErr) {
		b.t.Errorf("svaractl %q: %+v; want exit %d and %q", args, r, want, wantErr)
	}
	if want == exitRefused && strings.Count(r.errs, "\n") != 1 {
		b.t.Errorf("svaractl %q: a refusal is one line, not %q", args, r.errs)
	}
}

func TestCommands(t *testing.T) {
	b := start(t, func(b *bench) {
		b.OnDo = func(c phone.Command) (phone.CallID, error) {
			if _, ok := c.(phone.Dial); ok {
				return 7, nil
			}
			return 0, nil
		}
	})
	for _, c := range []struct {
		args string
		want phone.Command
	}{
		{"dial 2101", phone.Dial{Target: "2101"}},
		{"dial --account alice sip:bob@example.com", phone.Dial{Target: "sip:bob@example.com", Account: "alice"}},
		{"dial *21*5# --account=alice --json", phone.Dial{Target: "*21*5#", Account: "alice"}},
		{"dial -- -1", phone.Dial{Target: "-1"}},
		{"answer", phone.Answer{}},
		{"answer 3", phone.Answer{Call: 3}},
		{"decline 3", phone.Decline{Call: 3}},
		{"hangup", phone.Hangup{}},
		{"hangup 4", phone.Hangup{Call: 4}},
		{"hangup all", phone.Hangup{All: true}},
		{"hold", phone.SetHold{On: true}},
		{"resume 2", phone.SetHold{Call: 2}},
		{"mute 2", phone.SetMute{Call: 2, On: true}},
		{"unmute", phone.SetMute{}},
		{"dtmf 12#", phone.SendDTMF{Digits: "12#"}},
		{"dtmf 5 12#", phone.SendDTMF{Call: 5, Digits: "12#"}},
		{"register", phone.Register{}},
		{"register alice", phone.Register{Account: "alice"}},
		{"set audio.volume 50", phone.Set{Key: "audio.volume", Value: "50"}},
		{"seen", phone.SeeMissed{}},
		{"dismiss 6", phone.Dismiss{Call: 6}},
		{"dismiss no-microphone", phone.Dismiss{Fault: "no-microphone"}},
		{"dismiss --slot 701", phone.Dismiss{Slot: "701"}},
		{"account remove alice", phone.RemoveAccount{Account: "alice"}},
		{"dial 2101 --how bypass", phone.Dial{Target: "2101", How: phone.FeatureBypass}},
		{"dial 2101 --how voicemail", phone.Dial{Target: "2101", How: phone.FeatureVoicemail}},
		{"dial 2101 --how intrude --join", phone.Dial{Target: "2101", How: phone.FeatureIntrude, Join: true}},
		{"dial 2101 --how=withheld --via mobile --digits 12,34#", phone.Dial{Target: "2101", How: phone.FeatureWithheld, Via: "mobile", Digits: "12,34#"}},
		{"swap", phone.Swap{}},
		{"transfer 1 2101", phone.TransferTo{Call: 1, Target: "2101"}},
		{"transfer 1 --kind direct 2101", phone.TransferTo{Call: 1, Target: "2101", Kind: phone.TransferDirect}},
		{"transfer 1 2101 --kind voicemail", phone.TransferTo{Call: 1, Target: "2101", Kind: phone.TransferVoicemail}},
		{"consult 1 sip:bob@example.com", phone.Consult{Call: 1, Target: "sip:bob@example.com"}},
		{"complete", phone.Complete{}},
		{"complete 2", phone.Complete{Call: 2}},
		{"takeback", phone.TakeBack{}},
		{"takeback 1", phone.TakeBack{Call: 1}},
		{"allow", phone.AllowTransfer{On: true}},
		{"allow 3", phone.AllowTransfer{Call: 3, On: true}},
		{"refuse 3", phone.AllowTransfer{Call: 3}},
		{"conference", phone.Merge{}},
		{"conference 1 2 3", phone.Merge{Calls: []phone.CallID{1, 2, 3}}},
		{"conference start 2101 2102", phone.StartConference{Targets: []string{"2101", "2102"}}},
		{"conference --account a start 2101", phone.StartConference{Targets: []string{"2101"}, Account: "a"}},
		{"conference start 2101 --account a --json", phone.StartConference{Targets: []string{"2101"}, Account: "a"}},
		{"conference leave", phone.LeaveConference{}},
		{"conference end", phone.EndConference{}},
		{"kick 2", phone.Hangup{Call: 2}},
		{"split 2", phone.Split{Call: 2}},
		{"level 2 0", phone.SetLevel{Call: 2}},
		{"level 2 200%", phone.SetLevel{Call: 2, Percent: 200}},
		{"silence 2", phone.Silence{Call: 2, On: true}},
		{"unsilence 2", phone.Silence{Call: 2}},
		{"record start", phone.Record{On: true}},
		{"record stop 2", phone.Record{Call: 2}},
		{"recording play 4", phone.PlayRecording{ID: 4}},
		{"recording play 4 --from 1m5s", phone.PlayRecording{ID: 4, From: 65 * time.Second}},
		{"recording pause", phone.StopPlaying{Pause: true}},
		{"recording stop", phone.StopPlaying{}},
		{"recording delete 4 --json", phone.DeleteRecording{ID: 4}},
		{"recording mail 4", phone.MailRecording{ID: 4}},
		{"recording mail 4 --server office", phone.MailRecording{ID: 4, Server: "office"}},
		{"deflect 3 2114", phone.Deflect{Call: 3, Target: "2114"}},
		{"park", phone.Park{}},
		{"park 1", phone.Park{Call: 1}},
		{"park 1 701", phone.Park{Call: 1, Slot: "701"}},
		{"retrieve 701", phone.Retrieve{Slot: "701"}},
		{"retrieve 701 --account a", phone.Retrieve{Slot: "701", Account: "a"}},
		{"pickup 2101", phone.Pickup{Target: "2101"}},
		{"pickup --account a 2101", phone.Pickup{Target: "2101", Account: "a"}},
		{"campon 1 2101", phone.CampOn{Call: 1, Target: "2101"}},
		{"putback", phone.PutBack{}},
		{"putback 1", phone.PutBack{Call: 1}},
		{"move 1 mobile", phone.Move{Call: 1, Device: "mobile"}},
		{"pull", phone.Pull{}},
		{"pull e1", phone.Pull{ID: "e1"}},
		{"watch 2101", phone.WatchLine{Number: "2101", On: true}},
		{"unwatch 2101 --account a", phone.WatchLine{Number: "2101", Account: "a"}},
	} {
		b.must(strings.Fields(c.args)...)
		did := b.Did()
		if got := did[len(did)-1]; !reflect.DeepEqual(got, c.want) {
			t.Errorf("svaractl %s: %+v, want %+v", c.args, got, c.want)
		}
	}
	b.must("set", "audio.input", "") // an empty value is a value
	if got := b.Did()[len(b.Did())-1]; got != (phone.Set{Key: "audio.input"}) {
		t.Errorf("%+v", got)
	}
	if out := b.must("dial", "1"); out != "call 7\n" {
		t.Errorf("dial says %q", out)
	}
	if out := b.must("--json", "dial", "1"); out != "{\"call\":7}\n" {
		t.Errorf("dial --json says %q", out)
	}
}

func TestExitCodes(t *testing.T) {
	b := start(t, func(b *bench) {
		b.OnDo = func(c phone.Command) (phone.CallID, error) {
			if c, ok := c.(phone.Dial); ok {
				return 0, phone.Refuse(phone.ReasonBadTarget, "evil\r\n\x1b[31m"+c.Target)
			}
			return 0, phone.Refuse(phone.ReasonNoCall, "")
		}
	})
	b.wantCode(exitDone, "", "status")
	b.wantCode(exitRefused, "no-call: There is no such call\n", "hangup")
	b.wantCode(exitRefused, "bad-target: evil [31mx\n", "dial", "x") // nothing the terminal obeys
	b.wantCode(exitRefused, "no-call: There is no such call\n", "call", "9")
	b.wantCode(exitRefused, "bad-setting: no.such\n", "get", "no.such")
	b.wantCode(exitRefused, "no-window: the phone runs without a window\n", "screenshot", "x.png")
	b.wantCode(exitRefused, "no-account: nobody\n", "account", "set", "nobody", "user", "x")
	for _, args := range [][]string{
		{}, {"fly"}, {"--no-such-flag"}, {"dial"}, {"dial", "1", "2"}, {"dial", "1", "--speed", "3"}, {"hangup", "x"}, {"call", "0"}, {"call", "-1"},
		{"dtmf"}, {"dtmf", "1", "2", "3"}, {"dtmf", "x", "2"}, {"set", "a"}, {"get"}, {"wait"}, {"wait", "7:flying"}, {"wait", "registered", "--timeout", "soon"},
		{"account"}, {"account", "fly"}, {"account", "add"}, {"account", "add", "--user", "u", "--domain", "d"}, {"account", "set", "a", "colour", "red"},
		{"account", "set", "a", "password", "secret"}, {"account", "set", "a", "user"}, {"account", "remove"}, {"status", "now"}, {"history", "--limit", "-1"},
		{"dial", "1", "--how", "kindly"}, {"swap", "1"}, {"transfer"}, {"transfer", "2101"}, {"transfer", "x", "2101"}, {"transfer", "1", "2", "3"},
		{"transfer", "1", "2101", "--kind", "announced"}, {"transfer", "1", "2101", "--kind", "park"}, {"consult", "2101"}, {"consult", "0", "2101"}, {"complete", "1", "2"},
		{"takeback", "x"}, {"allow", "x"}, {"refuse", "1", "2"}, {"conference", "x"}, {"conference", "1", "x"}, {"conference", "start"}, {"conference", "leave", "1"},
		{"conference", "end", "now"}, {"conference", "list", "1"}, {"conference", "1", "--account", "a"}, {"conference", "end", "--account", "a"}, {"kick"}, {"kick", "all"}, {"split"},
		{"level", "1"}, {"level", "1", "201"}, {"level", "1", "-1"}, {"level", "1", "loud"}, {"level", "x", "50"}, {"silence"}, {"unsilence"}, {"record"}, {"record", "on"}, {"record", "1"},
		{"record", "start", "x"}, {"record", "start", "1", "2"}, {"recording"}, {"recording", "fly"}, {"recording", "list", "1"}, {"recording", "list", "--limit", "-1"}, {"recording", "play"},
		{"recording", "play", "x"}, {"recording", "play", "0"}, {"recording", "play", "1", "--from", "soon"}, {"recording", "play", "1", "--from", "-1s"}, {"recording", "pause", "1"},
		{"recording", "stop", "1"}, {"recording", "delete"}, {"recording", "delete", "all"}, {"recording", "path"}, {"recording", "path", "-1"}, {"recording", "mail"}, {"recording", "mail", "x"}, {"recording", "mail", "1", "--timeout", "soon"}, {"deflect", "2114"}, {"park", "x"}, {"park", "1", "2", "3"},
		{"retrieve"}, {"retrieve", "1", "2"}, {"pickup"}, {"campon", "2101"}, {"putback", "x"}, {"move", "mobile"}, {"pull", "1", "2"}, {"watch"}, {"unwatch"}, {"lines", "1"},
		{"parked", "1"}, {"camped", "1"}, {"elsewhere", "1"}, {"dialect"}, {"dialect", "fly"}, {"dialect", "list", "1"}, {"dialect", "check"}, {"dismiss"}, {"dismiss", "1", "--slot", "701"},
		{"wait", "7:transfer=flying"}, {"wait", "conference:x"}, {"run", "--audio", "gramophone"}, {"run", "--audio", "file:in.wav"}, {"run", "away"}, {"help", "fly"}, {"screenshot"},
	} {
		r := b.run(args...)
		if r.code != exitUsage || !strings.HasPrefix(r.errs, "usage: svaractl") || r.out != "" {
			t.Errorf("svaractl %q: %+v", args, r)
		}
	}
	b.wantCode(exitTimeout, "timed-out: registered: no such account\n", "wait", "registered", "--timeout", "20ms")
	b.wantCode(exitTimeout, "timed-out: any:connected: no such call\n", "wait", "any:connected", "--timeout", "20ms")

	nobody := &bench{t: t, profile: filepath.Join(t.TempDir(), "none"), dir: t.TempDir()}
	for _, args := range [][]string{{"status"}, {"dial", "1"}, {"events"}, {"wait", "registered"}, {"quit"}, {"account", "list"}} {
		nobody.wantCode(exitNoPhone, "not-running: no phone runs with the profile "+nobody.profile+"\n", args...)
	}
	if _, err := os.Stat(nobody.profile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("asking made the profile: %v", err)
	}
	for _, args := range [][]string{{"help"}, {"--help"}, {"help", "dial"}, {"dial", "--help"}, {"account", "-h"}, {"account", "add", "--help"}} {
		if r := nobody.run(args...); r.code != exitDone || !strings.Contains(r.out, "svaractl") || r.errs != "" {
			t.Errorf("%q: %+v", args, r)
		}
	}
}

func TestSecondPhone(t *testing.T) {
	b := start(t, nil)
	b.wantCode(exitRefused, "another phone runs with this profile\n", "run", "--audio", "null")
	if r := b.run("run", "--audio", "null"); !strings.HasPrefix(r.errs, "already-running: ") {
		t.Errorf("%+v", r)
	}
}

func TestPeopleCanReadIt(t *testing.T) {
	now := time.Now()
	b := start(t, func(b *bench) {
		b.server.StartupMS = func() int64 { return 250 }
		b.server.Screenshot = func(path, view string) error { return os.WriteFile(path, []byte(view), 0o600) }
		b.OnHistory = func(q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
			if !reflect.DeepEqual(q, phone.HistoryQuery{Missed: true, Text: "anna b", Limit: 5}) {
				return nil, nil
			}
			return []phone.HistoryEntry{{ID: 12, Begun: now, Direction: phone.Incoming, Outcome: phone.OutcomeMissed, Remote: phone.Party{Number: "2101", Name: "Anna\x1b]0;x\x07\u202e B"}}}, nil
		}
		b.Change(func(s *phone.Snapshot) {
			s.Accounts = []phone.AccountStatus{{
				Account:      phone.Account{ID: "alice", User: "2001", Domain: "pbx", Default: true},
				Registration: phone.Registration{State: phone.RegistrationFailed, Reason: &phone.Reason{ID: phone.ReasonWrongPassword, Code: 403, Text: "Forbidden"}},
			}}
			s.Calls = []phone.Call{{ID: 3, Direction: phone.Outgoing, State: phone.StateConnected, Hold: phone.HoldLocal, Muted: true, Codec: "opus",
				Remote: phone.Party{Number: "2101", Name: "Anna"}, Started: now.Add(-75 * time.Second), Quality: phone.Quality{Codec: "opus", Sent: 77}}}
			s.Active = 3
			s.Faults = []phone.Reason{{ID: phone.ReasonNoMicrophone}}
			s.Audio = phone.AudioStatus{Devices: []phone.Device{{ID: "d1", Name: "Headset", Input: true, Output: true, Default: true}}, Input: "d1",
				Cleaning: phone.Cleaning{Library: "WebRTC", Room: true, Running: true, Echo: true, Noise: "low", ERLE: 42, DelayMS: 61}}
		})
	})
	for args, want := range map[string][]string{
		"status":   {"Svara 1.2.3, up 0:0", "ready after 250 ms", "alice (default)", "failed", "wrong-password: Forbidden", "call 3", "connected", "1:1", "Anna <2101>", "held by you; muted; opus", "fault: no-microphone"},
		"accounts": {"sip:2001@pbx"},
		"calls":    {"call 3", "out"},
		"call":     {"call 3", "answered"},
		"stats 3":  {"77 sent", "microphone -20 dBFS"},
		"devices":  {"d1", "Headset", "input, output", "system's choice, in use", "Microphone processing (WebRTC): echo, noise (low); the echo is 42 dB down, it came after 61 ms."},
		"snapshot": {"\"active\": 3"},
		"settings": {"audio.volume", "100"},
		"version":  {"1.2.3"},
	} {
		out := b.must(strings.Fields(args)...)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("svaractl %s has no %q:\n%s", args, w, out)
			}
		}
		var v any
		if js := b.must(append(strings.Fields(args), "--json")...); json.Unmarshal([]byte(js), &v) != nil || strings.Count(js, "\n") != 1 {
			t.Errorf("svaractl %s --json is not one line of JSON:\n%s", args, js)
		}
	}
	if out := b.must("get", "audio.volume"); out != "100\n" {
		t.Errorf("get: %q", out)
	}
	out := b.must("history", "--missed", "--search", "anna b", "--limit", "5")
	if !strings.Contains(out, "Anna]0;x B <2101>") || !strings.Contains(out, "missed") || !strings.Contains(out, "new") || strings.ContainsAny(out, "\x1b\x07\u202e") {
		t.Errorf("history: %q", out)
	}
	b.must("screenshot", "picture.png", "--view", "calls") // relative to where svaractl runs
	if got, err := os.ReadFile(filepath.Join(b.dir, "picture.png")); err != nil || string(got) != "calls" {
		t.Errorf("screenshot: %q, %v", got, err)
	}
}

func TestEveryVerbHasHelp(t *testing.T) {
	for name := range usages {
		if _, ok := verbs()[name]; !ok {
			t.Errorf("%s is no verb", name)
		}
	}
	b := &bench{t: t, profile: t.TempDir(), dir: t.TempDir()}
	all := b.must("help")
	for name, v := range verbs() {
		if v.about == "" || !strings.Contains(all, "  "+name+" ") || !strings.Contains(b.must("help", name), "svaractl "+name) {
			t.Errorf("no help for %s", name)
		}
	}
}
