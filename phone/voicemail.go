package phone

import (
	"context"
	"time"
)

// MailServer is an IMAP mailbox with sound messages (features.md H2). Its password lives in the secret store.
type MailServer struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Address string    `json:"address"` // host[:port]; 993, or 143 with StartTLS
	User    string    `json:"user"`
	Folder  string    `json:"folder,omitempty"` // empty means INBOX
	TLS     MailTLS   `json:"tls,omitempty"`
	CAFile  string    `json:"ca_file,omitempty"`
	Account AccountID `json:"account,omitempty"` // the account whose voicemail it is
}

// MailTLS is how a connection to a mail server is encrypted.
type MailTLS string

// The ways. In clear only when the user says so.
const (
	MailTLSDirect MailTLS = ""
	MailTLSStart  MailTLS = "starttls"
	MailTLSNone   MailTLS = "none"
)

// VoiceMessage is a message in a mailbox.
type VoiceMessage struct {
	ID       string        `json:"id"`  // begins with the box and a /
	Box      string        `json:"box"` // ID of the Mailbox
	From     Party         `json:"from"`
	Received time.Time     `json:"received"`
	Duration time.Duration `json:"duration"` // 0 while unknown; nanoseconds in JSON
	Played   bool          `json:"played"`
	Size     int           `json:"size"`             // bytes of the sound
	Type     string        `json:"type"`             // its media type
	Reason   *Reason       `json:"reason,omitempty"` // why it cannot be played here
}

// VoiceMessageQuery selects messages, newest first.
type VoiceMessageQuery struct {
	Box   string `json:"box,omitempty"`
	New   bool   `json:"new,omitempty"`
	Text  string `json:"text,omitempty"`
	Limit int    `json:"limit,omitempty"` // 0 means 200
}

// Voicemail answers questions about messages. It is read beside the snapshot; a changed VoicemailState.Revision says that
// an answer got before is out of date.
type Voicemail interface {
	VoiceMessages(context.Context, VoiceMessageQuery) ([]VoiceMessage, error)
	// SaveVoiceMessage writes the sound to a file and returns its path; a folder gets a name made from caller and time.
	SaveVoiceMessage(ctx context.Context, id, path string) (string, error)
}

// Greeting is what callers of the user's own mailbox hear (features.md H2).
type Greeting string

// The greetings. GreetingTemporary is heard instead of the others while there is one.
const (
	GreetingUnavailable Greeting = "unavailable"
	GreetingBusy        Greeting = "busy"
	GreetingName        Greeting = "name"
	GreetingTemporary   Greeting = "temporary"
)

// Greetings is all kinds, as they are shown.
var Greetings = []Greeting{GreetingUnavailable, GreetingBusy, GreetingName, GreetingTemporary}

// OwnGreeting is a greeting as it is now. Without Own it is the exchange's.
type OwnGreeting struct {
	Kind   Greeting      `json:"kind"`
	Own    bool          `json:"own"`
	Length time.Duration `json:"length,omitempty"` // 0: not known; nanoseconds in JSON
}

// VoicemailState is what the snapshot tells of mailboxes.
type VoicemailState struct {
	Revision uint64       `json:"revision"`
	Boxes    []Mailbox    `json:"boxes"`
	Servers  []MailServer `json:"servers"`
	// Greetings are those of the mailbox that the team server reaches, one of each kind; none where it reaches none.
	Greetings []OwnGreeting `json:"greetings,omitempty"`
}

// Visual reports whether messages of a mailbox can be listed here.
func (s VoicemailState) Visual() bool {
	for _, b := range s.Boxes {
		if b.Visual {
			return true
		}
	}
	return len(s.Servers) > 0
}

// New is how many messages have not been heard, over all boxes. A box that is told of by exchange and mail server counts
// once, as the mail server tells it.
func (s VoicemailState) New() int {
	n := 0
	visual := map[AccountID]bool{}
	for _, b := range s.Boxes {
		if b.Visual && b.Account != "" {
			visual[b.Account] = true
		}
	}
	for _, b := range s.Boxes {
		if b.Visual || !visual[b.Account] {
			n += b.New
		}
	}
	return n
}
