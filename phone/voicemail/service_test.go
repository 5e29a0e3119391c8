package voicemail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
)

// A wrong password is tried once; everything else again and again.
func TestNoHammering(t *testing.T) {
	wrong, busy := newFake(t, 1), newFake(t, 1)
	wrong.answer("LOGIN", "%t NO [AUTHENTICATIONFAILED] no\r\n")
	busy.answer("LOGIN", "%t NO [UNAVAILABLE] later\r\n")
	other := busy.server()
	other.ID = "busy"
	s := connect(t, quick, wrong.server(), other)
	until(t, s, "the refusal", failed(phone.ReasonMailPassword))
	busy.until("trying again", func() bool { return busy.count("LOGIN") >= 20 })
	if n := wrong.count("CONNECT"); n != 1 {
		t.Errorf("connected %d times with a wrong password", n)
	}
	s.Check()
	wrong.until("another try", func() bool { return wrong.count("LOGIN") == 2 })
	wrong.answer("LOGIN", "%t OK in\r\n")
	until(t, s, "the refusal", failed(phone.ReasonMailPassword))
	s.Check()
	until(t, s, "the list", has(1))
}

// Servers that stop answering, at every place, are given up in words, and listed when they are back.
func TestSilence(t *testing.T) {
	for _, at := range []string{"CONNECT", "CAPABILITY", "LOGIN", "SELECT", "UID FETCH", "UID FETCH 1 ", "IDLE", "DONE"} {
		for _, how := range []string{"silence", "close", "* OK [", "* 1 FETCH (FLAGS (", "%t OK\r\n* BYE so long\r\nclose", "\x00\xff\r\n", "%t NO no\r\n", "%t BAD bad\r\n"} {
			t.Run(at+" "+how, func(t *testing.T) {
				t.Parallel()
				f := newFake(t, 1)
				usual := ""
				f.mu.Lock()
				if at == "CONNECT" {
					if f.greeting = how; how == "silence" || how == "close" {
						f.greeting = ""
					}
				} else {
					usual = f.answers[at]
					f.answers[at] = how
				}
				f.mu.Unlock()
				times := quick
				times.connect, times.answer, times.renew = 150*time.Millisecond, 150*time.Millisecond, 20*time.Millisecond
				s := connect(t, times, f.server())
				fails := how != "%t NO no\r\n" && how != "%t BAD bad\r\n" || at == "LOGIN" && how == "%t NO no\r\n" || at == "SELECT"
				if fails && !(at == "DONE" && strings.HasPrefix(how, "* 1")) && !(at == "CAPABILITY") {
					f.until("another try", func() bool { return f.count("CONNECT") >= 2 || at == "LOGIN" && f.count("LOGIN") >= 1 })
				}
				f.mu.Lock()
				f.greeting = "* OK hello\r\n"
				if at != "CONNECT" {
					if usual == "" {
						delete(f.answers, at)
					} else {
						f.answers[at] = usual
					}
				}
				f.mu.Unlock()
				s.Check()
				end := time.After(20 * time.Second)
				for {
					b := s.Boxes()[0]
					if b.Known && b.Reason == nil && b.New == 1 {
						return
					}
					if b.Reason != nil && b.Reason.ID == phone.ReasonMailPassword {
						s.Check()
					}
					if b.Reason != nil && b.Reason.ID == phone.ReasonInternal {
						t.Errorf("no words: %+v", b.Reason)
					}
					select {
					case <-s.Changed():
					case <-end:
						t.Fatalf("it does not come back: %+v %v", b, b.Reason)
					}
				}
			})
		}
	}
}

