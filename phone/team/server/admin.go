package server

import (
	"context"

	"svara/phone/team"
)

// What the command line does besides the API: it has the database, so nobody asks for its rights.

// People is everybody, in order of id.
func (s *Server) People() ([]team.Versioned[team.Person], error) {
	return listed[team.Person](s.board.all(team.KindPerson, view{all: true}))
}

// Groups is all groups, in order of id.
func (s *Server) Groups() ([]team.Versioned[team.Group], error) {
	return listed[team.Group](s.board.all(team.KindGroup, view{all: true}))
}

// FindUser is the person with a user name; ok is false when there is none.
func (s *Server) FindUser(user string) (p team.Versioned[team.Person], ok bool) {
	who, ok := s.board.user(foldUser(user))
	if !ok {
		return p, false
	}
	i, ok := s.board.get(team.KindPerson, string(who.ID))
	return team.Versioned[team.Person]{Seq: i.Seq, Value: who}, ok
}

// firstUser is what the first administrator signs in with.
const firstUser = "admin"

// FirstAdmin makes an administrator of everything when there is none, and a link for them to choose a password. made is
// false when there was one already.
func (s *Server) FirstAdmin(ctx context.Context) (link team.Link, made bool, err error) {
	if len(s.admins()) > 0 {
		return link, false, nil
	}
	p, known := s.FindUser(firstUser)
	if !known {
		p.Value.ID = firstUser
		seq, err := s.PutPerson(ctx, firstUser, team.NewPerson{Person: team.Person{User: firstUser, Name: "Administrator"}})
		if err != nil {
			return link, false, err
		}
		s.board.wait(ctx, seq)
	}
	seq, err := s.SetRights(ctx, p.Value.ID, team.Everyone, team.RightsAdmin)
	if err != nil {
		return link, false, err
	}
	s.board.wait(ctx, seq)
	link, err = s.Link(ctx, p.Value.ID)
	return link, err == nil, err
}

// Settle waits until a change is shown.
func (s *Server) Settle(ctx context.Context, seq team.Seq) { s.board.wait(ctx, seq) }
