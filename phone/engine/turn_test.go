package engine

import (
	"testing"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/ua"
)

// An incoming call rings while candidates are still looked for; answered before they are there, it is answered with them.
func TestRingsBeforeItsCandidatesAreThere(t *testing.T) {
	incoming := func(s *script) phone.CallID {
		s.sip(ua.Incoming{Leg: "7", Account: "work", From: phone.Party{URI: "sip:2101@pbx.test", Number: "2101"}, SDP: []byte("offer")})
		open := one(s, effects[fxOpen](s))
		if want := (media.ICE{Enabled: true, STUN: "stun.test", TURN: "turn.test", User: "u"}); open.path != want {
			t.Errorf("%+v", open.path)
		}
		s.in(inOpened{call: open.call, early: true})
		if acts := sent[ua.Ring](s); len(acts) != 1 {
			t.Fatalf("it does not ring: %+v", s.fx)
		}
		return open.call
	}
	begin := func() *script {
		s := newScript(t)
		a := &s.s.accounts[0].Account
		a.ICE, a.STUN, a.TURN, a.TURNUser = true, "stun.test", "turn.test", "u"
		return s
	}

	s := begin()
	id := incoming(s)
	s.do(phone.Answer{Call: id})
	s.state(id, phone.StateAnswering)
	if len(sent[ua.Answer](s)) != 0 {
		t.Fatal("answered with nothing")
	}
	s.in(inOpened{call: id, sdp: []byte("answer"), agreed: &opus})
	if got := one(s, sent[ua.Answer](s)); string(got.SDP) != "answer" {
		t.Errorf("%+v", got)
	}

	s = begin()
	id = incoming(s)
	s.in(inOpened{call: id, sdp: []byte("answer"), agreed: &opus})
	if len(sent[ua.Ring](s)) != 0 {
		t.Error("rings twice")
	}
	s.do(phone.Answer{Call: id})
	if got := one(s, sent[ua.Answer](s)); string(got.SDP) != "answer" {
		t.Errorf("%+v", got)
	}

	// The answer cannot be made after all.
	s = begin()
	id = incoming(s)
	s.do(phone.Answer{Call: id})
	s.in(inOpened{call: id, err: phone.Refuse(phone.ReasonNoMedia, "")})
	if got := one(s, sent[ua.Reject](s)); got.Code != 488 {
		t.Errorf("%+v", got)
	}
}

// A way that is lost is looked for again, by one side first.
func TestLostWayIsLookedFor(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	s.in(inStream{id, media.Lost{}})
	if got := one(s, effects[fxOffer](s)); !got.seek || got.call != id {
		t.Errorf("%+v", got)
	}
	s.in(inStream{id, media.Lost{Gone: true}})
	if len(effects[fxOffer](s)) != 0 {
		t.Error("a second offer before the first is answered")
	}
	s.in(inOffer{call: id, err: errNoWay})
	if s.s.call(id).offering {
		t.Error("an offer that was not made is waited for")
	}
}

// The password of a TURN server lies beside the account's, goes with it and is in no snapshot.
func TestTURNSecret(t *testing.T) {
	s := newScript(t)
	a := s.s.accounts[0].Account
	a.TURN, a.TURNUser = "turn.test", "u"
	s.do(phone.PutAccount{Account: a, TURNSecret: "hidden"})
	if got := one(s, effects[fxKeepAccount](s)); got.turnSecret != "hidden" || got.password != "" {
		t.Errorf("%+v", got)
	}
}
