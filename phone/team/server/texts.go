package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// A text goes out in three steps, so that a kill at any instant sends nothing twice:
//
//	written down (TextSending) -> tried (on disk before the gateway is asked) -> TextSent or TextFailed
//
// Who finds one that was tried and has no end cannot know whether it was sent: it fails with ReasonNotConfirmed, and whoever
// wrote it decides. The server with the lease of the texts sends, one after the other.

// busyTries is how often a gateway that asks to wait is asked.
const busyTries = 5

func (s *Server) sendTexts(ctx context.Context, q *request) (any, error) {
	in, g := body[team.NewTexts](q), team.GroupID(q.path("group"))
	if err := first([]error{word("id", in.ID, 60), short("text", in.Text, team.MaxText, true)}); err != nil {
		return nil, err
	}
	if len(in.ID) < 20 {
		return nil, bad("id")
	}
	if in.Text == "" {
		return nil, bad("text")
	}
	if len(in.To) == 0 || len(in.To) > team.MaxSendTo {
		return nil, bad("to")
	}
	sender, err := s.senderOf(g, in.Sender)
	if err != nil {
		return nil, err
	}
	to, known := []string{}, map[string]bool{}
	for _, n := range in.To {
		n, err := outside("to", n)
		if err != nil {
			return nil, err
		}
		if !known[n] {
			known[n] = true
			to = append(to, n)
		}
	}
	if !slices.ContainsFunc(to, func(n string) bool { return s.texter(n) != nil }) {
		return nil, refused(phone.Refuse(phone.ReasonNotSupported, ""))
	}
	now := s.Now().UTC()
	sending := team.Sending{ID: in.ID, Group: g, By: q.person.ID, Sender: sender, Text: in.Text, At: now, Total: len(to)}
	item := team.Item{Kind: team.KindSending, ID: in.ID, Group: g, Person: q.person.ID}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		is, err := tx.Item(team.KindSending, in.ID)
		if err == nil { // asked again
			before, err := value[team.Sending](is)
			if err != nil {
				return err
			}
			if before.By != q.person.ID || before.Group != g || before.Text != in.Text {
				return bad("id")
			}
			sending = before
			return nil
		} else if !errors.Is(err, kept.ErrNotFound) {
			return err
		}
		for i, n := range to {
			m := team.Message{ID: fmt.Sprintf("%s-%d", in.ID, i), Kind: phone.GroupText, Group: g, Direction: phone.Outgoing, From: party(n, ""), At: now,
				Text: in.Text, Sender: sender, By: q.person.ID, Sending: in.ID, State: phone.TextSending}
			if _, err := tx.Message(m.ID); err == nil {
				return bad("id") // of a sending that is forgotten
			} else if !errors.Is(err, kept.ErrNotFound) {
				return err
			}
			if _, err := tx.PutMessage(m); err != nil {
				return err
			}
		}
		return put(tx, item, sending)
	})
	if err != nil {
		return nil, err
	}
	s.board.wait(ctx, seq)
	return sending, nil
}

const textsLease = "texts"

func (s *Server) holdTexts(tx kept.Tx) error {
	now := s.Now()
	return tx.Hold(textsLease, s.id, now, now.Add(2*s.Lease)) // longer than a gateway may take
}

