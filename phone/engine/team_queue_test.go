package engine

import (
	"encoding/json"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/team"
)

// teamTime is when the tests of the team happen.
var teamTime = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func teamItem(t *testing.T, kind team.Kind, id string, seq team.Seq, v any) team.Item {
	t.Helper()
	i := team.Item{Kind: kind, ID: id, Seq: seq, Gone: v == nil}
	if v != nil {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		i.Data = data
	}
	return i
}

// elins are the eyes of Elin, a supervisor of sales, while the exchange "pbx" is down or not.
func elins(up bool) teamEyes {
	names := map[team.PersonID]string{"elin": "Elin Strandh", "salma": "Salma Haddad"}
	return teamEyes{
		me: "elin",
		rights: func(g team.GroupID) phone.TeamRights {
			if g == "sales" {
				return phone.TeamRightsSupervisor
			}
			return phone.TeamRightsNone
		},
		name:   func(p team.PersonID) phone.TeamName { return phone.TeamName{ID: phone.TeamPersonID(p), Name: names[p]} },
		number: func(p team.PersonID) string { return map[team.PersonID]string{"salma": "2102"}[p] },
		source: func(id string) (phone.TeamSource, bool) {
			return phone.TeamSource{ID: id, Up: up, Since: teamTime.Add(-time.Minute)}, id == "pbx"
		},
	}
}

func told(t *testing.T, items ...team.Item) teamQueues {
	t.Helper()
	var qs teamQueues
	for _, i := range items {
		var err error
		if qs, err = qs.apply(i); err != nil {
			t.Fatal(err)
		}
	}
	return qs
}

func support(t *testing.T) teamQueues {
	return told(t,
		teamItem(t, team.KindMember, "710/PJSIP/2102", 1, team.Member{Queue: "710", Person: "salma", Phone: "PJSIP/2102", LoggedIn: true, State: team.MemberInCall, Skill: 10, Today: 19}),
		teamItem(t, team.KindQueue, "710", 2, team.Queue{ID: "710", Name: "Kundtjänst", Number: "710", Group: "sales", Source: "pbx", Waiting: 2, LoggedIn: 2, Available: 1, Answered: 8, Lost: 2, InTime: 7, Settings: team.QueueSettings{Night: true, Distribution: team.DistributionFewest}}),
		teamItem(t, team.KindMember, "710/PJSIP/2101", 3, team.Member{Queue: "710", Person: "elin", Phone: "PJSIP/2101", LoggedIn: true, State: team.MemberIdle, Today: 11}),
		teamItem(t, team.KindMember, "710/Local/99", 4, team.Member{Queue: "710", Phone: "Local/99"}),
		teamItem(t, team.KindWaiting, "c2", 5, team.Waiting{Queue: "710", Place: 2, From: phone.Party{Number: "0702"}}),
		teamItem(t, team.KindWaiting, "c1", 6, team.Waiting{Queue: "710", Place: 1, From: phone.Party{Number: "0701"}, Rings: []team.PersonID{"salma", "unknown"}, Before: 2}),
	)
}

func TestTeamQueueIsSeen(t *testing.T) {
	qs := support(t)
	qs.look(elins(true))
	q := qs[0].view
	if len(qs) != 1 || q.Rights != phone.TeamRightsSupervisor || q.Today.ServiceLevel != 70 || q.Today.Handled != 11 || !q.Stale.IsZero() || q.Settings.Distribution != phone.QueueFewest {
		t.Fatalf("%+v", q)
	}
	names := ""
	for _, m := range q.Members {
		names += m.Name + ","
	}
	if names != "Elin Strandh,Local/99,Salma Haddad," || !q.Members[0].Me || q.Members[2].State != phone.LineBusy || q.Members[2].Number != "2102" {
		t.Errorf("members %s %+v", names, q.Members)
	}
	if q.Callers[0].ID != "c1" || len(q.Callers[0].Rings) != 1 || q.Callers[0].Before != 2 || q.Callers[1].Place != 2 {
		t.Errorf("callers %+v", q.Callers)
	}
	before := qs[0].view
	gone, err := qs.apply(teamItem(t, team.KindWaiting, "c1", 7, nil))
	if err != nil {
		t.Fatal(err)
	}
	gone.look(elins(true))
	if len(gone[0].view.Callers) != 1 || len(before.Callers) != 2 || len(qs[0].waiting) != 2 {
		t.Error("what was published has changed, or the caller who left stays")
	}
}

