package server

import (
	"context"
	"slices"

	"svara/phone"
	"svara/phone/team"
)

// The number that is shown to those called follows a person to all their telephones (features.md B4): the role they have
// chosen, or that of the plan in force, is set in the exchange as forwardings are, by the steerer. Only their own numbers
// and those of their groups are.

func checkRoles(r team.Routing) error {
	if len(r.Roles) > mostRoles {
		return bad("routing.roles")
	}
	known := map[phone.RoleID]bool{"": true, phone.RoleWithheld: true}
	for _, role := range r.Roles {
		if err := role.Validate(); err != nil || known[role.ID] || role.Withheld {
			return bad("routing.roles")
		}
		known[role.ID] = true
		if err := first([]error{telephone("routing.roles", role.Number, true), short("routing.roles", role.Name, 60, false)}); err != nil {
			return err
		}
	}
	if !known[r.Role] {
		return bad("routing.role")
	}
	return nil
}

// mayShow reports whether a number is a person's own or of a group of theirs.
func (s *Server) mayShow(p team.Person, number string) bool {
	if number == p.Extension || number == p.Mobile || slices.ContainsFunc(p.Numbers, func(x phone.Number) bool { return number == x.Number || number == x.E164 }) {
		return true
	}
	return slices.ContainsFunc(s.board.all(team.KindGroup, view{all: true}), func(i team.Item) bool {
		g, err := value[team.Group](i)
		return err == nil && g.Number == number && p.In(g.ID).Reaches(team.RightsUser)
	})
}

// toShow is the number that a person is to show now, those that a call may ask for, and why it is not the one they want.
func (s *Server) toShow(p team.Person, is team.Routed) (number string, may []string, why *phone.Reason) {
	if is.Extension == "" {
		return "", nil, nil
	}
	i, ok := s.board.get(team.KindRouting, string(p.ID))
	if !ok {
		return "", nil, nil
	}
	r, err := value[team.Routing](i)
	if err != nil {
		return "", nil, nil
	}
	role := r.Role
	for _, plan := range r.Plans {
		if plan.ID == is.Plan && plan.Role != "" && (plan.Role == phone.RoleWithheld || slices.ContainsFunc(r.Roles, func(x phone.Role) bool { return x.ID == plan.Role })) {
			role = plan.Role
		}
	}
	for _, x := range r.Roles {
		permitted := s.mayShow(p, x.Number)
		if permitted {
			may = append(may, dialled(x.Number))
		}
		if x.ID == role {
			if permitted {
				number = dialled(x.Number)
			} else {
				why = &phone.Reason{ID: phone.ReasonNotPermitted, Text: x.Number}
			}
		}
	}
	if role == phone.RoleWithheld {
		number = string(phone.RoleWithheld)
	}
	return number, may, why
}

// show has the exchange show what a person wants. again: it refused, and is asked once more later.
func (x *steerer) show(ctx context.Context, p team.Person, moved bool, is *team.Routed, source string, up *phone.Reason) (again bool, err error) {
	shown := &is.Shown
	var may []string
	shown.Wanted, shown.Reason = "", nil
	if !moved {
		shown.Wanted, may, shown.Reason = x.s.toShow(p, *is)
	}
	switch {
	case shown.Wanted == shown.Number && slices.Equal(may, shown.May):
		return false, nil
	case source == "":
		shown.Reason = &phone.Reason{ID: phone.ReasonNotSupported}
		return false, nil
	case up != nil:
		shown.Reason = up
		return false, nil
	}
	err = x.s.ask(ctx, source, team.SetShown{Extension: is.Extension, Number: shown.Wanted, May: may})
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		why := reasonOf(err)
		shown.Reason = &why
		x.s.Log.Warn("the number to be shown is refused", "person", p.ID, "reason", why.ID)
		return true, nil
	}
	shown.Number, shown.May = shown.Wanted, may
	return false, nil
}