// One message that cannot be read keeps none of the others away.
func TestBrokenMessageIsLeftOut(t *testing.T) {
	f := newFake(t, 30)
	for _, broken := range []string{
		"* 9 FETCH (UID 9 BODYSTRUCTURE (((\r\n", "* 9 FETCH (UID 9 BODYSTRUCTURE " + strings.Repeat("(", 5000) + "\r\n", "* 9 FETCH (UID 9 BODY[HEADER.FIELDS (FROM)] {50}\r\nFrom: \r\nclose",
		"* 9 FETCH (UID 9 BODY[HEADER.FIELDS (FROM)] {99999999999999}\r\nFrom: \r\nclose", "* 9 FETCH (UID 9 SOMETHING 5)\r\n", "* 9 FETCH (UID 9 BODYSTRUCTURE (\"audio\" \"x-wav\" (\"name\"\r\nclose",
	} {
		f.answer("UID FETCH 9 ", broken)
		var all strings.Builder
		for i := 30; i >= 1; i-- { // the newest first
			if i == 9 {
				all.WriteString(broken)
				break
			}
			all.WriteString(described(i))
		}
		f.answer("UID FETCH 1:30 (", all.String())
		times := quick
		times.answer = 300 * time.Millisecond
		s := connect(t, times, f.server())
		until(t, s, fmt.Sprintf("reading the others beside %.60q", broken), has(29))
		for _, m := range s.boxes[0].messages {
			if m.uid == 9 || m.From.Number != fmt.Sprintf("0700000%03d", m.uid) {
				t.Errorf("%+v", m)
			}
		}
		f.mu.Lock()
		f.got = nil
		f.mu.Unlock()
		s.Check()
		f.until("another look", func() bool { return f.count("UID FETCH 1:*") > 0 && f.count("IDLE") > 0 })
		if f.count("UID FETCH 9") > 0 {
			t.Error("it is read again and again")
		}
	}
}

// A server that sends without end is cut off.
func TestFlood(t *testing.T) {
	for what, flood := range map[string]string{
		"IDLE":            "+ idling\r\n* OK " + strings.Repeat("x", 3<<20),
		"LOGIN":           "%t OK " + strings.Repeat("x", 3<<20) + "\r\n",
		"SELECT":          strings.Repeat("* OK y\r\n", 1<<18),
		"UID FETCH 1 (":   strings.Repeat("* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n", 1<<18),
		"CAPABILITY":      "* CAPABILITY " + strings.Repeat("(", 3<<20),
		"UID FETCH 1:* (": "* 1 FETCH (UID 1 BODYSTRUCTURE " + strings.Repeat("(", 3<<20),
	} {
		begun := time.Now()
		f := newFake(t, 1)
		f.answer(what, flood)
		times := quick
		times.connect, times.answer = time.Second, time.Second
		s := connect(t, times, f.server())
		f.until("another try after "+what, func() bool { return f.count("CONNECT") >= 3 })
		if b := s.Boxes()[0]; b.Reason != nil && b.Reason.ID != phone.ReasonMailFailed && b.Reason.ID != phone.ReasonNoReply {
			t.Errorf("%s: %+v", what, b.Reason)
		}
		t.Logf("%s: three tries in %v", what, time.Since(begun).Round(time.Millisecond))
	}
}

func TestIdleIsRenewed(t *testing.T) {
	f := newFake(t, 1)
	times := quick
	times.renew = 20 * time.Millisecond
	s := connect(t, times, f.server())
	f.until("IDLE again and again", func() bool { return f.count("IDLE") >= 4 && f.count("DONE") >= 3 })
	if f.count("CONNECT") != 1 {
		t.Error("it was not the same connection")
	}
	f.mu.Lock()
	f.messages = 2
	f.mu.Unlock()
	f.say("* 2 EXISTS\r\n")
	until(t, s, "the second", has(2))
}

// Without IDLE, and with one that does not work, there is NOOP.
func TestPolling(t *testing.T) {
	for what, idle := range map[string]string{"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n%t OK\r\n", "IDLE": "%t NO not today\r\n"} {
		f := newFake(t, 1)
		f.answer(what, idle)
		times := quick
		times.poll, times.renew = 20*time.Millisecond, 20*time.Millisecond
		s := connect(t, times, f.server())
		until(t, s, "the first", has(1))
		f.mu.Lock()
		f.messages = 2
		f.answers["NOOP"] = "* 2 EXISTS\r\n%t OK\r\n"
		f.mu.Unlock()
		until(t, s, "the second", has(2))
		if f.count("CONNECT") != 1 || f.count("IDLE") > 1 {
			t.Errorf("%s: %d connections, %d IDLE", what, f.count("CONNECT"), f.count("IDLE"))
		}
	}
}

