package engine

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

func TestOutgoingCall(t *testing.T) {
	s := newScript(t)
	id := s.do(phone.Dial{Target: " 070-174 06 05 "})
	open := one(s, effects[fxOpen](s))
	if open.target != "0701740605" || open.incoming {
		t.Fatalf("opened %+v", open)
	}
	if s.s.history.Last != "0701740605" {
		t.Errorf("last dialled %q", s.s.history.Last)
	}
	if s.s.sound.tone != toneNone || !s.s.sound.prepare {
		t.Errorf("dialling: %+v, want silence and devices open", s.s.sound)
	}
	s.in(inOpened{call: id, sdp: []byte("offer")})
	inv := one(s, sent[ua.Invite](s))
	if inv.Target != "0701740605" || string(inv.SDP) != "offer" || inv.Account != "work" {
		t.Fatalf("invited %+v", inv)
	}
	s.sip(ua.Progress{Leg: inv.Leg, Code: 183})
	s.state(id, phone.StateProceeding)
	s.sip(ua.Progress{Leg: inv.Leg, Code: 180})
	s.state(id, phone.StateRinging)
	if s.s.sound.tone != toneRingback {
		t.Error("no ringback while it rings")
	}
	s.sip(ua.Answered{Leg: inv.Leg, SDP: []byte("answer")})
	s.state(id, phone.StateConnected)
	if len(s.s.sound.parties) != 0 {
		t.Error("a party before its stream has agreed")
	}
	s.in(inAgreed{call: id, agreed: opus})
	if p := s.s.sound; len(p.parties) != 1 || !p.parties[0].listen || p.parties[0].micOff || p.tone != toneNone {
		t.Fatalf("connected sounds like %+v", p)
	}
	s.after(65 * time.Second / 10)
	s.do(phone.Hangup{})
	one(s, sent[ua.Hangup](s))
	s.state(id, phone.StateEnding)
	if len(s.s.sound.parties) != 0 {
		t.Error("still heard after hanging up")
	}
	s.sip(ua.Ended{Leg: inv.Leg})
	c := s.state(id, phone.StateEnded)
	if c.End.ID != phone.ReasonHangup {
		t.Errorf("ended by %s", c.End.ID)
	}
	h := one(s, effects[fxHistory](s)).entry
	if h.Outcome != phone.OutcomeAnswered || h.Duration != 6500*time.Millisecond || h.Direction != phone.Outgoing {
		t.Errorf("history %+v", h)
	}
	one(s, effects[fxCloseMedia](s))
	s.after(lingerEnded)
	if s.s.call(id) != nil {
		t.Error("the card stays for ever")
	}
}

func TestEarlyMediaIsHeardInsteadOfRingback(t *testing.T) {
	s := newScript(t)
	id := s.do(phone.Dial{Target: "2101"})
	s.in(inOpened{call: id, sdp: []byte("offer")})
	leg := s.s.call(id).leg
	s.sip(ua.Progress{Leg: leg, Code: 180, SDP: []byte("early")})
	if a := one(s, effects[fxAccept](s)); string(a.sdp) != "early" {
		t.Fatal(a)
	}
	s.in(inAgreed{call: id, agreed: opus})
	s.state(id, phone.StateEarly)
	p := s.s.sound
	if p.tone != toneNone || len(p.parties) != 1 || !p.parties[0].micOff || !p.parties[0].listen {
		t.Fatalf("early media: %+v", p)
	}
	// Nothing comes although an address was given: ringback is ours (RFC 3960 3.2).
	s.after(3 * time.Second)
	if s.s.sound.tone != toneRingback {
		t.Fatal("silent early media leaves the caller in silence")
	}
	s.in(inStream{id, media.Flowing{}})
	if s.s.sound.tone != toneNone {
		t.Fatal("ringback over the PBX's own tones")
	}
}

