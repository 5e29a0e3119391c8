package phone

import (
	"context"
	"time"
)

// Outcome is how a call ended, as the history lists it.
type Outcome string

// The outcomes.
const (
	OutcomeAnswered  Outcome = "answered"
	OutcomeMissed    Outcome = "missed"    // incoming, nobody answered here or elsewhere
	OutcomeElsewhere Outcome = "elsewhere" // incoming, another device answered
	OutcomeDeclined  Outcome = "declined"  // incoming, we declined
	OutcomeDeflected Outcome = "deflected" // incoming, we sent it on unanswered; Reason.Text is the number
	OutcomeFailed    Outcome = "failed"    // outgoing, not answered; Reason tells
)

// HistoryEntry is one finished call.
type HistoryEntry struct {
	ID         int64         `json:"id"`
	Account    AccountID     `json:"account"`
	Direction  Direction     `json:"direction"`
	Outcome    Outcome       `json:"outcome"`
	Remote     Party         `json:"remote"`
	Begun      time.Time     `json:"begun"`    // when it rang or was dialled
	Duration   time.Duration `json:"duration"` // talking time; nanoseconds in JSON
	Reason     Reason        `json:"reason"`
	Seen       bool          `json:"seen"` // a missed call the user has looked at
	Note       string        `json:"note,omitempty"`
	Queue      QueueID       `json:"queue,omitempty"`      // it came through
	Sought     string        `json:"sought,omitempty"`     // the number a diverted call was meant for
	Role       RoleID        `json:"role,omitempty"`       // outgoing: whose number was shown
	Recordings []int64       `json:"recordings,omitempty"` // those made of the call that are still there, oldest first
	Quality    *CallQuality  `json:"quality,omitempty"`    // of an answered call: how it sounded; nil when nothing was measured
}

// HistoryQuery selects history, newest first.
type HistoryQuery struct {
	Missed bool            `json:"missed,omitempty"` // only missed calls
	Filter HistoryFilter   `json:"filter,omitempty"` // only some; Missed is the same as HistoryMissed
	Any    []HistoryFilter `json:"any,omitempty"`    // only what one of these selects; none is no condition
	Number string          `json:"number,omitempty"` // only calls with this number, however it is written
	Queue  QueueID         `json:"queue,omitempty"`  // only through this queue
	Since  time.Time       `json:"since,omitzero"`   // begun then or later
	Until  time.Time       `json:"until,omitzero"`   // begun before
	Text   string          `json:"text,omitempty"`   // words that must all be found in name, number or address
	Limit  int             `json:"limit,omitempty"`  // 0 means 200
	Before int64           `json:"before,omitempty"` // only entries with a lower ID, for paging
}

// HistoryFilter is which calls a query is for.
type HistoryFilter string

// The filters.
const (
	HistoryAll      HistoryFilter = ""
	HistoryMissed   HistoryFilter = "missed"
	HistoryIncoming HistoryFilter = "incoming"
	HistoryOutgoing HistoryFilter = "outgoing"
	HistoryNoted    HistoryFilter = "noted"    // with a note
	HistoryAnswered HistoryFilter = "answered" // incoming and answered here
	// HistoryRedirected is incoming calls that were meant for another number, or that another device or number took.
	HistoryRedirected HistoryFilter = "redirected"
)

// History answers questions about finished calls. It is read beside the snapshot, never by the engine's loop; a
// changed HistoryState.Revision in the snapshot says that an answer got before is out of date.
type History interface {
	History(context.Context, HistoryQuery) ([]HistoryEntry, error)
}

// HistoryState is what the snapshot tells of the history.
type HistoryState struct {
	Revision uint64 `json:"revision"` // rises with every change
	Missed   int    `json:"missed"`   // missed calls not looked at
	Last     string `json:"last"`     // what was last dialled, for the empty field + dial
}