// Where encryption was asked for, nothing goes in clear: not when the server has none, not when somebody takes it away, and
// not when words are put in before it.
func TestNeverInClear(t *testing.T) {
	for what, answer := range map[string]string{
		"refused": "%t BAD what\r\n", "not now": "%t NO\r\n", "words put in": "%t OK\r\n* OK hello\r\nT1 OK in\r\n", "no TLS behind it": "%t OK\r\n",
	} {
		f := newFake(t, 1)
		f.answer("STARTTLS", answer)
		server := f.server()
		server.TLS = phone.MailTLSStart
		times := quick
		times.connect = 300 * time.Millisecond
		s := connect(t, times, server)
		f.until("another try", func() bool { return f.count("CONNECT") >= 3 })
		if f.count("LOGIN") > 0 || f.count("SELECT") > 0 || s.Boxes()[0].Known {
			t.Errorf("%s: %q", what, f.got)
		}
	}
	f := newFake(t, 1)
	f.greet("* PREAUTH you are in\r\n")
	server := f.server()
	server.TLS = phone.MailTLSStart
	s := connect(t, quick, server)
	until(t, s, "the refusal", failed(phone.ReasonMailFailed))
	if f.count("SELECT") > 0 {
		t.Error("it was let in without encryption")
	}
	// In clear by the user's wish, a server that wants no password there is sent none.
	f = newFake(t, 1)
	f.answer("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n%t OK\r\n")
	s = connect(t, quick, f.server())
	until(t, s, "the refusal", failed(phone.ReasonMailFailed))
	if f.count("LOGIN") > 0 {
		t.Error("the password was sent")
	}
}

