package phone

import "time"

// QueueID names a queue: its number at the exchange.
type QueueID string

// Queue is a queue or response group the user answers in.
type Queue struct {
	ID      QueueID   `json:"id"`
	Name    string    `json:"name"`
	Account AccountID `json:"account,omitempty"` // empty for the default account
	Place   int       `json:"place"`
}

// QueueStatus is a queue and how it stands, as far as the exchange tells (features.md G1).
type QueueStatus struct {
	Queue
	Login  ConfirmState `json:"login"`            // On: logged in
	Asked  bool         `json:"asked,omitempty"`  // Asking, Refused: what was asked for
	Reason *Reason      `json:"reason,omitempty"` // Refused: why; else why nothing is told
	// Unconfirmed: On or Off, and no hint tells: the exchange took the code, and may have said no in words.
	Unconfirmed bool `json:"unconfirmed,omitempty"`

	Counted   bool      `json:"counted"` // the numbers below are told
	Waiting   int       `json:"waiting"`
	Available int       `json:"available"`
	LoggedIn  int       `json:"logged_in"`
	Longest   time.Time `json:"longest,omitzero"` // since when the first one waits
	Night     bool      `json:"night,omitempty"`
	Told      time.Time `json:"told,omitzero"` // when the exchange last said something

	// Team is what a team server tells of it besides; nil: none does. It is never changed after it was published.
	Team *QueueTeam `json:"team,omitempty"`
}

// QueueTeam is a queue as the team server has it (features.md G3, G4, G7). While TeamState.Link is not TeamLive, or its
// Source is down, it is as told last: Stale says since when.
type QueueTeam struct {
	Group    TeamGroupID   `json:"group"`
	Rights   TeamRights    `json:"rights"`           // the user's in it
	Number   string        `json:"number,omitempty"` // what to dial
	Source   string        `json:"source"`
	Stale    time.Time     `json:"stale,omitzero"`
	Settings QueueSettings `json:"settings"`
	Today    QueueDay      `json:"today"`
	Members  []QueueMember `json:"members"` // by name
	Callers  []QueueCaller `json:"callers"` // by place
}

// QueueDay is how a queue went since midnight, in the server's time zone. Durations are whole seconds.
type QueueDay struct {
	Answered     int `json:"answered"`
	Lost         int `json:"lost"`
	Redirected   int `json:"redirected"`
	LastWaitS    int `json:"last_wait_s"`
	AverageWaitS int `json:"average_wait_s"`
	LongestWaitS int `json:"longest_wait_s"`
	ServiceLevel int `json:"service_level"` // percent answered in time of those answered or lost; -1: no call yet
	Handled      int `json:"handled"`       // by the user
}

// QueueMember is somebody who answers in a queue. State is how the queue sees their telephone.
type QueueMember struct {
	Phone    string    `json:"phone"` // what the exchange calls; unique in the queue
	Person   TeamName  `json:"person,omitzero"`
	Name     string    `json:"name"` // to be shown: the person's, else the exchange's, else the telephone
	Me       bool      `json:"me,omitempty"`
	LoggedIn bool      `json:"logged_in"`
	Paused   bool      `json:"paused,omitempty"`
	Why      string    `json:"why,omitempty"` // of the pause
	State    LineState `json:"state,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	Skill    int       `json:"skill"` // 1-10, 10 is asked first
	Today    int       `json:"today"` // calls handled
	TalkS    int       `json:"talk_s"`
	LastCall time.Time `json:"last_call,omitzero"`
	Number   string    `json:"number,omitempty"` // to call them
}

// QueueCaller is a call that waits in a queue.
type QueueCaller struct {
	ID     string    `json:"id"`
	From   Party     `json:"from"`
	Place  int       `json:"place"` // 1 is first
	Since  time.Time `json:"since"`
	Rings  []string  `json:"rings,omitempty"`  // names of those at whom it rings now
	Before int       `json:"before,omitempty"` // earlier calls of this number that nobody has taken care of
}

// QueueDistribution is in which order members' telephones ring.
type QueueDistribution string

// The distributions, in the order of menus. An empty one is as the exchange is configured.
const (
	QueueAll         QueueDistribution = "all"
	QueueLongestIdle QueueDistribution = "longest-idle"
	QueueFewest      QueueDistribution = "fewest"
	QueueInOrder     QueueDistribution = "in-order"
	QueueTurns       QueueDistribution = "turns"
	QueueRandom      QueueDistribution = "random"
)

// QueueDistributions is all of them.
var QueueDistributions = []QueueDistribution{QueueAll, QueueLongestIdle, QueueFewest, QueueInOrder, QueueTurns, QueueRandom}

// QueueSettings is what a supervisor can change, saved as one change (features.md G7).
type QueueSettings struct {
	Night        bool              `json:"night,omitempty"`
	NightNumber  string            `json:"night_number,omitempty"`
	Overflow     string            `json:"overflow,omitempty"`   // where calls go that nobody answers; empty: they wait on
	OverflowS    int               `json:"overflow_s,omitempty"` // after so many seconds, 5-3600
	Distribution QueueDistribution `json:"distribution,omitempty"`
	ServiceS     int               `json:"service_level_s,omitempty"` // an answer within so many seconds is in time; 0: as the exchange has it
}
