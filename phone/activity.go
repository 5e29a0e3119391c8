package phone

import "time"

// Activity is what the user does now.
type Activity struct {
	Kind   ActivityKind `json:"kind"`
	Name   string       `json:"name,omitempty"`   // the user's own word; empty for the kind's
	Rings  bool         `json:"rings"`            // calls ring here
	Divert string       `json:"divert,omitempty"` // calls go to this number meanwhile
	Since  time.Time    `json:"since"`
	Until  time.Time    `json:"until,omitzero"` // zero: until changed
	From   string       `json:"from,omitempty"` // "shortcut:ID", "plan:ID"; empty when chosen by hand
}

// LengthKind is how long something lasts, as people say it.
type LengthKind string

// The lengths. RestOfDay and NextWorkingDay need WorkingHours (features.md F9).
const (
	LengthMinutes        LengthKind = "minutes"
	LengthRestOfDay      LengthKind = "rest-of-day"      // until today's working hours end
	LengthNextWorkingDay LengthKind = "next-working-day" // until the next working day begins
	LengthUntilChanged   LengthKind = "until-changed"
)

// Length is how long something lasts. The zero value is until changed.
type Length struct {
	Kind    LengthKind `json:"kind,omitempty"`
	Minutes int        `json:"minutes,omitempty"` // of LengthMinutes
}

// DivertChoice is where calls go during an activity (features.md F3).
type DivertChoice string

// The choices. DivertLinked is the number of the activity's Link, if it has one.
const (
	DivertLinked DivertChoice = ""
	DivertIgnore DivertChoice = "ignore" // nowhere, whatever the link says
	DivertNumber DivertChoice = "number" // a number of its own
)

// Shortcut is an activity with its length, ready to be chosen (features.md F2, F3).
type Shortcut struct {
	ID     string       `json:"id"`
	Name   string       `json:"name,omitempty"` // empty: made from kind and length, in the user's language
	Kind   ActivityKind `json:"kind"`
	Rings  *bool        `json:"rings,omitempty"` // nil: as the kind does
	Length Length       `json:"length"`
	Divert DivertChoice `json:"divert,omitempty"`
	Number string       `json:"number,omitempty"` // of DivertNumber
	Icon   string       `json:"icon,omitempty"`   // empty: the kind's
	Place  int          `json:"place"`            // order in menus
}

// Repeat is how a plan comes again: a part of RFC 5545 RRULE.
type Repeat string

// The repeats. Monthly and yearly come on the day of From; a month without that day is skipped (RFC 5545 3.3.10).
const (
	RepeatNever   Repeat = ""
	RepeatDaily   Repeat = "daily"
	RepeatWeekly  Repeat = "weekly" // on Days
	RepeatMonthly Repeat = "monthly"
	RepeatYearly  Repeat = "yearly"
)

// Plan is a future activity (features.md F5). From and To are wall-clock times in Zone: "2026-11-23T11:30". A time that the
// clock skips is as much later as it skips; one that comes twice is the first (RFC 5545 3.3.5).
type Plan struct {
	ID     string         `json:"id"`
	Name   string         `json:"name,omitempty"`
	Kind   ActivityKind   `json:"kind"`
	Role   RoleID         `json:"role,omitempty"` // whose number is shown meanwhile
	Note   string         `json:"note,omitempty"` // the note that colleagues see meanwhile
	Rings  *bool          `json:"rings,omitempty"`
	Divert DivertChoice   `json:"divert,omitempty"`
	Number string         `json:"number,omitempty"`
	From   string         `json:"from"` // 2006-01-02T15:04
	To     string         `json:"to"`
	Zone   string         `json:"zone,omitempty"` // IANA name; empty for the computer's
	Repeat Repeat         `json:"repeat,omitempty"`
	Days   []time.Weekday `json:"days,omitempty"`  // of RepeatWeekly; 0 is Sunday
	Until  string         `json:"until,omitempty"` // last day it begins on, 2006-01-02; empty for never
	Off    bool           `json:"off,omitempty"`   // kept, but not applied
}

