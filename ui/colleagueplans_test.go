package ui

import (
	"context"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/phone/schedule"
	"svara/ui/text"
	"svara/ui/view/form"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// fakeColleagues has what colleagues plan.
type fakeColleagues struct {
	plans map[phone.TeamPersonID][]phone.Plan
	asked int
}

func (f *fakeColleagues) ColleaguePlans(_ context.Context, who phone.TeamPersonID) (phone.ColleaguePlans, error) {
	f.asked++
	return phone.ColleaguePlans{Person: who, Plans: schedule.Planned(f.plans[who], time.Date(2026, 11, 23, 9, 0, 0, 0, time.Local), time.Local)}, nil
}

// features.md F10: a colleague's future activities are shown, changed and taken away from their card, where the user may; the
// user's own are left out of it.
func TestAColleaguesFutureActivities(t *testing.T) {
	a, p := openPeople(t)
	gym := phone.Plan{ID: "gym", Name: "Gym", Kind: phone.ActivityGone, From: "2026-12-01T11:30", To: "2026-12-01T13:00"}
	theirs := &fakeColleagues{plans: map[phone.TeamPersonID][]phone.Plan{"salma": {gym}}}
	salma := phone.Person{ID: phone.PersonOf(phone.TeamBook, "salma"), Name: "Salma Haddad", Colleague: true, Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2102"}}}
	a.opts.People, a.opts.Colleagues = append(fakePeople{salma}, staff...), theirs
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team.Link, s.Team.Permitted = phone.TeamLive, []phone.TeamPersonID{"salma"}
		s.Me.Plans = schedule.Planned([]phone.Plan{{ID: "mine", Name: "Tandläkare", Kind: phone.ActivityGone, From: "2026-12-02T11:30", To: "2026-12-02T13:00"}}, time.Now(), time.Local)
	}))
	card := test.NewWindow(person.New(a.deps(), a.scene(), salma.ID, func() {}).Object())
	t.Cleanup(card.Close)
	buttons := find[*widget.Button](card.Canvas())
	at := slices.IndexFunc(buttons, func(b *widget.Button) bool { return b.Spec().Text == text.T("me.schedule_menu") })
	if at < 0 {
		t.Fatal("no button on the card")
	}
	test.Tap(buttons[at])
	w := a.panels[viewPlans]
	if w == nil || !w.shown || !shows(w, "Gym") || shows(w, "Tandläkare") || !shows(w, "Salma Haddad") {
		t.Fatal("their plans are not shown")
	}
	// A new one, as the form proposes it.
	set, removed := phone.SetColleaguePlan{}.Verb(), phone.RemoveColleaguePlan{}.Verb()
	var made phone.Plan
	p.does = func(c phone.Command) {
		about := ""
		switch c := c.(type) {
		case phone.SetColleaguePlan:
			made, about = c.Plan, phone.PlanAbout(c.Person, c.Plan.ID)
		case phone.RemoveColleaguePlan:
			about = phone.PlanAbout(c.Person, c.ID)
		default:
			return
		}
		p.snap = with(p.snap, func(s *phone.Snapshot) { s.Team.Changes = []phone.TeamChange{asking(c.Verb(), about)} })
	}
	find[*widget.Field](w.window.Canvas())[0].SetText("Kurs")
	form.Save(w.window.Canvas())
	if c, ok := p.last().(phone.SetColleaguePlan); !ok || c.Person != "salma" || made.ID == "" || made.From == "" || made.Name != "Kurs" {
		t.Fatalf("told %+v", p.last())
	}
	changes(a, p, refused(asking(set, phone.PlanAbout("salma", made.ID)), phone.ReasonTeamNoRight))
	if !shows(w, text.Reason(phone.Reason{ID: phone.ReasonTeamNoRight})) {
		t.Error("that it was refused is not said")
	}
	form.Save(w.window.Canvas())
	asked := theirs.asked
	theirs.plans["salma"] = []phone.Plan{gym, made}
	changes(a, p)
	if theirs.asked != asked+1 || !shows(w, "Kurs") {
		t.Errorf("asked %d times, then %d", asked, theirs.asked)
	}
	// Taken away, when it has been asked whether to.
	for range 2 {
		for _, b := range find[*widget.Button](w.window.Canvas()) {
			if b.Visible() && b.Spec().Icon == "trash-2" {
				test.Tap(b)
			}
		}
	}
	if c, ok := p.last().(phone.RemoveColleaguePlan); !ok || c.Person != "salma" || c.ID != made.ID {
		t.Fatalf("told %+v", p.last())
	}
	changes(a, p, refused(asking(removed, phone.PlanAbout("salma", made.ID)), phone.ReasonTeamAway))
	if !shows(w, "Gym") {
		t.Error("the list is gone")
	}
}
