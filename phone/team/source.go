package team

import (
	"context"
	"io"
	"time"

	"svara/phone"
)

// Source is an exchange that the server is connected to. It tells what is and does what is asked; it keeps no history.
type Source interface {
	// ID is unique in the server and stays over restarts.
	ID() string
	// Run connects, tells everything to sink, and goes on, connecting anew with growing pauses, until ctx ends. After each
	// connection it tells SourceUp, then all queues, members and waiting calls, then SourceSynced: what was not told between
	// the two is gone.
	Run(ctx context.Context, sink func(SourceEvent)) error
	// Do asks the exchange for something and waits for its answer. Errors are *phone.Error: its refusal in a Reason.
	Do(ctx context.Context, a SourceAction) error
}

// SourceEvent is something an exchange told. At is when, by the server's clock.
type SourceEvent interface{ sourceEvent() }

// The events. Phone is what the exchange calls a member's telephone. Call is its id of a call, unique over restarts of it.
type (
	SourceUp   struct{ At time.Time }
	SourceDown struct {
		At     time.Time
		Reason phone.Reason
	}
	SourceSynced struct{ At time.Time }

	// QueueTold: there is such a queue. Settings as far as the exchange has them.
	QueueTold struct {
		At       time.Time
		Queue    phone.QueueID
		Name     string
		Number   string
		Settings QueueSettings
	}
	// MemberTold: a member as it is now; Member.Person, Today and TalkS are not the exchange's to know.
	MemberTold struct {
		At     time.Time
		Member Member
	}
	MemberGone struct {
		At    time.Time
		Queue phone.QueueID
		Phone string
	}
	// CallJoined: a call waits, or (while synchronising) has waited since Since.
	CallJoined struct {
		At    time.Time
		Since time.Time
		Queue phone.QueueID
		Call  string
		From  phone.Party
		Place int
	}
	// CallRings: it rings at a member's telephone, or (Off) no longer.
	CallRings struct {
		At    time.Time
		Queue phone.QueueID
		Call  string
		Phone string
		Off   bool
	}
	// CallAnswered: somebody talks with a call. While synchronising it may have been so for some time; WaitS is -1 then.
	CallAnswered struct {
		At    time.Time
		Queue phone.QueueID
		Call  string
		From  phone.Party
		Phone string
		WaitS int
	}
	// CallEnded: an answered call is over. TalkS is -1 when the exchange does not tell.
	CallEnded struct {
		At    time.Time
		Queue phone.QueueID
		Call  string
		Phone string
		TalkS int
	}
	// CallLeft: a call left the queue without an answer. To is where it went on, when it did (else the caller gave up).
	// WaitS is -1 when the exchange does not tell.
	CallLeft struct {
		At         time.Time
		Queue      phone.QueueID
		Call       string
		Redirected bool
		To         string
		WaitS      int
	}
	// LineTold: a telephone's or extension's state.
	LineTold struct {
		At    time.Time
		Phone string // "PJSIP/2101" or the extension
		State phone.LineState
	}
	// ParkedTold: a call is parked, or (while synchronising) has been since Since. By is the telephone of who parked it.
	ParkedTold struct {
		At    time.Time
		Since time.Time
		Slot  string
		From  phone.Party
		By    string
	}
	// ParkedGone: nobody is parked there any more.
	ParkedGone struct {
		At   time.Time
		Slot string
	}
	// VoicemailTold: how many messages a box has.
	VoicemailTold struct {
		At       time.Time
		Box      string
		New, Old int
	}
	// TextTold: a text message came to a number of the exchange's, in its own words, from a telephone or outside. It is told
	// again after each connection until the exchange is told that it was taken (TextTaken).
	TextTold struct {
		At       time.Time
		ID       string // the exchange's, unique over restarts of it
		From, To string // numbers
		Text     string
	}
)

func (SourceUp) sourceEvent()      {}
func (SourceDown) sourceEvent()    {}
func (SourceSynced) sourceEvent()  {}
func (QueueTold) sourceEvent()     {}
func (MemberTold) sourceEvent()    {}
func (MemberGone) sourceEvent()    {}
func (CallJoined) sourceEvent()    {}
func (CallRings) sourceEvent()     {}
func (CallAnswered) sourceEvent()  {}
func (CallEnded) sourceEvent()     {}
func (CallLeft) sourceEvent()      {}
func (LineTold) sourceEvent()      {}
func (ParkedTold) sourceEvent()    {}
func (ParkedGone) sourceEvent()    {}
func (VoicemailTold) sourceEvent() {}
func (TextTold) sourceEvent()      {}

