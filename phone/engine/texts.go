package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/ua"
)

// texting is text messages (RFC 3428).
type texting struct {
	phone.TextsState
	sending []sendingText // that the exchange has not answered; never changed in place
	last    uint64
}

type sendingText struct{ key, target string }

type (
	// fxText keeps a message, or changes what is kept, in one of these ways; what comes back is inTexts.
	fxText struct {
		add    *phone.Text
		answer string      // of the message added: to be answered when it is kept
		done   *phone.Text // by its key: state and reason
		read   *phone.ReadTexts
		forget *phone.DeleteTexts
	}
	// inTexts is how text messages stand, after a change when fx has one.
	inTexts struct {
		fx      fxText
		state   phone.TextsState
		from    phone.Party // who sent the message added, by the address books
		blocked bool        // the user does not want to hear from them: it has not been kept
		err     error
	}
)

func (fxText) isEffect() {}
func (inTexts) isInput() {}

// newText names a message: by the time too, since the store has those of earlier days.
func (t *turn) newText() string {
	t.s.texts.last++
	return fmt.Sprintf("%d-%d", t.now.UnixNano(), t.s.texts.last)
}

func (t *turn) sendText(cmd phone.SendText) error {
	a, err := t.callingAccount(cmd.Account)
	if err != nil {
		return err
	}
	target, err := cleanTarget(cmd.Target)
	if err != nil {
		return err
	}
	if strings.TrimSpace(cmd.Text) == "" || len(cmd.Text) > phone.MaxText {
		return phone.Refuse(phone.ReasonBadCommand, "text")
	}
	key := t.newText()
	t.s.texts.sending = append(slices.Clip(t.s.texts.sending), sendingText{key, target})
	remote := phone.Party{Number: target}
	if strings.Contains(target, "@") {
		remote = phone.Party{URI: target}
	}
	t.do(fxText{add: &phone.Text{
		Key: key, Account: a.ID, Direction: phone.Outgoing, Remote: remote, At: t.now, Body: cmd.Text, State: phone.TextSending, Read: true,
	}})
	t.do(fxSIP{ua.SendMessage{ID: key, Account: a.ID, Target: t.s.dialect(a.ID).Outgoing(target), Body: []byte(cmd.Text)}})
	return nil
}

func (t *turn) onMessageDone(v ua.MessageDone) {
	i := slices.IndexFunc(t.s.texts.sending, func(m sendingText) bool { return m.key == v.ID })
	if i < 0 {
		return
	}
	m := t.s.texts.sending[i]
	t.s.texts.sending = slices.Delete(slices.Clone(t.s.texts.sending), i, i+1)
	state := phone.TextSent
	if v.Reason != nil {
		state = phone.TextFailed
	}
	t.do(fxText{done: &phone.Text{Key: m.key, State: state, Reason: v.Reason}})
	t.tell(phone.Event{Kind: phone.EventMessage, Value: m.target, Key: m.key, State: string(state), Reason: v.Reason})
}

// onText takes a message in. Its sender is told that it was delivered when it is kept, and not before.
func (t *turn) onText(v ua.TextReceived) {
	if !t.s.has.texts {
		t.do(fxSIP{ua.AnswerText{ID: v.ID, Code: 480}})
		return
	}
	remote := v.From
	if v.Asserted != nil {
		if remote = *v.Asserted; remote.Name == "" {
			remote.Name = v.From.Name
		}
	}
	t.do(fxText{answer: v.ID, add: &phone.Text{
		Key: t.newText(), Account: v.Account, Direction: phone.Incoming, Remote: remote, At: t.now, Body: v.Text, State: phone.TextReceived,
	}})
}

func (t *turn) readTexts(cmd phone.ReadTexts) error {
	if !t.s.has.texts {
		return absent("texts")
	}
	if t.s.texts.Unread > 0 {
		t.do(fxText{read: &cmd})
	}
	return nil
}

func (t *turn) deleteTexts(cmd phone.DeleteTexts) error {
	switch {
	case !t.s.has.texts:
		return absent("texts")
	case cmd.With == "":
		return phone.Refuse(phone.ReasonBadCommand, "with")
	}
	t.do(fxText{forget: &cmd})
	return nil
}

func (t *turn) onTexts(in inTexts) {
	if in.fx.answer != "" {
		code := 200
		switch {
		case in.blocked:
			code = 603
		case in.err != nil:
			code = 500
		}
		t.do(fxSIP{ua.AnswerText{ID: in.fx.answer, Code: code}})
	}
	if in.err != nil {
		t.fault(phone.ReasonOf(in.err))
		return
	}
	t.s.texts.TextsState = in.state
	if in.fx.answer != "" && !in.blocked {
		m := in.fx.add
		t.tell(phone.Event{Kind: phone.EventMessage, Account: m.Account, Value: m.Remote.Number, Key: m.Key, State: string(phone.TextReceived), Remote: &in.from})
	}
}

// text keeps messages, in order.
func (r *runner) text(fx fxText) {
	if r.opt.Texts == nil {
		return
	}
	r.store.post(r.group, "store", func() {
		ctx, cancel := r.writing()
		defer cancel()
		in := inTexts{fx: fx}
		in.err = r.changeTexts(ctx, &in)
		r.wrote(in.err)
		if in.err == nil {
			in.state, in.err = r.opt.Texts.TextsState(ctx)
		}
		r.input(in)
	})
}

func (r *runner) changeTexts(ctx context.Context, in *inTexts) error {
	switch fx := in.fx; {
	case fx.add != nil:
		if in.from = fx.add.Remote; fx.answer != "" {
			if r.nameSender(ctx, in); in.blocked {
				return nil
			}
		}
		_, err := r.opt.Texts.AddText(ctx, *fx.add)
		return err
	case fx.done != nil:
		return r.opt.Texts.SetTextState(ctx, fx.done.Key, fx.done.State, fx.done.Reason)
	case fx.read != nil:
		return r.opt.Texts.ReadTexts(ctx, fx.read.With)
	case fx.forget != nil:
		return r.opt.Texts.DeleteTexts(ctx, fx.forget.With)
	}
	return r.opt.Texts.MendTexts(ctx, phone.ReasonShutdown) // those that were on their way at the last end
}

// nameSender looks up who sent a message.
func (r *runner) nameSender(ctx context.Context, in *inTexts) {
	if r.opt.People == nil {
		return
	}
	number := in.from.Number
	if number == "" {
		number = in.from.URI
	}
	people, err := r.opt.People.Match(ctx, number)
	if err != nil {
		r.opt.Log.Warn("look up who sends a text", "err", err)
		return
	}
	if len(people) > 0 {
		in.from.Name = people[0].Label()
	}
	in.blocked = slices.ContainsFunc(people, func(p phone.Person) bool { return p.Mark == phone.MarkBlocked })
}