func TestTeamQueueThatLeaves(t *testing.T) {
	qs := support(t)
	for _, id := range []struct {
		kind team.Kind
		id   string
	}{{team.KindWaiting, "c1"}, {team.KindWaiting, "c2"}, {team.KindWaiting, "never"}, {team.KindMember, "710/PJSIP/2101"}, {team.KindMember, "710/PJSIP/2102"}, {team.KindMember, "710/Local/99"}, {team.KindQueue, "710"}, {team.KindQueue, "999"}} {
		var err error
		if qs, err = qs.apply(teamItem(t, id.kind, id.id, 9, nil)); err != nil {
			t.Fatal(err)
		}
	}
	if len(qs) != 0 {
		t.Errorf("left behind: %+v", qs)
	}
	if _, err := qs.apply(teamItem(t, team.KindMember, "710", 9, team.Member{})); err == nil {
		t.Error("a member of no queue is taken in")
	}
	if _, err := qs.apply(team.Item{Kind: team.KindQueue, ID: "1", Data: []byte("{")}); err == nil {
		t.Error("broken data is taken in")
	}
}

func TestTeamQueuesStandBesideOwn(t *testing.T) {
	qs := append(support(t), told(t, teamItem(t, team.KindQueue, "720", 1, team.Queue{ID: "720", Name: "Sälj"}))...)
	own := func() []phone.QueueStatus {
		return []phone.QueueStatus{{Queue: phone.Queue{ID: "650", Name: "Egen", Place: 3}, Login: phone.ConfirmOff}, {Queue: phone.Queue{ID: "710", Name: "Min kundtjänst"}, Login: phone.ConfirmRefused, Waiting: 9}}
	}
	qs.look(elins(true))
	all := queuesWith(own(), qs, true)
	if len(all) != 3 || all[0].Team != nil || all[1].Name != "Min kundtjänst" || all[1].Login != phone.ConfirmOn || all[1].Waiting != 2 || !all[1].Night || all[2].ID != "720" || all[2].Place != 4 || all[2].Login != phone.ConfirmOff {
		t.Errorf("%+v", all)
	}
	if all = queuesWith(own(), qs, false); all[1].Login != phone.ConfirmRefused || all[2].Login != phone.ConfirmOff {
		t.Errorf("away the exchange's word on logging in stands: %+v", all)
	}
	qs[0].asking, qs[0].asked = true, false
	if all = queuesWith(own(), qs, true); all[1].Login != phone.ConfirmAsking || all[1].Asked {
		t.Errorf("%+v", all[1])
	}
}

func TestTeamQueueSaysHowOldItIs(t *testing.T) {
	qs := support(t)
	qs.look(elins(false))
	if got := qs[0].view.Stale; !got.Equal(teamTime.Add(-time.Minute)) {
		t.Errorf("its exchange is down since %s", got)
	}
	e := elins(false)
	e.away = teamTime.Add(-time.Hour)
	qs = qs.again()
	qs.look(e)
	if got := qs[0].view.Stale; !got.Equal(e.away) {
		t.Errorf("the server is away since %s", got)
	}
}

// A queue of the team server's is no less there while that is away: logging in is refused for what is the matter.
func TestTeamQueueWhileTheServerIsAway(t *testing.T) {
	s, at := live(t)
	s, _ = reduce(s, teamTime, inTeamTold{at: at, told: []team.FeedEvent{{Down: &team.Fault{Code: team.CodeUnavailable}}}})
	if snap := s.snapshot(1, teamTime); snap.Team.Link != phone.TeamAway || !snap.Team.Retry.IsZero() {
		t.Errorf("%+v", snap.Team)
	}
	for id, want := range map[phone.QueueID]phone.ReasonID{"80": phone.ReasonTeamAway, "81": phone.ReasonNoItem} {
		if _, turn := reduce(s, teamTime, inCommand{phone.LogIn{Queues: []phone.QueueID{id}, On: true}}); phone.ReasonOf(turn.reply.err).ID != want {
			t.Errorf("queue %s: %v", id, turn.reply.err)
		}
	}
}

func logged(id string, ago time.Duration, change func(*team.LogEntry)) team.LogEntry {
	e := team.LogEntry{ID: id, Queue: "710", Group: "sales", From: phone.Party{Number: "+46701740612", Name: "Maria Ekdal"}, Began: teamTime.Add(-ago), Outcome: team.OutcomeMissed}
	if change != nil {
		change(&e)
	}
	return e
}

