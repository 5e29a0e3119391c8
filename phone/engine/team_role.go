package engine

import (
	"slices"

	"svara/phone"
)

// Which number is shown to those called holds for all of the user's telephones (features.md B4): the roles and the one that is
// chosen are part of what the team server is handed, and it has the exchange show it.

// shownEdit is the choice of a role, among what was changed here.
const shownEdit = "shown"

// shares reports whether an item is one of those that the team server has.
func (s *state) shares(i phone.Item) bool {
	r, ok := i.(phone.Role)
	return !ok || r.Account == "" || r.Account == s.team.at.account
}

// sharedRoles is the roles as the team server is given them, and the one that is chosen.
func (s *state) sharedRoles() (out []phone.Role, now phone.RoleID) {
	now = s.roles.now
	for _, r := range s.set.roles {
		if s.shares(r) {
			r.Account = ""
			out = append(out, r)
		} else if r.ID == now {
			now = "" // of another exchange's account
		}
	}
	return out, now
}

// handOverRoles: the server has not been given our roles yet.
func (t *turn) handOverRoles() {
	h := &t.s.me.handed
	if h.Roles {
		return
	}
	h.Roles = true
	for _, r := range t.s.set.roles {
		t.edited(string(phone.ItemRole) + ":" + string(r.ID))
	}
	if t.s.roles.now != "" {
		t.edited(shownEdit)
	}
	t.remember()
}

// takeShown takes in the role that was chosen at another telephone of ours.
func (t *turn) takeShown() {
	id := t.s.team.mine.routing.Role
	if slices.Contains(t.s.me.handed.Edits, shownEdit) || id == t.s.roles.now || id != "" && !t.s.knownRole(id) {
		return
	}
	if r := t.s.role(t.s.roles.now); id == "" && r != nil && !t.s.shares(*r) {
		return
	}
	t.s.roles.now = id
	t.tellRole()
	t.remember()
}

// shownElsewhere is whether the exchange shows the role that is chosen with our other telephones too, and why it does not.
func (s *state) shownElsewhere() (shared bool, why *phone.Reason) {
	x := &s.team
	if x.link != phone.TeamLive || x.mine.routed.Person == "" {
		return false, nil
	}
	shown := x.mine.routed.Shown
	return shown.Reason == nil && shown.Number == shown.Wanted && (shown.Number != "" || len(shown.May) > 0), shown.Reason
}
