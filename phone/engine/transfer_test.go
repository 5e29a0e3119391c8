package engine

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/dialoginfo"
	"svara/phone/ua"
)

// exchange gives the script's account a dialect.
func (s *script) exchange(toml string) {
	s.t.Helper()
	d, mistakes := dialect.Check("test.toml", []byte("id = \"test\"\nname = \"Test\"\n"+toml))
	if len(mistakes) > 0 {
		s.t.Fatal(mistakes)
	}
	s.s.dialects = map[string]*dialect.Dialect{"test": d}
	s.s.accounts[0].Dialect = "test"
}

const sipExchange = `
[transfer]
direct = "refer"
announced = "dial:{number}"
complete = "refer-replaces"
ringing = "supervised"
voicemail = "refer:*59*{number}#"
[call]
park = "refer:700"
park_slot = "refer:{slot}"
retrieve = "dial:{slot}"
pickup = "invite-replaces"
bypass = "dial:*60*{number}#"
bridge = "refer:8000"
`

const codeExchange = `
[transfer]
direct = ["dtmf:##{number}#", "wait:2s", "hangup"]
announced = "dtmf:##{number}#"
complete = "hangup"
ringing = "hangup"
takeback = "dtmf:#"
end = "dtmf:##1"
swap = "dtmf:##2"
`

// incomingCall makes an incoming call that is up.
func (s *script) incomingCall(leg ua.LegID, number string) phone.CallID {
	s.t.Helper()
	s.sip(ua.Incoming{Leg: leg, Account: "work", From: phone.Party{Number: number, URI: "sip:" + number + "@pbx.test"}, SDP: []byte("offer"), Own: true, CallID: "cid-" + string(leg)})
	id := s.s.lastCall
	s.in(inOpened{call: id, sdp: []byte("answer"), agreed: &opus})
	s.do(phone.Answer{Call: id})
	s.sip(ua.Confirmed{Leg: leg})
	s.state(id, phone.StateConnected)
	return id
}

// held answers the hold that is under way on a call.
func (s *script) holdAnswered(id phone.CallID) {
	s.t.Helper()
	c := s.s.call(id)
	if !c.offering {
		s.t.Fatalf("call %d offers nothing", id)
	}
	s.in(inOffer{call: id, sdp: []byte("hold"), hold: c.holding})
	s.sip(ua.OfferAnswered{Leg: c.leg, SDP: []byte("held")})
	s.in(inAgreed{call: id, agreed: opus})
}

func (s *script) transfer(id phone.CallID, want phone.TransferState) *phone.Transfer {
	s.t.Helper()
	c := s.s.call(id)
	if c == nil {
		s.t.Fatalf("call %d is gone", id)
	}
	if c.Transfer == nil {
		if want != "" {
			s.t.Fatalf("call %d has no transfer, want %s", id, want)
		}
		return nil
	}
	if c.Transfer.State != want {
		s.t.Fatalf("call %d's transfer is %s (%v), want %s", id, c.Transfer.State, c.Transfer.Reason, want)
	}
	return c.Transfer
}

// opened lets the newest call's INVITE go out and returns its leg.
func (s *script) placed() (phone.CallID, ua.LegID) {
	s.t.Helper()
	id := s.s.lastCall
	s.in(inOpened{call: id, sdp: []byte("offer")})
	return id, s.s.call(id).leg
}

// settled lets the time pass that an exchange needs before two calls can be joined.
func (s *script) settled() {
	s.t.Helper()
	s.now = s.now.Add(joinSettle)
	s.in(inClock{})
}

