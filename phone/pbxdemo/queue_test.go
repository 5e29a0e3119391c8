package pbxdemo

import (
	"strings"
	"testing"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/pidf"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// code dials a code and waits until it is confirmed and over.
func (h *handset) code(target string) {
	h.t.Helper()
	h.call(ua.LegID(target), target)
	await(h, func(e ua.Ended) bool { return e.Leg == ua.LegID(target) })
}

// header is a header of an incoming call.
func header(in ua.Incoming, name string) string {
	for _, h := range in.Headers {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// agentsOf watches a queue's presence.
func (h *handset) agentsOf(number string) func(string) phone.Presence {
	h.ua.Do(ua.Subscribe{ID: ua.SubID("p" + number), Account: "demo", Target: number, Event: pidf.Event, Accept: pidf.ContentType})
	return func(want string) phone.Presence {
		h.t.Helper()
		var last phone.Presence
		await(h, func(v ua.Notified) bool {
			if v.ID != ua.SubID("p"+number) || len(v.Body) == 0 {
				return false
			}
			var err error
			if last, err = pidf.Parse(v.Body); err != nil {
				h.t.Errorf("%v\n%s", err, v.Body)
			}
			got := ""
			for _, a := range last.Agents {
				got += a.ID
				if a.Open {
					got += "+"
				}
				got += " "
			}
			return got == want
		})
		return last
	}
}

// Callers wait with music and are counted; who logs in gets them with the queue's name, and is told as busy meanwhile.
func TestQueue(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 10, Language: func() string { return "sv" }})
	caller, agent, eye := newHandset(t, p, "2199"), newHandset(t, p, "2100"), newHandset(t, p, "2198")
	eye.watch("calls", "9000")
	agent.watch("login", "*75*9000")
	agents := eye.agentsOf("9000")
	agents("")
	agent.sees("login", none)
	k := caller.dial("c", "9000", hzA)
	k.hearsMusic(t)
	d := eye.sees("calls", one(dialoginfo.Early))
	if !strings.Contains(d[0].Remote.URI, ":2199@") {
		t.Errorf("%+v", d)
	}
	agent.code("*75*9000#")
	in, ka := agent.get(hzB)
	if got := header(in, "X-Queue"); !strings.HasPrefix(got, `9000; name="Växeln"; waited=`) {
		t.Errorf("X-Queue %q", got)
	}
	if got := header(in, "Alert-Info"); !strings.HasSuffix(got, ";info=queue") {
		t.Errorf("Alert-Info %q", got)
	}
	if got := header(in, "P-Called-Party-ID"); !strings.Contains(got, `"Växeln" <sip:9000@`) {
		t.Errorf("P-Called-Party-ID %q", got)
	}
	if in.From.Number != "2199" {
		t.Errorf("from %+v", in.From)
	}
	k.hears(t, "the agent", hzB)
	ka.hears(t, "the caller", hzA)
	eye.sees("calls", one(dialoginfo.Confirmed))
	agents("2100 ")
	agent.sees("login", one(dialoginfo.Confirmed))
	caller.hangup("c")
	eye.sees("calls", none)
	agents("2100+ ")

	// What does not ring makes unavailable; a caller who gives up is counted no more.
	agent.code("*24*2#")
	agents("2100 ")
	caller.dial("d", "9000", hzA)
	eye.sees("calls", one(dialoginfo.Early))
	caller.hangup("d")
	eye.sees("calls", none)
	agent.code("#24#")
	agents("2100+ ")
	agent.code("#75*9000#")
	agents("")
	agent.sees("login", none)
}

// Who does not take a call is left alone for a while and gets the next offer then; of two the one rings who has been free
// longest.
func TestQueueOrder(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 20})
	first, second, caller := newHandset(t, p, "2100"), newHandset(t, p, "2198"), newHandset(t, p, "2199")
	first.code("*75*9000#")
	second.code("*75*9000#")
	k := caller.dial("c", "9000", hzA)
	in := await[ua.Incoming](first, nil)
	first.ua.Do(ua.Reject{Leg: in.Leg, Code: 603})
	in, _ = second.get(hzB)
	k.hears(t, "the second", hzB)
	second.hangup(in.Leg)
	await(caller, func(e ua.Ended) bool { return e.Leg == "c" })
	caller.ua.Do(ua.Invite{Leg: "d", Account: "demo", Target: "9000", SDP: caller.offer(caller.open(), sdp.SendRecv)})
	in = await[ua.Incoming](first, nil)
	first.ua.Do(ua.Ring{Leg: in.Leg})
	again := await[ua.Incoming](second, nil) // the first does not answer
	await(first, func(e ua.Ended) bool { return e.Leg == in.Leg })
	second.ua.Do(ua.Reject{Leg: again.Leg, Code: 486})
	in, _ = first.get(hzB)
	caller.hangup("d")
	await(first, func(e ua.Ended) bool { return e.Leg == in.Leg })
}

