package engine

import (
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
