package present

import (
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// The statuses of activities; widget.Status has the same words.
const (
	StatusDND      Status = "do-not-disturb"
	StatusBusy     Status = "busy"
	StatusMeeting  Status = "meeting"
	StatusTraining Status = "training"
	StatusLunch    Status = "lunch"
	StatusBreak    Status = "break"
	StatusVacation Status = "vacation"
	StatusTravel   Status = "travel"
	StatusGone     Status = "gone"
	StatusSick     Status = "sick"
	StatusParental Status = "parental-leave"
	StatusOther    Status = "other"
)

// ringing at the end of a status makes it a disc: calls ring during the activity.
const ringing = "+rings"

type kindLook struct {
	status Status
	tone   Tone
	icon   string
}

var kindLooks = map[phone.ActivityKind]kindLook{
	phone.ActivityAvailable: {StatusAvailable, ToneGreen, "check"},
	phone.ActivityBusy:      {StatusBusy, ToneRed, "minus"},
	phone.ActivityDND:       {StatusDND, ToneRed, "bell-off"},
	phone.ActivityMeeting:   {StatusMeeting, ToneViolet, "users"},
	phone.ActivityTraining:  {StatusTraining, ToneViolet, "graduation-cap"},
	phone.ActivityLunch:     {StatusLunch, ToneAmber, "utensils"},
	phone.ActivityBreak:     {StatusBreak, ToneAmber, "coffee"},
	phone.ActivityVacation:  {StatusVacation, ToneTeal, "tree-palm"},
	phone.ActivityTravel:    {StatusTravel, ToneTeal, "car"},
	phone.ActivityGone:      {StatusGone, ToneSlate, "moon"},
	phone.ActivitySick:      {StatusSick, ToneSlate, "thermometer"},
	phone.ActivityParental:  {StatusParental, ToneSlate, "baby"},
}

func lookOf(k phone.ActivityKind) kindLook {
	if l, ok := kindLooks[k]; ok {
		return l
	}
	return kindLook{StatusOther, ToneSlate, "circle"}
}

// ActivityStatus is the lamp of an activity: a ring, or a disc in its hue when calls ring all the same.
func ActivityStatus(k phone.ActivityKind, rings bool) Status {
	s := lookOf(k).status
	if rings && k != phone.ActivityAvailable {
		s += ringing
	}
	return s
}

// ActivityTone is the colour of an activity.
func ActivityTone(k phone.ActivityKind) Tone { return lookOf(k).tone }

// ActivityIcon is the icon of an activity.
func ActivityIcon(k phone.ActivityKind) string { return lookOf(k).icon }

// ActivityWord is what an activity is called: its own name, or the kind's in the user's language.
func ActivityWord(k phone.ActivityKind, name string) string {
	if name = Clean(name, nameLimit); name != "" {
		return name
	}
	return text.T("status." + string(lookOf(k).status))
}

// ShortcutName is what a shortcut is called: its own name, or one made of its kind and length: "Meeting 1 h".
func ShortcutName(s phone.Shortcut) string {
	if name := Clean(s.Name, nameLimit); name != "" {
		return name
	}
	kind := ActivityWord(s.Kind, "")
	switch s.Length.Kind {
	case phone.LengthMinutes:
		return kind + " " + LengthWords(s.Length)
	case phone.LengthRestOfDay:
		return kind + ", " + LengthWords(s.Length)
	case phone.LengthNextWorkingDay:
		if s.Kind != phone.ActivityGone {
			return kind + " " + LengthWords(s.Length)
		}
	}
	return kind
}

// LengthWords is a length as it stands in the middle of a line: 45 min, rest of the day, until next working day.
func LengthWords(l phone.Length) string {
	switch l.Kind {
	case phone.LengthMinutes:
		return minutesWords(l.Minutes)
	case phone.LengthRestOfDay:
		return text.T("length.rest_of_day")
	case phone.LengthNextWorkingDay:
		return text.T("length.next_working_day")
	}
	return text.T("length.until_changed")
}

func minutesWords(n int) string {
	switch {
	case n >= 24*60 && n%(24*60) == 0:
		return text.T("length.days", "n", n/(24*60))
	case n >= 60 && n%60 == 0:
		return text.T("duration.hours", "n", n/60)
	case n > 60:
		return text.T("duration.hours_minutes", "h", n/60, "n", n%60)
	}
	return text.T("duration.minutes", "n", n)
}

// UntilWords says until when: until 13:00, until tomorrow 08:00, until Wednesday 08:00, until 6 January. The zero time is
// until changed.
func UntilWords(until, now time.Time) string {
	if until.IsZero() {
		return text.T("length.until_changed")
	}
	return text.T("until.moment", "when", moment(until, now))
}

// moment is a time to come as it stands in the middle of a sentence: 13:00, tomorrow 08:00, Wednesday 08:00, 6 January.
func moment(t, now time.Time) string {
	t = t.In(now.Location())
	clock := text.Clock(t)
	days := daysTo(t, now)
	switch {
	case days == 0:
		return clock
	case days == 1:
		return text.T("until.tomorrow", "clock", clock)
	case days > 1 && days < 7:
		return text.T("when.weekday", "day", weekday(t.Weekday()), "clock", clock)
	}
	day := dayWords(t, now)
	if t.Hour() == 0 && t.Minute() == 0 {
		return day
	}
	return text.T("when.weekday", "day", day, "clock", clock)
}

// dayWords is a date in words: 6 January, with the year when it is another.
func dayWords(t, now time.Time) string {
	args := []any{"day", strconv.Itoa(t.Day()), "month", text.T("month." + strconv.Itoa(int(t.Month())))}
	if t.Year() == now.Year() {
		return text.T("day.date", args...)
	}
	return text.T("day.date_year", append(args, "year", strconv.Itoa(t.Year()))...)
}

// daysTo counts midnights from now to t.
func daysTo(t, now time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(t).Sub(day(now)) / (24 * time.Hour))
}

// weekday is a day's name in the middle of a sentence.
func weekday(d time.Weekday) string { return inSentence(text.T("weekday." + strconv.Itoa(int(d)))) }

// shortWeekday is the same, shortly.
func shortWeekday(d time.Weekday) string {
	return inSentence(text.T("weekday.short." + strconv.Itoa(int(d))))
}

// inSentence is a day's name as its language writes it in the middle of a sentence.
func inSentence(name string) string {
	if text.Language() == "sv" {
		return strings.ToLower(name)
	}
	return name
}