// What is wanted of a server that refuses, or goes away meanwhile.
func TestRefusals(t *testing.T) {
	f := newFake(t, 2)
	s := connect(t, quick, f.server())
	until(t, s, "the list", has(2))
	f.answer("UID STORE", "%t NO [READ-ONLY] not in this one\r\n")
	id := func(uid int) string { return fmt.Sprintf("fake/7/%d", uid) }
	if err := s.Mark(t.Context(), id(1), true); phone.ReasonOf(err) != (phone.Reason{ID: phone.ReasonMailFailed, Text: "not in this one"}) {
		t.Errorf("marked with %v", err)
	}
	if b := s.Boxes()[0]; b.New != 2 {
		t.Errorf("it was refused and is shown: %+v", b)
	}
	if err := s.Delete(t.Context(), id(1)); phone.ReasonOf(err).ID != phone.ReasonMailFailed {
		t.Errorf("deleted with %v", err)
	}
	f.answer("UID FETCH 1 (UID BODY.PEEK[2]", "%t OK\r\n") // somebody else has deleted it
	if _, err := s.Sound(t.Context(), id(1)); phone.ReasonOf(err).ID != phone.ReasonNoMessage {
		t.Errorf("fetched with %v", err)
	}
	f.answer("UID FETCH 2 (UID BODY.PEEK[2]", "* 2 FETCH (UID 2 BODY[2]<0> {1000}\r\nUklGRgclose")
	if _, err := s.Sound(t.Context(), id(2)); phone.ReasonOf(err).ID != phone.ReasonMailFailed {
		t.Errorf("cut with %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Sound(ctx, id(2)); !errors.Is(err, context.Canceled) && phone.ReasonOf(err).ID == phone.ReasonInternal {
		t.Errorf("given up with %v", err)
	}
	if got, _ := s.VoiceMessages(t.Context(), phone.VoiceMessageQuery{}); len(got) != 2 {
		t.Errorf("%d messages are left", len(got))
	}
	if _, err := s.VoiceMessages(t.Context(), phone.VoiceMessageQuery{Box: "no"}); phone.ReasonOf(err).ID != phone.ReasonNoMailbox {
		t.Errorf("a box that is not there: %v", err)
	}
}

// Putting a server again, removing one and closing while all is busy.
func TestPutAndRemove(t *testing.T) {
	f := newFake(t, 3)
	s := connect(t, quick, f.server())
	until(t, s, "the list", has(3))
	f.until("listening", func() bool { return f.count("IDLE") == 1 })
	for range 20 {
		s.Put(f.server(), "again")
	}
	if b := s.Boxes(); len(b) != 1 || b[0].New != 3 {
		t.Errorf("what is known does not stay: %+v", b)
	}
	f.until("the last of them", func() bool { return f.count("IDLE") >= 2 })
	until(t, s, "the list", has(3))
	s.Remove("fake")
	s.Remove("fake")
	if len(s.Boxes()) != 0 {
		t.Errorf("%+v", s.Boxes())
	}
	s.Put(f.server(), "")
	until(t, s, "the list", has(3))
	s.Put(f.server(), "")
}

func TestWatcher(t *testing.T) {
	f := newFake(t, 0)
	conn, err := net.Dial("tcp4", f.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w := newWatcher(conn)
	if slept, elsewhere := w.look(); slept || elsewhere {
		t.Error("nothing has happened:", slept, elsewhere)
	}
	w.wall = w.wall.Add(-time.Hour)
	if slept, _ := w.look(); !slept {
		t.Error("an hour's sleep is not seen")
	}
	w.local = net.IPv4(192, 0, 2, 1)
	if slept, elsewhere := w.look(); slept || !elsewhere {
		t.Error("another network:", slept, elsewhere)
	}
}

// After sleep the connection is tried; in another network there is a new one. Neither is a fault to tell of.
func TestSleepAndMove(t *testing.T) {
	f := newFake(t, 1)
	var slept, elsewhere atomic.Bool
	times := quick
	times.watch, times.answer = 5*time.Millisecond, 200*time.Millisecond
	times.look = func(*watcher) (bool, bool) { return slept.Swap(false), elsewhere.Swap(false) }
	s := connect(t, times, f.server())
	until(t, s, "the list", has(1))
	f.until("IDLE", func() bool { return f.count("IDLE") == 1 })
	slept.Store(true)
	f.until("IDLE anew", func() bool { return f.count("IDLE") == 2 })
	if f.count("CONNECT") != 1 {
		t.Error("a connection that works was given up")
	}
	elsewhere.Store(true)
	f.until("a new connection", func() bool { return f.count("CONNECT") == 2 && f.count("IDLE") == 3 })
	f.answer("DONE", "silence") // the one from before the sleep is dead
	slept.Store(true)
	f.until("a new connection", func() bool { return f.count("CONNECT") == 3 && f.count("IDLE") == 4 })
	if b := s.Boxes()[0]; b.Reason != nil || !b.Known {
		t.Errorf("%+v", b)
	}
}

// Of a folder that is fuller than anybody listens to, the newest are looked at.
func TestFullFolder(t *testing.T) {
	f := newFake(t, 1500)
	from := 501
	var flags strings.Builder
	for i := from; i <= 1500; i++ {
		fmt.Fprintf(&flags, "* %d FETCH (UID %d FLAGS (\\Seen))\r\n", i, i)
	}
	f.answer(fmt.Sprintf("FETCH %d:* (UID FLAGS)", from), flags.String()+"%t OK\r\n")
	s := connect(t, quick, f.server())
	until(t, s, "the newest", func(b phone.Mailbox, _ []phone.VoiceMessage) bool {
		return b.Known && b.Reason == nil && b.Old+b.New == 1000
	})
	if f.count("UID FETCH 1:*") > 0 || f.count("CONNECT") != 1 {
		t.Error("all were asked for")
	}
}
