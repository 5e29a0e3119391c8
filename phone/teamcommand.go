package phone

import (
	"encoding/json"
	"time"
)

// The commands that concern the team server. All but those to sign in and out are begun at once; TeamState.Changes tells
// how they go, and EventTeam when they are done or refused. While the server is away they wait, when what they change is
// the user's own and order does not matter, or are refused at once with ReasonTeamAway.
type (
	// SignInTeam signs in with user name and password. The password is not kept, the token that it gives is.
	SignInTeam struct {
		Account  AccountID `json:"account,omitempty"` // empty: the one with a team server
		User     string    `json:"user"`
		Password Secret    `json:"password"`
	}
	// SignOutTeam gives the token back. It logs out of no queue.
	SignOutTeam struct {
		Account AccountID `json:"account,omitempty"`
	}
	// RequestCode asks a team server for an activation code, sent to a mobile telephone (features.md A2).
	RequestCode struct {
		URL    string `json:"url"`
		Mobile string `json:"mobile"` // +46...
	}
	// RedeemCode makes the account that an activation code is for, with what the team server provides for it, and signs in.
	RedeemCode struct {
		URL    string `json:"url"`
		Mobile string `json:"mobile"`
		Code   Secret `json:"code"`
	}
	// SetTeamPassword changes the user's password; their other devices are signed out (features.md A3).
	SetTeamPassword struct {
		Old Secret `json:"old"`
		New Secret `json:"new"`
	}
	// SignOutTeamDevice signs another device of the user's out.
	SignOutTeamDevice struct {
		ID string `json:"id"`
	}
	// SetQueueMember logs a member in or out, pauses them, or sets their skill; nil stays as it is.
	SetQueueMember struct {
		Queue    QueueID `json:"queue"`
		Phone    string  `json:"phone"`
		LoggedIn *bool   `json:"logged_in,omitempty"`
		Paused   *bool   `json:"paused,omitempty"`
		Why      string  `json:"why,omitempty"` // of the pause
		Skill    *int    `json:"skill,omitempty"`
	}
	// SetQueue changes a queue's settings as one. Was is what was seen: who was faster goes before.
	SetQueue struct {
		Queue QueueID       `json:"queue"`
		Was   QueueSettings `json:"was"`
		New   QueueSettings `json:"new"`
	}
	// CareForCall changes an entry of the group log; nil stays as it is. Seq is the one that was seen.
	CareForCall struct {
		ID      string        `json:"id"`
		Seq     int64         `json:"seq"`
		Handler *TeamPersonID `json:"handler,omitempty"` // empty: nobody
		Handled *bool         `json:"handled,omitempty"`
		Note    *string       `json:"note,omitempty"`
	}
	// CareForMessage changes a group message; nil stays as it is. Seq is the one that was seen.
	CareForMessage struct {
		ID      string        `json:"id"`
		Seq     int64         `json:"seq"`
		Pinned  *TeamPersonID `json:"pinned,omitempty"` // empty: nobody
		Handled *bool         `json:"handled,omitempty"`
	}
	// DeleteGroupMessage deletes a group message, a voice message from its mailbox too.
	DeleteGroupMessage struct {
		ID  string `json:"id"`
		Seq int64  `json:"seq"`
	}
	// PlayGroupMessage plays a voice message as PlayRecording does a recording. Nothing is changed by it for the others.
	PlayGroupMessage struct {
		ID    string        `json:"id"`
		From  time.Duration `json:"from,omitempty"` // nanoseconds in JSON
		Speed float64       `json:"speed,omitempty"`
	}
	// SendGroupText sends a text, at most MaxGroupText characters, to one or many numbers, at most MaxGroupSend, as a group's
	// number or another sender of TeamState.Messages.Senders. GroupMessageState.Sendings tells how it goes.
	SendGroupText struct {
		Group  TeamGroupID `json:"group"`
		To     []string    `json:"to"`
		Sender string      `json:"sender,omitempty"` // empty: the group's number
		Text   string      `json:"text"`
	}
	// PutMeeting schedules a meeting or changes it; ID and Seq are empty for a new one. Who is invited is told.
	PutMeeting struct {
		Meeting Meeting `json:"meeting"`
	}
	// CancelMeeting cancels a meeting; who was invited is told.
	CancelMeeting struct {
		ID  string `json:"id"`
		Seq int64  `json:"seq"`
	}
	// JoinMeeting calls a meeting's number and then dials its id; Via as in Dial.
	JoinMeeting struct {
		ID  string `json:"id"`
		Via string `json:"via,omitempty"`
	}
	// PlayGreeting plays a greeting of the user's mailbox as PlayRecording does a recording.
	PlayGreeting struct {
		Kind Greeting `json:"kind"`
	}
	// SetGreeting makes a WAV file, at most MaxGreeting long, a greeting of the user's mailbox.
	SetGreeting struct {
		Kind Greeting `json:"kind"`
		Path string   `json:"path"`
	}
	// DeleteGreeting returns to the exchange's own greeting.
	DeleteGreeting struct {
		Kind Greeting `json:"kind"`
	}
	// SetColleague sets the activity and the note of somebody else who is in TeamState.Permitted (features.md F10).
	SetColleague struct {
		Person TeamPersonID `json:"person"`
		Kind   ActivityKind `json:"kind"`
		Until  time.Time    `json:"until,omitzero"`
		Note   *string      `json:"note,omitempty"` // nil: as it is
	}
	// SetColleaguePlan makes or changes a future activity of somebody in TeamState.Permitted, or of the user's own.
	SetColleaguePlan struct {
		Person TeamPersonID `json:"person"`
		Plan   Plan         `json:"plan"`
	}
	// RemoveColleaguePlan takes one away.
	RemoveColleaguePlan struct {
		Person TeamPersonID `json:"person"`
		ID     string       `json:"id"`
	}
)

