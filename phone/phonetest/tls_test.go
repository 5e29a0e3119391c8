package phonetest_test

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
	"svara/phone/phonetest/sound"
)

var loopbackOnly = []string{"127.0.0.1"}

// overTLS waits until a call's SIP is told to travel over TLS.
func overTLS(t *testing.T, s *phonetest.Svara, call string) {
	t.Helper()
	s.Is(call, "its SIP over TLS", func(c phone.Call) bool { return c.Security.Signalling == phone.TransportTLS })
}

// Everything a call can go through, over TLS through a real exchange, with phones in clear at the other end and without.
func TestCallsOverTLS(t *testing.T) {
	t.Parallel()
	ca := certs.NewAuthority(t)
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{TLS: ca.Issue(t, certs.Spec{IPs: loopbackOnly})})
	secure := []string{"--transport", "tls", "--ca", ca.CertFile}
	alice := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "alice", Microphone: sound.Steady(500, -12)})
	bob := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "bob", Microphone: sound.Steady(800, -12)})
	carol := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "carol", Microphone: sound.Steady(1100, -12)})
	alice.SignIn("1001", a.AddrTLS(), secure...)
	bob.SignIn("1002", a.AddrTLS(), secure...)
	carol.SignIn("1003", a.Addr())
	if shown := a.CLI("pjsip show contacts"); strings.Count(strings.ToLower(shown), "transport=tls") != 2 {
		t.Errorf("bindings:\n%s", shown)
	}

	call := alice.Dial("1002")
	alice.Wait(call, phone.StateRinging)
	other := bob.AnswerNext()
	alice.Wait(call, phone.StateConnected)
	overTLS(t, alice, call)
	overTLS(t, bob, other)
	hears(t, alice, "alice", 800)
	hears(t, bob, "bob", 500)
	alice.Hold(call)
	alice.Held(call, true)
	alice.Resume(call)
	alice.Held(call, false)
	hears(t, bob, "bob after the hold", 500)
	if why := alice.HangUp(call); why.ID != phone.ReasonHangup {
		t.Errorf("%+v", why)
	}
	if why := bob.Ended(other); why.ID != phone.ReasonRemoteHangup {
		t.Errorf("%+v", why)
	}

	call = bob.Dial("1001") // and back; a direct transfer to one in clear
	other = alice.AnswerNext()
	bob.Wait(call, phone.StateConnected)
	alice.Transfer(other, "1003")
	third := carol.AnswerNext()
	alice.Ended(other)
	overTLS(t, bob, call)
	carol.Is(third, "its SIP in clear", func(c phone.Call) bool { return c.Security.Signalling == phone.TransportUDP })
	hears(t, bob, "bob after the transfer", 1100)
	carol.Must("hangup", third)
	if why := bob.Ended(call); why.ID != phone.ReasonRemoteHangup {
		t.Errorf("%+v", why)
	}

	a.Originate("1001", phonetest.NumberEcho, "0701234567", "")
	call = alice.Wait("any", phone.StateIncoming)
	overTLS(t, alice, call)
	alice.Must("decline")
	alice.Ended(call)
	phonetest.Until(t, time.Minute, "the PBX has no channel left", func() bool { return len(a.Channels()) == 0 })
}

// quality.md: the way to the PBX dies in a call. The sound goes on, the phone is there again, and the PBX's BYE arrives.
func TestConnectionDiesInACall(t *testing.T) {
	ca := certs.NewAuthority(t)
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{TLS: ca.Issue(t, certs.Spec{IPs: loopbackOnly})})
	for _, transport := range []string{"tls", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			to, args := a.AddrTLS(), []string{"--transport", "tls", "--ca", ca.CertFile}
			if transport == "tcp" {
				to, args = a.Addr(), []string{"--transport", "tcp"}
			}
			diesInACall(t, a, phonetest.StartCut(t, to), args)
		})
	}
}

func diesInACall(t *testing.T, a *phonetest.Asterisk, cut *phonetest.Cut, args []string) {
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Microphone: sound.Steady(700, -12)})
	s.SignIn("1001", cut.Addr(), args...)
	again := func(t *testing.T, before string) {
		t.Helper()
		phonetest.Until(t, time.Minute, "registered by a new connection", func() bool {
			return a.Registered("1001") && a.Contact("1001") != before
		})
		s.Must("wait", "registered", "--timeout", "60s")
	}
	for _, direction := range []string{"out", "in"} {
		t.Run(direction, func(t *testing.T) {
			var call string
			if direction == "out" {
				call = s.Talk(phonetest.NumberEcho)
			} else {
				a.Originate("1001", phonetest.NumberEcho, "0701", "")
				call = s.AnswerNext()
			}
			hears(t, s, "the caller", 700)
			before := a.Contact("1001")
			cut.Now()
			hears(t, s, "the caller without a connection", 700)
			again(t, before)
			s.Hold(call) // after what the phone has told the PBX by itself: its requests keep their order
			s.Held(call, true)
			if args[1] == "tls" {
				overTLS(t, s, call)
			}
			a.HangUp("1001")
			if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
				t.Errorf("ended with %+v", why)
			}
		})
	}
	// Without anything that we send of our own.
	call := s.Talk(phonetest.NumberEcho)
	before := a.Contact("1001")
	cut.Now()
	again(t, before)
	hears(t, s, "the caller", 700)
	a.HangUp("1001")
	if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
		t.Errorf("ended with %+v", why)
	}
}

