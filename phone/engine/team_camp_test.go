package engine

import (
	"net/http"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// teamed links a script's account to a team server whose order of camps the test tells.
func (s *script) teamed() teamAt {
	s.t.Helper()
	s.s.has.team = true
	a := s.s.account("work")
	a.Team, a.Default = "https://team.test", true
	s.in(inClock{})
	at := s.s.team.at
	elin := team.Person{ID: "elin", Name: "Elin", Extension: "2100", Groups: map[team.GroupID]team.Rights{"desk": team.RightsAgent, "sales": team.RightsUser}}
	s.in(inTeamMe{at: at, me: elin, run: "run"})
	s.tellTeam(at,
		teamItem(s.t, team.KindPerson, "elin", 1, elin),
		teamItem(s.t, team.KindPerson, "salma", 2, team.Person{ID: "salma", Name: "Salma", Extension: "2102"}),
		teamItem(s.t, team.KindGroup, "sales", 3, team.Group{ID: "sales", Name: "A"}),
		teamItem(s.t, team.KindGroup, "desk", 4, team.Group{ID: "desk", Name: "B"}))
	s.in(inTeamTold{at: at, told: []team.FeedEvent{{Synced: true}}})
	return at
}

func (s *script) tellTeam(at teamAt, items ...team.Item) {
	s.t.Helper()
	var told []team.FeedEvent
	for i := range items {
		told = append(told, team.FeedEvent{Item: &items[i]})
	}
	s.in(inTeamTold{at: at, told: told})
}

// askedCamp is the request about a camp that the last input led to.
func (s *script) askedCamp(method string) (fxTeamAsk, team.NewCamp) {
	s.t.Helper()
	var asks []fxTeamAsk
	for _, a := range effects[fxTeamAsk](s) {
		if len(a.change) > len(changeCamp) && a.change[:len(changeCamp)] == changeCamp {
			asks = append(asks, a)
		}
	}
	if len(asks) == 0 {
		s.t.Fatalf("no %s of a camp", method)
	}
	last := asks[len(asks)-1]
	if last.method != method {
		s.t.Fatalf("%+v, want %s", last, method)
	}
	in, _ := last.in.(team.NewCamp)
	return last, in
}

// The place of a camped-on call, and whose turn it is, are the team server's to say: one's own waits for the others'.
func TestCampsInTheTeamsOrder(t *testing.T) {
	s := newScript(t)
	s.exchange(sipExchange)
	at := s.teamed()
	a := s.incomingCall("in-1", "070111")
	s.do(phone.CampOn{Call: a, Target: "2114"})
	ask, in := s.askedCamp(http.MethodPut)
	s.settleOffers()
	s.tellLine("2114", busyLine)
	if ask.path != "groups/desk/camps/run-1" || in.ID != "run-1" || in.Group != "desk" || in.Target != "2114" || in.From.Number != "070111" || in.State != team.CampWaiting {
		t.Fatalf("%+v", ask)
	}
	s.in(inTeamDone{at: at, change: ask.change})
	camp := func(id string, by team.PersonID, place, of int, turn bool) team.Item {
		return teamItem(t, team.KindCamp, id, team.Seq(20+place), team.Camp{ID: id, Group: "desk", Target: "2114", By: by, Place: place, Of: of, Turn: turn, Ahead: map[bool]team.PersonID{false: "salma"}[turn], State: team.CampWaiting, From: phone.Party{Number: "070999"}})
	}
	s.tellTeam(at, camp("other-9", "salma", 1, 2, true), camp("run-1", "elin", 2, 2, false))
	if k := s.s.call(a).Camp; !k.Shared || k.Place != 2 || k.Of != 2 || k.Ahead != "Salma" {
		t.Fatalf("%+v", k)
	}
	if seen := s.s.snapshot(1, s.now).Camped; len(seen) != 1 || seen[0].By.Name != "Salma" || seen[0].Target.Number != "2114" || seen[0].Remote.Number != "070999" || !seen[0].Turn {
		t.Fatalf("%+v", seen)
	}
	// Free: but it is Salma's caller's turn.
	s.tellLine("2114")
	if s.s.call(a).Camp.Offering {
		t.Fatal("went before its turn")
	}
	// Her telephone is gone: the server tells, and ours goes at once.
	s.tellTeam(at, team.Item{Kind: team.KindCamp, ID: "other-9", Seq: 30, Gone: true}, camp("run-1", "elin", 1, 1, true))
	if k := s.s.call(a).Camp; !k.Offering || k.Place != 1 || k.Ahead != "" {
		t.Fatalf("%+v", k)
	}
	ask, in = s.askedCamp(http.MethodPut)
	if in.State != team.CampOffering {
		t.Fatalf("%+v", in)
	}
	s.in(inTeamDone{at: at, change: ask.change})
	// Still there: said again in time.
	if at := s.s.team.camps.wait; !at.Equal(s.now.Add(campAgain)) {
		t.Fatalf("the clock is asked for at %v", at)
	}
	s.now = s.now.Add(campAgain)
	s.in(inClock{})
	ask, _ = s.askedCamp(http.MethodPut)
	s.in(inTeamDone{at: at, change: ask.change})
	// Taken back: the server is told that nobody waits.
	s.do(phone.TakeBack{Call: a})
	ask, _ = s.askedCamp(http.MethodDelete)
	if ask.path != "groups/desk/camps/run-1" {
		t.Fatalf("%+v", ask)
	}
	s.in(inTeamDone{at: at, change: ask.change})
	if len(s.s.team.camps.ours) != 0 {
		t.Fatalf("%+v", s.s.team.camps.ours)
	}
}

// While the server is away, or does not take a call, the order is the telephone's own.
func TestCampsWithoutTheTeam(t *testing.T) {
	for name, gone := range map[string]func(s *script, at teamAt, ask fxTeamAsk){
		"away": func(s *script, at teamAt, _ fxTeamAsk) {
			s.in(inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
		},
		"refused": func(s *script, at teamAt, ask fxTeamAsk) {
			s.in(inTeamDone{at: at, change: ask.change, err: &team.Fault{Status: 403, Code: team.CodeForbidden}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			s.exchange(sipExchange)
			at := s.teamed()
			a := s.incomingCall("in-1", "070111")
			s.do(phone.CampOn{Call: a, Target: "2114"})
			ask, _ := s.askedCamp(http.MethodPut)
			s.settleOffers()
			s.tellLine("2114", busyLine)
			s.tellLine("2114")
			if s.s.call(a).Camp.Offering {
				t.Fatal("offered before the server has said whose turn it is")
			}
			gone(s, at, ask)
			if k := s.s.call(a).Camp; !k.Offering || k.Shared || k.Place != 1 {
				t.Fatalf("%+v", k)
			}
			s.now = s.now.Add(time.Second)
			s.in(inClock{})
			if again := effects[fxTeamAsk](s); len(again) != 0 {
				t.Errorf("asked again within a second: %+v", again)
			}
		})
	}
}
