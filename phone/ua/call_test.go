package ua

import (
	"strconv"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// Two user agents call each other: ring, answer, re-INVITE both ways, INFO, hang up from both sides.
func TestCallBetweenTwo(t *testing.T) {
	for _, transport := range []string{"", ";transport=tcp"} {
		for _, hangup := range []string{"caller", "callee"} {
			t.Run("transport"+transport+" hangup by "+hangup, func(t *testing.T) {
				a, ra := newUA(t, Config{})
				b, rb := newUA(t, Config{AllowDirect: true})
				a.Do(Invite{Leg: "1", Target: b.uri("bob") + transport, SDP: []byte(sdpA)})
				in := next[Incoming](t, rb, nil)
				if string(in.SDP) != sdpA || in.Target != "bob" || !in.Local.IsLoopback() {
					t.Errorf("incoming %+v", in)
				}
				b.Do(Ring{Leg: in.Leg})
				if p := next[Progress](t, ra, nil); p.Code != 180 || p.Tag == "" {
					t.Errorf("progress %+v", p)
				}
				b.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
				if v := next[Answered](t, ra, nil); string(v.SDP) != sdpB {
					t.Errorf("answered %+v", v)
				}
				next[Confirmed](t, rb, nil)

				b.Do(Offer{Leg: in.Leg, SDP: []byte(sdpC)})
				if v := next[Offered](t, ra, nil); string(v.SDP) != sdpC {
					t.Errorf("offered %+v", v)
				}
				a.Do(AnswerOffer{Leg: "1", SDP: []byte(sdpA)})
				if v := next[OfferAnswered](t, rb, nil); string(v.SDP) != sdpA {
					t.Errorf("answer %+v", v)
				}
				a.Do(Offer{Leg: "1", SDP: []byte(sdpA)})
				next[Offered](t, rb, nil)
				b.Do(RejectOffer{Leg: in.Leg, Code: 488})
				if v := next[OfferFailed](t, ra, nil); v.Reason.ID != phone.ReasonNoCodec || v.Reason.Code != 488 {
					t.Errorf("failed %+v", v)
				}
				for _, digit := range []string{"1", "2", "3", "4"} {
					a.Do(Info{Leg: "1", ContentType: "application/dtmf-relay", Body: []byte(digit)})
				}
				for _, digit := range []string{"1", "2", "3", "4"} {
					if v := next[InfoReceived](t, rb, nil); string(v.Body) != digit || v.ContentType != "application/dtmf-relay" {
						t.Errorf("info %+v, want %s", v, digit)
					}
				}
				first, second := ra, rb
				if hangup == "caller" {
					a.Do(Hangup{Leg: "1"})
				} else {
					b.Do(Hangup{Leg: in.Leg})
					first, second = rb, ra
				}
				if v := next[Ended](t, first, nil); v.Reason.ID != phone.ReasonHangup || v.ByRemote {
					t.Errorf("%+v", v)
				}
				if v := next[Ended](t, second, nil); v.Reason.ID != phone.ReasonRemoteHangup || !v.ByRemote {
					t.Errorf("%+v", v)
				}
			})
		}
	}
}

// A request that follows our ACK at once belongs to the call, however busy we are.
func TestRequestRightAfterACK(t *testing.T) {
	for range 10 { // few enough calls each that the guard against floods leaves the peer alone
		p := newPeer(t)
		u, r := newUA(t, Config{})
		for i := range 25 {
			leg := LegID(strconv.Itoa(i + 1))
			u.Do(Invite{Leg: leg, Target: p.uri("bob"), SDP: []byte(sdpA)})
			inv := p.request(sip.INVITE)
			tag := newTag()
			p.respond(inv, 200, "tag:"+tag, sdpB)
			c := p.dialogOf(inv, tag)
			p.request(sip.ACK)
			c.send("REFER", "", "Refer-To: <sip:601@pbx.test>")
			next(t, r, func(v ReferAsked) bool { return v.Leg == leg })
			c.send("BYE", "")
			p.response(sip.BYE, 200)
			next(t, r, func(v Ended) bool { return v.Leg == leg })
		}
	}
}
