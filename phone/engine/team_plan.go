package engine

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// Future activities of colleagues, where they may be set (features.md F10). The server keeps them and sees to them; a colleague's
// own telephone shows them as theirs.

// planPath is where the server has a plan of somebody's.
func planPath(who phone.TeamPersonID, plan string) string {
	return "people/" + url.PathEscape(string(who)) + "/plans/" + url.PathEscape(plan)
}

// colleague is somebody whose activity the user may set.
func (t *turn) colleague(who phone.TeamPersonID) (team.Person, error) {
	x, err := t.liveTeam()
	if err != nil {
		return team.Person{}, err
	}
	other, known := x.people[team.PersonID(who)]
	switch {
	case !known:
		return other, phone.Refuse(phone.ReasonNoPerson, string(who))
	case other.ID != x.me && !supervises(x.people[x.me], other):
		return other, phone.Refuse(phone.ReasonTeamNoRight, string(who))
	}
	return other, nil
}

func (t *turn) setColleaguePlan(cmd phone.SetColleaguePlan) error {
	other, err := t.colleague(cmd.Person)
	if err != nil {
		return err
	}
	p := cmd.Plan
	if p.Zone == "" || p.Zone == "Local" { // as the user means it, wherever the colleague is
		if p.Zone = t.s.local.String(); p.Zone == "Local" {
			p.Zone = ""
		}
	}
	if err := p.Validate(); err != nil {
		return err
	}
	t.askTeam(cmd.Verb(), phone.PlanAbout(cmd.Person, p.ID), other.Name, http.MethodPut, planPath(cmd.Person, p.ID), p)
	return nil
}

func (t *turn) removeColleaguePlan(cmd phone.RemoveColleaguePlan) error {
	other, err := t.colleague(cmd.Person)
	if err != nil {
		return err
	}
	if cmd.ID == "" {
		return phone.Refuse(phone.ReasonBadCommand, "id")
	}
	t.askTeam(cmd.Verb(), phone.PlanAbout(cmd.Person, cmd.ID), other.Name, http.MethodDelete, planPath(cmd.Person, cmd.ID), nil)
	return nil
}

// ColleaguePlans implements phone.Colleagues.
func (e *Engine) ColleaguePlans(ctx context.Context, who phone.TeamPersonID) (phone.ColleaguePlans, error) {
	out := phone.ColleaguePlans{Person: who}
	now := e.runner.team.now.Load()
	switch {
	case now == nil:
		return out, phone.Refuse(phone.ReasonNoTeam, "")
	case !now.live || now.client == nil:
		return out, phone.Refuse(phone.ReasonTeamAway, "")
	case who == "":
		return out, phone.Refuse(phone.ReasonNoPerson, "")
	}
	var view team.RoutingView
	if err := now.client.Do(ctx, http.MethodGet, "people/"+url.PathEscape(string(who))+"/routing", nil, &view); err != nil {
		return out, &phone.Error{Reason: teamReason(err)}
	}
	r := view.Routing.Value
	out.Plans, out.Links, out.Roles = view.Next, r.Links, r.Roles
	for i := range out.Plans {
		p := &out.Plans[i]
		if p.Zone == "" {
			p.Zone = r.Zone // as the server means it
		}
		p.Next, p.Ends = here(p.Next), here(p.Ends)
	}
	return out, nil
}

func here(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.Local()
}

var _ phone.Colleagues = (*Engine)(nil)
