package engine

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/ua"
)

// tellLine lets the exchange say how a line stands.
func (s *script) tellLine(number string, dialogs ...dialoginfo.Dialog) {
	s.t.Helper()
	l := s.s.line(lineKey{"work", number})
	if l == nil || l.sub == "" {
		s.t.Fatalf("%s is not watched", number)
	}
	s.sip(ua.Notified{ID: l.sub, Body: dialoginfo.Document{Entity: "sip:" + number + "@pbx.test", Full: true, Dialogs: dialogs}.Bytes()})
}

var busyLine = dialoginfo.Dialog{ID: "b", State: dialoginfo.Confirmed, Direction: dialoginfo.Recipient}

func TestCampOn(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	s.do(phone.Set{Key: phone.KeyCampReminder, Value: "30"})
	a := s.incomingCall("in-1", "070111")
	s.do(phone.CampOn{Call: a, Target: "2114"})
	s.settleOffers()
	b := s.incomingCall("in-2", "070222")
	s.do(phone.CampOn{Call: b, Target: "2114"})
	s.settleOffers()
	s.tellLine("2114", busyLine)
	if x, y := s.s.call(a).Camp, s.s.call(b).Camp; x.Place != 1 || y.Place != 2 || x.Line != phone.LineBusy {
		t.Fatalf("%+v %+v", x, y)
	}
	s.after(30*time.Second + time.Millisecond)
	if !s.s.call(a).Camp.Reminder {
		t.Fatal("no reminder")
	}
	// Fetched, talked to, put back at the same place; the other does not pass.
	s.do(phone.SetHold{Call: a})
	s.settleOffers()
	if x := s.s.call(a).Camp; !x.Fetched || x.Place != 1 || x.Reminder || s.s.active() != a {
		t.Fatalf("%+v", x)
	}
	s.do(phone.PutBack{Call: a})
	s.settleOffers()
	if x := s.s.call(a).Camp; x.Fetched || x.Place != 1 {
		t.Fatalf("%+v", x)
	}
	// The target hangs up: the first goes through by itself.
	s.tellLine("2114")
	if !s.s.call(a).Camp.Offering || s.s.call(b).Camp.Offering {
		t.Fatal("the wrong one is offered")
	}
	_, leg := s.placed()
	s.sip(ua.Progress{Leg: leg, Code: 180})
	s.tellLine("2114", dialoginfo.Dialog{ID: "r", State: dialoginfo.Early, Direction: dialoginfo.Recipient})
	// Refused: the place is kept, and it is not tried again at once.
	s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteDeclined, Code: 603}})
	if x := s.s.call(a).Camp; x == nil || x.Offering || x.Place != 1 || x.LastError == nil {
		t.Fatalf("%+v", x)
	}
	s.tellLine("2114")
	if s.s.call(a).Camp.Offering {
		t.Fatal("offered again at once")
	}
	s.after(offerAgain + time.Millisecond)
	if !s.s.call(a).Camp.Offering {
		t.Fatal("never offered again")
	}
	k, leg := s.placed()
	s.sip(ua.Answered{Leg: leg, SDP: []byte("answer")})
	s.settled()
	if r := one(s, sent[ua.Refer](s)); r.Leg != "in-1" || r.With != leg {
		t.Fatalf("%+v", r)
	}
	s.sip(ua.ReferNotified{Leg: "in-1", Code: 200, Over: true})
	s.state(a, phone.StateEnding)
	s.state(k, phone.StateEnding)
	s.sip(ua.Ended{Leg: "in-1"})
	if s.s.call(b).Camp.Place != 1 {
		t.Fatal("the second does not move up")
	}
	// Taken back.
	s.do(phone.TakeBack{Call: b})
	if s.s.call(b).Camp != nil || s.s.active() != b {
		t.Fatal("not back with the second")
	}
}

func TestCampOnALineThatIsNotTold(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	a := s.incomingCall("in-1", "070111")
	s.do(phone.CampOn{Call: a, Target: "2114"})
	s.settleOffers()
	s.sip(ua.SubscriptionLost{ID: s.s.line(lineKey{"work", "2114"}).sub, Reason: phone.Reason{ID: phone.ReasonSIP, Code: 489}})
	c := s.state(a, phone.StateConnected)
	if c.Camp != nil || !c.holding || s.transfer(a, phone.TransferFailed).Reason.ID != phone.ReasonNotTold {
		t.Fatalf("%+v", c.Call)
	}
}