func TestDirectTransferByRefer(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	s.do(phone.TransferTo{Call: id, Target: "2114"})
	if n := len(sent[ua.Refer](s)); n != 0 {
		t.Fatalf("%d REFERs before the caller is held", n)
	}
	s.in(inOffer{call: id, sdp: []byte("hold"), hold: true})
	s.sip(ua.OfferAnswered{Leg: "in-1", SDP: []byte("held")})
	s.in(inAgreed{call: id, agreed: opus})
	if r := one(s, sent[ua.Refer](s)); r.Target != "2114" || r.Leg != "in-1" || r.With != "" {
		t.Fatalf("REFER %+v", r)
	}
	s.transfer(id, phone.TransferRequested)
	s.sip(ua.ReferAccepted{Leg: "in-1"})
	s.transfer(id, phone.TransferTrying)
	s.sip(ua.ReferNotified{Leg: "in-1", Code: 180})
	if x := s.transfer(id, phone.TransferRinging); !x.Undo || x.RecallAt.IsZero() {
		t.Fatalf("while it rings it can be undone and comes back: %+v", x)
	}
	s.sip(ua.ReferNotified{Leg: "in-1", Code: 200, Over: true})
	one(s, sent[ua.Hangup](s))
	s.sip(ua.Ended{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonHangup}})
	c := s.state(id, phone.StateEnded)
	if c.End.ID != phone.ReasonTransferred || c.End.Text != "2114" {
		t.Fatalf("ended %+v", c.End)
	}
}

func TestReferWaitsForTheHoldNoLongerThanASecond(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	s.do(phone.TransferTo{Call: id, Target: "2114"})
	var refers int
	end := s.now.Add(1100 * time.Millisecond)
	for s.now.Before(end) {
		s.now = s.s.wake(s.now)
		s.in(inClock{})
		refers += len(sent[ua.Refer](s))
	}
	if refers != 1 {
		t.Fatalf("%d REFERs", refers)
	}
}

func TestDirectTransferRefusedBusySilent(t *testing.T) {
	begin := func(t *testing.T) (*script, phone.CallID) {
		s := newScript(t)
		s.exchange(sipExchange)
		id := s.incomingCall("in-1", "070123")
		s.do(phone.TransferTo{Call: id, Target: "2114"})
		s.holdAnswered(id)
		return s, id
	}
	t.Run("refused", func(t *testing.T) {
		s, id := begin(t)
		s.sip(ua.ReferRefused{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonSIP, Code: 403, Text: "Forbidden"}})
		if x := s.transfer(id, phone.TransferFailed); x.Reason.ID != phone.ReasonTransferRefused || x.Reason.Code != 403 {
			t.Fatalf("%+v", x.Reason)
		}
		if c := s.state(id, phone.StateConnected); c.Hold != phone.HoldLocal {
			t.Fatalf("the caller is %s", c.Hold)
		}
		s.do(phone.SetHold{Call: id})
		s.transfer(id, "")
	})
	t.Run("busy", func(t *testing.T) {
		s, id := begin(t)
		s.sip(ua.ReferAccepted{Leg: "in-1"})
		s.sip(ua.ReferNotified{Leg: "in-1", Code: 486, Over: true})
		if x := s.transfer(id, phone.TransferFailed); x.Reason.ID != phone.ReasonBusy {
			t.Fatalf("%+v", x.Reason)
		}
	})
	t.Run("silent", func(t *testing.T) {
		s, id := begin(t)
		s.sip(ua.ReferAccepted{Leg: "in-1"})
		s.after(referSilence + time.Millisecond)
		if x := s.transfer(id, phone.TransferUnknown); x.Reason.ID != phone.ReasonTransferUnknown {
			t.Fatalf("%+v", x.Reason)
		}
		// The target's line says more.
		sub := s.s.line(lineKey{"work", "2114"}).sub
		ringing := dialoginfo.Document{Entity: "sip:2114@pbx.test", Full: true, Dialogs: []dialoginfo.Dialog{{ID: "1", State: "early", Direction: "recipient"}}}
		s.sip(ua.Notified{ID: sub, Body: ringing.Bytes()})
		s.transfer(id, phone.TransferRinging)
	})
	t.Run("ended by the exchange", func(t *testing.T) {
		s, id := begin(t)
		s.sip(ua.ReferAccepted{Leg: "in-1"})
		s.sip(ua.Ended{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonRemoteHangup}, ByRemote: true})
		c := s.state(id, phone.StateEnded)
		if c.End.ID != phone.ReasonTransferred {
			t.Fatalf("%+v", c.End)
		}
		s.transfer(id, phone.TransferUnknown)
	})
	t.Run("exchange dies", func(t *testing.T) {
		s, id := begin(t)
		s.sip(ua.ReferRefused{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonNoReply}})
		s.transfer(id, phone.TransferFailed)
		s.state(id, phone.StateConnected)
	})
}

