package pbxdemo

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// ring calls a number without waiting for anything.
func (h *handset) ring(leg ua.LegID, target string, headers ...ua.Header) {
	h.t.Helper()
	h.ua.Do(ua.Invite{Leg: leg, Account: "demo", Target: target, SDP: h.offer(h.open(), sdp.SendRecv), Headers: headers})
}

// Forwarding at once, when busy, when nobody answers and when nobody is there: the call comes with its way, and with the
// forwarding off it does not.
func TestForwarding(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 30})
	caller, owner, target := newHandset(t, p, "2199"), newHandset(t, p, "2100"), newHandset(t, p, "2198")
	diverted := func(leg ua.LegID, reason string) {
		t.Helper()
		in := await[ua.Incoming](target, nil)
		if got := header(in, "Diversion"); !strings.HasPrefix(got, `"Elin Strandh" <sip:2100@`) || !strings.Contains(got, ";reason="+reason+";") {
			t.Errorf("%s: Diversion %q", leg, got)
		}
		if in.From.Number != "2199" {
			t.Errorf("%s: from %+v", leg, in.From)
		}
		caller.hangup(leg)
		await(target, func(e ua.Ended) bool { return e.Leg == in.Leg })
	}
	owner.code("*21*2198#")
	caller.ring("all", "2100")
	diverted("all", "unconditional")
	caller.ring("bypass", "*60*2100#")
	await[ua.Incoming](owner, nil)
	caller.hangup("bypass")
	owner.code("#21#")

	owner.code("*61*2198#")
	caller.ring("no answer", "2100")
	in := await[ua.Incoming](owner, nil)
	owner.ua.Do(ua.Ring{Leg: in.Leg})
	diverted("no answer", "no-answer")
	await(owner, func(e ua.Ended) bool { return e.Leg == in.Leg })
	owner.code("#61#")

	owner.code("*67*2198#")
	caller.ring("busy", "2100")
	in = await[ua.Incoming](owner, nil)
	owner.ua.Do(ua.Reject{Leg: in.Leg, Code: 486})
	diverted("busy", "user-busy")
	caller.ring("declined", "2100")
	in = await[ua.Incoming](owner, nil)
	owner.ua.Do(ua.Reject{Leg: in.Leg, Code: 603})
	if e := await(caller, func(e ua.Ended) bool { return e.Leg == "declined" }); e.Reason.Code != 603 {
		t.Errorf("declined: %+v", e.Reason)
	}
	owner.code("#67#")
	caller.ring("off", "2100")
	in = await[ua.Incoming](owner, nil)
	owner.ua.Do(ua.Reject{Leg: in.Leg, Code: 486})
	if e := await(caller, func(e ua.Ended) bool { return e.Leg == "off" }); e.Reason.Code != 486 {
		t.Errorf("off: %+v", e.Reason)
	}

	// The phone sends it elsewhere itself.
	caller.ring("deflected", "2100")
	in = await[ua.Incoming](owner, nil)
	owner.ua.Do(ua.Reject{Leg: in.Leg, Code: 302, Contact: "2198", Why: "do-not-disturb"})
	diverted("deflected", "do-not-disturb")
	caller.ring("nowhere", "2100")
	in = await[ua.Incoming](owner, nil)
	owner.ua.Do(ua.Reject{Leg: in.Leg, Code: 302, Contact: "4711"})
	if e := await(caller, func(e ua.Ended) bool { return e.Leg == "nowhere" }); e.Reason.Code != 480 {
		t.Errorf("nowhere: %+v", e.Reason)
	}

	// Away, and round in circles.
	owner.code("*61*2198#")
	owner.close()
	caller.ring("away", "2100")
	diverted("away", "unavailable")
	target.code("*21*2100#")
	if r := caller.refused("circle", "2100"); r.Code != 482 {
		t.Errorf("in circles: %+v", r)
	}
}

// Two steps are told in the order of RFC 5806 and RFC 7044.
func TestHistory(t *testing.T) {
	by := func(n string) phone.Party { return phone.Party{URI: "sip:" + n + "@h"} }
	got := history([]phone.Diversion{{By: by("1"), Reason: becauseBusy}, {By: phone.Party{URI: "sip:2@h", Name: `A "B"`}, Reason: becauseNoAnswer}}, "sip:3@h")
	want := []ua.Header{
		{Name: "Diversion", Value: `"A \"B\"" <sip:2@h>;reason=no-answer;counter=1;privacy=off, <sip:1@h>;reason=user-busy;counter=1;privacy=off`},
		{Name: "History-Info", Value: `<sip:1@h?Reason=SIP%3Bcause%3D486>;index=1, <sip:2@h;cause=486?Reason=SIP%3Bcause%3D408>;index=1.1;mp=1, <sip:3@h;cause=408>;index=1.1.1;mp=1.1`},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v\nwant %+v", got[i], want[i])
		}
	}
	if history(nil, "x") != nil {
		t.Error("a way of nothing")
	}
}

