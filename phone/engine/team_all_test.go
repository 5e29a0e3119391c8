package engine

import (
	"slices"
	"testing"

	"svara/phone"
	"svara/phone/team"
)

// Logging out of all asks for each queue of the team server's that the user is in, and for no other: not for one they are out of,
// nor for one that is being asked already. One that is asked to let them in meanwhile is refused, and keeps none of the others back.
func TestLogOutOfAllOfTheTeams(t *testing.T) {
	s, at := live(t) // in queue 80 as a member who is out
	queue := func(id string, in bool, seq team.Seq) []team.Item {
		return []team.Item{
			teamItem(t, team.KindQueue, id, seq, team.Queue{ID: phone.QueueID(id), Name: "Queue " + id, Group: "sales", Source: "pbx"}),
			teamItem(t, team.KindMember, id+"/PJSIP/2100", seq+1, team.Member{Queue: phone.QueueID(id), Phone: "PJSIP/2100", Person: "elin", LoggedIn: in, Skill: 10}),
		}
	}
	s, _ = tell(t, s, at, slices.Concat(queue("81", true, 20), queue("82", true, 22), queue("83", false, 24), queue("84", true, 26))...)
	asked := func(turn *turn) (out []string) {
		for _, a := range find[fxTeamAsk](turn.fx) {
			if in, ok := a.in.(team.MemberChange); !ok || in.LoggedIn == nil || *in.LoggedIn {
				t.Errorf("%s is asked %+v", a.path, a.in)
			}
			out = append(out, a.path)
		}
		slices.Sort(out)
		return out
	}
	path := func(id string) string { return "queues/" + id + "/members/elin" }
	s, turn := reduce(s, teamTime, inCommand{phone.LogIn{Queues: []phone.QueueID{"84"}}})
	first := find[fxTeamAsk](turn.fx)
	if got := asked(turn); turn.reply.err != nil || !slices.Equal(got, []string{path("84")}) {
		t.Fatalf("%v %v", got, turn.reply.err)
	}
	s, turn = reduce(s, teamTime, inCommand{phone.LogIn{}})
	if got := asked(turn); turn.reply.err != nil || !slices.Equal(got, []string{path("81"), path("82")}) {
		t.Fatalf("%v %v", got, turn.reply.err)
	}
	for _, q := range s.snapshot(1, teamTime).Queues {
		if want := map[phone.QueueID]phone.ConfirmState{"80": phone.ConfirmOff, "83": phone.ConfirmOff}[q.ID]; want == "" && q.Login != phone.ConfirmAsking || want != "" && q.Login != want {
			t.Errorf("%s: %s", q.ID, q.Login)
		}
	}
	// Done: they are out of all, and there is nothing left to ask for.
	var items []team.Item
	for i, a := range append(find[fxTeamAsk](turn.fx), first...) {
		s, _ = reduce(s, teamTime, inTeamDone{at: at, change: a.change})
		items = append(items, queue([]string{"81", "82", "84"}[i], false, team.Seq(30+2*i))...)
	}
	s, _ = tell(t, s, at, items...)
	for _, q := range s.snapshot(2, teamTime).Queues {
		if q.Login != phone.ConfirmOff {
			t.Errorf("%s: %s", q.ID, q.Login)
		}
	}
	if _, turn = reduce(s, teamTime, inCommand{phone.LogIn{}}); len(asked(turn)) != 0 || turn.reply.err != nil {
		t.Errorf("%+v %v", turn.fx, turn.reply.err)
	}
	// Being let in somewhere while asked out of all.
	s, _ = tell(t, s, at, queue("82", true, 40)...)
	s, _ = reduce(s, teamTime, inCommand{phone.LogIn{Queues: []phone.QueueID{"81"}, On: true}})
	_, turn = reduce(s, teamTime, inCommand{phone.LogIn{}})
	if got := asked(turn); phone.ReasonOf(turn.reply.err).ID != phone.ReasonWrongState || !slices.Equal(got, []string{path("82")}) {
		t.Errorf("%v %v", got, turn.reply.err)
	}
}
