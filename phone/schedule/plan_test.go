package schedule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/schedule"
)

// read makes a plan of "From To", with the same day when To has none.
func read(t testing.TB, when string) phone.Plan {
	t.Helper()
	from, to, _ := strings.Cut(when, " ")
	if !strings.Contains(to, "T") {
		to = from[:len("2006-01-02T")] + to
	}
	return phone.Plan{ID: "p", Kind: phone.ActivityLunch, From: from, To: to}
}

// occurrences is the next n, each asked for by the end of the one before.
func occurrences(p phone.Plan, after time.Time, local *time.Location, n int) string {
	var out []string
	for range n {
		from, to, ok := schedule.Next(p, after, local)
		if !ok {
			out = append(out, "none")
			break
		}
		const form = "2006-01-02 15:04-0700"
		out = append(out, from.Format(form)+" "+to.Format(form))
		after = to
	}
	return strings.Join(out, "\n")
}

func TestNext(t *testing.T) {
	with := func(when string, edit func(*phone.Plan)) phone.Plan {
		p := read(t, when)
		edit(&p)
		return p
	}
	daily := func(p *phone.Plan) { p.Repeat = phone.RepeatDaily }
	monthly := func(p *phone.Plan) { p.Repeat = phone.RepeatMonthly }
	yearly := func(p *phone.Plan) { p.Repeat = phone.RepeatYearly }
	weekly := func(days ...time.Weekday) func(*phone.Plan) {
		return func(p *phone.Plan) { p.Repeat, p.Days = phone.RepeatWeekly, days }
	}
	in := func(zone string, edit func(*phone.Plan)) func(*phone.Plan) {
		return func(p *phone.Plan) { p.Zone = zone; edit(p) }
	}
	until := func(day string, edit func(*phone.Plan)) func(*phone.Plan) {
		return func(p *phone.Plan) { p.Until = day; edit(p) }
	}
	once := func(*phone.Plan) {}
	for _, c := range []struct {
		name, when string
		edit       func(*phone.Plan)
		after      string
		want       string
	}{
		{"once, before", "2026-11-23T11:30 12:30", once, "2026-11-20T00:00", "2026-11-23 11:30+0100 2026-11-23 12:30+0100\nnone"},
		{"once, in it", "2026-11-23T11:30 12:30", once, "2026-11-23T12:00", "2026-11-23 11:30+0100 2026-11-23 12:30+0100\nnone"},
		{"once, to the minute", "2026-11-23T11:30 12:30", once, "2026-11-23T12:30", "none"},
		{"off", "2026-11-23T11:30 12:30", func(p *phone.Plan) { p.Off = true }, "2026-11-20T00:00", "none"},
		{"that cannot be", "2026-11-23T12:30 11:30", once, "2026-11-20T00:00", "none"},
		{"of an unknown zone", "2026-11-23T11:30 12:30", in("Europe/Atlantis", once), "2026-11-20T00:00", "none"},
		{"elsewhere", "2026-11-23T11:30 12:30", in("America/New_York", once), "2026-11-20T00:00", "2026-11-23 11:30-0500 2026-11-23 12:30-0500\nnone"},
		{"of the computer's zone by name", "2026-11-23T11:30 12:30", in("Local", once), "2026-11-20T00:00", "2026-11-23 11:30+0100 2026-11-23 12:30+0100\nnone"},

		{"daily", "2026-11-23T11:30 12:30", daily, "2026-12-01T12:30", "2026-12-02 11:30+0100 2026-12-02 12:30+0100\n2026-12-03 11:30+0100 2026-12-03 12:30+0100"},
		{"not before its day", "2026-11-23T11:30 12:30", daily, "2020-01-01T00:00", "2026-11-23 11:30+0100 2026-11-23 12:30+0100"},
		{"until a day, which counts", "2026-11-23T11:30 12:30", until("2026-11-24", daily), "2026-11-23T12:30", "2026-11-24 11:30+0100 2026-11-24 12:30+0100\nnone"},
		{"a night's end may come after the last day", "2026-11-23T22:00 2026-11-24T06:00", until("2026-11-23", daily), "2026-11-24T05:00", "2026-11-23 22:00+0100 2026-11-24 06:00+0100\nnone"},
		{"a night in summer time's night", "2026-03-27T22:00 2026-03-28T06:00", daily, "2026-03-28T12:00", "2026-03-28 22:00+0100 2026-03-29 06:00+0200\n2026-03-29 22:00+0200 2026-03-30 06:00+0200"},
		{"a night in winter time's night", "2026-10-23T22:00 2026-10-24T06:00", daily, "2026-10-24T12:00", "2026-10-24 22:00+0200 2026-10-25 06:00+0100\n2026-10-25 22:00+0100 2026-10-26 06:00+0100"},

		{"it begins in the skipped hour", "2026-03-28T02:30 04:00", daily, "2026-03-28T12:00", "2026-03-29 03:30+0200 2026-03-29 04:00+0200\n2026-03-30 02:30+0200 2026-03-30 04:00+0200"},
		{"it ends in the skipped hour", "2026-03-28T01:30 02:30", daily, "2026-03-28T12:00", "2026-03-29 01:30+0100 2026-03-29 03:30+0200\n2026-03-30 01:30+0200 2026-03-30 02:30+0200"},
		{"it is in the skipped hour", "2026-03-28T02:10 02:40", daily, "2026-03-28T12:00", "2026-03-29 03:10+0200 2026-03-29 03:40+0200"},
		{"its beginning is skipped beyond its end", "2026-03-28T02:50 03:10", daily, "2026-03-28T12:00", "2026-03-29 03:50+0200 2026-03-29 04:10+0200"},
		{"it begins in the doubled hour", "2026-10-24T02:30 04:00", daily, "2026-10-24T12:00", "2026-10-25 02:30+0200 2026-10-25 04:00+0100\n2026-10-26 02:30+0100 2026-10-26 04:00+0100"},
		{"it ends in the doubled hour", "2026-10-24T01:30 02:30", daily, "2026-10-24T12:00", "2026-10-25 01:30+0200 2026-10-25 02:30+0200\n2026-10-26 01:30+0100 2026-10-26 02:30+0100"},
		{"half an hour is skipped", "2026-10-03T02:10 03:00", in("Australia/Lord_Howe", daily), "2026-10-03T12:00", "2026-10-04 02:40+1100 2026-10-04 03:00+1100\n2026-10-05 02:10+1100 2026-10-05 03:00+1100"},
		{"half an hour comes twice", "2026-04-04T01:40 01:50", in("Australia/Lord_Howe", daily), "2026-04-04T12:00", "2026-04-05 01:40+1100 2026-04-05 01:50+1100\n2026-04-06 01:40+1030 2026-04-06 01:50+1030"},
		{"New York in spring", "2026-03-07T02:30 05:00", in("America/New_York", daily), "2026-03-08T00:00", "2026-03-08 03:30-0400 2026-03-08 05:00-0400\n2026-03-09 02:30-0400 2026-03-09 05:00-0400"},
		{"New York in autumn", "2026-10-31T01:30 05:00", in("America/New_York", daily), "2026-11-01T00:00", "2026-11-01 01:30-0400 2026-11-01 05:00-0500\n2026-11-02 01:30-0500 2026-11-02 05:00-0500"},

		{"weekly on days", "2026-11-23T11:30 12:30", weekly(time.Friday, time.Monday), "2026-11-23T12:30", "2026-11-27 11:30+0100 2026-11-27 12:30+0100\n2026-11-30 11:30+0100 2026-11-30 12:30+0100\n2026-12-04 11:30+0100 2026-12-04 12:30+0100"},
		{"weekly from another day", "2026-11-23T11:30 12:30", weekly(time.Wednesday), "2026-11-01T00:00", "2026-11-25 11:30+0100 2026-11-25 12:30+0100\n2026-12-02 11:30+0100 2026-12-02 12:30+0100"},
		{"weekly until the day before", "2026-11-23T11:30 12:30", until("2026-11-24", weekly(time.Wednesday)), "2026-11-01T00:00", "none"},
		{"monthly", "2026-11-23T11:30 12:30", monthly, "2026-12-01T00:00", "2026-12-23 11:30+0100 2026-12-23 12:30+0100\n2027-01-23 11:30+0100 2027-01-23 12:30+0100"},
		{"months without the day are passed over", "2026-12-31T11:30 12:30", monthly, "2027-01-01T00:00", "2027-01-31 11:30+0100 2027-01-31 12:30+0100\n2027-03-31 11:30+0200 2027-03-31 12:30+0200\n2027-05-31 11:30+0200 2027-05-31 12:30+0200"},
		{"the 30th", "2027-01-30T11:30 12:30", monthly, "2027-02-01T00:00", "2027-03-30 11:30+0200 2027-03-30 12:30+0200"},
		{"yearly", "2026-12-24T08:00 2026-12-27T00:00", yearly, "2029-12-27T00:00", "2030-12-24 08:00+0100 2030-12-27 00:00+0100\n2031-12-24 08:00+0100 2031-12-27 00:00+0100"},
		{"29 February", "2024-02-29T08:00 17:00", yearly, "2024-03-01T00:00", "2028-02-29 08:00+0100 2028-02-29 17:00+0100\n2032-02-29 08:00+0100 2032-02-29 17:00+0100"},
		{"29 February over 2100", "2024-02-29T08:00 17:00", yearly, "2096-03-01T00:00", "2104-02-29 08:00+0100 2104-02-29 17:00+0100"},
		{"29 February, not again", "2024-02-29T08:00 17:00", until("2028-02-28", yearly), "2024-03-01T00:00", "none"},
		{"longer than it repeats", "2026-11-23T08:00 2026-11-25T08:00", daily, "2026-11-25T07:00", "2026-11-23 08:00+0100 2026-11-25 08:00+0100\n2026-11-24 08:00+0100 2026-11-26 08:00+0100"},
	} {
		stockholm := zone(t, "Europe/Stockholm")
		p := with(c.when, c.edit)
		after, err := time.ParseInLocation(phone.PlanTime, c.after, stockholm)
		if err != nil {
			t.Fatal(err)
		}
		if got := occurrences(p, after, stockholm, strings.Count(c.want, "\n")+1); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestNow(t *testing.T) {
	stockholm := zone(t, "Europe/Stockholm")
	plan := func(id, when string, edit func(*phone.Plan)) phone.Plan {
		p := read(t, when)
		p.ID = id
		if edit != nil {
			edit(&p)
		}
		return p
	}
	plans := []phone.Plan{
		plan("vacation", "2026-07-01T00:00 2026-08-01T00:00", nil),
		plan("lunch", "2026-06-01T11:30 12:30", func(p *phone.Plan) { p.Repeat = phone.RepeatDaily }),
		plan("meeting", "2026-07-06T12:00 14:00", nil),
		plan("short", "2026-07-07T12:00 13:00", nil),
		plan("long", "2026-07-07T12:00 14:00", nil),
		plan("a", "2026-07-08T15:00 16:00", nil),
		plan("b", "2026-07-08T15:00 16:00", nil),
		plan("off", "2026-07-06T12:10 14:00", func(p *phone.Plan) { p.Off = true }),
		plan("days", "2026-09-01T08:00 2026-09-04T08:00", func(p *phone.Plan) { p.Repeat, p.Until = phone.RepeatDaily, "2026-09-03" }),
	}
	for now, want := range map[string]string{
		"2026-05-01T12:00": "none",
		"2026-06-30T12:00": "lunch to 2026-06-30 12:30",
		"2026-06-30T12:30": "none",
		"2026-07-01T00:00": "vacation to 2026-08-01 00:00",
		"2026-07-06T11:59": "lunch to 2026-07-06 12:30",
		"2026-07-06T12:15": "meeting to 2026-07-06 14:00", // it began later
		"2026-07-06T14:00": "vacation to 2026-08-01 00:00",
		"2026-07-07T12:15": "short to 2026-07-07 13:00", // both began; this one ends first
		"2026-07-07T13:00": "long to 2026-07-07 14:00",
		"2026-07-08T15:30": "a to 2026-07-08 16:00",
		"2026-09-03T07:59": "days to 2026-09-05 08:00", // its own later occurrence
		"2026-09-05T23:00": "days to 2026-09-06 08:00",
	} {
		at, err := time.ParseInLocation(phone.PlanTime, now, stockholm)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // in whatever order they are kept
			got := "none"
			if p, _, to, ok := schedule.Now(plans, at, stockholm); ok {
				got = p.ID + " to " + to.Format("2006-01-02 15:04")
			}
			if got != want {
				t.Errorf("%s: %s, want %s", now, got, want)
			}
			for i, j := 0, len(plans)-1; i < j; i, j = i+1, j-1 {
				plans[i], plans[j] = plans[j], plans[i]
			}
		}
	}
}

func TestPlanned(t *testing.T) {
	stockholm := zone(t, "Europe/Stockholm")
	plan := func(id, when string, edit func(*phone.Plan)) phone.Plan {
		p := read(t, when)
		p.ID = id
		if edit != nil {
			edit(&p)
		}
		return p
	}
	off := func(p *phone.Plan) { p.Off = true }
	plans := []phone.Plan{
		plan("over", "2026-01-01T08:00 09:00", nil),
		plan("far", "2027-01-01T08:00 09:00", nil),
		plan("lunch", "2026-11-01T11:30 12:30", func(p *phone.Plan) { p.Repeat = phone.RepeatDaily }),
		plan("meeting", "2026-11-24T12:00 13:00", nil),
		plan("after", "2026-11-23T12:30 13:00", nil), // follows lunch without a clash
		plan("off", "2026-11-23T12:00 13:00", off),
		plan("trip", "2026-11-20T08:00 2026-11-23T11:45", nil), // has begun
	}
	now := time.Date(2026, 11, 23, 11, 0, 0, 0, stockholm)
	var got []string
	for _, p := range schedule.Planned(plans, now, stockholm) {
		next := "-"
		if !p.Next.IsZero() {
			next = p.Next.Format("01-02 15:04") + " " + p.Ends.Format("01-02 15:04")
		}
		got = append(got, fmt.Sprintf("%s %s %s", p.ID, next, p.Clash))
	}
	want := []string{
		"trip 11-20 08:00 11-23 11:45 lunch",
		"lunch 11-23 11:30 11-23 12:30 trip",
		"after 11-23 12:30 11-23 13:00 ",
		"meeting 11-24 12:00 11-24 13:00 lunch",
		"far 01-01 08:00 01-01 09:00 ",
		"off - ",
		"over - ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := schedule.Planned(nil, now, nil); len(got) != 0 {
		t.Error(got)
	}
}

// BenchmarkPlanned is what twenty plans cost.
func BenchmarkPlanned(b *testing.B) {
	stockholm := zone(b, "Europe/Stockholm")
	plans := make([]phone.Plan, 20)
	for i := range plans {
		plans[i] = read(b, fmt.Sprintf("2026-11-%02dT11:30 12:30", i%30+1))
		plans[i].ID, plans[i].Repeat = fmt.Sprint(i), phone.RepeatMonthly
	}
	now := time.Date(2027, 6, 1, 12, 0, 0, 0, stockholm)
	for b.Loop() {
		schedule.Planned(plans, now, stockholm)
	}
}
