package pbxdemo

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// dial calls a number with a tone to say, minding offers.
func (h *handset) dial(leg ua.LegID, target string, hz float64) *talk {
	h.t.Helper()
	k := h.call(leg, target)
	h.mind(leg, k)
	return k.says(hz)
}

// get answers a call with a tone to say.
func (h *handset) get(hz float64) (ua.Incoming, *talk) {
	h.t.Helper()
	in, k := h.take()
	h.mind(in.Leg, k)
	return in, k.says(hz)
}

// refused dials a number and returns why it is not taken.
func (h *handset) refused(leg ua.LegID, target string) phone.Reason {
	h.t.Helper()
	k := h.open()
	h.ua.Do(ua.Invite{Leg: leg, Account: "demo", Target: target, SDP: h.offer(k, sdp.SendRecv)})
	return await(h, func(e ua.Ended) bool { return e.Leg == leg }).Reason
}

// watch subscribes to a number's dialogs.
func (h *handset) watch(id ua.SubID, target string) {
	h.minded(func(v ua.Value) {
		n, ok := v.(ua.Notified)
		if !ok || n.ID != id || len(n.Body) == 0 {
			return
		}
		d, err := dialoginfo.Parse(n.Body)
		if err != nil || !d.Full || n.ContentType != dialoginfo.ContentType {
			h.t.Errorf("%v in %s\n%s", err, n.ContentType, n.Body)
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.seen[id] = append([]dialoginfo.Dialog{}, d.Dialogs...)
		h.cond.Broadcast()
	})
	h.ua.Do(ua.Subscribe{ID: id, Account: "demo", Target: target, Event: dialoginfo.Event, Accept: dialoginfo.ContentType})
}

// sees waits until what a subscription last told satisfies a condition.
func (h *handset) sees(id ua.SubID, ok func([]dialoginfo.Dialog) bool) []dialoginfo.Dialog {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	wake := time.AfterFunc(patience, func() { h.mu.Lock(); h.cond.Broadcast(); h.mu.Unlock() })
	defer wake.Stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		if d, told := h.seen[id]; told && ok(d) {
			return d
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%s: last told %+v", id, h.seen[id])
		}
		h.cond.Wait()
	}
}

func none(d []dialoginfo.Dialog) bool { return len(d) == 0 }

func one(state dialoginfo.State) func([]dialoginfo.Dialog) bool {
	return func(d []dialoginfo.Dialog) bool { return len(d) == 1 && d[0].State == state }
}

// Parked anywhere, seen in the slot's dialog event, fetched by another phone; a slot that is taken is refused.
func TestPark(t *testing.T) {
	s, leg := startThree(t, Config{})
	s.other.watch("701", "701")
	s.other.sees("701", none)
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "700"})
	if v := s.desk.told(leg, 200); v.Text != "Parked in 701" {
		t.Errorf("%+v", v)
	}
	await[ua.Ended](s.desk, nil)
	s.kc.hearsMusic(t)
	if d := s.other.sees("701", one(dialoginfo.Confirmed)); !strings.Contains(d[0].Remote.URI, ":2198@") {
		t.Errorf("%+v", d)
	}

	// Another call into the same slot.
	kd := s.desk.dial("second", "9007", hzB)
	s.desk.ua.Do(ua.Refer{Leg: "second", Target: "701"})
	s.desk.told("second", 486)
	kd.hears(t, "still the test tone", 1004)
	s.desk.ua.Do(ua.Refer{Leg: "second", Target: "705"})
	s.desk.told("second", 200)
	await[ua.Ended](s.desk, nil)

	ko := s.other.dial("fetch", "701", hzC)
	s.kc.hears(t, "the other at the caller", hzC)
	ko.hears(t, "the caller at the other", hzA)
	s.other.sees("701", none)
	if r := s.desk.refused("empty", "701"); r.Code != 404 {
		t.Errorf("an empty slot: %+v", r)
	}
	s.desk.dial("tone", "705", hzB).hears(t, "the test tone", 1004)
	s.other.hangup("fetch")
	await[ua.Ended](s.caller, nil)
}

// Nobody fetches it: it comes back to who parked it. A caller who hangs up frees the slot.
func TestParkReturns(t *testing.T) {
	s, leg := startThree(t, Config{hurry: 60})
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "702"})
	s.desk.told(leg, 200)
	in, kd := s.desk.get(hzC)
	if in.From.Number != "2198" {
		t.Errorf("returned by %+v", in.From)
	}
	s.kc.hears(t, "the desk again", hzC)
	kd.hears(t, "the caller", hzA)
	s.other.watch("702", "702")
	s.other.sees("702", none)
	s.desk.ua.Do(ua.Refer{Leg: in.Leg, Target: "702"})
	s.other.sees("702", one(dialoginfo.Confirmed))
	s.caller.hangup("c")
	s.other.sees("702", none)
}

