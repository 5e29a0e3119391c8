package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// askTime is how long an exchange has for an action.
const askTime = 10 * time.Second

// actions are those that can be asked of another server, by name.
var actions = func() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, a := range []team.SourceAction{team.LogMember{}, team.PauseMember{}, team.SetSkill{}, team.SetQueue{}, team.Originate{}, team.SetForward{}, team.SetShown{}, team.RefreshMailbox{}, team.SendText{}, team.TextTaken{}} {
		t := reflect.TypeOf(a)
		out[t.Name()] = t
	}
	return out
}()

// asked is an action that another server is asked for, and its answer.
type asked struct {
	Source string          `json:"source"`
	Until  time.Time       `json:"until"`
	Name   string          `json:"name"`
	Action json.RawMessage `json:"action"`
	Done   bool            `json:"done,omitempty"`
	Reason *phone.Reason   `json:"reason,omitempty"`
}

// ask has an exchange do something: by this server if it keeps it, else by the one that does.
func (s *Server) ask(ctx context.Context, source string, a team.SourceAction) error {
	for _, k := range s.keepers {
		if k.Source.ID() != source {
			continue
		}
		if k.holds.Load() {
			ctx, cancel := context.WithTimeout(ctx, askTime)
			defer cancel()
			return refused(k.Source.Do(ctx, a))
		}
		return s.askOther(ctx, source, a)
	}
	return s.askOther(ctx, source, a)
}

// refused is an exchange's refusal as the asker is told it.
func refused(err error) error {
	if err == nil {
		return nil
	}
	r := phone.ReasonOf(err)
	return &team.Fault{Status: http.StatusUnprocessableEntity, Code: team.CodeRefused, Reason: &r}
}

func (s *Server) askOther(ctx context.Context, source string, a team.SourceAction) error {
	action, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := rand.Text()
	until := s.Now().Add(askTime).UTC()
	item := team.Item{Kind: kindAsk, ID: id}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		return put(tx, item, asked{Source: source, Until: until, Name: reflect.TypeOf(a).Name(), Action: action})
	})
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		item.Gone = true
		_, _ = s.Shelf.Update(ctx, func(tx kept.Tx) error { _, err := tx.Put(item); return err })
	}()
	wait, cancel := context.WithTimeout(ctx, askTime+time.Second)
	defer cancel()
	for {
		s.board.wait(wait, seq)
		i, ok := s.board.get(kindAsk, id)
		if answer, err := value[asked](i); ok && err == nil && answer.Done {
			if answer.Reason != nil {
				return refused(&phone.Error{Reason: *answer.Reason})
			}
			return nil
		}
		if wait.Err() != nil {
			return refused(phone.Refuse(phone.ReasonNotConfirmed, ""))
		}
		s.board.mu.RLock()
		seq = s.board.mark.Seq + 1
		s.board.mu.RUnlock()
	}
}

// answerAsks does what other servers ask for, while this one keeps the exchange, until ctx ends.
func (k *keeper) answerAsks(ctx context.Context) {
	done := map[string]bool{}
	for {
		k.s.board.mu.RLock()
		changed := k.s.board.changed
		var todo []team.Item
		for id, e := range k.s.board.byKind[kindAsk] {
			if !done[id] {
				todo = append(todo, e.item)
			}
		}
		if len(k.s.board.byKind[kindAsk]) == 0 {
			clear(done)
		}
		k.s.board.mu.RUnlock()
		if k.holds.Load() {
			for _, i := range todo {
				if a, err := value[asked](i); err == nil && a.Source == k.Source.ID() {
					done[i.ID] = true
					k.answerAsk(ctx, i, a)
				}
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (k *keeper) answerAsk(ctx context.Context, i team.Item, a asked) {
	kind := actions[a.Name]
	if a.Done || kind == nil {
		return
	}
	v := reflect.New(kind)
	if !k.s.Now().Before(a.Until) { // who asked waits no longer: nothing is done, the question is forgotten
		i.Gone = true
		_, _ = k.s.Shelf.Update(ctx, func(tx kept.Tx) error { _, err := tx.Put(i); return err })
		return
	}
	if err := json.Unmarshal(a.Action, v.Interface()); err != nil {
		return
	}
	do, cancel := context.WithTimeout(ctx, askTime)
	err := k.Source.Do(do, v.Elem().Interface().(team.SourceAction))
	cancel()
	if a.Done = true; err != nil {
		r := phone.ReasonOf(err)
		a.Reason = &r
	}
	_, err = k.s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if _, err := tx.Item(kindAsk, i.ID); err != nil {
			return err
		}
		return put(tx, team.Item{Kind: kindAsk, ID: i.ID}, a)
	})
	if err != nil && !errors.Is(err, kept.ErrNotFound) && ctx.Err() == nil {
		k.s.Log.Warn("what another server asked for was done and could not be told", "error", err)
	}
}
