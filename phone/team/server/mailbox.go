package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// owner is whose a mailbox is: a group's, whose messages are shared, or a person's own.
type owner struct {
	group  team.GroupID
	person team.PersonID
}

// boxOwners is whose each mailbox is. One that is a group's is the group's.
func (s *Server) boxOwners() map[string]owner {
	out := map[string]owner{}
	for _, p := range values[team.Person](s, team.KindPerson) {
		if p.Box != "" {
			out[p.Box] = owner{person: p.ID}
		}
	}
	for _, in := range values[team.Inbox](s, team.KindInbox) {
		for _, b := range in.Boxes {
			out[b] = owner{group: in.Group}
		}
	}
	return out
}

// lookIntoOwn tells a person what their mailbox holds, and nobody else.
func (s *Server) lookIntoOwn(ctx context.Context, box string, person team.PersonID) error {
	m := team.Mailbox{Person: person, Box: box, Messages: []team.VoiceMessage{}}
	if person != "" {
		there, err := s.Voices.Messages(box)
		if err != nil && phone.ReasonOf(err).ID != phone.ReasonNoMailbox { // one that has had no message has no folder
			return err
		}
		for _, v := range there {
			v.ID = voiceID(box, v.ID)
			m.Messages = append(m.Messages, v)
			if v.Old {
				m.Old++
			} else {
				m.New++
			}
		}
		slices.SortFunc(m.Messages, func(a, b team.VoiceMessage) int {
			return cmp.Or(b.Received.Compare(a.Received), cmp.Compare(a.ID, b.ID))
		})
		m.Messages = m.Messages[:min(len(m.Messages), team.MaxMailbox)]
		if m.Greetings, err = s.Voices.Greetings(box); err != nil {
			return err
		}
	}
	var others []string // whose it was
	for _, p := range values[team.Person](s, team.KindPerson) {
		if i, ok := s.board.get(team.KindMailbox, string(p.ID)); ok && p.ID != person {
			if was, err := value[team.Mailbox](i); err == nil && was.Box == box {
				others = append(others, i.ID)
			}
		}
	}
	if person == "" && len(others) == 0 {
		return nil
	}
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		for _, id := range others {
			if _, err := tx.Put(team.Item{Kind: team.KindMailbox, ID: id, Person: team.PersonID(id), Gone: true}); err != nil {
				return err
			}
		}
		if person == "" {
			return nil
		}
		return put(tx, team.Item{Kind: team.KindMailbox, ID: string(person), Person: person}, m)
	})
	return err
}

// ownVoice is the message of one's own mailbox that a path names, as the spool calls it.
func (s *Server) ownVoice(q *request) (box string, v team.VoiceMessage, err error) {
	if err := s.reachVoices(); err != nil {
		return "", v, err
	}
	box = q.person.Box
	if o := s.boxOwners()[box]; box == "" || o.person != q.person.ID {
		return "", v, notFound()
	}
	there, err := s.Voices.Messages(box)
	if err != nil && phone.ReasonOf(err).ID != phone.ReasonNoMailbox {
		return "", v, refused(err)
	}
	for _, v := range there {
		if voiceID(box, v.ID) == q.path("voice") {
			return box, v, nil
		}
	}
	return "", v, notFound()
}

func (s *Server) mailbox(_ context.Context, q *request) (any, error) {
	if i, ok := s.board.get(team.KindMailbox, string(q.person.ID)); ok {
		return value[team.Mailbox](i)
	}
	return team.Mailbox{Person: q.person.ID, Box: q.person.Box, Messages: []team.VoiceMessage{}}, nil
}

func (s *Server) voiceSound(_ context.Context, q *request) (any, error) {
	box, v, err := s.ownVoice(q)
	if err != nil {
		return nil, err
	}
	r, err := s.Voices.Open(box, v.ID)
	if err != nil {
		return nil, refused(err)
	}
	return sound{r, v.Type}, nil
}

func (s *Server) changeVoice(ctx context.Context, q *request) (any, error) {
	box, v, err := s.ownVoice(q)
	if err != nil {
		return nil, err
	}
	if v.Old != body[team.VoiceChange](q).Old {
		if err := s.Voices.Mark(box, v.ID, !v.Old); err != nil {
			return nil, refused(err)
		}
	}
	return team.Done{}, s.changedOwn(ctx, box, q.person.ID)
}

func (s *Server) deleteVoice(ctx context.Context, q *request) (any, error) {
	box, v, err := s.ownVoice(q)
	if err != nil {
		return nil, err
	}
	if err := s.Voices.Delete(box, v.ID); err != nil {
		if r := phone.ReasonOf(err).ID; r != phone.ReasonNoMessage && r != phone.ReasonNoMailbox {
			return nil, refused(err)
		}
	}
	return team.Done{}, s.changedOwn(ctx, box, q.person.ID)
}

// changedOwn tells the telephones of a mailbox that has changed: the exchange's by their lamps, ours by what it holds.
func (s *Server) changedOwn(ctx context.Context, box string, person team.PersonID) error {
	s.recount(ctx, box)
	if err := s.lookIntoOwn(ctx, box, person); err != nil && !errors.Is(err, context.Canceled) {
		s.Log.Warn("a mailbox is not read", "box", box, "error", err) // what was asked for is done; the spool tells of it again
	}
	return nil
}

// ownGreeting is one's own mailbox and the greeting of it that a path names.
func (s *Server) ownGreeting(q *request) (box string, kind team.Greeting, err error) {
	if err := s.reachVoices(); err != nil {
		return "", "", err
	}
	box = q.person.Box
	if o := s.boxOwners()[box]; box == "" || o.person != q.person.ID {
		return "", "", notFound()
	}
	kind, err = greetingOf(q)
	return box, kind, err
}

func greetingOf(q *request) (team.Greeting, error) {
	switch kind := team.Greeting(q.path("greeting")); kind {
	case team.GreetingUnavailable, team.GreetingBusy, team.GreetingName, team.GreetingTemporary:
		return kind, nil
	}
	return "", notFound()
}

func (s *Server) greetingSound(_ context.Context, q *request) (any, error) {
	box, kind, err := s.ownGreeting(q)
	if err != nil {
		return nil, err
	}
	return s.soundOf(box, kind)
}

// soundOf is what callers of a mailbox hear.
func (s *Server) soundOf(box string, kind team.Greeting) (any, error) {
	told, err := s.Voices.Greetings(box)
	if err != nil {
		return nil, refused(err)
	}
	i := slices.IndexFunc(told, func(g team.GreetingTold) bool { return g.Kind == kind })
	if i < 0 {
		return nil, notFound()
	}
	r, err := s.Voices.Greeting(box, kind)
	if err != nil {
		return nil, refused(err)
	}
	return sound{r, told[i].Type}, nil
}

func (s *Server) putGreeting(ctx context.Context, q *request) (any, error) {
	box, kind, err := s.ownGreeting(q)
	if err != nil {
		return nil, err
	}
	if err := s.Voices.PutGreeting(box, kind, bytes.NewReader(q.sound)); err != nil {
		return nil, refused(err)
	}
	return team.Done{}, s.changedOwn(ctx, box, q.person.ID)
}

func (s *Server) deleteGreeting(ctx context.Context, q *request) (any, error) {
	box, kind, err := s.ownGreeting(q)
	if err != nil {
		return nil, err
	}
	if err := s.Voices.DeleteGreeting(box, kind); err != nil {
		return nil, refused(err)
	}
	return team.Done{}, s.changedOwn(ctx, box, q.person.ID)
}
