package engine

import (
	"slices"
	"testing"

	"svara/phone"
	"svara/phone/ua"
)

// answeredCall dials and is answered, with sound.
func (s *script) answeredCall(cmd phone.Dial) phone.CallID {
	s.t.Helper()
	id := s.do(cmd)
	s.in(inOpened{call: id, sdp: []byte("offer")})
	s.sip(ua.Answered{Leg: s.s.call(id).leg, SDP: []byte("answer")})
	s.in(inAgreed{call: id, agreed: opus})
	return id
}

// settleOffers answers every offer under way until there is none.
func (s *script) settleOffers() {
	s.t.Helper()
	for range 50 {
		done := true
		for _, c := range slices.Clone(s.s.calls) {
			if c.State == phone.StateConnected && c.offering {
				s.holdAnswered(c.ID)
				done = false
			}
		}
		if done {
			return
		}
	}
	s.t.Fatal("offers never settle")
}

func (s *script) party(id phone.CallID) planParty {
	s.t.Helper()
	for _, p := range s.s.sound.parties {
		if p.call == id {
			return p
		}
	}
	s.t.Fatalf("call %d is not in the mix", id)
	return planParty{}
}

func TestConference(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	a := s.answeredCall(phone.Dial{Target: "2101"})
	b := s.answeredCall(phone.Dial{Target: "2114"})
	s.settleOffers()
	if s.s.call(a).Hold != phone.HoldLocal {
		t.Fatal("the first is not held")
	}
	s.do(phone.Merge{})
	s.settleOffers()
	for _, id := range []phone.CallID{a, b} {
		if p := s.party(id); p.group != 1 || p.micOff || !p.listen {
			t.Fatalf("%d: %+v", id, p)
		}
		if s.s.call(id).Hold != phone.HoldNone {
			t.Fatal("a member is on hold")
		}
	}
	// A third by dialling: the two go on with us.
	c := s.do(phone.Dial{Target: "2126", Join: true})
	if s.s.call(a).holding || s.s.conference.aside {
		t.Fatal("the conference was left for a call that joins it")
	}
	s.in(inOpened{call: c, sdp: []byte("offer")})
	s.sip(ua.Progress{Leg: s.s.call(c).leg, Code: 180})
	if s.s.sound.tone == toneRingback {
		t.Error("ringback over a conference")
	}
	s.sip(ua.Answered{Leg: s.s.call(c).leg, SDP: []byte("answer")})
	s.in(inAgreed{call: c, agreed: opus})
	if s.party(c).group != 1 {
		t.Fatal("the third is not in the conference")
	}
	// Another call: the members talk on among themselves, nobody is held.
	d := s.answeredCall(phone.Dial{Target: "2133"})
	if !s.s.conference.aside || s.s.active() != d {
		t.Fatalf("aside %v, active %d", s.s.conference.aside, s.s.active())
	}
	if p := s.party(a); p.group != 1 || !p.micOff || p.listen || s.s.call(a).offering {
		t.Fatalf("%+v", p)
	}
	if s.s.call(a).Hold != phone.HoldLocal {
		t.Fatal("it is not shown that we are away")
	}
	s.do(phone.SetHold{Call: b}) // back to it
	if s.s.conference.aside || !s.s.call(d).holding {
		t.Fatal("not back in the conference")
	}
	s.settleOffers()
	// Muted, louder, taken out, hung up, each for itself.
	s.do(phone.Silence{Call: a, On: true})
	s.do(phone.SetLevel{Call: b, Percent: 150})
	if p := s.party(a); !p.silent {
		t.Fatalf("%+v", p)
	}
	if p := s.party(b); p.level != 150 {
		t.Fatalf("%+v", p)
	}
	s.do(phone.Split{Call: c})
	s.settleOffers()
	if k := s.s.call(c); k.Conference || !k.holding || s.party(c).group != 0 {
		t.Fatal("the third is still in")
	}
	s.refused(phone.Split{Call: c}, phone.ReasonWrongState)
	s.do(phone.Hangup{Call: a})
	s.sip(ua.Ended{Leg: s.s.call(a).leg})
	if s.s.conference.on() || s.s.call(b).Conference {
		t.Fatal("a conference of one")
	}
	if s.s.active() != b {
		t.Fatalf("active %d", s.s.active())
	}
}

func TestConferenceOfTenAndNoMore(t *testing.T) {
	s := newScript(t)
	s.do(phone.StartConference{Targets: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}})
	if n := len(effects[fxOpen](s)); n != 9 {
		t.Fatalf("%d called", n)
	}
	s.refused(phone.StartConference{Targets: []string{"10", "11"}}, phone.ReasonConferenceFull)
	s.do(phone.Dial{Target: "10", Join: true})
	s.refused(phone.Dial{Target: "11", Join: true}, phone.ReasonConferenceFull)
	for _, c := range slices.Clone(s.s.calls) {
		s.in(inOpened{call: c.ID, sdp: []byte("offer")})
		s.sip(ua.Answered{Leg: c.leg, SDP: []byte("answer")})
		s.in(inAgreed{call: c.ID, agreed: opus})
	}
	if n := len(s.s.conferenceView().Calls); n != 10 {
		t.Fatalf("%d members", n)
	}
	s.do(phone.EndConference{})
	if n := len(sent[ua.Hangup](s)); n != 10 {
		t.Fatalf("%d hung up", n)
	}
}

func TestLeaveConference(t *testing.T) {
	s := newScript(t)
	s.exchange(supervisedExchange)
	a := s.answeredCall(phone.Dial{Target: "2101"})
	b := s.answeredCall(phone.Dial{Target: "2114", Join: true})
	s.refused(phone.Split{Call: 99}, phone.ReasonNoCall)
	s.do(phone.LeaveConference{})
	r := one(s, sent[ua.Refer](s))
	if r.Leg != s.s.call(a).leg || r.With != s.s.call(b).leg {
		t.Fatalf("%+v", r)
	}
	// Refused: everybody is where they were.
	s.sip(ua.ReferRefused{Leg: r.Leg, Reason: phone.Reason{Code: 405}})
	if s.party(a).group != 1 || s.party(b).group != 1 || s.s.call(a).holding {
		t.Fatal("the conference was lost")
	}
	c := s.answeredCall(phone.Dial{Target: "2126", Join: true})
	s.refused(phone.LeaveConference{}, phone.ReasonCannotLeave)
	// An exchange with a room takes all of them.
	s.exchange(sipExchange)
	s.do(phone.LeaveConference{})
	if n := len(sent[ua.Refer](s)); n != 3 {
		t.Fatalf("%d REFERs", n)
	}
	for _, id := range []phone.CallID{a, b, c} {
		s.sip(ua.ReferNotified{Leg: s.s.call(id).leg, Code: 200, Over: true})
		s.state(id, phone.StateEnding)
	}
}
