package phonetest_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
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

// The only relay dies in a call, and comes back: so does the sound, in the same call.
func TestRelayRestartsInACall(t *testing.T) {
	world := phonetest.StartInternet(t, phonetest.HomeConfig{Symmetric: true}, phonetest.HomeConfig{Symmetric: true})
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
	call := a.Dial("1002")
	there := b.Wait("any", phone.StateIncoming)
	b.Must("answer")
	a.Wait(call, phone.StateConnected)
	hears(t, a, "alice", 1100)
	hears(t, b, "bob", 700)
	turn.Kill()
	phonetest.Until(t, time.Minute, "no sound without the relay", func() bool {
		return sound.Heard(a.Listen(300*time.Millisecond), 1100) < 50*time.Millisecond
	})
	world.Coturn()
	begun := time.Now()
	for name, c := range map[string]struct {
		s    *phonetest.Svara
		tone float64
	}{"alice": {a, 1100}, "bob": {b, 700}} {
		phonetest.Until(t, 40*time.Second, name+" hears again", func() bool {
			return sound.Heard(c.s.Listen(300*time.Millisecond), c.tone) > 250*time.Millisecond
		})
	}
	t.Logf("sound both ways after %v", time.Since(begun).Round(10*time.Millisecond))
	a.HangUp(call)
	b.Ended(there)
}

// paths is how often a phone's log tells that a pair was chosen for a component.
func paths(t *testing.T, log string, component int) int {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	n, of := 0, fmt.Sprintf("component=%d ", component)
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, `msg="pair chosen"`) && strings.Contains(line, of) {
			n++
		}
	}
	return n
}

// paired checks that in so many calls a pair was chosen for each of the components, and for no other. A call may choose twice:
// the other end nominates what it likes better, and a conflict of roles takes a second round (RFC 8445 7.3.1.1).
func paired(t *testing.T, log string, components, calls int) {
	t.Helper()
	for c := 1; c <= 2; c++ {
		if n := paths(t, log, c); c <= components && n < calls || c > components && n > 0 {
			t.Errorf("%d pairs chosen for component %d in %d calls", n, c, calls)
		}
	}
}

// A real exchange that speaks ICE, with and without encryption, one that keeps RTP and RTCP apart and one that does not
// speak it: there is sound with each, over a checked pair where both sides can.
func TestICEWithAsterisk(t *testing.T) {
	t.Parallel()
	world := phonetest.StartInternet(t, phonetest.HomeConfig{})
	home, turn := world.Homes[0], world.Coturn()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{In: world, Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001", ICE: true, Mux: true},
		{User: "1002", Password: "pw-1002", ICE: true, Encryption: "dtls"},
		{User: "1003", Password: "pw-1003", ICE: true},
		{User: "1004", Password: "pw-1004"},
		{User: "1005", Password: "pw-1005", Believes: true},
		{User: "1006", Password: "pw-1006", ICE: true, Encryption: "dtls", Apart: true},
	}})
	for _, c := range []struct {
		user, about string
		components  int // with a pair each
		args        []string
	}{
		{"1001", "ice", 1, []string{"--ice", "--stun", turn.Addr()}},
		{"1001", "ice with dead servers", 1, []string{"--ice", "--stun", "198.51.100.99", "--turn", "198.51.100.99", "--turn-user", "u"}},
		{"1002", "ice and dtls", 1, []string{"--ice", "--stun", turn.Addr(), "--srtp", "required", "--keying", "dtls"}},
		{"1003", "ice with two ports", 2, []string{"--ice", "--stun", turn.Addr()}},
		{"1006", "ice and dtls with two ports", 2, []string{"--ice", "--stun", turn.Addr(), "--srtp", "required", "--keying", "dtls"}},
		{"1004", "no ice", 0, []string{"--ice", "--stun", turn.Addr()}},
		// It sends to the address that it is told, so that must be the one outside (RFC 3581 has told us).
		{"1005", "neither does ice", 0, nil},
	} {
		t.Run(c.about, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "log")
			s := phonetest.StartSvara(t, phonetest.SvaraConfig{
				Under: home.Under(), Anywhere: true, Microphone: sound.Steady(700, -12), Args: []string{"--log", log},
			})
			s.SignIn(c.user, a.Addr(), c.args...)
			s.SetTURNPassword(c.user, turn.Password)
			s.Must("wait", "registered:"+c.user, "--timeout", "20s")
			begun := time.Now()
			call := s.Talk(phonetest.NumberEcho)
			connected := time.Since(begun).Round(10 * time.Millisecond)
			hears(t, s, "the caller", 700)
			s.Hold(call)
			s.Held(call, true)
			s.Resume(call)
			s.Held(call, false)
			hears(t, s, "the caller after a hold", 700)
			paired(t, log, c.components, 1)
			if c.components == 2 { // theirs come by the second, and speak of what has come of ours; so it is with an offer of its
				reported := func() {
					t.Helper()
					phonetest.Until(t, time.Minute, "reports both ways over a port of their own", func() bool {
						q := s.Call(call).Quality
						return q.Facts.Reports > 1 && q.RTTMS > 0
					})
				}
				reported()
				s.HangUp(call)
				a.CLI("channel originate PJSIP/" + c.user + " extension " + phonetest.NumberEcho + "@svara")
				call = s.AnswerNext()
				hears(t, s, "the callee", 700)
				reported()
				paired(t, log, c.components, 2)
			}
			q := s.Call(call).Quality
			t.Logf("connected after %v, %s -> %s", connected, q.LocalRTP, q.RemoteRTP)
			s.HangUp(call)
		})
	}
}
