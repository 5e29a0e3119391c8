package ami

import (
	"bufio"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// fakeAMI is a manager interface that says what a test wants. serve gets each connection after the banner.
type fakeAMI struct {
	net.Listener
	logins atomic.Int64
}

func newFake(t *testing.T, serve func(f *fakeAMI, nc net.Conn, in *bufio.Reader)) *fakeAMI {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeAMI{Listener: l}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			serve(f, nc, bufio.NewReader(nc))
			nc.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return f
}

// action reads what was asked.
func readAction(in *bufio.Reader) map[string]string {
	a := map[string]string{}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil
		}
		if line = strings.TrimSpace(line); line == "" {
			return a
		}
		k, v, _ := strings.Cut(line, ": ")
		a[k] = v
	}
}

// greet does the login; it reports whether the password was right.
func (f *fakeAMI) greet(nc net.Conn, in *bufio.Reader, password string) bool {
	fmt.Fprint(nc, "Asterisk Call Manager/11.0.0\r\n")
	a := readAction(in)
	if a == nil {
		return false
	}
	fmt.Fprintf(nc, "Response: Success\r\nActionID: %s\r\nChallenge: 1234\r\n\r\n", a["ActionID"])
	if a = readAction(in); a == nil {
		return false
	}
	f.logins.Add(1)
	sum := md5.Sum([]byte("1234" + password))
	if a["Key"] != hex.EncodeToString(sum[:]) || a["AuthType"] != "MD5" || a["Secret"] != "" {
		fmt.Fprintf(nc, "Response: Error\r\nActionID: %s\r\nMessage: Authentication failed\r\n\r\n", a["ActionID"])
		return false
	}
	fmt.Fprintf(nc, "Response: Success\r\nActionID: %s\r\n\r\n", a["ActionID"])
	return true
}

// empty answers every question with a list of nothing, until the connection ends or until says that it is enough.
func empty(nc net.Conn, in *bufio.Reader, until string) {
	for a := readAction(in); a != nil; a = readAction(in) {
		if a["Action"] == until {
			return
		}
		fmt.Fprintf(nc, "Response: Success\r\nActionID: %[1]s\r\nEventList: start\r\n\r\nEvent: %[2]sComplete\r\nActionID: %[1]s\r\nEventList: Complete\r\n\r\n", a["ActionID"], a["Action"])
	}
}

func fakeConfig(t *testing.T, f net.Listener, password string) Config {
	return Config{Address: f.Addr().String(), User: "u", PasswordFile: passwordFile(t, password), hurry: 20}
}

func TestHostileServers(t *testing.T) {
	junk := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct {
		serve func(f *fakeAMI, nc net.Conn, in *bufio.Reader)
		want  phone.ReasonID
	}{
		"another protocol":  {func(_ *fakeAMI, nc net.Conn, _ *bufio.Reader) { fmt.Fprint(nc, "SSH-2.0-OpenSSH_9\r\n") }, phone.ReasonServerError},
		"an endless banner": {func(_ *fakeAMI, nc net.Conn, _ *bufio.Reader) { fmt.Fprint(nc, junk) }, phone.ReasonServerError},
		"closes":            {func(*fakeAMI, net.Conn, *bufio.Reader) {}, phone.ReasonLost},
		"an endless line": {func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
			if f.greet(nc, in, "pw") {
				fmt.Fprint(nc, "Event: "+junk)
				_, _ = io.Copy(io.Discard, in)
			}
		}, phone.ReasonServerError},
		"an endless message": {func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
			if f.greet(nc, in, "pw") {
				fmt.Fprint(nc, strings.Repeat("Key: value\r\n", 20_000))
				_, _ = io.Copy(io.Discard, in)
			}
		}, phone.ReasonServerError},
		"a zero byte": {func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
			if f.greet(nc, in, "pw") {
				fmt.Fprint(nc, "Event: \x00\r\n\r\n")
				_, _ = io.Copy(io.Discard, in)
			}
		}, phone.ReasonServerError},
		"refuses its queues": {func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
			if f.greet(nc, in, "pw") {
				for a := readAction(in); a != nil; a = readAction(in) {
					fmt.Fprintf(nc, "Response: Error\r\nActionID: %s\r\nMessage: Permission denied\r\n\r\n", a["ActionID"])
				}
			}
		}, phone.ReasonNotPermitted},
		"falls silent": {func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
			if f.greet(nc, in, "pw") {
				_, _ = io.Copy(io.Discard, in)
			}
		}, phone.ReasonNoReply},
		"falls silent later": {func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
			if f.greet(nc, in, "pw") {
				empty(nc, in, "Ping")
				_, _ = io.Copy(io.Discard, in)
			}
		}, phone.ReasonNoReply},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, c.serve)
			w := run(t, fakeConfig(t, f, "pw"))
			down := await[team.SourceDown](w, "that it is down", nil)
			if down.Reason.ID != c.want {
				t.Errorf("%+v", down.Reason)
			}
			await(w, "that it is down again", func(d team.SourceDown) bool { return d.At.After(down.At) }) // it goes on trying
			w.refused(team.SetSkill{Queue: "q", Phone: "1"}, c.want)
		})
	}
}

