package engine

import (
	"testing"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// What is done about another address of ours in each state of a call; held calls stay held, and the call stays the same.
func TestMoved(t *testing.T) {
	moved := func(s *script, id phone.CallID) {
		s.sip(ua.OfferNeeded{Leg: s.s.call(id).leg, Moved: true})
	}

	s := newScript(t)
	id := s.connected("2101")
	moved(s, id)
	if fx := one(s, effects[fxOffer](s)); fx.move == nil || fx.move.target != "2101" || fx.dir != sdp.SendRecv {
		t.Errorf("connected: %+v", fx)
	}
	moved(s, id) // and again, before the peer has answered: what it answers now is lost
	one(s, effects[fxOffer](s))
	s.in(inOffer{call: id, sdp: []byte("here")})
	if got := one(s, sent[ua.Offer](s)); string(got.SDP) != "here" {
		t.Errorf("%+v", got)
	}
	s.sip(ua.OfferNeeded{Leg: s.s.call(id).leg}) // only to be told: the sound stays
	if fx := one(s, effects[fxOffer](s)); fx.move != nil {
		t.Errorf("told: %+v", fx)
	}
	s.state(id, phone.StateConnected)

	s = newScript(t)
	id = s.connected("2101")
	s.do(phone.SetHold{Call: id, On: true})
	moved(s, id)
	if fx := one(s, effects[fxOffer](s)); fx.move == nil || fx.dir != sdp.SendOnly || !fx.hold {
		t.Errorf("held: %+v", fx)
	}

	s = newScript(t)
	id = s.do(phone.Dial{Target: "2101"})
	moved(s, id)
	if len(effects[fxOffer](s)) > 0 { // its stream is opened where we are
		t.Error("an offer of a call without a stream")
	}
	s.in(inOpened{call: id, sdp: []byte("offer")})
	s.sip(ua.Progress{Leg: s.s.call(id).leg, Code: 180})
	moved(s, id)
	if fx := one(s, effects[fxOffer](s)); fx.move == nil {
		t.Errorf("ringing there: %+v", fx)
	}
	s.in(inOffer{call: id, sdp: []byte("here")})
	one(s, sent[ua.Offer](s)) // the user agent places it anew with that
	s.state(id, phone.StateRinging)

	s = newScript(t)
	s.sip(ua.Incoming{Leg: "in-1", Account: "work", From: phone.Party{Number: "07"}, SDP: []byte("theirs"), Own: true})
	c := s.s.callByLeg("in-1")
	s.in(inOpened{call: c.ID, sdp: []byte("answer")})
	moved(s, c.ID)
	if fx := one(s, effects[fxMoved](s)); string(fx.offer) != "theirs" {
		t.Errorf("ringing here: %+v", fx)
	}
	s.in(inMoved{call: c.ID, sdp: []byte("answer from here")})
	s.do(phone.Answer{Call: c.ID})
	if got := one(s, sent[ua.Answer](s)); string(got.SDP) != "answer from here" {
		t.Errorf("answered with %q", got.SDP)
	}
	moved(s, c.ID) // the answer is on its way: the offer follows its ACK
	if len(effects[fxOffer](s)) > 0 {
		t.Error("an offer before the ACK")
	}
	s.sip(ua.Confirmed{Leg: "in-1"})
	if fx := one(s, effects[fxOffer](s)); fx.move == nil {
		t.Errorf("after the ACK: %+v", fx)
	}
}
