package tally

import "time"

// day is a day in a zone: from its first instant to before the next one's. With summer time it has 23 to 25 hours.
type day struct{ from, to time.Time }

func dayOf(at time.Time, zone *time.Location) day {
	y, m, d := at.In(zone).Date()
	return day{firstInstant(y, m, d, zone), firstInstant(y, m, d+1, zone)}
}

// firstInstant is when a date begins. Where the clock is put forward at midnight, midnight is not.
func firstInstant(y int, m time.Month, d int, zone *time.Location) time.Time {
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	at := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for at.Day() != noon.Day() { // it is still the evening before
		at = at.Add(15 * time.Minute)
	}
	// Put back over midnight, the date's first hour comes twice.
	for before := at.Add(-15 * time.Minute); before.Day() == noon.Day(); before = at.Add(-15 * time.Minute) {
		at = before
	}
	return at
}

func (d day) has(at time.Time) bool { return !at.Before(d.from) && at.Before(d.to) }

// newDay begins the figures of a day anew. A clock that was wrong and is put right comes here as well: what was counted
// of that day before is in the log, and [New] counts it again.
func (t *Tally) newDay(at time.Time) {
	first := t.day.to.IsZero()
	t.day = dayOf(at, t.zone)
	if first {
		return
	}
	// A call that came before midnight can come back after it: its rows are kept apart for one day more.
	t.stays, t.staysBefore = map[stay]int{}, t.stays
	for _, q := range t.queues {
		q.forgetDay(t)
	}
}
