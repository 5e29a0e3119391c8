package pbxdemo

import (
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/mwi"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// clock is the time of day of a test.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 11, 40, 0, 0, time.Local)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// pass lets time go by at a PBX.
func (c *clock) pass(p *PBX, d time.Duration) {
	c.mu.Lock()
	c.at = c.at.Add(d)
	c.mu.Unlock()
	p.post(func() {})
}

// presenceOf watches somebody's presence; what it returns waits until it satisfies a condition.
func (h *handset) presenceOf(number string) func(func(phone.Presence) bool) phone.Presence {
	id := ua.SubID("of" + number)
	h.ua.Do(ua.Subscribe{ID: id, Account: "demo", Target: number, Event: pidf.Event, Accept: pidf.ContentType})
	return func(ok func(phone.Presence) bool) phone.Presence {
		h.t.Helper()
		var last phone.Presence
		await(h, func(v ua.Notified) bool {
			if v.ID != id || len(v.Body) == 0 {
				return false
			}
			var err error
			if last, err = pidf.Parse(v.Body); err != nil || v.ContentType != pidf.ContentType {
				h.t.Errorf("%v in %s\n%s", err, v.ContentType, v.Body)
			}
			return ok(last)
		})
		return last
	}
}

func (h *handset) publish(how phone.Presence) *phone.Reason {
	h.t.Helper()
	h.ua.Do(ua.Publish{ID: "own", Account: "demo", Event: pidf.Event, ContentType: pidf.ContentType, Body: pidf.Build("sip:2100@demo", how, time.Now())})
	return await(h, func(v ua.PublishDone) bool { return v.ID == "own" }).Reason
}

// What a phone publishes all are told, until it takes it back; nonsense is refused and changes nothing.
func TestPublish(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{})
	a, b, c := newHandset(t, p, "2100"), newHandset(t, p, "2198"), newHandset(t, p, "2199")
	eyes := []func(func(phone.Presence) bool) phone.Presence{b.presenceOf("2100"), c.presenceOf("2100")}
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	if r := a.publish(phone.Presence{Activity: phone.ActivityTraining, Note: "Kurs", Until: until}); r != nil {
		t.Fatalf("%+v", r)
	}
	for _, eye := range eyes {
		if s := eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityTraining }); s.Note != "Kurs" || !s.Until.Equal(until) || s.Open {
			t.Errorf("%+v", s)
		}
	}
	a.ua.Do(ua.Publish{ID: "own", Account: "demo", Event: pidf.Event, ContentType: pidf.ContentType, Body: []byte("<presence")})
	if v := await[ua.PublishDone](a, nil); v.Reason == nil {
		t.Error("nonsense was taken")
	}
	if r := a.publish(phone.Presence{Activity: phone.ActivityAvailable, Note: "Här", Open: true}); r != nil {
		t.Fatalf("%+v", r)
	}
	eyes[0](func(s phone.Presence) bool { return s.Note == "Här" && s.Open })
	a.ua.Do(ua.Unpublish{ID: "own"})
	eyes[0](func(s phone.Presence) bool { return s.Note == "" && s.Open && s.Activity == phone.ActivityAvailable })
	a.close()
	eyes[0](func(s phone.Presence) bool { return !s.Open })
}

// A lively colleague does other things as the clock says, the same for the same seed, and his calls go to the first
// account or its mailbox meanwhile.
func TestLively(t *testing.T) {
	t.Parallel()
	days := [2][]phone.Presence{}
	for i := range days {
		clock := newClock()
		p := startPBX(t, Config{Lively: true, Seed: 7, Now: clock.now, Language: func() string { return "sv" }})
		for range 200 {
			clock.pass(p, 7*time.Minute)
			told := make(chan phone.Presence)
			p.post(func() {
				p.occupy("2126")
				told <- p.presence("2126")
			})
			days[i] = append(days[i], <-told)
		}
	}
	kinds := map[phone.ActivityKind]int{}
	for i, s := range days[0] {
		if kinds[s.Activity]++; !samePresence(s, days[1][i]) {
			t.Fatalf("%d: %+v and %+v", i, s, days[1][i])
		}
		if s.Activity != phone.ActivityAvailable && (s.Open || !s.Until.After(s.Since)) {
			t.Errorf("%d: %+v", i, s)
		}
	}
	for _, want := range []phone.ActivityKind{phone.ActivityAvailable, phone.ActivityLunch, phone.ActivityMeeting, phone.ActivityGone, phone.ActivityTravel} {
		if kinds[want] == 0 {
			t.Errorf("never %s: %v", want, kinds)
		}
	}
}

