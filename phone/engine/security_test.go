package engine

import (
	"strings"
	"testing"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/ua"
)

var unsafe = phone.Refuse(phone.ReasonNotEncrypted, "in clear")

// guarded is a script whose account wants encryption.
func guarded(t *testing.T, mode phone.SRTPMode, keying phone.Keying) *script {
	s := newScript(t)
	s.s.accounts[0].SRTP, s.s.accounts[0].Keying = mode, keying
	return s
}

// A call in clear is one that has no keying, whatever is wished.
func (s *script) lock(id phone.CallID, keying phone.Keying, suite string) {
	s.t.Helper()
	if c := s.s.call(id); c.SRTP != suite || c.Security.Keying != keying {
		s.t.Errorf("shown as %q by %q, is %q by %q", c.SRTP, c.Security.Keying, suite, keying)
	}
}

func encrypted(keying phone.Keying, suite string) media.Agreed {
	a := opus
	a.Keying, a.Suite = keying, suite
	return a
}

func TestWishReachesTheStream(t *testing.T) {
	s := guarded(t, phone.SRTPOptional, phone.KeyingDTLS)
	want := media.Security{Mode: phone.SRTPOptional, Keying: phone.KeyingDTLS}
	s.do(phone.Dial{Target: "2101"})
	if got := one(s, effects[fxOpen](s)).security; got != want {
		t.Errorf("outgoing: %+v", got)
	}
	s.sip(ua.Incoming{Leg: "in", Account: "work", From: phone.Party{URI: "sip:2102@pbx.test", Number: "2102"}, SDP: []byte("offer")})
	if got := one(s, effects[fxOpen](s)).security; got != want {
		t.Errorf("incoming: %+v", got)
	}
}

func TestLockIsWhatTheStreamSays(t *testing.T) {
	s := guarded(t, phone.SRTPOptional, "")
	id := s.connected("2101")
	s.lock(id, "", "")
	leg := s.s.call(id).leg
	for _, step := range []struct {
		agreed media.Agreed
		keying phone.Keying
		suite  string
	}{
		{encrypted(phone.KeyingSDES, "A"), phone.KeyingSDES, "A"},
		{encrypted("", ""), "", ""},
		{encrypted(phone.KeyingDTLS, ""), "", ""}, // the handshake is still to come
	} {
		s.sip(ua.Offered{Leg: leg, SDP: []byte("offer")})
		s.in(inReply{call: id, sdp: []byte("answer"), agreed: step.agreed})
		s.lock(id, step.keying, step.suite)
	}
	s.in(inStream{id, media.Secured{Keying: phone.KeyingDTLS, Suite: "B"}})
	s.lock(id, phone.KeyingDTLS, "B")
	s.in(inQuality{map[phone.CallID]phone.Quality{id: {Codec: "opus"}}}) // of a moment ago
	s.lock(id, phone.KeyingDTLS, "B")
}

func TestAnswerInClearEndsTheCall(t *testing.T) {
	for _, early := range []bool{false, true} {
		for _, late := range []string{"clear", "none", "encrypted"} {
			s := guarded(t, phone.SRTPRequired, "")
			id := s.do(phone.Dial{Target: "2101"})
			s.in(inOpened{call: id, sdp: []byte("offer")})
			leg := s.s.call(id).leg
			if early {
				s.sip(ua.Progress{Leg: leg, Code: 183, SDP: []byte("clear")})
				s.in(inAgreed{call: id, err: unsafe})
				if got := s.s.call(id).State; got != phone.StateProceeding || len(s.s.sound.parties) != 0 {
					t.Errorf("early answer in clear: %s, %+v", got, s.s.sound)
				}
			} else if late == "none" {
				continue
			}
			switch late {
			case "clear":
				s.sip(ua.Answered{Leg: leg, SDP: []byte("clear")})
				s.in(inAgreed{call: id, err: unsafe})
			case "none":
				s.sip(ua.Answered{Leg: leg})
			case "encrypted":
				s.sip(ua.Answered{Leg: leg, SDP: []byte("encrypted")})
				s.in(inAgreed{call: id, agreed: encrypted(phone.KeyingSDES, "A")})
				s.state(id, phone.StateConnected)
				s.lock(id, phone.KeyingSDES, "A")
				continue
			}
			one(s, sent[ua.Hangup](s))
			if len(s.s.sound.parties) != 0 {
				t.Errorf("%s: sounds like %+v", late, s.s.sound)
			}
			s.sip(ua.Ended{Leg: leg})
			if c := s.state(id, phone.StateEnded); c.End.ID != phone.ReasonNotEncrypted {
				t.Errorf("early %v, %s: ended with %+v", early, late, c.End)
			}
		}
	}
}

