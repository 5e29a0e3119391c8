package server

import (
	"context"
	"slices"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// A future activity of somebody, put or taken away by itself, by themselves or by whom they are permitted (features.md F5, F10).
// What else of their routing is changed at the same time is left as it is: a desktop that sends all of it is told that it was
// faster.

func (s *Server) putPlan(ctx context.Context, q *request) (any, error) {
	plan, id := body[phone.Plan](q), q.path("plan")
	if plan.ID != id {
		return nil, bad("id")
	}
	return s.changePlans(ctx, q, func(plans []phone.Plan) ([]phone.Plan, error) {
		if at := slices.IndexFunc(plans, func(p phone.Plan) bool { return p.ID == id }); at >= 0 {
			plans[at] = plan
			return plans, nil
		}
		return append(plans, plan), nil
	})
}

func (s *Server) deletePlan(ctx context.Context, q *request) (any, error) {
	return s.changePlans(ctx, q, func(plans []phone.Plan) ([]phone.Plan, error) {
		left := slices.DeleteFunc(slices.Clone(plans), func(p phone.Plan) bool { return p.ID == q.path("plan") })
		if len(left) == len(plans) {
			return nil, notFound()
		}
		return left, nil
	})
}

// changePlans changes the plans of the person in the path, and what they do now where a plan is in force.
func (s *Server) changePlans(ctx context.Context, q *request, change func([]phone.Plan) ([]phone.Plan, error)) (any, error) {
	p, ok := s.board.who(team.PersonID(q.path("person")))
	if !ok {
		return nil, notFound()
	}
	var seq team.Seq
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		r, err := stated[team.Routing](tx, team.KindRouting, p.ID)
		if err != nil {
			return err
		}
		if r.Plans, err = change(r.Plans); err != nil {
			return err
		}
		r.Person, r.SetBy = p.ID, q.person.ID
		if err := checkRouting(r, p); err != nil {
			return err
		}
		if err := put(tx, team.Item{Kind: team.KindRouting, ID: string(p.ID), Person: p.ID}, r); err != nil {
			return err
		}
		is, err := tx.Item(team.KindRouting, string(p.ID))
		if err != nil {
			return err
		}
		seq = is.Seq
		return s.settle(tx, p.ID)
	})
	return team.Done{Seq: seq}, err
}