func TestDirectTransferTakenBackBySIP(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	s.do(phone.TransferTo{Call: id, Target: "2114"})
	s.holdAnswered(id)
	s.sip(ua.ReferAccepted{Leg: "in-1"})
	s.sip(ua.ReferNotified{Leg: "in-1", Code: 180})
	s.do(phone.TakeBack{Call: id})
	one(s, sent[ua.StopRefer](s))
	s.transfer(id, phone.TransferReturning)
	s.holdAnswered(id)
	s.transfer(id, "")
	if c := s.state(id, phone.StateConnected); c.Hold != phone.HoldNone || s.s.active() != id {
		t.Fatalf("hold %s, active %d", c.Hold, s.s.active())
	}
}

func TestTakenBackBeforeTheExchangeWasAsked(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	s.do(phone.TransferTo{Call: id, Target: "2114"}) // the hold is not answered
	s.do(phone.TakeBack{Call: id})
	s.after(3 * time.Second)
	if c := s.state(id, phone.StateConnected); c.holding || c.Transfer != nil || c.referred {
		t.Fatalf("holding %v, transfer %+v", c.holding, c.Transfer)
	}
	s = newScript(t)
	s.exchange(codeExchange)
	id = s.incomingCall("in-1", "070123")
	s.do(phone.TransferTo{Call: id, Target: "2114"})
	var typed string
	for range 3 {
		for _, d := range effects[fxDigit](s) {
			typed += string(d.digit)
		}
		s.now = s.s.wake(s.now)
		s.in(inClock{})
	}
	s.do(phone.TakeBack{Call: id})
	for s.s.call(id).digits != "" || len(s.s.call(id).program) > 0 {
		s.now = s.s.wake(s.now)
		s.in(inClock{})
		for _, d := range effects[fxDigit](s) {
			typed += string(d.digit)
		}
	}
	if len(typed) == 0 || typed[len(typed)-1] != '#' || s.s.call(id).Transfer != nil || s.s.active() != id {
		t.Fatalf("typed %q, transfer %+v", typed, s.s.call(id).Transfer)
	}
}

func TestRecall(t *testing.T) {
	begin := func(t *testing.T, exchange string) (*script, phone.CallID) {
		s := newScript(t)
		s.exchange(exchange)
		s.do(phone.Set{Key: phone.KeyRecallAfter, Value: "20"})
		id := s.incomingCall("in-1", "070123")
		s.do(phone.TransferTo{Call: id, Target: "2114"})
		s.holdAnswered(id)
		return s, id
	}
	t.Run("by refer", func(t *testing.T) {
		s, id := begin(t, sipExchange)
		s.sip(ua.ReferAccepted{Leg: "in-1"})
		s.sip(ua.ReferNotified{Leg: "in-1", Code: 180})
		s.after(20*time.Second + time.Millisecond)
		s.transfer(id, phone.TransferReturning)
		s.holdAnswered(id)
		s.recalled(id)
	})
	t.Run("supervised", func(t *testing.T) {
		s, id := begin(t, supervisedExchange)
		k, leg := s.placed()
		s.sip(ua.Progress{Leg: leg, Code: 180})
		s.transfer(id, phone.TransferRinging)
		s.after(20*time.Second + time.Millisecond)
		s.recalled(id)
		s.state(k, phone.StateEnding)
	})
	t.Run("we are busy", func(t *testing.T) {
		s, id := begin(t, supervisedExchange)
		_, leg := s.placed()
		s.sip(ua.Progress{Leg: leg, Code: 180})
		other := s.connected("2126")
		s.now = s.now.Add(21 * time.Second)
		s.in(inClock{})
		var cause int
		for _, h := range sent[ua.Hangup](s) {
			if h.Leg == "in-1" {
				cause = h.Cause
			}
		}
		if cause != causeBusy {
			t.Fatalf("the caller was not told busy: %+v", s.fx)
		}
		s.state(id, phone.StateEnding)
		s.state(other, phone.StateConnected)
	})
}

