package phonetest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SippOptions says what a sipp scenario runs against.
type SippOptions struct {
	Remote string            // host:port it calls; empty for a scenario that waits
	Port   int               // its own port; 0 takes a free one
	Calls  int               // how many calls; 0 is 1
	TCP    bool              // over TCP with one socket
	Keys   map[string]string // the scenario's [key] words
	Auth   string            // user name and password for [authentication], "user:password"
	Args   []string          // more options of sipp's own
}

// Sipp is a scripted peer.
type Sipp struct {
	*Process
	Port     int
	messages string // file with all messages, both ways
}

// StartSipp starts a scenario, given as its XML. Wait tells how it went.
func StartSipp(t testing.TB, scenario string, o SippOptions) *Sipp {
	t.Helper()
	Need(t, "sipp")
	dir, err := filepath.Abs(t.ArtifactDir())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "scenario-"+strconv.FormatInt(processNumber.Add(1), 10)+".xml")
	if err := os.WriteFile(file, []byte(strings.TrimSpace(scenario)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Sipp{Port: o.Port}
	if s.Port == 0 {
		s.Port = FreePort(t)
	}
	transport := "u1"
	if o.TCP {
		transport = "t1"
	}
	calls := max(o.Calls, 1)
	errs := file + ".errors"
	s.messages = file + ".messages"
	args := []string{
		"-sf", file, "-i", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-m", strconv.Itoa(calls), "-l", strconv.Itoa(calls), "-r", "10", "-nostdin",
		"-t", transport, "-mp", strconv.Itoa(freeMedia(t, s.Port)), "-trace_err", "-error_file", errs, "-trace_msg", "-message_file", s.messages, "-recv_timeout", "40000", "-timeout", "90s",
	}
	for k, v := range o.Keys {
		args = append(args, "-key", k, v)
	}
	if user, password, ok := strings.Cut(o.Auth, ":"); ok {
		args = append(args, "-au", user, "-ap", password)
	}
	args = append(args, o.Args...)
	if o.Remote != "" {
		args = append(args, o.Remote)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("sipp's errors:\n%s\nits messages:\n%s", tail(errs, 40), tail(s.messages, 200))
		}
	})
	s.Process = Start(t, StartOptions{Env: []string{"TERM=dumb"}, Dir: dir}, "sipp", args...)
	if o.Remote == "" {
		s.Ready(10*time.Second, "listening", func() bool { return listens(s.Port, o.TCP) })
	}
	return s
}

// freeMedia is a port for sipp's sound, which also takes the three after it. None of them is its port of SIP.
func freeMedia(t testing.TB, sip int) int {
	t.Helper()
	for range 100 {
		port, free := FreePort(t), true
		for p := port; p < port+4 && free; p++ {
			l, err := net.ListenPacket("udp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(p)))
			if err == nil {
				l.Close()
			}
			free = err == nil && p != sip
		}
		if free {
			return port
		}
	}
	t.Fatal("no four ports are free in a row")
	return 0
}

// listens reports whether somebody on this machine has a port, without taking it for a moment to find out.
func listens(port int, tcp bool) bool {
	table := "/proc/net/udp"
	if tcp {
		table = "/proc/net/tcp"
	}
	b, err := os.ReadFile(table)
	return err == nil && strings.Contains(string(b), fmt.Sprintf(": 0100007F:%04X ", port))
}

// Addr is host:port of the peer.
func (s *Sipp) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

// Messages is all SIP that was sent and received so far.
func (s *Sipp) Messages() string {
	b, err := os.ReadFile(s.messages)
	if err != nil {
		return ""
	}
	return string(b)
}

// Wait waits for the scenario's end and fails the test when a call did not go as scripted.
func (s *Sipp) Wait(limit time.Duration) {
	s.t.Helper()
	select {
	case <-s.Done():
		if err := s.Err(); err != nil {
			s.t.Fatalf("sipp: the call did not go as scripted: %v", err)
		}
	case <-time.After(limit):
		s.t.Fatalf("sipp: not done within %v", limit)
	}
}
