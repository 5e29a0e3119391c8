package tally

import (
	"time"

	"svara/phone"
	"svara/phone/team"
)

// up: the exchange is there and begins to tell everything.
func (t *Tally) up(e team.SourceUp) {
	t.sync++
	t.syncing = true
	t.status.Up, t.status.Reason, t.status.Since = true, nil, e.At.UTC()
	t.mark(&t.marked, source{})
}

// down: nothing is told any more. All is shown as it was, and that it is old.
func (t *Tally) down(e team.SourceDown) {
	t.syncing = false
	if !t.status.Up {
		if t.status.Reason != nil && t.status.Reason.ID == e.Reason.ID && t.status.Reason.Text == e.Reason.Text {
			return
		}
		e.At = t.status.Since
	}
	if t.status.Up && e.At.After(t.seen) {
		t.seen = e.At
	}
	why := e.Reason
	t.status.Up, t.status.Reason, t.status.Since = false, &why, e.At.UTC()
	t.mark(&t.marked, source{})
}

// synced: everything has been told. What was not is gone: a call that waited is missed, one that was talked with is over.
func (t *Tally) synced(e team.SourceSynced) {
	if !t.syncing {
		return
	}
	t.syncing = false
	last := t.lastSeen(e.At)
	for _, r := range t.calls {
		switch {
		case r.synced == t.sync:
		case r.waits != nil:
			t.leave(r, false, "", seconds(last.Sub(r.e.Began)))
		default:
			t.over(r, last)
		}
	}
	for id, q := range t.queues {
		for _, m := range q.members {
			if m.synced != t.sync {
				t.logOut(q, m, e.At)
			}
		}
		if q.synced != t.sync {
			t.dropQueue(id, q)
		}
	}
	for phone, l := range t.lamps {
		if l.synced != t.sync {
			delete(t.lamps, phone)
			if p := t.persons[l.person]; p != nil {
				p.drop(l)
				t.light(l.person, e.At)
			}
		}
	}
	for slot, p := range t.parked {
		if p.synced != t.sync {
			t.parkedGone(slot)
		}
	}
	for who := range t.persons {
		t.light(who, e.At) // one whose line was stored and is told no more
	}
	t.before = time.Time{}
}

func (t *Tally) dropQueue(id phone.QueueID, q *queue) {
	for phone, m := range q.members {
		m.gone = true
		t.mark(&m.mark, m)
		delete(q.members, phone)
	}
	q.gone = true
	t.mark(&q.mark, q)
	delete(t.queues, id)
}

// lastSeen is until when the exchange was listened to before it was lost, or now when it was not.
func (t *Tally) lastSeen(now time.Time) time.Time {
	if t.before.IsZero() {
		return now
	}
	return t.before
}