func TestOutgoingFailures(t *testing.T) {
	for _, tc := range []struct {
		reason phone.ReasonID
		tone   toneKind
	}{
		{phone.ReasonBusy, toneBusy},
		{phone.ReasonRemoteDeclined, toneBusy},
		{phone.ReasonUnknownNumber, toneSpecial},
		{phone.ReasonServerError, toneCongestion},
		{phone.ReasonNoAnswer, toneCongestion},
	} {
		t.Run(string(tc.reason), func(t *testing.T) {
			s := newScript(t)
			id := s.do(phone.Dial{Target: "9002"})
			s.in(inOpened{call: id, sdp: []byte("offer")})
			s.sip(ua.Ended{Leg: s.s.call(id).leg, Reason: phone.Reason{ID: tc.reason, Code: 486}, ByRemote: true})
			c := s.state(id, phone.StateEnded)
			if c.End.ID != tc.reason || c.End.Code != 486 {
				t.Errorf("ended %+v", c.End)
			}
			if s.s.sound.tone != tc.tone {
				t.Errorf("tone %v, want %v", s.s.sound.tone, tc.tone)
			}
			if h := one(s, effects[fxHistory](s)).entry; h.Outcome != phone.OutcomeFailed || h.Reason.ID != tc.reason {
				t.Errorf("history %+v", h)
			}
			s.after(lingerEnded)
			if s.s.sound.tone != toneNone {
				t.Error("the tone never stops")
			}
		})
	}
}

func TestHangupBeforeInviteLeavesNoGhost(t *testing.T) {
	s := newScript(t)
	id := s.do(phone.Dial{Target: "2101"})
	s.do(phone.Hangup{Call: id})
	s.state(id, phone.StateEnded)
	if n := len(sent[ua.Hangup](s)); n != 0 {
		t.Error("hung up a leg that was never made")
	}
	s.in(inOpened{call: id, sdp: []byte("offer")})
	if n := len(sent[ua.Invite](s)); n != 0 {
		t.Fatal("invited after the user gave up")
	}
}

func TestCancelWhileRinging(t *testing.T) {
	s := newScript(t)
	id := s.do(phone.Dial{Target: "2101"})
	s.in(inOpened{call: id, sdp: []byte("offer")})
	leg := s.s.call(id).leg
	s.sip(ua.Progress{Leg: leg, Code: 180})
	s.do(phone.Hangup{})
	// The 200 crosses our CANCEL and reaches us after all: never left standing.
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	one(s, sent[ua.Hangup](s))
	s.sip(ua.Ended{Leg: leg, Reason: phone.Reason{ID: phone.ReasonNoAnswer, Code: 487}})
	if c := s.state(id, phone.StateEnded); c.End.ID != phone.ReasonCancelled {
		t.Errorf("ended by %s", c.End.ID)
	}
}

func TestIncomingCall(t *testing.T) {
	s := newScript(t)
	id := s.ringing("in-1")
	if !s.s.sound.ring || !s.s.sound.prepare {
		t.Fatal("it does not ring")
	}
	if got := s.do(phone.Answer{}); got != id {
		t.Fatalf("answered %d", got)
	}
	if a := one(s, sent[ua.Answer](s)); string(a.SDP) != "answer" {
		t.Fatal(a)
	}
	if p := s.s.sound; p.ring || len(p.parties) != 1 || p.parties[0].micOff {
		t.Fatalf("media must be live before the 200 leaves: %+v", p)
	}
	s.sip(ua.Confirmed{Leg: "in-1"})
	s.state(id, phone.StateConnected)
	s.after(2 * time.Second)
	s.sip(ua.Ended{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonRemoteHangup}, ByRemote: true})
	if h := one(s, effects[fxHistory](s)).entry; h.Outcome != phone.OutcomeAnswered || h.Duration != 2*time.Second {
		t.Errorf("history %+v", h)
	}
}

func TestIncomingOutcomes(t *testing.T) {
	for _, tc := range []struct {
		reason  phone.ReasonID
		outcome phone.Outcome
		missed  int
	}{
		{phone.ReasonMissed, phone.OutcomeMissed, 1},
		{phone.ReasonElsewhere, phone.OutcomeElsewhere, 0},
	} {
		s := newScript(t)
		id := s.ringing("in-1")
		s.sip(ua.Ended{Leg: "in-1", Reason: phone.Reason{ID: tc.reason}, ByRemote: true})
		s.state(id, phone.StateEnded)
		if h := one(s, effects[fxHistory](s)).entry; h.Outcome != tc.outcome || s.s.history.Missed != tc.missed {
			t.Errorf("%s: %s, missed %d", tc.reason, h.Outcome, s.s.history.Missed)
		}
		if s.s.sound.ring {
			t.Error("still rings")
		}
	}
}

