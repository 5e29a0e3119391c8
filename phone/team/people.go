package team

import (
	"time"

	"svara/phone"
)

// PersonID names a person of the team; GroupID a group: a department, a queue's agents, or the whole company.
type (
	PersonID string
	GroupID  string
)

// Rights is what somebody may do in a group. Each includes those before it.
type Rights string

// The rights.
const (
	RightsNone       Rights = ""
	RightsUser       Rights = "user"          // sees the group: people, queues, statistics
	RightsAgent      Rights = "agent"         // answers: logs in and out, takes care of the log's calls and messages
	RightsSupervisor Rights = "supervisor"    // others' logins, activities and skill; the group's settings
	RightsAdmin      Rights = "administrator" // people, numbers, tokens; deletes voice messages
)

// Reaches reports whether r includes what is asked for.
func (r Rights) Reaches(asked Rights) bool { return rank(r) >= rank(asked) }

func rank(r Rights) int {
	switch r {
	case RightsUser:
		return 1
	case RightsAgent:
		return 2
	case RightsSupervisor:
		return 3
	case RightsAdmin:
		return 4
	}
	return 0
}

// Person is a colleague. Secrets (password, tokens) are not part of it.
type Person struct {
	ID         PersonID           `json:"id"`
	User       string             `json:"user"` // what they sign in with, unique; folded to lower case
	Name       string             `json:"name"`
	Initials   string             `json:"initials,omitempty"`
	Extension  string             `json:"extension,omitempty"` // their number inside
	Numbers    []phone.Number     `json:"numbers,omitempty"`
	Email      string             `json:"email,omitempty"`
	Mobile     string             `json:"mobile,omitempty"` // E.164; activation codes go there
	Box        string             `json:"box,omitempty"`    // their mailbox at the exchange, "2101@default"
	Title      string             `json:"title,omitempty"`
	Department string             `json:"department,omitempty"`
	Skills     []string           `json:"skills,omitempty"`
	Language   string             `json:"language,omitempty"` // "sv", "en": of letters and pages
	Groups     map[GroupID]Rights `json:"groups,omitempty"`
	Disabled   bool               `json:"disabled,omitempty"` // may not sign in
}

// Group is people who share.
type Group struct {
	ID     GroupID `json:"id"`
	Name   string  `json:"name"`
	Number string  `json:"number,omitempty"` // shown as sender of its messages and calls
	Place  int     `json:"place,omitempty"`
}

// Presence is what somebody does, as the team knows it, and their lamp as the exchange tells it (features.md F1, I6).
type Presence struct {
	Person   PersonID        `json:"person"`
	Activity phone.Activity  `json:"activity"`
	Note     string          `json:"note,omitempty"`
	Line     phone.LineState `json:"line,omitempty"` // empty while no source tells
	Since    time.Time       `json:"since,omitzero"` // of Line
	SetBy    PersonID        `json:"set_by,omitempty"`
}

// SignedIn is a desktop or mobile that holds a token.
type SignedIn struct {
	ID      string    `json:"id"`
	Person  PersonID  `json:"person"`
	Name    string    `json:"name"` // what it calls itself: "Reception PC"
	Agent   string    `json:"agent,omitempty"`
	Since   time.Time `json:"since"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	This    bool      `json:"this,omitempty"` // the one that asks
}