// A profile sends calls to the mailbox or to the switchboard and shows in presence; it ends by itself.
func TestProfiles(t *testing.T) {
	t.Parallel()
	clock := newClock()
	p := startPBX(t, Config{hurry: 30, Now: clock.now})
	owner, caller := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	eye := caller.presenceOf("2100")
	eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityAvailable && s.Open })
	owner.code("*24*1*1300#")
	want := time.Date(2026, 11, 23, 13, 0, 0, 0, time.Local)
	if s := eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityLunch }); !s.Until.Equal(want) || s.Open {
		t.Errorf("%+v", s)
	}
	k := caller.call("mail", "2100")
	k.hear(t, "a beep", 0, sometime(recordHz))
	caller.hangup("mail")
	owner.code("*24*5*0#")
	if s := eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityBusy }); !s.Until.IsZero() {
		t.Errorf("until changed: %+v", s)
	}
	k = caller.call("queue", "2100")
	caller.mind("queue", k)
	k.hearsMusic(t)
	caller.hangup("queue")
	owner.code("*24*2#") // as long as it usually lasts
	if s := eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityMeeting }); !s.Until.Equal(clock.now().Add(time.Hour)) {
		t.Errorf("%+v", s)
	}
	clock.pass(p, time.Hour)
	eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityAvailable })
	owner.code("*24*4*261224#")
	if s := eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityVacation }); s.Until.Day() != 24 {
		t.Errorf("%+v", s)
	}
	owner.code("#24#")
	eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityAvailable && s.Open })
	caller.ring("through", "2100")
	await[ua.Incoming](owner, nil)
}

// Whom one wants to be is told when one may be it: else the own number, or nothing.
func TestIdentity(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{})
	a, b := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	for i, c := range []struct{ prefer, privacy, want string }{
		{"<sip:0846500490@x>", "", "0846500490"},
		{`"Växeln" <tel:0846500490>`, "", "0846500490"},
		{"sip:9000@x;user=phone", "", "9000"},
		{"<sip:0846500400@x>", "", "0846500400"},
		{"<sip:2101@x>", "", "2100"},
		{"<sip:9020@x>", "", "2100"},
		{"nonsense", "", "2100"},
		{"<sip:0846500490@x>", "id", "anonymous"},
	} {
		headers := []ua.Header{{Name: "P-Preferred-Identity", Value: c.prefer}}
		if c.privacy != "" {
			headers = append(headers, ua.Header{Name: "Privacy", Value: c.privacy})
		}
		leg := ua.LegID(string(rune('a' + i)))
		a.ring(leg, "2198", headers...)
		in := await[ua.Incoming](b, nil)
		asserted := ""
		if in.Asserted != nil {
			asserted = in.Asserted.Number
		}
		if in.From.Number != c.want || (c.want == "anonymous") != (asserted == "") || asserted != "" && asserted != c.want {
			t.Errorf("%s: from %+v, asserted %+v", c.prefer, in.From, in.Asserted)
		}
		if (header(in, "Privacy") == "id") != (c.privacy != "") {
			t.Errorf("%s: Privacy %q", c.prefer, header(in, "Privacy"))
		}
		a.hangup(leg)
		await(b, func(e ua.Ended) bool { return e.Leg == in.Leg })
	}
	b.ring("back", "+46846500400") // the direct number of the first
	await[ua.Incoming](a, nil)
	b.hangup("back")
	b.ring("board", "0846500490")
	await(b, func(v ua.Answered) bool { return v.Leg == "board" && v.Remote.Number == "9000" })
}

// Messages go to mobile numbers only.
func TestMessages(t *testing.T) {
	t.Parallel()
	a := newHandset(t, startPBX(t, Config{}), "2100")
	for target, code := range map[string]int{"0701740611": 0, "+46701740611": 0, "2101": 404, "084650040": 404, "0701": 404} {
		a.ua.Do(ua.SendMessage{ID: target, Account: "demo", Target: target, Body: []byte("Hej!")})
		got := 0
		if v := await(a, func(v ua.MessageDone) bool { return v.ID == target }); v.Reason != nil {
			got = v.Reason.Code
		}
		if got != code {
			t.Errorf("%s: %d, want %d", target, got, code)
		}
	}
}
