package phonetest_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// goes waits until a call's sound is sent to where ok likes it, and returns both ends of its way.
func goes(t *testing.T, s *phonetest.Svara, call string, ok func(local, remote netip.AddrPort) bool) (local, remote netip.AddrPort) {
	t.Helper()
	phonetest.Until(t, 20*time.Second, "a way for the sound", func() bool {
		q := s.Call(call).Quality
		local, _ = netip.ParseAddrPort(q.LocalRTP)
		remote, _ = netip.ParseAddrPort(q.RemoteRTP)
		return ok(local, remote)
	})
	return local, remote
}

// Two phones behind translators of their own, a registrar and a STUN and TURN server outside: sound goes both ways,
// directly where the translators let it, over the relay where they do not.
func TestCallThroughTwoTranslators(t *testing.T) {
	for _, c := range []struct {
		name      string
		symmetric bool
	}{{"direct", false}, {"relayed", true}} {
		t.Run(c.name, func(t *testing.T) {
			world := phonetest.StartInternet(t, phonetest.HomeConfig{Symmetric: c.symmetric}, phonetest.HomeConfig{Symmetric: c.symmetric})
			registrar, turn := world.Kamailio(), world.Coturn()
			var phones []*phonetest.Svara
			for i, h := range world.Homes {
				s := phonetest.StartSvara(t, phonetest.SvaraConfig{
					Called: []string{"alice", "bob"}[i], Under: h.Under(), Anywhere: true, Microphone: sound.Steady([]int{700, 1100}[i], -12),
				})
				user := []string{"1001", "1002"}[i]
				s.SignIn(user, registrar, "--ice", "--stun", turn.Addr(), "--turn", turn.Addr(), "--turn-user", turn.User)
				s.SetTURNPassword(user, turn.Password)
				s.Must("wait", "registered:"+user, "--timeout", "20s")
				phones = append(phones, s)
			}
			a, b := phones[0], phones[1]
			begun := time.Now()
			call := a.Dial("1002")
			there := b.Wait("any", phone.StateIncoming)
			t.Logf("rings after %v", time.Since(begun).Round(10*time.Millisecond))
			b.Must("answer")
			a.Wait(call, phone.StateConnected)
			outside := func(_, remote netip.AddrPort) bool {
				at := remote.Addr().String()
				return at == turn.IP || strings.HasPrefix(at, "203.0.113.")
			}
			al, ar := goes(t, a, call, outside)
			bl, br := goes(t, b, there, outside)
			t.Logf("alice %v -> %v, bob %v -> %v", al, ar, bl, br)
			hears(t, a, "alice", 1100)
			hears(t, b, "bob", 700)
			relayed := al.Addr().String() == turn.IP || ar.Addr().String() == turn.IP
			if relayed != c.symmetric {
				t.Errorf("relayed: %v", relayed)
			}
			if text := a.Must("snapshot"); strings.Contains(text, turn.Password) {
				t.Error("the TURN server's password is in the snapshot")
			}
			a.HangUp(call)
		})
	}
}