func TestParkAndRetrieve(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	a := s.incomingCall("in-1", "070111")
	s.do(phone.Park{Call: a, Slot: "701"})
	s.holdAnswered(a)
	if r := one(s, sent[ua.Refer](s)); r.Target != "701" {
		t.Fatalf("%+v", r)
	}
	s.sip(ua.ReferNotified{Leg: "in-1", Code: 200, Over: true})
	s.sip(ua.Ended{Leg: "in-1"})
	if c := s.state(a, phone.StateEnded); c.End.ID != phone.ReasonParked || c.End.Text != "701" {
		t.Fatalf("%+v", c.End)
	}
	if len(s.s.parked) != 1 || s.s.parked[0].Remote.Number != "070111" {
		t.Fatalf("%+v", s.s.parked)
	}
	s.tellLine("701", busyLine)
	if !s.s.parked[0].Told {
		t.Fatal("the exchange tells of the slot")
	}
	b := s.answeredCall(phone.Dial{Target: "2101"})
	s.do(phone.Hangup{Call: b})
	k := s.do(phone.Retrieve{Slot: "701"})
	s.in(inOpened{call: k, sdp: []byte("offer")})
	if v := one(s, sent[ua.Invite](s)); v.Target != "701" {
		t.Fatalf("%+v", v)
	}
	if s.s.call(k).Remote.Number != "070111" {
		t.Fatal("it is not shown who is fetched")
	}
	s.sip(ua.Answered{Leg: s.s.call(k).leg, SDP: []byte("answer")})
	if len(s.s.parked) != 0 {
		t.Fatal("still parked")
	}
}

func TestTheExchangeNamesTheSlot(t *testing.T) {
	for text, want := range map[string]string{"Parked in 701": "701", "OK": "", "": "", "Parked at 12345678901": ""} {
		s := newScript(t)
		s.exchange(sipExchange)
		a := s.incomingCall("in-1", "070111")
		s.do(phone.Park{Call: a})
		s.holdAnswered(a)
		if r := one(s, sent[ua.Refer](s)); r.Target != "700" {
			t.Fatalf("%+v", r)
		}
		s.sip(ua.ReferNotified{Leg: "in-1", Code: 200, Text: text, Over: true})
		if len(s.s.parked) != 1 || s.s.parked[0].Slot != want {
			t.Errorf("%q: %+v, want slot %q", text, s.s.parked, want)
		}
	}
}

func TestPickupByDialogEvent(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	k := s.do(phone.Pickup{Target: "2114"})
	if len(effects[fxOpen](s)) != 0 {
		t.Fatal("called before it is known what rings")
	}
	s.tellLine("2114", dialoginfo.Dialog{
		ID: "1", CallID: "abc", LocalTag: "phone", RemoteTag: "pbx", State: dialoginfo.Early, Direction: dialoginfo.Recipient,
		Remote: dialoginfo.Participant{URI: "sip:070333@pbx.test", Name: "Maria"},
	})
	s.in(inOpened{call: k, sdp: []byte("offer")})
	v := one(s, sent[ua.Invite](s))
	if v.Replaces == nil || *v.Replaces != (ua.Replaces{CallID: "abc", ToTag: "pbx", FromTag: "phone", EarlyOnly: true}) {
		t.Fatalf("%+v", v.Replaces)
	}
	if s.s.call(k).Remote.Name != "Maria" {
		t.Fatal("it is not shown who calls")
	}
	// Nothing rings there.
	k = s.do(phone.Pickup{Target: "2126"})
	s.tellLine("2126")
	s.after(lookPatience + time.Millisecond)
	if c := s.state(k, phone.StateEnded); c.End.ID != phone.ReasonNothingThere {
		t.Fatalf("%+v", c.End)
	}
}