func TestOpenCallsAreCounted(t *testing.T) {
	var o openCalls
	apply := func(seq team.Seq, e team.LogEntry) {
		t.Helper()
		var err error
		if o, _, err = o.apply(teamItem(t, team.KindLog, e.ID, seq, e)); err != nil {
			t.Fatal(err)
		}
	}
	apply(1, logged("a", time.Hour, nil))
	apply(2, logged("b", time.Minute, func(e *team.LogEntry) { e.Handler = "elin" }))
	apply(3, logged("c", time.Second, func(e *team.LogEntry) { e.Outcome = team.OutcomeAnswered }))
	if open, mine := o.count("elin"); open != 2 || mine != 1 {
		t.Errorf("%d open, %d mine", open, mine)
	}
	apply(2, logged("a", time.Hour, func(e *team.LogEntry) { e.Handled = true }))
	apply(1, logged("b", time.Minute, nil)) // older than what is known
	if open, mine := o.count("elin"); open != 1 || mine != 1 {
		t.Errorf("%d open, %d mine", open, mine)
	}
	o = withOpen(o, []team.Versioned[team.LogEntry]{{Seq: 1, Value: logged("b", time.Minute, nil)}, {Seq: 4, Value: logged("d", 0, nil)}})
	if open, mine := o.count("elin"); open != 2 || mine != 1 {
		t.Errorf("after a question %d open, %d mine", open, mine)
	}
	if got := o.of("070-174 06 12", numbers.Plan{Region: "SE"}); len(got) != 2 || got[0].Value.ID != "d" {
		t.Errorf("the caller's: %+v", got)
	}
	if got := o.of("", numbers.Plan{}); got != nil {
		t.Errorf("a withheld number has calls: %+v", got)
	}
}

func TestSeenCallsAnswerWhileAway(t *testing.T) {
	s := &seen[team.LogEntry]{}
	for i, e := range []team.LogEntry{
		logged("a", 3*time.Hour, nil), logged("b", 2*time.Hour, func(e *team.LogEntry) { e.Outcome = team.OutcomeAnswered }),
		logged("c", time.Hour, func(e *team.LogEntry) { e.Handler, e.Note = "salma", "Ring efter tre" }), logged("d", time.Minute, func(e *team.LogEntry) { e.Handled = true; e.Queue = "720" }),
	} {
		s.see(teamTime, team.Versioned[team.LogEntry]{Seq: team.Seq(i + 1), Value: e})
	}
	plan := numbers.Plan{Region: "SE"}
	for name, c := range map[string]struct {
		q    team.LogQuery
		want string
	}{
		"all":        {team.LogQuery{}, "dcba"},
		"open first": {team.LogQuery{OpenFirst: true}, "cadb"},
		"open":       {team.LogQuery{Open: true}, "ca"},
		"nobody's":   {team.LogQuery{Nobody: true}, "dba"},
		"hers":       {team.LogQuery{Handlers: []team.PersonID{"salma"}}, "c"},
		"a queue's":  {team.LogQuery{Queues: []phone.QueueID{"720"}}, "d"},
		"answered":   {team.LogQuery{Outcomes: []team.Outcome{team.OutcomeAnswered}}, "b"},
		"a note":     {team.LogQuery{Text: "EFTER"}, "c"},
		"a number":   {team.LogQuery{Number: "0701740612"}, "dcba"},
		"no number":  {team.LogQuery{Number: "0701740613"}, ""},
		"a time":     {team.LogQuery{From: teamTime.Add(-150 * time.Minute), To: teamTime.Add(-time.Hour)}, "b"},
	} {
		for after, got := "", ""; ; {
			q := c.q
			page, next, at := s.pages(func(e team.LogEntry) bool { return selects(q, e, plan) }, q.OpenFirst, after, 1)
			for _, v := range page {
				got += v.Value.ID
			}
			if after = next; next == "" {
				if got != c.want || !at.Equal(teamTime) {
					t.Errorf("%s: %q at %s, want %q", name, got, at, c.want)
				}
				break
			}
		}
	}
}

func TestGroupCallIsSeen(t *testing.T) {
	e := logged("a", time.Minute, func(e *team.LogEntry) { e.Handler, e.NoteBy = "elin", "salma" })
	c := groupCall(team.Versioned[team.LogEntry]{Seq: 7, Value: e}, "Kundtjänst", elins(true))
	if c.Seq != 7 || !c.Mine || !c.MayCare || !c.Open() || c.NoteBy.Name != "Salma Haddad" || c.Name != "Kundtjänst" {
		t.Errorf("%+v", c)
	}
	e.Group, e.Outcome, e.Phone = "other", team.OutcomeAnswered, "PJSIP/9"
	if c = groupCall(team.Versioned[team.LogEntry]{Value: e}, "", elins(true)); c.MayCare || c.AnsweredBy.Name != "PJSIP/9" || c.Name != "710" {
		t.Errorf("%+v", c)
	}
	if q := logQuery(phone.GroupLogQuery{Text: "ab", Number: "070-174 06 12", Handlers: []phone.TeamPersonID{"x"}}, numbers.Plan{Region: "SE"}); q.Text != "" || q.Number != "+46701740612" || q.Handlers[0] != "x" {
		t.Errorf("%+v", q)
	}
}
