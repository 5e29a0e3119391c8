package team

import (
	"time"

	"svara/phone"
)

// Outcome is what became of a call to a queue: the circles of the group log (features.md G6).
type Outcome string

// The outcomes.
const (
	OutcomeWaiting    Outcome = "waiting" // not yet
	OutcomeAnswered   Outcome = "answered"
	OutcomeMissed     Outcome = "missed"     // gave up, or was not answered
	OutcomeRedirected Outcome = "redirected" // overflow, night, or out by a key
)

// LogEntry is one call to a queue. Durations are whole seconds.
type LogEntry struct {
	ID       string        `json:"id"`
	Queue    phone.QueueID `json:"queue"`
	Group    GroupID       `json:"group"`
	From     phone.Party   `json:"from"`
	Began    time.Time     `json:"began"`
	WaitS    int           `json:"wait_s"`
	TalkS    int           `json:"talk_s,omitempty"`
	Outcome  Outcome       `json:"outcome"`
	Talking  bool          `json:"talking,omitempty"`  // OutcomeAnswered: and it is not over
	Answered PersonID      `json:"answered,omitempty"` // who answered
	Phone    string        `json:"phone,omitempty"`    // the telephone that did
	To       string        `json:"to,omitempty"`       // OutcomeRedirected: where to

	Handler   PersonID  `json:"handler,omitempty"` // who takes care of a missed call
	Handled   bool      `json:"handled,omitempty"`
	HandledAt time.Time `json:"handled_at,omitzero"`
	Note      string    `json:"note,omitempty"` // at most 4,000 characters
	NoteBy    PersonID  `json:"note_by,omitempty"`
}

// Open reports whether somebody should still do something about it: it was missed and is not handled.
func (e LogEntry) Open() bool { return e.Outcome == OutcomeMissed && !e.Handled }

// LogQuery selects entries, newest first; with OpenFirst the open ones before the others.
type LogQuery struct {
	Queues    []phone.QueueID `json:"queues,omitempty"`
	Outcomes  []Outcome       `json:"outcomes,omitempty"`
	Handlers  []PersonID      `json:"handlers,omitempty"`
	Answered  []PersonID      `json:"answered,omitempty"`
	Open      bool            `json:"open,omitempty"`   // only those
	Nobody    bool            `json:"nobody,omitempty"` // only those without a handler
	Number    string          `json:"number,omitempty"` // of one caller, E.164 or inside
	Text      string          `json:"text,omitempty"`   // in name, number or note
	From      time.Time       `json:"from,omitzero"`
	To        time.Time       `json:"to,omitzero"`
	OpenFirst bool            `json:"open_first,omitempty"`
	After     string          `json:"after,omitempty"` // the Next of the page before
	Limit     int             `json:"limit,omitempty"` // 1-200, 0 means 50
}

// LogPage is some of what a query found. The server looks for a short while: a page may have fewer entries than asked for, even
// none, and the search goes on with the next one.
type LogPage struct {
	Entries []Versioned[LogEntry] `json:"entries"`
	Next    string                `json:"next,omitempty"` // for LogQuery.After; empty: no more
}

// Versioned is a value and the sequence of its last change.
type Versioned[T any] struct {
	Seq   Seq `json:"seq"`
	Value T   `json:"value"`
}

// LogChange is what an agent does with an entry; nil fields stay as they are. Seq is the one they saw.
type LogChange struct {
	Seq     Seq       `json:"seq"`
	Handler *PersonID `json:"handler,omitempty"`
	Handled *bool     `json:"handled,omitempty"`
	Note    *string   `json:"note,omitempty"`
}
