package engine

import (
	"reflect"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

var epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// script drives reduce by hand: virtual time, no goroutines.
type script struct {
	t      *testing.T
	s      state
	now    time.Time
	fx     []effect      // of the last input
	events []phone.Event // of the last input
}

func newScript(t *testing.T) *script {
	s := &script{t: t, now: epoch}
	s.s.accounts = []account{{AccountStatus: phone.AccountStatus{
		Account:      phone.Account{ID: "work", User: "2100", Domain: "pbx.test", Default: true},
		Registration: phone.Registration{State: phone.RegistrationRegistered},
	}}}
	return s
}

func (s *script) in(in input) *turn {
	s.t.Helper()
	plain := s.s
	plain.team.seenBy = teamEyes{} // functions are not comparable
	before := reflect.DeepEqual(plain, plain.clone())
	next, t := reduce(s.s, s.now, in)
	if !before {
		s.t.Fatal("clone changed the state")
	}
	s.s, s.fx, s.events = next, t.fx, t.events
	return t
}

func (s *script) do(cmd phone.Command) phone.CallID {
	s.t.Helper()
	t := s.in(inCommand{cmd})
	if t.reply.err != nil {
		s.t.Fatalf("%T refused: %v", cmd, t.reply.err)
	}
	return t.reply.call
}

func (s *script) refused(cmd phone.Command, want phone.ReasonID) {
	s.t.Helper()
	t := s.in(inCommand{cmd})
	if t.reply.err == nil {
		s.t.Fatalf("%+v was taken up, want refusal %s", cmd, want)
	}
	if got := phone.ReasonOf(t.reply.err).ID; got != want {
		s.t.Fatalf("%+v refused with %s, want %s", cmd, got, want)
	}
}

func (s *script) sip(v ua.Value) {
	s.t.Helper()
	if told, ok := v.(ua.Notified); ok {
		s.in(inTold{[]ua.Notified{told}})
		return
	}
	s.in(inSIP{v})
}

func (s *script) after(d time.Duration) {
	s.t.Helper()
	end := s.now.Add(d)
	for range 10000 {
		at := s.s.wake(s.now)
		if at.IsZero() || at.After(end) {
			s.now = end
			return
		}
		if at.After(s.now) {
			s.now = at
		}
		s.in(inClock{})
	}
	s.t.Fatal("the clock never rests")
}

func (s *script) state(id phone.CallID, want phone.CallState) *call {
	s.t.Helper()
	c := s.s.call(id)
	if c == nil {
		s.t.Fatalf("call %d is gone, want %s", id, want)
	}
	if c.State != want {
		s.t.Fatalf("call %d is %s, want %s", id, c.State, want)
	}
	return c
}

// sent finds the SIP actions of type A among the last effects.
func sent[A ua.Action](s *script) []A {
	var out []A
	for _, fx := range s.fx {
		if f, ok := fx.(fxSIP); ok {
			if a, ok := f.action.(A); ok {
				out = append(out, a)
			}
		}
	}
	return out
}

func effects[E effect](s *script) []E {
	var out []E
	for _, fx := range s.fx {
		if e, ok := fx.(E); ok {
			out = append(out, e)
		}
	}
	return out
}

func one[T any](s *script, list []T) T {
	s.t.Helper()
	if len(list) != 1 {
		s.t.Fatalf("%d of %T, want one; effects %+v", len(list), *new(T), s.fx)
	}
	return list[0]
}

var opus = media.Agreed{Codec: "opus", Direction: sdp.SendRecv, RemoteDirection: sdp.SendRecv, DTMF: true}

// connected makes an outgoing call that is up.
func (s *script) connected(target string) phone.CallID {
	s.t.Helper()
	id := s.do(phone.Dial{Target: target})
	s.in(inOpened{call: id, sdp: []byte("offer")})
	leg := s.s.call(id).leg
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.in(inAgreed{call: id, agreed: opus})
	s.state(id, phone.StateConnected)
	return id
}

// ringing makes an incoming call that rings.
func (s *script) ringing(leg ua.LegID) phone.CallID {
	s.t.Helper()
	s.sip(ua.Incoming{Leg: leg, Account: "work", From: phone.Party{URI: "sip:2101@pbx.test", Number: "2101"}, SDP: []byte("offer")})
	id := one(s, effects[fxOpen](s)).call
	s.in(inOpened{call: id, sdp: []byte("answer"), agreed: &opus})
	one(s, sent[ua.Ring](s))
	s.state(id, phone.StateIncoming)
	return id
}
