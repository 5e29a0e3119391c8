package phone

import "time"

// TeamLink is how the phone stands to its team server.
type TeamLink string

// The links. All but TeamOff and TeamSignedOut show what is shared, as it was told last when the link is not TeamLive.
const (
	TeamOff        TeamLink = ""           // no account has a team server
	TeamSignedOut  TeamLink = "signed-out" // the server asks who it is: SignInTeam
	TeamConnecting TeamLink = "connecting" // begun, and not everything has come yet
	TeamLive       TeamLink = "live"
	TeamAway       TeamLink = "away" // not reached; it is tried again by itself
)

// TeamPersonID and TeamGroupID name a colleague and a group at the team server.
type (
	TeamPersonID string
	TeamGroupID  string
)

// TeamRights is what the user may do in a group. Each includes those before it.
type TeamRights string

// The rights.
const (
	TeamRightsNone       TeamRights = ""
	TeamRightsUser       TeamRights = "user"          // sees
	TeamRightsAgent      TeamRights = "agent"         // answers, takes care of calls and messages
	TeamRightsSupervisor TeamRights = "supervisor"    // others' logins, activities, skill; settings of queues
	TeamRightsAdmin      TeamRights = "administrator" // people; deletes voice messages
)

// Reaches reports whether r includes what is asked for.
func (r TeamRights) Reaches(asked TeamRights) bool { return r.rank() >= asked.rank() }

func (r TeamRights) rank() int {
	switch r {
	case TeamRightsUser:
		return 1
	case TeamRightsAgent:
		return 2
	case TeamRightsSupervisor:
		return 3
	case TeamRightsAdmin:
		return 4
	}
	return 0
}

// TeamState is the team server and what it shares, besides Snapshot.Queues (see QueueStatus.Team) and what is read beside
// the snapshot (GroupLog, GroupMessages, Meetings). There is one: the default account's, else that of the first account
// that has one.
type TeamState struct {
	Account AccountID    `json:"account,omitempty"` // whose Account.Team it is
	Link    TeamLink     `json:"link"`
	Since   time.Time    `json:"since,omitzero"`   // of Link: when away, how old everything shown is
	Reason  *Reason      `json:"reason,omitempty"` // why it is away or signed out
	Retry   time.Time    `json:"retry,omitzero"`   // TeamAway: when it is tried again
	Name    string       `json:"name,omitempty"`   // the team's
	Me      TeamPersonID `json:"me,omitempty"`
	// Password is what a new password has to be, Forgot where who has forgotten theirs goes: a URL, or whom to ask.
	Password TeamPasswordRule `json:"password,omitzero"`
	Forgot   string           `json:"forgot,omitempty"`
	Groups   []TeamGroup      `json:"groups,omitempty"`  // the user's, in order
	Sources  []TeamSource     `json:"sources,omitempty"` // exchanges
	Changes  []TeamChange     `json:"changes,omitempty"` // own changes that are not done, oldest first
	// Permitted is whose activity the user may set besides their own; nil: nobody's.
	Permitted []TeamPersonID `json:"permitted,omitempty"`
	// PermittedLines is who of them has which extension at the exchange.
	PermittedLines map[string]TeamPersonID `json:"permitted_lines,omitempty"`
	// Applies is the account whose forwardings the server sets, with this phone closed too: this phone does not.
	Applies AccountID `json:"applies,omitempty"`

	Log      GroupLogState     `json:"log"`
	Messages GroupMessageState `json:"messages"`
	Meetings MeetingState      `json:"meetings"`
}

// TeamGroup is a group the user is in.
type TeamGroup struct {
	ID     TeamGroupID `json:"id"`
	Name   string      `json:"name"`
	Number string      `json:"number,omitempty"` // sender of its messages
	Rights TeamRights  `json:"rights"`
}

// TeamSource is an exchange of the team server's.
type TeamSource struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Up     bool      `json:"up"`
	Since  time.Time `json:"since,omitzero"`
	Reason *Reason   `json:"reason,omitempty"` // why it is down; what it told is as it was
}

// TeamChangeState is how a change of the user's own stands.
type TeamChangeState string

// The states. Changes that are done are not kept.
const (
	TeamChangeAsking  TeamChangeState = "asking"  // sent, not answered
	TeamChangeWaits   TeamChangeState = "waits"   // for the server to be reached again
	TeamChangeRefused TeamChangeState = "refused" // Reason tells; ReasonTeamConflict: somebody was faster, Who
)

// TeamChange is a change of the user's own at the team server. Commands answer at once that it is begun; this is how it
// goes. A refused one stays until it is dismissed (Dismiss.Change) or done again.
type TeamChange struct {
	ID     string          `json:"id"`
	Verb   string          `json:"verb"`           // of the command
	About  string          `json:"about"`          // queue, entry, message, meeting or person it is about
	Name   string          `json:"name,omitempty"` // of that, to be shown
	At     time.Time       `json:"at"`
	State  TeamChangeState `json:"state"`
	Reason *Reason         `json:"reason,omitempty"`
	Who    string          `json:"who,omitempty"` // the name of who was faster
}
