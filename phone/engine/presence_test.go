package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// tellPresence is a NOTIFY of somebody's presence.
func (s *script) tellPresence(number string, p phone.Presence) {
	s.t.Helper()
	l := s.s.line(lineKey{"work", number})
	if l == nil || l.presenceSub == "" {
		s.t.Fatalf("%s's presence is not watched", number)
	}
	s.sip(ua.Notified{ID: l.presenceSub, ContentType: pidf.ContentType, Body: pidf.Build("sip:"+number+"@pbx.test", p, s.now)})
}

func TestActivityByHandAndPlan(t *testing.T) {
	s := newDesk(t)
	s.refused(phone.UseShortcut{ID: "gone"}, phone.ReasonNoHours)
	s.do(phone.PutItem{Item: phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{time.Monday: {{From: 480, To: 1020}}, time.Tuesday: {{From: 480, To: 1020}}}}})
	s.do(phone.UseShortcut{ID: "gone"}) // epoch is Monday 09:00
	a := s.snapshot().Me.Activity
	if a.Kind != phone.ActivityGone || a.Rings || !a.Until.Equal(epoch.Add(23*time.Hour)) || a.From != "shortcut:gone" {
		t.Fatalf("%+v", a)
	}
	s.do(phone.UseShortcut{ID: "busy-15"})
	s.after(15*time.Minute - time.Second)
	if a := s.snapshot().Me.Activity; a.Kind != phone.ActivityBusy {
		t.Fatalf("%+v", a)
	}
	s.after(time.Second)
	if a := s.snapshot().Me.Activity; a.Kind != phone.ActivityAvailable || !a.Rings {
		t.Fatalf("%+v", a)
	}
	// A plan begins over what was chosen before it, and ends back in it.
	s.do(phone.SetActivity{Kind: phone.ActivityTravel, Name: "Göteborg"})
	s.do(phone.PutItem{Item: phone.Plan{ID: "lunch", Kind: phone.ActivityLunch, From: "2026-01-05T12:00", To: "2026-01-05T13:00", Repeat: phone.RepeatDaily, Note: "Matsalen"}})
	if p := s.snapshot().Me.Plans; len(p) != 1 || !p[0].Next.Equal(epoch.Add(3*time.Hour)) {
		t.Fatalf("%+v", p)
	}
	s.after(3*time.Hour - s.now.Sub(epoch))
	if a := s.snapshot().Me.Activity; a.Kind != phone.ActivityLunch || a.From != "plan:lunch" || s.s.me.said != "Matsalen" {
		t.Fatalf("%+v", a)
	}
	// What is chosen during a plan goes before it.
	s.after(10 * time.Minute)
	s.do(phone.SetActivity{Kind: phone.ActivityAvailable})
	if a := s.snapshot().Me.Activity; a.Kind != phone.ActivityAvailable {
		t.Fatalf("%+v", a)
	}
	s.do(phone.SetActivity{Kind: phone.ActivityTravel, Name: "Göteborg"})
	s.after(24 * time.Hour)
	if a := s.snapshot().Me.Activity; a.Kind != phone.ActivityLunch {
		t.Fatalf("%+v", a)
	}
	s.after(time.Hour)
	if a := s.snapshot().Me.Activity; a.Kind != phone.ActivityTravel || a.Name != "Göteborg" {
		t.Fatalf("%+v", a)
	}
	s.refused(phone.SetActivity{Kind: phone.ActivityBusy, Until: s.now}, phone.ReasonPast)
	s.refused(phone.SetActivity{Kind: "nonsense"}, phone.ReasonBadCommand)
}

