package phone

import (
	"context"
	"slices"
	"time"
)

// Phone is what every guest gets: the window, svaractl, the tests.
type Phone interface {
	// Do refuses a command at once (unknown call, wrong state, not permitted) with an *Error, or accepts it. It returns
	// the call that the command made or acted on, or 0.
	Do(Command) (CallID, error)
	// Snapshot is what is true now: never nil, never changed after.
	Snapshot() *Snapshot
	// Subscribe starts with the current snapshot, with no gap to what follows. It ends with the context.
	Subscribe(context.Context) Subscription
}

// Subscription hands out what happens. One goroutine may use it.
type Subscription interface {
	// Next waits for something new. Snapshots are newest-wins; events are ordered and never merged. The error is the
	// context's, or ErrClosed when the phone has stopped.
	Next(context.Context) (Update, error)
}

// Update is what is new since the last one. At least one of its fields is set.
type Update struct {
	Snapshot *Snapshot // the newest, nil when it has not changed
	Events   []Event   // in order
	Lost     int       // events dropped because this guest was more than 4096 behind; the snapshot is still whole
}

// Snapshot is everything that is true at one moment. Nobody changes it after it was published.
type Snapshot struct {
	Seq      uint64          `json:"seq"`
	Time     time.Time       `json:"time"`
	Accounts []AccountStatus `json:"accounts"`
	Calls    []Call          `json:"calls"`  // by ID; ended ones stay for a few seconds
	Active   CallID          `json:"active"` // the call keys and digits go to: connected and not held, else the newest outgoing
	Audio    AudioStatus     `json:"audio"`
	Settings Settings        `json:"settings"`
	History  HistoryState    `json:"history"`
	Faults   []Reason        `json:"faults"` // what is wrong and stays so until mended or dismissed

	Next       CallID       `json:"next,omitempty"` // the call to go on with when none is active: the longest ringing, else the longest held
	Conference *Conference  `json:"conference,omitempty"`
	Elsewhere  []RemoteCall `json:"elsewhere,omitempty"` // our calls on other devices
	Parked     []Parked     `json:"parked,omitempty"`    // oldest first
	Camped     []CampedCall `json:"camped,omitempty"`    // others' calls that wait for a busy colleague, as the team server tells; who has waited longest first
	Lines      []Line       `json:"lines,omitempty"`     // the lines being watched, by account and number
	Inbox      InboxState   `json:"inbox"`
	Playing    *Playing     `json:"playing,omitempty"`
	Dialects   []Dialect    `json:"dialects,omitempty"` // those an account can have, by ID

	People    PeopleState     `json:"people"`
	Me        Me              `json:"me"`
	Forwards  []Forward       `json:"forwards,omitempty"` // by account and kind; those the exchange has a way for
	Profiles  []Profile       `json:"profiles,omitempty"` // that the user has named, by number
	Profile   []ProfileStatus `json:"profile,omitempty"`  // by account
	Roles     Roles           `json:"roles"`
	Queues    []QueueStatus   `json:"queues,omitempty"`  // in order
	Lookups   []Lookup        `json:"lookups,omitempty"` // in order
	Templates []Template      `json:"templates,omitempty"`
	Voicemail VoicemailState  `json:"voicemail"`
	SoundTest *SoundTest      `json:"sound_test,omitempty"`
	Texts     TextsState      `json:"texts"`
	Team      TeamState       `json:"team"`
}

// Dialect is an exchange the phone knows, for choosing one.
type Dialect struct {
	ID   string `json:"id"`
	Name string `json:"name"` // a product name, the same in all languages
}

// AccountStatus is an account and how it stands.
type AccountStatus struct {
	Account
	Registration
	Features []Feature `json:"features"` // what its dialect knows how to ask for, sorted
}

// Can reports whether the account's exchange has a feature.
func (a AccountStatus) Can(f Feature) bool { return slices.Contains(a.Features, f) }

