package server

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// Times of camps.
const (
	campLife = 45 * time.Second // a camp that is not asked for anew within it is of a telephone that has gone
	campLook = 5 * time.Second  // how often those are looked for
	campTime = 12 * time.Hour   // how long somebody can have waited
	maxCamps = 100              // at one target
)

// campOrder is who waits for a target, over all groups: the ids of camps. It is one item, so that two servers that put a camp
// into it at once do so one after the other.
type campOrder []string

// orderAt reads who waits for a target. What is there no more is left out.
func orderAt(tx kept.Tx, target string) (camps []team.Camp, err error) {
	i, err := tx.Item(kindOrder, target)
	if errors.Is(err, kept.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	ids, err := value[campOrder](i)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		switch c, err := campOf(tx, id); {
		case errors.Is(err, kept.ErrNotFound):
		case err != nil:
			return nil, err
		case c.Target == target:
			camps = append(camps, c)
		}
	}
	return camps, nil
}

func campOf(tx kept.Tx, id string) (team.Camp, error) {
	i, err := tx.Item(team.KindCamp, id)
	if err != nil {
		return team.Camp{}, err
	}
	return value[team.Camp](i)
}

// putOrder writes who waits for a target: who has waited longest is first. The turn is theirs who is being offered already,
// else of the first who is not just being talked to.
func putOrder(tx kept.Tx, target string, camps []team.Camp) error {
	slices.SortFunc(camps, func(a, b team.Camp) int { return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.ID, b.ID)) })
	turn := slices.IndexFunc(camps, func(c team.Camp) bool { return c.State == team.CampOffering })
	if turn < 0 {
		turn = slices.IndexFunc(camps, func(c team.Camp) bool { return c.State == team.CampWaiting })
	}
	ids := campOrder{}
	for n, c := range camps {
		c.Place, c.Of, c.Turn, c.Ahead = n+1, len(camps), n == turn, ""
		if turn >= 0 && n != turn {
			c.Ahead = camps[turn].By
		}
		ids = append(ids, c.ID)
		if err := put(tx, team.Item{Kind: team.KindCamp, ID: c.ID, Group: c.Group}, c); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		_, err := tx.Put(team.Item{Kind: kindOrder, ID: target, Gone: true})
		return err
	}
	return put(tx, team.Item{Kind: kindOrder, ID: target}, ids)
}

// without takes a camp out of those of its target, and moves up who came after it.
func without(tx kept.Tx, c team.Camp) error {
	camps, err := orderAt(tx, c.Target)
	if err != nil {
		return err
	}
	camps = slices.DeleteFunc(camps, func(o team.Camp) bool { return o.ID == c.ID })
	return putOrder(tx, c.Target, camps)
}

// putCamp puts a held call into the order at a busy colleague, or says that it is still there and what is done with it. Its
// place goes by how long it has waited: one that was put before keeps it.
func (s *Server) putCamp(ctx context.Context, q *request) (any, error) {
	in, group := body[team.NewCamp](q), team.GroupID(q.path("group"))
	id := q.path("camp")
	if err := first([]error{word("id", id, 60), telephone("target", in.Target, true), short("from", in.From.Name+in.From.Number+in.From.URI+in.From.Group, 400, false)}); err != nil {
		return nil, err
	}
	if in.ID != id || in.Group != group {
		return nil, bad("id")
	}
	if in.WaitedS < 0 || in.WaitedS > int(campTime/time.Second) {
		return nil, bad("waited_s")
	}
	if in.State == "" {
		in.State = team.CampWaiting
	}
	if in.State != team.CampWaiting && in.State != team.CampFetched && in.State != team.CampOffering {
		return nil, bad("state")
	}
	in.Target = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(in.Target)
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		now := s.Now().UTC()
		c := team.Camp{ID: id, Group: group, Target: in.Target, By: q.person.ID, From: in.From, State: in.State,
			Since: now.Add(-time.Duration(in.WaitedS) * time.Second), Until: now.Add(campLife)}
		before, err := campOf(tx, id)
		switch {
		case errors.Is(err, kept.ErrNotFound):
		case err != nil:
			return err
		case before.Group != group || before.By != q.person.ID:
			return kept.ErrNotFound
		case before.Target == in.Target:
			c.Since = before.Since
		default:
			if err := without(tx, before); err != nil {
				return err
			}
		}
		camps, err := orderAt(tx, in.Target)
		if err != nil {
			return err
		}
		camps = slices.DeleteFunc(camps, func(o team.Camp) bool { return o.ID == id })
		if len(camps) >= maxCamps {
			return &team.Fault{Status: 429, Code: team.CodeTooMany, RetryS: int(campLife / time.Second)}
		}
		return putOrder(tx, in.Target, append(camps, c))
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) deleteCamp(ctx context.Context, q *request) (any, error) {
	id, group := q.path("camp"), team.GroupID(q.path("group"))
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		c, err := campOf(tx, id)
		if err != nil {
			return err
		}
		if c.Group != group {
			return kept.ErrNotFound
		}
		return dropCamp(tx, c)
	})
	return team.Done{Seq: seq}, err
}

func dropCamp(tx kept.Tx, c team.Camp) error {
	if _, err := tx.Put(team.Item{Kind: team.KindCamp, ID: c.ID, Group: c.Group, Gone: true}); err != nil {
		return err
	}
	return without(tx, c)
}

// followCamps lets go of camps whose telephones have gone, until ctx ends. After a start it waits for them to be heard of
// first: they come back as this server does.
func (s *Server) followCamps(ctx context.Context) {
	from := time.Now().Add(campLife)
	tick := time.NewTicker(campLook)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if time.Now().After(from) {
				s.dropCamps(ctx)
			}
		case <-ctx.Done():
			return
		}
	}
}

// dropCamps lets go of the camps whose time is over.
func (s *Server) dropCamps(ctx context.Context) {
	over := func(c team.Camp) bool { return c.Until.Before(s.Now()) }
	for _, i := range s.board.all(team.KindCamp, view{all: true}) {
		if c, err := value[team.Camp](i); err != nil || !over(c) {
			continue
		}
		_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
			c, err := campOf(tx, i.ID) // again: the board may be behind what is committed
			if errors.Is(err, kept.ErrNotFound) || err == nil && !over(c) {
				return nil
			} else if err != nil {
				return err
			}
			return dropCamp(tx, c)
		})
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("a camp that is over is still there", "camp", i.ID, "error", err)
		}
	}
}
