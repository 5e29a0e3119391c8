package schedule

import (
	"time"

	"svara/phone"
)

// Meeting is the first occasion of a meeting that ends after a moment: the one in progress, or the next. ok is false when
// there is none, or when the meeting's zone or repeat is none.
//
// It begins when the clock of its zone shows the same as at the first, also after the clock was changed; a beginning in the
// hour that is skipped is as much later. It lasts as long each time.
func Meeting(m phone.Meeting, after time.Time) (from, to time.Time, ok bool) {
	loc, err := time.LoadLocation(m.Zone)
	if err != nil || m.Canceled || m.LengthM <= 0 {
		return time.Time{}, time.Time{}, false
	}
	length := time.Duration(m.LengthM) * time.Minute
	first := civil(m.Start, loc)
	r := rule{loc: loc, from: first, to: first.Add(length), repeat: m.Repeat}
	r.days[first.Weekday()] = true
	every := max(1, m.Every)
	switch m.Repeat {
	case phone.RepeatNever:
		to := m.Start.Add(length)
		return m.Start, to, to.After(after)
	case phone.RepeatDaily, phone.RepeatMonthly:
		every = 1
	case phone.RepeatWeekly:
	default:
		return time.Time{}, time.Time{}, false
	}
	floor := midnight(civil(after, loc).Add(-length)).AddDate(0, 0, -2)
	for day := range r.begins(floor) {
		if int(day.Sub(midnight(first))/(24*time.Hour))%(7*every) != 0 && r.repeat == phone.RepeatWeekly {
			continue
		}
		from := at(day.Add(first.Sub(midnight(first))), loc)
		if day.Equal(midnight(first)) {
			from = m.Start // the second of an hour that comes twice stays the second
		}
		if to := from.Add(length); to.After(after) {
			return from, to, true
		}
	}
	return time.Time{}, time.Time{}, false
}
