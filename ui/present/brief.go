package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// until is the end of somebody's activity in fewer and fewer words, each to stand after what they do: until tomorrow 08:00,
// until Wed 08:00, to Wed 08:00. It is nil where no end is told.
func until(end, now time.Time) []string {
	if end.IsZero() || !end.After(now) {
		return nil
	}
	short := shortMoment(end, now)
	return []string{untilMoment(middle(end, now)), untilMoment(short), text.T("until.brief", "when", short)}
}

func untilMoment(when string) string { return text.T("until.moment", "when", when) }

// middle is a moment as a tile says it where it has room: a week from now and later the day counts, not the clock.
func middle(end, now time.Time) string {
	if daysTo(end.In(now.Location()), now) >= 7 {
		return shortMoment(end, now)
	}
	return moment(end, now)
}

// shortMoment is a time to come in as few words as say it: 13:00, Wed 08:00, 6 Jan, Jan 2028.
func shortMoment(t, now time.Time) string {
	t = t.In(now.Location())
	days := daysTo(t, now)
	month := text.T("month.short." + strconv.Itoa(int(t.Month())))
	switch {
	case days <= 0:
		return text.Clock(t)
	case days < 7:
		return text.T("when.weekday", "day", shortWeekday(t.Weekday()), "clock", text.Clock(t))
	case days < 330:
		return text.T("day.date", "day", strconv.Itoa(t.Day()), "month", month)
	}
	return month + " " + strconv.Itoa(t.Year())
}

// doingBriefs is what somebody does and until when in fewer and fewer words. The last one has a tab where the words before
// it may be cut: what an exchange calls an activity is of any length.
func doingBriefs(s Scene, p *phone.Presence) []string {
	if p == nil {
		return nil
	}
	words, ends := ActivityWord(p.Activity, p.Name), until(p.Until, s.Now)
	if len(ends) == 0 {
		return nil
	}
	var out []string
	if p.Activity == phone.ActivityGone && p.Name == "" {
		for _, when := range []string{middle(p.Until, s.Now), shortMoment(p.Until, s.Now)} {
			out = append(out, text.T("board.gone_until", "when", when))
		}
		return slices.Compact(out)
	}
	for _, end := range ends {
		out = append(out, words+" "+end)
	}
	out = slices.Compact(out)
	return append(out, words+"\t"+ends[len(ends)-1])
}

// standBriefs is how the telephone of somebody stands who does something as well, in fewer and fewer words: without whom
// they talk to, without how long, and last without what they do, whose end stays.
func standBriefs(s Scene, stands, bare, doing string, p *phone.Presence) []string {
	out := []string{stands + " · " + doing}
	briefs := doingBriefs(s, p)
	if len(briefs) == 0 {
		return append(slices.Compact(append(out, bare+" · "+doing)), bare)
	}
	for _, words := range []string{stands, bare} {
		for _, b := range briefs {
			if !strings.Contains(b, "\t") {
				out = append(out, words+" · "+b)
			}
		}
	}
	ends := until(p.Until, s.Now)
	return append(slices.Compact(out), bare+" · "+ends[len(ends)-1])
}