func TestDecline(t *testing.T) {
	s := newScript(t)
	id := s.ringing("in-1")
	s.do(phone.Decline{})
	if r := one(s, sent[ua.Reject](s)); r.Code != 603 {
		t.Errorf("rejected with %d", r.Code)
	}
	s.state(id, phone.StateEnded)
	// The user agent reports the end much later than the card goes: nothing may spin or leak.
	s.after(10 * time.Second)
	if n := len(s.s.snapshot(1, s.now).Calls); n != 0 {
		t.Error("declined card stays")
	}
	s.sip(ua.Ended{Leg: "in-1"})
	if len(s.s.calls) != 0 {
		t.Error("declined call is kept for ever")
	}
}

func TestNoCommonCodec(t *testing.T) {
	s := newScript(t)
	s.sip(ua.Incoming{Leg: "in-1", Account: "work", SDP: []byte("video only")})
	id := one(s, effects[fxOpen](s)).call
	if n := len(s.s.snapshot(1, s.now).Calls); n != 0 {
		t.Error("shown before it can be answered")
	}
	s.in(inOpened{call: id, err: phone.Refuse(phone.ReasonNoCodec, "")})
	if r := one(s, sent[ua.Reject](s)); r.Code != 488 {
		t.Errorf("rejected with %d", r.Code)
	}
	if s.s.history.Missed != 1 {
		t.Error("the user never hears of the call")
	}
}

func TestSecondCallHoldsTheFirst(t *testing.T) {
	s := newScript(t)
	first := s.connected("2101")
	second := s.ringing("in-1")
	if s.s.sound.ring || s.s.sound.tone != toneWaiting {
		t.Fatalf("second call: %+v, want the waiting beep only", s.s.sound)
	}
	s.do(phone.Answer{})
	if o := one(s, effects[fxOffer](s)); o.call != first || o.dir != sdp.SendOnly {
		t.Fatalf("offered %+v", o)
	}
	for _, p := range s.s.sound.parties {
		if held := p.call == first; p.listen == held || p.micOff != held {
			t.Errorf("mix %+v", p)
		}
	}
	s.sip(ua.Confirmed{Leg: "in-1"})
	s.in(inOffer{call: first, sdp: []byte("hold"), hold: true})
	one(s, sent[ua.Offer](s))
	// The user swaps back before the first hold was answered: the newest wish wins, one offer at a time.
	s.do(phone.SetHold{Call: first, On: false})
	for _, o := range effects[fxOffer](s) {
		if o.call == first {
			t.Fatal("second offer while the first is out")
		}
	}
	s.sip(ua.OfferAnswered{Leg: s.s.call(first).leg, SDP: []byte("held")})
	s.in(inAgreed{call: first, agreed: opus})
	if o := one(s, effects[fxOffer](s)); o.call != first || o.dir != sdp.SendRecv {
		t.Fatalf("offered %+v", o)
	}
	if s.s.active() != first || s.s.call(second).Hold != phone.HoldLocal {
		t.Errorf("active %d, second %s", s.s.active(), s.s.call(second).Hold)
	}
}

func TestRemoteHold(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	leg := s.s.call(id).leg
	s.sip(ua.Offered{Leg: leg, SDP: []byte("sendonly")})
	if r := one(s, effects[fxReply](s)); r.dir != sdp.SendRecv {
		t.Fatal(r)
	}
	held := opus
	held.RemoteHold = true
	s.in(inReply{call: id, sdp: []byte("recvonly"), agreed: held})
	one(s, sent[ua.AnswerOffer](s))
	if h := s.s.call(id).Hold; h != phone.HoldRemote {
		t.Fatalf("hold %s", h)
	}
	// Held and silent: no warning, no end.
	s.in(inStream{id, media.Silent{}})
	s.in(inStream{id, media.Dead{}})
	s.after(2 * silenceEnd)
	s.in(inQuality{map[phone.CallID]phone.Quality{id: {}}})
	if c := s.state(id, phone.StateConnected); c.Warning != nil {
		t.Error("warned of the silence of a held call")
	}
	s.sip(ua.Offered{Leg: leg})
	if o := one(s, effects[fxOffer](s)); !o.reply {
		t.Fatal("an empty re-INVITE wants an offer")
	}
	s.in(inOffer{call: id, sdp: []byte("ours"), reply: true})
	one(s, sent[ua.AnswerOffer](s))
	s.sip(ua.Confirmed{Leg: leg, SDP: []byte("theirs")})
	one(s, effects[fxAccept](s))
}