// LineOf finds the line of a number, or nil. Lines of the default account go before those of others.
func (s *Snapshot) LineOf(number string) *Line {
	var found *Line
	for i := range s.Lines {
		l := &s.Lines[i]
		if l.Number != number {
			continue
		}
		if a := s.DefaultAccount(); found == nil || a != nil && l.Account == a.ID {
			found = l
		}
	}
	return found
}

// QueuesOf is the queues that the one with a number is logged in to, of those whose agents the exchange or the team server
// tells now.
func (s *Snapshot) QueuesOf(number string) []QueueStatus {
	if number == "" {
		return nil
	}
	var out []QueueStatus
	for _, q := range s.Queues {
		if t := q.Team; t != nil && t.Stale.IsZero() {
			if slices.ContainsFunc(t.Members, func(m QueueMember) bool { return m.LoggedIn && m.Number == number }) {
				out = append(out, q)
			}
			continue
		}
		l := s.LineOf(string(q.ID))
		if l == nil || l.Presence == nil || l.Stale || !s.hears(l.Account) {
			continue
		}
		if slices.ContainsFunc(l.Presence.Agents, func(a AgentState) bool { return a.ID == number }) {
			out = append(out, q)
		}
	}
	return out
}

// hears reports whether what an account's exchange says can be trusted now.
func (s *Snapshot) hears(id AccountID) bool {
	for _, a := range s.Accounts {
		if a.ID == id {
			return a.State == RegistrationRegistered || a.State == RegistrationRegistering
		}
	}
	return true
}

// Call finds a call, or nil.
func (s *Snapshot) Call(id CallID) *Call {
	for i := range s.Calls {
		if s.Calls[i].ID == id {
			return &s.Calls[i]
		}
	}
	return nil
}

// Ringing is the incoming calls not yet answered, longest waiting first.
func (s *Snapshot) Ringing() []Call {
	var out []Call
	for _, c := range s.Calls {
		if c.State == StateIncoming {
			out = append(out, c)
		}
	}
	return out
}

// DefaultAccount is the account calls go out on when none is named, or nil when there is none.
func (s *Snapshot) DefaultAccount() *AccountStatus {
	for i := range s.Accounts {
		if s.Accounts[i].Default {
			return &s.Accounts[i]
		}
	}
	if len(s.Accounts) > 0 {
		return &s.Accounts[0]
	}
	return nil
}

// Device is a sound device as a person knows it.
type Device struct {
	ID      string `json:"id"`   // stable over restarts; what settings store
	Name    string `json:"name"` // what the system calls it
	Input   bool   `json:"input"`
	Output  bool   `json:"output"`
	Default bool   `json:"default"` // the system's own choice
	Muted   bool   `json:"muted"`   // a microphone that is turned off in the system itself, where that can be known
}

// AudioStatus is the sound devices and which of them are in use.
type AudioStatus struct {
	Devices []Device `json:"devices"`
	Input   string   `json:"input"`  // ID in use; empty while none is open
	Output  string   `json:"output"` // ID in use
	Ring    string   `json:"ring"`   // ID in use

	Cleaning Cleaning `json:"cleaning"`
}

// Cleaning is what is done to the microphone before anybody hears it.
type Cleaning struct {
	Library   string  `json:"library"` // what does it; empty: nothing in this build can
	Room      bool    `json:"room"`    // speaker and microphone are real; with files and the like nothing is done
	Running   bool    `json:"running"` // it is being done now
	Echo      bool    `json:"echo"`    // what is switched on: see the settings of these names
	Noise     string  `json:"noise"`
	AutoLevel bool    `json:"auto_level"`
	HighPass  bool    `json:"high_pass"`
	ERLE      float64 `json:"erle_db"`  // by how much the echo of the speaker is brought down, 0 while not known
	DelayMS   int     `json:"delay_ms"` // from the speaker to its echo, -1 while not known
}

// EventKind is what sort of thing happened.
type EventKind string

