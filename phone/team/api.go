package team

import (
	"time"

	"svara/phone"
)

// Everyone is the group of the whole company. It is always there; rights in it are rights in every group.
const Everyone GroupID = "all"

// In is what a person may do in a group: their rights there or in Everyone, whichever reaches further.
func (p Person) In(g GroupID) Rights {
	all, here := p.Groups[Everyone], p.Groups[g]
	if all.Reaches(here) {
		return all
	}
	return here
}

// Scope is what a token may be used for, at most: its owner's rights still decide.
type Scope string

// The scopes.
const (
	ScopeAll  Scope = "all"
	ScopeRead Scope = "read" // changes nothing
)

// About is what anybody may know before they sign in.
type About struct {
	Name     string       `json:"name"`
	Version  string       `json:"version"`
	Password PasswordRule `json:"password"`
	Forgot   string       `json:"forgot,omitempty"` // who has forgotten the password goes here: a URL, or whom to ask
	Time     time.Time    `json:"time"`
}

// PasswordRule is what a new password must be (features.md A3), shown before it is sent.
type PasswordRule struct {
	Min   int  `json:"min"` // characters
	Digit bool `json:"digit,omitempty"`
	Upper bool `json:"upper,omitempty"` // a capital letter
}

// SignIn asks for a token. Device is what the desktop calls itself.
type SignIn struct {
	User     string `json:"user"`
	Password string `json:"password"`
	Device   string `json:"device"`
}

// Redeem sets the password of whom a one-time link was made for, and signs them in.
type Redeem struct {
	Code     string `json:"code"`
	Password string `json:"password"`
	Device   string `json:"device"`
}

// Token is a secret that opens the server; it is told once. Requests carry it as "Authorization: Bearer …".
type Token struct {
	Token  string   `json:"token"`
	Device SignedIn `json:"device"`
}

// Me is who asks.
type Me struct {
	Person Person   `json:"person"`
	Device SignedIn `json:"device"`
}

// PasswordChange changes one's own password; all one's other devices are signed out.
type PasswordChange struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// NewPerson is a person to be made or changed. Seq is the one that was seen; 0 makes a new one. Groups are left as they
// are; MemberRights changes them.
type NewPerson struct {
	Seq    Seq    `json:"seq,omitempty"`
	Person Person `json:"person"`
}

// NewGroup is a group to be made or changed.
type NewGroup struct {
	Seq   Seq   `json:"seq,omitempty"`
	Group Group `json:"group"`
}

// MemberRights is what somebody may do in a group; RightsNone takes them out of it.
type MemberRights struct {
	Rights Rights `json:"rights"`
}

// Link is a page that works once, for whom it was made: who opens it sets a password.
type Link struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires"`
}

// NewToken asks for a token for a program.
type NewToken struct {
	Name  string `json:"name"`
	Scope Scope  `json:"scope"`
	Days  int    `json:"days"` // 1-3650
	// Group is whose door a token of ScopeCallback or ScopeTexts opens.
	Group GroupID `json:"group,omitempty"`
}

// Done is the answer to a change: the sequence it got. 0: there was nothing to change.
type Done struct {
	Seq Seq `json:"seq"`
}

// QueueView is a queue with what belongs to it. Members are in order of name, Waiting in order of place.
type QueueView struct {
	Queue   Versioned[Queue]     `json:"queue"`
	Members []Versioned[Member]  `json:"members"`
	Waiting []Versioned[Waiting] `json:"waiting"`
}

// QueueChange changes a queue's settings as one (features.md G7). Was is the settings that were seen: when somebody has
// changed them since the change is refused. A queue's sequence would not do, it changes with each call.
type QueueChange struct {
	Was      QueueSettings `json:"was"`
	Settings QueueSettings `json:"settings"`
}

// QueuePlace puts a queue in a group.
type QueuePlace struct {
	Group GroupID `json:"group"`
}

// MemberChange logs somebody in or out, pauses them, or sets their skill; nil fields stay as they are.
type MemberChange struct {
	LoggedIn *bool  `json:"logged_in,omitempty"`
	Paused   *bool  `json:"paused,omitempty"`
	Why      string `json:"why,omitempty"`   // of the pause
	Skill    *int   `json:"skill,omitempty"` // 1-10; supervisors only
}

// PresenceChange says what somebody does now. Seq is the one that was seen of their presence, 0 for whatever it is.
type PresenceChange struct {
	Seq      Seq            `json:"seq,omitempty"`
	Activity phone.Activity `json:"activity"`
	Note     string         `json:"note,omitempty"` // at most 500 characters
}

// NewCall asks the exchange to ring one's telephone and then a number (features.md B5).
type NewCall struct {
	Phone  string `json:"phone"` // one's extension or one of one's numbers
	Number string `json:"number"`
	Shown  string `json:"shown,omitempty"`
}

// NewCamp puts a held call in the order at a busy colleague, after how long it has waited, or says what is done with it.
// Who has it says so again at least each 30 s: a camp that nothing is heard of for 45 s is gone.
type NewCamp struct {
	ID      string      `json:"id"` // 1-60 letters, digits or -
	Group   GroupID     `json:"group"`
	Target  string      `json:"target"`
	From    phone.Party `json:"from"`
	State   CampState   `json:"state,omitempty"`    // empty: CampWaiting
	WaitedS int         `json:"waited_s,omitempty"` // of one that is not there yet; 0-43200
}

// AuditEntry is who did what.
type AuditEntry struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Person  PersonID  `json:"person,omitempty"` // empty: from the server's command line, or somebody who was not signed in
	Address string    `json:"address,omitempty"`
	Action  string    `json:"action"`           // the operation of the API: "signIn", "putPerson"
	Target  string    `json:"target,omitempty"` // of what
	OK      bool      `json:"ok"`
}

// AuditPage is some of the audit, newest first.
type AuditPage struct {
	Entries []AuditEntry `json:"entries"`
	Next    int64        `json:"next,omitempty"` // for ?before=; 0: no more
}

// Position is how far a feed has been read: the sequence, and under which rights. "" is the beginning.
type Position string

// The kinds of messages of a feed: an Item each (no name), and these names.
const (
	FeedReset  = "reset"  // forget everything that was read: all comes again
	FeedSynced = "synced" // all that there is has been told; changes follow
	FeedAway   = "away"   // the server's database is away: what was told may have changed, until "synced" comes again
)
