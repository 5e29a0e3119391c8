package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"svara/assets"
	"svara/phone/team"
	"svara/phone/team/kept"
)

func (s *Server) about(context.Context, *request) (any, error) {
	return team.About{Name: s.Name, Version: s.Version, Password: s.Rule, Forgot: s.Forgot, Time: s.Now().UTC()}, nil
}

func (s *Server) openapi(context.Context, *request) (any, error) {
	return json.RawMessage(assets.TeamAPI()), nil
}

func (s *Server) signIn(ctx context.Context, q *request) (any, error) {
	in := body[team.SignIn](q)
	name, err := deviceName(in.Device)
	if err != nil {
		return nil, err
	}
	p, err := s.checkPassword(ctx, q.from, in.User, in.Password)
	if err != nil {
		return nil, err
	}
	return s.letIn(ctx, q, p, name)
}

// letIn signs a device in, forgets the user's wrong passwords, and writes it down.
func (s *Server) letIn(ctx context.Context, q *request, p team.Person, device string) (out team.Token, err error) {
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if out, err = s.issue(tx, p.ID, device, agent(q.http), team.ScopeAll, s.Now().AddDate(0, 0, keepDays)); err != nil {
			return err
		}
		return errors.Join(tx.SetAttempts("user:"+p.User, kept.Attempts{}),
			tx.Audit(team.AuditEntry{At: s.Now(), Person: p.ID, Address: q.from, Action: "signIn", Target: p.User, OK: true}))
	})
	if err != nil {
		return team.Token{}, err
	}
	s.board.wait(ctx, seq)
	return out, nil
}

// agent is what a device's program calls itself.
func agent(r *http.Request) string {
	a := clip(r.UserAgent(), 120)
	if a == programAgent || short("agent", a, 120, false) != nil {
		return ""
	}
	return a
}

// weak is the answer to a password that is not as the rule asks.
func weak() *team.Fault {
	return &team.Fault{Status: http.StatusBadRequest, Code: team.CodeWeakPassword, Field: "password"}
}

// linked is whom a one-time link was made for.
func (s *Server) linked(ctx context.Context, code string) (team.Person, kept.Token, error) {
	id, secret, ok := splitToken(tokenPrefix + code)
	if !ok {
		return team.Person{}, kept.Token{}, errNotSignedIn
	}
	t, err := s.Shelf.Token(ctx, id)
	if err != nil && !errors.Is(err, kept.ErrNotFound) {
		return team.Person{}, kept.Token{}, err
	}
	p, may := s.board.who(t.Person)
	if err == nil && !may { // made by another program a moment ago
		_ = s.board.catchUp(ctx)
		p, may = s.board.who(t.Person)
	}
	if err != nil || !may || t.Scope != scopeLink || !sameHash(t.Hash, hashSecret(secret)) || !s.Now().Before(t.Expires) {
		return team.Person{}, kept.Token{}, errNotSignedIn
	}
	return p, t, nil
}

func (s *Server) redeem(ctx context.Context, q *request) (any, error) {
	in := body[team.Redeem](q)
	name, err := deviceName(in.Device)
	if err != nil {
		return nil, err
	}
	if wait := s.gate.pass(q.from, s.Now()); wait > 0 {
		return nil, &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, RetryS: seconds(wait)}
	}
	p, link, err := s.linked(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	if !fits(s.Rule, in.Password) {
		return nil, weak()
	}
	hash := s.hash.hash(in.Password)
	old, err := s.revokeAll(ctx, p.ID, "")
	if err != nil {
		return nil, err
	}
	_, err = s.Shelf.Update(ctx, func(tx kept.Tx) error {
		// Of two that come at once the second finds it used.
		if err := tx.TakeToken(link.ID); err != nil {
			return err
		}
		for _, t := range old {
			if err := revoke(tx, t); err != nil {
				return err
			}
		}
		return tx.SetSecret(p.ID, hash)
	})
	if errors.Is(err, kept.ErrNotFound) {
		return nil, errNotSignedIn
	} else if err != nil {
		return nil, err
	}
	return s.letIn(ctx, q, p, name)
}

func (s *Server) signOut(ctx context.Context, q *request) (any, error) {
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error { return revoke(tx, q.token) })
	return team.Done{Seq: seq}, err
}

