package server

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// listed is the items of a kind with their sequences.
func listed[T any](items []team.Item) ([]team.Versioned[T], error) {
	out := make([]team.Versioned[T], 0, len(items))
	for _, i := range items {
		v, err := value[T](i)
		if err != nil {
			return nil, err
		}
		out = append(out, team.Versioned[T]{Seq: i.Seq, Value: v})
	}
	return out, nil
}

func (s *Server) listPeople(_ context.Context, q *request) (any, error) {
	return listed[team.Person](s.board.all(team.KindPerson, viewOf(q.person)))
}

func (s *Server) listGroups(_ context.Context, q *request) (any, error) {
	return listed[team.Group](s.board.all(team.KindGroup, viewOf(q.person)))
}

// seen refuses a change of something that is not as it was seen. before is 0 for something new.
func seenAs(tx kept.Tx, kind team.Kind, id string, before team.Seq) (team.Item, error) {
	is, err := tx.Item(kind, id)
	switch {
	case errors.Is(err, kept.ErrNotFound) && before == 0:
		return team.Item{Kind: kind, ID: id}, nil
	case err != nil:
		return is, err
	case is.Seq != before:
		return is, &kept.Conflict{Item: is}
	}
	return is, nil
}

func (s *Server) putPerson(ctx context.Context, q *request) (any, error) {
	in := body[team.NewPerson](q)
	seq, err := s.PutPerson(ctx, team.PersonID(q.path("person")), in)
	return team.Done{Seq: seq}, err
}

// PutPerson makes a person (Seq 0) or changes one. Their groups stay as they are.
func (s *Server) PutPerson(ctx context.Context, id team.PersonID, in team.NewPerson) (team.Seq, error) {
	p := in.Person
	if p.ID == "" {
		p.ID = id
	}
	p.User = foldUser(p.User)
	if err := checkPerson(p, id); err != nil {
		return 0, err
	}
	return s.Shelf.Update(ctx, func(tx kept.Tx) error {
		is, err := seenAs(tx, team.KindPerson, string(id), in.Seq)
		if err != nil {
			return err
		}
		p.Groups = nil
		if is.Seq != 0 {
			before, err := value[team.Person](is)
			if err != nil {
				return err
			}
			p.Groups = before.Groups
			if p.Disabled {
				if err := s.lastAdmin(p.ID, before.Groups); err != nil {
					return err
				}
			}
		}
		if other, taken := s.board.user(p.User); taken && other.ID != p.ID {
			return bad("user")
		}
		if p.Box != "" {
			if o := s.boxOwners()[p.Box]; o != (owner{}) && o.person != p.ID {
				return bad("box") // its messages are somebody's already
			}
		}
		return put(tx, team.Item{Kind: team.KindPerson, ID: string(p.ID)}, p)
	})
}

