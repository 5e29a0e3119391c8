package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/eventlist"
	"svara/phone/mwi"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// codes is an exchange that does by codes what this file asks for.
const codes = `
[call]
withheld = "dial:*31*{number}#"
[forward.all]
on = "dial:*21*{number}#"
off = "dial:#21#"
[forward.busy]
on = "dial:*67*{number}#"
off = "dial:#67#"
[profile]
on = "dial:*24*{profile}{*time}#"
off = "dial:#24#"
[queue]
login = "dial:*75*{queue}#"
logout = "dial:#75*{queue}#"
hint = "watch:{queue}"
login_hint = "watch:*75*{queue}"
night_hint = "watch:*76*{queue}"
`

// newDesk is a phone with books, mail and an exchange with codes, as New makes one.
func newDesk(t *testing.T) *script {
	s := newScript(t)
	s.exchange(codes)
	s.s.set = newSetUp(nil)
	s.s.has = has{people: true, books: true, voicemail: true, texts: true}
	s.s.local = time.UTC
	s.s.me.now, s.s.me.look = phone.Activity{Kind: phone.ActivityAvailable, Rings: true}, epoch
	s.in(inClock{})
	return s
}

func (s *script) snapshot() *phone.Snapshot { return s.s.snapshot(1, s.now) }

// asked is the call to a code that the last command made.
func (s *script) asked(code string) ua.LegID {
	s.t.Helper()
	open := one(s, effects[fxOpen](s))
	if open.target != code {
		s.t.Fatalf("dialled %q, want %q", open.target, code)
	}
	s.in(inOpened{call: open.call, sdp: []byte("offer")})
	return s.s.call(open.call).leg
}

// confirm answers a call to a code and ends it as usual.
func (s *script) confirm(leg ua.LegID) {
	s.t.Helper()
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}, Cause: causeNormal})
}

func TestForwardingIsOnWhenTheExchangeSaysSo(t *testing.T) {
	s := newDesk(t)
	if f := s.snapshot().Forwards; len(f) != 2 || f[0].State != phone.ConfirmUnknown {
		t.Fatalf("%+v", f)
	}
	s.do(phone.SetForward{Kind: phone.ForwardAll, Number: "070-123 45 67"})
	leg := s.asked("*21*0701234567#")
	if snap := s.snapshot(); len(snap.Calls) != 0 || snap.Active != 0 || snap.Forwards[0].State != phone.ConfirmAsking || snap.Forwards[0].Asked != "0701234567" {
		t.Fatalf("%+v %+v", snap.Calls, snap.Forwards)
	}
	s.refused(phone.SetForward{Kind: phone.ForwardAll}, phone.ReasonWrongState)
	s.confirm(leg)
	f := s.snapshot().Forwards[0]
	if f.State != phone.ConfirmOn || f.Number != "0701234567" || f.Reason != nil {
		t.Fatalf("%+v", f)
	}
	if len(effects[fxHistory](s)) != 0 {
		t.Error("it is in the history")
	}
	// What is refused leaves what was so as it was.
	s.do(phone.SetForward{Kind: phone.ForwardAll})
	s.sip(ua.Ended{Leg: s.asked("#21#"), ByRemote: true, Reason: phone.Reason{ID: phone.ReasonNotPermitted, Code: 403, Text: "Inte tillåtet"}})
	f = s.snapshot().Forwards[0]
	if f.State != phone.ConfirmRefused || f.Number != "0701234567" || f.Reason == nil || f.Reason.Text != "Inte tillåtet" {
		t.Fatalf("%+v", f)
	}
	// An announcement that ends with a cause is a refusal too.
	s.do(phone.SetForward{Kind: phone.ForwardBusy, Number: "2199"})
	leg = s.asked("*67*2199#")
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}, Cause: 21})
	if f := s.snapshot().Forwards[1]; f.State != phone.ConfirmRefused {
		t.Fatalf("%+v", f)
	}
	// One that does not answer is not believed, one that does not hang up is.
	s.do(phone.SetForward{Kind: phone.ForwardBusy, Number: "2199"})
	leg = s.asked("*67*2199#")
	s.after(serviceAnswer)
	s.sip(ua.Ended{Leg: leg, Reason: phone.Reason{ID: phone.ReasonCancelled}})
	if f := s.snapshot().Forwards[1]; f.State != phone.ConfirmRefused || f.Reason.ID != phone.ReasonNotConfirmed {
		t.Fatalf("%+v", f)
	}
	s.do(phone.SetForward{Kind: phone.ForwardBusy, Number: "2199"})
	leg = s.asked("*67*2199#")
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.after(serviceHear)
	s.sip(ua.Ended{Leg: leg, Reason: phone.Reason{ID: phone.ReasonHangup}})
	if f := s.snapshot().Forwards[1]; f.State != phone.ConfirmOn {
		t.Fatalf("%+v", f)
	}
	s.refused(phone.SetForward{Kind: phone.ForwardNoAnswer, Number: "2199"}, phone.ReasonNotSupported)
	s.refused(phone.SetForward{Kind: phone.ForwardAll, Number: "112"}, phone.ReasonEmergency)
	s.refused(phone.SetForward{Kind: phone.ForwardAll, Number: "2100"}, phone.ReasonOwnNumber)
}

