package engine

import (
	"slices"

	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/ua"
)

// roles is which number is shown to those called (features.md B4).
type roles struct {
	now  phone.RoleID // until changed
	next phone.RoleID // for the next call
	plan phone.RoleID // of the plan in force
}

// withheld is the role that is always there.
var withheld = phone.Role{ID: phone.RoleWithheld, Withheld: true}

func (s *state) rolesView() phone.Roles {
	shared, why := s.shownElsewhere()
	return phone.Roles{All: append(slices.Clip(s.set.roles), withheld), Now: s.roles.now, Next: s.roles.next, Plan: s.roles.plan, Shared: shared, Refused: why}
}

// role finds a role, or nil for one that is not there.
func (s *state) role(id phone.RoleID) *phone.Role {
	if id == phone.RoleWithheld {
		r := withheld
		return &r
	}
	for i := range s.set.roles {
		if r := s.set.roles[i]; r.ID == id {
			return &r
		}
	}
	return nil
}

func (s *state) knownRole(id phone.RoleID) bool { return s.role(id) != nil }

func (t *turn) setRole(cmd phone.SetRole) error {
	if cmd.Role != "" && !t.s.knownRole(cmd.Role) {
		return phone.Refuse(phone.ReasonNoItem, string(cmd.Role))
	}
	if cmd.Next {
		t.s.roles.next = cmd.Role
		t.tellRole()
		return nil
	}
	t.setNowRole(cmd.Role)
	return nil
}

func (t *turn) setNowRole(id phone.RoleID) {
	if t.s.roles.now == id {
		return
	}
	t.s.roles.now = id
	t.edited(shownEdit)
	t.tellRole()
	t.remember()
}

// planRole is the role of the plan in force.
func (t *turn) planRole(id phone.RoleID) {
	if id != "" && !t.s.knownRole(id) {
		id = ""
	}
	if t.s.roles.plan != id {
		t.s.roles.plan = id
		t.tellRole()
	}
}

func (t *turn) tellRole() {
	t.tell(phone.Event{Kind: phone.EventRole, Value: string(t.s.rolesView().Shown())})
}

// wear takes the role for a call that is about to be placed: the one named, else the one shown. A role for the next call
// is spent.
func (t *turn) wear(as phone.RoleID, account phone.AccountID) (*phone.Role, error) {
	id := as
	if id == "" {
		id = t.s.rolesView().Shown()
	}
	if id == "" {
		return nil, nil
	}
	r := t.s.role(id)
	if r == nil {
		return nil, phone.Refuse(phone.ReasonNoItem, string(id))
	}
	if r.Account != "" && r.Account != account {
		if as != "" {
			return nil, phone.Refuse(phone.ReasonNoAccount, string(r.Account))
		}
		return nil, nil // it is another account's number
	}
	return r, nil
}

// spendRole: the next call has been made.
func (t *turn) spendRole() {
	if t.s.roles.next != "" {
		t.s.roles.next = ""
		t.tellRole()
	}
}

// withhold is how a call hides the number at its exchange: what to dial then, and the way. A name has no code.
func (s *state) withhold(id phone.AccountID, number, send string) (string, dialect.Identity, error) {
	way := s.dialect(id).Withheld
	if way == dialect.ByCode && looksLikeNumber(number) {
		code, err := s.dialCode(id, phone.FeatureWithheld, dialect.Args{Number: number})
		return code, way, err
	}
	if way == dialect.From {
		return send, way, nil
	}
	return send, dialect.Privacy, nil
}

// show puts the number to be shown into an INVITE, in its exchange's way.
func (t *turn) show(c *call, i *ua.Invite) {
	switch c.withhold {
	case dialect.From:
		i.Private, i.FromIdentity = true, true
		return
	case dialect.Privacy:
		i.Private = true
		return
	case dialect.ByCode:
		return
	}
	a := t.s.account(c.Account)
	if c.wears == nil || a == nil || c.wears.Number == a.User {
		return
	}
	party := partyFor(c.wears.Number, a)
	party.Name = a.DisplayName
	i.Identity = &party
	i.FromIdentity = t.s.dialect(a.ID).Shown == dialect.From
}