// Voicebox is the voice messages and greetings of an exchange's mailboxes, where the server can reach them. Boxes are
// named as in VoicemailTold. Errors are *phone.Error: phone.ReasonNoMailbox, ReasonNoMessage, ReasonBadSound.
type Voicebox interface {
	// Run tells the ID of every box whose messages have changed, each once at the start, until ctx ends.
	Run(ctx context.Context, sink func(box string)) error
	// Messages is all there are, the oldest first.
	Messages(box string) ([]VoiceMessage, error)
	// Open is the sound of a message; Size and Type are as Messages told.
	Open(box, id string) (io.ReadCloser, error)
	// Mark moves a message to the new ones or to the old.
	Mark(box, id string, old bool) error
	Delete(box, id string) error
	// Greetings is those that a box has of its own.
	Greetings(box string) ([]GreetingTold, error)
	// Greeting is the sound said to callers, PutGreeting changes it (a WAV file, 8 kHz mono 16 bit, at most three minutes),
	// DeleteGreeting returns to the exchange's own.
	Greeting(box string, kind Greeting) (io.ReadCloser, error)
	PutGreeting(box string, kind Greeting, sound io.Reader) error
	DeleteGreeting(box string, kind Greeting) error
}

// VoiceMessage is a message in a Voicebox. ID stays while it is moved between new and old.
type VoiceMessage struct {
	ID       string        `json:"id"`
	Box      string        `json:"box"`
	From     phone.Party   `json:"from"`
	Received time.Time     `json:"received"`
	Duration time.Duration `json:"duration"` // whole seconds; nanoseconds in JSON
	Old      bool          `json:"old,omitempty"`
	Urgent   bool          `json:"urgent,omitempty"`
	Size     int64         `json:"size"` // bytes of the sound
	Type     string        `json:"type"` // its media type
}

// Greeting is one of a box's greetings.
type Greeting string

// The greetings.
const (
	GreetingUnavailable Greeting = "unavailable"
	GreetingBusy        Greeting = "busy"
	GreetingName        Greeting = "name"
	GreetingTemporary   Greeting = "temporary" // said instead of the others while it is there
)

// GreetingTold is a greeting that a box has.
type GreetingTold struct {
	Kind    Greeting `json:"kind"`
	Type    string   `json:"type"`               // its media type
	LengthS int      `json:"length_s,omitempty"` // 0: not known
}

// MaxGreeting is the bytes of a greeting, at most: three minutes of 8 kHz mono 16 bit, with room for what else a WAV file has.
const MaxGreeting = int64(3*time.Minute/time.Second)*16000 + 4096

// SourceAction is something an exchange is asked to do.
type SourceAction interface{ sourceAction() }

// The actions.
type (
	// LogMember logs a telephone in to a queue or out of it.
	LogMember struct {
		Queue phone.QueueID
		Phone string
		Name  string // shown by the exchange
		In    bool
		Skill int // 1-10; 0 as it was, or 10
	}
	PauseMember struct {
		Queue phone.QueueID // empty: in all
		Phone string
		On    bool
		Why   string
	}
	SetSkill struct {
		Queue phone.QueueID
		Phone string
		Skill int
	}
	SetQueue struct {
		Queue    phone.QueueID
		Settings QueueSettings
	}
	// Originate calls a telephone and, when it answers, a number (features.md B5).
	Originate struct {
		Phone  string
		Number string
		Shown  string // the number the second one sees; empty: the exchange's choice
		Wait   time.Duration
	}
	// SetForward sends a telephone's calls on; an empty Number stops it. Exchanges without it refuse.
	SetForward struct {
		Extension string
		Kind      phone.ForwardKind
		Number    string
	}
	// SetShown is the number to be shown to those called from a person's telephones, phone.RoleWithheld for none or empty for the
	// exchange's choice, and those that a call may ask for instead. Exchanges without it refuse.
	SetShown struct {
		Extension string
		Number    string
		May       []string
	}
	// RefreshMailbox makes the exchange count a box anew and tell its telephones (after messages were deleted in its spool).
	RefreshMailbox struct{ Box string }
	// SendText sends a text message to a telephone or, where the exchange has a trunk that takes it, outside (RFC 3428). It is
	// refused when the exchange knows nobody there; taken says nothing of when it is read.
	SendText struct {
		Sender string // a number, or a name of letters and digits
		To     string // a number
		Text   string
	}
	// TextTaken: a text that was told is kept here, and the exchange may forget it.
	TextTaken struct{ ID string }
)

func (LogMember) sourceAction()      {}
func (PauseMember) sourceAction()    {}
func (SetSkill) sourceAction()       {}
func (SetQueue) sourceAction()       {}
func (Originate) sourceAction()      {}
func (SetForward) sourceAction()     {}
func (SetShown) sourceAction()       {}
func (RefreshMailbox) sourceAction() {}
func (SendText) sourceAction()       {}
func (TextTaken) sourceAction()      {}
