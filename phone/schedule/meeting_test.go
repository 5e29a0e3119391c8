package schedule_test

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/schedule"
)

func TestMeeting(t *testing.T) {
	for name, c := range map[string]struct {
		start, zone string
		repeat      phone.Repeat
		every       int
		minutes     int
		after       string
		want        string
	}{
		"once":                    {"2026-11-23T10:00:00Z", "Europe/Stockholm", "", 0, 30, "2026-11-01T00:00:00Z", "2026-11-23 11:00+0100 11:30+0100"},
		"once, to the minute":     {"2026-11-23T10:00:00Z", "Europe/Stockholm", "", 0, 30, "2026-11-23T10:30:00Z", "none"},
		"in it":                   {"2026-11-23T10:00:00Z", "Europe/Stockholm", "", 0, 30, "2026-11-23T10:29:59Z", "2026-11-23 11:00+0100 11:30+0100"},
		"daily into summer":       {"2026-03-27T08:00:00Z", "Europe/Stockholm", "daily", 0, 60, "2026-03-28T12:00:00Z", "2026-03-29 09:00+0200 10:00+0200"},
		"weekly":                  {"2026-11-23T10:00:00Z", "Europe/Stockholm", "weekly", 0, 30, "2026-11-23T11:00:00Z", "2026-11-30 11:00+0100 11:30+0100"},
		"every other week":        {"2026-11-23T10:00:00Z", "Europe/Stockholm", "weekly", 2, 30, "2026-11-23T11:00:00Z", "2026-12-07 11:00+0100 11:30+0100"},
		"over many weeks":         {"2026-11-23T10:00:00Z", "Europe/Stockholm", "weekly", 2, 30, "2027-06-01T00:00:00Z", "2027-06-07 11:00+0200 11:30+0200"},
		"monthly, without a 31st": {"2026-12-31T10:00:00Z", "Europe/Stockholm", "monthly", 0, 30, "2027-02-01T00:00:00Z", "2027-03-31 11:00+0200 11:30+0200"},
		"New York from Stockholm": {"2026-10-26T13:00:00Z", "America/New_York", "weekly", 0, 60, "2026-11-01T12:00:00Z", "2026-11-02 09:00-0500 10:00-0500"},
		"the skipped hour":        {"2026-03-28T01:30:00Z", "Europe/Stockholm", "daily", 0, 60, "2026-03-28T12:00:00Z", "2026-03-29 03:30+0200 04:30+0200"},
		"a clock change in it":    {"2026-10-24T23:30:00Z", "Europe/Stockholm", "", 0, 120, "2026-10-01T00:00:00Z", "2026-10-25 01:30+0200 02:30+0100"},
		"the second of two hours": {"2026-10-25T01:30:00Z", "Europe/Stockholm", "daily", 0, 30, "2026-10-25T00:00:00Z", "2026-10-25 02:30+0100 03:00+0100"},
		"over midnight":           {"2026-11-23T22:30:00Z", "Europe/Stockholm", "daily", 0, 60, "2026-11-24T23:00:00Z", "2026-11-24 23:30+0100 00:30+0100"},
		"no such zone":            {"2026-11-23T10:00:00Z", "Europe/Atlantis", "", 0, 30, "2026-11-01T00:00:00Z", "none"},
		"no such repeat":          {"2026-11-23T10:00:00Z", "Europe/Stockholm", "yearly", 0, 30, "2026-11-01T00:00:00Z", "none"},
	} {
		start, _ := time.Parse(time.RFC3339, c.start)
		after, _ := time.Parse(time.RFC3339, c.after)
		m := phone.Meeting{Start: start, LengthM: c.minutes, Zone: c.zone, Repeat: c.repeat, Every: c.every}
		from, to, ok := schedule.Meeting(m, after)
		got := "none"
		if ok {
			loc, _ := time.LoadLocation(c.zone)
			got = strings.Join([]string{from.In(loc).Format("2006-01-02 15:04-0700"), to.In(loc).Format("15:04-0700")}, " ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	m := phone.Meeting{Start: time.Now(), LengthM: 30, Zone: "UTC", Canceled: true}
	if _, _, ok := schedule.Meeting(m, m.Start); ok {
		t.Error("a canceled one has an occasion")
	}
}
