package team

// Mailbox is somebody's voice messages at the exchange, newest first, as the server that has the exchange's spool finds
// them. Its item has the person's ID. VoiceMessage.ID is the server's own name of a message.
type Mailbox struct {
	Person   PersonID       `json:"person"`
	Box      string         `json:"box"`
	New      int            `json:"new"`
	Old      int            `json:"old"`
	Messages []VoiceMessage `json:"messages"` // the newest MaxMailbox
	// Greetings are those that callers hear instead of the exchange's own.
	Greetings []GreetingTold `json:"greetings,omitempty"`
}

// MaxMailbox is how many messages of a mailbox are told.
const MaxMailbox = 200

// VoiceChange moves a message to the new ones or the old.
type VoiceChange struct {
	Old bool `json:"old"`
}

// BoxGreetings is what callers of one of a group's mailboxes hear; what is not among the greetings is the exchange's own.
type BoxGreetings struct {
	Box       string         `json:"box"`
	Greetings []GreetingTold `json:"greetings"`
}
