package server

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// shows waits until the exchange was asked to show a number for somebody, and returns what it was asked since last time.
func (d *desk) shows(id team.PersonID, number string) (asked []team.SetShown) {
	d.t.Helper()
	d.until(string(id)+" shows "+number, func() bool {
		s := d.routed(id).Shown
		return s.Number == number && s.Wanted == number
	})
	for _, a := range d.source.did() {
		if a, ok := a.(team.SetShown); ok {
			asked = append(asked, a)
		}
	}
	return asked
}

// The number that somebody shows is the exchange's to show with all their telephones: the role they chose, a plan's while it
// runs, one of their own or of a group's, each asked for once; another number is not, and why is told.
func TestTheNumberThatIsShown(t *testing.T) {
	d := newDesk(t)
	d.clock.set(time.Date(2026, 3, 28, 10, 0, 0, 0, time.UTC))
	ext := d.ext("ag")
	roles := []phone.Role{{ID: "own", Name: "Direct", Number: ext}, {ID: "group", Name: "Switchboard", Number: "0801"}, {ID: "other", Name: "Nobody's", Number: "0809"}}
	lunch := lunches
	lunch.Role = "own"
	seq := d.set("ag", "ag", 0, team.Routing{Roles: roles, Role: "group", Plans: []phone.Plan{lunch}})
	asked := d.shows("ag", "0801")
	if len(asked) != 1 || asked[0].Extension != ext || asked[0].Number != "0801" || !slices.Equal(asked[0].May, []string{ext, "0801"}) {
		t.Errorf("%+v", asked)
	}
	d.clock.set(time.Date(2026, 3, 28, 10, 40, 0, 0, time.UTC)) // the plan's
	if asked = d.shows("ag", ext); len(asked) != 1 {
		t.Errorf("%+v", asked)
	}
	d.clock.set(time.Date(2026, 3, 28, 11, 10, 0, 0, time.UTC))
	if asked = d.shows("ag", "0801"); len(asked) != 1 {
		t.Errorf("%+v", asked)
	}
	seq = d.set("ag", "ag", seq, team.Routing{Roles: roles, Role: phone.RoleWithheld})
	d.shows("ag", string(phone.RoleWithheld))
	seq = d.set("ag", "ag", seq, team.Routing{Roles: roles, Role: "other"})
	d.shows("ag", "")
	d.until("why is told", func() bool {
		why := d.routed("ag").Shown.Reason
		return why != nil && why.ID == phone.ReasonNotPermitted
	})
	d.set("ag", "ag", seq, team.Routing{})
	d.until("nothing is left", func() bool { s := d.routed("ag").Shown; return len(s.May) == 0 && s.Reason == nil })
	if asked = d.shows("ag", ""); len(asked) == 0 || len(asked[len(asked)-1].May) != 0 || asked[len(asked)-1].Number != "" {
		t.Errorf("%+v", asked)
	}
}

// An exchange that refuses is asked again later, and sees to forwardings all the same.
func TestTheNumberThatIsShownIsRefused(t *testing.T) {
	d := newDesk(t)
	d.source.mu.Lock()
	d.source.answer = phone.Refuse(phone.ReasonNotSupported, "dialplan")
	d.source.mu.Unlock()
	d.set("ag", "ag", 0, team.Routing{Roles: []phone.Role{{ID: "group", Name: "Switchboard", Number: "0801"}}, Role: "group"})
	d.until("the refusal is told", func() bool {
		r := d.routed("ag")
		return r.Applies && r.Shown.Reason != nil && r.Shown.Reason.ID == phone.ReasonNotSupported && r.Shown.Wanted == "0801" && r.Shown.Number == ""
	})
	d.source.mu.Lock()
	d.source.answer = nil
	d.source.mu.Unlock()
	d.clock.pass(retryLow)
	d.shows("ag", "0801")
}

// Roles that cannot be are refused.
func TestRolesAreChecked(t *testing.T) {
	group := phone.Role{ID: "group", Name: "Switchboard", Number: "0801"}
	many := make([]phone.Role, mostRoles+1)
	for i := range many {
		many[i] = phone.Role{ID: phone.RoleID("r" + string(rune('a'+i))), Name: "R", Number: "0801"}
	}
	for name, r := range map[string]team.Routing{
		"unknown": {Role: "group"}, "twice": {Roles: []phone.Role{group, group}}, "too many": {Roles: many},
		"no number":      {Roles: []phone.Role{{ID: "x", Name: "X", Number: "0801\r\nAction: Reload"}}},
		"named withheld": {Roles: []phone.Role{{ID: phone.RoleWithheld, Name: "X", Number: "0801"}}},
	} {
		if err := checkRouting(r, team.Person{Extension: "2101"}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := checkRouting(team.Routing{Roles: []phone.Role{group}, Role: "group"}, team.Person{Extension: "2101"}); err != nil {
		t.Error(err)
	}
}
