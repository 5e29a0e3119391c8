package tally

import (
	"slices"
	"strconv"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// row is a call to a queue: its line in the log, and while it waits how it is shown.
type row struct {
	e       team.LogEntry
	key     stay
	stay    int // the how manieth row of the call in this queue, from 1
	synced  int // when it was told last
	waits   *waiting
	since   time.Time // of the answer, while it is talked with
	logMark bool
}

// waiting is a call that waits.
type waiting struct {
	w      team.Waiting
	id     string
	phones []string // at which it rings
	gone   bool
	mark   bool
}

func (r *row) change(*Tally) team.Change {
	r.logMark = false
	return team.Change{Kind: team.KindLog, ID: r.e.ID, Group: r.e.Group, Value: r.e}
}

func (w *waiting) change(t *Tally) team.Change {
	w.mark = false
	c := team.Change{Kind: team.KindWaiting, ID: w.id, Group: t.group(w.w.Queue), Gone: w.gone}
	if !w.gone {
		v := w.w
		v.Rings = nil
		for _, p := range w.phones {
			if who := t.who(p); who != "" && !slices.Contains(v.Rings, who) {
				v.Rings = append(v.Rings, who)
			}
		}
		c.Value = v
	}
	return c
}

// joined: a call waits. One that is known to wait stays where it is.
func (t *Tally) joined(e team.CallJoined) {
	q := t.queue(e.Queue)
	k := stay{e.Queue, e.Call}
	if r := t.calls[k]; r != nil {
		r.synced = t.sync
		if r.waits != nil {
			t.place(q, r, e.Place)
			return
		}
		t.over(r, e.At) // it was talked with, and is back
	}
	since := e.Since
	if since.IsZero() || since.After(e.At) {
		since = e.At
	}
	r := t.newRow(k, since, e.From)
	r.waits = &waiting{id: e.Call, w: team.Waiting{Queue: e.Queue, From: e.From, Since: since, LogID: r.e.ID}}
	at := len(q.waiting)
	if e.Place > 0 {
		at = min(e.Place-1, at)
	}
	q.waiting = slices.Insert(q.waiting, at, r)
	t.renumber(q)
	t.mark(&r.logMark, r)
	t.mark(&r.waits.mark, r.waits)
}

func (t *Tally) newRow(k stay, since time.Time, from phone.Party) *row {
	t.stays[k] = max(t.stays[k], t.staysBefore[k]) + 1
	r := &row{key: k, stay: t.stays[k], synced: t.sync}
	id := k.call + "/" + string(k.queue)
	if r.stay > 1 {
		id += "/" + strconv.Itoa(r.stay)
	}
	r.e = team.LogEntry{ID: id, Queue: k.queue, Group: t.group(k.queue), From: from, Began: since.UTC(), Outcome: team.OutcomeWaiting}
	t.calls[k] = r
	return r
}

// place moves a waiting call to where the exchange says that it is; 0 says nothing.
func (t *Tally) place(q *queue, r *row, place int) {
	if place < 1 || place == r.waits.w.Place {
		return
	}
	i := slices.Index(q.waiting, r)
	q.waiting = slices.Delete(q.waiting, i, i+1)
	q.waiting = slices.Insert(q.waiting, min(place-1, len(q.waiting)), r)
	t.renumber(q)
}

// renumber tells the waiting calls of a queue their places, and the queue how many there are.
func (t *Tally) renumber(q *queue) {
	var longest time.Time
	for i, r := range q.waiting {
		if r.waits.w.Place != i+1 {
			r.waits.w.Place = i + 1
			t.mark(&r.waits.mark, r.waits)
		}
		if longest.IsZero() || r.waits.w.Since.Before(longest) {
			longest = r.waits.w.Since
		}
	}
	if q.q.Waiting != len(q.waiting) || !q.q.Longest.Equal(longest) {
		q.q.Waiting, q.q.Longest = len(q.waiting), longest
		t.mark(&q.mark, q)
	}
}

// leaves takes a call out of those that wait.
func (t *Tally) leaves(q *queue, r *row) {
	if r.waits == nil {
		return
	}
	r.waits.gone = true
	t.mark(&r.waits.mark, r.waits)
	r.waits = nil
	if i := slices.Index(q.waiting, r); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	t.renumber(q)
}

func (t *Tally) rings(e team.CallRings) {
	r := t.calls[stay{e.Queue, e.Call}]
	if r == nil || r.waits == nil {
		return
	}
	w := r.waits
	i := slices.Index(w.phones, e.Phone)
	switch {
	case e.Off && i >= 0:
		w.phones = slices.Delete(w.phones, i, i+1)
	case !e.Off && i < 0:
		w.phones = append(w.phones, e.Phone)
	default:
		return
	}
	t.mark(&w.mark, w)
}

// answered: somebody talks with a call, since now or (told while synchronising) for some time.
func (t *Tally) answered(e team.CallAnswered) {
	q := t.queue(e.Queue)
	k := stay{e.Queue, e.Call}
	r := t.calls[k]
	if r != nil && r.waits == nil {
		r.synced = t.sync
		return // it is known
	}
	wait := max(e.WaitS, 0)
	if r == nil {
		r = t.newRow(k, e.At.Add(-time.Duration(wait)*time.Second), e.From)
	} else if e.WaitS < 0 {
		wait = seconds(t.lastSeen(e.At).Sub(r.e.Began))
	}
	r.synced = t.sync
	t.leaves(q, r)
	r.since = e.At
	r.e.Outcome, r.e.WaitS, r.e.Talking = team.OutcomeAnswered, wait, true
	r.e.Phone, r.e.Answered = e.Phone, t.who(e.Phone)
	t.mark(&r.logMark, r)
	t.count(q, r.e)
	if m := q.members[e.Phone]; m != nil {
		m.m.LastCall = e.At
		t.mark(&m.mark, m)
	}
}

// ended: an answered call is over.
func (t *Tally) ended(e team.CallEnded) {
	r := t.calls[stay{e.Queue, e.Call}]
	if r == nil || r.waits != nil {
		return
	}
	talk := e.TalkS
	if talk < 0 {
		talk = seconds(e.At.Sub(r.since))
	}
	t.endTalk(r, talk)
}

// over ends a talk of which nobody told how long it was.
func (t *Tally) over(r *row, at time.Time) { t.endTalk(r, seconds(at.Sub(r.since))) }

func (t *Tally) endTalk(r *row, talk int) {
	delete(t.calls, r.key)
	r.e.Talking, r.e.TalkS = false, max(talk, 0)
	t.mark(&r.logMark, r)
	if q := t.queue(r.key.queue); t.day.has(r.e.Began) {
		m := t.member(q, r.e.Phone)
		m.m.TalkS += r.e.TalkS
		t.mark(&m.mark, m)
	}
}

// left: a call left without an answer.
func (t *Tally) left(e team.CallLeft) {
	r := t.calls[stay{e.Queue, e.Call}]
	if r == nil || r.waits == nil {
		return
	}
	wait := e.WaitS
	if wait < 0 {
		wait = seconds(e.At.Sub(r.e.Began))
	}
	t.leave(r, e.Redirected, e.To, wait)
}

func (t *Tally) leave(r *row, redirected bool, to string, wait int) {
	q := t.queue(r.key.queue)
	delete(t.calls, r.key)
	t.leaves(q, r)
	r.e.Outcome, r.e.WaitS = team.OutcomeMissed, max(wait, 0)
	if redirected {
		r.e.Outcome, r.e.To = team.OutcomeRedirected, to
	}
	t.mark(&r.logMark, r)
	t.count(q, r.e)
}

// seconds is a duration in whole seconds, never below 0.
func seconds(d time.Duration) int { return max(int(d/time.Second), 0) }
