package pbxdemo

import (
	"bytes"
	"testing"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// Two phones call each other: sound both ways between themselves, hold from both sides, digits across, hang up.
func TestPhonesCallEachOther(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{})
	a, b := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	ka := a.open()
	offer := a.offer(ka, sdp.SendRecv)
	a.ua.Do(ua.Invite{Leg: "a", Account: "demo", Target: "2198", SDP: offer})
	in := await[ua.Incoming](b, nil)
	if in.From.Number != "2100" || in.From.Name != "Elin Strandh" {
		t.Errorf("from %+v", in.From)
	}
	b.ua.Do(ua.Ring{Leg: in.Leg})
	await(a, func(v ua.Progress) bool { return v.Code == 180 })
	kb := b.open()
	body, err := kb.Answer(in.SDP, sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	b.ua.Do(ua.Answer{Leg: in.Leg, SDP: body})
	if err := ka.Accept(await[ua.Answered](a, nil).SDP); err != nil {
		t.Fatal(err)
	}
	await[ua.Confirmed](b, nil)
	ka.player.play(sineOf(600))
	kb.player.play(sineOf(900))
	both := func() {
		t.Helper()
		ka.hear(t, "b at a", ka.now(), only(900))
		kb.hear(t, "a at b", kb.now(), only(600))
	}
	both()

	// b holds, then a holds, then both are back.
	reoffer := func(by *handset, leg ua.LegID, k *talk, at *handset, other *talk, d sdp.Direction) {
		t.Helper()
		by.ua.Do(ua.Offer{Leg: leg, SDP: by.offer(k, d)})
		o := await[ua.Offered](at, nil)
		answer, err := other.Answer(o.SDP, sdp.SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		at.ua.Do(ua.AnswerOffer{Leg: o.Leg, SDP: answer})
		if err := k.Accept(await[ua.OfferAnswered](by, nil).SDP); err != nil {
			t.Fatal(err)
		}
	}
	reoffer(b, in.Leg, kb, a, ka, sdp.SendOnly)
	if !ka.Agreed().RemoteHold {
		t.Error("a does not know that it is held")
	}
	reoffer(b, in.Leg, kb, a, ka, sdp.SendRecv)
	reoffer(a, "a", ka, b, kb, sdp.SendOnly)
	if !kb.Agreed().RemoteHold {
		t.Error("b does not know that it is held")
	}
	reoffer(a, "a", ka, b, kb, sdp.SendRecv)
	both()

	a.ua.Do(ua.Info{Leg: "a", ContentType: "application/dtmf-relay", Body: []byte("Signal=7\r\nDuration=100\r\n")})
	if v := await[ua.InfoReceived](b, nil); v.ContentType != "application/dtmf-relay" || !bytes.HasPrefix(v.Body, []byte("Signal=7")) {
		t.Errorf("INFO %+v", v)
	}
	b.hangup(in.Leg)
	if e := await[ua.Ended](a, nil); !e.ByRemote {
		t.Errorf("ended %+v", e)
	}
}

// A refusal, and giving up, pass through.
func TestPhoneRefusals(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 30})
	a, b := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	for _, c := range []struct {
		name string
		do   func(in ua.Incoming)
		want phone.ReasonID
		code int
	}{
		{"busy", func(in ua.Incoming) { b.ua.Do(ua.Reject{Leg: in.Leg, Code: 486}) }, phone.ReasonBusy, 486},
		{"declined", func(in ua.Incoming) { b.ua.Do(ua.Reject{Leg: in.Leg, Code: 603}) }, phone.ReasonRemoteDeclined, 603},
		{"no answer", func(in ua.Incoming) { b.ua.Do(ua.Ring{Leg: in.Leg}) }, phone.ReasonNoAnswer, 480},
	} {
		k := a.open()
		leg := ua.LegID(c.name)
		a.ua.Do(ua.Invite{Leg: leg, Account: "demo", Target: "2198", SDP: a.offer(k, sdp.SendRecv)})
		in := await[ua.Incoming](b, nil)
		c.do(in)
		if e := await(a, func(e ua.Ended) bool { return e.Leg == leg }); e.Reason.ID != c.want || e.Reason.Code != c.code {
			t.Errorf("%s: %+v", c.name, e.Reason)
		}
		await(b, func(e ua.Ended) bool { return e.Leg == in.Leg })
	}
	k := a.open()
	a.ua.Do(ua.Invite{Leg: "given up", Account: "demo", Target: "2198", SDP: a.offer(k, sdp.SendRecv)})
	in := await[ua.Incoming](b, nil)
	b.ua.Do(ua.Ring{Leg: in.Leg})
	await(a, func(v ua.Progress) bool { return v.Leg == "given up" && v.Code == 180 })
	a.hangup("given up")
	if e := await[ua.Ended](b, nil); e.Reason.ID != phone.ReasonMissed {
		t.Errorf("the called phone: %+v", e.Reason)
	}
}

// A user with two phones: both ring, one answers, the other stops.
func TestTwoPhonesRing(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{})
	a, b, c := newHandset(t, p, "2100"), newHandset(t, p, "2198"), newHandset(t, p, "2198")
	k := a.open()
	a.ua.Do(ua.Invite{Leg: "a", Account: "demo", Target: "2198", SDP: a.offer(k, sdp.SendRecv)})
	other := await[ua.Incoming](c, nil)
	c.ua.Do(ua.Ring{Leg: other.Leg})
	in, kb := b.take()
	if err := k.Accept(await[ua.Answered](a, nil).SDP); err != nil {
		t.Fatal(err)
	}
	kb.player.play(sineOf(800))
	k.hear(t, "b at a", 0, only(800))
	await(c, func(e ua.Ended) bool { return e.Leg == other.Leg })
	a.hangup("a")
	await(b, func(e ua.Ended) bool { return e.Leg == in.Leg })
}

// An INVITE without an offer gets the PBX's with the 2xx; the answer comes with the ACK.
func TestPhonesLateOffer(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{})
	a, b := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	a.ua.Do(ua.Invite{Leg: "a", Account: "demo", Target: "2198"})
	_, kb := b.take()
	ka := a.open()
	body, err := ka.Answer(await[ua.Answered](a, nil).SDP, sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	a.ua.Do(ua.AnswerOffer{Leg: "a", SDP: body})
	kb.player.play(sineOf(800))
	ka.hear(t, "b at a", 0, only(800))
	a.hangup("a")
	await[ua.Ended](b, nil)
}