func TestOwnCallElsewhereIsPulled(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	s.in(inClock{})
	ours := s.incomingCall("in-1", "070111")
	other := dialoginfo.Dialog{
		ID: "x", CallID: "their-cid", LocalTag: "l", RemoteTag: "r", State: dialoginfo.Confirmed, Direction: dialoginfo.Recipient,
		Remote: dialoginfo.Participant{URI: "sip:070999@pbx.test"},
	}
	mine := dialoginfo.Dialog{ID: "m", CallID: "cid-in-1", LocalTag: "a", RemoteTag: "b", State: dialoginfo.Confirmed}
	s.tellLine("2100", mine, other)
	all := s.s.elsewhere()
	if len(all) != 1 || all[0].Remote.Number != "070999" || !all[0].Pull {
		t.Fatalf("%+v", all)
	}
	k := s.do(phone.Pull{})
	s.in(inOpened{call: k, sdp: []byte("offer")})
	if v := one(s, sent[ua.Invite](s)); v.Replaces == nil || v.Replaces.ToTag != "r" || v.Replaces.FromTag != "l" || v.Replaces.EarlyOnly {
		t.Fatalf("%+v", v)
	}
	if !s.s.call(ours).holding {
		t.Fatal("our other call is not held")
	}
	s.refused(phone.Pull{ID: "work:nobody"}, phone.ReasonNothingThere)
	s.refused(phone.Move{Call: ours, Device: "mobile"}, phone.ReasonNoMobile)
}

func TestDialViaAnotherTelephone(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	s.s.accounts[0].Mobile = "0700000001"
	id := s.do(phone.Dial{Target: "2114", Via: "mobile"})
	s.in(inOpened{call: id, sdp: []byte("offer")})
	if v := one(s, sent[ua.Invite](s)); v.Target != "0700000001" {
		t.Fatalf("%+v", v)
	}
	s.sip(ua.Answered{Leg: s.s.call(id).leg, SDP: []byte("answer")})
	s.in(inAgreed{call: id, agreed: opus})
	s.holdAnswered(id)
	if r := one(s, sent[ua.Refer](s)); r.Target != "2114" {
		t.Fatalf("%+v", r)
	}
}

func TestDigitsAfterAnswer(t *testing.T) {
	s := newScript(t)
	typed := s.do(phone.Dial{Target: "600,12#"})
	if c := s.s.call(typed); c.target != "600" || c.onAnswer != ",12#" {
		t.Fatalf("calls %q and then sends %q", c.target, c.onAnswer)
	}
	s.refused(phone.Dial{Target: "600,1 2"}, phone.ReasonBadTarget)
	s.do(phone.Hangup{Call: typed})
	id := s.answeredCall(phone.Dial{Target: "600", Digits: "12#"})
	var got string
	for range 20 {
		for _, d := range effects[fxDigit](s) {
			got += string(d.digit)
		}
		if got == "12#" {
			return
		}
		s.now = s.s.wake(s.now)
		s.in(inClock{})
	}
	t.Fatalf("sent %q on call %d", got, id)
}

func TestServiceCodes(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	id := s.do(phone.Dial{Target: "2114", How: phone.FeatureBypass})
	s.in(inOpened{call: id, sdp: []byte("offer")})
	if v := one(s, sent[ua.Invite](s)); v.Target != "*60*2114#" {
		t.Fatalf("%+v", v)
	}
	if s.s.call(id).Remote.Number != "2114" {
		t.Fatal("the code is shown instead of the number")
	}
}

func TestRecording(t *testing.T) {
	s := newScript(t)
	id := s.connected("2101")
	s.do(phone.Record{Call: id, On: true})
	fx := one(s, effects[fxRecord](s))
	if fx.entry.Remote.Number != "2101" || !fx.entry.Stereo || fx.entry.Format != phone.FormatWAV {
		t.Fatalf("%+v", fx.entry)
	}
	if !fx.entry.Call.Equal(s.s.call(id).Created) {
		t.Errorf("of a call of %s, not %s: the history will not find it", fx.entry.Call, s.s.call(id).Created)
	}
	if s.party(id).tap {
		t.Fatal("tapped before the file is open")
	}
	s.in(inRecording{call: id, id: 7})
	if p := s.party(id); !p.tap || p.beep {
		t.Fatalf("%+v", p)
	}
	s.refused(phone.DeleteRecording{ID: 7}, phone.ReasonWrongState)
	s.in(inRecordingFailed{id, fmt.Errorf("write: %w", syscall.ENOSPC)})
	if c := s.state(id, phone.StateConnected); c.Recording.On {
		t.Fatal("still shown as recording")
	}
	if why := one(s, effects[fxStopRecording](s)).why; why == nil || why.ID != phone.ReasonDiskFull {
		t.Fatalf("%+v", why)
	}
	if !slices.ContainsFunc(s.s.faults, func(r phone.Reason) bool { return r.ID == phone.ReasonDiskFull }) {
		t.Fatal("nobody is told")
	}
	// A folder that cannot be written.
	s.do(phone.Record{Call: id, On: true})
	s.in(inRecording{call: id, err: errors.New("read-only")})
	if s.s.call(id).Recording.On {
		t.Fatal("shown as recording")
	}
	// The end of the call ends the recording.
	s.do(phone.Record{Call: id, On: true})
	s.in(inRecording{call: id, id: 8})
	s.sip(ua.Ended{Leg: s.s.call(id).leg, ByRemote: true})
	one(s, effects[fxStopRecording](s))
}

