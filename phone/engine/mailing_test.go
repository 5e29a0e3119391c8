package engine

import (
	"context"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

func TestMailRecording(t *testing.T) {
	s := newDesk(t)
	s.s.has.voicemail = false
	s.refused(phone.MailRecording{ID: 4}, phone.ReasonNoMailServer)
	s.s.has.voicemail, s.s.voicemail.servers = true, nil
	s.refused(phone.MailRecording{ID: 4}, phone.ReasonNoMailServer)
	s.s.voicemail.servers = []phone.MailServer{{ID: "office"}, {ID: "home"}}
	s.refused(phone.MailRecording{ID: 4, Server: "other"}, phone.ReasonNoMailbox)
	s.refused(phone.MailRecording{}, phone.ReasonNoRecording)
	told := func(server, state string, why *phone.Reason) {
		t.Helper()
		if len(s.events) != 1 {
			t.Fatalf("told %+v", s.events)
		}
		if e := s.events[0]; e.Kind != phone.EventMailed || e.Value != "4" || e.Key != server || e.State != state || !sameReason(e.Reason, why) {
			t.Errorf("told %+v, reason %v", e, e.Reason)
		}
	}
	for server, want := range map[string]string{"": "office", "home": "home"} {
		s.do(phone.MailRecording{ID: 4, Server: server})
		if fx := one(s, effects[fxMailRecording](s)); fx != (fxMailRecording{4, want}) {
			t.Errorf("%+v", fx)
		}
		told(want, "sending", nil)
	}
	s.in(inMailed{id: 4, server: "home"})
	told("home", "sent", nil)
	full := phone.Reason{ID: phone.ReasonMailboxFull}
	s.in(inMailed{id: 4, server: "home", err: &phone.Error{Reason: full}})
	told("home", "failed", &full)
	if len(s.s.faults) != 0 {
		t.Errorf("it stands as a fault: %v", s.s.faults)
	}
	id := s.connected("2101")
	s.do(phone.Record{Call: id, On: true})
	s.in(inRecording{call: id, id: 4})
	s.refused(phone.MailRecording{ID: 4}, phone.ReasonWrongState)
	s.do(phone.Record{Call: id})
	s.do(phone.MailRecording{ID: 4})
}

// post is a mail server that takes its time.
type post struct {
	Mail
	begun chan phone.Recording
	ended chan error
}

func (*post) Boxes() []phone.Mailbox   { return nil }
func (*post) Revision() uint64         { return 1 }
func (*post) Changed() <-chan struct{} { return nil }
func (p *post) Deliver(ctx context.Context, _ string, r phone.Recording) error {
	p.begun <- r
	select {
	case err := <-p.ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// While a letter is on its way everything else goes on, and closing the phone does not wait for it.
func TestMailingHoldsNothingUp(t *testing.T) {
	p := &post{begun: make(chan phone.Recording, 1), ended: make(chan error, 1)}
	mem := &memory{recordings: []phone.Recording{{ID: 1, Path: "x"}, {ID: 2, Open: true}}}
	r := newRig(t, mem, func(o *Options) { o.Mail, o.Servers = p, []phone.MailServer{{ID: "office"}} })
	mailed := func(id, state string, why phone.ReasonID) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for {
			u, err := r.sub.Next(ctx)
			if err != nil {
				t.Fatalf("waiting for %s of %s: %v", state, id, err)
			}
			for _, e := range u.Events {
				if e.Kind == phone.EventMailed && e.Value == id && e.State == state && e.Key == "office" {
					if (e.Reason == nil) != (why == "") || e.Reason != nil && e.Reason.ID != why {
						t.Errorf("recording %s %s with %v, want %s", id, state, e.Reason, why)
					}
					return
				}
			}
		}
	}
	for _, id := range []int64{2, 1} {
		if _, err := r.Do(phone.MailRecording{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	mailed("2", "failed", phone.ReasonWrongState) // still being recorded, after a crash
	if got := <-p.begun; got.ID != 1 || got.Path != "x" {
		t.Errorf("%+v", got)
	}
	id, err := r.Do(phone.Dial{Target: "2101"})
	if err != nil {
		t.Fatal(err)
	}
	action[ua.Invite](t, r)
	if _, err := r.Do(phone.Hangup{Call: id}); err != nil {
		t.Fatal(err)
	}
	p.ended <- nil
	mailed("1", "sent", "")
	if _, err := r.Do(phone.MailRecording{ID: 1}); err != nil {
		t.Fatal(err)
	}
	<-p.begun // and the phone is closed now
}
