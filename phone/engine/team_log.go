package engine

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/team"
)

// mostTasks is how many open calls a caller's card has.
const mostTasks = 3

// openCalls are the calls that somebody should still do something about. It is copied before it is changed.
type openCalls map[string]team.Versioned[team.LogEntry]

// apply takes in an entry as it is now.
func (o openCalls) apply(i team.Item) (openCalls, team.Versioned[team.LogEntry], error) {
	return applyOpen(o, i)
}

// count is how many are open, and how many of them are the user's.
func (o openCalls) count(me phone.TeamPersonID) (open, mine int) {
	for _, v := range o {
		if v.Value.Handler != "" && phone.TeamPersonID(v.Value.Handler) == me {
			mine++
		}
	}
	return len(o), mine
}

// of is a caller's, newest first, at most three (features.md L1).
func (o openCalls) of(number string, plan numbers.Plan) []team.Versioned[team.LogEntry] {
	if number == "" {
		return nil
	}
	var out []team.Versioned[team.LogEntry]
	for _, v := range o {
		if v.Value.From.Number != "" && plan.Same(v.Value.From.Number, number) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, newerFirst)
	return out[:min(len(out), mostTasks)]
}

// groupCall is an entry as guests see it. queue is the name of its queue.
func groupCall(v team.Versioned[team.LogEntry], queue string, e teamEyes) phone.GroupCall {
	in := v.Value
	c := phone.GroupCall{
		ID: in.ID, Seq: int64(v.Seq), Queue: in.Queue, Name: queue, Group: phone.TeamGroupID(in.Group), From: in.From, Began: in.Began, WaitS: in.WaitS, TalkS: in.TalkS,
		Outcome: phone.GroupOutcome(in.Outcome), Talking: in.Talking, To: in.To, Handled: in.Handled, HandledAt: in.HandledAt, Note: in.Note,
		Mine: in.Handler != "" && phone.TeamPersonID(in.Handler) == e.me, MayCare: e.rights(in.Group).Reaches(phone.TeamRightsAgent),
	}
	who := func(p team.PersonID) phone.TeamName {
		if p == "" {
			return phone.TeamName{}
		}
		return e.name(p)
	}
	c.AnsweredBy, c.Handler, c.NoteBy = who(in.Answered), who(in.Handler), who(in.NoteBy)
	if c.AnsweredBy.Name == "" && in.Outcome == team.OutcomeAnswered {
		c.AnsweredBy.Name = in.Phone
	}
	if c.Name == "" {
		c.Name = string(in.Queue)
	}
	return c
}

// shortestText is how many characters the team server asks for in a search; shorter ones find everything.
const shortestText = 3

// searchTime is for how long a page of the team's log is looked for: the server answers with what it has found so far.
const searchTime = 3 * time.Second

// searchLog asks for a page until it is full, or nothing is left. One that comes short after all that time has a next page.
func searchLog(ctx context.Context, client *team.Client, q team.LogQuery) (page team.LogPage, err error) {
	limit := q.Limit
	if limit == 0 {
		limit = 50
	}
	for begun := time.Now(); ; {
		var more team.LogPage
		q.Limit = limit - len(page.Entries)
		if err := client.Do(ctx, http.MethodPost, "log", q, &more); err != nil {
			return page, err
		}
		page.Entries, page.Next = append(page.Entries, more.Entries...), more.Next
		if page.Next == "" || len(page.Entries) >= limit || time.Since(begun) > searchTime {
			return page, nil
		}
		q.After = page.Next
	}
}

// logQuery is a question as the team server is asked it.
func logQuery(q phone.GroupLogQuery, plan numbers.Plan) team.LogQuery {
	out := team.LogQuery{
		Queues: q.Queues, Open: q.Open, Nobody: q.Nobody, Number: q.Number, Text: strings.TrimSpace(q.Text), From: q.From, To: q.To, OpenFirst: q.OpenFirst, After: q.After, Limit: q.Limit,
	}
	if e164, ok := plan.E164(q.Number); ok {
		out.Number = e164
	}
	if len([]rune(out.Text)) < shortestText {
		out.Text = ""
	}
	for _, o := range q.Outcomes {
		out.Outcomes = append(out.Outcomes, team.Outcome(o))
	}
	for _, h := range q.Handlers {
		out.Handlers = append(out.Handlers, team.PersonID(h))
	}
	return out
}

// selects reports whether a question asks for an entry, as the team server would.
func selects(q team.LogQuery, e team.LogEntry, plan numbers.Plan) bool {
	low := strings.ToLower(q.Text)
	switch {
	case len(q.Queues) > 0 && !slices.Contains(q.Queues, e.Queue), len(q.Outcomes) > 0 && !slices.Contains(q.Outcomes, e.Outcome):
		return false
	case len(q.Handlers) > 0 && !slices.Contains(q.Handlers, e.Handler), q.Nobody && e.Handler != "", q.Open && !e.Open():
		return false
	case q.Number != "" && !plan.Same(q.Number, e.From.Number):
		return false
	case !q.From.IsZero() && e.Began.Before(q.From), !q.To.IsZero() && !e.Began.Before(q.To):
		return false
	case low != "" && !strings.Contains(strings.ToLower(e.From.Name+"\n"+e.From.Number+"\n"+e.Note), low):
		return false
	}
	return true
}

// missedNow reports whether an entry has just become a missed call of a group's: what a desktop tells of once.
func missedNow(before, now team.LogEntry, known bool) bool {
	return now.Open() && (!known || before.Outcome != team.OutcomeMissed)
}
