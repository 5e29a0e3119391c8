package ua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// talk is a call of the user agent's to the peer that has been answered, and the peer's side of it.
func talk(t *testing.T, u *UA, r *recorder, p *peer, leg LegID) *call {
	t.Helper()
	u.Do(Invite{Leg: leg, Target: p.uri("bob"), SDP: []byte(sdpA)})
	inv := p.request(sip.INVITE)
	tag := newTag()
	p.respond(inv, 200, "tag:"+tag, sdpB)
	p.request(sip.ACK)
	next(t, r, func(v Answered) bool { return v.Leg == leg })
	return p.dialogOf(inv, tag)
}

// frag sends a NOTIFY with a message/sipfrag and checks its response.
func (c *call) frag(code int, line string, headers ...string) {
	c.p.t.Helper()
	c.send("NOTIFY", line, append([]string{"Content-Type: message/sipfrag;version=2.0"}, headers...)...)
	c.p.response(sip.NOTIFY, code)
}

func TestReferOut(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	c := talk(t, u, r, p, "1")
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	ref := p.request(sip.REFER)
	if headerValue(ref, "Refer-To") != "<sip:2199@pbx.test>" || !strings.Contains(headerValue(ref, "Referred-By"), "<sip:svara@127.0.0.1") ||
		headerValue(ref, "Contact") == "" || ref.To().Params.GetOr("tag", "") == "" {
		t.Errorf("%s", ref)
	}
	p.respond(ref, 202)
	next[ReferAccepted](t, r, nil)
	event := fmt.Sprintf("Event: refer;id=%d", ref.CSeq().SeqNo)
	c.frag(200, "SIP/2.0 100 Trying\r\n", event, "Subscription-State: active;expires=60")
	c.frag(200, "SIP/2.0 180 Ringing", event, "Subscription-State: active")
	c.frag(200, "\r\nsip/2.0 183\nX: y\n", "Event: Refer", "Subscription-State: Active;expires=60") // no id, odd but clear
	c.frag(481, "SIP/2.0 200 OK", "Event: refer;id=999", "Subscription-State: active")
	c.frag(489, "x", "Event: check-sync;reboot=true", "Subscription-State: active")
	c.frag(200, "SIP/2.0 200 OK", event, "Subscription-State: terminated;reason=noresource")
	c.frag(200, "SIP/2.0 200 OK", event, "Subscription-State: terminated;reason=noresource") // once more
	for _, want := range []ReferNotified{{"1", 100, "Trying", false}, {"1", 180, "Ringing", false}, {"1", 183, "", false}, {"1", 200, "OK", true}} {
		if got := next[ReferNotified](t, r, nil); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	c.send("BYE", "")
	p.response(sip.BYE, 200)
	next[Ended](t, r, nil)
}

// A REFER is refused in several ways; the call goes on.
func TestReferRefused(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	talk(t, u, r, p, "1")
	for code, want := range map[int]phone.ReasonID{603: phone.ReasonTransferRefused, 405: phone.ReasonTransferRefused, 481: phone.ReasonTransferRefused} {
		u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
		p.respond(p.request(sip.REFER), code)
		if v := next[ReferRefused](t, r, nil); v.Reason.ID != want || v.Reason.Code != code {
			t.Errorf("%+v", v)
		}
	}
	for _, bad := range []string{"", "ftp:x@y z", "a\r\nb"} {
		u.Do(Refer{Leg: "1", Target: bad})
		if v := next[ReferRefused](t, r, nil); v.Reason.ID != phone.ReasonBadTarget {
			t.Errorf("%q: %+v", bad, v)
		}
	}
	u.Do(Refer{Leg: "1", With: "2"})
	if v := next[ReferRefused](t, r, nil); v.Reason.ID != phone.ReasonWrongState {
		t.Errorf("%+v", v)
	}
	// 491: again after a while (RFC 3261 14.1).
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	p.respond(p.request(sip.REFER), 491)
	p.respond(p.request(sip.REFER), 202, "Refer-Sub: false")
	next[ReferAccepted](t, r, nil)
	if v := next[ReferNotified](t, r, nil); !v.Over || v.Code != 0 {
		t.Errorf("%+v", v)
	}
	// Silence.
	u.Do(Refer{Leg: "1", Target: "sip:2199@pbx.test"})
	if v := next[ReferRefused](t, r, nil); v.Reason.ID != phone.ReasonNoReply {
		t.Errorf("%+v", v)
	}
}

// The consulted call takes the place of the held one: Refer-To names the remote target and the dialog (RFC 5589 7.3).
func TestReferWith(t *testing.T) {
	p := newPeer(t)
	u, r := newUA(t, Config{})
	talk(t, u, r, p, "1")
	other := talk(t, u, r, p, "2")
	u.Do(Refer{Leg: "1", With: "2"})
	ref := p.request(sip.REFER)
	tags := strings.Split(other.from, ";tag=")
	ours := strings.Split(other.to, ";tag=")
	want := fmt.Sprintf("<%s?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s>", p.uri("peer"), other.callID, tags[1], ours[1])
	if got := headerValue(ref, "Refer-To"); got != want {
		t.Errorf("Refer-To %s, want %s", got, want)
	}
	p.respond(ref, 202)
	next[ReferAccepted](t, r, nil)
}
