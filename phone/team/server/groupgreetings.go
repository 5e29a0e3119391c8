package server

import (
	"bytes"
	"context"
	"slices"

	"svara/phone"
	"svara/phone/team"
)

// What callers of a group's mailboxes hear, for the group's supervisors.

// greetingBoxes are the mailboxes of the group in the path.
func (s *Server) greetingBoxes(q *request) ([]string, error) {
	if err := s.reachVoices(); err != nil {
		return nil, err
	}
	in, err := s.inboxOf(team.GroupID(q.path("group")))
	return in.Value.Boxes, err
}

func (s *Server) groupGreetings(_ context.Context, q *request) (any, error) {
	boxes, err := s.greetingBoxes(q)
	if err != nil {
		return nil, err
	}
	out := []team.BoxGreetings{}
	for _, box := range boxes {
		told, err := s.Voices.Greetings(box)
		if err != nil && phone.ReasonOf(err).ID != phone.ReasonNoMailbox {
			return nil, refused(err)
		}
		out = append(out, team.BoxGreetings{Box: box, Greetings: append([]team.GreetingTold{}, told...)})
	}
	return out, nil
}

// groupGreeting is the mailbox of the group's and the greeting of it that a path names.
func (s *Server) groupGreeting(q *request) (box string, kind team.Greeting, err error) {
	boxes, err := s.greetingBoxes(q)
	if err != nil {
		return "", "", err
	}
	if box = q.path("box"); !slices.Contains(boxes, box) {
		return "", "", notFound()
	}
	kind, err = greetingOf(q)
	return box, kind, err
}

func (s *Server) groupGreetingSound(_ context.Context, q *request) (any, error) {
	box, kind, err := s.groupGreeting(q)
	if err != nil {
		return nil, err
	}
	return s.soundOf(box, kind)
}

func (s *Server) putGroupGreeting(_ context.Context, q *request) (any, error) {
	box, kind, err := s.groupGreeting(q)
	if err != nil {
		return nil, err
	}
	if err := s.Voices.PutGreeting(box, kind, bytes.NewReader(q.sound)); err != nil {
		return nil, refused(err)
	}
	return team.Done{}, nil
}

func (s *Server) deleteGroupGreeting(_ context.Context, q *request) (any, error) {
	box, kind, err := s.groupGreeting(q)
	if err != nil {
		return nil, err
	}
	if err := s.Voices.DeleteGreeting(box, kind); err != nil {
		return nil, refused(err)
	}
	return team.Done{}, nil
}