// recalled checks a call that came back by itself: held, three beeps, reason told.
func (s *script) recalled(id phone.CallID) {
	s.t.Helper()
	x := s.transfer(id, phone.TransferFailed)
	if !x.Recalled || x.Reason.ID != phone.ReasonNoAnswer {
		s.t.Fatalf("%+v", x)
	}
	c := s.state(id, phone.StateConnected)
	if !c.Recalled || !c.holding {
		s.t.Fatalf("recalled %v, held %v", c.Recalled, c.holding)
	}
	if s.s.sound.tone != toneReturned {
		s.t.Fatalf("tone %d", s.s.sound.tone)
	}
	if s.s.next() != id {
		s.t.Fatalf("next is %d", s.s.next())
	}
}

func TestTransferRefusedAtOnce(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.incomingCall("in-1", "070123")
	s.refused(phone.TransferTo{Call: id, Target: ""}, phone.ReasonBadTarget)
	s.refused(phone.TransferTo{Call: id, Target: "2100"}, phone.ReasonOwnNumber)
	s.refused(phone.TransferTo{Call: id, Target: "sip:2100@pbx.test"}, phone.ReasonOwnNumber)
	s.refused(phone.TransferTo{Call: 99, Target: "2114"}, phone.ReasonNoCall)
	s.refused(phone.Complete{Call: id}, phone.ReasonNotSupported)
	s.refused(phone.TakeBack{Call: id}, phone.ReasonWrongState)
	s.refused(phone.Dial{Target: "2114", How: phone.FeatureIntrude}, phone.ReasonNotSupported)
	s.refused(phone.Park{Call: id, Slot: "abc"}, phone.ReasonBadTarget)
	if c := s.state(id, phone.StateConnected); c.holding || c.Transfer != nil {
		t.Fatal("a refused command has done something")
	}
	s.do(phone.TransferTo{Call: id, Target: "2114"})
	s.refused(phone.TransferTo{Call: id, Target: "2126"}, phone.ReasonWrongState)
}

func TestEnquiryByCodes(t *testing.T) {
	s := newScript(t)
	s.exchange(codeExchange)
	id := s.incomingCall("in-1", "070123")
	typed := func(want string) {
		t.Helper()
		var got string
		for range 100 {
			for _, d := range effects[fxDigit](s) {
				got += string(d.digit)
			}
			if got == want {
				s.after(digitEvery + time.Millisecond)
				return
			}
			if s.s.call(id).digits == "" && len(s.s.call(id).program) == 0 {
				break
			}
			s.now = s.s.wake(s.now)
			s.in(inClock{})
		}
		t.Fatalf("typed %q, want %q", got, want)
	}
	k := s.do(phone.Consult{Call: id, Target: "2114"})
	if len(effects[fxOffer](s)) != 0 {
		t.Fatal("a hold by SIP: the exchange would not hear the codes")
	}
	typed("##2114#")
	c, with := s.state(id, phone.StateConnected), s.state(k, phone.StateEarly)
	if c.Hold != phone.HoldLocal || !with.Inside || s.s.active() != k {
		t.Fatalf("hold %s, inside %v, active %d", c.Hold, with.Inside, s.s.active())
	}
	// Take back while it rings.
	s.do(phone.TakeBack{Call: id})
	typed("#")
	s.state(k, phone.StateEnded)
	if c := s.state(id, phone.StateConnected); c.Hold != phone.HoldNone || s.s.active() != id {
		t.Fatalf("hold %s, active %d", c.Hold, s.s.active())
	}
	// Once more: swap twice, end the active one.
	k = s.do(phone.Consult{Call: id, Target: "2126"})
	typed("##2126#")
	s.do(phone.Swap{})
	typed("##2")
	if s.s.active() != id || s.s.call(k).Hold != phone.HoldLocal {
		t.Fatalf("active %d", s.s.active())
	}
	s.do(phone.Swap{})
	typed("##2")
	if s.s.active() != k {
		t.Fatalf("active %d", s.s.active())
	}
	s.do(phone.Hangup{Call: k})
	typed("##1")
	s.state(k, phone.StateEnded)
	if s.s.active() != id {
		t.Fatal("not back with the caller")
	}
	// And hand over by hanging up.
	k = s.do(phone.Consult{Call: id, Target: "2133"})
	typed("##2133#")
	s.do(phone.Complete{})
	one(s, sent[ua.Hangup](s))
	s.sip(ua.Ended{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonHangup}})
	if c := s.state(id, phone.StateEnded); c.End.ID != phone.ReasonTransferred || c.End.Text != "2133" {
		t.Fatalf("%+v", c.End)
	}
	s.state(k, phone.StateEnded)
}

