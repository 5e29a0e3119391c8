package phonetest_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

// back waits until a phone's own tone comes back from the exchange's echo, and returns how long that took since begun.
func back(t *testing.T, s *phonetest.Svara, begun time.Time) time.Duration {
	t.Helper()
	for range 60 {
		if heard := s.Listen(300 * time.Millisecond); sound.Heard(heard, 700) > 250*time.Millisecond {
			return time.Since(begun)
		}
	}
	t.Fatal("no sound came back within 18 s")
	return 0
}

// Our address changes while a phone is idle, rings, is rung, talks and holds: it registers from there, the call is the same
// one, and sound goes both ways again. The translator's forgetting is such a change too, seen from outside.
func TestOurAddressChanges(t *testing.T) {
	world := phonetest.StartInternet(t, phonetest.HomeConfig{Symmetric: true})
	home := world.Homes[0]
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{In: world, Users: []phonetest.PBXUser{
		{User: "1001", Password: "pw-1001"},
		{User: "1002", Password: "pw-1002", ICE: true, Mux: true},
		{User: "1003", Password: "pw-1003"},
	}, Extra: "exten => 700,1,Ringing()\n same => n,Wait(5)\n same => n,Answer()\n same => n,Echo()\n"})
	start := func(t *testing.T, user string, args ...string) *phonetest.Svara {
		t.Helper()
		s := phonetest.StartSvara(t, phonetest.SvaraConfig{Under: home.Under(), Anywhere: true, Microphone: sound.Steady(700, -12)})
		s.SignIn(user, a.Addr(), args...)
		s.Must("wait", "registered:"+user, "--timeout", "20s")
		return s
	}
	next := 20
	other := func() string { next++; return "192.168.10." + strconv.Itoa(next) }
	within := func(t *testing.T, what string, took time.Duration) {
		t.Helper()
		t.Logf("%s: sound both ways after %v", what, took.Round(10*time.Millisecond))
		if took > 3*time.Second {
			t.Errorf("%s: sound both ways after %v, not within 3 s", what, took)
		}
	}
	same := func(t *testing.T, s *phonetest.Svara, call string) {
		t.Helper()
		live := s.Live()
		if len(live) != 1 || strconv.Itoa(int(live[0].ID)) != call || live[0].State != phone.StateConnected {
			t.Fatalf("calls now: %+v", live)
		}
	}
	for _, c := range []struct {
		user, about string
		args        []string
	}{{"1001", "udp", nil}, {"1002", "ice", []string{"--ice"}}, {"1003", "tcp", []string{"--transport", "tcp"}}} {
		t.Run(c.about, func(t *testing.T) {
			s := start(t, c.user, c.args...)
			call := s.Talk(phonetest.NumberEcho)
			back(t, s, time.Now())
			s.Listen(2 * time.Second) // the call is no longer being set up

			begun := time.Now()
			home.Move(t, other())
			within(t, "another address", back(t, s, begun))
			same(t, s, call)

			begun = time.Now()
			home.Prefer(t, other())
			within(t, "another route", back(t, s, begun))
			same(t, s, call)

			s.Hold(call)
			s.Held(call, true)
			before := a.Contact(c.user)
			plug := home.Unplug(t)
			plug(other())
			registeredElsewhere(t, a, c.user, before)
			begun = time.Now()
			s.Resume(call)
			within(t, "held meanwhile", back(t, s, begun))
			same(t, s, call)
			a.HangUp(c.user) // their BYE finds us
			if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
				t.Errorf("ended by %v", why)
			}
		})
	}
	t.Run("rings", func(t *testing.T) {
		s := start(t, "1001")
		a.Originate("1001", phonetest.NumberEcho, "2001", "Caller")
		call, before := s.Wait("any", phone.StateIncoming), a.Contact("1001")
		home.Move(t, other())
		registeredElsewhere(t, a, "1001", before)
		begun := time.Now()
		s.Must("answer")
		s.Wait(call, phone.StateConnected)
		within(t, "answered from there", back(t, s, begun))
		same(t, s, call)
		s.HangUp(call)
	})
	t.Run("is rung", func(t *testing.T) {
		s := start(t, "1001")
		call := s.Dial("700")
		s.Wait(call, phone.StateRinging)
		home.Move(t, other())
		s.Wait(call, phone.StateConnected)
		within(t, "answered over there", back(t, s, time.Now()))
		same(t, s, call)
		phonetest.Until(t, 5*time.Second, "one channel at the exchange", func() bool {
			return strings.Count(strings.Join(a.Channels(), "\n"), "PJSIP/1001-") == 1
		})
		s.HangUp(call)
	})
	t.Run("idle", func(t *testing.T) {
		s := start(t, "1001")
		before := a.Contact("1001")
		begun := time.Now()
		home.Move(t, other())
		registeredElsewhere(t, a, "1001", before)
		took := time.Since(begun)
		t.Logf("registered from there after %v", took.Round(10*time.Millisecond))
		if took > 3*time.Second {
			t.Errorf("registered from there after %v", took)
		}
		s.Must("wait", "registered:1001")
	})
	t.Run("translator forgets", func(t *testing.T) {
		s := start(t, "1001")
		call := s.Talk(phonetest.NumberEcho)
		back(t, s, time.Now())
		begun := time.Now()
		home.Forget(t)
		t.Logf("sound both ways after %v", back(t, s, begun).Round(10*time.Millisecond))
		same(t, s, call)
		a.HangUp("1001")
		if why := s.Ended(call); why.ID != phone.ReasonRemoteHangup {
			t.Errorf("ended by %v", why)
		}
	})
}

