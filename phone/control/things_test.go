package control

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
)

func TestWaitForAThing(t *testing.T) {
	r := run(t, nil)
	for condition, c := range map[string]struct {
		change   func(*phone.Snapshot) // makes it so
		event    phone.Event           // tells of it, where something does
		standing string                // of the same when it is not so
	}{
		"line:2101=offline": {
			func(s *phone.Snapshot) { s.Lines = []phone.Line{{Number: "2101", State: phone.LineOffline}} },
			phone.Event{Kind: phone.EventLine, Value: "2101", State: "offline"}, "not watched",
		},
		"queue:640=on": {
			func(s *phone.Snapshot) {
				s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "641"}}, {Queue: phone.Queue{ID: "640"}, Login: phone.ConfirmOn}}
			},
			phone.Event{Kind: phone.EventQueue, Value: "640", State: "on"}, "640 is asking",
		},
		"forward:all=off": {
			func(s *phone.Snapshot) {
				s.Forwards = []phone.Forward{{Kind: phone.ForwardBusy, State: phone.ConfirmOn}, {Kind: phone.ForwardAll, State: phone.ConfirmOff}}
			},
			phone.Event{Kind: phone.EventForward, Value: "all", State: "off"}, "all is asking",
		},
		"profile=refused": {
			func(s *phone.Snapshot) { s.Profile = []phone.ProfileStatus{{State: phone.ConfirmRefused}} },
			phone.Event{Kind: phone.EventProfile, Value: "3", State: "refused"}, "the exchange has no way for it",
		},
		"published=on": {
			func(s *phone.Snapshot) {
				s.Me.Published = []phone.Published{{Account: "a", State: phone.ConfirmOff}, {Account: "b", State: phone.ConfirmOn}}
			},
			phone.Event{}, "no account tells",
		},
		"activity:lunch": {
			func(s *phone.Snapshot) { s.Me.Activity.Kind = phone.ActivityLunch },
			phone.Event{Kind: phone.EventActivity, Value: "lunch", State: "planned"}, "activity is busy",
		},
		"book:company=fresh": {
			func(s *phone.Snapshot) {
				s.People.Books = []phone.BookStatus{{Book: phone.Book{ID: "company"}, State: phone.BookFresh}}
			},
			phone.Event{Kind: phone.EventBook, Value: "company", State: "fresh"}, "no such address book",
		},
		"voicemail:2": {
			func(s *phone.Snapshot) { s.Voicemail.Boxes = []phone.Mailbox{{ID: "b", New: 2}} },
			phone.Event{}, "0 new voice messages",
		},
	} {
		other := func(s *phone.Snapshot) {
			s.Lines, s.Profile, s.People.Books, s.Me.Published, s.Voicemail.Boxes = nil, nil, nil, nil, nil
			s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "641"}, Login: phone.ConfirmOn}, {Queue: phone.Queue{ID: "640"}, Login: phone.ConfirmAsking}}
			s.Forwards = []phone.Forward{{Kind: phone.ForwardAll, State: phone.ConfirmAsking}, {Kind: phone.ForwardBusy, State: phone.ConfirmOff}}
			s.Me.Activity.Kind = phone.ActivityBusy
		}
		r.Change(other)
		w := waiting(t, r, condition)
		stillWaiting(t, w)
		r.Change(c.change)
		if err := outcome(t, w); err != nil {
			t.Errorf("%s: %v", condition, err)
		}
		if err := outcome(t, waiting(t, r, condition)); err != nil {
			t.Errorf("%s, already so: %v", condition, err)
		}
		r.Change(other)
		_, err := r.dial(t).Wait(t.Context(), condition, 20*time.Millisecond)
		wantReason(t, err, ReasonTimedOut)
		if err == nil || !strings.HasSuffix(err.Error(), condition+": "+c.standing) {
			t.Errorf("%s: %v, want %s", condition, err, c.standing)
		}
		if c.event.Kind == "" {
			continue
		}
		w = waiting(t, r, condition)
		r.Change(nil, phone.Event{Kind: c.event.Kind, Value: "another", State: "another"}, phone.Event{Kind: phone.EventInbox, Value: c.event.Value, State: c.event.State})
		if c.event.Kind == phone.EventActivity {
			r.Change(nil, phone.Event{Kind: c.event.Kind, Value: c.event.Value, State: "ended"})
		}
		stillWaiting(t, w)
		r.Change(nil, c.event) // it lasts a moment only
		if err := outcome(t, w); err != nil {
			t.Errorf("%s, seen: %v", condition, err)
		}
	}
}

