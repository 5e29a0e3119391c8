package team

import "encoding/json"

// Seq numbers changes. It grows over all kinds and groups of one team; 0 is before everything.
type Seq int64

// Kind is what an Item is.
type Kind string

// The kinds. Data of an Item of KindPerson is a Person, and so on.
const (
	KindPerson   Kind = "person"
	KindGroup    Kind = "group"
	KindQueue    Kind = "queue"    // Queue: how it stands now
	KindMember   Kind = "member"   // Member of a queue
	KindWaiting  Kind = "waiting"  // a call that waits: Waiting
	KindLog      Kind = "log"      // LogEntry
	KindMessage  Kind = "message"  // Message
	KindMeeting  Kind = "meeting"  // Meeting
	KindPresence Kind = "presence" // Presence of a person
	KindSource   Kind = "source"   // SourceStatus
	KindDevice   Kind = "device"   // SignedIn: one's own only
	KindCamp     Kind = "camp"     // Camp
	KindParked   Kind = "parked"   // Parked
	KindSetup    Kind = "setup"    // Setup: one, "setup"
	KindMailbox  Kind = "mailbox"  // Mailbox: one's own only
	KindRouting  Kind = "routing"  // Routing: one's own only
	KindRouted   Kind = "routed"   // Routed: one's own only
)

// Item is one shared thing and when it last changed. The feed carries nothing else.
type Item struct {
	Kind Kind `json:"kind"`
	// ID is unique within Kind.
	ID  string `json:"id"`
	Seq Seq    `json:"seq"`
	// Group is whose it is: who may see it is decided by it. Empty: everybody who is signed in.
	Group GroupID `json:"group,omitempty"`
	// Person narrows it to one person; empty: the group's.
	Person PersonID `json:"person,omitempty"`
	// Gone: it is there no more; Data is empty.
	Gone bool            `json:"gone,omitempty"`
	Data json.RawMessage `json:"data,omitempty"`
}