func TestSilenceIsToldAndThenEnds(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	s.in(inQuality{map[phone.CallID]phone.Quality{id: {Received: 5}}})
	s.in(inStream{id, media.Silent{}})
	c := s.state(id, phone.StateConnected)
	if c.Warning == nil || c.Warning.ID != phone.ReasonNoSound {
		t.Fatalf("warning %+v", c.Warning)
	}
	s.in(inStream{id, media.Flowing{}})
	if s.s.call(id).Warning != nil {
		t.Error("the warning stays after sound is back")
	}
	s.in(inStream{id, media.Dead{}})
	s.state(id, phone.StateEnding)
	one(s, sent[ua.Hangup](s))
}

func TestNeverHeardIsToldAndThenEnds(t *testing.T) {
	s := newScript(t)
	id := s.ringing("in-1")
	s.in(inStream{id, media.Silent{}}) // while it rings: nobody should be heard yet
	s.in(inStream{id, media.Dead{}})
	s.do(phone.Answer{})
	s.sip(ua.Confirmed{Leg: "in-1"})
	if s.state(id, phone.StateConnected).Warning != nil {
		t.Fatal("warned before anything could come")
	}
	nothing := inQuality{map[phone.CallID]phone.Quality{id: {}}}
	s.after(silenceWarning + time.Second)
	s.in(nothing)
	if w := s.s.call(id).Warning; w == nil || w.ID != phone.ReasonNoSound {
		t.Fatalf("warning %+v", w)
	}
	s.after(silenceEnd)
	s.in(nothing)
	s.state(id, phone.StateEnding)
}

func TestDTMF(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	s.refused(phone.SendDTMF{Digits: "12x"}, phone.ReasonBadDigits)
	s.do(phone.SendDTMF{Digits: "1,d"})
	if d := one(s, effects[fxDigit](s)); d.digit != '1' {
		t.Fatal(d)
	}
	if s.s.sound.tone != toneDigit || s.s.sound.digit != '1' {
		t.Error("the digit is not heard locally")
	}
	var sentAt []time.Duration
	begin := s.now
	for s.s.call(id).digits != "" {
		s.now = s.s.wake(s.now)
		s.in(inClock{})
		for _, d := range effects[fxDigit](s) {
			if d.digit != 'D' {
				t.Errorf("sent %c", d.digit)
			}
			sentAt = append(sentAt, s.now.Sub(begin))
		}
	}
	if len(sentAt) != 1 || sentAt[0] < digitPause {
		t.Errorf("D went at %v, want after the pause", sentAt)
	}
	// A peer without telephone-event gets INFO.
	s.s.call(id).rtpDigits = false
	s.after(time.Second)
	s.do(phone.SendDTMF{Digits: "#"})
	if i := one(s, sent[ua.Info](s)); !strings.Contains(string(i.Body), "Signal=#\r\n") {
		t.Errorf("INFO body %q", i.Body)
	}
	s.sip(ua.InfoReceived{Leg: s.s.call(id).leg, ContentType: "application/dtmf-relay", Body: []byte("Signal= 7\r\nDuration=100\r\n")})
	if len(s.events) != 1 || s.events[0].Value != "7" {
		t.Errorf("events %+v", s.events)
	}
}

