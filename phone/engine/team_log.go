package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/team"
)

// mostOpen is how many open calls are counted and kept to be shown when their callers ring again; mostSeen how many calls
// are kept to be looked in while the team server is away; mostTasks how many a caller's card has.
const (
	mostOpen  = 1000
	mostSeen  = 2000
	mostTasks = 3
)

// openCalls are the calls that somebody should still do something about. It is copied before it is changed.
type openCalls map[string]team.Versioned[team.LogEntry]

// apply takes in an entry as it is now; gone ones and those that are handled leave.
func (o openCalls) apply(i team.Item) (openCalls, team.Versioned[team.LogEntry], error) {
	var v team.Versioned[team.LogEntry]
	v.Seq = i.Seq
	if !i.Gone {
		if err := decodeItem(i, &v.Value); err != nil {
			return o, v, err
		}
	}
	before, was := o[i.ID]
	switch {
	case was && before.Seq > i.Seq: // an answer read beside the feed was newer
		return o, before, nil
	case i.Gone || !v.Value.Open():
		if was {
			o = maps.Clone(o)
			delete(o, i.ID)
		}
	case was || len(o) < mostOpen:
		o = maps.Clone(o)
		if o == nil {
			o = openCalls{}
		}
		o[i.ID] = v
	}
	return o, v, nil
}

// with takes in all that are open, as a question found them. What the feed has told since is newer.
func (o openCalls) with(found []team.Versioned[team.LogEntry]) openCalls {
	out := make(openCalls, len(found))
	for _, v := range found {
		if now, ok := o[v.Value.ID]; ok && now.Seq > v.Seq {
			v = now
		}
		out[v.Value.ID] = v
	}
	return out
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
	slices.SortFunc(out, func(a, b team.Versioned[team.LogEntry]) int { return newerFirst(a.Value, b.Value) })
	return out[:min(len(out), mostTasks)]
}

func newerFirst(a, b team.LogEntry) int {
	return cmp.Or(b.Began.Compare(a.Began), cmp.Compare(b.ID, a.ID))
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

// seenCalls are the calls that were read from the team server, the newest first to be kept: what is looked in while it is
// away. It is shared by the questions, which are asked beside the loop.
type seenCalls struct {
	mu    sync.Mutex
	calls map[string]team.Versioned[team.LogEntry]
	told  time.Time // when the server last said something
}

// see keeps what was read at a time.
func (s *seenCalls) see(at time.Time, found ...team.Versioned[team.LogEntry]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		s.calls = map[string]team.Versioned[team.LogEntry]{}
	}
	for _, v := range found {
		if now, ok := s.calls[v.Value.ID]; !ok || now.Seq <= v.Seq {
			s.calls[v.Value.ID] = v
		}
	}
	if at.After(s.told) {
		s.told = at
	}
	if len(s.calls) <= mostSeen+mostSeen/4 {
		return
	}
	all := s.sorted()
	for _, v := range all[mostSeen:] {
		delete(s.calls, v.Value.ID)
	}
}

// sorted is all that was seen, newest first. The lock is held.
func (s *seenCalls) sorted() []team.Versioned[team.LogEntry] {
	all := slices.Collect(maps.Values(s.calls))
	slices.SortFunc(all, func(a, b team.Versioned[team.LogEntry]) int { return newerFirst(a.Value, b.Value) })
	return all
}

// forget drops everything: another user's, or another server's.
func (s *seenCalls) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.told = nil, time.Time{}
}

// forgetOne drops one that is there no more.
func (s *seenCalls) forgetOne(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, id)
}

// pages answers from what was seen before. The page after one is named by the id of its last call.
func (s *seenCalls) pages(q team.LogQuery, plan numbers.Plan) (page []team.Versioned[team.LogEntry], next string, told time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []team.Versioned[team.LogEntry]
	for _, v := range s.sorted() {
		if selects(q, v.Value, plan) {
			found = append(found, v)
		}
	}
	if q.OpenFirst {
		slices.SortStableFunc(found, func(a, b team.Versioned[team.LogEntry]) int {
			switch {
			case a.Value.Open() == b.Value.Open():
				return 0
			case a.Value.Open():
				return -1
			}
			return 1
		})
	}
	if q.After != "" {
		at := slices.IndexFunc(found, func(v team.Versioned[team.LogEntry]) bool { return v.Value.ID == q.After })
		found = found[at+1:]
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].Value.ID
	}
	return found, next, s.told
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