// A registrar and proxy that is nothing else.
func TestKamailioOverTLS(t *testing.T) {
	ca := certs.NewAuthority(t)
	cert := ca.Issue(t, certs.Spec{IPs: loopbackOnly})
	k := phonetest.StartKamailioTLS(t, cert)
	alice, bob := phonetest.StartSvara(t, phonetest.SvaraConfig{}), phonetest.StartSvara(t, phonetest.SvaraConfig{})
	alice.SignIn("alice", k.AddrTLS(), "--transport", "tls", "--ca", ca.CertFile)
	bob.SignIn("bob", k.AddrTLS(), "--proxy", "sips:"+k.AddrTLS(), "--pin", cert.Pin)
	talk := func(from, to *phonetest.Svara, number string) {
		t.Helper()
		call := from.Dial(number)
		other := to.AnswerNext()
		from.Wait(call, phone.StateConnected)
		overTLS(t, from, call)
		overTLS(t, to, other)
		from.Hold(call)
		from.Held(call, true)
		to.Must("hangup", other)
		if why := from.Ended(call); why.ID != phone.ReasonRemoteHangup {
			t.Errorf("the call to %s ended with %+v", number, why)
		}
	}
	talk(alice, bob, "bob")
	talk(bob, alice, "alice")
}

// Without a file of its own an account trusts whom the system trusts, and nobody else.
func TestSystemAuthorities(t *testing.T) {
	if runtime.GOOS != "linux" {
		phonetest.Missing(t, "Linux, where the environment tells which authorities the system has")
	}
	ca := certs.NewAuthority(t)
	k := phonetest.StartKamailioTLS(t, ca.Issue(t, certs.Spec{IPs: loopbackOnly}))
	known := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Env: []string{"SSL_CERT_FILE=" + ca.CertFile}})
	known.SignIn("alice", k.AddrTLS(), "--transport", "tls")
	unknown := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
	unknown.AddAccount("bob", "pw-bob", k.AddrTLS(), "--transport", "tls")
	failed(t, unknown, "bob", phone.ReasonCertificate)
	if got := unknown.Account("bob").Reason.Text; got != "authority" {
		t.Errorf("refused because of %q", got)
	}
}

// What a server shows decides; nothing goes out beside it in clear, and svaractl tells why.
func TestRefusesCertificates(t *testing.T) {
	ca := certs.NewAuthority(t)
	self := certs.SelfSigned(t, certs.Spec{CN: "127.0.0.1", IPs: loopbackOnly})
	for _, c := range []struct {
		name string
		cert *certs.Certificate
		want string
	}{
		{"expired", ca.Issue(t, certs.Spec{IPs: loopbackOnly, Until: time.Now().Add(-time.Minute)}), "expired"},
		{"self-signed", self, "authority"},
		{"wrong name", ca.Issue(t, certs.Spec{DNS: []string{"pbx.example.com"}}), "name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := phonetest.StartKamailioTLS(t, c.cert)
			udp, err := net.ListenPacket("udp4", k.AddrTLS())
			if err != nil {
				t.Fatal(err)
			}
			defer udp.Close()
			s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
			s.AddAccount("alice", "pw-alice", k.AddrTLS(), "--transport", "tls", "--ca", ca.CertFile)
			failed(t, s, "alice", phone.ReasonCertificate)
			if got := s.Account("alice").Reason.Text; got != c.want {
				t.Errorf("refused because of %q, want %q", got, c.want)
			}
			if out, code := s.Ctl("dial", "bob"); code != 1 {
				t.Errorf("dialling without a registration exits with %d: %s", code, out)
			}
			udp.SetReadDeadline(time.Now().Add(time.Second))
			if n, _, err := udp.ReadFrom(make([]byte, 2000)); err == nil {
				t.Errorf("%d bytes in clear", n)
			}
			if got := k.Contacts(); strings.Contains(got, "alice") {
				t.Errorf("bindings:\n%s", got)
			}
			// Pinned, the self-signed one is good enough.
			if c.want == "authority" {
				s.Must("account", "set", "alice", "pin", c.cert.Pin)
				s.Must("wait", "registered:alice", "--timeout", "15s")
			}
		})
	}
	t.Run("no such file", func(t *testing.T) {
		s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
		s.AddAccount("alice", "x", fmt.Sprintf("127.0.0.1:%d", phonetest.FreePort(t)), "--transport", "tls", "--ca", "/no/such/file.pem")
		failed(t, s, "alice", phone.ReasonBadAccount)
		if got := s.Account("alice").Reason.Text; got != "ca_file" {
			t.Errorf("%q", got)
		}
	})
}
