package engine

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// A colleague's line is told by the team where the exchange tells nothing of it, with its age while the server is away; what
// the exchange tells goes before it.
func TestTeamPresenceOfColleagues(t *testing.T) {
	s, at := live(t)
	s.settings = phone.Settings{}
	told := func(id string, seq team.Seq, p team.Presence) team.FeedEvent {
		i := teamItem(t, team.KindPresence, id, seq, p)
		return team.FeedEvent{Item: &i}
	}
	lunch := phone.Activity{Kind: phone.ActivityLunch, Since: teamTime, Until: teamTime.Add(time.Hour)}
	s, turn := reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{told("salma", 30, team.Presence{Person: "salma", Activity: lunch, Note: "13", Line: phone.LineBusy, Since: teamTime})}})
	lamp := func() *phone.Line { return s.snapshot(1, teamTime).LineOf("2102") }
	if l := lamp(); l == nil || l.State != phone.LineBusy || l.Presence == nil || l.Presence.Activity != phone.ActivityLunch || l.Presence.Note != "13" || l.Stale {
		t.Fatalf("%+v", l)
	}
	if !slices.ContainsFunc(turn.events, func(e phone.Event) bool {
		return e.Kind == phone.EventLine && e.Value == "2102" && e.State == string(phone.LineBusy)
	}) {
		t.Errorf("%+v", turn.events)
	}
	if s.snapshot(1, teamTime).LineOf("2100") != nil {
		t.Error("our own line is a colleague's")
	}

	// The same again is no news.
	if _, turn = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{told("salma", 31, team.Presence{Person: "salma", Activity: lunch, Note: "13", Line: phone.LineBusy, Since: teamTime})}}); len(turn.events) != 0 {
		t.Errorf("%+v", turn.events)
	}

	// What the exchange tells goes before it, one thing at a time.
	s.lines = []line{{Line: phone.Line{Account: "a", Number: "2102", State: phone.LineIdle}, told: true, user: true}}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{told("salma", 32, team.Presence{Person: "salma", Activity: lunch, Line: phone.LineRinging, Since: teamTime})}})
	if l := lamp(); l.State != phone.LineIdle || l.Presence == nil || l.Presence.Activity != phone.ActivityLunch {
		t.Errorf("%+v", l)
	}
	s.lines[0].Presence = &phone.Presence{Activity: phone.ActivityMeeting}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{told("salma", 33, team.Presence{Person: "salma", Activity: lunch})}})
	if l := lamp(); l.Presence.Activity != phone.ActivityMeeting {
		t.Errorf("%+v", l.Presence)
	}
	// Asterisk tells of everybody that they are available: that is no activity.
	s.lines[0].Presence = &phone.Presence{Activity: phone.ActivityAvailable, Open: true, Agents: []phone.AgentState{{ID: "2102", Open: true}}}
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{told("salma", 34, team.Presence{Person: "salma", Activity: lunch, Note: "soup"})}})
	if p := lamp().Presence; p.Activity != phone.ActivityLunch || p.Note != "soup" || len(p.Agents) != 1 {
		t.Errorf("%+v", p)
	}
	s.lines = nil
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{told("salma", 35, team.Presence{Person: "salma", Activity: lunch, Line: phone.LineIdle})}})

	// Away: as it was, and since when. Signed out: nothing.
	s, _ = reduce(s, teamTime.Add(time.Minute), inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
	if l := lamp(); l == nil || !l.Stale || !l.Told.Equal(teamTime.Add(time.Minute)) || l.State != phone.LineIdle {
		t.Errorf("%+v", l)
	}
	s, _ = reduce(s, teamTime, inTeamOut{at, nil})
	if l := lamp(); l != nil {
		t.Errorf("%+v", l)
	}
}

// The people of the team are put where people are searched when all have been told, and when one changes; ourselves and those
// who may not sign in any more are left out. Signed out, nobody is.
func TestTeamColleagues(t *testing.T) {
	s, at := live(t)
	person := func(seq team.Seq, p team.Person) team.FeedEvent {
		i := teamItem(t, team.KindPerson, string(p.ID), seq, p)
		return team.FeedEvent{Item: &i}
	}
	s, turn := reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{
		person(40, team.Person{ID: "bo", Name: "Bo Berg", Extension: "2103", Mobile: "+46701", Email: "bo@x.test", Numbers: []phone.Number{{Number: "08-1"}, {Number: "2103"}}}),
		person(41, team.Person{ID: "gone", Name: "Who Left", Disabled: true}), person(42, team.Person{ID: "admin", Name: "Without a number"}),
	}})
	fx := find[fxColleagues](turn.fx)
	if len(fx) != 1 || len(fx[0].people) != 2 || fx[0].people[0].ID != "@team:bo" || fx[0].people[1].ID != "@team:salma" {
		t.Fatalf("%+v", fx)
	}
	want := []phone.Number{{Kind: phone.NumberExtension, Number: "2103"}, {Kind: phone.NumberWork, Number: "08-1"}, {Kind: phone.NumberMobile, Number: "+46701"}}
	if p := fx[0].people[0]; !slices.Equal(p.Numbers, want) || !slices.Equal(p.Emails, []string{"bo@x.test"}) {
		t.Errorf("%+v", p)
	}
	if _, turn = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}}); len(find[fxColleagues](turn.fx)) != 0 {
		t.Errorf("%+v", turn.fx)
	}
	if _, turn = reduce(s, teamTime, inTeamOut{at, nil}); len(find[fxColleagues](turn.fx)) != 1 || find[fxColleagues](turn.fx)[0].people != nil {
		t.Errorf("%+v", turn.fx)
	}
}
