package team

import (
	"strings"
	"time"

	"svara/phone"
)

// What a group's items of messages are.
const (
	KindInbox   Kind = "inbox"   // Inbox of a group; its ID is the group's
	KindSending Kind = "sending" // Sending: one's own only
)

// The scopes of tokens that open one door only, each for one group: NewToken.Group.
const (
	ScopeCallback Scope = "callback" // a web form that leaves numbers to call
	ScopeTexts    Scope = "texts"    // a gateway that hands over text messages
)

// Limits of messages.
const (
	MaxText    = 1600 // characters of a text message
	MaxSendTo  = 500  // numbers a text is sent to at once
	MaxMessage = 2000 // characters of what a caller wants
)

// Message is a voice message, a number to call back or a text message of a group (features.md H3).
type Message struct {
	ID        string                 `json:"id"`
	Kind      phone.GroupMessageKind `json:"kind"`
	Group     GroupID                `json:"group"`
	Direction phone.Direction        `json:"direction"`
	From      phone.Party            `json:"from"` // who is outside, also of what was sent
	At        time.Time              `json:"at"`
	Text      string                 `json:"text,omitempty"`
	LengthS   int                    `json:"length_s,omitempty"`
	Box       string                 `json:"box,omitempty"`   // GroupVoice: the mailbox
	Sound     string                 `json:"sound,omitempty"` // GroupVoice: its id there
	Type      string                 `json:"type,omitempty"`  // GroupVoice: media type of the sound

	Sender  string          `json:"sender,omitempty"`  // outgoing: what it is sent as
	By      PersonID        `json:"by,omitempty"`      // outgoing: who wrote it
	Sending string          `json:"sending,omitempty"` // outgoing: of which Sending it is part
	State   phone.TextState `json:"state,omitempty"`   // outgoing
	Tried   bool            `json:"tried,omitempty"`   // TextSending: the gateway has been asked, or is about to be
	Reason  *phone.Reason   `json:"reason,omitempty"`  // TextFailed

	Pinned    PersonID  `json:"pinned,omitempty"` // who has it as theirs
	Handled   bool      `json:"handled,omitempty"`
	HandledBy PersonID  `json:"handled_by,omitempty"`
	HandledAt time.Time `json:"handled_at,omitzero"`
}

// Open reports whether somebody should still do something about it.
func (m Message) Open() bool { return m.Direction == phone.Incoming && !m.Handled }

// MessageQuery selects messages, newest first; with OpenFirst the open ones before the others.
type MessageQuery struct {
	Groups []GroupID                `json:"groups,omitempty"`
	Kinds  []phone.GroupMessageKind `json:"kinds,omitempty"`
	Open   bool                     `json:"open,omitempty"`   // only those not handled
	Pinned PersonID                 `json:"pinned,omitempty"` // only those somebody has as theirs
	Peer   string                   `json:"peer,omitempty"`   // of one number, E.164 or inside
	Text   string                   `json:"text,omitempty"`   // in name, number or text
	After  string                   `json:"after,omitempty"`  // the Next of the page before
	Limit  int                      `json:"limit,omitempty"`  // 1-200, 0 means 50

	OpenFirst bool `json:"open_first,omitempty"`
}

// MessagePage is some of what a query found.
type MessagePage struct {
	Messages []Versioned[Message] `json:"messages"`
	Next     string               `json:"next,omitempty"`
}

// MessageCount is how many messages wait for somebody.
type MessageCount struct {
	Open int `json:"open"` // not handled
	Mine int `json:"mine"` // of those, pinned by who asks
}

// MessageChange is what an agent does with a message; nil fields stay as they are. Seq is the one they saw. What is done
// with a text is done with all open texts of its thread that came before it.
type MessageChange struct {
	Seq     Seq       `json:"seq"`
	Pinned  *PersonID `json:"pinned,omitempty"` // empty: nobody
	Handled *bool     `json:"handled,omitempty"`
}

// NewTexts sends a text to one or many. ID is chosen by who asks (20-60 letters and digits): asking again with the same one
// sends nothing again.
type NewTexts struct {
	ID     string   `json:"id"`
	To     []string `json:"to"`
	Sender string   `json:"sender,omitempty"` // empty: the group's number
	Text   string   `json:"text"`
}