func checkPerson(p team.Person, id team.PersonID) error {
	if p.ID == newID {
		return bad("user")
	}
	if p.ID != id || len(p.Groups) > 0 {
		return bad(map[bool]string{true: "groups", false: "id"}[p.ID == id])
	}
	if p.Box != "" && !boxName.MatchString(p.Box) {
		return bad("box")
	}
	if p.Language != "" && p.Language != "sv" && p.Language != "en" {
		return bad("language")
	}
	if len(p.Numbers) > 20 || len(p.Skills) > 50 {
		return bad("numbers")
	}
	errs := []error{word("id", string(p.ID), 60), word("user", p.User, 60), short("name", p.Name, 100, false), short("initials", p.Initials, 6, false),
		telephone("extension", p.Extension, false), telephone("mobile", p.Mobile, false), short("email", p.Email, 200, false), short("title", p.Title, 100, false), short("department", p.Department, 100, false)}
	for _, n := range p.Numbers {
		errs = append(errs, telephone("numbers", n.Number, true), telephone("numbers", n.E164, false))
	}
	for _, k := range p.Skills {
		errs = append(errs, short("skills", k, 60, false))
	}
	if strings.TrimSpace(p.Name) == "" {
		errs = append(errs, bad("name"))
	}
	return first(errs)
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// lastAdmin refuses to take away the only one who may administer everything.
func (s *Server) lastAdmin(id team.PersonID, groups map[team.GroupID]team.Rights) error {
	if !groups[team.Everyone].Reaches(team.RightsAdmin) {
		return nil
	}
	for _, p := range s.admins() {
		if p != id {
			return nil
		}
	}
	return &team.Fault{Status: 409, Code: team.CodeConflict, Field: "administrator"}
}

// admins is who may administer everything.
func (s *Server) admins() (out []team.PersonID) {
	s.board.mu.RLock()
	defer s.board.mu.RUnlock()
	for id, p := range s.board.people {
		if !p.Disabled && p.Groups[team.Everyone].Reaches(team.RightsAdmin) {
			out = append(out, id)
		}
	}
	return out
}

func (s *Server) deletePerson(ctx context.Context, q *request) (any, error) {
	id := team.PersonID(q.path("person"))
	devices, err := s.revokeAll(ctx, id, "")
	if err != nil {
		return nil, err
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		is, err := tx.Item(team.KindPerson, string(id))
		if err != nil {
			return err
		}
		p, err := value[team.Person](is)
		if err != nil {
			return err
		}
		if err := s.lastAdmin(id, p.Groups); err != nil {
			return err
		}
		for _, t := range devices {
			if err := revoke(tx, t); err != nil {
				return err
			}
		}
		for _, kind := range []team.Kind{team.KindPresence, kindChosen, team.KindRouting, team.KindMailbox} {
			if _, err := tx.Put(team.Item{Kind: kind, ID: string(id), Gone: true}); err != nil {
				return err
			}
		}
		if _, err = tx.Put(team.Item{Kind: kindLine, ID: string(id), Gone: true}); err != nil {
			return err
		}
		if _, err = tx.Put(team.Item{Kind: team.KindPerson, ID: string(id), Gone: true}); err != nil {
			return err
		}
		return tx.SetSecret(id, "")
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) putGroup(ctx context.Context, q *request) (any, error) {
	in := body[team.NewGroup](q)
	seq, err := s.PutGroup(ctx, team.GroupID(q.path("group")), in)
	return team.Done{Seq: seq}, err
}

// PutGroup makes a group (Seq 0) or changes one.
func (s *Server) PutGroup(ctx context.Context, id team.GroupID, in team.NewGroup) (team.Seq, error) {
	g := in.Group
	if g.ID == "" {
		g.ID = id
	}
	if g.ID != id || g.ID == newID {
		return 0, bad("id")
	}
	if err := first([]error{word("id", string(g.ID), 60), short("name", g.Name, 100, false), telephone("number", g.Number, false)}); err != nil {
		return 0, err
	}
	if strings.TrimSpace(g.Name) == "" {
		return 0, bad("name")
	}
	return s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if _, err := seenAs(tx, team.KindGroup, string(id), in.Seq); err != nil {
			return err
		}
		return put(tx, team.Item{Kind: team.KindGroup, ID: string(id)}, g)
	})
}

func (s *Server) deleteGroup(ctx context.Context, q *request) (any, error) {
	id := team.GroupID(q.path("group"))
	if id == team.Everyone {
		return nil, forbidden()
	}
	people := s.board.all(team.KindPerson, view{all: true})
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if _, err := tx.Item(team.KindGroup, string(id)); err != nil {
			return err
		}
		for _, i := range people {
			if err := setRights(tx, team.PersonID(i.ID), id, team.RightsNone); err != nil && !errors.Is(err, kept.ErrNotFound) {
				return err
			}
		}
		// Without its inbox, whose mailboxes may be another group's then.
		_, err := tx.Put(team.Item{Kind: team.KindGroup, ID: string(id), Gone: true})
		_, and := tx.Put(team.Item{Kind: team.KindInbox, ID: string(id), Gone: true})
		return errors.Join(err, and)
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) putMemberRights(ctx context.Context, q *request) (any, error) {
	in := body[team.MemberRights](q)
	seq, err := s.SetRights(ctx, team.PersonID(q.path("person")), team.GroupID(q.path("group")), in.Rights)
	return team.Done{Seq: seq}, err
}

