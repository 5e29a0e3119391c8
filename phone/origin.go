package phone

import "time"

// Diversion is one step of a call's way here (RFC 5806 Diversion, RFC 7044 History-Info).
type Diversion struct {
	By     Party  `json:"by"`               // who did not take the call
	Reason string `json:"reason,omitempty"` // RFC 5806: unknown user-busy no-answer unavailable unconditional time-of-day do-not-disturb deflection follow-me out-of-service away
}

// Origin is how an incoming call came here (features.md C2).
type Origin struct {
	Queue   QueueID     `json:"queue,omitempty"` // the queue it came through
	Name    string      `json:"name,omitempty"`  // that queue's name, or what the exchange calls the way here
	Waited  time.Time   `json:"waited,omitzero"` // since when the caller waits, where told
	Path    []Diversion `json:"path,omitempty"`  // first diversion first
	Sought  *Sought     `json:"sought,omitempty"`
	Dialled string      `json:"dialled,omitempty"` // the number the caller dialled, when it is not ours
}

// Sought is the person a diverted call was meant for.
type Sought struct {
	Party
	Person   PersonID  `json:"person,omitempty"`
	Emails   []string  `json:"emails,omitempty"`
	Mobile   string    `json:"mobile,omitempty"`
	Line     LineState `json:"line,omitempty"`
	Presence *Presence `json:"presence,omitempty"`
	Reason   string    `json:"reason,omitempty"` // of the first diversion
}

// Caller is who is at the other end, as the user's books and history know them (features.md C2, L1).
type Caller struct {
	Person  PersonID       `json:"person,omitempty"`
	Name    string         `json:"name,omitempty"`
	Company string         `json:"company,omitempty"`
	Title   string         `json:"title,omitempty"`
	Mark    Mark           `json:"mark,omitempty"`
	Photo   bool           `json:"photo,omitempty"`
	Others  int            `json:"others,omitempty"` // how many more people have this number
	Note    string         `json:"note,omitempty"`   // the person's note
	Last    []HistoryEntry `json:"last,omitempty"`   // the last calls with this number, newest first, at most three
}

// Lookup is an outside program or page that is asked about a caller (features.md C8). URL holds placeholders, see
// phone/template.
type Lookup struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	URL    string `json:"url"`
	OnRing bool   `json:"on_ring,omitempty"` // opened by itself when an unknown or outside number rings
	Place  int    `json:"place"`
}

// MessageKind is how a message travels.
type MessageKind string

// The kinds.
const (
	MessageSMS   MessageKind = "sms"
	MessageEmail MessageKind = "email"
)

// Template is a ready text (features.md C3, H5). Subject and Text hold placeholders, see phone/template.
type Template struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Kind    MessageKind `json:"kind"`
	Subject string      `json:"subject,omitempty"`
	Text    string      `json:"text"`
	Place   int         `json:"place"`
}
