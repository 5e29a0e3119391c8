package server

import (
	"context"
	"errors"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// How many messages of a group are deleted at a time, and how many voice messages, whose sounds are deleted with them.
const (
	forgetAtOnce = 200
	voicesAtOnce = 50
)

func (s *Server) putKeep(ctx context.Context, q *request) (any, error) {
	in := body[team.NewKeep](q)
	seq, err := s.SetKeep(ctx, team.GroupID(q.path("group")), in)
	return team.Done{Seq: seq}, err
}

// SetKeep says for how long a group's messages are kept.
func (s *Server) SetKeep(ctx context.Context, g team.GroupID, in team.NewKeep) (team.Seq, error) {
	k := in.Keep
	switch k.Rule {
	case team.KeepHandled, team.KeepAll:
		if k.Days < 1 || k.Days > 3650 {
			return 0, bad("keep.days")
		}
	case "", team.KeepNever:
		if k.Days != 0 {
			return 0, bad("keep.days")
		}
	default:
		return 0, bad("keep.rule")
	}
	out, err := s.changeInbox(ctx, g, in.Seq, func(_ kept.Tx, is *team.Inbox) error {
		is.Keep = k
		return nil
	})
	done, _ := out.(team.Done)
	return done.Seq, err
}

// Keep is for how long a group's messages are kept, and the sequence to change it from.
func (s *Server) Keep(g team.GroupID) (team.Versioned[team.Keep], error) {
	in, err := s.inboxOf(g)
	return team.Versioned[team.Keep]{Seq: in.Seq, Value: in.Value.Keep}, err
}

// keeps is the rules of groups that have one of their own.
func (s *Server) keeps() map[team.GroupID]team.Keep {
	out := map[team.GroupID]team.Keep{}
	for _, in := range values[team.Inbox](s, team.KindInbox) {
		if in.Keep.Rule != "" {
			out[in.Group] = in.Keep
		}
	}
	return out
}

// old is what a rule of groups lets go of; false: nothing.
func (s *Server) old(k team.Keep, groups ...team.GroupID) (kept.Old, bool) {
	if k.Rule == team.KeepNever {
		return kept.Old{}, false
	}
	return kept.Old{Before: s.Now().AddDate(0, 0, -k.Days), Groups: groups, Open: k.Rule == team.KeepAll}, true
}

// forgetMessages deletes some of what is past its time. Voice messages go with their sounds: forgetVoices.
func (s *Server) forgetMessages(tx kept.Tx) error {
	var own []team.GroupID
	var todo []kept.Old
	for g, k := range s.keeps() {
		own = append(own, g)
		if o, some := s.old(k, g); some {
			todo = append(todo, o)
		}
	}
	rest, _ := s.old(team.DefaultKeep, own...)
	rest.Others = true
	for _, o := range append(todo, rest) {
		old, err := tx.OldMessages(o, forgetAtOnce)
		if err != nil {
			return err
		}
		for _, m := range old {
			if _, err := tx.DeleteMessage(m.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetVoices deletes some voice messages of groups that want it so, with their sounds, on the server that reaches them.
func (s *Server) forgetVoices(ctx context.Context) {
	if s.Voices == nil {
		return
	}
	for g, k := range s.keeps() {
		o, some := s.old(k, g)
		if !some {
			continue
		}
		o.Voice = true
		var old []team.Message
		_, err := s.Shelf.Update(ctx, func(tx kept.Tx) (err error) {
			old, err = tx.OldMessages(o, voicesAtOnce)
			return err
		})
		for _, m := range old {
			if err = errors.Join(err, s.forgetVoice(ctx, m)); err != nil {
				break
			}
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("voice messages that are past their time are not deleted", "group", g, "error", err)
		}
	}
}

func (s *Server) forgetVoice(ctx context.Context, m team.Message) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.unrecord(ctx, m); err != nil {
		return err
	}
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error { _, err := tx.DeleteMessage(m.ID); return err })
	return err
}