func TestRefusals(t *testing.T) {
	s := newScript(t)
	for target, want := range map[string]phone.ReasonID{
		"": phone.ReasonBadTarget, "  ": phone.ReasonBadTarget, "sip:a@b?Replaces=x": phone.ReasonBadTarget,
		"sip:a b@c": phone.ReasonBadTarget, "anna\r\nVia: x@b": phone.ReasonBadTarget, "sip:@": phone.ReasonBadTarget,
		strings.Repeat("1", 300): phone.ReasonBadTarget, "<sip:x@y>": phone.ReasonBadTarget,
	} {
		s.refused(phone.Dial{Target: target}, want)
	}
	s.refused(phone.Dial{Target: "1", Account: "none"}, phone.ReasonNoAccount)
	s.refused(phone.Answer{}, phone.ReasonNoCall)
	s.refused(phone.Hangup{}, phone.ReasonNoCall)
	s.refused(phone.Hangup{Call: 99}, phone.ReasonNoCall)
	s.refused(phone.SetHold{On: true}, phone.ReasonNoCall)
	s.refused(phone.Set{Key: "no.such", Value: "1"}, phone.ReasonBadSetting)
	s.refused(phone.Set{Key: phone.KeyVolume, Value: "9000"}, phone.ReasonBadSetting)
	s.refused(phone.RemoveAccount{Account: "none"}, phone.ReasonNoAccount)
	s.refused(phone.PutAccount{Account: phone.Account{ID: "x", User: "a", Domain: "b c"}}, phone.ReasonBadAccount)
	s.s.accounts[0].State = phone.RegistrationFailed
	s.refused(phone.Dial{Target: "1"}, phone.ReasonNotRegistered)
	s.s.accounts = nil
	s.refused(phone.Dial{Target: "1"}, phone.ReasonNoAccount)
}

func TestTargets(t *testing.T) {
	for in, want := range map[string]string{
		"070-174 06 05": "0701740605", "+46 (0)70 174": "+46070174", "tel:+46-70-1;ext=4": "+46701", "*21*070#": "*21*070#",
		"anna.berg": "anna.berg", "anna@pbx.test": "sip:anna@pbx.test", "sip:2101@10.0.0.1:5070;transport=tcp": "sip:2101@10.0.0.1:5070;transport=tcp",
		"SIP:a@b": "sip:a@b", "callto:08 465": "08465",
	} {
		if got, err := cleanTarget(in); err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
}

func TestShutdownEndsEveryCall(t *testing.T) {
	s := newScript(t)
	up := s.connected("2101")
	in := s.ringing("in-1")
	out := s.do(phone.Dial{Target: "2102"})
	s.in(inShutdown{})
	if n := len(sent[ua.Hangup](s)); n != 2 {
		t.Errorf("%d legs hung up, want the connected and the ringing one", n)
	}
	s.state(up, phone.StateEnding)
	s.state(in, phone.StateEnding)
	s.state(out, phone.StateEnded)
	s.refused(phone.Dial{Target: "1"}, phone.ReasonShutdown)
	s.sip(ua.Incoming{Leg: "in-2", SDP: []byte("x")})
	one(s, sent[ua.Reject](s))
}

func TestDeviceTroubleWarnsInTheCall(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	none := &phone.Reason{ID: phone.ReasonNoMicrophone}
	s.in(inSound{trouble: trouble{input: none}})
	if w := s.s.call(id).Warning; w == nil || w.ID != phone.ReasonNoMicrophone {
		t.Fatalf("warning %+v", w)
	}
	if !slices.ContainsFunc(s.events, func(e phone.Event) bool { return e.Kind == phone.EventCallWarning }) {
		t.Error("no event")
	}
	s.in(inSound{})
	if s.s.call(id).Warning != nil {
		t.Error("the warning stays")
	}
	s.state(id, phone.StateConnected)
}

func TestReduceChangesNothingItWasGiven(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	before := s.s
	snap := before.snapshot(1, s.now)
	reduce(before, s.now, inCommand{phone.SetMute{Call: id, On: true}})
	reduce(before, s.now, inCommand{phone.Hangup{}})
	reduce(before, s.now, inSIP{ua.Ended{Leg: "out-1"}})
	if !reflect.DeepEqual(snap, before.snapshot(1, s.now)) {
		t.Error("reduce wrote into its argument")
	}
}