// texting sends what is to be sent whenever this server has the lease, until ctx ends.
func (s *Server) texting(ctx context.Context) {
	tick := time.NewTicker(max(s.Lease/3, 100*time.Millisecond))
	defer tick.Stop()
	defer func() { // whoever is left may go on at once
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		now := s.Now()
		_, _ = s.Shelf.Update(ctx, func(tx kept.Tx) error { return tx.Hold(textsLease, s.id, now, now) })
	}()
	busy := map[string]int{}
	for {
		s.board.mu.RLock()
		changed := s.board.changed
		s.board.mu.RUnlock()
		wait, err := s.sendSome(ctx, busy)
		if err != nil && !errors.Is(err, kept.ErrLost) && ctx.Err() == nil {
			s.Log.Warn("texts are not sent for now", "error", err)
			wait = retry
		}
		if wait > 0 {
			changed = nil
		}
		later := time.NewTimer(max(wait, s.Lease))
		if wait > 0 {
			later.Reset(wait)
		}
		select {
		case <-changed:
		case <-tick.C:
			if wait > 0 { // asked to wait
				select {
				case <-later.C:
				case <-ctx.Done():
				}
			}
		case <-later.C:
		case <-ctx.Done():
		}
		later.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// sendSome sends what there is. wait is how long the gateway asks to be left alone.
func (s *Server) sendSome(ctx context.Context, busy map[string]int) (wait time.Duration, err error) {
	for ctx.Err() == nil {
		todo, err := s.Shelf.Unsent(ctx, 50)
		if err != nil || len(todo) == 0 {
			return 0, err
		}
		if _, err := s.Shelf.Update(ctx, s.holdTexts); err != nil {
			return 0, err
		}
		for _, m := range todo {
			switch wait, err := s.sendOne(ctx, m.ID, busy); {
			case err != nil, wait > 0:
				return wait, err
			}
		}
	}
	return 0, nil
}

// sendOne sends a text that is to be sent.
func (s *Server) sendOne(ctx context.Context, id string, busy map[string]int) (wait time.Duration, err error) {
	var m team.Message
	tried := false
	_, err = s.Shelf.Update(ctx, func(tx kept.Tx) error {
		is, err := tx.Message(id)
		if err != nil {
			return err
		}
		if err := s.holdTexts(tx); err != nil {
			return err
		}
		m = is.Value
		if tried = m.Tried; tried || m.State != phone.TextSending {
			return nil
		}
		now := m
		now.Tried = true
		_, err = tx.PutMessage(now)
		return err
	})
	switch {
	case errors.Is(err, kept.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	case m.State != phone.TextSending:
		return 0, nil
	}
	said := error(phone.Refuse(phone.ReasonNotConfirmed, ""))
	if !tried {
		said = s.sendText(ctx, m.Sender, m.From.Number, m.Text)
	}
	var later *Busy
	if errors.As(said, &later) {
		if busy[id]++; busy[id] < busyTries {
			wait = later.After
		} else {
			later, said = nil, phone.Refuse(phone.ReasonTextRefused, fmt.Sprint(http.StatusTooManyRequests))
		}
	}
	if wait == 0 {
		delete(busy, id)
	}
	// What became of it has to be written, however long the database is away. When we are closed before, it was tried.
	for {
		write, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		_, err := s.Shelf.Update(write, func(tx kept.Tx) error { return markText(tx, id, said, later != nil) })
		cancel()
		if err == nil || ctx.Err() != nil {
			return wait, nil
		}
		s.Log.Warn("what became of a text is not written yet", "error", err)
		select {
		case <-time.After(retry):
		case <-ctx.Done():
		}
	}
}

// markText writes what became of a text, in its sending too. again: it is still to be sent.
func markText(tx kept.Tx, id string, said error, again bool) error {
	is, err := tx.Message(id)
	if errors.Is(err, kept.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	m := is.Value
	if m.State != phone.TextSending {
		return nil
	}
	var reason *phone.Reason
	switch {
	case again:
		m.Tried = false
	case said == nil:
		m.State = phone.TextSent
	default:
		r := phone.ReasonOf(said)
		m.State, m.Reason, reason = phone.TextFailed, &r, &r
	}
	if _, err := tx.PutMessage(m); err != nil || again {
		return err
	}
	i, err := tx.Item(team.KindSending, m.Sending)
	if errors.Is(err, kept.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	v, err := value[team.Sending](i)
	if err != nil {
		return err
	}
	if reason != nil {
		v.Failed = append(v.Failed, team.SendFail{Number: m.From.Number, Reason: *reason})
	} else {
		v.Sent++
	}
	return put(tx, i, v)
}

// keepSendings is how long is shown how a sending went.
const keepSendings = 7 * 24 * time.Hour

// forgetSendings deletes those that are over and past their time.
func (s *Server) forgetSendings(tx kept.Tx) error {
	for _, i := range s.board.all(team.KindSending, view{all: true}) {
		v, err := value[team.Sending](i)
		if err != nil || !v.Over() || s.Now().Sub(v.At) < keepSendings {
			continue
		}
		if _, err := tx.Put(team.Item{Kind: i.Kind, ID: i.ID, Group: i.Group, Person: i.Person, Gone: true}); err != nil {
			return err
		}
	}
	return nil
}
