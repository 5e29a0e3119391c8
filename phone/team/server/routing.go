package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/schedule"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// What a person's activity is made of (see steer.go):
//
//	kindChosen (by hand)  ┐
//	KindRouting (plans)   ┼─ inForce ─► KindPresence, for all to see
//	the clock             ┘        └──► KindRouted ─► forwardings in the exchange

// byHand is what somebody chose by hand, or had chosen for them.
type byHand struct {
	Activity phone.Activity `json:"activity"` // no Kind: nothing
	Note     string         `json:"note,omitempty"`
	By       team.PersonID  `json:"by,omitempty"`
}

// Limits of a routing.
const (
	mostPlans = 100
	mostLinks = 40
	mostRoles = 40
)

// emergencies are numbers that nobody's calls are sent to.
var emergencies = []string{"112", "911", "999"}

func (s *Server) routing(_ context.Context, q *request) (any, error) {
	id := q.path("person")
	out := team.RoutingView{}
	out.Routing.Value.Person, out.Routed.Person = team.PersonID(id), team.PersonID(id)
	var err error
	if i, ok := s.board.get(team.KindRouting, id); ok {
		if out.Routing.Value, err = value[team.Routing](i); err != nil {
			return nil, err
		}
		out.Routing.Seq = i.Seq
	}
	if i, ok := s.board.get(team.KindRouted, id); ok {
		if out.Routed, err = value[team.Routed](i); err != nil {
			return nil, err
		}
	}
	out.Next = schedule.Planned(out.Routing.Value.Plans, s.Now(), s.zone(out.Routing.Value))
	return out, nil
}

func (s *Server) putRouting(ctx context.Context, q *request) (any, error) {
	in, id := body[team.RoutingChange](q), q.path("person")
	r := in.Routing
	p, ok := s.board.who(team.PersonID(id))
	if !ok {
		return nil, notFound()
	}
	if string(r.Person) != id {
		return nil, bad("person")
	}
	if err := checkRouting(r, p); err != nil {
		return nil, err
	}
	r.SetBy = q.person.ID
	var seq team.Seq // of the routing: what is changed next is named by it
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		is, err := seenAs(tx, team.KindRouting, id, in.Seq)
		if err != nil {
			return err
		}
		is.Person = team.PersonID(id)
		if err := put(tx, is, r); err != nil {
			return err
		}
		if is, err = tx.Item(team.KindRouting, id); err != nil {
			return err
		}
		seq = is.Seq
		return s.settle(tx, team.PersonID(id))
	})
	return team.Done{Seq: seq}, err
}

func checkRouting(r team.Routing, p team.Person) error {
	number := func(field, n string, need bool) error {
		if err := telephone(field, n, need); err != nil {
			return err
		}
		if n != "" && (dialled(n) == dialled(p.Extension) || numbers.Emergency(n, emergencies)) {
			return bad(field)
		}
		return nil
	}
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "Local" {
		return bad("routing.zone")
	}
	if len(r.Plans) > mostPlans || len(r.Links) > mostLinks {
		return bad("routing.plans")
	}
	seen := map[string]bool{}
	for _, plan := range r.Plans {
		if err := plan.Validate(); err != nil || plan.Zone == "Local" || seen["plan "+plan.ID] {
			return bad("routing.plans")
		}
		seen["plan "+plan.ID] = true
		if plan.Divert == phone.DivertNumber {
			if err := number("routing.plans", plan.Number, true); err != nil {
				return err
			}
		}
		if err := first([]error{short("routing.plans", plan.Name, 60, false), short("routing.plans", plan.Note, 500, true)}); err != nil {
			return err
		}
	}
	for _, l := range r.Links {
		if err := l.Validate(); err != nil || seen["link "+string(l.Kind)] {
			return bad("routing.links")
		}
		seen["link "+string(l.Kind)] = true
		if err := number("routing.links", l.Number, true); err != nil {
			return err
		}
	}
	if err := checkRoles(r); err != nil {
		return err
	}
	for kind, n := range r.Forwards {
		if !slices.Contains(forwardKinds, kind) {
			return bad("routing.forwards")
		}
		if err := number("routing.forwards", n, true); err != nil {
			return err
		}
	}
	return nil
}

