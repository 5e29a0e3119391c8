package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	noBreakSpace     = "\u00a0"
	minus            = "−"
	secondsPerMinute = 60
)

// Number writes a whole number with its thousands apart: 12 345 in Swedish, 12,345 in English.
func Number(n int64) string { return now().number(n) }

func (c *catalogue) number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = minus, digits[1:]
	}
	if len(digits) <= 4 && c.language == "sv" {
		return sign + digits
	}
	separator := c.text("number.thousands", nil)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Decimal writes a number with so many decimals: 4,4 in Swedish, 4.4 in English.
func Decimal(v float64, decimals int) string { return now().decimal(v, decimals) }

func (c *catalogue) decimal(v float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	s = strings.Replace(s, ".", c.text("number.decimal", nil), 1)
	if v < 0 && strings.ContainsAny(s, "123456789") {
		s = minus + s
	}
	return s
}

// Percent writes 70 %.
func Percent(v float64) string { return Decimal(v, 0) + noBreakSpace + "%" }

// Timer writes a running time: 02:47, from an hour on 1:02:47.
func Timer(d time.Duration) string {
	s := int64(max(0, d) / time.Second)
	if h := s / 3600; h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, s/secondsPerMinute%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/secondsPerMinute, s%60)
}

// Duration writes how long something was: 12 s, 6 min, 1 h 4 min.
func Duration(d time.Duration) string {
	s := int64(max(0, d).Round(time.Second) / time.Second)
	switch {
	case s < secondsPerMinute:
		return T("duration.seconds", "n", s)
	case s < 3570: // half a minute before the hour it rounds to 1 h
		return T("duration.minutes", "n", (s+30)/secondsPerMinute)
	}
	m := (s + 30) / secondsPerMinute
	if m%60 == 0 {
		return T("duration.hours", "n", m/60)
	}
	return T("duration.hours_minutes", "h", m/60, "n", m%60)
}

// Clock writes a time of day, 24 hours: 13:04.
func Clock(t time.Time) string { return t.Format("15:04") }

// Day writes which day a time falls on, seen from now: today, yesterday, Monday, 18 November, 18 November 2025.
func Day(t, now time.Time) string {
	t = t.In(now.Location())
	switch days := daysBetween(t, now); {
	case days == 0:
		return T("day.today")
	case days == 1:
		return T("day.yesterday")
	case days == -1:
		return T("day.tomorrow")
	case days > 1 && days < 7:
		return T(fmt.Sprintf("weekday.%d", t.Weekday()))
	}
	args := []any{"day", strconv.Itoa(t.Day()), "month", T(fmt.Sprintf("month.%d", t.Month()))}
	if t.Year() == now.Year() {
		return T("day.date", args...)
	}
	return T("day.date_year", append(args, "year", strconv.Itoa(t.Year()))...)
}

// When writes a moment shortly, as a list does: 13:04 today, else Yesterday, Mon, 18 Nov or 18 Nov 2025 with the clock.
func When(t, now time.Time) string { return when(t, now, "when.yesterday", "weekday.short.%d") }

// WhenWithin is When within a sentence: yesterday 13:04.
func WhenWithin(t, now time.Time) string {
	return when(t, now, "when.within.yesterday", "weekday.within.%d")
}

func when(t, now time.Time, yesterday, weekday string) string {
	t = t.In(now.Location())
	clock := Clock(t)
	switch days := daysBetween(t, now); {
	case days == 0:
		return clock
	case days == 1:
		return T(yesterday, "clock", clock)
	case days > 1 && days < 7:
		return T("when.weekday", "day", T(fmt.Sprintf(weekday, t.Weekday())), "clock", clock)
	}
	args := []any{"day", strconv.Itoa(t.Day()), "month", T(fmt.Sprintf("month.short.%d", t.Month())), "clock", clock}
	if t.Year() == now.Year() {
		return T("when.date", args...)
	}
	return T("when.date_year", append(args, "year", strconv.Itoa(t.Year()))...)
}

// daysBetween counts midnights from t to now, whatever daylight saving does to the length of a day.
func daysBetween(t, now time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(now).Sub(day(t)) / (24 * time.Hour))
}
