// Package kept is what the team server keeps, and the shelf it asks for it: the words between package
// phone/team/server and package store/teamdb.
//
// Items and entries of the log get a sequence ([team.Seq]) when they are written. Updates happen one after the other, on
// all servers of a database together, so that sequences are committed in their order: who has read up to one has missed
// nothing before it.
package kept

import (
	"context"
	"errors"
	"time"

	"svara/phone/team"
)

// Errors of a shelf. All others mean that the database is away for now.
var (
	ErrNotFound = errors.New("there is none")
	ErrLost     = errors.New("another server holds the lease")
	ErrPage     = errors.New("no such page of the log")
	ErrRestored = errors.New("the database was restored from a backup")
)

// Conflict is an error of Update's function: what was to be changed is not as it was seen.
type Conflict struct{ Item team.Item }

func (c *Conflict) Error() string {
	return "changed meanwhile: " + string(c.Item.Kind) + " " + c.Item.ID
}

// Mark is how far somebody has read. A database has another Epoch after it was restored: sequences are then others.
type Mark struct {
	Epoch string
	Seq   team.Seq
}

// Shelf is the database.
type Shelf interface {
	// Update runs f as one change: all of it or nothing. When it returns nil everything is on disk. The sequence is the last
	// one that f got, 0 if none.
	Update(ctx context.Context, f func(Tx) error) (team.Seq, error)
	// Items is all items that are there, in order of sequence, and the last sequence that was given out.
	Items(ctx context.Context) ([]team.Item, Mark, error)
	// Since is items and entries of the log (as KindLog) that changed after a mark, in order, at most limit; gone ones too.
	// ErrRestored when the mark is of another epoch.
	Since(ctx context.Context, after Mark, limit int) ([]team.Item, error)
	// Wake tells when somebody has changed something: at once for changes of this process, and of others where the database
	// can. It may tell too often, and late by a second.
	Wake() <-chan struct{}
	// Log is a page of entries of some groups; nil is all groups.
	Log(ctx context.Context, q team.LogQuery, groups []team.GroupID) (team.LogPage, error)
	LogEntry(ctx context.Context, id string) (team.Versioned[team.LogEntry], error)
	// LogFrom is the entries that began after a time, oldest first.
	LogFrom(ctx context.Context, from time.Time) ([]team.LogEntry, error)
	// Messages is a page of messages of some groups; nil is all groups.
	Messages(ctx context.Context, q team.MessageQuery, groups []team.GroupID) (team.MessagePage, error)
	Message(ctx context.Context, id string) (team.Versioned[team.Message], error)
	// CountMessages counts the open ones of some groups, and those of them that somebody has pinned.
	CountMessages(ctx context.Context, of team.PersonID, groups []team.GroupID) (team.MessageCount, error)
	// Unsent is outgoing texts that are TextSending, oldest first, at most limit.
	Unsent(ctx context.Context, limit int) ([]team.Message, error)
	Secret(ctx context.Context, id team.PersonID) (string, error)
	Token(ctx context.Context, id string) (Token, error)
	Tokens(ctx context.Context, of team.PersonID) ([]Token, error)
	// Scoped is everybody's tokens of a scope, oldest first.
	Scoped(ctx context.Context, scope team.Scope) ([]Token, error)
	Audit(ctx context.Context, before int64, limit int) ([]team.AuditEntry, error)
	Attempts(ctx context.Context, key string) (Attempts, error)
	// Check reports whether the database answers.
	Check(ctx context.Context) error
}

// Tx is an Update under way.
type Tx interface {
	Item(kind team.Kind, id string) (team.Item, error) // ErrNotFound also for one that is gone
	// Put writes an item and gives it a sequence, unless it is there with the same data already.
	Put(item team.Item) (team.Seq, error)
	// PutCall writes what the exchange told of a call to a queue; what people have written of it stays.
	PutCall(e team.LogEntry) (team.Seq, error)
	// PutCare writes who takes care of a call, whether it is handled, and the note.
	PutCare(e team.LogEntry) (team.Seq, error)
	LogEntry(id string) (team.Versioned[team.LogEntry], error)
	// OpenBefore counts the open entries of a number.
	OpenBefore(number string, group team.GroupID) (int, error)
	// Message is one that is there; PutMessage writes it whole, unless it is there with the same data already.
	Message(id string) (team.Versioned[team.Message], error)
	PutMessage(m team.Message) (team.Seq, error)
	DeleteMessage(id string) (team.Seq, error)
	// Thread is the newest of the last texts of a number to a group, and all of them that are open; newest first.
	Thread(group team.GroupID, number string) ([]team.Versioned[team.Message], error)
	// Voices is the voice messages of a mailbox.
	Voices(box string) ([]team.Message, error)
	// OldMessages is what came before a time, the oldest first, at most limit. What is being sent is not among it.
	OldMessages(old Old, limit int) ([]team.Message, error)
	SetSecret(id team.PersonID, hash string) error // "" takes it away
	PutToken(t Token) error
	SetSeen(id string, at, expires time.Time) error
	DeleteToken(id string) error
	TakeToken(id string) error // deletes it; ErrNotFound when there is none
	Attempts(key string) (Attempts, error)
	SetAttempts(key string, a Attempts) error
	// Hold takes a lease or goes on holding it; ErrLost when somebody else has it at that time.
	Hold(lease, holder string, now, until time.Time) error
	Audit(e team.AuditEntry) error
	// Prune forgets gone items that changed before a sequence, attempts before a time, and tokens that have expired.
	Prune(before team.Seq, now time.Time) error
}

// Old selects messages that are to be forgotten.
type Old struct {
	Before time.Time
	Groups []team.GroupID // of these groups, or with Others of all but these
	Others bool
	Open   bool // those too that wait for somebody
	Voice  bool // voice messages, which have a sound in a mailbox; else all others
}

// Token is a signed-in device, a program's token, or a one-time link (Scope "link").
type Token struct {
	ID      string
	Hash    string // SHA-256 of the secret, hex
	Person  team.PersonID
	Name    string
	Agent   string
	Scope   team.Scope
	Since   time.Time
	Seen    time.Time
	Expires time.Time
}

// Attempts is how often somebody has given a wrong password.
type Attempts struct {
	Count int
	Last  time.Time
	Until time.Time // locked out until then
}