// Sending is how far a text to one or many has come.
type Sending struct {
	ID     string     `json:"id"`
	Group  GroupID    `json:"group"`
	By     PersonID   `json:"by"`
	Sender string     `json:"sender"`
	Text   string     `json:"text"`
	At     time.Time  `json:"at"`
	Total  int        `json:"total"`
	Sent   int        `json:"sent"`
	Failed []SendFail `json:"failed,omitempty"`
}

// Over reports whether nothing of it is left to be sent.
func (s Sending) Over() bool { return s.Sent+len(s.Failed) >= s.Total }

// SendFail is somebody a text did not reach.
type SendFail struct {
	Number string       `json:"number"`
	Reason phone.Reason `json:"reason"`
}

// Inbox is where a group's messages come from and what it sends as.
type Inbox struct {
	Group     GroupID        `json:"group"`
	Boxes     []string       `json:"boxes,omitempty"`   // mailboxes of the exchange, "2101@default"
	Senders   []string       `json:"senders,omitempty"` // besides the group's number: names, 1-11 letters and digits, that cannot be answered
	Templates []TextTemplate `json:"templates,omitempty"`
	Keep      Keep           `json:"keep,omitzero"`
}

// KeepRule is which of a group's messages are deleted when they are old.
type KeepRule string

// The rules. Empty is DefaultKeep, and voice messages stay in their mailboxes.
const (
	KeepHandled KeepRule = "handled" // what waits for nobody, after so many days
	KeepAll     KeepRule = "all"     // everything, after so many days
	KeepNever   KeepRule = "never"   // nothing is deleted by itself
)

// Keep is for how long a group's messages are kept. Days are since a message came, 1-3650; 0 with KeepNever.
type Keep struct {
	Rule KeepRule `json:"rule,omitempty"`
	Days int      `json:"days,omitempty"`
}

// DefaultKeep is how groups without a rule of their own keep all but voice messages.
var DefaultKeep = Keep{Rule: KeepHandled, Days: 400}

// Until is when a message is deleted by itself, as it is now; zero: it is not.
func (k Keep) Until(m Message) time.Time {
	if k.Rule == "" {
		if k = DefaultKeep; m.Kind == phone.GroupVoice {
			return time.Time{}
		}
	}
	if k.Rule == KeepNever || k.Rule == KeepHandled && m.Open() || m.State == phone.TextSending {
		return time.Time{}
	}
	return m.At.AddDate(0, 0, k.Days)
}

// NewKeep changes for how long a group's messages are kept. Seq is that of its Inbox.
type NewKeep struct {
	Seq  Seq  `json:"seq,omitempty"`
	Keep Keep `json:"keep"`
}

// TextTemplate is a text to begin from.
type TextTemplate struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// OutsideNumber reports whether a number is one of the outside world's: the others are telephones of the exchange.
func OutsideNumber(n string) bool {
	return strings.HasPrefix(n, "+") || strings.HasPrefix(n, "0") || len(n) > 8
}

// NewInbox changes which mailboxes and senders a group has. Seq is the one that was seen, 0 when there was none.
type NewInbox struct {
	Seq     Seq      `json:"seq,omitempty"`
	Boxes   []string `json:"boxes,omitempty"`
	Senders []string `json:"senders,omitempty"`
}

// NewTemplates changes a group's templates as one.
type NewTemplates struct {
	Seq       Seq            `json:"seq,omitempty"`
	Templates []TextTemplate `json:"templates"`
}

// NewCallback leaves a number to call back.
type NewCallback struct {
	Number string `json:"number"`
	Name   string `json:"name,omitempty"`
	Text   string `json:"text,omitempty"`
}

// TextIn is a text message that a gateway hands over. With an ID it is taken once, however often it is handed over.
type TextIn struct {
	ID   string `json:"id,omitempty"`
	From string `json:"from"`
	To   string `json:"to,omitempty"` // a token for Everyone leads to the group with this number
	Text string `json:"text"`
}
