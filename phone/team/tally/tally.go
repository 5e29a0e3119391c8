// Package tally makes what a group sees out of what an exchange tells: queues as they stand and as they went today,
// their members and waiting calls, the log of queue calls, lamps. It is pure: the time is in the events, what was stored
// comes in by [New], and what has changed is taken out by [Tally.Changes], each thing once and in its newest form.
//
//	source ──► Apply ──► queues, members, waiting calls, rows of the log, lamps ──► Changes ──► stored and told
//	                         ▲
//	stored ──► New ──────────┘
//
// A call to a queue has one row in the log from the moment it joins: it waits, is answered and talked with, or has left.
// After a connection was lost the exchange tells everything anew, from SourceUp to SourceSynced; what is known keeps its
// row, and what is told no more ended while nobody listened.
package tally

import (
	"time"

	"svara/phone"
	"svara/phone/team"
)

// ServiceS is within how many seconds an answer is in time when nobody says otherwise.
const ServiceS = 20

// Tally is the state of one exchange. It is not safe for more than one goroutine.
//
// Of what it tells, some is what people set, and who stores it keeps that: of a LogEntry Handler, Handled, HandledAt,
// Note and NoteBy, of a Presence Activity, Note and SetBy. Waiting.Before is counted by who has the whole log.
type Tally struct {
	whose  team.Whose
	zone   *time.Location
	status team.SourceStatus
	marked bool      // the status has changed
	dirty  []thing   // in the order of their first change since Changes
	seen   time.Time // the time of the last event
	before time.Time // while synchronising: until when the exchange was listened to before
	day    day
	sync   int // counts the times everything was told anew; things told bear it

	queues      map[phone.QueueID]*queue
	calls       map[stay]*row // waiting or talked with
	stays       map[stay]int  // how many rows a call of today has in a queue
	staysBefore map[stay]int  // the same of the day before
	lamps       map[string]*lamp
	persons     map[team.PersonID]*presence
	parked      map[string]*parked // by slot
	syncing     bool
}

var _ team.Tally = (*Tally)(nil)

// stay is a call in a queue.
type stay struct {
	queue phone.QueueID
	call  string
}

// thing is something that can have changed.
type thing interface {
	// change tells how it is now and takes its mark away.
	change(t *Tally) team.Change
}

// New makes a tally that goes on from what was shown before. The zero Before is a new exchange, in UTC.
func New(b team.Before) *Tally {
	t := &Tally{
		zone: b.Zone, status: b.Source,
		queues: map[phone.QueueID]*queue{}, calls: map[stay]*row{}, stays: map[stay]int{}, lamps: map[string]*lamp{},
		persons: map[team.PersonID]*presence{}, parked: map[string]*parked{},
	}
	if t.zone == nil {
		t.zone = time.UTC
	}
	t.load(b)
	return t
}

// Apply takes in what the exchange told.
func (t *Tally) Apply(e team.SourceEvent) {
	switch e := e.(type) {
	case team.SourceUp:
		if t.before.IsZero() {
			t.before = t.seen
		}
		t.Tick(e.At)
		t.up(e)
	case team.SourceDown:
		t.down(e)
	case team.SourceSynced:
		t.Tick(e.At)
		t.synced(e)
	case team.QueueTold:
		t.Tick(e.At)
		t.queueTold(e)
	case team.MemberTold:
		t.Tick(e.At)
		t.memberTold(e)
	case team.MemberGone:
		t.Tick(e.At)
		t.memberGone(e)
	case team.CallJoined:
		t.Tick(e.At)
		t.joined(e)
	case team.CallRings:
		t.Tick(e.At)
		t.rings(e)
	case team.CallAnswered:
		t.Tick(e.At)
		t.answered(e)
	case team.CallEnded:
		t.Tick(e.At)
		t.ended(e)
	case team.CallLeft:
		t.Tick(e.At)
		t.left(e)
	case team.LineTold:
		t.Tick(e.At)
		t.lineTold(e)
	case team.ParkedTold:
		t.Tick(e.At)
		t.parkedTold(e)
	case team.ParkedGone:
		t.Tick(e.At)
		t.parkedGone(e.Slot)
	}
}

// Tick tells what time it is: at midnight the figures of the day begin anew. Every event does it too.
func (t *Tally) Tick(at time.Time) {
	if at.After(t.seen) {
		t.seen = at
	}
	if !t.day.has(at) {
		t.newDay(at)
	}
}

// Changes returns what has changed since it was called last.
func (t *Tally) Changes() []team.Change {
	if len(t.dirty) == 0 {
		return nil
	}
	out := make([]team.Change, len(t.dirty))
	for i, d := range t.dirty {
		out[i] = d.change(t)
	}
	clear(t.dirty)
	t.dirty = t.dirty[:0]
	return out
}

// mark notes that a thing has changed.
func (t *Tally) mark(marked *bool, d thing) {
	if !*marked {
		*marked = true
		t.dirty = append(t.dirty, d)
	}
}

// source is the tally's own status as a thing.
type source struct{}

func (source) change(t *Tally) team.Change {
	t.marked = false
	return team.Change{Kind: team.KindSource, ID: t.status.ID, Value: t.status}
}