// A computer that slept, or was off, is where it should be when it wakes; so is one whose clock was set.
func TestActivityAfterSleep(t *testing.T) {
	s := newDesk(t)
	s.do(phone.PutItem{Item: phone.Plan{ID: "p", Kind: phone.ActivityMeeting, From: "2026-01-05T10:00", To: "2026-01-05T11:00"}})
	s.do(phone.SetNote{Text: "I stugan"})
	s.do(phone.SetActivity{Kind: phone.ActivityBusy, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 30}})
	kept := one(s, effects[fxRemember](s)).value
	s.now = epoch.Add(90 * time.Minute) // no clock has rung meanwhile
	s.in(inClock{})
	if a := s.snapshot().Me.Activity; a.Kind != phone.ActivityMeeting || !a.Since.Equal(epoch.Add(time.Hour)) {
		t.Fatalf("%+v", a)
	}
	other := newDesk(t)
	other.s.recall(kept)
	other.s.me.look = epoch
	other.now = epoch.Add(20 * time.Minute)
	other.in(inClock{})
	if me := other.snapshot().Me; me.Activity.Kind != phone.ActivityBusy || !me.Activity.Until.Equal(epoch.Add(30*time.Minute)) || me.Note != "I stugan" {
		t.Fatalf("%+v", me)
	}
	other.s.recall("damaged")
	if other.s.me.note != "I stugan" {
		t.Error("what cannot be read took something away")
	}
}

func TestPublished(t *testing.T) {
	s := newDesk(t)
	s.do(phone.SetActivity{Kind: phone.ActivityLunch, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 60}})
	p := one(s, sent[ua.Publish](s))
	told, err := pidf.Parse(p.Body)
	if err != nil || told.Activity != phone.ActivityLunch || told.Open || !told.Until.Equal(epoch.Add(time.Hour)) {
		t.Fatalf("%+v %v", told, err)
	}
	if m := s.snapshot().Me.Published; len(m) != 1 || m[0].State != phone.ConfirmAsking {
		t.Fatalf("%+v", m)
	}
	s.sip(ua.PublishDone{ID: p.ID})
	s.do(phone.SetNote{Text: "Åter 13"})
	p = one(s, sent[ua.Publish](s))
	if told, _ := pidf.Parse(p.Body); told.Note != "Åter 13" {
		t.Fatalf("%+v", told)
	}
	s.sip(ua.PublishDone{ID: p.ID, Reason: &phone.Reason{ID: phone.ReasonSIP, Code: 489}})
	if m := s.snapshot().Me.Published; m[0].State != phone.ConfirmRefused || m[0].Reason.Code != 489 {
		t.Fatalf("%+v", m)
	}
	s.in(inClock{})
	if len(sent[ua.Publish](s)) != 0 {
		t.Error("what was refused is told again and again")
	}
	s.do(phone.Set{Key: phone.KeyPublish, Value: "false"})
	one(s, sent[ua.Unpublish](s))
}

// Calls go where the activity says: by the exchange, which is asked back afterwards, or else by us.
func TestActivityDiverts(t *testing.T) {
	s := newDesk(t)
	s.do(phone.SetForward{Kind: phone.ForwardAll, Number: "2190"})
	s.confirm(s.asked("*21*2190#"))
	s.do(phone.PutItem{Item: phone.Link{Kind: phone.ActivityLunch, Number: "2199"}})
	s.do(phone.SetActivity{Kind: phone.ActivityLunch})
	s.confirm(s.asked("*21*2199#"))
	s.do(phone.SetActivity{Kind: phone.ActivityAvailable})
	s.confirm(s.asked("*21*2190#"))
	if f := s.snapshot().Forwards[0]; f.Number != "2190" {
		t.Fatalf("%+v", f)
	}
	plain := newDesk(t)
	plain.exchange("")
	plain.do(phone.SetActivity{Kind: phone.ActivityMeeting, Divert: phone.DivertNumber, Number: "2199"})
	if len(effects[fxOpen](plain)) != 0 {
		t.Fatal("a code was dialled that the exchange does not have")
	}
	plain.calls("in-1", ua.Incoming{}, phone.Caller{})
	if r := one(plain, sent[ua.Reject](plain)); r.Code != 302 || r.Contact != "2199" {
		t.Fatalf("%+v", r)
	}
}

