package phone

import (
	"context"
	"time"
)

// GroupOutcome is what became of a call to a queue: the circles of the group log (features.md G6).
type GroupOutcome string

// The outcomes.
const (
	GroupWaiting    GroupOutcome = "waiting" // not yet
	GroupAnswered   GroupOutcome = "answered"
	GroupMissed     GroupOutcome = "missed"
	GroupRedirected GroupOutcome = "redirected" // overflow, night, or out by a key
)

// GroupCall is an entry of the group log: one call to a queue.
type GroupCall struct {
	ID      string       `json:"id"`
	Seq     int64        `json:"seq"` // of its last change; a change says which one was seen
	Queue   QueueID      `json:"queue"`
	Name    string       `json:"name"` // the queue's
	Group   TeamGroupID  `json:"group"`
	From    Party        `json:"from"`
	Began   time.Time    `json:"began"`
	WaitS   int          `json:"wait_s"`
	TalkS   int          `json:"talk_s,omitempty"`
	Outcome GroupOutcome `json:"outcome"`
	Talking bool         `json:"talking,omitempty"` // GroupAnswered: and it is not over
	To      string       `json:"to,omitempty"`      // GroupRedirected: where to

	AnsweredBy TeamName  `json:"answered_by,omitzero"`
	Handler    TeamName  `json:"handler,omitzero"` // who takes care of a missed call
	Handled    bool      `json:"handled,omitempty"`
	HandledAt  time.Time `json:"handled_at,omitzero"`
	Note       string    `json:"note,omitempty"` // at most 4,000 characters
	NoteBy     TeamName  `json:"note_by,omitzero"`

	Mine    bool `json:"mine,omitempty"`     // the user is its handler
	MayCare bool `json:"may_care,omitempty"` // the user may assign, handle and note it
}

// Open reports whether somebody should still do something about it: it was missed and is not handled.
func (c GroupCall) Open() bool { return c.Outcome == GroupMissed && !c.Handled }

// TeamName is a colleague as they are shown. The zero value is nobody.
type TeamName struct {
	ID       TeamPersonID `json:"id,omitempty"`
	Name     string       `json:"name,omitempty"`
	Initials string       `json:"initials,omitempty"`
}

// GroupLogQuery selects entries, newest first; with OpenFirst the open ones before the others.
type GroupLogQuery struct {
	ID        string         `json:"id,omitempty"` // that one, whatever the rest says
	Queues    []QueueID      `json:"queues,omitempty"`
	Outcomes  []GroupOutcome `json:"outcomes,omitempty"`
	Handlers  []TeamPersonID `json:"handlers,omitempty"`
	Open      bool           `json:"open,omitempty"`   // only those
	Nobody    bool           `json:"nobody,omitempty"` // only those without a handler
	Number    string         `json:"number,omitempty"` // of one caller, however it is written
	Text      string         `json:"text,omitempty"`   // in name, number or note
	From      time.Time      `json:"from,omitzero"`
	To        time.Time      `json:"to,omitzero"`
	OpenFirst bool           `json:"open_first,omitempty"`
	After     string         `json:"after,omitempty"` // the Next of the page before
	Limit     int            `json:"limit,omitempty"` // 1-200, 0 means 50
}

// GroupLogPage is some of what a query found. Told is when the server last said it: older than now while it is away, when
// what was seen before is searched instead.
type GroupLogPage struct {
	Calls []GroupCall `json:"calls"`
	Next  string      `json:"next,omitempty"`
	Told  time.Time   `json:"told,omitzero"` // zero: now
}

// GroupLog answers questions about the calls of the user's groups. It is read beside the snapshot; a changed
// GroupLogState.Revision says that an answer got before is out of date.
type GroupLog interface {
	GroupLog(context.Context, GroupLogQuery) (GroupLogPage, error)
}

// GroupLogState is what the snapshot tells of the group log.
type GroupLogState struct {
	Revision uint64 `json:"revision"`
	Open     int    `json:"open"` // missed and not handled, of today and before
	Mine     int    `json:"mine"` // of those, with the user as handler
}
