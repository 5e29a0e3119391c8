package phonetest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// features.md F10: a colleague's activity and future activities are set by a supervisor, and everybody sees them, also where the
// exchange tells what colleagues do: a simulated colleague does what the team server says.
func TestColleaguesFutureActivitiesInPractice(t *testing.T) {
	t.Parallel()
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Args: []string{"--demo"}})
	phonetest.Until(t, 20*time.Second, "the team server is live", func() bool {
		now := s.Snapshot().Team
		return now.Link == phone.TeamLive && slices.Contains(now.Permitted, "2142") && slices.Contains(now.Permitted, "2118")
	})
	does := func(number string) phone.Presence {
		now := s.Snapshot()
		if l := now.LineOf(number); l != nil && l.Presence != nil {
			return *l.Presence
		}
		return phone.Presence{}
	}
	s.Must("team", "activity", "2142", "vacation", "--note", "åter på måndag")
	phonetest.Until(t, 20*time.Second, "on vacation", func() bool {
		p := does("2142")
		return p.Activity == phone.ActivityVacation && p.Note == "åter på måndag"
	})
	s.Must("team", "activity", "2142", "available", "--note", "")
	phonetest.Until(t, 20*time.Second, "back", func() bool { return does("2142").Activity == phone.ActivityAvailable })

	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format("2006-01-02") }
	s.Must("team", "plan", "add", "2118", "training", "--id", "kurs", "--name", "Kurs", "--note", "i Umeå", "--from", day(10)+" 08:00", "--to", day(10)+" 16:00")
	s.Must("team", "plan", "add", "2118", "parental", "--id", "hemma", "--from", day(-1)+" 00:00", "--to", day(2)+" 00:00")
	var plans phone.ColleaguePlans
	s.Ask(&plans, "team", "plan", "list", "2118")
	if len(plans.Plans) != 2 || !slices.ContainsFunc(plans.Plans, func(p phone.Planned) bool {
		return p.ID == "kurs" && p.Name == "Kurs" && p.Next.Local().Format("2006-01-02 15:04") == day(10)+" 08:00"
	}) {
		t.Fatalf("%+v", plans)
	}
	if out := s.Must("team", "plan", "list", "2118"); !strings.Contains(out, "kurs") || !strings.Contains(out, "i Umeå") {
		t.Error(out)
	}
	phonetest.Until(t, 20*time.Second, "the one that has begun is seen", func() bool { return does("2118").Activity == phone.ActivityParental })
	s.Must("team", "plan", "remove", "2118", "hemma")
	phonetest.Until(t, 20*time.Second, "and is over when it is taken away", func() bool { return does("2118").Activity == phone.ActivityAvailable })
	s.Ask(&plans, "team", "plan", "list", "2118")
	if len(plans.Plans) != 1 || plans.Plans[0].ID != "kurs" {
		t.Errorf("%+v", plans)
	}
	for _, args := range [][]string{{"remove", "2118", "hemma"}, {"add", "nobody", "lunch", "--from", day(1) + " 11:00", "--to", day(1) + " 12:00"}, {"add", "2118", "lunch", "--from", day(1) + " 12:00", "--to", day(1) + " 11:00"}, {"list", "nobody"}} {
		if out, code := s.Ctl(append([]string{"team", "plan"}, args...)...); code == 0 {
			t.Errorf("%q is not refused: %s", args, out)
		}
	}
}