func TestNobodyThere(t *testing.T) {
	f := newFake(t, func(*fakeAMI, net.Conn, *bufio.Reader) {})
	c := fakeConfig(t, f, "pw")
	f.Close()
	w := run(t, c)
	if d := await[team.SourceDown](w, "that it is down", nil); d.Reason.ID != phone.ReasonRefused {
		t.Errorf("%+v", d.Reason)
	}
	c.Address = "no-such-host.invalid:5038"
	if d := await[team.SourceDown](run(t, c), "that it is down", nil); d.Reason.ID != phone.ReasonUnknownHost {
		t.Errorf("%+v", d.Reason)
	}
	c.PasswordFile = filepath.Join(t.TempDir(), "none")
	if d := await[team.SourceDown](run(t, c), "that it is down", nil); d.Reason.ID != phone.ReasonBadFile {
		t.Errorf("%+v", d.Reason)
	}
}

// A password that is refused is not tried again until its file has changed.
func TestWrongPassword(t *testing.T) {
	f := newFake(t, func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
		if f.greet(nc, in, "right") {
			empty(nc, in, "")
		}
	})
	c := fakeConfig(t, f, "wrong")
	w := run(t, c)
	if d := await[team.SourceDown](w, "that it is down", nil); d.Reason.ID != phone.ReasonWrongPassword {
		t.Errorf("%+v", d.Reason)
	}
	w.refused(team.PauseMember{Phone: "1"}, phone.ReasonWrongPassword)
	look := time.NewTimer(10 * passwordLook / time.Duration(c.hurry)) // ten looks at the file
	<-look.C
	if n := f.logins.Load(); n != 1 {
		t.Errorf("%d logins", n)
	}
	if err := os.WriteFile(c.PasswordFile, []byte("right\r\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	await[team.SourceSynced](w, "everything", nil)
	if n := f.logins.Load(); n != 2 {
		t.Errorf("%d logins", n)
	}
}

// What is asked of an exchange that does not answer, or goes away meanwhile, ends with a reason.
func TestNoAnswer(t *testing.T) {
	asked := make(chan struct{}, 8)
	f := newFake(t, func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
		if !f.greet(nc, in, "pw") {
			return
		}
		empty(nc, in, "QueuePause")
		asked <- struct{}{}
		readAction(in)
	})
	c := fakeConfig(t, f, "pw")
	c.hurry = 1
	w := run(t, c)
	await[team.SourceSynced](w, "everything", nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if err := w.src.Do(ctx, team.PauseMember{Phone: "1"}); phone.ReasonOf(err).ID != phone.ReasonLost {
		t.Errorf("%v", err)
	}
	if err := w.src.Do(t.Context(), team.SetSkill{Queue: "q", Phone: "1", Skill: 3}); phone.ReasonOf(err).ID != phone.ReasonLost { // it closes
		t.Errorf("%v", err)
	}
}

// Calls that leave a queue, told by what they do next.
func TestWhereCallsGo(t *testing.T) {
	const q, leave = "\r\nQueue: q\r\nUniqueid: 1.1\r\n", "Event: QueueCallerLeave\r\nQueue: q\r\nUniqueid: 1.1\r\n\r\n"
	step := func(exten, app, data string) string {
		return "Event: Newexten\r\nUniqueid: 1.1\r\nExtension: " + exten + "\r\nApplication: " + app + "\r\nAppData: " + data + "\r\n\r\n"
	}
	const hangup = "Event: Hangup\r\nUniqueid: 1.1\r\n\r\n"
	for name, c := range map[string]struct {
		said string
		want []team.SourceEvent
	}{
		"gives up":            {"Event: QueueCallerAbandon\r\nHoldTime: 7" + q + "\r\n" + leave + hangup, []team.SourceEvent{team.CallLeft{WaitS: 7}}},
		"gives up, with h":    {leave + step("h", "NoOp", "") + step("h", "Dial", "PJSIP/9") + hangup, []team.SourceEvent{team.CallLeft{}}},
		"is hung up":          {leave + step("s", "Hangup", "17") + hangup, []team.SourceEvent{team.CallLeft{}}},
		"never left":          {hangup, []team.SourceEvent{team.CallLeft{}}},
		"dials":               {leave + step("s", "NoOp", "") + step("9", "Dial", "PJSIP/2105&PJSIP/2106,30,t") + hangup, []team.SourceEvent{team.CallLeft{Redirected: true, To: "2105"}}},
		"dials a trunk":       {leave + step("9", "Dial", "PJSIP/0701234567@trunk") + hangup, []team.SourceEvent{team.CallLeft{Redirected: true, To: "0701234567"}}},
		"a mailbox":           {leave + step("9", "VoiceMail", "2101@default,u"), []team.SourceEvent{team.CallLeft{Redirected: true, To: "2101"}}},
		"an announcement":     {leave + step("9000", "Playback", "closed") + hangup, []team.SourceEvent{team.CallLeft{Redirected: true, To: "9000"}}},
		"another queue":       {leave + step("9", "Queue", "r") + "Event: QueueCallerJoin\r\nQueue: r\r\nUniqueid: 1.1\r\nPosition: 1\r\n\r\n", []team.SourceEvent{team.CallLeft{Redirected: true, To: "r"}, team.CallJoined{Queue: "r", Place: 1}}},
		"answered after":      {leave + "Event: AgentConnect\r\nInterface: PJSIP/1\r\nHoldTime: 4" + q + "\r\n" + step("9", "Dial", "PJSIP/3") + "Event: AgentComplete\r\nTalkTime: 9" + q + "\r\n" + hangup, []team.SourceEvent{team.CallAnswered{Phone: "PJSIP/1", WaitS: 4}, team.CallEnded{Phone: "PJSIP/1", TalkS: 9}}},
		"hung up, then told":  {"Event: AgentConnect\r\nInterface: PJSIP/1" + q + "\r\n" + hangup + "Event: AgentComplete\r\nTalkTime: 9" + q + "\r\n", []team.SourceEvent{team.CallAnswered{Phone: "PJSIP/1"}, team.CallEnded{Phone: "PJSIP/1", TalkS: 9}}},
		"told twice":          {"Event: QueueCallerJoin" + q + "\r\n" + leave + leave + hangup + hangup, []team.SourceEvent{team.CallLeft{}}},
		"of others":           {"Event: QueueCallerLeave\r\nQueue: r\r\nUniqueid: 1.1\r\n\r\n" + step("9", "Dial", "PJSIP/3") + leave + hangup, []team.SourceEvent{team.CallLeft{}}},
		"night, other queues": {"Event: UserEvent\r\nUserEvent: SvaraNight\r\nQueue: r\r\nUniqueid: 1.1\r\n\r\n" + leave + hangup, []team.SourceEvent{team.CallLeft{}}},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
			var got []team.SourceEvent
			ss := newSession(New(Config{Now: func() time.Time { return now }}), nil, func(e team.SourceEvent) { got = append(got, e) })
			r := newReader(strings.NewReader("Event: QueueCallerJoin\r\nPosition: 1" + q + "\r\n" + c.said))
			for m, err := r.read(); err == nil; m, err = r.read() {
				ss.event(m)
			}
			for i, e := range c.want {
				switch e := e.(type) {
				case team.CallLeft:
					e.At, e.Queue, e.Call = now, "q", "asterisk-1.1"
					c.want[i] = e
				case team.CallJoined:
					e.At, e.Since, e.Call = now, now, "asterisk-1.1"
					c.want[i] = e
				case team.CallAnswered:
					e.At, e.Queue, e.Call = now, "q", "asterisk-1.1"
					c.want[i] = e
				case team.CallEnded:
					e.At, e.Queue, e.Call = now, "q", "asterisk-1.1"
					c.want[i] = e
				}
			}
			if fmt.Sprintf("%+v", got[1:]) != fmt.Sprintf("%+v", c.want) {
				t.Errorf("told\n%+v\nnot\n%+v", got[1:], c.want)
			}
		})
	}
}

