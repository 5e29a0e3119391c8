package schedule_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine may have none

	"svara/phone"
	"svara/phone/schedule"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// shown is a time with its offset, or why there is none.
func shown(at time.Time, err error) string {
	switch {
	case err != nil:
		return string(phone.ReasonOf(err).ID)
	case at.IsZero():
		return "until changed"
	}
	return at.Format("2006-01-02 15:04:05 -0700")
}

func TestProfileUntil(t *testing.T) {
	stockholm := zone(t, "Europe/Stockholm")
	at := func(s string) time.Time {
		t.Helper()
		got, err := time.Parse("2006-01-02 15:04:05 -0700", s)
		if err != nil {
			t.Fatal(err)
		}
		return got.In(stockholm)
	}
	const (
		winter = "2026-11-23 14:30:20 +0100" // a Monday
		spring = "2026-03-28 14:30:00 +0100" // 02:00 to 03:00 is skipped the night after
		autumn = "2026-10-24 14:30:00 +0200" // 02:00 to 03:00 comes twice the night after
		twice1 = "2026-10-25 02:40:00 +0200" // the first of the two
		twice2 = "2026-10-25 02:20:00 +0100" // the second
	)
	for _, c := range []struct{ digits, now, want string }{
		{"", winter, "until changed"}, // the profile's own

		{"0", winter, "until changed"},
		{"1", winter, "2026-11-24 14:30:20 +0100"},
		{"9", winter, "2026-12-02 14:30:20 +0100"},
		{"1", "2026-12-31 23:59:59 +0100", "2027-01-01 23:59:59 +0100"},
		{"1", spring, "2026-03-29 14:30:00 +0200"},                      // 23 hours
		{"1", autumn, "2026-10-25 14:30:00 +0100"},                      // 25 hours
		{"1", "2026-03-28 02:15:00 +0100", "2026-03-29 03:15:00 +0200"}, // skipped
		{"1", "2026-10-24 02:15:00 +0200", "2026-10-25 02:15:00 +0200"}, // the first of two

		{"01", winter, "2026-11-23 15:30:20 +0100"},
		{"09", winter, "2026-11-23 23:30:20 +0100"},
		{"10", winter, "2026-11-24 00:30:20 +0100"},
		{"99", winter, "2026-11-27 17:30:20 +0100"},
		{"24", spring, "2026-03-29 15:30:00 +0200"}, // hours, not a day
		{"24", autumn, "2026-10-25 13:30:00 +0100"},
		{"01", twice1, "2026-10-25 02:40:00 +0100"},

		{"001", winter, "2026-11-23 14:31:20 +0100"},
		{"045", winter, "2026-11-23 15:15:20 +0100"},
		{"100", winter, "2026-11-23 16:10:20 +0100"},
		{"999", winter, "2026-11-24 07:09:20 +0100"},
		{"999", spring, "2026-03-29 08:09:00 +0200"},

		{"1530", winter, "2026-11-23 15:30:00 +0100"},
		{"1431", winter, "2026-11-23 14:31:00 +0100"},
		{"1430", winter, "2026-11-24 14:30:00 +0100"}, // passed twenty seconds ago
		{"1429", winter, "2026-11-24 14:29:00 +0100"},
		{"0000", winter, "2026-11-24 00:00:00 +0100"},
		{"2359", winter, "2026-11-23 23:59:00 +0100"},
		{"0730", winter, "2026-11-24 07:30:00 +0100"},
		{"1430", "2026-11-23 14:30:00 +0100", "2026-11-24 14:30:00 +0100"}, // to the second: it has come
		{"1200", "2026-12-31 13:00:00 +0100", "2027-01-01 12:00:00 +0100"},
		{"0100", spring, "2026-03-29 01:00:00 +0100"},
		{"0230", spring, "2026-03-29 03:30:00 +0200"}, // skipped: as much later
		{"0300", spring, "2026-03-29 03:00:00 +0200"},
		{"0230", autumn, "2026-10-25 02:30:00 +0200"}, // the first of two
		{"0250", twice1, "2026-10-25 02:50:00 +0200"},
		{"0230", twice1, "2026-10-26 02:30:00 +0100"}, // the first of two has passed
		{"0250", twice2, "2026-10-26 02:50:00 +0100"},
		{"0310", twice2, "2026-10-25 03:10:00 +0100"},

		{"261124", winter, "2026-11-24 00:00:00 +0100"},
		{"270101", winter, "2027-01-01 00:00:00 +0100"},
		{"280229", winter, "2028-02-29 00:00:00 +0100"},
		{"270701", winter, "2027-07-01 00:00:00 +0200"},
		{"991231", winter, "2099-12-31 00:00:00 +0100"},
		{"261123", winter, "past"}, // today has begun
		{"261122", winter, "past"},
		{"000101", winter, "past"},
		{"270229", winter, "bad-time"}, // no leap year
		{"270431", winter, "bad-time"},
		{"270001", winter, "bad-time"},
		{"271301", winter, "bad-time"},
		{"270100", winter, "bad-time"},
		{"270132", winter, "bad-time"},
		{"999999", winter, "bad-time"},
		{"000000", winter, "bad-time"},

		{"00", winter, "bad-time"}, // no time at all
		{"000", winter, "bad-time"},
		{"2400", winter, "bad-time"},
		{"1260", winter, "bad-time"},
		{"9999", winter, "bad-time"},
		{"12345", winter, "bad-time"},
		{"1234567", winter, "bad-time"},
		{"20261124", winter, "bad-time"},
		{"99999999999999999999", winter, "bad-time"},
		{"1 ", winter, "bad-time"},
		{"+1", winter, "bad-time"},
		{"-1", winter, "bad-time"},
		{"1_0", winter, "bad-time"},
		{"0x1", winter, "bad-time"},
		{"*1", winter, "bad-time"},
		{"1#", winter, "bad-time"},
		{"12:3", winter, "bad-time"},
		{"٣", winter, "bad-time"},
		{"\x00", winter, "bad-time"},
	} {
		if got := shown(schedule.ProfileUntil(c.digits, at(c.now))); got != c.want {
			t.Errorf("%q at %s: %s, want %s", c.digits, c.now, got, c.want)
		}
	}
}

