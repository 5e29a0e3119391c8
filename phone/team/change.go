package team

import (
	"time"

	"svara/phone"
)

// Change is one thing that is to be shown otherwise than before. Value is a Queue, Member, Waiting, LogEntry, Presence or
// SourceStatus after Kind, nil when Gone. Who makes a Change gives no sequence: the database does when it is committed.
type Change struct {
	Kind   Kind
	ID     string
	Group  GroupID
	Person PersonID
	Gone   bool
	Value  any
}

// Whose says whose telephones and queues are, as the administrator has placed them.
type Whose struct {
	Phones map[string]PersonID       // by what the exchange calls a telephone ("PJSIP/2101") and by extension ("2101")
	Names  map[PersonID]string       // shown for a telephone's person
	Queues map[phone.QueueID]GroupID // a queue that is not here is in no group: administrators of everything see it
}

// Tally makes what a group is shown of what an exchange tells. It is pure: one goroutine calls it, it reads no clock and
// no file (package phone/team/tally; the server drives it, see package phone/team/server).
type Tally interface {
	// Whose replaces who has which telephone and queue; what is shown of them changes with it.
	Whose(w Whose)
	// Apply takes in what the exchange told. A call that was told before, by this server or one before it, is not counted
	// again: calls are known by their ids.
	Apply(e SourceEvent)
	// Tick says what time it is, at least each second: figures of today begin anew at midnight.
	Tick(now time.Time)
	// Changes is what is to be shown otherwise since the last call of Changes, each thing once, in its newest form.
	Changes() []Change
}

// Before is what was shown of an exchange when the server that tallied it ended: what a new Tally goes on from.
type Before struct {
	Source SourceStatus
	Items  []Item     // KindQueue, KindMember, KindWaiting, KindParked, KindPresence of this source; none is Gone
	Log    []LogEntry // of today, and those still waiting or being talked to; oldest first
	Zone   *time.Location
	Now    time.Time
}
