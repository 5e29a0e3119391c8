package engine

import (
	"context"
	"net/netip"

	"svara/audio"
	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// Signalling is SIP as the engine sees it: *ua.UA, or a script in tests.
type Signalling interface {
	Do(ua.Action)
	Values() <-chan ua.Value
	LocalAddr(ctx context.Context, account phone.AccountID, target string) (netip.Addr, error)
	Close(ctx context.Context) error
}

// Stream is one call's sound as the engine sees it: *media.Stream, or a script in tests.
type Stream interface {
	audio.Stream
	Offer(sdp.Direction) ([]byte, error)
	Accept(answer []byte) error
	Answer(offer []byte, want sdp.Direction) ([]byte, error)
	SendDigits(digits string) error
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
	Recordings
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