func TestIncomingReferAsksFirst(t *testing.T) {
	s := newScript(t)
	id := s.connected("2114")
	leg := s.s.call(id).leg
	ask := ua.ReferAsked{Leg: leg, ID: "1", Target: "sip:2133@pbx.test", Party: phone.Party{Number: "2133"}, By: phone.Party{Number: "2114"}}
	s.sip(ask)
	if s.s.call(id).Asked == nil || len(s.fx) != 0 {
		t.Fatalf("asked %v, done %+v", s.s.call(id).Asked, s.fx)
	}
	s.do(phone.AllowTransfer{Call: id, On: false})
	if a := one(s, sent[ua.AnswerRefer](s)); a.Code != 603 {
		t.Fatalf("%+v", a)
	}
	ask.ID = "2"
	s.sip(ask)
	k := s.do(phone.AllowTransfer{On: true})
	if a := one(s, sent[ua.AnswerRefer](s)); a.Code != 202 || a.ID != "2" {
		t.Fatalf("%+v", a)
	}
	s.in(inOpened{call: k, sdp: []byte("offer")})
	if v := one(s, sent[ua.Invite](s)); v.Target != "sip:2133@pbx.test" {
		t.Fatalf("%+v", v)
	}
	kleg := s.s.call(k).leg
	s.sip(ua.Progress{Leg: kleg, Code: 180})
	if p := one(s, sent[ua.TellRefer](s)); p.Code != 180 || p.Leg != leg {
		t.Fatalf("%+v", p)
	}
	s.sip(ua.Answered{Leg: kleg, SDP: []byte("answer")})
	if p := one(s, sent[ua.TellRefer](s)); p.Code != 200 {
		t.Fatalf("%+v", p)
	}
	// Unanswered questions are refused before the transaction ends.
	s2 := newScript(t)
	id = s2.connected("2114")
	s2.sip(ua.ReferAsked{Leg: s2.s.call(id).leg, ID: "1", Target: "sip:2133@pbx.test"})
	s2.now = s2.now.Add(askedPatience)
	s2.in(inClock{})
	if a := one(s2, sent[ua.AnswerRefer](s2)); a.Code != 603 {
		t.Fatalf("%+v", a)
	}
}

func TestIncomingReplacesTakesOver(t *testing.T) {
	s := newScript(t)
	id := s.incomingCall("in-1", "2114")
	s.do(phone.SetMute{Call: id, On: true})
	s.sip(ua.Incoming{Leg: "in-2", Account: "work", From: phone.Party{Number: "2133"}, SDP: []byte("offer"), Replaces: "in-1", Own: true})
	k := s.s.lastCall
	s.in(inOpened{call: k, sdp: []byte("answer"), agreed: &opus})
	one(s, sent[ua.Answer](s))
	if len(sent[ua.Ring](s)) != 0 {
		t.Fatal("it rings")
	}
	s.sip(ua.Confirmed{Leg: "in-2"})
	if h := one(s, sent[ua.Hangup](s)); h.Leg != "in-1" {
		t.Fatalf("%+v", h)
	}
	if c := s.state(k, phone.StateConnected); !c.Muted || s.s.active() != k || c.Hold != phone.HoldNone {
		t.Fatalf("muted %v, active %d, hold %s", c.Muted, s.s.active(), c.Hold)
	}
}