// A call ringing at a phone is picked up by code, and by an INVITE with Replaces as its dialog event tells; one ringing
// at a colleague by code.
func TestPickup(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{})
	a, b, c := newHandset(t, p, "2198"), newHandset(t, p, "2100"), newHandset(t, p, "2199")
	c.watch("w", "2100")
	c.sees("w", none)
	for _, how := range []string{"code", "replaces"} {
		k := a.open()
		leg := ua.LegID(how)
		a.mind(leg, k)
		a.ua.Do(ua.Invite{Leg: leg, Account: "demo", Target: "2100", SDP: a.offer(k, sdp.SendRecv)})
		in := await[ua.Incoming](b, nil)
		b.ua.Do(ua.Ring{Leg: in.Leg})
		d := c.sees("w", func(d []dialoginfo.Dialog) bool { return one(dialoginfo.Early)(d) && d[0].CallID != "" })[0]
		if d.Direction != dialoginfo.Recipient || !strings.Contains(d.Remote.URI, ":2198@") || d.LocalTag == "" || d.RemoteTag == "" {
			t.Errorf("%+v", d)
		}
		invite := ua.Invite{Leg: leg, Account: "demo", Target: "*80*2100#"}
		if how == "replaces" {
			invite.Target = "2100"
			invite.Replaces = &ua.Replaces{CallID: d.CallID, ToTag: d.RemoteTag, FromTag: d.LocalTag, EarlyOnly: true}
		}
		kc := c.open()
		invite.SDP = c.offer(kc, sdp.SendRecv)
		c.mind(leg, kc)
		c.ua.Do(invite)
		answered := await[ua.Answered](c, nil)
		if answered.Remote.Number != "2198" {
			t.Errorf("%s: picked up %+v", how, answered.Remote)
		}
		if err := kc.Accept(answered.SDP); err != nil {
			t.Fatal(err)
		}
		if e := await(b, func(e ua.Ended) bool { return e.Leg == in.Leg }); e.Reason.ID != phone.ReasonElsewhere || e.Reason.Text == "" {
			t.Errorf("%s: the phone that rang: %+v", how, e.Reason)
		}
		taken := await[ua.Answered](a, nil)
		if taken.Remote.Number != "2199" {
			t.Errorf("%s: taken by %+v", how, taken.Remote)
		}
		if err := k.Accept(taken.SDP); err != nil {
			t.Fatal(err)
		}
		k.says(hzA)
		kc.says(hzC)
		k.hears(t, "the third at the caller", hzC)
		kc.hears(t, "the caller at the third", hzA)
		a.hangup(leg)
		await(c, func(e ua.Ended) bool { return e.Leg == leg })
	}
	if r := c.refused("nothing", "*80*2100#"); r.Code != 404 {
		t.Errorf("nothing rings: %+v", r)
	}
	k := a.open()
	a.ua.Do(ua.Invite{Leg: "colleague", Account: "demo", Target: "2135", SDP: a.offer(k, sdp.SendRecv)})
	await(a, func(v ua.Progress) bool { return v.Code == 180 })
	kc := c.dial("for Olof", "*80*2135#", hzC)
	if err := k.Accept(await[ua.Answered](a, nil).SDP); err != nil {
		t.Fatal(err)
	}
	k.says(hzA)
	kc.hears(t, "the caller", hzA)
	k.hears(t, "the third", hzC)
}

// A user with two phones: the second sees the first's call and takes it over; a stranger may not.
func TestPull(t *testing.T) {
	s, leg := startThree(t, Config{})
	second := newHandset(t, s.p, "2100")
	second.watch("own", "2100")
	d := second.sees("own", func(d []dialoginfo.Dialog) bool { return one(dialoginfo.Confirmed)(d) && d[0].CallID != "" })[0]
	replaces := &ua.Replaces{CallID: d.CallID, ToTag: d.RemoteTag, FromTag: d.LocalTag}
	k := s.other.open()
	s.other.ua.Do(ua.Invite{Leg: "stolen", Account: "demo", Target: "2198", SDP: s.other.offer(k, sdp.SendRecv), Replaces: replaces})
	if e := await[ua.Ended](s.other, nil); e.Reason.Code != 403 {
		t.Errorf("a stranger: %+v", e.Reason)
	}
	k2 := second.open()
	second.mind("here", k2)
	second.ua.Do(ua.Invite{Leg: "here", Account: "demo", Target: "2198", SDP: second.offer(k2, sdp.SendRecv), Replaces: replaces})
	answered := await[ua.Answered](second, nil)
	if answered.Remote.Number != "2198" {
		t.Errorf("with %+v", answered.Remote)
	}
	if err := k2.Accept(answered.SDP); err != nil {
		t.Fatal(err)
	}
	await(s.desk, func(e ua.Ended) bool { return e.Leg == leg })
	k2.says(hzC)
	s.kc.hears(t, "the second phone", hzC, hzB)
	k2.hears(t, "the caller", hzA)
	second.sees("own", func(now []dialoginfo.Dialog) bool { return len(now) == 1 && now[0].CallID != d.CallID })
	s.caller.hangup("c")
	await[ua.Ended](second, nil)
}

