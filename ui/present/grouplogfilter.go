package present

import (
	"slices"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// GroupNobody stands for calls without a handler where handlers are chosen.
const GroupNobody phone.TeamPersonID = "-"

// GroupChoice is which calls of the group log are shown. The zero value is all.
type GroupChoice struct {
	Kinds   string // the outcomes that are on, as circles keeps them
	Queue   phone.QueueID
	Handler phone.TeamPersonID // GroupNobody for those without one; empty for any
	Period  Period
	Open    bool // only those that somebody should still do something about
}

// Toggle is the choice with an outcome more, or less.
func (c GroupChoice) Toggle(o phone.GroupOutcome) GroupChoice {
	c.Kinds = groupCircles.toggle(c.Kinds, o)
	return c
}

// Query is what the group log is asked: what is open comes first.
func (c GroupChoice) Query(now time.Time, words, after string, limit int) phone.GroupLogQuery {
	q := phone.GroupLogQuery{Text: words, Open: c.Open, OpenFirst: true, After: after, Limit: limit, Outcomes: groupCircles.chosen(c.Kinds)}
	q.From, q.To = c.Period.between(now)
	if c.Queue != "" {
		q.Queues = []phone.QueueID{c.Queue}
	}
	switch c.Handler {
	case "":
	case GroupNobody:
		q.Nobody = true
	default:
		q.Handlers = []phone.TeamPersonID{c.Handler}
	}
	return q
}

var groupCircles = circles[phone.GroupOutcome]{
	{phone.GroupMissed, "phone-missed", ToneRed, "history.kind_missed"},
	{phone.GroupRedirected, "phone-forwarded", ToneAmber, "history.kind_redirected"},
	{phone.GroupAnswered, "phone-incoming", ToneGreen, "history.kind_answered"},
}

// Circles are the outcomes, in order of their keys.
func (c GroupChoice) Circles() []Circle { return groupCircles.drawn(c.Kinds) }

// GroupQueues are the queues whose calls can be shown alone: those of the team server.
func GroupQueues(s Scene) []Choice {
	out := []Choice{option("", text.T("history.all_queues"))}
	for _, q := range s.Snap.Queues {
		if q.Team != nil {
			out = append(out, option(string(q.ID), queueName(q.Queue)))
		}
	}
	return out
}

// GroupHandlers are whose calls can be shown alone: anybody's, nobody's, the user's, and those of the colleagues in the
// queues.
func GroupHandlers(s Scene) []Choice {
	out := []Choice{option("", text.T("grouplog.any_handler")), option(string(GroupNobody), text.T("grouplog.nobody"))}
	if me := s.Snap.Team.Me; me != "" {
		out = append(out, option(string(me), text.T("grouplog.me")))
	}
	for _, p := range colleaguesIn(s, "") {
		out = append(out, option(string(p.ID), Clean(p.Name, nameLimit)))
	}
	return out
}

// GroupPeriods are how far back calls are shown.
func GroupPeriods() []Choice {
	var out []Choice
	for _, p := range Periods {
		out = append(out, option(string(p), PeriodWords(p)))
	}
	return out
}

// GroupAssignees are who a call can be given to: the user first, then who answers in its queue.
func GroupAssignees(s Scene, c phone.GroupCall) []Choice {
	var out []Choice
	if me := s.Snap.Team.Me; me != "" {
		out = append(out, option(string(me), text.T("grouplog.me")))
	}
	for _, p := range colleaguesIn(s, c.Queue) {
		out = append(out, option(string(p.ID), Clean(p.Name, nameLimit)))
	}
	return out
}

// colleaguesIn is who answers in a queue besides the user, or in any with an empty one, by name.
func colleaguesIn(s Scene, id phone.QueueID) []phone.TeamName {
	var out []phone.TeamName
	for _, q := range s.Snap.Queues {
		if q.Team == nil || id != "" && q.ID != id {
			continue
		}
		for _, m := range q.Team.Members {
			if m.Person.ID == "" || m.Me || m.Person.ID == s.Snap.Team.Me || slices.ContainsFunc(out, func(n phone.TeamName) bool { return n.ID == m.Person.ID }) {
				continue
			}
			n := m.Person
			if n.Name == "" {
				n.Name = m.Name
			}
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b phone.TeamName) int { return text.Compare(a.Name, b.Name) })
	return out
}