// SetRights says what a person may do in a group; RightsNone takes them out of it.
func (s *Server) SetRights(ctx context.Context, id team.PersonID, g team.GroupID, r team.Rights) (team.Seq, error) {
	switch r {
	case team.RightsNone, team.RightsUser, team.RightsAgent, team.RightsSupervisor, team.RightsAdmin:
	default:
		return 0, bad("rights")
	}
	if _, ok := s.board.get(team.KindGroup, string(g)); !ok {
		return 0, notFound()
	}
	if g == team.Everyone && !r.Reaches(team.RightsAdmin) {
		if p, ok := s.board.who(id); ok {
			if err := s.lastAdmin(id, p.Groups); err != nil {
				return 0, err
			}
		}
	}
	return s.Shelf.Update(ctx, func(tx kept.Tx) error { return setRights(tx, id, g, r) })
}

func setRights(tx kept.Tx, id team.PersonID, g team.GroupID, r team.Rights) error {
	is, err := tx.Item(team.KindPerson, string(id))
	if err != nil {
		return err
	}
	p, err := value[team.Person](is)
	if err != nil {
		return err
	}
	if p.Groups == nil {
		p.Groups = map[team.GroupID]team.Rights{}
	}
	if p.Groups[g] = r; r == team.RightsNone {
		delete(p.Groups, g)
	}
	return put(tx, is, p)
}

// ofGroup is the group a path names.
func ofGroup(s *Server, q *request) (team.GroupID, error) {
	g := team.GroupID(q.path("group"))
	if _, ok := s.board.get(team.KindGroup, string(g)); !ok {
		return "", notFound()
	}
	return g, nil
}

// ofPerson is the group in which the asker has the highest rights among those of the person a path names.
func ofPerson(s *Server, q *request) (team.GroupID, error) {
	s.board.mu.RLock()
	p, ok := s.board.people[team.PersonID(q.path("person"))]
	s.board.mu.RUnlock()
	if !ok {
		return "", notFound()
	}
	best := team.Everyone
	for g, r := range p.Groups {
		if r.Reaches(team.RightsUser) && q.person.In(g).Reaches(q.person.In(best)) {
			best = g
		}
	}
	if p.ID == q.person.ID { // who is in no group still speaks for themselves
		for g := range p.Groups {
			if q.person.In(g).Reaches(q.person.In(best)) {
				best = g
			}
		}
	}
	return best, nil
}

func (s *Server) putPresence(ctx context.Context, q *request) (any, error) {
	in, id := body[team.PresenceChange](q), team.PersonID(q.path("person"))
	a := in.Activity
	if err := first([]error{word("activity.kind", string(a.Kind), 20), short("activity.name", a.Name, 60, false), telephone("activity.divert", a.Divert, false),
		short("activity.from", a.From, 80, false), short("note", in.Note, 500, true)}); err != nil {
		return nil, err
	}
	if !a.Until.IsZero() && !a.Until.After(s.Now()) {
		return nil, bad("activity.until")
	}
	a.Since = s.Now().UTC()
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		is, err := tx.Item(team.KindPresence, string(id))
		if err != nil && !errors.Is(err, kept.ErrNotFound) {
			return err
		}
		if err == nil && in.Seq != 0 && is.Seq != in.Seq {
			return &kept.Conflict{Item: is}
		}
		r, err := stated[team.Routing](tx, team.KindRouting, id)
		if err != nil {
			return err
		}
		if plan, ok := strings.CutPrefix(a.From, "plan:"); ok && slices.ContainsFunc(r.Plans, func(p phone.Plan) bool { return p.ID == plan }) {
			return s.settle(tx, id) // a desktop tells what follows from a plan that is ours
		}
		if q.person.ID != id && a.Divert == "" { // who sets another's knows nothing of their links
			a.Divert = linked(a.Kind, r.Links)
		}
		c := byHand{Activity: a, Note: in.Note, By: q.person.ID}
		if err := put(tx, team.Item{Kind: kindChosen, ID: string(id)}, c); err != nil {
			return err
		}
		return s.settle(tx, id)
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) audit(ctx context.Context, q *request) (any, error) {
	const page = 100
	before := int64(0)
	if b := q.http.URL.Query().Get("before"); b != "" {
		var err error
		if before, err = strconv.ParseInt(b, 10, 64); err != nil || before <= 0 {
			return nil, bad("before")
		}
	}
	entries, err := s.Shelf.Audit(ctx, before, page)
	if err != nil {
		return nil, err
	}
	out := team.AuditPage{Entries: entries}
	if out.Entries == nil {
		out.Entries = []team.AuditEntry{}
	}
	if len(entries) == page {
		out.Next = entries[page-1].ID
	}
	return out, nil
}
