package engine

import (
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// linked is a state with an account that has a team server, and its link.
func linked(t *testing.T) (state, teamAt) {
	t.Helper()
	s := state{has: has{team: true}, local: time.UTC, accounts: []account{{AccountStatus: phone.AccountStatus{
		Account: phone.Account{ID: "a", User: "2100", Domain: "pbx.test", Team: "https://team.test", Default: true},
	}}}}
	s, turn := reduce(s, teamTime, inClock{})
	if fx := find[fxTeam](turn.fx); len(fx) != 1 || fx[0].at.url != "https://team.test" || fx[0].at.account != "a" {
		t.Fatalf("%+v", turn.fx)
	}
	return s, s.team.at
}

func find[T any](fx []effect) (out []T) {
	for _, f := range fx {
		if v, ok := any(f).(T); ok {
			out = append(out, v)
		}
	}
	return out
}

// live is a state whose link is live, with a queue that Elin may log in to and supervise.
func live(t *testing.T) (state, teamAt) {
	t.Helper()
	s, at := linked(t)
	elin := team.Person{ID: "elin", Name: "Elin Strandh", Extension: "2100", Groups: map[team.GroupID]team.Rights{"sales": team.RightsSupervisor}}
	s, _ = reduce(s, teamTime, inTeamMe{at: at, me: elin, about: team.About{Name: "Team"}, run: "run"})
	item := func(kind team.Kind, id string, seq team.Seq, v any) team.FeedEvent {
		i := teamItem(t, kind, id, seq, v)
		return team.FeedEvent{Item: &i}
	}
	s, turn := reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{
		item(team.KindPerson, "elin", 1, elin),
		item(team.KindPerson, "salma", 2, team.Person{ID: "salma", Name: "Salma Haddad", Extension: "2102"}),
		item(team.KindGroup, "sales", 3, team.Group{ID: "sales", Name: "Sales", Number: "0801"}),
		item(team.KindGroup, "other", 4, team.Group{ID: "other", Name: "Not ours"}),
		item(team.KindSource, "pbx", 5, team.SourceStatus{ID: "pbx", Name: "Asterisk", Up: true}),
		item(team.KindQueue, "80", 6, team.Queue{ID: "80", Name: "Sales", Group: "sales", Source: "pbx", Waiting: 2}),
		item(team.KindMember, "80/PJSIP/2100", 7, team.Member{Queue: "80", Phone: "PJSIP/2100", Person: "elin", Skill: 10}),
		item(team.KindMember, "80/PJSIP/2102", 8, team.Member{Queue: "80", Phone: "PJSIP/2102", Person: "salma", Skill: 10}),
		{Synced: true},
	}})
	if len(find[fxTeamOpen](turn.fx)) != 1 {
		t.Errorf("the open calls are not asked for: %+v", turn.fx)
	}
	snap := s.snapshot(1, teamTime)
	if snap.Team.Link != phone.TeamLive || snap.Team.Me != "elin" || len(snap.Team.Groups) != 1 || snap.Team.Groups[0].Rights != phone.TeamRightsSupervisor || len(snap.Team.Sources) != 1 {
		t.Fatalf("%+v", snap.Team)
	}
	if len(snap.Queues) != 1 || snap.Queues[0].Name != "Sales" || snap.Queues[0].Waiting != 2 || snap.Queues[0].Login != phone.ConfirmOff || len(snap.Queues[0].Team.Members) != 2 {
		t.Fatalf("%+v", snap.Queues)
	}
	return s, at
}