// Two phones that only relays lead to, as both translators are of the strict kind: one moves, then the other, and sound goes both
// ways again, over other relays, in the same call.
func TestAddressChangesBehindRelays(t *testing.T) {
	world := phonetest.StartInternet(t, phonetest.HomeConfig{Symmetric: true}, phonetest.HomeConfig{Symmetric: true})
	registrar, turn := world.Kamailio(), world.Coturn()
	tones := []int{700, 1100}
	var phones []*phonetest.Svara
	for i, h := range world.Homes {
		s := phonetest.StartSvara(t, phonetest.SvaraConfig{Called: []string{"alice", "bob"}[i], Under: h.Under(), Anywhere: true, Microphone: sound.Steady(tones[i], -12)})
		user := []string{"1001", "1002"}[i]
		s.SignIn(user, registrar, "--ice", "--stun", turn.Addr(), "--turn", turn.Addr(), "--turn-user", turn.User)
		s.SetTURNPassword(user, turn.Password)
		s.Must("wait", "registered:"+user, "--timeout", "20s")
		phones = append(phones, s)
	}
	call := phones[0].Dial("1002")
	there := phones[1].AnswerNext()
	phones[0].Wait(call, phone.StateConnected)
	hears(t, phones[0], "alice", 1100)
	hears(t, phones[1], "bob", 700)
	phones[0].Listen(2 * time.Second)
	for i, h := range world.Homes {
		begun := time.Now()
		h.Move(t, []string{"192.168.10.77", "192.168.11.77"}[i])
		var took time.Duration
		for j, s := range phones {
			for sound.Heard(s.Listen(300*time.Millisecond), float64(tones[1-j])) <= 250*time.Millisecond {
				if time.Since(begun) > 20*time.Second {
					t.Fatalf("phone %d moved: phone %d hears nothing", i, j)
				}
			}
			took = time.Since(begun)
		}
		t.Logf("phone %d moved: sound both ways after %v", i, took.Round(10*time.Millisecond))
		if took > 5*time.Second { // of which each listens for 300 ms at least
			t.Errorf("phone %d moved: sound both ways after %v", i, took)
		}
		for j, s := range phones {
			if live := s.Live(); len(live) != 1 || strconv.Itoa(int(live[0].ID)) != []string{call, there}[j] {
				t.Errorf("phone %d moved: calls of phone %d: %+v", i, j, live)
			}
		}
	}
	phones[0].HangUp(call)
}

// registeredElsewhere waits until a user's contact at the exchange is another one than before.
func registeredElsewhere(t *testing.T, a *phonetest.Asterisk, user, before string) {
	t.Helper()
	phonetest.Until(t, 10*time.Second, "registered from there", func() bool { return a.Registered(user) && a.Contact(user) != before })
}