// PlanTime is the form of Plan.From and Plan.To.
const PlanTime = "2006-01-02T15:04"

// Planned is a plan and when it comes next.
type Planned struct {
	Plan
	Next  time.Time `json:"next,omitzero"`   // zero: not again
	Ends  time.Time `json:"ends,omitzero"`   // of that occurrence
	Clash string    `json:"clash,omitempty"` // the ID of a plan that overlaps it; the later beginning wins
}

// WorkingHours is when the user works (features.md F9). A day without spans is free.
type WorkingHours struct {
	Zone string                      `json:"zone,omitempty"`
	Days map[time.Weekday][]HourSpan `json:"days,omitempty"`
}

// HourSpan is a part of a day, in minutes after midnight of the wall clock.
type HourSpan struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Set reports whether any hours are known.
func (w WorkingHours) Set() bool {
	for _, spans := range w.Days {
		if len(spans) > 0 {
			return true
		}
	}
	return false
}

// Link sends calls to a number while an activity is on (features.md F6).
type Link struct {
	Kind   ActivityKind `json:"kind"`
	Number string       `json:"number"`
}

// ConfirmState is how something that an exchange has to do stands: it is on or off when the exchange has said so.
type ConfirmState string

// The states.
const (
	ConfirmUnknown ConfirmState = "unknown" // never asked
	ConfirmAsking  ConfirmState = "asking"
	ConfirmOn      ConfirmState = "on"
	ConfirmOff     ConfirmState = "off"
	ConfirmRefused ConfirmState = "refused" // Reason tells; what was so before is so still
)

// Published is how an exchange took what we told of ourselves (RFC 3903).
type Published struct {
	Account AccountID    `json:"account"`
	State   ConfirmState `json:"state"`
	Reason  *Reason      `json:"reason,omitempty"`
}

// Me is what the user says of themselves, and their plans for it.
type Me struct {
	Activity  Activity     `json:"activity"`
	Note      string       `json:"note,omitempty"` // colleagues see it
	Shortcuts []Shortcut   `json:"shortcuts"`      // in order
	Plans     []Planned    `json:"plans"`          // soonest first
	Hours     WorkingHours `json:"hours"`
	Links     []Link       `json:"links"`
	Published []Published  `json:"published"` // by account
}

// ForwardKind is which calls a forwarding is for.
type ForwardKind string

// The kinds (features.md F7).
const (
	ForwardAll      ForwardKind = "all"
	ForwardNoAnswer ForwardKind = "noanswer"
	ForwardBusy     ForwardKind = "busy"
)

// Forward is a forwarding in an exchange.
type Forward struct {
	Account AccountID    `json:"account"`
	Kind    ForwardKind  `json:"kind"`
	State   ConfirmState `json:"state"`
	Number  string       `json:"number,omitempty"` // On: where to, as confirmed
	Asked   string       `json:"asked,omitempty"`  // Asking, Refused: what was asked for; empty for off
	Since   time.Time    `json:"since,omitzero"`
	Reason  *Reason      `json:"reason,omitempty"`

	Unconfirmed bool `json:"unconfirmed,omitempty"` // On, Off: the exchange took the code, and may have said no in words
}

// Profile is a profile of the exchange that can be turned on by its number (features.md F8).
type Profile struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

// ProfileStatus is which profile is on in an exchange, as far as this phone knows.
type ProfileStatus struct {
	Account AccountID    `json:"account"`
	State   ConfirmState `json:"state"`
	Number  string       `json:"number,omitempty"` // On
	Until   time.Time    `json:"until,omitzero"`   // On: zero for until changed or the profile's own time
	Asked   string       `json:"asked,omitempty"`  // Asking, Refused: the profile asked for; empty for off
	Since   time.Time    `json:"since,omitzero"`
	Reason  *Reason      `json:"reason,omitempty"`

	Unconfirmed bool `json:"unconfirmed,omitempty"` // as of a Forward
}
