package server

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// Whoever is permitted plans what somebody else will be doing: it is shown, comes and goes by itself, is changed and taken away,
// and the audit has it. What the person planned themselves is left alone.
func TestPlansOfOthers(t *testing.T) {
	d := newDesk(t)
	d.clock.set(time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC))
	d.set("ag", "ag", 0, team.Routing{Plans: []phone.Plan{lunches}, Links: []phone.Link{{Kind: phone.ActivityLunch, Number: "2109"}}})
	off := phone.Plan{ID: "off", Kind: phone.ActivityVacation, Note: "åter på måndag", From: "2026-03-30T08:00", To: "2026-03-30T17:00", Zone: "Europe/Stockholm"}
	view := func(as team.PersonID) team.RoutingView {
		t.Helper()
		return read[team.RoutingView](t, d.do(as, "GET", "people/ag/routing", nil))
	}
	for _, who := range []team.PersonID{"us", "out", "none"} {
		if a := d.do(who, "PUT", "people/ag/plans/off", off); a.status != 403 && a.status != 404 {
			t.Errorf("%s plans for ag: %d %s", who, a.status, a.body)
		}
	}
	for name, p := range map[string]phone.Plan{
		"another's name":  {ID: "other", Kind: off.Kind, From: off.From, To: off.To},
		"ends before":     {ID: "off", Kind: off.Kind, From: off.To, To: off.From},
		"no time":         {ID: "off", Kind: off.Kind},
		"to an emergency": {ID: "off", Kind: off.Kind, From: off.From, To: off.To, Divert: phone.DivertNumber, Number: "112"},
	} {
		if a := d.do("sup", "PUT", "people/ag/plans/off", p); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	seq := read[team.Done](t, d.do("sup", "PUT", "people/ag/plans/off", off)).Seq
	v := view("ag")
	if v.Routing.Seq != seq || len(v.Routing.Value.Plans) != 2 || len(v.Routing.Value.Links) != 1 || v.Routing.Value.SetBy != "sup" || len(v.Next) != 2 {
		t.Fatalf("%+v", v)
	}
	off.Kind = phone.ActivityMeeting // the same one, changed
	read[team.Done](t, d.do("sup", "PUT", "people/ag/plans/off", off))
	if v := view("sup"); len(v.Routing.Value.Plans) != 2 {
		t.Errorf("%+v", v.Routing.Value.Plans)
	}
	// Who sends all of their routing without having seen it is told that somebody was faster.
	if a := d.do("ag", "PUT", "people/ag/routing", team.RoutingChange{Seq: v.Routing.Seq, Routing: team.Routing{Person: "ag"}}); a.status != 409 {
		t.Errorf("%d %s", a.status, a.body)
	}
	d.clock.set(time.Date(2026, 3, 30, 6, 0, 0, 0, time.UTC)) // 08:00 in Stockholm
	d.doing("ag", phone.ActivityMeeting)
	if i, _ := d.s.board.get(team.KindPresence, "ag"); true {
		if p, err := value[team.Presence](i); err != nil || p.Note != "åter på måndag" || p.SetBy != "sup" {
			t.Errorf("%+v, %v", p, err)
		}
	}
	read[team.Done](t, d.do("sup", "DELETE", "people/ag/plans/off", nil)) // while it is in force
	d.doing("ag", phone.ActivityAvailable)
	if v := view("ag"); len(v.Routing.Value.Plans) != 1 || v.Routing.Value.Plans[0].ID != "l" {
		t.Errorf("%+v", v.Routing.Value.Plans)
	}
	if a := d.do("sup", "DELETE", "people/ag/plans/off", nil); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
	// One's own, one at a time too.
	read[team.Done](t, d.do("us", "PUT", "people/us/plans/l", lunches))
	audit := read[team.AuditPage](t, d.do("root", "GET", "audit", nil))
	for _, want := range []team.AuditEntry{
		{Person: "sup", Action: "putPlan", Target: "/api/v1/people/ag/plans/off", OK: true},
		{Person: "sup", Action: "deletePlan", Target: "/api/v1/people/ag/plans/off", OK: true},
		{Person: "us", Action: "putPlan", Target: "/api/v1/people/ag/plans/off"},
	} {
		if !slices.ContainsFunc(audit.Entries, func(e team.AuditEntry) bool {
			return e.Person == want.Person && e.Action == want.Action && e.Target == want.Target && e.OK == want.OK
		}) {
			t.Errorf("%+v is not in the audit", want)
		}
	}
}