// Those who are no members are told so in words; a closed queue takes no calls, and its lamp burns.
func TestQueueRights(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 20})
	a, b := newHandset(t, p, "2100"), newHandset(t, p, "2199")
	for _, target := range []string{"*75*9020#", "#75*9020#", "*75*4711#", "*76*9020#"} {
		if r := a.refused(ua.LegID(target), target); r.Code != 403 || r.Text != "Tjänsten är inte aktiv" {
			t.Errorf("%s: %+v", target, r)
		}
	}
	if r := b.refused("night", "*76*9000#"); r.Code != 403 {
		t.Errorf("%+v", r)
	}
	b.watch("night", "*76*9000")
	b.sees("night", none)
	a.code("*76*9000#")
	b.sees("night", one(dialoginfo.Confirmed))
	if r := b.refused("closed", "9000"); r.Code != 480 || r.Text != closedForTheNight {
		t.Errorf("%+v", r)
	}
	a.code("#76*9000#")
	b.sees("night", none)
	b.dial("open", "9000", hzA).hearsMusic(t)
}

// A call is handed over to a queue, directly and announced; the phone that pulls a waiting call waits in its place.
func TestQueueTransfer(t *testing.T) {
	s, leg := startThree(t, Config{})
	s.other.watch("calls", "9000")
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "9000"})
	s.desk.told(leg, 200)
	await(s.desk, func(e ua.Ended) bool { return e.Leg == leg })
	s.kc.hearsMusic(t)
	s.other.sees("calls", one(dialoginfo.Early))

	second := newHandset(t, s.p, "2198")
	d := dialoginfo.Dialog{}
	second.watch("own", "2198")
	d = second.sees("own", func(d []dialoginfo.Dialog) bool { return one(dialoginfo.Confirmed)(d) && d[0].CallID != "" })[0]
	k2 := second.open()
	second.mind("here", k2)
	second.ua.Do(ua.Invite{
		Leg: "here", Account: "demo", Target: "2198", SDP: second.offer(k2, sdp.SendRecv),
		Replaces: &ua.Replaces{CallID: d.CallID, ToTag: d.RemoteTag, FromTag: d.LocalTag},
	})
	if err := k2.Accept(await[ua.Answered](second, nil).SDP); err != nil {
		t.Fatal(err)
	}
	await[ua.Ended](s.caller, nil)
	k2.says(hzA).hearsMusic(t)
	s.desk.code("*75*9000#")
	in, kd := s.desk.get(hzB)
	k2.hears(t, "the agent", hzB)
	kd.hears(t, "the caller", hzA)
	s.desk.code("#75*9000#")

	// The agent asks the queue first, and puts the caller in its own place there.
	kq := s.desk.dial("q", "9000", hzC)
	kq.hearsMusic(t)
	s.desk.ua.Do(ua.Refer{Leg: in.Leg, With: "q"})
	s.desk.told(in.Leg, 200)
	d = s.other.sees("calls", func(d []dialoginfo.Dialog) bool {
		return one(dialoginfo.Early)(d) && strings.Contains(d[0].Remote.URI, ":2198@")
	})[0]
	k2.hearsMusic(t)
	second.hangup("here")
	s.other.sees("calls", none)
}

// Simulated people call and answer: a caller who is nobody's phone ends by itself.
func TestSimulatedQueue(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 20, Seed: 1})
	eye := newHandset(t, p, "2199")
	eye.watch("calls", "9010")
	eye.sees("calls", none)
	p.post(func() { p.callIn(callers[0], "9010") })
	d := eye.sees("calls", one(dialoginfo.Confirmed))
	if !strings.Contains(d[0].Remote.URI, "0701740611") || d[0].Remote.Name != "Bo Kvist" {
		t.Errorf("%+v", d)
	}
	agents := eye.agentsOf("9010")
	agents("2142 2151+ ")
	eye.sees("calls", none)
	agents("2142+ 2151+ ")
}

// A queue is full some time, and simulated callers do not wait for ever.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 300})
	eye := newHandset(t, p, "2199")
	eye.watch("calls", "9000")
	for i := range maxWaiting {
		p.post(func() { p.callIn(callers[i%len(callers)], "9000") })
	}
	eye.sees("calls", func(d []dialoginfo.Dialog) bool { return len(d) == maxWaiting })
	if r := eye.refused("full", "9000"); r.Code != 486 {
		t.Errorf("a full queue: %+v", r)
	}
	eye.sees("calls", none)
}