func (s *Server) changePassword(ctx context.Context, q *request) (any, error) {
	in := body[team.PasswordChange](q)
	if !fits(s.Rule, in.New) {
		return nil, weak()
	}
	if _, err := s.checkPassword(ctx, q.from, q.person.User, in.Old); err != nil {
		return nil, err
	}
	hash := s.hash.hash(in.New)
	others, err := s.revokeAll(ctx, q.person.ID, q.token.ID)
	if err != nil {
		return nil, err
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		for _, t := range others {
			if err := revoke(tx, t); err != nil {
				return err
			}
		}
		return errors.Join(tx.SetSecret(q.person.ID, hash), tx.SetAttempts("user:"+q.person.User, kept.Attempts{}))
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) me(_ context.Context, q *request) (any, error) {
	d := signedIn(q.token)
	d.This = true
	return team.Me{Person: q.person, Device: d}, nil
}

func (s *Server) devices(ctx context.Context, q *request) (any, error) {
	return s.Devices(ctx, q.person.ID, q.token.ID)
}

// Devices is what a person is signed in with; this is the one that asks.
func (s *Server) Devices(ctx context.Context, of team.PersonID, this string) ([]team.SignedIn, error) {
	all, err := s.Shelf.Tokens(ctx, of)
	if err != nil {
		return nil, err
	}
	out := []team.SignedIn{}
	for _, t := range all {
		if t.Scope == scopeLink || t.Scope == scopeCode || !s.Now().Before(t.Expires) {
			continue
		}
		d := signedIn(t)
		d.This = t.ID == this
		out = append(out, d)
	}
	return out, nil
}

func (s *Server) deleteDevice(ctx context.Context, q *request) (any, error) {
	return s.SignOutDevice(ctx, q.person.ID, q.path("device"))
}

// SignOutDevice revokes a token.
func (s *Server) SignOutDevice(ctx context.Context, of team.PersonID, device string) (team.Done, error) {
	t, err := s.Shelf.Token(ctx, device)
	if err != nil {
		return team.Done{}, err
	}
	if t.Person != of || t.Scope == scopeLink || t.Scope == scopeCode {
		return team.Done{}, notFound()
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error { return revoke(tx, t) })
	return team.Done{Seq: seq}, err
}

func (s *Server) personDevices(ctx context.Context, q *request) (any, error) {
	if _, ok := s.board.get(team.KindPerson, q.path("person")); !ok {
		return nil, notFound()
	}
	return s.Devices(ctx, team.PersonID(q.path("person")), q.token.ID)
}

func (s *Server) deletePersonDevice(ctx context.Context, q *request) (any, error) {
	return s.SignOutDevice(ctx, team.PersonID(q.path("person")), q.path("device"))
}

func (s *Server) newToken(ctx context.Context, q *request) (any, error) {
	return s.NewToken(ctx, team.PersonID(q.path("person")), body[team.NewToken](q))
}

// NewToken makes a token for a program.
func (s *Server) NewToken(ctx context.Context, id team.PersonID, in team.NewToken) (out team.Token, err error) {
	if err := short("name", in.Name, 80, false); err != nil || in.Name == "" {
		return out, bad("name")
	}
	switch in.Scope {
	case team.ScopeAll, team.ScopeRead:
		if in.Group != "" {
			return out, bad("group")
		}
	case team.ScopeCallback, team.ScopeTexts:
		if _, ok := s.board.get(team.KindGroup, string(in.Group)); !ok {
			return out, bad("group")
		}
		in.Scope += "/" + team.Scope(in.Group)
	default:
		return out, bad("scope")
	}
	if in.Days < 1 || in.Days > 3650 {
		return out, bad("days")
	}
	p, ok := s.board.who(id)
	if !ok {
		return out, notFound()
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) (err error) {
		out, err = s.issue(tx, p.ID, in.Name, programAgent, in.Scope, s.Now().AddDate(0, 0, in.Days))
		return err
	})
	if err == nil {
		s.board.wait(ctx, seq)
	}
	return out, err
}

// linkTime is how long a one-time link works.
const linkTime = 7 * 24 * time.Hour

// Link makes a page that works once, where a person chooses a password. The person need not have one yet.
func (s *Server) Link(ctx context.Context, id team.PersonID) (team.Link, error) {
	until := s.Now().Add(linkTime).UTC()
	var t team.Token
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) (err error) {
		if _, err := tx.Item(team.KindPerson, string(id)); err != nil {
			return err
		}
		t, err = s.issue(tx, id, "link", "", scopeLink, until)
		return err
	})
	if err != nil {
		return team.Link{}, err
	}
	url := s.URL
	if i, ok := s.board.get(kindURL, "url"); ok && url == "" {
		url, _ = value[string](i)
	}
	return team.Link{URL: url + "/welcome/" + t.Token[len(tokenPrefix):], Expires: until}, nil
}

func (s *Server) linkPerson(ctx context.Context, q *request) (any, error) {
	return s.Link(ctx, team.PersonID(q.path("person")))
}
