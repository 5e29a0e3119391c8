package engine

import (
	"strings"
	"testing"

	"svara/phone"
)

// An exchange may answer a code to say no in words. What is so then is told by the queue's hint; where none tells, it is
// shown as not confirmed, except in an exchange that refuses by SIP.
func TestCodesThatAreAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		exchange    string
		unconfirmed bool
	}{
		"no hint":        {strings.Replace(codes, `login_hint = "watch:*75*{queue}"`, "", 1), true},
		"refuses by SIP": {strings.Replace(codes, `login_hint = "watch:*75*{queue}"`, "[codes]\nrefusal = \"sip\"", 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newDesk(t)
			s.exchange(strings.Replace(c.exchange, `night_hint = "watch:*76*{queue}"`, "", 1))
			s.do(phone.PutItem{Item: phone.Queue{ID: "640"}})
			s.do(phone.LogIn{On: true})
			s.confirm(s.asked("*75*640#"))
			if q := s.snapshot().Queues[0]; q.Login != phone.ConfirmOn || q.Unconfirmed != c.unconfirmed {
				t.Errorf("%+v", q)
			}
			s.do(phone.SetForward{Kind: phone.ForwardAll, Number: "2199"})
			leg := s.asked("*21*2199#")
			if f := s.snapshot().Forwards[0]; f.Unconfirmed {
				t.Errorf("it is only asked for: %+v", f)
			}
			s.confirm(leg)
			if f := s.snapshot().Forwards[0]; f.State != phone.ConfirmOn || f.Unconfirmed != c.unconfirmed {
				t.Errorf("%+v", f)
			}
			s.do(phone.SetProfile{Number: "3"})
			s.confirm(s.asked("*24*3#"))
			if p := s.snapshot().Profile[0]; p.State != phone.ConfirmOn || p.Unconfirmed != c.unconfirmed {
				t.Errorf("%+v", p)
			}
		})
	}
}

// Where the login's hint tells, an answered code is nothing: it is so when the hint says so, and refused when it does not.
func TestQueueHintHasTheLastWord(t *testing.T) {
	s := newDesk(t)
	s.do(phone.PutItem{Item: phone.Queue{ID: "640"}})
	s.tellLine("*75*640")
	login := func() phone.QueueStatus { return s.snapshot().Queues[0] }
	s.do(phone.LogIn{On: true})
	s.confirm(s.asked("*75*640#"))
	if q := login(); q.Login != phone.ConfirmAsking {
		t.Errorf("the code was answered, and the hint says nothing: %+v", q)
	}
	s.after(hintPatience)
	if q := login(); q.Login != phone.ConfirmRefused || q.Reason == nil || q.Reason.ID != phone.ReasonNotConfirmed {
		t.Errorf("%+v", q)
	}
	s.do(phone.LogIn{On: true})
	s.confirm(s.asked("*75*640#"))
	s.tellLine("*75*640", busyLine)
	if q := login(); q.Login != phone.ConfirmOn || q.Reason != nil || q.Unconfirmed {
		t.Errorf("%+v", q)
	}
	s.after(2 * hintPatience)
	if q := login(); q.Login != phone.ConfirmOn {
		t.Errorf("%+v", q)
	}
	s.do(phone.LogIn{})
	leg := s.asked("#75*640#")
	s.tellLine("*75*640") // before the announcement is over
	if q := login(); q.Login != phone.ConfirmOff {
		t.Errorf("%+v", q)
	}
	s.confirm(leg)
	if q := login(); q.Login != phone.ConfirmOff || q.Unconfirmed {
		t.Errorf("%+v", q)
	}
}
