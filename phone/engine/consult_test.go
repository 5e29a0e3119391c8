package engine

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

const supervisedExchange = `
[transfer]
direct = "supervised"
announced = "dial:{number}"
complete = "refer-replaces"
ringing = "supervised"
`

func TestSupervisedTransferJoinsOnAnswer(t *testing.T) {
	s := newScript(t)
	s.exchange(supervisedExchange)
	id := s.incomingCall("in-1", "070123")
	s.do(phone.TransferTo{Call: id, Target: "2114"})
	k, leg := s.placed()
	s.holdAnswered(id)
	if s.s.active() != 0 {
		t.Fatalf("active %d: the operator is free", s.s.active())
	}
	for _, p := range s.s.sound.parties {
		if p.call == k && (p.listen || !p.micOff) {
			t.Fatal("we are on the call to the target")
		}
	}
	s.sip(ua.Progress{Leg: leg, Code: 180})
	if s.s.sound.tone == toneRingback {
		t.Fatal("ringback of a call that nobody listens to")
	}
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	if len(sent[ua.Refer](s)) != 0 {
		t.Fatal("joined before the exchange has put the call together")
	}
	s.settled()
	if r := one(s, sent[ua.Refer](s)); r.Leg != "in-1" || r.With != leg {
		t.Fatalf("REFER %+v", r)
	}
	s.sip(ua.ReferAccepted{Leg: "in-1"})
	s.sip(ua.ReferNotified{Leg: "in-1", Code: 200, Over: true})
	if n := len(sent[ua.Hangup](s)); n != 2 {
		t.Fatalf("%d legs hung up", n)
	}
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}})
	if n := len(effects[fxHistory](s)); n != 0 {
		t.Fatal("the call to the target is in the history as one of the user's")
	}
}

func TestSupervisedTransferFails(t *testing.T) {
	s := newScript(t)
	s.exchange(supervisedExchange)
	id := s.incomingCall("in-1", "070123")
	s.do(phone.TransferTo{Call: id, Target: "2114"})
	_, leg := s.placed()
	s.holdAnswered(id)
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonBusy, Code: 486}})
	if x := s.transfer(id, phone.TransferFailed); x.Reason.ID != phone.ReasonBusy {
		t.Fatalf("%+v", x.Reason)
	}
	s.do(phone.SetHold{Call: id})
	if s.s.active() != id {
		t.Fatal("the caller cannot be resumed")
	}
}

func TestAnnouncedTransfer(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	k := s.do(phone.Consult{Call: id, Target: "2114"})
	s.transfer(id, phone.TransferConsulting)
	s.holdAnswered(id)
	_, leg := s.placed()
	s.sip(ua.Progress{Leg: leg, Code: 180})
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.in(inAgreed{call: k, agreed: opus})
	if s.s.active() != k {
		t.Fatalf("active %d", s.s.active())
	}
	s.do(phone.Swap{})
	if s.s.active() != id {
		t.Fatalf("after the swap %d is active", s.s.active())
	}
	s.holdAnswered(id)
	s.holdAnswered(k)
	s.after(joinSettle)
	s.do(phone.Complete{Call: id})
	s.holdAnswered(id)
	if r := one(s, sent[ua.Refer](s)); r.Leg != "in-1" || r.With != leg {
		t.Fatalf("REFER %+v", r)
	}
	s.sip(ua.ReferAccepted{Leg: "in-1"})
	s.sip(ua.Ended{Leg: "in-1", ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}})
	if c := s.state(id, phone.StateEnded); c.End.ID != phone.ReasonTransferred {
		t.Fatalf("%+v", c.End)
	}
	one(s, sent[ua.Hangup](s))
	s.state(k, phone.StateEnding)
}

func TestConsultationTakenBackAndRefused(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	s.do(phone.Consult{Call: id, Target: "2114"})
	s.holdAnswered(id)
	k, leg := s.placed()
	s.sip(ua.Progress{Leg: leg, Code: 180})
	s.do(phone.TakeBack{})
	if h := one(s, sent[ua.Hangup](s)); h.Leg != leg {
		t.Fatalf("%+v", h)
	}
	s.state(k, phone.StateEnding)
	if s.s.active() != id || s.s.call(id).Transfer != nil {
		t.Fatal("not back with the caller")
	}
	s.holdAnswered(id)
	s.sip(ua.Ended{Leg: leg, Reason: phone.Reason{ID: phone.ReasonCancelled}})
	s.do(phone.Consult{Call: id, Target: "2126"})
	s.holdAnswered(id)
	_, leg = s.placed()
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteDeclined, Code: 603}})
	if x := s.transfer(id, phone.TransferFailed); x.Reason.ID != phone.ReasonRemoteDeclined {
		t.Fatalf("%+v", x.Reason)
	}
	s.state(id, phone.StateConnected)
}

func TestConnectWhileItRings(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	k := s.do(phone.Consult{Call: id, Target: "2114"})
	s.holdAnswered(id)
	_, leg := s.placed()
	s.sip(ua.Progress{Leg: leg, Code: 180})
	s.do(phone.Complete{})
	if len(sent[ua.Hangup](s)) != 0 {
		t.Fatal("the target stops ringing")
	}
	s.transfer(id, phone.TransferRinging)
	if s.s.active() != 0 {
		t.Fatal("the operator is not free")
	}
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.settled()
	if r := one(s, sent[ua.Refer](s)); r.With != leg {
		t.Fatalf("%+v", r)
	}
	// The exchange refuses to join them: we talk to the target, the caller waits.
	s.sip(ua.ReferRefused{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonSIP, Code: 501}})
	s.transfer(id, phone.TransferFailed)
	if s.s.active() != k {
		t.Fatalf("active %d", s.s.active())
	}
	// Back to the caller: the target is let go.
	s.do(phone.TakeBack{Call: id})
	if s.s.active() != id {
		t.Fatalf("active %d", s.s.active())
	}
	s.state(k, phone.StateEnding)
}

func TestTargetHangsUpBeforeTheTwoAreJoined(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	k := s.do(phone.Consult{Call: id, Target: "2114"})
	s.holdAnswered(id)
	_, leg := s.placed()
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.in(inAgreed{call: k, agreed: opus})
	s.do(phone.Complete{})
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}})
	s.transfer(id, phone.TransferFailed)
	s.after(time.Second)
	if s.s.call(id).referred {
		t.Fatal("joined with nobody")
	}
	s.do(phone.SetHold{Call: id})
	if s.s.active() != id {
		t.Fatal("the caller cannot be resumed")
	}
}

func TestConsultationEndedByTheExchangeThatJoins(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	k := s.do(phone.Consult{Call: id, Target: "2114"})
	s.holdAnswered(id)
	_, leg := s.placed()
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.in(inAgreed{call: k, agreed: opus})
	s.after(joinSettle)
	s.do(phone.Complete{})
	s.sip(ua.ReferAccepted{Leg: "in-1"})
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}})
	if c := s.state(k, phone.StateEnded); c.End.ID != phone.ReasonTransferred {
		t.Fatalf("%+v", c.End)
	}
	s.sip(ua.ReferNotified{Leg: "in-1", Code: 200, Over: true})
	s.state(id, phone.StateEnding)
}
