package team

import (
	"time"

	"svara/phone"
)

// Meeting is a scheduled conference call (features.md J2). As an Item it is told to each person that it concerns: to its
// owner under its ID, to each colleague who is invited under "ID/person".
type Meeting struct {
	ID      string       `json:"id"`
	Rev     Seq          `json:"rev"` // grows with each change by its owner; SEQUENCE of the invitation (RFC 5546 2.1.4) is one less
	Title   string       `json:"title"`
	Info    string       `json:"info,omitempty"`
	Start   time.Time    `json:"start"`              // of the first occasion
	LengthM int          `json:"length_m"`           // minutes, 5-1440
	Zone    string       `json:"zone"`               // IANA time zone it repeats in
	Repeat  phone.Repeat `json:"repeat,omitempty"`   // never, daily, weekly on the first one's weekday, monthly
	Every   int          `json:"every,omitempty"`    // of RepeatWeekly: 2 is every other week
	RemindM int          `json:"remind_m,omitempty"` // minutes before each occasion, at most a week; 0: none
	Invited []Invited    `json:"invited,omitempty"`
	Owner   PersonID     `json:"owner"`
	Number  string       `json:"number,omitempty"` // what to dial; empty: the server knows no conference
	Code    string       `json:"code,omitempty"`   // the meeting's id, dialled after the number has answered
	Failed  []string     `json:"failed,omitempty"` // whom an invitation did not reach, as they are named; told to the owner only
	// Canceled ones are told for a week, so that who was invited is told.
	Canceled time.Time `json:"canceled,omitzero"`
}

// Invited is somebody who is invited: a colleague, who is reached as their person says, or an address or number.
type Invited struct {
	Person PersonID `json:"person,omitempty"`
	Name   string   `json:"name,omitempty"`
	Email  string   `json:"email,omitempty"`  // gets an iCalendar invitation (RFC 5545, 5546)
	Number string   `json:"number,omitempty"` // gets a text message
}

// NewMeeting is a meeting to be made or changed. Rev is the one that was seen; 0 makes a new one. Owner, Number, Code, Failed
// and Canceled are the server's to say and are passed over.
type NewMeeting struct {
	Rev     Seq     `json:"rev,omitempty"`
	Meeting Meeting `json:"meeting"`
}

// CancelMeeting says which state of it was seen.
type CancelMeeting struct {
	Rev Seq `json:"rev"`
}

// MeetingView is a meeting and when it comes next.
type MeetingView struct {
	Meeting Meeting   `json:"meeting"`
	Next    time.Time `json:"next"` // the next or present occasion
	Ends    time.Time `json:"ends"`
}

// Phone is the meeting as the phone's words have it, for its schedule.
func (m Meeting) Phone() phone.Meeting {
	out := phone.Meeting{
		ID: m.ID, Seq: int64(m.Rev), Title: m.Title, Info: m.Info, Start: m.Start, LengthM: m.LengthM, Zone: m.Zone, Repeat: m.Repeat, Every: m.Every,
		RemindM: m.RemindM, By: phone.TeamName{ID: phone.TeamPersonID(m.Owner)}, Number: m.Number, Code: m.Code, Failed: m.Failed, Canceled: !m.Canceled.IsZero(),
	}
	for _, i := range m.Invited {
		out.Invited = append(out.Invited, phone.MeetingInvite{Name: i.Name, Person: phone.TeamPersonID(i.Person), Email: i.Email, Number: i.Number})
	}
	return out
}