// forwardKinds in the order of menus.
var forwardKinds = []phone.ForwardKind{phone.ForwardAll, phone.ForwardNoAnswer, phone.ForwardBusy}

// dialled is a number as it is dialled: without what people write between its digits.
func dialled(n string) string {
	return strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(n)
}

// zone is where the times of plans are meant that name no zone.
func (s *Server) zone(r team.Routing) *time.Location {
	if loc, err := time.LoadLocation(r.Zone); err == nil && r.Zone != "" {
		return loc
	}
	return s.Zone
}

// stated is an item's value in an update, or its zero value while there is none.
func stated[T any](tx kept.Tx, kind team.Kind, id team.PersonID) (v T, err error) {
	i, err := tx.Item(kind, string(id))
	if errors.Is(err, kept.ErrNotFound) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	return value[T](i)
}

// settle works out what a person's activity is now and writes it where it is seen. What is in force already is left alone.
func (s *Server) settle(tx kept.Tx, id team.PersonID) error {
	c, err := stated[byHand](tx, kindChosen, id)
	if err != nil {
		return err
	}
	r, err := stated[team.Routing](tx, team.KindRouting, id)
	if err != nil {
		return err
	}
	p, err := stated[team.Presence](tx, team.KindPresence, id)
	if err != nil {
		return err
	}
	is, err := stated[team.Routed](tx, team.KindRouted, id)
	if err != nil {
		return err
	}
	now := s.Now()
	f := inForce(c, r, now, s.zone(r))
	if f.activity.Since.IsZero() { // free, and nothing says since when
		if f.activity.Since = now.UTC(); p.Activity.Kind == f.activity.Kind && p.Activity.From == "" {
			f.activity.Since = p.Activity.Since
		}
	}
	p.Person, p.Activity, p.Note, p.SetBy = id, f.activity, f.note, c.By
	if f.plan != "" {
		p.SetBy = r.SetBy
	}
	if err := put(tx, team.Item{Kind: team.KindPresence, ID: string(id)}, p); err != nil {
		return err
	}
	is.Person, is.Activity, is.Plan = id, f.activity, f.plan
	return put(tx, team.Item{Kind: team.KindRouted, ID: string(id), Person: id}, is)
}

// force is what is in force, and until when at most without anybody doing anything; zero: for ever.
type force struct {
	activity phone.Activity
	note     string
	plan     string
	until    time.Time
}

// inForce is of what was chosen by hand and the plan that runs the one that began later, as a desktop has it.
func inForce(c byHand, r team.Routing, now time.Time, zone *time.Location) force {
	f := force{activity: phone.Activity{Kind: phone.ActivityAvailable, Rings: true}, note: c.Note}
	ends := func(at time.Time) {
		if at.After(now) && (f.until.IsZero() || at.Before(f.until)) {
			f.until = at
		}
	}
	hand := c.Activity.Kind != ""
	if hand && !c.Activity.Until.IsZero() && !c.Activity.Until.After(now) {
		hand, f.activity.Since = false, c.Activity.Until
	}
	if hand {
		f.activity = c.Activity
		ends(c.Activity.Until)
	}
	if p, from, to, runs := schedule.Now(r.Plans, now, zone); runs && (!hand || from.After(c.Activity.Since)) {
		f.activity = phone.Activity{Kind: p.Kind, Name: p.Name, Rings: p.Kind.Rings(), Divert: divert(p, r.Links), Since: from.UTC(), Until: to.UTC(), From: "plan:" + p.ID}
		if f.plan = p.ID; p.Rings != nil {
			f.activity.Rings = *p.Rings
		}
		if p.Note != "" {
			f.note = p.Note
		}
	}
	for _, p := range schedule.Planned(r.Plans, now, zone) {
		ends(p.Next)
		ends(p.Ends)
	}
	return f
}

// divert is where calls go while a plan runs, or empty.
func divert(p phone.Plan, links []phone.Link) string {
	switch p.Divert {
	case phone.DivertNumber:
		return p.Number
	case phone.DivertLinked:
		return linked(p.Kind, links)
	}
	return ""
}

func linked(kind phone.ActivityKind, links []phone.Link) string {
	for _, l := range links {
		if l.Kind == kind {
			return l.Number
		}
	}
	return ""
}
