package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/view/form"
	"svara/ui/view/person"
	"svara/ui/widget"
)

// features.md F10: on the card of a colleague whose activity the user may set there is a button, and a form under it; on others'
// cards there is none.
func TestAColleaguesActivityIsSet(t *testing.T) {
	a, p := openPeople(t)
	salma := phone.Person{ID: phone.PersonOf(phone.TeamBook, "salma"), Name: "Salma Haddad", Colleague: true, Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2102"}}}
	axel := salma
	axel.ID, axel.Name = phone.PersonOf(phone.TeamBook, "axel"), "Axel"
	a.opts.People = append(fakePeople{salma, axel}, staff...)
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Team.Link, s.Team.Permitted = phone.TeamLive, []phone.TeamPersonID{"salma"}
		s.Lines = append(s.Lines, phone.Line{Account: "elin", Number: "2102", Presence: &phone.Presence{Activity: phone.ActivityMeeting, Note: "rum 3"}})
	}))
	card := func(id phone.PersonID) *widget.Button {
		w := test.NewWindow(person.New(a.deps(), a.scene(), id, func() {}).Object())
		t.Cleanup(w.Close)
		for _, b := range find[*widget.Button](w.Canvas()) {
			if b.Spec().Text == text.T("colleague.set") {
				return b
			}
		}
		return nil
	}
	if card(axel.ID) != nil || card(staff[0].ID) != nil {
		t.Error("one whose activity the user may not set")
	}
	b := card(salma.ID)
	if b == nil {
		t.Fatal("no button")
	}
	test.Tap(b)
	w := a.panels[viewColleague]
	if w == nil || !w.shown {
		t.Fatal("no form")
	}
	verb := phone.SetColleague{}.Verb()
	p.does = func(c phone.Command) {
		if c.Verb() == verb {
			p.snap = with(p.snap, func(s *phone.Snapshot) { s.Team.Changes = []phone.TeamChange{asking(verb, "salma")} })
		}
	}
	form.Save(w.window.Canvas())
	c, ok := p.last().(phone.SetColleague)
	if !ok || c.Person != "salma" || c.Kind != phone.ActivityMeeting || !c.Until.IsZero() || c.Note == nil || *c.Note != "rum 3" {
		t.Fatalf("told %+v", p.last())
	}
	// Refused, it is said in the form and nothing is lost; taken, the form goes.
	changes(a, p, refused(asking(verb, "salma"), phone.ReasonTeamNoRight))
	if !a.panels.shown(viewColleague) || !shows(w, text.Reason(phone.Reason{ID: phone.ReasonTeamNoRight})) {
		t.Error("that it was refused is not said")
	}
	form.Save(w.window.Canvas())
	changes(a, p)
	if a.panels.shown(viewColleague) {
		t.Error("the form stays when it is done")
	}
}
