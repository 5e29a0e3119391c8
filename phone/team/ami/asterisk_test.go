package ami

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
)

// watch is a source that runs, and everything that it has told.
type watch struct {
	t   *testing.T
	src *Source

	mu     sync.Mutex
	cond   *sync.Cond
	events []team.SourceEvent // guarded by mu
	sinks  []func(team.SourceEvent)
}

// passwordFile writes a password as an administrator would.
func passwordFile(t *testing.T, password string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ami")
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// run runs a source until the test's end.
func run(t *testing.T, c Config, sinks ...func(team.SourceEvent)) *watch {
	t.Helper()
	if os.Getenv("SVARA_TRACE") != "" {
		c.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	w := &watch{t: t, src: New(c), sinks: sinks}
	w.cond = sync.NewCond(&w.mu)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.src.Run(ctx, w.sink) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != context.Canceled {
				t.Errorf("it ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("it does not end")
		}
	})
	return w
}

func (w *watch) sink(e team.SourceEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
	for _, s := range w.sinks {
		s(e)
	}
	w.cond.Broadcast()
}

// await waits until a told event is as wanted, from the beginning on, and returns it.
func await[E team.SourceEvent](w *watch, what string, ok func(E) bool) E {
	w.t.Helper()
	const limit = 40 * time.Second
	end := time.Now().Add(limit)
	wake := time.AfterFunc(limit, func() { w.mu.Lock(); w.cond.Broadcast(); w.mu.Unlock() })
	defer wake.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for from := 0; ; {
		for ; from < len(w.events); from++ {
			if e, is := w.events[from].(E); is && (ok == nil || ok(e)) {
				return e
			}
		}
		if time.Now().After(end) {
			var all strings.Builder
			for _, e := range w.events {
				fmt.Fprintf(&all, "%T %+v\n", e, e)
			}
			w.t.Fatalf("%s was not told; told was\n%s", what, all.String())
		}
		w.cond.Wait()
	}
}

func (w *watch) do(a team.SourceAction) {
	w.t.Helper()
	if err := w.src.Do(w.t.Context(), a); err != nil {
		w.t.Fatalf("%+v: %v", a, err)
	}
}

func (w *watch) refused(a team.SourceAction, want phone.ReasonID) {
	w.t.Helper()
	err := w.src.Do(w.t.Context(), a)
	if err == nil || phone.ReasonOf(err).ID != want {
		w.t.Errorf("%+v: %v, not %s", a, err, want)
	}
}

// office is an Asterisk with a queue "support" (6401) of nobody, "sales" (6402) with the static member PJSIP/2103, and agents 2101 to
// 2103 who answer after a time.
func office(t *testing.T, rings time.Duration) *phonetest.Asterisk {
	t.Helper()
	c := phonetest.AsteriskConfig{Manager: true, Voicemail: true, Queues: []phonetest.PBXQueue{
		{Name: "support", Number: "6401", Timeout: 3}, {Name: "sales", Number: "6402", Members: []string{"PJSIP/2103"}, Strategy: "rrmemory"},
	}, Extra: "exten => _21XX,1,Gosub(svara-dial,s,1(${EXTEN},PJSIP/${EXTEN},svara))\n same => n,Hangup()\nexten => *769001,hint,Custom:night_support\n"}
	for _, u := range []string{"2101", "2102", "2103"} {
		c.Users = append(c.Users, phonetest.StartAgent(t, u, rings))
	}
	return phonetest.StartAsterisk(t, c)
}

func config(t *testing.T, a *phonetest.Asterisk) Config {
	t.Helper()
	return Config{Address: a.Manager(), User: phonetest.ManagerUser, PasswordFile: passwordFile(t, phonetest.ManagerPassword), Context: "svara", hurry: 20}
}

func TestAsteriskTells(t *testing.T) {
	a := office(t, 300*time.Millisecond)
	w := run(t, config(t, a))
	await[team.SourceSynced](w, "everything", nil)
	await(w, "the queue", func(q team.QueueTold) bool {
		return q.Queue == "sales" && q.Settings.Distribution == team.DistributionTurns
	})
	await(w, "the static member", func(m team.MemberTold) bool {
		return m.Member.Queue == "sales" && m.Member.Phone == "PJSIP/2103" && m.Member.LoggedIn && m.Member.Skill == 10 && m.Member.State == team.MemberIdle
	})
	await(w, "a lamp", func(l team.LineTold) bool { return l.Phone == "PJSIP/2101" && l.State == phone.LineIdle })
	await(w, "a hint", func(l team.LineTold) bool { return l.Phone == "2101" && l.State == phone.LineIdle })
	await(w, "a mailbox", func(v team.VoicemailTold) bool { return v.Box == "2102@default" && v.New == 0 })

	w.do(team.LogMember{Queue: "support", Phone: "2101", Name: "Anna", In: true, Skill: 7})
	await(w, "the member", func(m team.MemberTold) bool {
		return m.Member.Queue == "support" && m.Member.Phone == "PJSIP/2101" && m.Member.Name == "Anna" && m.Member.Skill == 7
	})
	caller := a.CallQueue("6401", 1, 3*time.Second)
	joined := await(w, "the caller", func(c team.CallJoined) bool { return c.Queue == "support" && c.Place == 1 && c.From.Number == "070121" })
	await(w, "the ringing", func(c team.CallRings) bool { return c.Call == joined.Call && c.Phone == "PJSIP/2101" && !c.Off })
	await(w, "the answer", func(c team.CallAnswered) bool {
		return c.Call == joined.Call && c.Phone == "PJSIP/2101" && c.WaitS <= 1
	})
	await(w, "the lamp", func(l team.LineTold) bool { return l.Phone == "PJSIP/2101" && l.State == phone.LineBusy })
	await(w, "the member talking", func(m team.MemberTold) bool {
		return m.Member.Queue == "support" && m.Member.State == team.MemberInCall
	})
	await(w, "the end", func(c team.CallEnded) bool { return c.Call == joined.Call && c.Phone == "PJSIP/2101" && c.TalkS >= 2 })
	caller.Wait(20 * time.Second)
	t.Log(a.CLI("queue show support"))
}
