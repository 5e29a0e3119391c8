package present

import (
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
	"svara/ui/text"
)

// mostCounted is how many occurrences are counted in the summary.
const mostCounted = 500

// occurrences is the first occurrences of a plan that has not ended, at most mostCounted.
func occurrences(s Scene, p phone.Plan) (from []time.Time, to []time.Time) {
	p.Off = false
	after := s.Now
	for len(from) < mostCounted {
		f, t, ok := schedule.Next(p, after, s.Now.Location())
		if !ok {
			break
		}
		from, to, after = append(from, f), append(to, t), t
	}
	return from, to
}

// planSummary is what the plan comes to: Every Tuesday and Thursday 11:30–13:00, 7 times. First: Thu 26 Nov.
func planSummary(s Scene, p phone.Plan) (summary, more string) {
	from, to := occurrences(s, p)
	if len(from) == 0 {
		return text.T("plan.never_again"), ""
	}
	clocks := p.From[len(time.DateOnly)+1:] + "–" + p.To[len(time.DateOnly)+1:]
	first, _ := time.Parse(phone.PlanTime, p.From)
	switch p.Repeat {
	case phone.RepeatDaily:
		summary = text.T("plan.daily", "times", clocks)
	case phone.RepeatWeekly:
		summary = text.T("plan.weekly", "days", dayList(p.Days, false), "times", clocks)
		if len(p.Days) == 7 {
			summary = text.T("plan.daily", "times", clocks)
		}
	case phone.RepeatMonthly:
		summary = text.T("plan.monthly", "day", strconv.Itoa(first.Day()), "times", clocks)
	case phone.RepeatYearly:
		summary = text.T("plan.yearly", "date", text.T("day.date", "day", strconv.Itoa(first.Day()), "month", text.T("month."+strconv.Itoa(int(first.Month())))), "times", clocks)
	default:
		summary = upperFirst(text.T("plan.once", "from", moment(from[0], s.Now), "to", moment(to[0], s.Now)))
	}
	if p.Repeat != phone.RepeatNever {
		if p.Until != "" && len(from) < mostCounted {
			summary = text.T("plan.times", "what", summary, "n", len(from))
		}
		more = text.T("plan.first", "when", shortDay(from[0]))
	}
	switch local, err := time.LoadLocation(p.Zone); {
	case err != nil || p.Zone == "":
	case text.Clock(from[0].In(local)) != text.Clock(from[0].In(s.Now.Location())):
		more += " " + text.T("plan.here", "clock", text.Clock(from[0].In(s.Now.Location())))
	}
	return summary + ".", strings.TrimSpace(more + " " + text.T("plan.while_running"))
}

func shortDay(t time.Time) string {
	return shortWeekday(t.Weekday()) + " " + shortDate(t)
}

// planWarning tells of another plan at the same time, and of a clock that is moved at a beginning or end.
func planWarning(s Scene, p phone.Plan) string {
	if p.Off {
		return ""
	}
	var warnings []string
	all := []phone.Plan{p}
	for _, other := range s.Snap.Me.Plans {
		if other.ID != p.ID {
			all = append(all, other.Plan)
		}
	}
	for _, planned := range schedule.Planned(all, s.Now, s.Now.Location()) {
		if planned.ID == p.ID && planned.Clash != "" {
			warnings = append(warnings, text.T("plan.clash", "name", planName(s, planned.Clash)))
		}
	}
	if w := shiftWarning(s, p); w != "" {
		warnings = append(warnings, w)
	}
	return strings.Join(warnings, " ")
}

// shiftWarning tells of the first occurrence whose beginning the clock skips or shows twice (RFC 5545 3.3.5).
func shiftWarning(s Scene, p phone.Plan) string {
	zone := s.Now.Location()
	if p.Zone != "" {
		if z, err := time.LoadLocation(p.Zone); err == nil {
			zone = z
		}
	}
	wanted := p.From[len(time.DateOnly)+1:]
	from, _ := occurrences(s, p)
	for _, f := range from {
		f = f.In(zone)
		shown := text.Clock(f)
		switch {
		case shown != wanted:
			return text.T("plan.skipped", "date", shortDay(f), "wanted", wanted, "clock", shown)
		case text.Clock(f.Add(time.Hour)) == wanted:
			return text.T("plan.twice", "date", shortDay(f), "wanted", wanted)
		}
	}
	return ""
}