// Breaking in: three knocks, then all three hear each other; when the third leaves, the two go on.
func TestIntrude(t *testing.T) {
	s, leg := startThree(t, Config{})
	if r := s.other.refused("idle", "*64*2101#"); r.Code != 404 {
		t.Errorf("nobody there: %+v", r)
	}
	from := s.kc.now()
	k := s.other.dial("in", "*64*2100#", hzC)
	s.kc.hear(t, "a knock", from, func(pcm []int16) bool {
		const window = 2 * packetSize
		for at := 0; at+window <= len(pcm); at += packetSize {
			if share(pcm[at:at+window], knockHz) > 0.1 {
				return true
			}
		}
		return false
	})
	k.hear(t, "both at the third", k.now(), both(hzA, hzB))
	s.kc.hear(t, "both at the caller", s.kc.now(), both(hzB, hzC))
	s.kd.hear(t, "both at the desk", s.kd.now(), both(hzA, hzC))
	s.other.hangup("in")
	s.kc.hears(t, "the desk at the caller", hzB, hzC)
	s.desk.hangup(leg)
	await[ua.Ended](s.caller, nil)
}

// The room: all hear each other but not themselves; one comes in by being transferred; who leaves leaves the others.
func TestRoom(t *testing.T) {
	s, leg := startThree(t, Config{})
	k := s.other.dial("room", "8000", hzC)
	k.hearsMusic(t)
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "8000"})
	s.desk.told(leg, 200)
	await[ua.Ended](s.desk, nil)
	s.kc.hears(t, "the other at the caller", hzC, hzA)
	k.hears(t, "the caller at the other", hzA, hzC)
	s.desk.watch("room", "8000")
	s.desk.sees("room", func(d []dialoginfo.Dialog) bool { return len(d) == 2 })
	kd := s.desk.dial("room", "8000", hzB)
	kd.hear(t, "both", kd.now(), both(hzA, hzC, hzB))
	s.caller.hangup("c")
	kd.hears(t, "the other only", hzC)
	k.hears(t, "the desk only", hzB)
	s.other.hangup("room")
	kd.hearsMusic(t)
	s.desk.hangup("room")
	s.desk.sees("room", none)
}

// Voicemail greets, beeps and hangs up in the end; one's own says what there is.
func TestVoicemail(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 60})
	h := newHandset(t, p, "2100")
	k := h.call("a", "*59*2101#")
	k.hear(t, "a beep", 0, sometime(recordHz))
	h.hangup("a")
	if r := h.refused("b", "*59*4711#"); r.Code != 404 {
		t.Errorf("nobody's mailbox: %+v", r)
	}
	k = h.call("c", "*98")
	k.hear(t, "the announcement", 0, speech)
	if e := await(h, func(e ua.Ended) bool { return e.Leg == "c" }); !e.ByRemote {
		t.Errorf("%+v", e)
	}
}

