package phone

import (
	"strconv"
	"time"
)

// zones is where meetings are held, mostly, by IANA name.
var zones = []string{
	"Europe/Stockholm", "Europe/London", "Europe/Lisbon", "Europe/Helsinki", "Europe/Athens", "Europe/Istanbul", "Europe/Moscow", "Europe/Berlin", "Europe/Paris", "Europe/Madrid",
	"Europe/Rome", "Europe/Oslo", "Europe/Copenhagen", "Europe/Warsaw", "Europe/Kyiv", "Atlantic/Reykjavik", "America/New_York", "America/Chicago", "America/Denver",
	"America/Los_Angeles", "America/Toronto", "America/Sao_Paulo", "America/Mexico_City", "Africa/Johannesburg", "Africa/Lagos", "Asia/Dubai", "Asia/Kolkata", "Asia/Bangkok",
	"Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Australia/Perth", "Australia/Sydney", "Pacific/Auckland", "UTC",
}

// ZoneOf is the name of a zone whose clock is as a location's in the year of a moment. A computer's own location has no
// name that others know; Etc/GMT zones are where no other fits.
func ZoneOf(loc *time.Location, now time.Time) string {
	if name := loc.String(); name != "Local" && name != "" {
		return name
	}
	begin := time.Date(now.Year(), 1, 1, 12, 0, 0, 0, time.UTC)
	for _, name := range zones {
		other, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		same := true
		for day := 0; day < 365 && same; day += 3 {
			at := begin.AddDate(0, 0, day)
			_, a := at.In(loc).Zone()
			_, b := at.In(other).Zone()
			same = a == b
		}
		if same {
			return name
		}
	}
	_, offset := now.In(loc).Zone()
	return etc(offset / 3600)
}

// etc is a zone so many hours east of UTC; their names count westwards.
func etc(hours int) string {
	switch {
	case hours > 0 && hours <= 14:
		return "Etc/GMT-" + strconv.Itoa(hours)
	case hours < 0 && hours >= -12:
		return "Etc/GMT+" + strconv.Itoa(-hours)
	}
	return "UTC"
}