func TestPlaying(t *testing.T) {
	s := newScript(t)
	s.do(phone.PlayRecording{ID: 3})
	s.in(inPlaying{sound: sound{id: 3}, length: 10 * time.Second})
	s.now = s.now.Add(4 * time.Second)
	s.do(phone.StopPlaying{Pause: true})
	if p := s.s.playing.view(); p == nil || !p.Paused || p.Position != 4*time.Second {
		t.Fatalf("%+v", p)
	}
	s.do(phone.PlayRecording{ID: 3})
	if fx := one(s, effects[fxPlay](s)); fx.from != 4*time.Second {
		t.Fatalf("%+v", fx)
	}
	s.in(inPlaying{sound: sound{id: 3}, from: 4 * time.Second, length: 10 * time.Second})
	s.after(6*time.Second + time.Millisecond)
	if s.s.playing.view() != nil {
		t.Fatal("still playing")
	}
}

func TestSecondCallAndAutomaticAnswer(t *testing.T) {
	s := newScript(t)
	a := s.connected("2101")
	s.do(phone.Set{Key: phone.KeyCallWaiting, Value: "false"})
	s.sip(ua.Incoming{Leg: "in-9", Account: "work", From: phone.Party{Number: "2114"}, SDP: []byte("o")})
	if r := one(s, sent[ua.Reject](s)); r.Code != 486 {
		t.Fatalf("%+v", r)
	}
	if h := one(s, effects[fxHistory](s)).entry; h.Outcome != phone.OutcomeMissed {
		t.Fatalf("%+v", h)
	}
	s.do(phone.Set{Key: phone.KeyCallWaiting, Value: "true"})
	// By the exchange's wish, never by a stranger's, never over another call.
	s.do(phone.Set{Key: phone.KeyAutoAnswer, Value: "pbx"})
	wish := []ua.Header{{Name: "Call-Info", Value: "<sip:pbx>;answer-after=0"}}
	ring := func(leg ua.LegID, own bool) phone.CallID {
		s.sip(ua.Incoming{Leg: leg, Account: "work", From: phone.Party{Number: "2114"}, SDP: []byte("o"), Headers: wish, Own: own})
		id := s.s.lastCall
		s.in(inOpened{call: id, sdp: []byte("answer"), agreed: &opus})
		s.after(time.Millisecond)
		s.in(inClock{})
		return id
	}
	s.state(ring("in-10", true), phone.StateIncoming)
	s.do(phone.Hangup{Call: a})
	s.sip(ua.Ended{Leg: s.s.call(a).leg})
	s.sip(ua.Ended{Leg: "in-10", ByRemote: true})
	s.state(ring("in-11", false), phone.StateIncoming)
	s.sip(ua.Ended{Leg: "in-11", ByRemote: true})
	s.state(ring("in-12", true), phone.StateAnswering)
}

func TestNextCallIsOffered(t *testing.T) {
	s := newScript(t)
	a := s.connected("2101")
	b := s.connected("2114")
	s.settleOffers()
	if s.s.next() != 0 {
		t.Fatal("something is offered during a call")
	}
	s.do(phone.Hangup{Call: b})
	if s.s.next() != a {
		t.Fatalf("next %d", s.s.next())
	}
	c := s.ringing("in-5")
	if s.s.next() != c {
		t.Fatalf("next %d, want the ringing one", s.s.next())
	}
	if !s.s.sound.ring {
		t.Fatal("a call does not ring although we talk to nobody")
	}
}
