package engine

import (
	"net/http"
	"slices"
	"testing"

	"svara/phone"
	"svara/phone/team"
)

// Future activities of colleagues are put and taken away one at a time, in the zone of who sets them, where they are permitted.
func TestColleaguesPlans(t *testing.T) {
	s, at := liveDesk(t)
	s, _ = tell(t, s, at, teamItem(t, team.KindPerson, "salma", 40, team.Person{ID: "salma", Name: "Salma Haddad", Extension: "2102", Groups: map[team.GroupID]team.Rights{"sales": team.RightsUser}}),
		teamItem(t, team.KindPerson, "axel", 41, team.Person{ID: "axel", Name: "Axel", Groups: map[team.GroupID]team.Rights{"other": team.RightsUser}}))
	p := plan("p 1", "2026-12-01T11:30", "2026-12-01T12:00")
	next, turn := reduce(s, teamTime, inCommand{phone.SetColleaguePlan{Person: "salma", Plan: p}})
	asks := find[fxTeamAsk](turn.fx)
	if turn.reply.err != nil || len(asks) != 1 || asks[0].method != http.MethodPut || asks[0].path != "people/salma/plans/p%201" {
		t.Fatalf("%v %+v", turn.reply.err, turn.fx)
	}
	if in := asks[0].in.(phone.Plan); in.ID != p.ID || in.Kind != p.Kind || in.Zone == "Local" || in.Zone == "" && s.local.String() != "Local" {
		t.Errorf("%+v", in)
	}
	if c := next.snapshot(1, teamTime).Team.Changes; len(c) != 1 || c[0].About != phone.PlanAbout("salma", "p 1") || c[0].Name != "Salma Haddad" || c[0].State != phone.TeamChangeAsking {
		t.Errorf("%+v", c)
	}
	_, turn = reduce(s, teamTime, inCommand{phone.RemoveColleaguePlan{Person: "salma", ID: "p 1"}})
	if asks = find[fxTeamAsk](turn.fx); turn.reply.err != nil || len(asks) != 1 || asks[0].method != http.MethodDelete || asks[0].path != "people/salma/plans/p%201" {
		t.Errorf("%v %+v", turn.reply.err, turn.fx)
	}
	// Refused says so; what was refused is kept until it is tried again.
	next, turn = reduce(next, teamTime, inTeamDone{at: at, change: "c1", err: &team.Fault{Status: 403, Code: team.CodeForbidden}})
	if c := next.snapshot(1, teamTime).Team.Changes; len(c) != 1 || c[0].Reason == nil || c[0].Reason.ID != phone.ReasonTeamNoRight || !slices.ContainsFunc(turn.events, func(e phone.Event) bool { return e.Kind == phone.EventTeam }) {
		t.Errorf("%+v %+v", c, turn.events)
	}
	wrong := p
	wrong.To = wrong.From
	for name, c := range map[string]struct {
		cmd  phone.Command
		want phone.ReasonID
	}{
		"not permitted":      {phone.SetColleaguePlan{Person: "axel", Plan: p}, phone.ReasonTeamNoRight},
		"nobody":             {phone.SetColleaguePlan{Person: "nobody", Plan: p}, phone.ReasonNoPerson},
		"removed of another": {phone.RemoveColleaguePlan{Person: "axel", ID: "p1"}, phone.ReasonTeamNoRight},
		"removed is nothing": {phone.RemoveColleaguePlan{Person: "salma"}, phone.ReasonBadCommand},
		"ends as it begins":  {phone.SetColleaguePlan{Person: "salma", Plan: wrong}, phone.ReasonOf(wrong.Validate()).ID},
	} {
		if _, turn := reduce(s, teamTime, inCommand{c.cmd}); turn.reply.err == nil || phone.ReasonOf(turn.reply.err).ID != c.want || len(find[fxTeamAsk](turn.fx)) != 0 {
			t.Errorf("%s: %v", name, turn.reply.err)
		}
	}
}
