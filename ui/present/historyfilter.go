package present

import (
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// Period is how far back calls are shown.
type Period string

// The periods, in the order of the menu.
const (
	AnyTime   Period = ""
	Today     Period = "today"
	Yesterday Period = "yesterday"
	Week      Period = "week"  // today and the six days before
	Month     Period = "month" // today and the 29 days before
)

// Periods are all of them.
var Periods = []Period{AnyTime, Today, Yesterday, Week, Month}

// PeriodWords is a period in words.
func PeriodWords(p Period) string {
	switch p {
	case Today:
		return text.T("day.today")
	case Yesterday:
		return text.T("day.yesterday")
	case Week:
		return text.T("history.week")
	case Month:
		return text.T("history.month")
	}
	return text.T("history.any_time")
}

// between is when a period begins, and when it ends; the zero time is open.
func (p Period) between(now time.Time) (since, until time.Time) {
	midnight := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, now.Location())
	}
	switch p {
	case Today:
		return midnight(0), time.Time{}
	case Yesterday:
		return midnight(-1), midnight(0)
	case Week:
		return midnight(-6), time.Time{}
	case Month:
		return midnight(-29), time.Time{}
	}
	return time.Time{}, time.Time{}
}

// HistoryChoice is which calls are shown. The zero value is all.
type HistoryChoice struct {
	Kinds  string // the filters that are on, as circles keeps them
	Queue  phone.QueueID
	Period Period
	Noted  bool // only those with a note
}

// All reports whether nothing is left out.
func (c HistoryChoice) All() bool { return c == HistoryChoice{} }

// Only reports whether nothing but a kind is chosen.
func (c HistoryChoice) Only(f phone.HistoryFilter) bool { return c == HistoryChoice{Kinds: string(f)} }

// Toggle is the choice with a kind more, or less.
func (c HistoryChoice) Toggle(f phone.HistoryFilter) HistoryChoice {
	c.Kinds = historyCircles.toggle(c.Kinds, f)
	return c
}

// Query is what the history is asked.
func (c HistoryChoice) Query(now time.Time, words string, limit int) phone.HistoryQuery {
	q := phone.HistoryQuery{Queue: c.Queue, Text: words, Limit: limit, Any: historyCircles.chosen(c.Kinds)}
	q.Since, q.Until = c.Period.between(now)
	if c.Noted {
		q.Filter = phone.HistoryNoted
	}
	return q
}

// Words is what is shown, empty for all.
func (c HistoryChoice) Words(s Scene) string {
	var kinds, out []string
	for _, k := range c.Circles() {
		if k.On {
			kinds = append(kinds, k.Text)
		}
	}
	if len(kinds) > 0 {
		out = append(out, strings.Join(kinds, ", "))
	}
	for _, q := range s.Snap.Queues {
		if q.ID == c.Queue && c.Queue != "" {
			out = append(out, queueName(q.Queue))
		}
	}
	if c.Period != AnyTime {
		out = append(out, PeriodWords(c.Period))
	}
	if c.Noted {
		out = append(out, text.T("history.noted"))
	}
	return strings.Join(out, " · ")
}

var historyCircles = circles[phone.HistoryFilter]{
	{phone.HistoryMissed, "phone-missed", ToneRed, "history.kind_missed"},
	{phone.HistoryRedirected, "phone-forwarded", ToneAmber, "history.kind_redirected"},
	{phone.HistoryAnswered, "phone-incoming", ToneGreen, "history.kind_answered"},
	{phone.HistoryOutgoing, "phone-outgoing", ToneAccent, "history.kind_outgoing"},
}

// Circles are the kinds, in order of their keys.
func (c HistoryChoice) Circles() []Circle { return historyCircles.drawn(c.Kinds) }

// QueueChoice is a queue whose calls can be shown alone.
type QueueChoice struct {
	ID   phone.QueueID
	Name string
}

// QueueChoices are the queues there are.
func QueueChoices(s Scene) []QueueChoice {
	out := make([]QueueChoice, 0, len(s.Snap.Queues))
	for _, q := range s.Snap.Queues {
		out = append(out, QueueChoice{q.ID, queueName(q.Queue)})
	}
	return out
}
