package schedule_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"svara/phone"
	"svara/phone/schedule"
)

// walker finds when a clock shows a time by looking at it every minute: nothing of the package's arithmetic.
type walker struct {
	loc  *time.Location
	seen map[time.Time]time.Time
}

// wall is what the clock shows, as a time in UTC.
func (w *walker) wall(t time.Time) time.Time {
	t = t.In(w.loc)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

func (w *walker) find(wall time.Time) time.Time {
	if t, ok := w.seen[wall]; ok {
		return t
	}
	t := wall.Add(-30 * time.Hour)
	for ; ; t = t.Add(time.Minute) {
		switch shown := w.wall(t); {
		case shown.Equal(wall):
		case shown.After(wall): // the clock went past it: as much after the minute before as it should have shown
			before := t.Add(-time.Minute)
			t = before.Add(wall.Sub(w.wall(before)))
		default:
			continue
		}
		w.seen[wall] = t
		return t
	}
}

type span struct{ from, to time.Time }

// all is the occurrences that begin on some days, counted from the plan's first, one day after the other.
func (w *walker) all(p phone.Plan, low, high int) []span {
	from, _ := time.Parse(phone.PlanTime, p.From)
	to, _ := time.Parse(phone.PlanTime, p.To)
	first := from.Truncate(24 * time.Hour)
	var out []span
	for n := max(0, low); n <= high; n++ {
		day := first.AddDate(0, 0, n)
		if p.Until != "" && day.Format(time.DateOnly) > p.Until {
			break
		}
		on := false
		switch p.Repeat {
		case phone.RepeatNever:
			on = n == 0
		case phone.RepeatDaily:
			on = true
		case phone.RepeatWeekly:
			on = slices.Contains(p.Days, day.Weekday())
		case phone.RepeatMonthly:
			on = day.Day() == from.Day()
		case phone.RepeatYearly:
			on = day.Day() == from.Day() && day.Month() == from.Month()
		}
		if !on {
			continue
		}
		s := span{w.find(day.Add(from.Sub(first))), w.find(day.Add(to.Sub(first)))}
		if !s.to.After(s.from) {
			s.to = s.from.Add(to.Sub(from))
		}
		out = append(out, s)
	}
	return out
}

// changes are nights in which clocks were put forward or back.
var changes = map[string][]string{
	"Europe/Stockholm":    {"2026-03-29", "2026-10-25", "2027-03-28"},
	"America/New_York":    {"2026-03-08", "2026-11-01", "2027-03-14"},
	"Australia/Lord_Howe": {"2026-04-05", "2026-10-04", "2027-04-04"},
}

func drawPlan(t *rapid.T, id, zone string) phone.Plan {
	day, err := time.Parse(time.DateOnly, rapid.SampledFrom(changes[zone]).Draw(t, "change"))
	if err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "leap") {
		day = time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	}
	minute := rapid.OneOf(rapid.IntRange(0, 4*60), rapid.IntRange(0, 24*60-1)).Draw(t, "minute")
	length := rapid.OneOf(rapid.IntRange(1, 3*60), rapid.IntRange(1, 3*24*60)).Draw(t, "length")
	from := day.AddDate(0, 0, -rapid.IntRange(-1, 20).Draw(t, "before")).Add(time.Duration(minute) * time.Minute)
	p := phone.Plan{ID: id, Kind: phone.ActivityLunch, Zone: zone, From: from.Format(phone.PlanTime),
		To:     from.Add(time.Duration(length) * time.Minute).Format(phone.PlanTime),
		Repeat: rapid.SampledFrom([]phone.Repeat{phone.RepeatNever, phone.RepeatDaily, phone.RepeatDaily, phone.RepeatWeekly, phone.RepeatMonthly, phone.RepeatYearly}).Draw(t, "repeat")}
	if p.Repeat == phone.RepeatWeekly {
		p.Days = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) time.Weekday { return time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")) }), 1, 7, rapid.ID).Draw(t, "days")
	}
	if rapid.Bool().Draw(t, "ends") {
		p.Until = from.AddDate(0, 0, rapid.IntRange(0, 50).Draw(t, "until")).Format(time.DateOnly)
	}
	if err := p.Validate(); err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	return p
}

// horizon is how many days the walker looks ahead: further than the next occurrence of a plan asked after can be.
func horizon(p phone.Plan) int {
	switch p.Repeat {
	case phone.RepeatYearly:
		return 14 * 366
	case phone.RepeatMonthly:
		return 200
	}
	return 80
}

func drawMoment(t *rapid.T, w *walker, p phone.Plan) time.Time {
	from, _ := time.Parse(phone.PlanTime, p.From)
	minutes := rapid.IntRange(-3*24*60, 40*24*60).Draw(t, "after")
	if p.Repeat == phone.RepeatYearly && rapid.Bool().Draw(t, "years") {
		minutes += rapid.IntRange(0, 5*366*24*60).Draw(t, "later")
	}
	return w.find(from).Add(time.Duration(minutes)*time.Minute + time.Duration(rapid.IntRange(0, 59).Draw(t, "second"))*time.Second)
}

func walkers(t testing.TB) map[string]*walker {
	all := map[string]*walker{}
	for name := range changes {
		all[name] = &walker{zone(t, name), map[time.Time]time.Time{}}
	}
	return all
}