func TestTeamLink(t *testing.T) {
	s, at := live(t)
	// What another link told is dropped.
	s, _ = reduce(s, teamTime, inTeamTold{at: teamAt{url: "https://old"}, told: []team.FeedEvent{{Reset: true}}})
	if len(s.snapshot(1, teamTime).Queues) != 1 {
		t.Error("an earlier link was believed")
	}
	// Away: everything stays, with its age; changes are refused.
	s, _ = reduce(s, teamTime.Add(time.Minute), inTeamTold{at: at, told: []team.FeedEvent{{Down: phone.Refuse(phone.ReasonNoReply, "")}}})
	snap := s.snapshot(2, teamTime)
	if snap.Team.Link != phone.TeamAway || snap.Team.Reason.ID != phone.ReasonNoReply || len(snap.Queues) != 1 || !snap.Queues[0].Team.Stale.Equal(teamTime.Add(time.Minute)) {
		t.Errorf("%+v %+v", snap.Team, snap.Queues[0].Team)
	}
	s, turn := reduce(s, teamTime, inCommand{phone.SetQueueMember{Queue: "80", Phone: "PJSIP/2102"}})
	if phone.ReasonOf(turn.reply.err).ID != phone.ReasonTeamAway {
		t.Errorf("%v", turn.reply.err)
	}
	// Back: live again, nothing doubled.
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Synced: true}}})
	if snap = s.snapshot(3, teamTime); snap.Team.Link != phone.TeamLive || len(snap.Queues) != 1 || !snap.Queues[0].Team.Stale.IsZero() || len(snap.Queues[0].Team.Members) != 2 {
		t.Errorf("%+v", snap.Queues[0].Team)
	}
	// A token that is refused: signed out, and nothing of the team is shown.
	s, _ = reduce(s, teamTime, inTeamOut{at, &phone.Reason{ID: phone.ReasonTeamSignedOut}})
	if snap = s.snapshot(4, teamTime); snap.Team.Link != phone.TeamSignedOut || len(snap.Queues) != 0 || snap.Team.Me != "" {
		t.Errorf("%+v", snap.Team)
	}
	// Wrong password: told, and the link is as it was.
	s, turn = reduce(s, teamTime, inCommand{phone.SignInTeam{User: "elin", Password: "x"}})
	if len(find[fxTeamSignIn](turn.fx)) != 1 {
		t.Fatalf("%+v", turn.fx)
	}
	s, _ = reduce(s, teamTime, inTeamSigned{at, &team.Fault{Status: 401, Code: team.CodeWrongPassword}})
	if snap = s.snapshot(5, teamTime); snap.Team.Link != phone.TeamSignedOut || snap.Team.Reason.ID != phone.ReasonTeamPassword {
		t.Errorf("%+v", snap.Team)
	}
	s, turn = reduce(s, teamTime, inTeamSigned{at, nil})
	if fx := find[fxTeam](turn.fx); len(fx) != 1 || fx[0].at.generation == at.generation {
		t.Errorf("%+v", turn.fx)
	}
	// Another server's address: another link.
	s.accounts[0].Team = "https://new.test"
	s, turn = reduce(s, teamTime, inClock{})
	if fx := find[fxTeam](turn.fx); len(fx) != 1 || fx[0].at.url != "https://new.test" {
		t.Errorf("%+v", turn.fx)
	}
	s.accounts[0].Team = ""
	s, _ = reduce(s, teamTime, inClock{})
	if snap = s.snapshot(6, teamTime); snap.Team.Link != phone.TeamOff {
		t.Errorf("%+v", snap.Team)
	}
}

