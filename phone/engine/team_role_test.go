package engine

import (
	"slices"
	"testing"

	"svara/phone"
	"svara/phone/team"
)

// Roles and the one that is chosen are handed to the team server and come back to the user's other telephones; those of
// another exchange's account are not. Whether the exchange shows it is told.
func TestRolesAreShared(t *testing.T) {
	s, at := liveDesk(t)
	s.accounts = append(s.accounts, account{AccountStatus: phone.AccountStatus{Account: phone.Account{ID: "b", User: "9"}}})
	put := func(r phone.Role) (out []team.RoutingChange) {
		t.Helper()
		var turn *turn
		s, turn = reduce(s, teamTime, inCommand{phone.PutItem{Item: r}})
		if turn.reply.err != nil {
			t.Fatal(turn.reply.err)
		}
		return routings(turn.fx)
	}
	sent := put(phone.Role{ID: "sales", Name: "Sales", Number: "0801", Account: "a"})
	if len(sent) != 1 || len(sent[0].Routing.Roles) != 1 || sent[0].Routing.Roles[0].Account != "" || sent[0].Routing.Role != "" {
		t.Fatalf("%+v", sent)
	}
	s, _ = reduce(s, teamTime, inTeamDone{at, changeRouting, nil})
	put(phone.Role{ID: "home", Name: "Home", Number: "0812", Account: "b"})
	s, _ = reduce(s, teamTime, inTeamDone{at, changeRouting, nil})
	s, turn := reduce(s, teamTime, inCommand{phone.SetRole{Role: "sales"}})
	if sent = routings(turn.fx); len(sent) != 1 || sent[0].Routing.Role != "sales" || len(sent[0].Routing.Roles) != 1 {
		t.Fatalf("%+v", sent)
	}
	s, _ = reduce(s, teamTime, inTeamDone{at, changeRouting, nil})

	// Another telephone of the user's adds a role and chooses it.
	roles := []phone.Role{{ID: "sales", Name: "Sales", Number: "0801"}, {ID: "mobile", Name: "Mobile", Number: "0701"}}
	s, turn = tell(t, s, at, teamItem(t, team.KindRouting, "elin", 40, team.Routing{Person: "elin", Roles: roles, Role: "mobile"}))
	r := s.snapshot(1, teamTime).Roles
	if r.Now != "mobile" || len(r.All) != 4 || len(routings(turn.fx)) != 0 {
		t.Errorf("%+v %+v", r, routings(turn.fx))
	}
	if sales := s.role("sales"); sales == nil || sales.Account != "a" {
		t.Errorf("what is ours was changed: %+v", sales)
	}
	if !slices.ContainsFunc(turn.events, func(e phone.Event) bool { return e.Kind == phone.EventRole && e.Value == "mobile" }) {
		t.Errorf("%+v", turn.events)
	}
	s, _ = tell(t, s, at, teamItem(t, team.KindRouting, "elin", 41, team.Routing{Person: "elin", Roles: roles[:1]}))
	if r = s.snapshot(1, teamTime).Roles; r.Now != "" || len(r.All) != 3 {
		t.Errorf("%+v", r)
	}
	// One of another exchange's account is chosen: that is none of the server's business, and its answer does not undo it.
	s, turn = reduce(s, teamTime, inCommand{phone.SetRole{Role: "home"}})
	if sent = routings(turn.fx); len(sent) != 1 || sent[0].Routing.Role != "" {
		t.Errorf("%v %+v %+v %+v", turn.reply.err, sent, s.me.handed, s.team.mine)
	}
	s, _ = reduce(s, teamTime, inTeamDone{at, changeRouting, nil})
	s, _ = tell(t, s, at, teamItem(t, team.KindRouting, "elin", 42, team.Routing{Person: "elin", Roles: roles[:1]}))
	if r = s.snapshot(1, teamTime).Roles; r.Now != "home" {
		t.Errorf("%+v", r)
	}

	for name, x := range map[string]struct {
		shown  team.RoutedShown
		shared bool
		why    phone.ReasonID
	}{
		"shown":         {team.RoutedShown{Number: "0801", Wanted: "0801", May: []string{"0801"}}, true, ""},
		"being set":     {team.RoutedShown{Wanted: "0801"}, false, ""},
		"refused":       {team.RoutedShown{Wanted: "0801", Reason: &phone.Reason{ID: phone.ReasonNotSupported}}, false, phone.ReasonNotSupported},
		"nothing to do": {team.RoutedShown{}, false, ""},
	} {
		s, _ = tell(t, s, at, teamItem(t, team.KindRouted, "elin", 50, team.Routed{Person: "elin", Extension: "2100", Shown: x.shown}))
		r = s.snapshot(1, teamTime).Roles
		if r.Shared != x.shared || (r.Refused != nil) != (x.why != "") || r.Refused != nil && r.Refused.ID != x.why {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A phone that has handed its plans over before roles were shared hands those over too, and loses none.
func TestRolesAreHandedOverLater(t *testing.T) {
	s, at := liveDesk(t)
	s.set = newSetUp([]phone.Item{phone.Role{ID: "sales", Name: "Sales", Number: "0801"}})
	s.roles.now, s.me.handed.Roles = "sales", false
	s, turn := tell(t, s, at, teamItem(t, team.KindRouting, "elin", 40, team.Routing{Person: "elin"}))
	sent := routings(turn.fx)
	if r := s.snapshot(1, teamTime).Roles; r.Now != "sales" || len(r.All) != 2 || len(sent) != 1 || sent[0].Seq != 40 || sent[0].Routing.Role != "sales" || len(sent[0].Routing.Roles) != 1 {
		t.Errorf("%+v %+v", r, sent)
	}
}
