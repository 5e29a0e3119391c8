package phone

import "time"

// TransferKind is how a call is handed over.
type TransferKind string

// The kinds.
const (
	TransferDirect    TransferKind = "direct"    // without talking to the target first (RFC 5589 section 6)
	TransferAnnounced TransferKind = "announced" // after a consultation, or while that still rings (RFC 5589 section 7)
	TransferVoicemail TransferKind = "voicemail" // to the target's mailbox
	TransferPark      TransferKind = "park"      // to a park slot of the exchange
	TransferMove      TransferKind = "move"      // to another device of ours
	TransferDeflect   TransferKind = "deflect"   // while it rings here (RFC 3261 section 8.1.3.4)
	TransferNone      TransferKind = "none"      // setting only: no standard kind (features.md E4)
)

// TransferState is where a transfer stands.
type TransferState string

// The states. Consulting: the caller is held while we talk to the target or wait for them. Requested to Unknown: handed
// over, not yet known to be answered. Failed: the caller is ours again, held.
const (
	TransferConsulting TransferState = "consulting"
	TransferRequested  TransferState = "requested" // the request is out
	TransferTrying     TransferState = "trying"    // the exchange works on it
	TransferRinging    TransferState = "ringing"   // it rings at the target
	TransferUnknown    TransferState = "unknown"   // the exchange has taken it and tells nothing
	TransferDone       TransferState = "done"      // answered there
	TransferFailed     TransferState = "failed"    // refused, busy, not answered: Reason tells
	TransferReturning  TransferState = "returning" // being taken back
)

// Pending reports whether the caller has been handed over and no answer is known.
func (s TransferState) Pending() bool {
	switch s {
	case TransferRequested, TransferTrying, TransferRinging, TransferUnknown:
		return true
	}
	return false
}

// Transfer is the handing over of a call. It stays on the call after a failure until the next thing is done with it.
type Transfer struct {
	Kind     TransferKind  `json:"kind"`
	State    TransferState `json:"state"`
	Target   Party         `json:"target"`
	Consult  CallID        `json:"consult,omitempty"` // the call with the target, while there is one
	Since    time.Time     `json:"since"`
	RecallAt time.Time     `json:"recall_at,omitzero"` // when it comes back by itself
	Undo     bool          `json:"undo"`               // TakeBack is possible now
	Recalled bool          `json:"recalled,omitempty"` // Failed: it came back by itself after RecallAt
	Reason   *Reason       `json:"reason,omitempty"`   // Failed: why; Unknown: what cannot be known
}

// Camp is a held call that waits for a busy colleague (features.md E7).
type Camp struct {
	Target    Party     `json:"target"`
	Place     int       `json:"place"` // 1 is next; kept while the caller is fetched
	Since     time.Time `json:"since"`
	Fetched   bool      `json:"fetched,omitempty"` // we talk to the caller now; PutBack returns them to Place
	Reminder  bool      `json:"reminder"`          // it has waited for another reminder interval and nobody has looked
	RemindAt  time.Time `json:"remind_at,omitzero"`
	Line      LineState `json:"line"`     // how the target stands
	Offering  bool      `json:"offering"` // the target is being called now
	LastError *Reason   `json:"last_error,omitempty"`

	// Shared: Place is one of Of at the target, whoever camped them, and the team server says whose turn it is. Ahead is whose
	// call gets the target before this one, of those that are others'.
	Shared bool   `json:"shared,omitempty"`
	Of     int    `json:"of,omitempty"`
	Ahead  string `json:"ahead,omitempty"`
}

// CampedCall is a call that somebody else has camped on a busy colleague.
type CampedCall struct {
	ID       string    `json:"id"`
	Target   Party     `json:"target"`
	Remote   Party     `json:"remote"` // who waits
	By       TeamName  `json:"by"`
	Since    time.Time `json:"since"`
	Place    int       `json:"place"`
	Of       int       `json:"of"`
	Turn     bool      `json:"turn,omitempty"`    // it gets the target when they are free
	Fetched  bool      `json:"fetched,omitempty"` // By talks to them
	Offering bool      `json:"offering,omitempty"`
}

// Asked is a request of the other side that we call somebody instead of them (an incoming REFER). Nothing is done until
// AllowTransfer or RefuseTransfer.
type Asked struct {
	Target Party     `json:"target"`
	By     Party     `json:"by"`
	Since  time.Time `json:"since"`
}

// LineState is what the exchange tells of somebody's line (RFC 4235).
type LineState string

// The line states.
const (
	LineUnknown LineState = "unknown" // not asked for, refused, or not fresh
	LineIdle    LineState = "idle"
	LineRinging LineState = "ringing"
	LineBusy    LineState = "busy"
	LineOffline LineState = "offline" // nobody is signed in there
)

// Line is a line that is being watched.
type Line struct {
	Account AccountID `json:"account"`
	Number  string    `json:"number"`
	State   LineState `json:"state"`
	Since   time.Time `json:"since"`
	With    Party     `json:"with,omitzero"`    // the other party, where told
	Reason  *Reason   `json:"reason,omitempty"` // Unknown: why
	Pickup  bool      `json:"pickup,omitempty"` // Ringing: it can be picked up

	Direction Direction `json:"direction,omitempty"` // of the call it rings or is busy with, as seen from the line
	Presence  *Presence `json:"presence,omitempty"`  // what they say of themselves, where told
	Stale     bool      `json:"stale,omitempty"`     // the exchange has not confirmed it for over 90 s after it should have; the state is the last known
	Told      time.Time `json:"told,omitzero"`       // when the exchange last said something
}

// RemoteCall is a call of ours on another device (dialog events of our own address of record).
type RemoteCall struct {
	ID        string    `json:"id"` // stable while the call lasts
	Account   AccountID `json:"account"`
	Direction Direction `json:"direction"`
	State     LineState `json:"state"` // ringing or busy
	Remote    Party     `json:"remote"`
	Since     time.Time `json:"since"`
	Pull      bool      `json:"pull"`             // the exchange tells enough to move it here
	Reason    *Reason   `json:"reason,omitempty"` // why not
}

// Parked is a call that we parked in a slot of the exchange.
type Parked struct {
	Account AccountID `json:"account"`
	Slot    string    `json:"slot"`
	Remote  Party     `json:"remote"`
	Since   time.Time `json:"since"`
	Told    bool      `json:"told"` // the exchange tells when it is gone; else it stays until retrieved or dismissed
}

// Conference is the calls that hear each other in the local mix (mix-minus), and us.
type Conference struct {
	Calls   []CallID  `json:"calls"`
	Started time.Time `json:"started"`
	Aside   bool      `json:"aside"` // we are away on another call; the others talk on
}

// MaxConference is how many parties a local conference holds besides us.
const MaxConference = 10
