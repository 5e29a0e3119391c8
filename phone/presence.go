package phone

import "time"

// ActivityKind is what somebody does. Exchanges with other names map to the nearest kind (RFC 4480 3.2 has most).
type ActivityKind string

// The kinds.
const (
	ActivityAvailable ActivityKind = "available"
	ActivityBusy      ActivityKind = "busy"
	ActivityDND       ActivityKind = "dnd" // do not disturb
	ActivityMeeting   ActivityKind = "meeting"
	ActivityTraining  ActivityKind = "training"
	ActivityLunch     ActivityKind = "lunch"
	ActivityBreak     ActivityKind = "break"
	ActivityVacation  ActivityKind = "vacation"
	ActivityTravel    ActivityKind = "travel"
	ActivityGone      ActivityKind = "gone" // for the day
	ActivitySick      ActivityKind = "sick"
	ActivityParental  ActivityKind = "parental" // leave
	ActivityOther     ActivityKind = "other"    // one this phone has no word for; Name has theirs
)

// ActivityKinds is every kind that can be chosen, in the order of menus.
var ActivityKinds = []ActivityKind{
	ActivityAvailable, ActivityBusy, ActivityDND, ActivityMeeting, ActivityTraining, ActivityLunch, ActivityBreak,
	ActivityTravel, ActivityVacation, ActivityGone, ActivitySick, ActivityParental,
}

// Rings reports whether calls ring during such an activity unless it is said otherwise.
func (k ActivityKind) Rings() bool { return k == ActivityAvailable || k == ActivityOther }

// Presence is what is told of somebody beside their line (RFC 3856, 3863, 4480): what they do and until when.
type Presence struct {
	Activity ActivityKind `json:"activity"`
	Name     string       `json:"name,omitempty"`   // the activity's own name, where it has one
	Note     string       `json:"note,omitempty"`   // what they have written
	Open     bool         `json:"open"`             // they can be reached (PIDF basic status)
	Until    time.Time    `json:"until,omitzero"`   // when it ends, where told
	Since    time.Time    `json:"since,omitzero"`   // where told
	Divert   string       `json:"divert,omitempty"` // where calls to them go meanwhile, where told: a number
	Agents   []AgentState `json:"agents,omitempty"` // of a queue: who is logged in, a tuple each
}

// AgentState is somebody logged in to a queue, as the queue's presence tells it.
type AgentState struct {
	ID   string `json:"id"`
	Open bool   `json:"open"` // can take a call
}

// Mailbox is what an exchange tells of a mailbox (RFC 3842), or a mail server of one with sound messages.
type Mailbox struct {
	ID      string    `json:"id"` // "mwi:" and the account, that of a MailServer, or "mwi.team"
	Account AccountID `json:"account,omitempty"`
	New     int       `json:"new"`
	Old     int       `json:"old"`
	Urgent  int       `json:"urgent,omitempty"`
	Known   bool      `json:"known"`            // the counts have been told
	Visual  bool      `json:"visual,omitempty"` // its messages can be listed and played here
	Dial    string    `json:"dial,omitempty"`   // what to call to hear them, where the exchange says it
	Reason  *Reason   `json:"reason,omitempty"` // what is wrong
}
