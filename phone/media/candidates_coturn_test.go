package media

import (
	"strings"
	"testing"

	"svara/audio"
	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/sdp"
)

// relayedOnly is a description whose addresses lead nowhere, but for those of a TURN server.
func relayedOnly(text string) []byte {
	return []byte(strings.ReplaceAll(text, "127.0.0.1", "127.0.0.3"))
}

// Each side has a relay of its own for RTP and for RTCP where that has its own port, and no other way: sound and reports go
// both ways over them, in clear and encrypted either way, and the reports still do after a hold and a restart.
func TestReportsOverARelayOfTheirOwn(t *testing.T) {
	server := phonetest.StartCoturn(t, phonetest.CoturnConfig{Relay: "127.0.0.2"}) // one relay is let in to the other, and no host
	for _, c := range []struct {
		name string
		sec  Security
	}{
		{"clear", Security{}},
		{"sdes", Security{phone.SRTPRequired, phone.KeyingSDES}},
		{"dtls", Security{phone.SRTPRequired, phone.KeyingDTLS}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			over := func(cfg *Config) {
				cfg.Security = c.sec
				cfg.ICE = ICE{Enabled: true, TURN: server.Addr(), User: server.User, Password: phone.Secret(server.Password)}
			}
			a, b := newSeeker(t, clock, over, plain{}), newSeeker(t, clock, over, plain{})
			agree := func() {
				t.Helper()
				offer, err := a.Offer(sdp.SendRecv)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := b.Answer(relayedOnly(apart(string(offer))), sdp.SendRecv)
				if err == nil {
					err = a.Accept(relayedOnly(string(answer)))
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			relayed := func(when string) {
				t.Helper()
				until(t, "way over the relays "+when, func() bool {
					clock.advance(audio.BlockTime)
					listen20(a)
					listen20(b)
					for _, p := range []*party{a, b} {
						if p.path.Route() == nil || p.controlPath.Route() == nil {
							return false
						}
					}
					return true
				})
				for name, p := range map[string]*party{"a": a, "b": b} {
					if !p.path.Route().ByRelay() || !p.controlPath.Route().ByRelay() {
						t.Errorf("%s %s: %+v, %+v", name, when, p.path.Route(), p.controlPath.Route())
					}
				}
			}
			agree()
			a.plan.Load().begin()
			b.Write(make([]int16, audio.BlockSize))
			a.Write(make([]int16, audio.BlockSize))
			relayed("at first")
			if c.sec.Mode == phone.SRTPRequired && c.sec.Keying == phone.KeyingDTLS {
				begin(t, a, b)
			}
			told(t, clock, a, b)
			meet(t, clock, a, b)
			agree()
			told(t, clock, a, b)

			before, beforeControl := a.path.Route(), a.controlPath.Route()
			if !a.Restart() {
				t.Fatal("no restart")
			}
			agree()
			until(t, "other ways", func() bool {
				a.Write(make([]int16, audio.BlockSize))
				b.Write(make([]int16, audio.BlockSize))
				r, rc := a.path.Route(), a.controlPath.Route()
				return r != nil && r != before && rc != nil && rc != beforeControl
			})
			relayed("after a restart")
			told(t, clock, a, b)
		})
	}
}