var zones = []string{"America/New_York", "Australia/Lord_Howe", "Europe/Stockholm"}

func TestNextAsWalked(t *testing.T) {
	walkers := walkers(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		w, p := walkers[name], drawPlan(t, "p", name)
		after := drawMoment(t, w, p)
		local := time.UTC
		if rapid.Bool().Draw(t, "local") {
			p.Zone, local = "", w.loc
		}
		want, found := span{}, false
		for _, s := range w.all(p, 0, horizon(p)) {
			if s.to.After(after) {
				want, found = s, true
				break
			}
		}
		from, to, ok := schedule.Next(p, after, local)
		if ok != found || ok && (!from.Equal(want.from) || !to.Equal(want.to)) {
			t.Fatalf("%+v after %s: %s to %s (%v), want %s to %s (%v)", p, after.In(w.loc), from, to, ok, want.from.In(w.loc), want.to.In(w.loc), found)
		}
	})
}

func TestNowAsWalked(t *testing.T) {
	walkers := walkers(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		w := walkers[name]
		var plans []phone.Plan
		for i := range rapid.IntRange(1, 4).Draw(t, "plans") {
			plans = append(plans, drawPlan(t, fmt.Sprint(i), name))
		}
		now := drawMoment(t, w, plans[0])
		type running struct {
			id string
			span
		}
		var all []running
		for _, p := range plans {
			first, _ := time.Parse(phone.PlanTime, p.From)
			passed := int(now.Sub(first).Hours() / 24)
			for _, s := range w.all(p, passed-6, passed+2) {
				if !s.from.After(now) && s.to.After(now) {
					all = append(all, running{p.ID, s})
				}
			}
		}
		slices.SortFunc(all, func(a, b running) int {
			return cmp.Or(b.from.Compare(a.from), a.to.Compare(b.to), cmp.Compare(a.id, b.id))
		})
		p, from, to, ok := schedule.Now(plans, now, time.UTC)
		switch {
		case ok != (len(all) > 0):
			t.Fatalf("%+v at %s: %v, walked %v", plans, now.In(w.loc), ok, all)
		case ok && (p.ID != all[0].id || !from.Equal(all[0].from) || !to.Equal(all[0].to)):
			t.Fatalf("%+v at %s: %s %s to %s, walked %v", plans, now.In(w.loc), p.ID, from, to, all[0])
		}
	})
}

// TestUntilAsWalked: the rest of the day is the last working minute of it, the next working day the first one of a day.
func TestUntilAsWalked(t *testing.T) {
	walkers := walkers(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		w := walkers[name]
		hours := phone.WorkingHours{Zone: name, Days: map[time.Weekday][]phone.HourSpan{}}
		for d := time.Sunday; d <= time.Saturday; d++ {
			last := 0
			for range rapid.IntRange(0, 3).Draw(t, "spans") {
				from := rapid.IntRange(last, min(24*60-1, last+5*60)).Draw(t, "from")
				to := rapid.IntRange(from+1, min(24*60, from+6*60)).Draw(t, "to")
				hours.Days[d] = append(hours.Days[d], phone.HourSpan{From: from, To: to})
				if last = to; last > 23*60 {
					break
				}
			}
		}
		night, err := time.Parse(time.DateOnly, rapid.SampledFrom(changes[name]).Draw(t, "change"))
		if err != nil {
			t.Fatal(err)
		}
		now := w.find(night.AddDate(0, 0, -2)).Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(t, "now")) * time.Minute)

		today := w.wall(now).Truncate(24 * time.Hour)
		var begins []time.Time
		var end time.Time
		for n := range 16 {
			day := today.AddDate(0, 0, n)
			spans := hours.Days[day.Weekday()]
			if len(spans) == 0 {
				continue
			}
			begins = append(begins, w.find(day.Add(time.Duration(spans[0].From)*time.Minute)))
			if n == 0 {
				end = w.find(day.Add(time.Duration(spans[len(spans)-1].To) * time.Minute))
			}
		}
		begins = slices.DeleteFunc(begins, func(b time.Time) bool { return !b.After(now) })

		rest, restErr := schedule.Until(phone.Length{Kind: phone.LengthRestOfDay}, hours, now, nil)
		next, nextErr := schedule.Until(phone.Length{Kind: phone.LengthNextWorkingDay}, hours, now, nil)
		if !hours.Set() {
			if phone.ReasonOf(restErr).ID != phone.ReasonNoHours || phone.ReasonOf(nextErr).ID != phone.ReasonNoHours {
				t.Fatal(restErr, nextErr)
			}
			return
		}
		if nextErr != nil || !next.Equal(begins[0]) {
			t.Fatalf("next working day after %s: %s, %v; walked %s", now.In(w.loc), next, nextErr, begins[0].In(w.loc))
		}
		if end.After(now) {
			if restErr != nil || !rest.Equal(end) {
				t.Fatalf("rest of the day at %s: %s, %v; walked %s", now.In(w.loc), rest, restErr, end.In(w.loc))
			}
		} else if phone.ReasonOf(restErr).ID != phone.ReasonPast {
			t.Fatalf("rest of the day at %s: %s, %v", now.In(w.loc), rest, restErr)
		}
	})
}