// The announcement of a code is heard, but takes nobody's place.
func TestServiceBesideACall(t *testing.T) {
	s := newDesk(t)
	s.do(phone.SetForward{Kind: phone.ForwardAll, Number: "2199"})
	leg := s.asked("*21*2199#")
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.in(inAgreed{call: s.s.callByLeg(leg).ID, agreed: opus})
	if p := s.party(s.s.callByLeg(leg).ID); !p.listen || !p.micOff {
		t.Fatalf("%+v", p)
	}
	call := s.connected("2101")
	if p := s.party(s.s.callByLeg(leg).ID); p.listen || !p.micOff {
		t.Fatalf("%+v", p)
	}
	if s.snapshot().Active != call || len(s.snapshot().Calls) != 1 {
		t.Fatalf("%+v", s.snapshot().Calls)
	}
}

func TestProfile(t *testing.T) {
	s := newDesk(t)
	s.refused(phone.SetProfile{Number: "3", Time: "12345"}, phone.ReasonBadTime)
	s.do(phone.SetProfile{Number: "3", Time: "045"})
	s.confirm(s.asked("*24*3*045#"))
	p := s.snapshot().Profile[0]
	if p.State != phone.ConfirmOn || p.Number != "3" || !p.Until.Equal(s.now.Add(45*time.Minute)) {
		t.Fatalf("%+v", p)
	}
	s.after(45 * time.Minute)
	if p := s.snapshot().Profile[0]; p.State != phone.ConfirmOff {
		t.Fatalf("%+v", p)
	}
	s.do(phone.SetProfile{Number: "2"})
	s.confirm(s.asked("*24*2#"))
	s.do(phone.SetProfile{})
	s.confirm(s.asked("#24#"))
	if p := s.snapshot().Profile[0]; p.State != phone.ConfirmOff {
		t.Fatalf("%+v", p)
	}
}

func TestQueues(t *testing.T) {
	s := newDesk(t)
	s.do(phone.PutItem{Item: phone.Queue{ID: "9000", Name: "Växeln", Place: 1}})
	one(s, effects[fxPutItem](s))
	var targets []string
	for _, a := range sent[ua.Subscribe](s) {
		targets = append(targets, a.Event+" "+a.Target)
	}
	slices.Sort(targets)
	if want := []string{"dialog *75*9000", "dialog *76*9000", "dialog 9000", "presence 9000"}; !slices.Equal(targets, want) {
		t.Fatalf("%v", targets)
	}
	if len(s.snapshot().Lines) != 0 {
		t.Errorf("a queue's lines are shown as people's: %+v", s.snapshot().Lines)
	}
	s.do(phone.LogIn{On: true})
	s.confirm(s.asked("*75*9000#"))
	if q := s.snapshot().Queues[0]; q.Login != phone.ConfirmOn {
		t.Fatalf("%+v", q)
	}
	s.tellLine("*75*9000", dialoginfo.Dialog{ID: "1", State: "confirmed"})
	s.tellLine("9000", dialoginfo.Dialog{ID: "a", State: "early", Duration: 17 * time.Second}, dialoginfo.Dialog{ID: "b", State: "early"},
		dialoginfo.Dialog{ID: "c", State: "confirmed"})
	s.tellPresence("9000", phone.Presence{Open: true, Agents: []phone.AgentState{{ID: "2100", Open: true}, {ID: "2101"}}})
	s.tellLine("*76*9000", dialoginfo.Dialog{ID: "n", State: "confirmed"})
	q := s.snapshot().Queues[0]
	if !q.Counted || q.Waiting != 2 || q.LoggedIn != 2 || q.Available != 1 || !q.Night || q.Login != phone.ConfirmOn || !q.Longest.Equal(s.now.Add(-17*time.Second)) {
		t.Fatalf("%+v", q)
	}
	// Somebody else logs us out.
	s.tellLine("*75*9000")
	if q := s.snapshot().Queues[0]; q.Login != phone.ConfirmOff {
		t.Fatalf("%+v", q)
	}
	s.do(phone.LogIn{Queues: []phone.QueueID{"9000"}, On: true})
	s.sip(ua.Ended{Leg: s.asked("*75*9000#"), ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteDeclined, Code: 403, Text: "Tjänsten är inte aktiv"}})
	if q := s.snapshot().Queues[0]; q.Login != phone.ConfirmRefused || q.Reason.ID != phone.ReasonNotMember || q.Reason.Text != "Tjänsten är inte aktiv" {
		t.Fatalf("%+v", q)
	}
	s.do(phone.LogIn{}) // out of all: we are not in this one
	if q := s.snapshot().Queues[0]; q.Login != phone.ConfirmRefused || !q.Asked {
		t.Fatalf("%+v", q)
	}
	s.refused(phone.LogIn{Queues: []phone.QueueID{"1"}}, phone.ReasonNoItem)
	s.do(phone.RemoveItem{Kind: phone.ItemQueue, Key: "9000"})
	if len(sent[ua.Unsubscribe](s)) != 4 || len(s.snapshot().Queues) != 0 {
		t.Fatalf("%+v", s.fx)
	}
}

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