// The events.
const (
	EventCallAdded    EventKind = "call.added"
	EventCallState    EventKind = "call.state"
	EventCallHold     EventKind = "call.hold"
	EventCallMuted    EventKind = "call.muted"
	EventCallDTMF     EventKind = "call.dtmf" // digits received
	EventCallWarning  EventKind = "call.warning"
	EventDiagnosis    EventKind = "call.diagnosis" // State is a SoundCause, empty when it is mended; Value the SoundLeg
	EventCallEnded    EventKind = "call.ended"
	EventRegistration EventKind = "registration"
	EventDevices      EventKind = "devices"
	EventFault        EventKind = "fault"
	EventHistory      EventKind = "history"
	EventSetting      EventKind = "setting"
	EventTransfer     EventKind = "call.transfer"  // State is a TransferState
	EventCamp         EventKind = "call.camp"      // State: waiting, offering, reminder, fetched, over
	EventAsked        EventKind = "call.asked"     // the other side asks us to call Remote
	EventRecording    EventKind = "call.recording" // State: on, off
	EventConference   EventKind = "conference"     // State: began, joined, left, ended, aside, back
	EventElsewhere    EventKind = "elsewhere"
	EventParked       EventKind = "parked" // Value is the slot; State: parked, gone
	EventLine         EventKind = "line"   // Value is the number, State a LineState
	EventInbox        EventKind = "inbox"
	EventPeople       EventKind = "people"    // contacts changed
	EventBook         EventKind = "book"      // Value is the BookID, State a BookState
	EventActivity     EventKind = "activity"  // Value is the ActivityKind; State: set, planned, ended
	EventForward      EventKind = "forward"   // Value is the ForwardKind, State a ConfirmState
	EventProfile      EventKind = "profile"   // Value is the profile's number, State a ConfirmState
	EventRole         EventKind = "role"      // Value is the RoleID
	EventQueue        EventKind = "queue"     // Value is the QueueID, State a ConfirmState or empty
	EventVoicemail    EventKind = "voicemail" // Value is the mailbox; State: new, changed
	EventMessage      EventKind = "message"   // Value is the number, Key a Text's; State: sent, failed, received (then Remote tells of whom)
	EventMailed       EventKind = "mailed"    // Value is a Recording's ID, Key the mail server's; State: sending, sent, failed
	EventTeam         EventKind = "team"      // State a TeamLink; or done, refused of the TeamChange whose ID is Key, Value is what it is about
	EventGroup        EventKind = "group"     // something new for the user's groups: Key is its ID, Value the group; State: missed, message
	EventMeeting      EventKind = "meeting"   // Key is the meeting's ID; State: reminder, invited, changed, canceled
	EventLookup       EventKind = "lookup"    // a Lookup with OnRing is to be opened; Key is its ID, Value the address
)

// Event is something that happened once. Which fields are set follows from Kind.
type Event struct {
	Seq     uint64    `json:"seq"`
	Time    time.Time `json:"time"`
	Kind    EventKind `json:"event"`
	Call    CallID    `json:"call,omitempty"`
	Account AccountID `json:"account,omitempty"`
	State   string    `json:"state,omitempty"` // call, hold or registration state
	Reason  *Reason   `json:"reason,omitempty"`
	Remote  *Party    `json:"remote,omitempty"`
	Value   string    `json:"value,omitempty"` // setting value, digits received, device ID
	Key     string    `json:"key,omitempty"`   // setting key
}

// Levels are meter readings in dBFS (0 is full scale, -100 is silence), peak over about the last 50 ms.
type Levels struct {
	Microphone float64 `json:"microphone"`
	Speaker    float64 `json:"speaker"`
	Clipping   bool    `json:"clipping,omitempty"` // the microphone is cut off at full scale before anything is done to it
	// Parties is what each member of the conference says; nil while there is none.
	Parties map[CallID]float64 `json:"parties,omitempty"`
}

// Meter reads levels without asking the engine: they are sampled atomics.
type Meter interface{ Levels() Levels }
