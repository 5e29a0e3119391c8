package phonetest_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
)

// databaseAway is for how long the database is away at least; SVARA_TEST_AWAY, such as 60s, says otherwise.
func databaseAway(t *testing.T) time.Duration {
	text := os.Getenv("SVARA_TEST_AWAY")
	if text == "" {
		return 5 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The team's database is gone while callers give up: two servers on it, three desktops at one of them. What desktops show is of
// then, and says so; what waits waits and the rest is refused in words; when the database is back every call is in the log once,
// whichever server has the exchange then, and what waited is done.
func TestTeamOfficeWithoutItsDatabase(t *testing.T) {
	t.Parallel()
	away := databaseAway(t)
	p := phonetest.StartPostgres(t)
	database := p.Database()
	o := newTeamOffice(t, database)
	second := phonetest.StartTeam(t, phonetest.TeamConfig{Postgres: database, Args: o.args})
	anna, bo, cilla := o.people[0], o.people[1], o.people[2]
	queue := func(s phone.Snapshot) *phone.QueueTeam {
		if i := slices.IndexFunc(s.Queues, isSupport); i >= 0 {
			return s.Queues[i].Team
		}
		return nil
	}
	o.pbx.CallQueue("6401", 2, time.Second).Wait(teamLimit)
	given := 2
	o.all("two open calls", func(s phone.Snapshot) bool { return s.Team.Log.Open == given && queue(s).Stale.IsZero() })
	entry := o.log(anna)[0].Value.ID

	p.Stop()
	begun := time.Now()
	o.all("what is shown is old", func(s phone.Snapshot) bool {
		return s.Team.Link == phone.TeamAway && s.Team.Reason != nil && queue(s) != nil && !queue(s).Stale.IsZero() && s.Team.Log.Open == 2
	})
	if out, code := o.desks[anna].Ctl("group", "log", "take", entry); code == 0 || !strings.Contains(out, "cannot be reached") {
		t.Errorf("taken without a database: %d %s", code, out)
	}
	if out, code := o.desks[anna].Ctl("queue", "login", "support"); code == 0 || !strings.Contains(out, "cannot be reached") {
		t.Errorf("logged in without a database: %d %s", code, out)
	}
	o.desks[anna].Must("activity", "lunch", "--note", "soup")
	for given == 2 || time.Since(begun) < away {
		o.pbx.CallQueue("6401", 2, time.Second).Wait(teamLimit)
		given += 2
	}
	o.all("nothing new is shown as new", func(s phone.Snapshot) bool { return s.Team.Link == phone.TeamAway && s.Team.Log.Open == 2 })
	t.Logf("the database was away for %v, %d calls", time.Since(begun).Round(time.Second), given-2)

	p.Restart()
	o.all("all is there again", func(s phone.Snapshot) bool {
		return s.Team.Link == phone.TeamLive && s.Team.Log.Open == given && queue(s) != nil && queue(s).Stale.IsZero() && len(s.Team.Sources) == 1 && s.Team.Sources[0].Up
	})
	seen := map[string]int{}
	for q := (team.LogQuery{Limit: 20}); ; {
		var page team.LogPage
		if err := o.clients[cilla].Do(t.Context(), "POST", "log", q, &page); err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			seen[e.Value.ID]++
			if e.Value.Outcome != team.OutcomeMissed || seen[e.Value.ID] > 1 {
				t.Errorf("%+v", e.Value)
			}
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if n := queueLog(t, o.pbx, "support")["ABANDON"]; n != given || len(seen) != given {
		t.Errorf("%d calls in the log, Asterisk had %d, %d were made", len(seen), n, given)
	}
	o.until("Anna's lunch is told to Bo", func() bool {
		snap := o.desks[bo].Snapshot()
		l := snap.LineOf(anna)
		return l != nil && l.Presence != nil && l.Presence.Activity == phone.ActivityLunch && l.Presence.Note == "soup"
	})
	o.desks[anna].Must("group", "log", "take", entry)
	o.until("it is hers", func() bool { return o.desks[anna].Snapshot().Team.Log.Mine == 1 })
	if changes := o.desks[anna].Snapshot().Team.Changes; len(changes) != 0 {
		t.Errorf("left over: %+v", changes)
	}
	o.pbx.CallQueue("6401", 1, time.Second).Wait(teamLimit)
	o.all("the next call, once", func(s phone.Snapshot) bool { return s.Team.Log.Open == given+1 })
	if !o.server.Running() || !second.Running() {
		t.Error("a server has ended")
	}
}
