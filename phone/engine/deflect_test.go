package engine

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// A call that rings is sent on unanswered; the target's line tells what becomes of it.
func TestDeflect(t *testing.T) {
	const target = "2114"
	for _, c := range []struct {
		name  string
		line  []string            // what is told of the target's dialogs, in order
		now   phone.TransferState // when it has been told
		later phone.TransferState // when the exchange has had its time; empty: no longer in view
		why   phone.ReasonID      // of the last of them
	}{
		{"answered there", []string{"idle", "early", "confirmed"}, phone.TransferDone, "", ""},
		{"not answered there", []string{"idle", "early", "terminated"}, phone.TransferFailed, "", phone.ReasonNoAnswer},
		{"rings there", []string{"idle", "early"}, phone.TransferRinging, phone.TransferRinging, ""},
		{"the exchange does not send it on", []string{"idle"}, phone.TransferUnknown, phone.TransferFailed, phone.ReasonNotFollowed},
		{"the line is not told of", nil, phone.TransferUnknown, "", phone.ReasonTransferUnknown},
		{"busy with somebody else", []string{"confirmed"}, phone.TransferUnknown, "", phone.ReasonTransferUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t)
			id := s.ringing("in-1")
			s.do(phone.Deflect{Target: target})
			if r := one(s, sent[ua.Reject](s)); r.Leg != "in-1" || r.Code != 302 || r.Contact != target || r.Why != "deflection" {
				t.Errorf("refused with %+v", r)
			}
			entry := one(s, effects[fxHistory](s)).entry
			if entry.Outcome != phone.OutcomeDeflected || entry.Reason.Text != target || !entry.Seen || s.s.history.Missed != 0 {
				t.Errorf("written down as %+v, %d missed", entry, s.s.history.Missed)
			}
			sub := one(s, sent[ua.Subscribe](s))
			if sub.Target != target || sub.Event != "dialog" {
				t.Errorf("asked for %+v", sub)
			}
			s.state(id, phone.StateEnded)
			s.sip(ua.Ended{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonDeclined, Code: 302}})
			if x := s.transfer(id, phone.TransferUnknown); x.Undo || x.Kind != phone.TransferDeflect {
				t.Errorf("%+v", x)
			}
			for i, state := range c.line {
				s.now = s.now.Add(100 * time.Millisecond)
				s.sip(ua.Notified{ID: sub.ID, Body: targetLine(i, state)})
			}
			x := s.transfer(id, c.now)
			s.after(deflectPatience)
			if k := s.s.call(id); c.later == "" && k != nil || c.later != "" && k == nil {
				t.Fatalf("in view: %v", k != nil)
			}
			if c.later != "" {
				x = s.transfer(id, c.later)
			}
			if (x.Reason == nil) != (c.why == "") || x.Reason != nil && x.Reason.ID != c.why {
				t.Errorf("reason %+v, want %s", x.Reason, c.why)
			}
			if c.why == phone.ReasonNotFollowed && s.s.call(id).End.ID != c.why {
				t.Errorf("the card says %+v", s.s.call(id).End)
			}
		})
	}
}

// targetLine is a document about the line that a call was sent on to; idle is no dialog at all.
func targetLine(version int, state string) []byte {
	body := ""
	if state != "idle" {
		body = `<dialog id="1" direction="recipient"><state>` + state + `</state><remote><identity>sip:2101@pbx.test</identity></remote></dialog>`
	}
	return []byte(`<dialog-info version="` + string(rune('0'+version)) + `" state="full" entity="sip:2114@pbx.test">` + body + `</dialog-info>`)
}

func TestDeflectRefused(t *testing.T) {
	s := newScript(t)
	s.refused(phone.Deflect{Target: "2114"}, phone.ReasonNoCall)
	id := s.ringing("in-1")
	for target, want := range map[string]phone.ReasonID{
		"": phone.ReasonBadTarget, "  ": phone.ReasonBadTarget, "a b": phone.ReasonBadTarget, "2100": phone.ReasonOwnNumber,
		"sip:2100@pbx.test": phone.ReasonOwnNumber, "112": phone.ReasonEmergency, "2101": phone.ReasonBadTarget,
		"sip:x@pbx.test?Replaces=1": phone.ReasonBadTarget,
	} {
		s.refused(phone.Deflect{Call: id, Target: target}, want)
	}
	s.state(id, phone.StateIncoming)
	s.do(phone.Answer{})
	s.refused(phone.Deflect{Call: id, Target: "2114"}, phone.ReasonWrongState)
}

// The number goes out as the exchange dials it.
func TestDeflectDialsAsTheExchangeDoes(t *testing.T) {
	s := newScript(t)
	s.exchange("[numbers]\ninternational = \"00\"\n")
	s.ringing("in-1")
	s.do(phone.Deflect{Target: "+46 70 174 06 05"})
	if r := one(s, sent[ua.Reject](s)); r.Contact != "0046701740605" {
		t.Errorf("sent on to %q", r.Contact)
	}
}