// What Asterisk does not say in the end is told all the same.
func TestSweep(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var got []team.SourceEvent
	ss := newSession(New(Config{Now: func() time.Time { return now }}), nil, func(e team.SourceEvent) { got = append(got, e) })
	ev := func(name, id string) {
		ss.event(message{{"Event", name}, {"Queue", "q"}, {"Uniqueid", id}, {"Interface", "PJSIP/1"}})
	}
	ev("QueueCallerJoin", "left")
	ev("QueueCallerLeave", "left")
	ev("QueueCallerJoin", "hung")
	ev("AgentConnect", "hung")
	ev("Hangup", "hung")
	told := len(got)
	ss.sweep()
	now = now.Add(hungLimit + time.Second)
	ss.sweep()
	if e, ok := got[len(got)-1].(team.CallEnded); len(got) != told+1 || !ok || e.Call != "asterisk-hung" || e.TalkS != -1 {
		t.Errorf("%+v", got[told:])
	}
	now = now.Add(leftLimit)
	ss.sweep()
	ss.sweep()
	if e, ok := got[len(got)-1].(team.CallLeft); len(got) != told+2 || !ok || e.Call != "asterisk-left" || e.Redirected {
		t.Errorf("%+v", got[told:])
	}
	if len(ss.callers) != 0 {
		t.Errorf("%+v", ss.callers)
	}
}

// A telephone that rings for longer than the one who asked for it waits is no fault: it rings on.
func TestOriginateOutlastsItsAsker(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(f *fakeAMI, nc net.Conn, in *bufio.Reader) {
		if f.greet(nc, in, "pw") {
			empty(nc, in, "")
		}
	})
	w := run(t, fakeConfig(t, f, "pw"))
	await[team.SourceSynced](w, "that all is told", nil)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if err := w.src.Do(ctx, team.Originate{Phone: "PJSIP/2101", Number: "0812345", Wait: time.Minute}); err != nil {
		t.Error(err)
	}
	if ctx.Err() == nil {
		t.Error("nobody said how it went, and it did not wait")
	}
}
