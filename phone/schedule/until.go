package schedule

import (
	"strconv"
	"time"

	"svara/phone"
)

// Until is when something of a length that begins now ends; zero is until changed. The rest of a day ends with its last
// working hour: ReasonPast after that, and on a free day. The next working day begins when work next begins: before
// today's work that is today. Without working hours both are refused with ReasonNoHours.
func Until(l phone.Length, hours phone.WorkingHours, now time.Time, local *time.Location) (time.Time, error) {
	if err := l.Validate(); err != nil {
		return time.Time{}, err
	}
	switch l.Kind {
	case phone.LengthMinutes:
		return now.Add(time.Duration(l.Minutes) * time.Minute), nil
	case phone.LengthRestOfDay, phone.LengthNextWorkingDay:
	default:
		return time.Time{}, nil
	}
	if !hours.Set() {
		return time.Time{}, phone.Refuse(phone.ReasonNoHours, "")
	}
	if err := hours.Validate(); err != nil {
		return time.Time{}, err
	}
	loc, err := zone(hours.Zone, local)
	if err != nil {
		return time.Time{}, phone.Refuse(phone.ReasonBadItem, "zone")
	}
	today := midnight(civil(now, loc))
	if l.Kind == phone.LengthRestOfDay {
		if spans := hours.Days[today.Weekday()]; len(spans) > 0 {
			if end := at(minute(today, spans[len(spans)-1].To), loc); end.After(now) {
				return end, nil
			}
		}
		return time.Time{}, phone.Refuse(phone.ReasonPast, "")
	}
	for day := today; ; day = day.AddDate(0, 0, 1) {
		if spans := hours.Days[day.Weekday()]; len(spans) > 0 {
			if begin := at(minute(day, spans[0].From), loc); begin.After(now) {
				return begin, nil
			}
		}
	}
}

func minute(day time.Time, n int) time.Time { return day.Add(time.Duration(n) * time.Minute) }

// ProfileUntil reads the time that a profile is turned on for (features.md F8) in the zone of now. One digit is days ahead,
// at the same time of day; two are hours and three are minutes ahead; four are a time of day, tomorrow's when today's has
// passed; six are a date, year, month and day, when it begins. Zero is until changed: for "0", and for no digits, which
// leave it to the profile. ReasonBadTime when there is no such time, ReasonPast for a date that has begun.
func ProfileUntil(digits string, now time.Time) (time.Time, error) {
	if digits == "" {
		return time.Time{}, nil
	}
	parsed, err := strconv.ParseUint(digits, 10, 32) // digits alone, without a sign
	number := int(parsed)
	if err != nil {
		return time.Time{}, phone.Refuse(phone.ReasonBadTime, digits)
	}
	loc := now.Location()
	wall := civil(now, loc)
	switch len(digits) {
	case 1:
		if number == 0 {
			return time.Time{}, nil
		}
		return at(wall.AddDate(0, 0, number), loc), nil
	case 2, 3:
		unit := time.Hour
		if len(digits) == 3 {
			unit = time.Minute
		}
		if number == 0 {
			return time.Time{}, phone.Refuse(phone.ReasonBadTime, digits)
		}
		return now.Add(time.Duration(number) * unit), nil
	case 4:
		hour, min := number/100, number%100
		if hour > 23 || min > 59 {
			return time.Time{}, phone.Refuse(phone.ReasonBadTime, digits)
		}
		until := at(minute(midnight(wall), hour*60+min), loc)
		if !until.After(now) {
			until = at(minute(midnight(wall).AddDate(0, 0, 1), hour*60+min), loc)
		}
		return until, nil
	case 6:
		year, month, day := 2000+number/10000, time.Month(number/100%100), number%100
		date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		if date.Month() != month || date.Day() != day {
			return time.Time{}, phone.Refuse(phone.ReasonBadTime, digits)
		}
		until := at(date, loc)
		if !until.After(now) {
			return time.Time{}, phone.Refuse(phone.ReasonPast, digits)
		}
		return until, nil
	}
	return time.Time{}, phone.Refuse(phone.ReasonBadTime, digits)
}
