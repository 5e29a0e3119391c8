package phonetest_test

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
	"svara/phone/phonetest/sound"
)

// The connection of either phone to a real proxy is cut while it rings: the call is not lost, whoever's it was and whatever
// becomes of it.
func TestCutWhileItRings(t *testing.T) {
	ca := certs.NewAuthority(t)
	k := phonetest.StartKamailioTLS(t, ca.Issue(t, certs.Spec{IPs: loopbackOnly}))
	for _, transport := range []string{"tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			to, args := k.Addr(), []string{"--transport", transport}
			if transport == "tls" {
				to, args = k.AddrTLS(), append(args, "--ca", ca.CertFile)
			}
			near, far := phonetest.StartCut(t, to), phonetest.StartCut(t, to)
			alice := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "alice", Microphone: sound.Steady(500, -12)})
			bob := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "bob", Microphone: sound.Steady(800, -12)})
			alice.SignIn("alice", near.Addr(), args...)
			bob.SignIn("bob", far.Addr(), args...)
			for _, c := range []struct {
				name string
				way  *phonetest.Cut
			}{{"the caller's", near}, {"the callee's", far}} {
				ring := func(t *testing.T) (call, other string) {
					t.Helper()
					call = alice.Dial("bob@" + near.Addr())
					alice.Wait(call, phone.StateRinging)
					other = bob.Wait("any", phone.StateIncoming)
					c.way.Now()
					return call, other
				}
				t.Run(c.name+", answered", func(t *testing.T) {
					call, _ := ring(t)
					bob.Must("answer")
					alice.Wait(call, phone.StateConnected)
					other := bob.Wait("any", phone.StateConnected) // the call may have been placed anew
					hears(t, alice, "alice", 800)
					hears(t, bob, "bob", 500)
					bob.HangUp(other)
					if why := alice.Ended(call); why.ID != phone.ReasonRemoteHangup {
						t.Errorf("%+v", why)
					}
				})
				t.Run(c.name+", declined", func(t *testing.T) {
					call, _ := ring(t)
					bob.Must("decline")
					if why := alice.Ended(call); why.ID != phone.ReasonRemoteDeclined {
						t.Errorf("%+v", why)
					}
				})
				t.Run(c.name+", given up", func(t *testing.T) {
					call, other := ring(t)
					alice.HangUp(call)
					if why := bob.Ended(other); why.ID != phone.ReasonMissed {
						t.Errorf("%+v", why)
					}
				})
			}
		})
	}
}

// The connection is cut under a hold, a resumption and a hang-up, on their way there or under the answer: none of them is lost.
// Over TLS: a request in clear goes to the proxy itself, which has named itself in the call.
func TestCutUnderARequest(t *testing.T) {
	ca := certs.NewAuthority(t)
	k := phonetest.StartKamailioTLS(t, ca.Issue(t, certs.Spec{IPs: loopbackOnly}))
	near := phonetest.StartCut(t, k.AddrTLS())
	alice := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "alice", Microphone: sound.Steady(500, -12)})
	bob := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "bob", Microphone: sound.Steady(800, -12)})
	alice.SignIn("alice", near.Addr(), "--transport", "tls", "--ca", ca.CertFile)
	bob.SignIn("bob", k.AddrTLS(), "--transport", "tls", "--ca", ca.CertFile)
	for i, name := range []string{"the request", "the first answer", "the second answer"} {
		t.Run(name, func(t *testing.T) {
			cut := func(n int, request func()) {
				t.Helper()
				near.AtNext(n)
				request()
				phonetest.Until(t, time.Minute, "the cut", func() bool { return !near.Waits() })
			}
			call := alice.Dial("bob@" + near.Addr())
			other := bob.AnswerNext()
			alice.Wait(call, phone.StateConnected)
			hears(t, alice, "alice", 800)
			cut(i+1, func() { alice.Hold(call) })
			alice.Held(call, true)
			bob.Is(other, "held by the other", func(c phone.Call) bool { return c.Hold.Remote() })
			cut(i+1, func() { alice.Resume(call) })
			alice.Held(call, false)
			hears(t, alice, "alice", 800)
			hears(t, bob, "bob", 500)
			cut(min(i+1, 2), func() { alice.Must("hangup", call) })
			if why := bob.Ended(other); why.ID != phone.ReasonRemoteHangup {
				t.Errorf("%+v", why)
			}
		})
	}
}

// The connection is cut under a call before the exchange has said a word of it: the INVITE is lost, or has arrived and what is
// said of it is lost. It rings once at a time over there, and can be answered.
func TestCutUnderACall(t *testing.T) {
	t.Parallel()
	ca := certs.NewAuthority(t)
	k := phonetest.StartKamailioTLS(t, ca.Issue(t, certs.Spec{IPs: loopbackOnly}))
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	for _, c := range []struct {
		name, addr, caller, callee string
		args                       []string
	}{
		{"kamailio, tcp", k.Addr(), "alice", "bob", []string{"--transport", "tcp"}},
		{"kamailio, tls", k.AddrTLS(), "alice", "bob", []string{"--transport", "tls", "--ca", ca.CertFile}},
		{"asterisk, tcp", a.Addr(), "1001", "1002", []string{"--transport", "tcp"}},
	} {
		near := phonetest.StartCut(t, c.addr)
		alice := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "alice", Microphone: sound.Steady(500, -12)})
		bob := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: "bob", Microphone: sound.Steady(800, -12)})
		alice.SignIn(c.caller, near.Addr(), c.args...)
		bob.SignIn(c.callee, c.addr, c.args...)
		target := c.callee + "@" + near.Addr()
		call := alice.Dial(target) // after it the exchange's question is answered before it is asked
		bob.AnswerNext()
		alice.Wait(call, phone.StateConnected)
		alice.HangUp(call)
		for n, name := range []string{"the INVITE", "the first word on it"} {
			t.Run(c.name+", "+name, func(t *testing.T) {
				phonetest.Until(t, 10*time.Second, "no call", func() bool { return len(bob.Live()) == 0 })
				before := len(bob.History())
				near.AtNext(n + 1)
				call := alice.Dial(target)
				phonetest.Until(t, time.Minute, "the cut", func() bool { return !near.Waits() })
				alice.Wait(call, phone.StateRinging)
				phonetest.Until(t, 10*time.Second, "one call that rings", func() bool { return len(bob.Live()) == 1 })
				bob.AnswerNext()
				alice.Wait(call, phone.StateConnected)
				hears(t, alice, "alice", 800)
				hears(t, bob, "bob", 500)
				alice.HangUp(call)
				phonetest.Until(t, 10*time.Second, "no call", func() bool { return len(bob.Live()) == 0 })
				t.Logf("%d calls came to bob", len(bob.History())-before)
			})
		}
	}
}
