package phone

import (
	"context"
	"time"
)

// MeetingInvite is how somebody is invited.
type MeetingInvite struct {
	Name   string       `json:"name,omitempty"`
	Person TeamPersonID `json:"person,omitempty"` // a colleague
	Email  string       `json:"email,omitempty"`  // gets an iCalendar invitation (RFC 5545, 5546)
	Number string       `json:"number,omitempty"` // gets a text message
}

// Meeting is a scheduled conference call (features.md J2).
type Meeting struct {
	ID       string          `json:"id"`
	Seq      int64           `json:"seq"`
	Title    string          `json:"title"`
	Info     string          `json:"info,omitempty"`
	Start    time.Time       `json:"start"`              // of the first occasion
	LengthM  int             `json:"length_m"`           // minutes, 5-1440
	Zone     string          `json:"zone"`               // IANA time zone it repeats in
	Repeat   Repeat          `json:"repeat,omitempty"`   // never, daily, weekly on the first one's weekday, monthly
	Every    int             `json:"every,omitempty"`    // of RepeatWeekly: 2 is every other week
	RemindM  int             `json:"remind_m,omitempty"` // minutes before; 0: none
	Invited  []MeetingInvite `json:"invited,omitempty"`
	By       TeamName        `json:"by"`
	Number   string          `json:"number"`           // what to dial
	Code     string          `json:"code"`             // the meeting's id, dialled after the number has answered
	Next     time.Time       `json:"next,omitzero"`    // the next or present occasion; zero: over
	Own      bool            `json:"own,omitempty"`    // the user may change and cancel it
	Failed   []string        `json:"failed,omitempty"` // whom the invitation did not reach
	Canceled bool            `json:"canceled,omitempty"`
}

// Meetings answers which meetings the user has made or is invited to, those to come first.
type Meetings interface {
	Meetings(context.Context) ([]Meeting, error)
}

// MeetingState is what the snapshot tells of meetings.
type MeetingState struct {
	Revision uint64   `json:"revision"`
	Next     *Meeting `json:"next,omitempty"` // the next or present one
	// Upcoming is those to come, soonest first; not in JSON, where they are asked for (Meetings).
	Upcoming []Meeting `json:"-"`
}