// Lunch until one is over at one.
func TestActivityEnds(t *testing.T) {
	t.Parallel()
	clock := newClock()
	p := startPBX(t, Config{Now: clock.now})
	a, b := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	eye := b.presenceOf("2126")
	eye(func(s phone.Presence) bool { return s.Open })
	one := time.Date(2026, 11, 23, 13, 0, 0, 0, time.Local)
	p.post(func() { p.setActivity("2126", phone.Presence{Activity: phone.ActivityLunch, Note: "Äter"}, one) })
	if s := eye(func(s phone.Presence) bool { return s.Activity == phone.ActivityLunch }); !s.Until.Equal(one) || s.Note != "Äter" {
		t.Errorf("%+v", s)
	}
	b.ring("seek", "2126")
	in := await[ua.Incoming](a, nil)
	if len(in.Diverted) != 1 || in.Diverted[0].By.Number != "2126" || in.Diverted[0].By.Name != "Kalle Brodin" || in.Diverted[0].Reason != "away" {
		t.Errorf("%+v", in.Diverted)
	}
	b.hangup("seek")
	k := a.call("mail", "2126") // the first account is not called by itself
	k.hear(t, "a beep", 0, sometime(recordHz))
	a.hangup("mail")
	clock.pass(p, time.Hour)
	clock.pass(p, 20*time.Minute)
	eye(func(s phone.Presence) bool { return s.Open && s.Activity == phone.ActivityAvailable && s.Note == "" })
}

// *90 brings a call for somebody who is away, with who that is, and why, and until when.
func TestPractise(t *testing.T) {
	t.Parallel()
	clock := newClock()
	p := startPBX(t, Config{hurry: 10, Now: clock.now})
	b := newHandset(t, p, "2198")
	eye := newHandset(t, p, "2199").presenceOf("2101")
	b.call("p", "*90")
	eye(func(s phone.Presence) bool {
		return s.Activity == phone.ActivityMeeting && s.Until.Equal(time.Date(2026, 11, 23, 12, 30, 0, 0, time.Local)) && s.Note != ""
	})
	in, k := b.take()
	if !outside(in.From.Number) || len(in.Diverted) != 1 || in.Diverted[0].By.Name != "Anna Berg" || in.Diverted[0].Reason != "do-not-disturb" {
		t.Errorf("from %+v by %+v", in.From, in.Diverted)
	}
	k.hear(t, "the caller", 0, speech)
}

// boxOf watches the own mailbox; what it returns waits until it has so many messages.
func (h *handset) boxOf(user string) func(fresh, old int) {
	var last mwi.Summary // guarded by h.mu
	h.minded(func(v ua.Value) {
		n, ok := v.(ua.Notified)
		if !ok || n.ID != "box" || len(n.Body) == 0 {
			return
		}
		s, err := mwi.Parse(n.Body)
		if err != nil || s.Waiting != (s.New > 0) || n.ContentType != mwi.ContentType {
			h.t.Errorf("%v in %s\n%s", err, n.ContentType, n.Body)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		last = s
		h.cond.Broadcast()
	})
	h.ua.Do(ua.Subscribe{ID: "box", Account: "demo", Target: user, Event: mwi.Event, Accept: mwi.ContentType})
	return func(fresh, old int) {
		h.t.Helper()
		deadline := time.Now().Add(patience)
		wake := time.AfterFunc(patience, func() { h.mu.Lock(); h.cond.Broadcast(); h.mu.Unlock() })
		defer wake.Stop()
		h.mu.Lock()
		defer h.mu.Unlock()
		for !last.Counted || last.New != fresh || last.Old != old {
			if time.Now().After(deadline) {
				h.t.Fatalf("last told %+v, want %d and %d", last, fresh, old)
			}
			h.cond.Wait()
		}
	}
}

// Who speaks after the beep leaves a message: it is counted, *98 plays what was said and marks it. A mailbox is told of to
// its owner only.
func TestMailbox(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{})
	owner, caller := newHandset(t, p, "2100"), newHandset(t, p, "2198")
	box := owner.boxOf("2100")
	box(0, 0)
	caller.ua.Do(ua.Subscribe{ID: "spy", Account: "demo", Target: "2100", Event: mwi.Event, Accept: mwi.ContentType})
	if v := await(caller, func(v ua.SubscriptionLost) bool { return v.ID == "spy" }); v.Reason.Code != 403 {
		t.Errorf("%+v", v)
	}
	leave := func(leg ua.LegID, hz float64) {
		t.Helper()
		k := caller.dial(leg, "*59*2100#", hz)
		k.hear(t, "a beep", 0, sometime(recordHz))
		from := k.now()
		k.hear(t, "time to speak", from, func(pcm []int16) bool { return len(pcm) > samples(1500*time.Millisecond) })
		caller.hangup(leg)
	}
	leave("one", hzA)
	box(1, 0)
	k := owner.call("listen", "*98")
	k.hear(t, "what was said", 0, sometime(hzA))
	box(0, 1)
	await(owner, func(e ua.Ended) bool { return e.Leg == "listen" })
	k = owner.call("again", "*98")
	k.hear(t, "it again", 0, sometime(hzA))
	var b mailbox
	for range 3 * maxMessages {
		b.put(message{clip: "called"})
	}
	if fresh, old := b.count(); fresh != maxMessages || old != 0 {
		t.Errorf("%d new, %d old", fresh, old)
	}
}
