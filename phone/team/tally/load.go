package tally

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone/team"
)

// load takes over what was shown before: queues, members, waiting calls and lines of persons, and of the log the rows of
// today and those that wait or are talked with. What cannot be read is told anew by the exchange.
func (t *Tally) load(b team.Before) {
	if b.Now.IsZero() {
		return
	}
	t.day = dayOf(b.Now, t.zone)
	t.see(t.status.Since)
	var places []team.Item
	for _, i := range b.Items {
		switch i.Kind {
		case team.KindQueue:
			t.loadQueue(i)
		case team.KindMember:
			t.loadMember(i)
		case team.KindPresence:
			t.loadPresence(i)
		case team.KindParked:
			t.loadParked(i)
		case team.KindWaiting:
			places = append(places, i)
		}
	}
	for _, q := range t.queues {
		q.forgetDay(t)
	}
	for _, e := range b.Log {
		t.loadRow(e)
	}
	var orphans []*waiting
	for _, i := range places {
		if g := t.loadWaiting(i); g != nil {
			orphans = append(orphans, g)
		}
	}
	for _, q := range t.queues {
		slices.SortStableFunc(q.waiting, func(a, b *row) int { return cmp.Compare(a.waits.w.Place, b.waits.w.Place) })
		t.renumber(q)
		t.staff(q)
	}
	t.status.Up = false
	t.Changes()
	for _, g := range orphans {
		t.mark(&g.mark, g)
	}
}

// maxPlace is behind everybody.
const maxPlace = 1 << 30

func (t *Tally) loadQueue(i team.Item) {
	var v team.Queue
	if json.Unmarshal(i.Data, &v) != nil {
		return
	}
	t.queue(v.ID).q = v
	t.see(v.Longest)
}

func (t *Tally) loadMember(i team.Item) {
	var v team.Member
	if json.Unmarshal(i.Data, &v) != nil {
		return
	}
	v.Today, v.TalkS = 0, 0
	m := t.member(t.queue(v.Queue), v.Phone)
	m.m, m.name = v, v.Name
	t.see(v.Since)
	t.see(v.LastCall)
}

func (t *Tally) loadPresence(i team.Item) {
	var v team.Presence
	if json.Unmarshal(i.Data, &v) != nil {
		return
	}
	if v.Line != "" {
		t.persons[v.Person] = &presence{person: v.Person, line: v.Line, since: v.Since}
	}
}

// loadRow takes over a row of the log: what came today is counted again.
func (t *Tally) loadRow(e team.LogEntry) {
	call, nth := stayOf(e)
	k := stay{e.Queue, call}
	if t.day.has(e.Began) || e.Talking || e.Outcome == team.OutcomeWaiting {
		t.stays[k] = max(t.stays[k], nth)
	}
	q := t.queue(e.Queue)
	r := &row{e: e, key: k, stay: nth}
	if e.Outcome == team.OutcomeWaiting {
		r.waits = &waiting{id: call, w: team.Waiting{Queue: e.Queue, From: e.From, Place: maxPlace, Since: e.Began, LogID: e.ID}}
		q.waiting = append(q.waiting, r)
		t.calls[k] = r
		t.see(e.Began)
		return
	}
	t.count(q, e)
	t.see(e.Began.Add(time.Duration(e.WaitS+e.TalkS) * time.Second))
	if e.Talking {
		r.since = e.Began.Add(time.Duration(e.WaitS) * time.Second)
		t.calls[k] = r
	} else if e.Outcome == team.OutcomeAnswered && t.day.has(e.Began) {
		t.member(q, e.Phone).m.TalkS += e.TalkS
	}
}

// loadWaiting takes over the place of a call that waits. One of which the log knows nothing is gone.
func (t *Tally) loadWaiting(i team.Item) (orphan *waiting) {
	var w team.Waiting
	if json.Unmarshal(i.Data, &w) != nil {
		return nil
	}
	r := t.calls[stay{w.Queue, i.ID}]
	if r == nil || r.waits == nil {
		return &waiting{id: i.ID, w: w, gone: true}
	}
	r.waits.w.Place = w.Place
	return nil
}

func (t *Tally) see(at time.Time) {
	if at.After(t.seen) {
		t.seen = at
	}
}

// stayOf is the call of a row, and the how manieth time it was in its queue: the ID is "call/queue" or "call/queue/2".
func stayOf(e team.LogEntry) (call string, nth int) {
	nth = 1
	id := e.ID
	if i := strings.LastIndexByte(id, '/'); i > 0 && !strings.HasSuffix(id, "/"+string(e.Queue)) {
		if n, err := strconv.Atoi(id[i+1:]); err == nil && n > 1 {
			id, nth = id[:i], n
		}
	}
	return strings.TrimSuffix(id, "/"+string(e.Queue)), nth
}