// MaxGreeting is how long a greeting may be.
const MaxGreeting = 3 * time.Minute

// Verb is svaractl's word.
func (SignInTeam) Verb() string         { return "team-signin" }
func (SignOutTeam) Verb() string        { return "team-signout" }
func (RequestCode) Verb() string        { return "team-code" }
func (RedeemCode) Verb() string         { return "team-redeem" }
func (SetTeamPassword) Verb() string    { return "team-password" }
func (SignOutTeamDevice) Verb() string  { return "team-device-signout" }
func (SetQueueMember) Verb() string     { return "queue-member" }
func (SetQueue) Verb() string           { return "queue-set" }
func (CareForCall) Verb() string        { return "group-call" }
func (CareForMessage) Verb() string     { return "group-message" }
func (DeleteGroupMessage) Verb() string { return "group-message-delete" }
func (PlayGroupMessage) Verb() string   { return "group-message-play" }
func (SendGroupText) Verb() string      { return "group-text" }
func (PutMeeting) Verb() string         { return "meeting-put" }
func (CancelMeeting) Verb() string      { return "meeting-cancel" }
func (JoinMeeting) Verb() string        { return "meeting-join" }
func (PlayGreeting) Verb() string       { return "greeting-play" }
func (SetGreeting) Verb() string        { return "greeting-set" }
func (DeleteGreeting) Verb() string     { return "greeting-delete" }
func (SetColleague) Verb() string       { return "colleague" }

// Verb is svaractl's word.
func (SetColleaguePlan) Verb() string    { return "colleague-plan" }
func (RemoveColleaguePlan) Verb() string { return "colleague-plan-remove" }

// teamDecoders are those of decoders that concern the team server.
var teamDecoders = map[string]func(json.RawMessage) (Command, error){
	"team-signin":          decode[SignInTeam],
	"team-signout":         decode[SignOutTeam],
	"team-code":            decode[RequestCode],
	"team-redeem":          decode[RedeemCode],
	"team-password":        decode[SetTeamPassword],
	"team-device-signout":  decode[SignOutTeamDevice],
	"queue-member":         decode[SetQueueMember],
	"queue-set":            decode[SetQueue],
	"group-call":           decode[CareForCall],
	"group-message":        decode[CareForMessage],
	"group-message-delete": decode[DeleteGroupMessage],
	"group-message-play":   decode[PlayGroupMessage],
	"group-text":           decode[SendGroupText],
	"meeting-put":          decode[PutMeeting],
	"meeting-cancel":       decode[CancelMeeting],
	"meeting-join":         decode[JoinMeeting],
	"greeting-play":        decode[PlayGreeting],
	"greeting-set":         decode[SetGreeting],
	"greeting-delete":      decode[DeleteGreeting],
	"colleague":            decode[SetColleague],

	"colleague-plan":        decode[SetColleaguePlan],
	"colleague-plan-remove": decode[RemoveColleaguePlan],
}
