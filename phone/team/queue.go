package team

import (
	"time"

	"svara/phone"
)

// Distribution is in which order members' telephones ring.
type Distribution string

// The distributions. Asterisk's names are in phone/team/ami.
const (
	DistributionAll         Distribution = "all"          // all at once
	DistributionLongestIdle Distribution = "longest-idle" // who has had no call for longest
	DistributionFewest      Distribution = "fewest"       // who has had fewest calls
	DistributionInOrder     Distribution = "in-order"     // the first free in the list
	DistributionTurns       Distribution = "turns"        // each after the other
	DistributionRandom      Distribution = "random"
)

// QueueSettings is what a supervisor can change, as one change (features.md G7).
type QueueSettings struct {
	Night        bool         `json:"night,omitempty"` // closed: callers go to NightNumber
	NightNumber  string       `json:"night_number,omitempty"`
	Overflow     string       `json:"overflow,omitempty"`        // where calls go that nobody answers; empty: they wait on
	OverflowS    int          `json:"overflow_s,omitempty"`      // after so many seconds, 5-3600
	Distribution Distribution `json:"distribution,omitempty"`    // empty: as the exchange is configured
	ServiceS     int          `json:"service_level_s,omitempty"` // an answer within so many seconds is in time; 0: the exchange's, or 20
}

// Queue is a queue as it stands now, and how it went today (features.md G1, G4). Durations are whole seconds.
type Queue struct {
	ID       phone.QueueID `json:"id"` // its number or name at the exchange
	Name     string        `json:"name"`
	Number   string        `json:"number,omitempty"` // what to dial
	Group    GroupID       `json:"group"`
	Source   string        `json:"source"` // ID of its SourceStatus; while that is down the rest is as last told
	Settings QueueSettings `json:"settings"`

	Waiting   int       `json:"waiting"`
	Longest   time.Time `json:"longest,omitzero"` // since when the first one waits
	LoggedIn  int       `json:"logged_in"`
	Available int       `json:"available"` // logged in, not paused, not in a call

	// Of today, since midnight in the server's time zone.
	Answered     int `json:"answered"`
	Lost         int `json:"lost"`       // gave up waiting
	Redirected   int `json:"redirected"` // went elsewhere: overflow, night, transfer before an answer
	InTime       int `json:"in_time"`    // answered within ServiceS
	LastWaitS    int `json:"last_wait_s"`
	AverageWaitS int `json:"average_wait_s"` // of answered calls
	LongestWaitS int `json:"longest_wait_s"`
}

// ServiceLevel is the share of calls answered in time, 0-100, of those answered or lost; -1 while there was none.
func (q Queue) ServiceLevel() int {
	if q.Answered+q.Lost == 0 {
		return -1
	}
	return (100*q.InTime + (q.Answered+q.Lost)/2) / (q.Answered + q.Lost)
}

// MemberState is how a queue sees a member's telephone.
type MemberState string

// The states.
const (
	MemberUnknown MemberState = ""
	MemberIdle    MemberState = "idle"
	MemberRinging MemberState = "ringing"
	MemberInCall  MemberState = "in-call"
	MemberOnHold  MemberState = "on-hold"
	MemberOffline MemberState = "offline" // their telephone is not registered
)

// Member is somebody who answers in a queue (features.md G3). The ID of its item is "queue/phone".
type Member struct {
	Queue    phone.QueueID `json:"queue"`
	Person   PersonID      `json:"person,omitempty"` // empty when no person of the team has this telephone
	Phone    string        `json:"phone"`            // what the exchange calls: "PJSIP/2101", or a number
	Name     string        `json:"name,omitempty"`
	LoggedIn bool          `json:"logged_in"`
	Paused   bool          `json:"paused,omitempty"`
	Why      string        `json:"why,omitempty"` // of the pause, as the exchange has it
	State    MemberState   `json:"state,omitempty"`
	Since    time.Time     `json:"since,omitzero"` // of State
	Skill    int           `json:"skill"`          // 1-10, 10 is asked first; exchanges with penalties have 10 - penalty
	LastCall time.Time     `json:"last_call,omitzero"`
	Today    int           `json:"today"` // calls handled today
	TalkS    int           `json:"talk_s"`
}

// Waiting is a call that waits in a queue. The ID of its item is the exchange's for the call.
type Waiting struct {
	Queue  phone.QueueID `json:"queue"`
	From   phone.Party   `json:"from"`
	Place  int           `json:"place"` // 1 is first
	Since  time.Time     `json:"since"`
	Rings  []PersonID    `json:"rings,omitempty"` // at whom it rings now
	LogID  string        `json:"log,omitempty"`
	Before int           `json:"before,omitempty"` // earlier calls of this number with an open log entry
}

// Parked is a call that somebody has parked at the exchange and anybody may fetch by dialling its slot. The ID of its item is
// "source/slot".
type Parked struct {
	Source string      `json:"source"`
	Slot   string      `json:"slot"`
	From   phone.Party `json:"from"`
	By     PersonID    `json:"by,omitempty"` // who parked it
	Since  time.Time   `json:"since"`
}

// SourceStatus is an exchange as the server sees it.
type SourceStatus struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Up     bool          `json:"up"`
	Since  time.Time     `json:"since"`
	Reason *phone.Reason `json:"reason,omitempty"` // why it is down
}

// CampState is what is done with a call that waits for a busy colleague.
type CampState string

// The states.
const (
	CampWaiting  CampState = "waiting"
	CampFetched  CampState = "fetched"  // somebody talks to the caller; their place is kept, others may go first
	CampOffering CampState = "offering" // the colleague is being called for it
)

// Camp is a held call that waits for a busy colleague, so that operators see one order (features.md E7).
type Camp struct {
	ID     string      `json:"id"`
	Group  GroupID     `json:"group"`  // who see it
	Target string      `json:"target"` // the colleague's number
	By     PersonID    `json:"by"`
	From   phone.Party `json:"from"`
	State  CampState   `json:"state"`
	Since  time.Time   `json:"since"`
	Until  time.Time   `json:"until"` // it is gone then, unless the telephone that has it says again that it is there
	// Place of Of at the target, over all groups: 1 has waited longest.
	Place int `json:"place"`
	Of    int `json:"of"`
	// Turn: this one gets the colleague when they are free. One camp at a target has it.
	Turn bool `json:"turn,omitempty"`
	// Ahead is whose call gets the colleague before this one, in whichever group; empty: nobody's.
	Ahead PersonID `json:"ahead,omitempty"`
}
