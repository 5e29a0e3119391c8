package server

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// setupID is that of the one setup there is.
const setupID = "setup"

func (s *Server) setup(context.Context, *request) (any, error) {
	i, ok := s.board.get(team.KindSetup, setupID)
	if !ok {
		return team.Versioned[team.Setup]{}, nil
	}
	v, err := value[team.Setup](i)
	return team.Versioned[team.Setup]{Seq: i.Seq, Value: v}, err
}

func (s *Server) putSetup(ctx context.Context, q *request) (any, error) {
	in := body[team.NewSetup](q)
	if err := checkSetup(in.Setup); err != nil {
		return nil, err
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if _, err := seenAs(tx, team.KindSetup, setupID, in.Seq); err != nil {
			return err
		}
		return put(tx, team.Item{Kind: team.KindSetup, ID: setupID}, in.Setup)
	})
	return team.Done{Seq: seq}, err
}

// checkSetup says what a telephone would not take.
func checkSetup(v team.Setup) error {
	probe := team.Activation{Line: team.Line{User: "probe"}, Setup: v}
	if v.Domain == "" {
		probe.Setup.Domain = "example.com"
	}
	if a, ok := probe.Account("probe", ""); !ok {
		var refusal *phone.Error
		if errors.As(a.Validate(), &refusal) && refusal.Reason.Text != "" {
			return bad("setup." + refusal.Reason.Text)
		}
		return bad("setup")
	}
	if len(v.Emergency) > 20 {
		return bad("setup.emergency")
	}
	for _, n := range v.Emergency {
		if err := telephone("setup.emergency", n, true); err != nil || strings.ContainsAny(n, "*#") {
			return bad("setup.emergency")
		}
	}
	for field, link := range map[string]string{"page": v.Page, "profile": v.Profile, "help": v.Help, "privacy": v.Privacy, "agreement": v.Agreement} {
		u, err := url.Parse(link)
		if link != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(link) > 500) {
			return bad("setup." + field)
		}
	}
	if v.SupportMail != "" {
		if err := emailAddress("setup.support_mail", v.SupportMail); err != nil {
			return err
		}
	}
	return first([]error{telephone("setup.support_number", v.SupportNumber, false), short("setup.support_hours", v.SupportHours, 200, false)})
}

// lineOf is a person's account at the exchange, password and all.
func (s *Server) lineOf(p team.Person) (l team.Line, err error) {
	if i, ok := s.board.get(kindLine, string(p.ID)); ok {
		if l, err = value[team.Line](i); err != nil {
			return l, fmt.Errorf("an account at the exchange: %w", err)
		}
	}
	if l.User == "" {
		l.User = p.Extension
	}
	return l, nil
}

// line is what an administrator may see of it: not the password.
func (s *Server) line(_ context.Context, q *request) (any, error) {
	i, ok := s.board.get(team.KindPerson, q.path("person"))
	if !ok {
		return nil, notFound()
	}
	p, err := value[team.Person](i)
	if err != nil {
		return nil, err
	}
	l, err := s.lineOf(p)
	l.Password = ""
	return l, err
}

// putLine writes it; an empty password leaves the one there is.
func (s *Server) putLine(ctx context.Context, q *request) (any, error) {
	in, id := body[team.Line](q), q.path("person")
	probe := team.Activation{Line: in, Setup: team.Setup{Domain: "example.com"}}
	if probe.Line.User == "" {
		probe.Line.User = "probe"
	}
	if _, ok := probe.Account("probe", ""); !ok || len(in.User) > 100 || len(in.AuthUser) > 100 {
		return nil, bad("user")
	}
	if err := short("password", in.Password, 256, false); err != nil {
		return nil, err
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if _, err := tx.Item(team.KindPerson, id); err != nil {
			return err
		}
		is, err := tx.Item(kindLine, id)
		if err != nil && !errors.Is(err, kept.ErrNotFound) {
			return err
		}
		if err == nil && in.Password == "" {
			was, err := value[team.Line](is)
			if err != nil {
				return err
			}
			in.Password = was.Password
		}
		return put(tx, team.Item{Kind: kindLine, ID: id}, in)
	})
	return team.Done{Seq: seq}, err
}
