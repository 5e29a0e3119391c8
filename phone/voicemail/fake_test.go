package voicemail

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
)

// fake is a server that answers as a test wants. It has messages 1..n, each with a sound; the command's name without a
// tag, as "LOGIN" or "UID FETCH 1:*", begins a key of answers. "%t" in an answer is the tag; an answer of "close" cuts,
// one of "silence" says nothing.
type fake struct {
	t        testing.TB
	listener net.Listener
	group    sync.WaitGroup

	mu       sync.Mutex
	messages int
	greeting string
	answers  map[string]string
	conns    map[net.Conn]bool
	got      []string // commands
	letters  []string // that were put into it
	changed  chan struct{}
}

func newFake(t testing.TB, messages int) *fake {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{t: t, listener: l, messages: messages, greeting: "* OK hello\r\n", conns: map[net.Conn]bool{}, changed: make(chan struct{}, 1), answers: map[string]string{
		"CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS IDLE\r\n%t OK\r\n",
		"LOGIN":      "%t OK in\r\n",
		"NOOP":       "%t OK\r\n",
		"IDLE":       "+ idling\r\n",
		"DONE":       "%t OK idle\r\n",
		"UID STORE":  "%t OK\r\n",
		"APPEND":     "+ go on\r\n",
		"taken":      "%t OK [APPENDUID 7 9] there\r\n",
		"LOGOUT":     "* BYE\r\n%t OK\r\n",
	}}
	f.group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns[c] = true
			f.mu.Unlock()
			f.group.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.cut()
		f.group.Wait()
	})
	return f
}

// cut ends all connections.
func (f *fake) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.conns {
		c.Close()
	}
}

func (f *fake) answer(command, with string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[command] = with
}

func (f *fake) greet(with string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.greeting = with
}

// say sends something unasked to all.
func (f *fake) say(s string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.conns {
		_, _ = c.Write([]byte(s))
	}
}

// count is how often a command came.
func (f *fake) count(command string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, g := range f.got {
		if strings.HasPrefix(g, command) {
			n++
		}
	}
	return n
}

func (f *fake) serve(c net.Conn) {
	defer func() {
		c.Close()
		f.mu.Lock()
		delete(f.conns, c)
		f.mu.Unlock()
	}()
	f.mu.Lock()
	greeting := f.greeting
	f.got = append(f.got, "CONNECT")
	f.mu.Unlock()
	wake(f.changed)
	_, _ = io.WriteString(c, greeting)
	r := bufio.NewReader(c)
	tag := ""
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		command := strings.TrimSpace(line)
		if command != "DONE" {
			tag, command, _ = strings.Cut(command, " ")
		}
		f.mu.Lock()
		f.got = append(f.got, command)
		best, reply := "", ""
		for k, a := range f.answers {
			if strings.HasPrefix(command, k) && len(k) >= len(best) {
				best, reply = k, a
			}
		}
		if best == "" {
			reply = f.usual(command)
		}
		f.mu.Unlock()
		wake(f.changed)
		switch reply {
		case "close":
			return
		case "silence":
			continue
		}
		reply, ends := strings.CutSuffix(reply, "close")
		if _, err := io.WriteString(c, strings.ReplaceAll(reply, "%t", tag)); err != nil || ends {
			return
		}
		if strings.HasPrefix(command, "APPEND") && strings.HasPrefix(reply, "+") && !f.takes(c, r, tag, command) {
			return
		}
	}
}

// takes reads the letter of an APPEND and answers as "taken" does; false when it cuts.
func (f *fake) takes(c net.Conn, r *bufio.Reader, tag, command string) bool {
	var size int64
	if _, err := fmt.Sscanf(command[strings.LastIndexByte(command, '{'):], "{%d}", &size); err != nil {
		f.t.Errorf("%q: %v", command, err)
		return false
	}
	f.mu.Lock()
	answer := f.answers["taken"]
	f.mu.Unlock()
	if answer == "close" {
		_, _ = io.CopyN(io.Discard, r, size/2)
		return false
	}
	var letter strings.Builder
	if _, err := io.CopyN(&letter, r, size); err != nil {
		return false
	}
	if _, err := r.ReadString('\n'); err != nil {
		return false
	}
	f.mu.Lock()
	f.letters = append(f.letters, letter.String())
	f.mu.Unlock()
	_, err := io.WriteString(c, strings.ReplaceAll(answer, "%t", tag))
	return err == nil
}

