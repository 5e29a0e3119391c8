package tally

import (
	"cmp"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// queue is a queue with its members and waiting calls.
type queue struct {
	q       team.Queue
	synced  int
	waiting []*row // the first in line first
	members map[string]*member
	gone    bool
	mark    bool

	waits    int       // sum of the answered calls' seconds
	lastAt   time.Time // of the answered call that LastWaitS is of
	lastCall string
}

// member is a telephone in a queue.
type member struct {
	m      team.Member
	name   string // at the exchange
	synced int
	gone   bool
	mark   bool
}

func (q *queue) change(t *Tally) team.Change {
	q.mark = false
	c := team.Change{Kind: team.KindQueue, ID: string(q.q.ID), Group: q.q.Group, Gone: q.gone}
	if !q.gone {
		c.Value = q.q
	}
	return c
}

func (m *member) change(t *Tally) team.Change {
	m.mark = false
	c := team.Change{Kind: team.KindMember, ID: MemberID(m.m.Queue, m.m.Phone), Group: t.group(m.m.Queue), Gone: m.gone}
	if !m.gone {
		c.Value = m.m
	}
	return c
}

// MemberID is the ID of a member's item.
func MemberID(q phone.QueueID, phone string) string { return string(q) + "/" + phone }

// queue is a queue by its ID; one that is told of for the first time is made.
func (t *Tally) queue(id phone.QueueID) *queue {
	q := t.queues[id]
	if q == nil {
		q = &queue{q: team.Queue{ID: id, Name: string(id), Group: t.group(id), Source: t.status.ID}, members: map[string]*member{}, synced: t.sync}
		t.queues[id] = q
		t.mark(&q.mark, q)
	}
	return q
}

func (t *Tally) queueTold(e team.QueueTold) {
	q := t.queue(e.Queue)
	q.synced = t.sync
	name := cmp.Or(e.Name, string(e.Queue))
	if q.q.Name == name && q.q.Number == e.Number && q.q.Settings == e.Settings {
		return
	}
	q.q.Name, q.q.Number, q.q.Settings = name, e.Number, e.Settings
	t.mark(&q.mark, q)
}

// member is a telephone in a queue; one that is told of for the first time is made, logged out.
func (t *Tally) member(q *queue, phone string) *member {
	m := q.members[phone]
	if m == nil {
		who := t.who(phone)
		m = &member{m: team.Member{Queue: q.q.ID, Phone: phone, Person: who, Name: t.whose.Names[who], Skill: 10}, synced: t.sync}
		q.members[phone] = m
	}
	return m
}

func (t *Tally) memberTold(e team.MemberTold) {
	q := t.queue(e.Member.Queue)
	m := t.member(q, e.Member.Phone)
	m.synced = t.sync
	told := e.Member
	told.Person, told.Today, told.TalkS = m.m.Person, m.m.Today, m.m.TalkS
	if told.LastCall.Before(m.m.LastCall) {
		told.LastCall = m.m.LastCall
	}
	m.name = told.Name
	told.Name = cmp.Or(t.whose.Names[m.m.Person], m.name)
	switch {
	case !told.Since.IsZero():
	case told.State == m.m.State && !m.m.Since.IsZero():
		told.Since = m.m.Since
	default:
		told.Since = e.At
	}
	if told == m.m {
		return
	}
	m.m = told
	t.mark(&m.mark, m)
	t.staff(q)
}

// memberGone: the exchange knows a telephone in a queue no more. Whose it is, it can be logged in again, and what it has
// done today is shown.
func (t *Tally) memberGone(e team.MemberGone) {
	q := t.queues[e.Queue]
	if q == nil || q.members[e.Phone] == nil {
		return
	}
	t.logOut(q, q.members[e.Phone], e.At)
}

func (t *Tally) logOut(q *queue, m *member, at time.Time) {
	if m.m.Person == "" && m.m.Today == 0 {
		m.gone = true
		delete(q.members, m.m.Phone)
	} else if m.m.LoggedIn {
		m.m.LoggedIn, m.m.Paused, m.m.Why, m.m.State, m.m.Since = false, false, "", team.MemberUnknown, at
	} else {
		return
	}
	t.mark(&m.mark, m)
	t.staff(q)
}

// staff counts who is there.
func (t *Tally) staff(q *queue) {
	in, free := 0, 0
	for _, m := range q.members {
		if m.m.LoggedIn {
			in++
			if !m.m.Paused && (m.m.State == team.MemberIdle || m.m.State == team.MemberUnknown) {
				free++
			}
		}
	}
	if in != q.q.LoggedIn || free != q.q.Available {
		q.q.LoggedIn, q.q.Available = in, free
		t.mark(&q.mark, q)
	}
}

// count counts a call that is answered or has left, when it came today.
func (t *Tally) count(q *queue, e team.LogEntry) {
	if !t.day.has(e.Began) {
		return
	}
	t.mark(&q.mark, q)
	f := &q.q
	f.LongestWaitS = max(f.LongestWaitS, e.WaitS)
	switch e.Outcome {
	case team.OutcomeAnswered:
		f.Answered++
		q.waits += e.WaitS
		f.AverageWaitS = (q.waits + f.Answered/2) / f.Answered
		limit := f.Settings.ServiceS
		if limit == 0 {
			limit = ServiceS
		}
		if e.WaitS <= limit {
			f.InTime++
		}
		// Which one is the last must be told alike from the log, which has whole seconds.
		at := e.Began.Truncate(time.Second).Add(time.Duration(e.WaitS) * time.Second)
		if c := at.Compare(q.lastAt); c > 0 || c == 0 && e.ID > q.lastCall {
			q.lastAt, q.lastCall, f.LastWaitS = at, e.ID, e.WaitS
		}
		m := t.member(q, e.Phone)
		m.m.Today++
		t.mark(&m.mark, m)
	case team.OutcomeMissed:
		f.Lost++
	case team.OutcomeRedirected:
		f.Redirected++
	}
}

// forgetDay begins the figures of the day anew.
func (q *queue) forgetDay(t *Tally) {
	f := &q.q
	f.Answered, f.Lost, f.Redirected, f.InTime, f.LastWaitS, f.AverageWaitS, f.LongestWaitS = 0, 0, 0, 0, 0, 0, 0
	q.waits, q.lastAt, q.lastCall = 0, time.Time{}, ""
	t.mark(&q.mark, q)
	for _, m := range q.members {
		if m.m.Today == 0 && m.m.TalkS == 0 {
			continue
		}
		m.m.Today, m.m.TalkS = 0, 0
		if m.m.Person == "" && !m.m.LoggedIn {
			m.gone = true
			delete(q.members, m.m.Phone)
		}
		t.mark(&m.mark, m)
	}
}