// A withheld number is not told, by code and by RFC 3323; call waiting off makes one who talks busy, unless bypassed.
func TestCallerCodes(t *testing.T) {
	s, leg := startThree(t, Config{hurry: 10})
	for i, invite := range []ua.Invite{
		{Target: "*31*2199#"},
		{Target: "2199", Headers: []ua.Header{{Name: "Privacy", Value: "id"}}},
	} {
		k := s.desk.open()
		invite.Leg, invite.Account, invite.SDP = ua.LegID("w"+string(rune('0'+i))), "demo", s.desk.offer(k, sdp.SendRecv)
		s.desk.ua.Do(invite)
		if in := await[ua.Incoming](s.other, nil); strings.Contains(in.From.URI+in.From.Number+in.From.Name, "2100") || in.From.Number != "anonymous" {
			t.Errorf("%s: %+v", invite.Target, in.From)
		}
		s.desk.hangup(invite.Leg)
	}
	k := s.desk.call("off", "#43#")
	k.hear(t, "the confirmation", 0, sometime(confirmHz))
	await(s.desk, func(e ua.Ended) bool { return e.Leg == "off" })
	if r := s.other.refused("x", "2100"); r.Code != 486 {
		t.Errorf("without call waiting: %+v", r)
	}
	ko := s.other.open()
	s.other.ua.Do(ua.Invite{Leg: "y", Account: "demo", Target: "*60*2100#", SDP: s.other.offer(ko, sdp.SendRecv)})
	await[ua.Incoming](s.desk, nil)
	s.other.hangup("y")
	s.desk.call("on", "*43#")
	await(s.desk, func(e ua.Ended) bool { return e.Leg == "on" })
	s.other.ua.Do(ua.Invite{Leg: "z", Account: "demo", Target: "2100", SDP: s.other.offer(ko, sdp.SendRecv)})
	await[ua.Incoming](s.desk, nil)
	s.desk.hangup(leg)
	for target, code := range map[string]int{ // not here, or not by dialling
		"*75*1#": 403, "*21*4711#": 404, "700": 404, "#75*1#": 403, "*24*9#": 404, "*24*1*00#": 404, "*24*1*2561#": 404, "*99#": 404, "*75*9020#": 403, "*76*9010#": 403,
	} {
		if r := s.caller.refused(ua.LegID(target), target); r.Code != code {
			t.Errorf("%s: %+v", target, r)
		}
	}
}

// Colleagues with habits: in calls of their own now and then, calling back, busy while they talk.
func TestHabits(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 20})
	a, b := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	a.watch("petra", "2118")
	a.sees("petra", one(dialoginfo.Confirmed))
	if r := a.refused("busy", "2118"); r.Code != 486 {
		t.Errorf("%+v", r)
	}
	a.sees("petra", none)
	a.call("free", "2118")
	a.sees("petra", func(d []dialoginfo.Dialog) bool {
		return one(dialoginfo.Confirmed)(d) && strings.Contains(d[0].Remote.URI, ":2100@")
	})
	if r := b.refused("second", "2118"); r.Code != 486 {
		t.Errorf("%+v", r)
	}
	a.hangup("free")
	if r := a.refused("missed", "2147"); r.Code != 480 {
		t.Errorf("%+v", r)
	}
	in, k := a.take()
	if in.From.Number != "2147" || in.From.Name != "Sara Lund" {
		t.Errorf("called back by %+v", in.From)
	}
	k.hear(t, "Sara", 0, speech)
	await(a, func(e ua.Ended) bool { return e.Leg == in.Leg })
	for id, code := range map[ua.SubID]string{"no such number": "4711", "no such package": "2101", "no such queue": "*75*9001"} {
		event := dialoginfo.Event
		if code == "2101" {
			event = "conference"
		}
		a.ua.Do(ua.Subscribe{ID: id, Account: "demo", Target: code, Event: event})
		await(a, func(v ua.SubscriptionLost) bool { return v.ID == id })
	}
}

// Nothing is left of calls that are over.
func TestNothingLeft(t *testing.T) {
	s, leg := startThree(t, Config{hurry: 60})
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "8000"})
	s.desk.told(leg, 200)
	s.caller.hangup("c")
	await[ua.Ended](s.desk, nil)
	type rest struct{ legs, ends, lot, circles int }
	for {
		got := make(chan rest, 1)
		s.p.post(func() {
			s.p.mixer.mu.Lock()
			defer s.p.mixer.mu.Unlock()
			got <- rest{len(s.p.legs), len(s.p.ends), len(s.p.lot), len(s.p.mixer.circles)}
		})
		if r := <-got; r == (rest{}) {
			break
		}
		<-time.After(20 * time.Millisecond)
	}
}

// Codes and people are described in both languages, and every code that is shown works.
func TestCodes(t *testing.T) {
	want := slices.Sorted(maps.Keys(map[string]bool{"*80*N#": true, "*64*N#": true, "*60*N#": true, "*59*N#": true, "*31*N#": true, "*98": true, "*43#": true, "#43#": true, "700": true, "701-709": true,
		"*21*N#": true, "#21#": true, "*61*N#": true, "#61#": true, "*67*N#": true, "#67#": true, "*24*N#": true, "#24#": true,
		"*75*N#": true, "#75*N#": true, "*76*N#": true, "#76*N#": true, "*90": true}))
	var got []string
	for _, c := range Codes() {
		got = append(got, c.Dial)
		if c.Title("sv") == "" || c.Title("en") == "" || c.Title("sv") == c.Title("en") {
			t.Errorf("%+v", c)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, e := range Directory() {
		if (e.About("sv") == "") != (e.About("en") == "") {
			t.Errorf("%+v", e)
		}
	}
}
