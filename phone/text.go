package phone

import (
	"context"
	"time"
)

// TextState is how a text message stands.
type TextState string

// The states. Those of ours go from sending to one of the other two; theirs are received from the first.
const (
	TextSending  TextState = "sending"
	TextSent     TextState = "sent" // the exchange has taken it; whether it was delivered is not known
	TextFailed   TextState = "failed"
	TextReceived TextState = "received"
)

// MaxText is the longest text message, in bytes.
const MaxText = 10_000

// Text is a text message (RFC 3428), one of ours or theirs.
type Text struct {
	ID        int64     `json:"id"`   // rises with every one
	Key       string    `json:"key"`  // what an Event names it by
	Peer      string    `json:"peer"` // the thread: the same for a number however it is written
	Account   AccountID `json:"account"`
	Direction Direction `json:"direction"`
	Remote    Party     `json:"remote"`
	At        time.Time `json:"at"` // when it was sent or came
	Body      string    `json:"body"`
	State     TextState `json:"state"`
	Reason    *Reason   `json:"reason,omitempty"` // of one that failed
	Read      bool      `json:"read"`             // or one of ours
}

// TextThread is all text messages with one number.
type TextThread struct {
	Peer   string   `json:"peer"`
	Name   string   `json:"name"`             // as the address books have it, else as the exchange told
	Person PersonID `json:"person,omitempty"` // whose number it is
	Last   Text     `json:"last"`
	Count  int      `json:"count"`
	Unread int      `json:"unread"`
}

// TextQuery selects text messages, newest first.
type TextQuery struct {
	With   string `json:"with,omitempty"`   // a number, however it is written, or a thread's Peer; empty: all
	Limit  int    `json:"limit,omitempty"`  // 0 means 200
	Before int64  `json:"before,omitempty"` // only messages with a lower ID
}

// Texts answers questions about text messages. It is read beside the snapshot; a changed TextsState.Revision says that an
// answer got before is out of date.
type Texts interface {
	Texts(context.Context, TextQuery) ([]Text, error)
	// TextThreads is the threads, the one with the newest message first.
	TextThreads(context.Context) ([]TextThread, error)
}

// TextsState is what the snapshot tells of text messages.
type TextsState struct {
	Revision uint64 `json:"revision"`         // rises with every change
	Unread   int    `json:"unread"`           // messages
	Newest   *Text  `json:"newest,omitempty"` // of those not read
}
