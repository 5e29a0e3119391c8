package engine

import (
	"context"
	"net/netip"

	"svara/audio"
	"svara/phone"
	"svara/phone/media"
	"svara/phone/numbers"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// Signalling is SIP as the engine sees it: *ua.UA, or a script in tests.
type Signalling interface {
	Do(ua.Action)
	Values() <-chan ua.Value
	LocalAddr(ctx context.Context, account phone.AccountID, target string) (netip.Addr, error)
	PublicAddr(account phone.AccountID) netip.Addr
	Close(ctx context.Context) error
}

// Stream is one call's sound as the engine sees it: *media.Stream, or a script in tests.
type Stream interface {
	audio.Stream
	Offer(sdp.Direction) ([]byte, error)
	Accept(answer []byte) error
	Consider(offer []byte) error // at once; Offer and Answer may look for candidates first
	Answer(offer []byte, want sdp.Direction) ([]byte, error)
	Restart() bool // the next offer looks for another way; false: the stream looks for none
	Move(local, public netip.Addr) error
	Propose(media.Proposal) // what the next offers say of encryption
	SendDigits(digits string) error
	SendTones(digits string) error
	Agreed() media.Agreed
	Quality() phone.Quality
	Close() error
}

// Store is what the engine writes. Reading at the start is the composition root's work.
type Store interface {
	PutAccount(context.Context, phone.Account) error
	RemoveAccount(context.Context, phone.AccountID) error
	PutSetting(ctx context.Context, key, value string) error
	AddHistory(context.Context, phone.HistoryEntry) (int64, error)
	SeeMissed(context.Context) error
	SetHistoryNote(ctx context.Context, id int64, text string) error
	DeleteHistory(ctx context.Context, id int64) error
	PutItem(ctx context.Context, kind phone.ItemKind, key string, body []byte) error
	RemoveItem(ctx context.Context, kind phone.ItemKind, key string) error
	PutState(ctx context.Context, key, value string) error
	PutMailServer(context.Context, phone.MailServer) error
	RemoveMailServer(ctx context.Context, id string) error
	Recordings
}

// People is the books and the history as the engine asks and changes them.
type People interface {
	phone.People
	phone.History
	PutPerson(context.Context, phone.Person) error
	RemovePerson(context.Context, phone.PersonID) error
	MarkPerson(context.Context, phone.PersonID, phone.Mark) error
	SetPhoto(ctx context.Context, id phone.PersonID, image []byte) error
	PeopleState(context.Context) (phone.PeopleState, error)
	WatchedLines(ctx context.Context, favouritesOnly bool) ([]string, error)
	SetNumberPlan(numbers.Plan)
}

// Colleagues keeps the people of the team server where people are searched: *store.Store, or nothing.
type Colleagues interface {
	PutColleagues(context.Context, []phone.Person) error
}

// Books is the connected address books; none of its methods waits.
type Books interface {
	Put(phone.Book, phone.Secret)
	Remove(phone.BookID)
	Read(phone.BookID)
	Status() []phone.BookStatus
	Changed() <-chan struct{}
}

// Mail is the connected mail servers. Put, Remove and Check do not wait.
type Mail interface {
	Put(phone.MailServer, phone.Secret)
	Remove(id string)
	Check()
	Boxes() []phone.Mailbox
	Revision() uint64
	Changed() <-chan struct{}
	// Sound is the file of a message's sound, fetched first when need be.
	Sound(ctx context.Context, id string) (string, error)
	Mark(ctx context.Context, id string, played bool) error
	Delete(ctx context.Context, id string) error
	// Deliver puts a recording as a letter into the inbox of a server; it takes as long as the sound is large.
	Deliver(ctx context.Context, server string, r phone.Recording) error
}

// Texts is where text messages are kept.
type Texts interface {
	AddText(context.Context, phone.Text) (int64, error)
	SetTextState(ctx context.Context, key string, state phone.TextState, why *phone.Reason) error
	ReadTexts(ctx context.Context, with string) error
	DeleteTexts(ctx context.Context, with string) error
	MendTexts(ctx context.Context, why phone.ReasonID) error
	TextsState(context.Context) (phone.TextsState, error)
}

// Recordings is the inbox.
type Recordings interface {
	AddRecording(context.Context, phone.Recording) (int64, error)
	UpdateRecording(context.Context, phone.Recording) error
	Recording(ctx context.Context, id int64) (phone.Recording, error)
	RemoveRecording(ctx context.Context, id int64) error
	OpenRecordings(context.Context) ([]phone.Recording, error)
	InboxState(context.Context) (phone.InboxState, error)
}

// Secrets is where passwords are kept.
type Secrets interface {
	Get(phone.AccountID) (phone.Secret, error)
	Put(phone.AccountID, phone.Secret) error
	Remove(phone.AccountID) error
}