func TestMessageWaiting(t *testing.T) {
	s := newDesk(t)
	w := &s.s.voicemail.told[0]
	s.sip(ua.Notified{ID: w.sub, Body: mwi.Summary{Waiting: true, Account: "sip:98@pbx.test", New: 2, Old: 1, Counted: true}.Bytes()})
	v := s.snapshot().Voicemail
	if v.New() != 2 || !v.Boxes[0].Known || v.Boxes[0].Dial != "98" || v.Revision == 0 {
		t.Fatalf("%+v", v)
	}
	if len(s.events) != 1 || s.events[0].State != "new" {
		t.Fatalf("%+v", s.events)
	}
	s.in(inMail{boxes: []phone.Mailbox{{ID: "office", Account: "work", New: 5, Known: true, Visual: true}}, revision: 3})
	if n := s.snapshot().Voicemail.New(); n != 5 {
		t.Fatalf("%d counted twice", n)
	}
	s.refused(phone.PlayVoicemail{ID: "office/1/1"}, phone.ReasonNoMailbox)
	s.do(phone.PutMailServer{Server: phone.MailServer{ID: "office", Address: "mail.test", User: "anna"}})
	s.do(phone.PlayVoicemail{ID: "office/1/1", Speed: 2})
	if p := s.snapshot().Playing; p == nil || !p.Loading || p.Speed != 2 {
		t.Fatalf("%+v", p)
	}
	s.in(inPlaying{sound: sound{message: "office/1/1"}, length: 10 * time.Second})
	if m := one(s, effects[fxMessage](s)); !m.mark || !m.played {
		t.Fatalf("%+v", m)
	}
	s.now = s.now.Add(4 * time.Second)
	s.do(phone.StopPlaying{Pause: true})
	if p := s.snapshot().Playing; p.Position != 8*time.Second {
		t.Fatalf("at double speed after 4 s: %v", p.Position)
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

// An exchange with a list of everybody is asked once; who is not in it is asked for alone.
func TestListOfColleagues(t *testing.T) {
	s := newDesk(t)
	s.exchange(codes + "[lamps]\nlist = \"watch:colleagues\"\n")
	s.in(inPeople{state: phone.PeopleState{Revision: 2, Count: 3}, lines: []string{"2101", "2102", "2103"}})
	subs := sent[ua.Subscribe](s)
	if len(subs) != 2 || !subs[0].List || subs[0].Target != "colleagues" || subs[0].Event != eventDialog || subs[1].Event != eventPresence {
		t.Fatalf("%+v", subs)
	}
	busy := dialoginfo.Document{Entity: "sip:2101@pbx.test", Full: true, Dialogs: []dialoginfo.Dialog{{ID: "x", State: "confirmed"}}}
	idle := dialoginfo.Document{Entity: "sip:2102@pbx.test", Full: true}
	active := func(number string, body []byte) eventlist.Resource {
		return eventlist.Resource{URI: "sip:" + number + "@pbx.test", State: "active", ContentType: "application/dialog-info+xml", Body: body}
	}
	kind, body := eventlist.List{URI: "sip:colleagues@pbx.test", Full: true, Resources: []eventlist.Resource{active("2101", busy.Bytes()), active("2102", idle.Bytes())}}.Build()
	s.sip(ua.Notified{ID: subs[0].ID, ContentType: kind, Body: body})
	if len(sent[ua.Subscribe](s)) != 0 || s.snapshot().LineOf("2101").State != phone.LineBusy || s.snapshot().LineOf("2102").State != phone.LineIdle {
		t.Fatalf("%+v", s.snapshot().Lines)
	}
	kind, body = eventlist.List{URI: "sip:colleagues@pbx.test", Full: true, Resources: []eventlist.Resource{
		active("2102", pidf.Build("sip:2102@pbx.test", phone.Presence{Activity: phone.ActivityLunch}, s.now)),
	}}.Build()
	s.sip(ua.Notified{ID: subs[1].ID, ContentType: kind, Body: body})
	if l := s.snapshot().LineOf("2102"); l.Presence == nil || l.Presence.Activity != phone.ActivityLunch {
		t.Fatalf("%+v", l)
	}
	s.now = s.now.Add(listPatience)
	s.in(inClock{})
	var alone []string
	for _, a := range sent[ua.Subscribe](s) {
		alone = append(alone, a.Event+" "+a.Target)
	}
	slices.Sort(alone)
	if want := []string{"dialog 2103", "presence 2101", "presence 2103"}; !slices.Equal(alone, want) {
		t.Fatalf("%v", alone)
	}
	// Refused later: everybody is asked for alone, and the last word stays meanwhile.
	s.sip(ua.SubscriptionLost{ID: subs[0].ID, Reason: phone.Reason{ID: phone.ReasonSIP, Code: 404}})
	if got := sent[ua.Subscribe](s); len(got) != 2 || s.snapshot().LineOf("2101").State != phone.LineBusy {
		t.Fatalf("%+v", got)
	}
}