func TestTeamChanges(t *testing.T) {
	s, at := live(t)
	s, turn := reduce(s, teamTime, inCommand{phone.LogIn{On: true}})
	asks := find[fxTeamAsk](turn.fx)
	if turn.reply.err != nil || len(asks) != 1 || asks[0].path != "queues/80/members/elin" || asks[0].method != "PUT" || *asks[0].in.(team.MemberChange).LoggedIn != true {
		t.Fatalf("%v %+v", turn.reply.err, turn.fx)
	}
	if q := s.snapshot(1, teamTime).Queues[0]; q.Login != phone.ConfirmAsking || !q.Asked {
		t.Errorf("%+v", q)
	}
	// Refused: told at the queue and among the changes, until it is done again.
	s, _ = reduce(s, teamTime, inTeamDone{at, asks[0].change, &team.Fault{Status: 403, Code: team.CodeForbidden}})
	snap := s.snapshot(2, teamTime)
	if q := snap.Queues[0]; q.Login != phone.ConfirmRefused || q.Reason.ID != phone.ReasonTeamNoRight || len(snap.Team.Changes) != 1 || snap.Team.Changes[0].State != phone.TeamChangeRefused {
		t.Errorf("%+v %+v", q, snap.Team.Changes)
	}
	s, turn = reduce(s, teamTime, inCommand{phone.LogIn{Queues: []phone.QueueID{"80"}, On: true}})
	asks = find[fxTeamAsk](turn.fx)
	s, _ = reduce(s, teamTime, inTeamDone{at, asks[0].change, nil})
	if changes := s.snapshot(3, teamTime).Team.Changes; len(changes) != 0 {
		t.Errorf("%+v", changes)
	}
	// Somebody was faster: who, and the change stays until it is dismissed.
	salma := phone.TeamPersonID("elin")
	s, turn = reduce(s, teamTime, inCommand{phone.CareForCall{ID: "c/1", Seq: 4, Handler: &salma}})
	asks = find[fxTeamAsk](turn.fx)
	if len(asks) != 1 || asks[0].path != "log/c%2F1" || asks[0].in.(team.LogChange).Seq != 4 {
		t.Fatalf("%+v", turn.fx)
	}
	newer := teamItem(t, team.KindLog, "c/1", 9, team.LogEntry{ID: "c/1", Handler: "salma"})
	s, _ = reduce(s, teamTime, inTeamDone{at, asks[0].change, &team.Fault{Status: 409, Code: team.CodeConflict, Item: &newer}})
	changes := s.snapshot(4, teamTime).Team.Changes
	if len(changes) != 1 || changes[0].Reason.ID != phone.ReasonTeamConflict || changes[0].Who != "Salma Haddad" {
		t.Fatalf("%+v", changes)
	}
	s, turn = reduce(s, teamTime, inCommand{phone.Dismiss{Change: changes[0].ID}})
	if turn.reply.err != nil || len(s.snapshot(5, teamTime).Team.Changes) != 0 {
		t.Errorf("%v", turn.reply.err)
	}
	if _, turn = reduce(s, teamTime, inCommand{phone.SetQueueMember{Queue: "80", Phone: "nobody"}}); phone.ReasonOf(turn.reply.err).ID != phone.ReasonNoItem {
		t.Errorf("%v", turn.reply.err)
	}
}

// A call that was just missed is told of once; who calls again has it on the card.
func TestTeamMissedCall(t *testing.T) {
	s, at := live(t)
	missed := teamItem(t, team.KindLog, "m", 20, team.LogEntry{ID: "m", Queue: "80", Group: "sales", From: phone.Party{Number: "+46701740612"}, Outcome: team.OutcomeMissed})
	s, turn := reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &missed}}})
	n := 0
	for _, e := range turn.events {
		if e.Kind == phone.EventGroup && e.Key == "m" && e.State == "missed" {
			n++
		}
	}
	if snap := s.snapshot(1, teamTime); n != 1 || snap.Team.Log.Open != 1 || snap.Team.Log.Mine != 0 {
		t.Errorf("%d %+v", n, snap.Team.Log)
	}
	s.calls = append(s.calls, call{Call: phone.Call{ID: 1, Direction: phone.Incoming, State: phone.StateIncoming, Remote: phone.Party{Number: "0701740612"}}, rings: true})
	if c := s.snapshot(2, teamTime).Calls[0]; len(c.Tasks) != 1 || c.Tasks[0].ID != "m" || c.Tasks[0].Name != "Sales" || !c.Tasks[0].MayCare {
		t.Errorf("%+v", c.Tasks)
	}
	again := missed
	again.Seq = 21
	if _, turn = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Item: &again}}}); len(turn.events) != 0 {
		t.Errorf("told again: %+v", turn.events)
	}
}
