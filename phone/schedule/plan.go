package schedule

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"svara/phone"
)

// Next is the first occurrence that ends after a moment: the one in progress, or the next. A plan that is off, or that
// Validate refuses, has none.
//
// It ends when the clock shows To, that many days after it began: a night from 22:00 to 06:00 ends at 06:00 also when the
// clock is changed in it. Only where that is not after its beginning, because the beginning was skipped, it lasts as long
// as it does on other days.
func Next(p phone.Plan, after time.Time, local *time.Location) (from, to time.Time, ok bool) {
	r, ok := ruleOf(p, local)
	if !ok {
		return time.Time{}, time.Time{}, false
	}
	return r.next(after)
}

// Now is the plan in force. Of several, the one that began last goes before, then the one that ends first.
func Now(plans []phone.Plan, now time.Time, local *time.Location) (p phone.Plan, from, to time.Time, ok bool) {
	for _, plan := range plans {
		r, valid := ruleOf(plan, local)
		if !valid {
			continue
		}
		for begins, ends := range r.since(now) {
			if begins.After(now) {
				break
			}
			order := cmp.Or(begins.Compare(from), to.Compare(ends), cmp.Compare(p.ID, plan.ID))
			if !ok || order > 0 {
				p, from, to, ok = plan, begins, ends, true
			}
		}
	}
	return p, from, to, ok
}

// Planned is the plans with their next occurrences and what they clash with, soonest first. Those that do not come again
// are last.
func Planned(plans []phone.Plan, now time.Time, local *time.Location) []phone.Planned {
	rules := make([]rule, len(plans))
	out := make([]phone.Planned, len(plans))
	for i, p := range plans {
		out[i].Plan = p
		if r, ok := ruleOf(p, local); ok {
			rules[i] = r
			out[i].Next, out[i].Ends, _ = r.next(now)
		}
	}
	for i := range out {
		out[i].Clash = clash(rules, out, i, now)
	}
	slices.SortStableFunc(out, func(a, b phone.Planned) int {
		if a.Next.IsZero() != b.Next.IsZero() {
			return cmp.Compare(boolInt(a.Next.IsZero()), boolInt(b.Next.IsZero()))
		}
		return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// clash is the ID of the plan that is first to overlap the next occurrence of one, from now on.
func clash(rules []rule, all []phone.Planned, self int, now time.Time) string {
	p := all[self]
	from := p.Next
	if now.After(from) {
		from = now
	}
	id, first := "", p.Ends
	for i, other := range all {
		if i == self || other.Next.IsZero() || !other.Next.Before(first) {
			continue // what begins too late does so again later
		}
		begins, ok := other.Next, true
		if !other.Ends.After(from) {
			begins, _, ok = rules[i].next(from)
		}
		if ok && begins.Before(first) {
			id, first = other.ID, begins
		}
	}
	return id
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rule is a plan that has been read. Its times are civil ones, in UTC.
type rule struct {
	loc      *time.Location // nil: there are no occurrences
	from, to time.Time
	repeat   phone.Repeat
	days     [7]bool
	until    time.Time // the last day; zero for never
}

func ruleOf(p phone.Plan, local *time.Location) (rule, bool) {
	if p.Off || p.Validate() != nil {
		return rule{}, false
	}
	r := rule{repeat: p.Repeat}
	var err error
	if r.loc, err = zone(p.Zone, local); err != nil {
		return rule{}, false
	}
	// Validate has seen that these can be read.
	r.from, _ = time.Parse(phone.PlanTime, p.From)
	r.to, _ = time.Parse(phone.PlanTime, p.To)
	if p.Until != "" {
		r.until, _ = time.Parse(time.DateOnly, p.Until)
	}
	for _, d := range p.Days {
		r.days[d] = true
	}
	return r, true
}

func (r rule) next(after time.Time) (from, to time.Time, ok bool) {
	for from, to := range r.since(after) {
		return from, to, true
	}
	return time.Time{}, time.Time{}, false
}

// since is the occurrences that end after a moment, in order.
func (r rule) since(after time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		if r.loc == nil {
			return
		}
		// Two days more than it lasts: an end can be later than the length says, by as much as a clock is changed.
		floor := midnight(civil(after, r.loc).Add(-r.to.Sub(r.from))).AddDate(0, 0, -2)
		for day := range r.begins(floor) {
			if from, to := r.on(day); to.After(after) && !yield(from, to) {
				return
			}
		}
	}
}

// on is the occurrence that begins on a day.
func (r rule) on(day time.Time) (from, to time.Time) {
	begin := day.Add(r.from.Sub(midnight(r.from)))
	length := r.to.Sub(r.from)
	from, to = at(begin, r.loc), at(begin.Add(length), r.loc)
	if !to.After(from) {
		to = from.Add(length)
	}
	return from, to
}

// begins is the days that it begins on, not before floor.
func (r rule) begins(floor time.Time) iter.Seq[time.Time] {
	first := midnight(r.from)
	if floor.Before(first) || r.repeat == phone.RepeatNever {
		floor = first
	}
	return func(yield func(time.Time) bool) {
		for day := range r.candidates(first, floor) {
			if !r.until.IsZero() && day.After(r.until) {
				return
			}
			if day.Before(floor) || r.repeat == phone.RepeatWeekly && !r.days[day.Weekday()] {
				continue
			}
			if !yield(day) || r.repeat == phone.RepeatNever {
				return
			}
		}
	}
}

// candidates is days in order, among which are all it begins on from floor on.
func (r rule) candidates(first, floor time.Time) iter.Seq[time.Time] {
	months := map[phone.Repeat]int{phone.RepeatMonthly: 1, phone.RepeatYearly: 12}[r.repeat]
	return func(yield func(time.Time) bool) {
		if months == 0 {
			for day := floor; yield(day); day = day.AddDate(0, 0, 1) {
			}
			return
		}
		passed := (floor.Year()-first.Year())*12 + int(floor.Month()-first.Month())
		for n := passed / months * months; ; n += months {
			day := time.Date(first.Year(), first.Month()+time.Month(n), first.Day(), 0, 0, 0, 0, time.UTC)
			// A date that a month does not have is skipped, not moved into the next one (RFC 5545 3.3.10).
			if day.Day() == first.Day() && !yield(day) {
				return
			}
		}
	}
}
