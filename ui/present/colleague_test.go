package present

import (
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

func TestColleagueForm(t *testing.T) {
	salma := phone.Person{ID: phone.PersonOf(phone.TeamBook, "salma"), Name: "Salma Haddad", Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2102"}}}
	snap := &phone.Snapshot{Team: phone.TeamState{Link: phone.TeamLive, Permitted: []phone.TeamPersonID{"salma"}},
		Lines: []phone.Line{{Number: "2102", Presence: &phone.Presence{Activity: phone.ActivityLunch, Note: "soup"}}}}
	s := Scene{Snap: snap, Now: noon}
	if MaySet(s, salma) != "salma" || MaySet(s, phone.Person{ID: "own:salma"}) != "" || MaySet(s, phone.Person{ID: phone.PersonOf(phone.TeamBook, "axel")}) != "" {
		t.Error("whose activity may be set")
	}
	snap.Team.PermittedLines = map[string]phone.TeamPersonID{"2102": "salma"}
	other := salma
	other.ID = "company:2102"
	if MaySet(s, other) != "" {
		t.Error("a contact with the same number")
	}
	if other.Colleague = true; MaySet(s, other) != "salma" {
		t.Error("a colleague of another book")
	}
	e := ColleagueForm("salma", salma)
	v := e.Start(s, "")
	if v["kind"] != "lunch" || v["note"] != "soup" || e.Form(s, "", v).Faulty() != "" || e.Locked(s, "") != "" {
		t.Errorf("%v", v)
	}
	v["kind"], v["length"], v["note"] = "meeting", "60", " rum 3 "
	c := e.Commands(s, "", "", v)[0].(phone.SetColleague)
	if c.Person != "salma" || c.Kind != phone.ActivityMeeting || !c.Until.Equal(noon.Add(time.Hour)) || *c.Note != "rum 3" {
		t.Errorf("%+v", c)
	}
	for range noteMost + 1 {
		v["note"] += "å"
	}
	if e.Form(s, "", v).Faulty() != "note" {
		t.Error("a note that is too long can be saved")
	}
	snap.Team.Link = phone.TeamAway
	if e.Locked(s, "") == "" {
		t.Error("it can be saved while the server is away")
	}
	snap.Team.Changes = []phone.TeamChange{{Verb: c.Verb(), About: "salma", State: phone.TeamChangeRefused, Reason: &phone.Reason{ID: phone.ReasonTeamNoRight}}}
	if f := e.Fate(s, ""); f.Refused[""] != text.Reason(phone.Reason{ID: phone.ReasonTeamNoRight}) {
		t.Errorf("%+v", f)
	}
}
