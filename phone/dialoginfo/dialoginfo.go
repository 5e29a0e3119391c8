// Package dialoginfo is what an exchange tells of somebody's calls: application/dialog-info+xml (RFC 4235), read
// tolerantly and written strictly.
package dialoginfo

import "time"

// ContentType is the documents' MIME type, Event the event package they come in (RFC 4235 sections 3.1 and 3.5).
const (
	ContentType = "application/dialog-info+xml"
	Event       = "dialog"
)

// Direction is who began a dialog, seen from the entity.
type Direction string

// The directions. Empty is not told.
const (
	Initiator Direction = "initiator"
	Recipient Direction = "recipient"
)

// State is how far a dialog has come (RFC 4235 section 3.7.1).
type State string

// The states. Early is ringing, Confirmed is answered.
const (
	Trying     State = "trying"
	Proceeding State = "proceeding"
	Early      State = "early"
	Confirmed  State = "confirmed"
	Terminated State = "terminated"
)

// Document is one notification. Full means that Dialogs are all there are; else they are those that have changed.
type Document struct {
	Entity  string // whose calls, a URI
	Version uint32 // 0 where it is not told
	Full    bool
	Dialogs []Dialog
}

// Dialog is a call of the entity. CallID and the tags are for Replaces (RFC 3891); exchanges often leave them out.
type Dialog struct {
	ID        string // within the entity; never empty after Parse
	CallID    string
	LocalTag  string
	RemoteTag string
	Direction Direction
	State     State
	Local     Participant
	Remote    Participant
	Duration  time.Duration // since it began, whole seconds; 0 unknown
}

// Participant is one end of a dialog.
type Participant struct {
	URI    string // who it is
	Name   string // display name
	Target string // where it is: a contact URI
}