func TestOfferInClear(t *testing.T) {
	s := guarded(t, phone.SRTPRequired, "")
	// One that would begin a call: 488, and a missed call with its reason.
	s.sip(ua.Incoming{Leg: "in", Account: "work", From: phone.Party{URI: "sip:2102@pbx.test", Number: "2102"}, SDP: []byte("offer")})
	id := one(s, effects[fxOpen](s)).call
	s.in(inOpened{call: id, err: unsafe})
	if r := one(s, sent[ua.Reject](s)); r.Code != 488 {
		t.Errorf("%+v", r)
	}
	if c := s.state(id, phone.StateEnded); c.End.ID != phone.ReasonNotEncrypted {
		t.Errorf("%+v", c.End)
	}
	// One within a call: 488, the call goes on as it was, and the user is told.
	id = s.connected("2101")
	leg := s.s.call(id).leg
	s.s.call(id).secured(phone.KeyingSDES, "A")
	s.sip(ua.Offered{Leg: leg, SDP: []byte("clear")})
	s.in(inReply{call: id, err: unsafe})
	if r := one(s, sent[ua.RejectOffer](s)); r.Code != 488 {
		t.Errorf("%+v", r)
	}
	s.state(id, phone.StateConnected)
	s.lock(id, phone.KeyingSDES, "A")
	if len(s.s.sound.parties) != 1 {
		t.Errorf("sounds like %+v", s.s.sound)
	}
	told := false
	for _, e := range s.events {
		told = told || e.Kind == phone.EventCallWarning && e.Reason != nil && *e.Reason == phone.Reason{ID: phone.ReasonNotEncrypted, Text: "kept"}
	}
	if !told {
		t.Errorf("told %+v", s.events)
	}
}

func TestReofferAnsweredInClearEndsTheCall(t *testing.T) {
	s := guarded(t, phone.SRTPRequired, "")
	id := s.connected("2101")
	leg := s.s.call(id).leg
	s.do(phone.SetHold{Call: id, On: true})
	s.in(inOffer{call: id, sdp: []byte("hold"), hold: true})
	s.sip(ua.OfferAnswered{Leg: leg, SDP: []byte("clear")})
	s.in(inAgreed{call: id, err: unsafe})
	one(s, sent[ua.Hangup](s))
	s.sip(ua.Ended{Leg: leg})
	if c := s.state(id, phone.StateEnded); c.End.ID != phone.ReasonNotEncrypted {
		t.Errorf("%+v", c.End)
	}
}

func TestHandshakeThatFailsEndsTheCall(t *testing.T) {
	s := guarded(t, phone.SRTPOptional, phone.KeyingDTLS)
	id := s.connected("2101")
	why := phone.Reason{ID: phone.ReasonNotEncrypted, Text: "fingerprint"}
	s.in(inStream{id, media.Insecure{Reason: why}})
	one(s, sent[ua.Hangup](s))
	s.sip(ua.Ended{Leg: s.s.call(id).leg})
	if c := s.state(id, phone.StateEnded); *c.End != why {
		t.Errorf("%+v", c.End)
	}
}

// A refusal of what was offered is one of encryption where that is required, and only there.
func TestRefusedForEncryption(t *testing.T) {
	for _, c := range []struct {
		mode phone.SRTPMode
		code int
		want phone.ReasonID
	}{
		{phone.SRTPRequired, 488, phone.ReasonNotEncrypted}, {phone.SRTPRequired, 606, phone.ReasonNotEncrypted},
		{phone.SRTPRequired, 486, phone.ReasonBusy}, {phone.SRTPOptional, 486, phone.ReasonBusy}, {phone.SRTPOff, 488, phone.ReasonNoCodec},
	} {
		s := guarded(t, c.mode, "")
		id := s.do(phone.Dial{Target: "2101"})
		s.in(inOpened{call: id, sdp: []byte("offer")})
		was := phone.ReasonNoCodec
		if c.code == 486 {
			was = phone.ReasonBusy
		}
		s.sip(ua.Ended{Leg: s.s.call(id).leg, Reason: phone.Reason{ID: was, Code: c.code}})
		if got := s.state(id, phone.StateEnded); got.End.ID != c.want || got.End.Code != c.code {
			t.Errorf("%s, %d: %+v", c.mode, c.code, got.End)
		}
	}
}

