package ua

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// sippRun is a running sipp.
type sippRun struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  bytes.Buffer
	port int
	done chan error
}

// startSipp runs one call of a scenario against a target (empty for a scenario that waits for us). Under CI a missing
// sipp fails the test.
func startSipp(t *testing.T, scenario, transport, target string) *sippRun {
	t.Helper()
	path, err := exec.LookPath("sipp")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("sipp is not installed (make test-deps)")
		}
		t.Skip("sipp is not installed")
	}
	file, err := filepath.Abs("testdata/sipp/" + scenario + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	s := &sippRun{t: t, port: freePort(t), done: make(chan error, 1)}
	args := []string{"-sf", file, "-i", "127.0.0.1", "-p", fmt.Sprint(s.port), "-cp", fmt.Sprint(freePort(t)), "-m", "1", "-t", transport,
		"-timeout", "30s", "-timeout_error", "-nostdin", "-trace_err", "-trace_msg", "-deadcall_wait", "0"}
	if target != "" {
		args = append(args, target)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	s.cmd = exec.CommandContext(ctx, path, args...)
	s.cmd.Dir = t.TempDir()
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	t.Cleanup(cancel)
	return s
}

// wait checks that sipp's scenario went through.
func (s *sippRun) wait() {
	s.t.Helper()
	if err := <-s.done; err != nil {
		var logs string
		for _, kind := range []string{"*_errors.log", "*_messages.log"} {
			files, _ := filepath.Glob(filepath.Join(s.cmd.Dir, kind))
			for _, f := range files {
				b, _ := os.ReadFile(f)
				logs += string(b)
			}
		}
		s.t.Fatalf("sipp: %v\n%s", err, logs)
	}
}

// freePort is a port that is free for UDP and TCP now. sipp cannot be told to take any.
func freePort(t *testing.T) int {
	t.Helper()
	for range 50 {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		l.Close()
		if c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}); err == nil {
			c.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// up waits until sipp listens, by asking over UDP whether somebody does, or by connecting.
func (s *sippRun) up(transport string) {
	s.t.Helper()
	eventually(s.t, "sipp that listens", func() bool {
		if transport == "u1" {
			l, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: s.port})
			if err == nil {
				l.Close()
			}
			return err != nil // taken: it is there
		}
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

var sippTransports = map[string]string{"u1": "", "t1": ";transport=tcp"}

func TestSippCallsUs(t *testing.T) {
	for transport := range sippTransports {
		t.Run("basic "+transport, func(t *testing.T) {
			u, r := newUA(t, Config{AllowDirect: true})
			s := startSipp(t, "uac_basic", transport, fmt.Sprintf("127.0.0.1:%d", u.Port()))
			in := next[Incoming](t, r, nil)
			u.Do(Ring{Leg: in.Leg})
			u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
			next[Confirmed](t, r, nil)
			if v := next[Offered](t, r, nil); !strings.Contains(string(v.SDP), "a=sendonly") {
				t.Errorf("%s", v.SDP)
			}
			u.Do(AnswerOffer{Leg: in.Leg, SDP: []byte(sdpB + "a=recvonly\r\n")})
			if v := next[InfoReceived](t, r, nil); !strings.Contains(string(v.Body), "Signal=5") {
				t.Errorf("%+v", v)
			}
			if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteHangup {
				t.Errorf("%+v", e)
			}
			s.wait()
		})
		t.Run("late offer "+transport, func(t *testing.T) {
			u, r := newUA(t, Config{AllowDirect: true})
			s := startSipp(t, "uac_lateoffer", transport, fmt.Sprintf("127.0.0.1:%d", u.Port()))
			in := next[Incoming](t, r, nil)
			u.Do(Ring{Leg: in.Leg})
			u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
			if v := next[Confirmed](t, r, nil); !strings.Contains(string(v.SDP), "m=audio 6000") {
				t.Errorf("%+v", v)
			}
			u.Do(Hangup{Leg: in.Leg})
			s.wait()
		})
	}
}

func TestWeCallSipp(t *testing.T) {
	for transport, param := range sippTransports {
		t.Run("basic "+transport, func(t *testing.T) {
			u, r := newUA(t, Config{})
			s := startSipp(t, "uas_basic", transport, "")
			s.up(transport)
			u.Do(Invite{Leg: "1", Target: fmt.Sprintf("sip:bob@127.0.0.1:%d%s", s.port, param), SDP: []byte(sdpA)})
			next(t, r, func(p Progress) bool { return p.Code == 180 })
			if p := next(t, r, func(p Progress) bool { return p.Code == 183 }); len(p.SDP) == 0 {
				t.Errorf("%+v", p)
			}
			next[Answered](t, r, nil)
			u.Do(Hangup{Leg: "1"})
			s.wait()
		})
		t.Run("CANCEL crossing 200 "+transport, func(t *testing.T) {
			u, r := newUA(t, Config{})
			s := startSipp(t, "uas_cancel", transport, "")
			s.up(transport)
			u.Do(Invite{Leg: "1", Target: fmt.Sprintf("sip:bob@127.0.0.1:%d%s", s.port, param), SDP: []byte(sdpA)})
			next(t, r, func(p Progress) bool { return p.Code == 180 })
			u.Do(Hangup{Leg: "1"})
			s.wait()
			if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonCancelled {
				t.Errorf("%+v", e)
			}
		})
		t.Run("transfer "+transport, func(t *testing.T) {
			u, r := newUA(t, Config{})
			s := startSipp(t, "uas_refer", transport, "")
			s.up(transport)
			u.Do(Invite{Leg: "1", Target: fmt.Sprintf("sip:bob@127.0.0.1:%d%s", s.port, param), SDP: []byte(sdpA)})
			next[Answered](t, r, nil)
			u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
			next[ReferAccepted](t, r, nil)
			s.wait()
			if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonRemoteHangup {
				t.Errorf("%+v", e)
			}
			if v := next[ReferNotified](t, r, nil); v != (ReferNotified{"1", 200, "OK", true}) {
				t.Errorf("%+v", v)
			}
			if v := all[ReferNotified](r); len(v) != 2 || v[0].Code != 100 {
				t.Errorf("%+v", v)
			}
		})
		t.Run("register "+transport, func(t *testing.T) {
			u, r := newUA(t, Config{})
			s := startSipp(t, "uas_register", transport, "")
			s.up(transport)
			put := testAccount("a", "alice", fmt.Sprintf("127.0.0.1:%d", s.port))
			if transport == "t1" {
				put.Account.Transport = phone.TransportTCP
			}
			u.Do(put)
			reg := next(t, r, inState(phone.RegistrationRegistered)).Registration
			if left := time.Until(reg.Until); left < 590*time.Second || left > 600*time.Second {
				t.Errorf("registered for %v", left)
			}
			s.wait()
		})
	}
}
