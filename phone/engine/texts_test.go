package engine

import (
	"context"
	"errors"
	"strings"
	"testing"

	"svara/phone"
	"svara/phone/ua"
)

func (s *script) told(kind phone.EventKind) (found []phone.Event) {
	for _, e := range s.events {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

func TestSendText(t *testing.T) {
	s := newDesk(t)
	s.refused(phone.SendText{Target: "2101", Text: " \n"}, phone.ReasonBadCommand)
	s.refused(phone.SendText{Target: "2101", Text: strings.Repeat("x", phone.MaxText+1)}, phone.ReasonBadCommand)
	s.refused(phone.SendText{Target: "", Text: "x"}, phone.ReasonBadTarget)
	keys := map[string]bool{}
	for target, why := range map[string]*phone.Reason{"2101": nil, "2102": {ID: phone.ReasonUnknownNumber, Code: 404}} {
		s.do(phone.SendText{Target: target, Text: "Hej"})
		kept, out := one(s, effects[fxText](s)).add, one(s, sent[ua.SendMessage](s))
		if kept == nil || kept.State != phone.TextSending || kept.Remote.Number != target || kept.Body != "Hej" || !kept.Read || kept.Key != out.ID || keys[kept.Key] {
			t.Fatalf("kept %+v, sent %+v", kept, out)
		}
		keys[kept.Key] = true
		s.in(inSIP{ua.MessageDone{ID: "another"}})
		if len(s.events) > 0 {
			t.Errorf("%+v", s.events)
		}
		s.in(inSIP{ua.MessageDone{ID: out.ID, Reason: why}})
		want := phone.TextSent
		if why != nil {
			want = phone.TextFailed
		}
		done, told := one(s, effects[fxText](s)).done, s.told(phone.EventMessage)
		if done == nil || done.Key != out.ID || done.State != want || !sameReason(done.Reason, why) {
			t.Errorf("%+v", done)
		}
		if len(told) != 1 || told[0].Value != target || told[0].Key != out.ID || told[0].State != string(want) || !sameReason(told[0].Reason, why) {
			t.Errorf("%+v", told)
		}
		s.in(inSIP{ua.MessageDone{ID: out.ID}})
		if len(s.events)+len(effects[fxText](s)) > 0 {
			t.Error("told twice")
		}
	}
}

// A message is told to have been delivered when it is kept, not before, and not when it could not be.
func TestTextReceived(t *testing.T) {
	s := newDesk(t)
	came := ua.TextReceived{ID: "7", Account: "work", From: phone.Party{Number: "anna", Name: "Anna"}, Asserted: &phone.Party{Number: "2101"}, Text: "Hej"}
	for _, c := range []struct {
		blocked bool
		err     error
		code    int
	}{{code: 200}, {blocked: true, code: 603}, {err: errors.New("disk full"), code: 500}} {
		s.in(inSIP{came})
		fx := one(s, effects[fxText](s))
		if fx.answer != "7" || fx.add.Remote.Number != "2101" || fx.add.Remote.Name != "Anna" || fx.add.State != phone.TextReceived || fx.add.Read ||
			len(sent[ua.AnswerText](s)) > 0 || len(s.told(phone.EventMessage)) > 0 {
			t.Fatalf("%+v", fx)
		}
		in := inTexts{fx: fx, blocked: c.blocked, err: c.err, from: phone.Party{Number: "2101", Name: "Anna Berg"}}
		in.state = phone.TextsState{Revision: 4, Unread: 1, Newest: fx.add}
		s.in(in)
		if a := one(s, sent[ua.AnswerText](s)); a != (ua.AnswerText{ID: "7", Code: c.code}) {
			t.Errorf("%+v", a)
		}
		told := s.told(phone.EventMessage)
		if (len(told) == 1) != (c.code == 200) {
			t.Fatalf("%+v", told)
		}
		if c.code == 200 && (told[0].State != "received" || told[0].Remote.Name != "Anna Berg" || told[0].Key != fx.add.Key || s.snapshot().Texts.Unread != 1) {
			t.Errorf("%+v, %+v", told, s.snapshot().Texts)
		}
		if (len(s.s.faults) > 0) != (c.err != nil) {
			t.Errorf("faults %v", s.s.faults)
		}
	}
	s.do(phone.ReadTexts{With: "2101"})
	if fx := one(s, effects[fxText](s)); fx.read == nil || fx.read.With != "2101" {
		t.Errorf("%+v", fx)
	}
	s.in(inTexts{state: phone.TextsState{Revision: 5}})
	s.do(phone.ReadTexts{With: "2101"})
	if fx := effects[fxText](s); len(fx) > 0 {
		t.Error("there is nothing to be marked", fx)
	}
	s.refused(phone.DeleteTexts{}, phone.ReasonBadCommand)
	s.do(phone.DeleteTexts{With: "2101"})
	if fx := one(s, effects[fxText](s)); fx.forget == nil {
		t.Errorf("%+v", fx)
	}
	s.s.has.texts = false
	s.refused(phone.ReadTexts{}, phone.ReasonNotSupported)
	s.refused(phone.DeleteTexts{With: "1"}, phone.ReasonNotSupported)
	s.in(inSIP{came})
	if a := one(s, sent[ua.AnswerText](s)); a.Code != 480 {
		t.Errorf("%+v", a)
	}
}

// letters keeps texts in memory.
type letters struct {
	Texts
	added  chan phone.Text
	mended chan phone.ReasonID
}

func (l *letters) AddText(_ context.Context, m phone.Text) (int64, error) {
	l.added <- m
	return 1, nil
}

func (l *letters) MendTexts(_ context.Context, why phone.ReasonID) error {
	l.mended <- why
	return nil
}

func (l *letters) TextsState(context.Context) (phone.TextsState, error) {
	return phone.TextsState{Revision: 3, Unread: 2}, nil
}

func TestTextsKept(t *testing.T) {
	l := &letters{added: make(chan phone.Text, 1), mended: make(chan phone.ReasonID, 1)}
	r := newRig(t, &memory{}, func(o *Options) { o.Texts = l })
	if why := <-l.mended; why != phone.ReasonShutdown {
		t.Error(why)
	}
	r.until(t, "what was there", func(s *phone.Snapshot) bool { return s.Texts.Unread == 2 })
	r.sip.values <- ua.TextReceived{ID: "1", Account: "work", From: phone.Party{Number: "2101"}, Text: "Hej"}
	if m := <-l.added; m.Body != "Hej" || m.Remote.Number != "2101" {
		t.Errorf("%+v", m)
	}
	if a := action[ua.AnswerText](t, r); a.Code != 200 {
		t.Errorf("%+v", a)
	}
}
