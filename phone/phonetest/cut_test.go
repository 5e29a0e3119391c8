package phonetest_test

import (
	"testing"

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