func TestUntil(t *testing.T) {
	stockholm := zone(t, "Europe/Stockholm")
	span := func(from, to int) phone.HourSpan { return phone.HourSpan{From: from * 60, To: to * 60} }
	office := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{}}
	for d := time.Monday; d <= time.Friday; d++ {
		office.Days[d] = []phone.HourSpan{span(8, 12), span(13, 17)}
	}
	with := func(edit func(*phone.WorkingHours)) phone.WorkingHours {
		w := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{}}
		for d, s := range office.Days {
			w.Days[d] = s
		}
		edit(&w)
		return w
	}
	saturday := with(func(w *phone.WorkingHours) { w.Days[time.Saturday] = []phone.HourSpan{span(10, 14)} })
	only := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{time.Wednesday: {span(9, 10)}}}
	night := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{time.Sunday: {{From: 150, To: 24 * 60}}}} // from 02:30
	tokyo := with(func(w *phone.WorkingHours) { w.Zone = "Asia/Tokyo" })
	unset := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{time.Monday: {}}}
	wrong := with(func(w *phone.WorkingHours) { w.Zone = "Europe/Atlantis" })
	backwards := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{time.Monday: {{From: 60, To: 30}}}}

	rest, next := phone.Length{Kind: phone.LengthRestOfDay}, phone.Length{Kind: phone.LengthNextWorkingDay}
	minutes := func(n int) phone.Length { return phone.Length{Kind: phone.LengthMinutes, Minutes: n} }
	for _, c := range []struct {
		name   string
		length phone.Length
		hours  phone.WorkingHours
		now    string // in Stockholm
		want   string
	}{
		{"nothing said", phone.Length{}, phone.WorkingHours{}, "2026-11-23 14:30:00", "until changed"},
		{"until changed", phone.Length{Kind: phone.LengthUntilChanged}, unset, "2026-11-23 14:30:00", "until changed"},
		{"minutes need no hours", minutes(45), unset, "2026-11-23 14:30:00", "2026-11-23 15:15:00 +0100"},
		{"minutes over the skipped hour", minutes(60), unset, "2026-03-29 01:30:00", "2026-03-29 03:30:00 +0200"},
		{"no minutes", minutes(0), office, "2026-11-23 14:30:00", "bad-item"},
		{"an unknown length", phone.Length{Kind: "lunch"}, office, "2026-11-23 14:30:00", "bad-item"},

		{"rest of the day", rest, office, "2026-11-23 14:30:00", "2026-11-23 17:00:00 +0100"},
		{"rest of the day over lunch", rest, office, "2026-11-23 12:30:00", "2026-11-23 17:00:00 +0100"},
		{"rest of the day before work", rest, office, "2026-11-23 06:00:00", "2026-11-23 17:00:00 +0100"},
		{"rest of the day after work", rest, office, "2026-11-23 17:00:00", "past"},
		{"rest of a free day", rest, office, "2026-11-28 10:00:00", "past"},
		{"rest of a short Saturday", rest, saturday, "2026-11-28 10:00:00", "2026-11-28 14:00:00 +0100"},
		{"rest of the day to midnight", rest, night, "2026-11-29 22:00:00", "2026-11-30 00:00:00 +0100"},
		{"rest of the day without hours", rest, phone.WorkingHours{}, "2026-11-23 14:30:00", "no-hours"},
		{"rest of the day with empty hours", rest, unset, "2026-11-23 14:30:00", "no-hours"},
		{"rest of the day where hours are kept elsewhere", rest, tokyo, "2026-11-23 05:00:00", "2026-11-23 17:00:00 +0900"},
		{"rest of a day that is over there", rest, tokyo, "2026-11-23 14:30:00", "past"},

		{"next day on a Monday", next, office, "2026-11-23 14:30:00", "2026-11-24 08:00:00 +0100"},
		{"next day on a Friday evening", next, office, "2026-11-27 18:00:00", "2026-11-30 08:00:00 +0100"},
		{"next day on a Friday in work", next, office, "2026-11-27 09:00:00", "2026-11-30 08:00:00 +0100"},
		{"next day on a Friday before a short Saturday", next, saturday, "2026-11-27 18:00:00", "2026-11-28 10:00:00 +0100"},
		{"next day on a Sunday", next, office, "2026-11-29 12:00:00", "2026-11-30 08:00:00 +0100"},
		{"the day itself before work", next, office, "2026-11-23 06:00:00", "2026-11-23 08:00:00 +0100"},
		{"the moment work begins", next, office, "2026-11-23 08:00:00", "2026-11-24 08:00:00 +0100"},
		{"one day a week, on it", next, only, "2026-11-25 09:30:00", "2026-12-02 09:00:00 +0100"},
		{"one day a week, after it", next, only, "2026-11-26 09:30:00", "2026-12-02 09:00:00 +0100"},
		{"over the change to summer time", next, office, "2026-03-27 18:00:00", "2026-03-30 08:00:00 +0200"},
		{"over the change to winter time", next, office, "2026-10-23 18:00:00", "2026-10-26 08:00:00 +0100"},
		{"work begins in the skipped hour", next, night, "2026-03-28 18:00:00", "2026-03-29 03:30:00 +0200"},
		{"work begins in the doubled hour", next, night, "2026-10-24 18:00:00", "2026-10-25 02:30:00 +0200"},
		{"next day without hours", next, unset, "2026-11-23 14:30:00", "no-hours"},
		{"next day where hours are kept elsewhere", next, tokyo, "2026-11-23 05:00:00", "2026-11-24 08:00:00 +0900"},
		{"hours of nowhere", next, wrong, "2026-11-23 14:30:00", "bad-item"},
		{"hours backwards", next, backwards, "2026-11-23 14:30:00", "bad-item"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04:05", c.now, stockholm)
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(schedule.Until(c.length, c.hours, now, stockholm)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
