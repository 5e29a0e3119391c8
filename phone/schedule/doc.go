// Package schedule works out times: when a plan comes, how long something lasts, what a profile's digits mean. It has no
// clock and no zone of its own; both are arguments.
//
// People write the times of a wall clock, and a zone's clock is put forward and back. The rules are those of RFC 5545
// 3.3.5: a time that comes twice is the first one; a time that is skipped is counted with the offset before the gap, so it
// is as much later as the clock skips.
package schedule

import "time"

// furthest is more than any zone has been from UTC.
const furthest = 26 * time.Hour

// at is the instant when a clock in loc shows the fields of wall, which is in UTC.
func at(wall time.Time, loc *time.Location) time.Time {
	var skipped time.Time
	for t := wall.Add(-furthest).In(loc); ; {
		_, offset := t.Zone()
		start, end := t.ZoneBounds()
		found := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		switch {
		case !end.IsZero() && !found.Before(end):
			skipped, t = found, end
		case found.Before(start):
			return skipped
		default:
			return found
		}
	}
}

// civil is what a clock in loc shows at t, as a time in UTC: the reverse of at.
func civil(t time.Time, loc *time.Location) time.Time {
	t = t.In(loc)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// midnight begins the day of a civil time.
func midnight(c time.Time) time.Time {
	return time.Date(c.Year(), c.Month(), c.Day(), 0, 0, 0, 0, time.UTC)
}

// zone is the named zone, or local when none is named. A nil local is UTC.
func zone(name string, local *time.Location) (*time.Location, error) {
	if local == nil {
		local = time.UTC
	}
	if name == "" || name == "Local" {
		return local, nil
	}
	return time.LoadLocation(name)
}
