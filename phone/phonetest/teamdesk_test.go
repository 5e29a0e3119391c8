package phonetest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// The practice exchange comes with a real team server: its queues are told without being set up, who logs in or is logged
// in by a supervisor is so for everybody, calls are in the group log and can be taken care of, refusals stay to be seen, and
// signing out logs out of no queue.
func TestTeamOfThePractice(t *testing.T) {
	t.Parallel()
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Args: []string{"--demo"}})
	team := func() phone.TeamState { return s.Snapshot().Team }
	phonetest.Until(t, 20*time.Second, "the team server is live", func() bool { return team().Link == phone.TeamLive })
	queue := func(id phone.QueueID) *phone.QueueStatus {
		now := s.Snapshot().Queues
		if i := slices.IndexFunc(now, func(q phone.QueueStatus) bool { return q.ID == id && q.Team != nil }); i >= 0 {
			return &now[i]
		}
		return nil
	}
	member := func(id phone.QueueID, number string) *phone.QueueMember {
		if q := queue(id); q != nil {
			if i := slices.IndexFunc(q.Team.Members, func(m phone.QueueMember) bool { return m.Number == number }); i >= 0 {
				return &q.Team.Members[i]
			}
		}
		return nil
	}
	phonetest.Until(t, 20*time.Second, "the queue is told", func() bool { return member("9010", "2142") != nil })
	s.Must("queue", "login", "9010")
	phonetest.Until(t, 20*time.Second, "logged in", func() bool {
		q := queue("9010")
		return q.Login == phone.ConfirmOn && slices.ContainsFunc(q.Team.Members, func(m phone.QueueMember) bool { return m.Me && m.LoggedIn })
	})
	was := member("9010", "2142").LoggedIn
	s.Must("queue", "member", "9010", "2142", map[bool]string{true: "logout", false: "login"}[was])
	phonetest.Until(t, 20*time.Second, "a colleague is logged in by us, or out", func() bool { return member("9010", "2142").LoggedIn != was })

	if out, code := s.Ctl("queue", "settings", "9010", "--night", "on"); code == 0 { // with no number to go to
		t.Errorf("not refused: %s", out)
	}
	refused := func() []phone.TeamChange { return team().Changes }
	if c := refused(); len(c) != 1 || c[0].State != phone.TeamChangeRefused || c[0].Reason == nil {
		t.Fatalf("%+v", c)
	}
	s.Must("team", "dismiss", refused()[0].ID)
	phonetest.Until(t, 20*time.Second, "and forgotten", func() bool { return len(refused()) == 0 })

	s.Must("queue", "settings", "9010", "--night", "on", "--night-number", "2101", "--overflow", "2114", "--overflow-seconds", "30", "--distribution", "in-order")
	phonetest.Until(t, 20*time.Second, "the night, overflow and order are set as one", func() bool {
		v := queue("9010").Team.Settings
		return v.Night && v.NightNumber == "2101" && v.Overflow == "2114" && v.OverflowS == 30 && v.Distribution == "in-order"
	})
	s.Must("queue", "settings", "9010", "--distribution", "all")
	phonetest.Until(t, 20*time.Second, "all ring at once", func() bool { return queue("9010").Team.Settings.Distribution == phone.QueueAll })
	s.Must("queue", "settings", "9010", "--night", "off")
	phonetest.Until(t, 20*time.Second, "open again, and the rest stays", func() bool {
		v := queue("9010").Team.Settings
		return !v.Night && v.Overflow == "2114"
	})

	// Callers come to the queues by themselves.
	var page phone.GroupLogPage
	phonetest.Until(t, 2*time.Minute, "a call in the group log", func() bool {
		s.Ask(&page, "group", "log", "list")
		return len(page.Calls) > 0
	})
	id := page.Calls[0].ID
	s.Must("group", "log", "take", id)
	phonetest.Until(t, 20*time.Second, "the call is ours", func() bool {
		s.Ask(&page, "group", "log", "list")
		return slices.ContainsFunc(page.Calls, func(c phone.GroupCall) bool { return c.ID == id && c.Mine })
	})
	s.Must("team", "signout")
	phonetest.Until(t, 20*time.Second, "signed out", func() bool { return team().Link == phone.TeamSignedOut && team().Reason == nil })
	if out, code := s.Ctl("group", "log", "list"); code == 0 || !strings.Contains(out, "team") {
		t.Errorf("%d %s", code, out)
	}
}