func TestLampsOfPeople(t *testing.T) {
	s := newDesk(t)
	s.in(inPeople{state: phone.PeopleState{Revision: 2, Count: 3}, lines: []string{"2101", "2102", "2103"}})
	subs := sent[ua.Subscribe](s)
	presence := slices.DeleteFunc(slices.Clone(subs), func(a ua.Subscribe) bool { return a.Event != eventPresence })
	if len(subs) != 4 || len(presence) != 1 {
		t.Fatalf("an exchange that may have no presence is asked for %d people: %+v", len(presence), subs)
	}
	s.sip(ua.Notified{ID: presence[0].ID})
	if more := sent[ua.Subscribe](s); len(more) != 2 {
		t.Fatalf("%+v", more)
	}
	s.tellLine("2102", dialoginfo.Dialog{ID: "x", State: "confirmed", Direction: "initiator", Remote: dialoginfo.Participant{URI: "sip:0701@x"}})
	l := s.snapshot().LineOf("2102")
	if l.State != phone.LineBusy || l.Direction != phone.Outgoing || l.With.Number != "0701" {
		t.Fatalf("%+v", l)
	}
	s.tellPresence("2101", phone.Presence{Activity: phone.ActivityAvailable})
	s.tellLine("2101")
	if l := s.snapshot().LineOf("2101"); l.State != phone.LineOffline {
		t.Fatalf("%+v", l)
	}
	// Lost: the last word is believed for a while, and then shown as old.
	id := s.s.line(lineKey{"work", "2102"}).sub
	s.sip(ua.SubscriptionLost{ID: id, Reason: phone.Reason{ID: phone.ReasonNoReply}, Retry: time.Minute})
	if l := s.snapshot().LineOf("2102"); l.State != phone.LineBusy || l.Stale {
		t.Fatalf("%+v", l)
	}
	s.after(staleAfter)
	if l := s.snapshot().LineOf("2102"); !l.Stale || l.State != phone.LineBusy {
		t.Fatalf("%+v", l)
	}
	s.tellLine("2102")
	if l := s.snapshot().LineOf("2102"); l.Stale || l.State != phone.LineIdle {
		t.Fatalf("%+v", l)
	}
	s.do(phone.Set{Key: phone.KeyWatchPeople, Value: "none"})
	if len(s.snapshot().Lines) != 0 {
		t.Fatalf("%+v", s.snapshot().Lines)
	}
	// An exchange that has no presence is not asked again.
	bare := newDesk(t)
	bare.in(inPeople{state: phone.PeopleState{Revision: 2}, lines: []string{"2101", "2102"}})
	first := slices.DeleteFunc(sent[ua.Subscribe](bare), func(a ua.Subscribe) bool { return a.Event != eventPresence })
	bare.sip(ua.SubscriptionLost{ID: first[0].ID, Reason: phone.Reason{ID: phone.ReasonSIP, Code: 489}})
	if more := sent[ua.Subscribe](bare); len(more) != 0 {
		t.Fatalf("%+v", more)
	}
}

// BenchmarkLampBurst is five hundred lamps that change at once.
func BenchmarkLampBurst(b *testing.B) {
	s := newDesk(&testing.T{})
	var numbers []string
	for i := range 500 {
		numbers = append(numbers, fmt.Sprint(3000+i))
	}
	st, _ := reduce(s.s, s.now, inPeople{state: phone.PeopleState{Revision: 2, Count: 500}, lines: numbers})
	body := map[bool][]byte{}
	for _, busy := range []bool{false, true} {
		d := dialoginfo.Document{Entity: "sip:x@pbx.test", Full: true}
		if busy {
			d.Dialogs = []dialoginfo.Dialog{{ID: "x", State: "confirmed", Direction: "recipient", Remote: dialoginfo.Participant{URI: "sip:0701234567@x", Name: "Åsa Ek"}}}
		}
		body[busy] = d.Bytes()
	}
	for n := 0; b.Loop(); n++ {
		var in inTold
		for i := range st.lines {
			in.values = append(in.values, ua.Notified{ID: st.lines[i].sub, Body: body[n%2 == 0]})
			if len(in.values) == maxTogether {
				st, _ = reduce(st, s.now, in)
				_ = st.snapshot(1, s.now)
				in.values = nil
			}
		}
	}
}