// What is optional is offered in other ways to an exchange that refuses it, one after the other, as the same call; what it
// refuses altogether fails for what it is.
func TestOptionalIsProposedAnew(t *testing.T) {
	for like, want := range map[phone.Keying][]media.Proposal{
		phone.KeyingSDES: {media.ProposeSDES, media.ProposeDTLS, media.ProposeClear},
		phone.KeyingDTLS: {media.ProposeDTLS, media.ProposeSDES, media.ProposeClear},
	} {
		s := guarded(t, phone.SRTPOptional, like)
		id := s.do(phone.Dial{Target: "2101"})
		s.in(inOpened{call: id, sdp: []byte("offer")})
		legs := map[ua.LegID]bool{}
		for i, p := range want {
			leg := s.s.call(id).leg
			if legs[leg] {
				t.Errorf("leg %s twice", leg)
			}
			legs[leg] = true
			s.sip(ua.Ended{Leg: leg, Reason: phone.Reason{ID: phone.ReasonNoCodec, Code: []int{488, 406, 606}[i]}, ByRemote: true})
			if got := one(s, effects[fxPropose](s)); got.proposal != p || got.call != id {
				t.Errorf("%s: then %+v, want %s", like, got, p)
			}
			s.in(inOpened{call: id, sdp: []byte(p)})
			if got := one(s, sent[ua.Invite](s)); string(got.SDP) != string(p) || got.Leg == leg || got.Target != "2101" {
				t.Errorf("%+v", got)
			}
		}
		s.sip(ua.Ended{Leg: s.s.call(id).leg, Reason: phone.Reason{ID: phone.ReasonNoCodec, Code: 488}, ByRemote: true})
		if c := s.state(id, phone.StateEnded); c.End.ID != phone.ReasonNoCodec {
			t.Errorf("%+v", c.End)
		}
	}
	// One that was answered without a stream is ended and placed anew, though it has rung; one with sound is not.
	s := guarded(t, phone.SRTPOptional, "")
	id := s.do(phone.Dial{Target: "2101"})
	s.in(inOpened{call: id, sdp: []byte("offer")})
	for i, p := range proposals("")[1:] {
		leg := s.s.call(id).leg
		s.sip(ua.Progress{Leg: leg, Code: 180})
		s.sip(ua.Answered{Leg: leg, SDP: []byte(refusing)})
		if got := sent[ua.Hangup](s); len(got) == 0 || got[len(got)-1].Leg != leg {
			t.Errorf("%d: hung up: %+v", i, got)
		}
		if got := one(s, effects[fxPropose](s)); got.proposal != p {
			t.Errorf("then %+v, want %s", got, p)
		}
		s.state(id, phone.StateDialing)
		s.in(inOpened{call: id, sdp: []byte(p)})
		if got := one(s, sent[ua.Invite](s)); string(got.SDP) != string(p) || got.Leg == leg {
			t.Errorf("%+v", got)
		}
		s.sip(ua.Ended{Leg: leg})
		s.state(id, phone.StateDialing)
	}
	s.sip(ua.Answered{Leg: s.s.call(id).leg, SDP: []byte(strings.Replace(refusing, "audio 0", "audio 4000", 1))})
	s.state(id, phone.StateConnected)
	if len(effects[fxPropose](s)) > 0 {
		t.Error("proposed anew though there is sound")
	}
	for _, mode := range []phone.SRTPMode{phone.SRTPRequired, phone.SRTPOff} {
		s := guarded(t, mode, "")
		id := s.do(phone.Dial{Target: "2101"})
		s.in(inOpened{call: id, sdp: []byte("offer")})
		s.sip(ua.Answered{Leg: s.s.call(id).leg, SDP: []byte(refusing)})
		if len(effects[fxPropose](s)) > 0 {
			t.Errorf("%s: proposed anew", mode)
		}
	}
	// Not one that has rung, nor one the user gave up, nor another refusal.
	for about, before := range map[string]func(*script, phone.CallID){
		"rang":    func(s *script, id phone.CallID) { s.sip(ua.Progress{Leg: s.s.call(id).leg, Code: 180}) },
		"hung up": func(s *script, id phone.CallID) { s.do(phone.Hangup{Call: id}) },
	} {
		s := guarded(t, phone.SRTPOptional, "")
		id := s.do(phone.Dial{Target: "2101"})
		s.in(inOpened{call: id, sdp: []byte("offer")})
		before(s, id)
		s.sip(ua.Ended{Leg: s.s.call(id).leg, Reason: phone.Reason{ID: phone.ReasonNoCodec, Code: 488}, ByRemote: true})
		if len(effects[fxPropose](s)) > 0 {
			t.Errorf("%s: proposed anew", about)
		}
	}
}

// refusing is an answer without a stream.
const refusing = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 8\r\n"