// usual is what the mailbox answers; f.mu must be held.
func (f *fake) usual(command string) string {
	switch {
	case strings.HasPrefix(command, "SELECT"):
		return fmt.Sprintf("* %d EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n%%t OK [READ-WRITE] s\r\n", f.messages)
	case strings.HasPrefix(command, "UID FETCH 1:* (UID FLAGS)"):
		var b strings.Builder
		for i := range f.messages {
			fmt.Fprintf(&b, "* %d FETCH (UID %d FLAGS ())\r\n", i+1, i+1)
		}
		return b.String() + "%t OK\r\n"
	case strings.Contains(command, "BODYSTRUCTURE"):
		var b strings.Builder
		for _, uid := range asked(command) {
			if uid <= f.messages {
				b.WriteString(described(uid))
			}
		}
		return b.String() + "%t OK\r\n"
	}
	return "%t BAD what\r\n"
}

// asked is the messages that a UID FETCH names.
func asked(command string) (uids []int) {
	set, _, _ := strings.Cut(strings.TrimPrefix(command, "UID FETCH "), " ")
	for p := range strings.SplitSeq(set, ",") {
		var from, to int
		if n, _ := fmt.Sscanf(p, "%d:%d", &from, &to); n == 1 {
			to = from
		}
		for uid := min(from, to); uid <= max(from, to); uid++ {
			uids = append(uids, uid)
		}
	}
	return uids
}

// described is a message in the answer to a FETCH.
func described(uid int) string {
	header := fmt.Sprintf("X-Asterisk-CallerID: 0700000%03d\r\nX-Asterisk-VM-Duration: 5\r\n\r\n", uid)
	return fmt.Sprintf("* %d FETCH (UID %d FLAGS () INTERNALDATE \"22-Nov-2026 12:00:00 +0000\" BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1)(\"audio\" \"x-wav\" (\"name\" \"a.wav\") NIL NIL \"base64\" 100) \"mixed\") BODY[HEADER.FIELDS (FROM)] {%d}\r\n%s)\r\n",
		uid, uid, len(header), header)
}

// until waits until ok says yes after something has happened at the server.
func (f *fake) until(what string, ok func() bool) {
	f.t.Helper()
	end := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-f.changed:
		case <-end:
			f.mu.Lock()
			defer f.mu.Unlock()
			f.t.Fatalf("%s does not happen; %q", what, f.got[max(0, len(f.got)-20):])
		}
	}
}

func (f *fake) server() phone.MailServer {
	return phone.MailServer{ID: "fake", Address: f.listener.Addr().String(), User: "mail", TLS: phone.MailTLSNone}
}

type noSecrets struct{}

func (noSecrets) Get(phone.AccountID) (phone.Secret, error) { return "hidden", nil }
func (noSecrets) Put(phone.AccountID, phone.Secret) error   { return nil }
func (noSecrets) Remove(phone.AccountID) error              { return nil }

var quick = timing{
	connect: 5 * time.Second, answer: 5 * time.Second, renew: time.Minute, poll: time.Minute,
	gather: time.Millisecond, apart: time.Millisecond, watch: time.Minute, retry: time.Millisecond, most: 5 * time.Millisecond, look: (*watcher).look, newest: 1000,
}

// connect starts a service with the servers.
func connect(t testing.TB, times timing, servers ...phone.MailServer) *Service {
	t.Helper()
	s := start(Options{Folder: t.TempDir(), Servers: servers, Secrets: noSecrets{}}, times)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func until(t testing.TB, s *Service, what string, ok func(b phone.Mailbox, l []phone.VoiceMessage) bool) {
	t.Helper()
	end := time.After(20 * time.Second)
	for {
		l, err := s.VoiceMessages(t.Context(), phone.VoiceMessageQuery{})
		if err != nil {
			t.Fatal(err)
		}
		b := s.Boxes()[0]
		if ok(b, l) {
			return
		}
		select {
		case <-s.Changed():
		case <-end:
			t.Helper()
			t.Fatalf("%s does not happen: %+v %v, %d messages", what, b, b.Reason, len(l))
		}
	}
}

func failed(id phone.ReasonID) func(b phone.Mailbox, l []phone.VoiceMessage) bool {
	return func(b phone.Mailbox, _ []phone.VoiceMessage) bool { return b.Reason != nil && b.Reason.ID == id }
}

func has(n int) func(b phone.Mailbox, l []phone.VoiceMessage) bool {
	return func(b phone.Mailbox, l []phone.VoiceMessage) bool { return b.Known && b.Reason == nil && len(l) == n }
}
