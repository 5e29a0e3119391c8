package phonetest_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

func TestMalformedSIPHurtsNobody(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.SignIn("1001", a.Addr())
	addr := a.Contact("1001")
	call := s.Talk(phonetest.NumberEcho)
	head := "INVITE sip:1001@" + addr + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bK%d\r\nMax-Forwards: 70\r\n"
	bad := []string{
		"", "\r\n\r\n", "\x00\x01\x02", "INVITE", "SIP/2.0 200", "SIP/2.0 999999999999 x\r\n\r\n", strings.Repeat("A", 60000),
		head + "From: <>;tag=1\r\nTo: <>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nContact: <>\r\nContent-Length: 0\r\n\r\n",
		head + "From: \"\\\" <sip:a@b>;tag=1\r\nTo: <x:>\r\nCall-ID: b\r\nCSeq: 1 INVITE\r\nContent-Length: -1\r\n\r\n",
		head + "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: c\r\nCSeq: 99999999999999 INVITE\r\nContent-Length: 4294967295\r\n\r\nv=0",
		head + "Call-ID: d\r\nContent-Length: 0\r\n\r\n",
		head + "From: %%s%%n <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: e\r\nCSeq: 1 INVITE\r\nExpires: -5\r\nContent-Type: application/sdp\r\nContent-Length: 20\r\n\r\nv=0\r\nm=audio 0 0 0\r\n",
		strings.Replace(head, "INVITE", "BYE", 1) + "From: <sip:a@b>;tag=x\r\nTo: <sip:1001@b>;tag=forged\r\nCall-ID: f\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n",
		strings.Replace(head, "INVITE", strings.Repeat("X", 9000), 1) + "\r\n",
	}
	udp, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	for i, m := range bad {
		if strings.Contains(m, "%") {
			m = fmt.Sprintf(m, i)
		}
		for n := range len(bad) { // whole and cut short
			if _, err := udp.Write([]byte(m[:len(m)*(len(bad)-n)/len(bad)])); err != nil {
				t.Logf("message %d: %v", i, err)
			}
		}
		tcp, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			continue // it does not listen on TCP, or has had enough of us
		}
		if _, err := tcp.Write([]byte(m)); err != nil {
			t.Logf("message %d: %v", i, err)
		}
		tcp.Close()
	}
	// A stranger's call with everything right does not ring either: it does not come from the registrar.
	stranger := fmt.Sprintf(head, 777) + "From: <sip:a@b>;tag=1\r\nTo: <sip:1001@d>\r\nCall-ID: ghost\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:5099>\r\nContent-Length: 0\r\n\r\n"
	if _, err := udp.Write([]byte(stranger)); err != nil {
		t.Fatal(err)
	}
	// Saying nothing is as good as refusing; ringing is neither.
	if err := udp.SetReadDeadline(time.Now().Add(1500 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 65536)
	for {
		n, err := udp.Read(buffer)
		if err != nil {
			break
		}
		if m := string(buffer[:n]); strings.Contains(m, "ghost") && (strings.HasPrefix(m, "SIP/2.0 18") || strings.HasPrefix(m, "SIP/2.0 2")) {
			t.Errorf("a stranger's call was answered with %s", m[:20])
		}
	}
	var calls []phone.Call
	s.Ask(&calls, "calls")
	if len(calls) != 1 || calls[0].State != phone.StateConnected {
		t.Errorf("calls afterwards: %+v", calls)
	}
	s.Must("hangup", call)
	s.Quit()
}

func TestSecondStartIsRefused(t *testing.T) {
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
	ctl := phonetest.Binary(t, "svaractl")
	out, err := phonetest.Run(phonetest.StartOptions{Env: s.Home()}, ctl, "--profile", s.Profile, "run", "--audio", "null")
	if phonetest.ExitCode(err) != 1 || !strings.Contains(out+err.Error(), "already-running") {
		t.Errorf("a second start exits with %v: %s", err, out)
	}
	if _, code := s.Ctl("status"); code != 0 {
		t.Error("the first phone does not answer any more")
	}
	s.Quit()
	if _, code := s.Ctl("status"); code != 3 {
		t.Errorf("svaractl without a phone exits with %d, want 3", code)
	}
	if _, code := s.Ctl("no-such-verb"); code != 2 {
		t.Errorf("an unknown verb exits with %d, want 2", code)
	}
}

func TestDamagedSettingsAreSaidAndKept(t *testing.T) {
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
	s.AddAccount("1001", "x", "127.0.0.1:9")
	s.Quit()
	files, err := filepath.Glob(filepath.Join(s.Profile, "*.db"))
	if err != nil || len(files) != 1 {
		t.Fatalf("databases %v, %v", files, err)
	}
	garbage := strings.Repeat("this is no database ", 5000)
	for _, tail := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(files[0] + tail); err != nil && tail == "" {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(files[0], []byte(garbage), 0o600); err != nil {
		t.Fatal(err)
	}
	again := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Profile: s.Profile, Env: s.Home()})
	var status struct {
		Faults []phone.Reason `json:"faults"`
	}
	again.Ask(&status, "status")
	kept := ""
	for _, f := range status.Faults {
		if f.ID == phone.ReasonStoreDamaged {
			kept = f.Text
		}
	}
	if kept == "" {
		t.Fatalf("the damage is not told: %+v", status.Faults)
	}
	if !filepath.IsAbs(kept) {
		kept = filepath.Join(s.Profile, kept)
	}
	if b, err := os.ReadFile(kept); err != nil || string(b) != garbage {
		t.Errorf("the damaged file is not kept at %s: %v", kept, err)
	}
	again.Must("set", phone.KeyLanguage, "sv")
}

// What was saved is there after a kill at any moment, and the password is in no file and no log in clear.
func TestKilledAndStartedAgain(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{{User: "1001", Password: "xyzzy-secret-9"}}})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.AddAccount("1001", "xyzzy-secret-9", a.Addr())
	s.Must("wait", "registered", "--timeout", "15s")
	call := s.Talk(phonetest.NumberEcho)
	s.Must("hangup", call)
	s.Ended(call)
	phonetest.Until(t, 5*time.Second, "the call is in the history", func() bool { return len(s.History()) == 1 })
	s.Kill()
	err := filepath.WalkDir(filepath.Dir(s.Profile), func(file string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(file)
		if strings.Contains(string(b), "xyzzy-secret-9") {
			t.Errorf("%s has the password in clear", file)
		}
		if info, _ := d.Info(); strings.HasPrefix(file, s.Profile) && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", file, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.Output(), "xyzzy-secret-9") {
		t.Error("the password was printed")
	}
	again := phonetest.StartSvara(t, phonetest.SvaraConfig{Profile: s.Profile, Env: s.Home()})
	again.Must("wait", "registered", "--timeout", "15s")
	if h := again.History(); len(h) != 1 || h[0].Outcome != phone.OutcomeAnswered {
		t.Errorf("history after a kill: %+v", h)
	}
}

func TestWithoutANetwork(t *testing.T) {
	phonetest.Need(t, "unshare")
	if os.Getuid() != 0 {
		phonetest.Missing(t, "a network namespace needs root")
	}
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Anywhere: true, Under: []string{"unshare", "--net"}})
	s.AddAccount("1001", "x", "192.0.2.1")
	failed(t, s, "1001", phone.ReasonNoNetwork)
	s.AddAccount("1002", "x", "pbx.example.com")
	failed(t, s, "1002", phone.ReasonNoNetwork, phone.ReasonUnknownHost)
}