// What the exchange has refused is not waited for to the end.
func TestWaitForARefusedThing(t *testing.T) {
	r := run(t, nil)
	refused := &phone.Reason{ID: phone.ReasonNotMember, Code: 403, Text: "Service not active"}
	login := func(state phone.ConfirmState) func(*phone.Snapshot) {
		return func(s *phone.Snapshot) {
			var why *phone.Reason
			if state == phone.ConfirmRefused {
				why = refused
			}
			s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "641"}, Login: phone.ConfirmOff}, {Queue: phone.Queue{ID: "640"}, Login: state, Reason: why}}
			s.Forwards = []phone.Forward{{Account: "a", Kind: phone.ForwardAll, State: state, Reason: why}, {Account: "b", Kind: phone.ForwardAll, State: phone.ConfirmUnknown}}
			s.Profile = []phone.ProfileStatus{{Account: "a", State: state, Reason: why}}
		}
	}
	for _, condition := range []string{"queue:640=on", "queue:640=off", "profile=on"} {
		r.Change(login(phone.ConfirmAsking))
		w := waiting(t, r, condition)
		stillWaiting(t, w)
		r.Change(login(phone.ConfirmRefused))
		wantReason(t, outcome(t, w), phone.ReasonNotMember)
		wantReason(t, outcome(t, waiting(t, r, condition)), phone.ReasonNotMember) // refused already
	}
	for _, condition := range []string{"queue:640=asking", "queue:641=on", "forward:all=on"} { // may still come
		w := waiting(t, r, condition)
		stillWaiting(t, w)
		r.Change(func(s *phone.Snapshot) {
			s.Queues[0].Login, s.Queues[1].Login, s.Forwards[1].State = phone.ConfirmOn, phone.ConfirmAsking, phone.ConfirmOn
		})
		if err := outcome(t, w); err != nil {
			t.Errorf("%s: %v", condition, err)
		}
		r.Change(login(phone.ConfirmRefused))
	}
}

func TestParseThings(t *testing.T) {
	for _, good := range []string{"line:2101=offline", "queue:640=on", "queue:sales=x=refused", "queue:a:b=unknown", "forward:all=on", "forward:noanswer=asking",
		"forward:busy=refused", "profile=on", "published=refused", "activity:lunch", "activity:other", "book:company=consent", "book:x=never", "voicemail:0", "voicemail:12"} {
		if c, err := ParseCondition(good); err != nil || c.String() != good {
			t.Errorf("%q: %+v, %v", good, c, err)
		}
	}
	for _, bad := range []string{"queue", "queue:640", "queue:=on", "queue:640=", "queue:640=busy", "queue=on", "forward:some=on", "forward=on", "forward:all", "profile", "profile:on",
		"profile:3=on", "profile=", "profile=fresh", "published:a=on", "published", "activity", "activity:", "activity=lunch", "activity:flying", "book:company", "book:=fresh",
		"book:company=on", "voicemail", "voicemail:", "voicemail:-1", "voicemail:01", "voicemail=1"} {
		if c, err := ParseCondition(bad); phone.ReasonOf(err).ID != phone.ReasonBadCommand {
			t.Errorf("%q is %+v, %v", bad, c, err)
		}
	}
}
