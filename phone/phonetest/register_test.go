package phonetest_test

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
)

func failed(t *testing.T, s *phonetest.Svara, account string, want ...phone.ReasonID) {
	t.Helper()
	var got phone.AccountStatus
	phonetest.Until(t, 45*time.Second, "registration of "+account+" fails", func() bool {
		got = s.Account(account)
		return got.State == phone.RegistrationFailed && got.Reason != nil
	})
	for _, id := range want {
		if got.Reason.ID == id {
			return
		}
	}
	t.Errorf("%s failed with %+v, want %v", account, *got.Reason, want)
}

func TestRegistersWithAsterisk(t *testing.T) {
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001"},
		{User: "1002", Password: "pw-1002"},
		{User: "1003", Password: "pw-1003", SHA256: true},
		{User: "1004", Password: "pw-1004", AuthUser: "fourth"},
		{User: "1005", Password: "pw-1005"},
	}})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	for _, c := range []struct {
		user string
		args []string
	}{
		{"1001", nil},
		{"1002", []string{"--transport", "tcp"}},
		{"1003", nil},
		{"1004", []string{"--auth-user", "fourth"}},
	} {
		s.SignIn(c.user, a.Addr(), c.args...)
		if !a.Registered(c.user) {
			t.Errorf("%s is registered here and not at the PBX", c.user)
		}
	}
	s.AddAccount("1005", "wrong", a.Addr())
	failed(t, s, "1005", phone.ReasonWrongPassword)
	if out, code := s.Ctl("wait", "registered:1005", "--timeout", "1s"); code != 4 {
		t.Errorf("wait for what does not come exits with %d: %s", code, out)
	}
	s.AddAccount("1005", "pw-1005", a.Addr())
	s.Must("wait", "registered:1005", "--timeout", "15s")

	s.Must("account", "remove", "1001")
	phonetest.Until(t, 5*time.Second, "1001 is un-registered", func() bool { return !a.Registered("1001") })
	s.Quit()
	for _, user := range []string{"1002", "1003", "1004", "1005"} {
		if a.Registered(user) {
			t.Errorf("%s is still registered after quit", user)
		}
	}

	again := phonetest.StartSvara(t, phonetest.SvaraConfig{Profile: s.Profile, Env: s.Home()})
	again.Must("wait", "registered", "--timeout", "15s")
	if !a.Registered("1002") || !a.Registered("1003") {
		t.Error("the accounts are not signed in after a new start")
	}
}

func TestTellsWhyItCannotRegister(t *testing.T) {
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.AddAccount("nohost", "x", "no-such-host.invalid")
	s.AddAccount("nobody", "x", "127.0.0.1:9")
	s.AddAccount("nobodytcp", "x", "127.0.0.1:9", "--transport", "tcp")
	failed(t, s, "nohost", phone.ReasonUnknownHost)
	failed(t, s, "nobodytcp", phone.ReasonRefused)
	failed(t, s, "nobody", phone.ReasonRefused, phone.ReasonNoReply)
	out, code := s.Ctl("dial", "600", "--account", "nohost")
	if code != 1 {
		t.Errorf("dialling without a registration exits with %d: %s", code, out)
	}
}

// A PBX that lost its bindings in a power cut is found again at the next refresh.
func TestPBXRestartedWhileRegistered(t *testing.T) {
	t.Parallel()
	ca := certs.NewAuthority(t)
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{MaxExpires: 20, TLS: ca.Issue(t, certs.Spec{IPs: loopbackOnly})})
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{})
	s.SignIn("1001", a.Addr())
	s.SignIn("1002", a.Addr(), "--transport", "tcp")
	s.SignIn("1003", a.AddrTLS(), "--transport", "tls", "--ca", ca.CertFile)
	a.Restart() // its bindings are gone
	phonetest.Until(t, 40*time.Second, "all are registered again", func() bool {
		return a.Registered("1001") && a.Registered("1002") && a.Registered("1003")
	})
	s.Must("wait", "registered", "--timeout", "10s")
	call := s.Talk(phonetest.NumberEcho)
	s.Must("hangup", call)
}

func TestKamailioIsEnough(t *testing.T) {
	k := phonetest.StartKamailio(t)
	alice, bob := phonetest.StartSvara(t, phonetest.SvaraConfig{}), phonetest.StartSvara(t, phonetest.SvaraConfig{})
	alice.SignIn("alice", k.Addr())
	bob.SignIn("bob", k.Addr(), "--transport", "tcp")
	if got := k.Contacts(); !strings.Contains(got, "alice") || !strings.Contains(got, "bob") {
		t.Errorf("bindings:\n%s", got)
	}
	call := alice.Dial("bob")
	ringing := bob.Wait("any", phone.StateIncoming)
	alice.Wait(call, phone.StateRinging)
	bob.Must("answer", ringing)
	alice.Wait(call, phone.StateConnected)
	bob.Wait(ringing, phone.StateConnected)
	bob.Must("hangup", ringing)
	if why := alice.Ended(call); why.ID != phone.ReasonRemoteHangup {
		t.Errorf("alice's call ended with %+v", why)
	}
	call = alice.Dial("nobody")
	if why := alice.Ended(call); why.ID != phone.ReasonUnknownNumber {
		t.Errorf("nobody's call ended with %+v", why)
	}
}
