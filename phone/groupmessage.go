package phone

import (
	"context"
	"time"
)

// GroupMessageKind is what a message to a group is (features.md H3).
type GroupMessageKind string

// The kinds.
const (
	GroupVoice    GroupMessageKind = "voice"
	GroupCallback GroupMessageKind = "callback" // a number to call, left by a caller or a web form
	GroupText     GroupMessageKind = "text"     // SMS or SIP MESSAGE
)

// GroupMessage is a message to one of the user's groups, or one of theirs to somebody outside.
type GroupMessage struct {
	ID        string           `json:"id"`
	Seq       int64            `json:"seq"`
	Kind      GroupMessageKind `json:"kind"`
	Group     TeamGroupID      `json:"group"`
	Direction Direction        `json:"direction"`
	Peer      string           `json:"peer"` // the thread: the number outside, E.164 where it has one
	Remote    Party            `json:"remote"`
	At        time.Time        `json:"at"`
	Text      string           `json:"text,omitempty"` // of a text; of a callback, what they want
	LengthS   int              `json:"length_s,omitempty"`
	Sender    string           `json:"sender,omitempty"` // outgoing: what it was sent as
	By        TeamName         `json:"by,omitzero"`      // outgoing: who wrote it
	State     TextState        `json:"state,omitempty"`  // outgoing
	Reason    *Reason          `json:"reason,omitempty"` // TextFailed

	Pinned    TeamName  `json:"pinned,omitzero"` // who has it as theirs
	Handled   bool      `json:"handled,omitempty"`
	HandledBy TeamName  `json:"handled_by,omitzero"`
	HandledAt time.Time `json:"handled_at,omitzero"`
	MayCare   bool      `json:"may_care,omitempty"`   // the user may pin and handle it
	MayDelete bool      `json:"may_delete,omitempty"` // voice: administrators only
}

// GroupMessageQuery selects messages, newest first.
type GroupMessageQuery struct {
	Groups []TeamGroupID      `json:"groups,omitempty"`
	Kinds  []GroupMessageKind `json:"kinds,omitempty"`
	Open   bool               `json:"open,omitempty"` // only those not handled
	Mine   bool               `json:"mine,omitempty"` // only those pinned by the user
	Peer   string             `json:"peer,omitempty"` // a thread
	Text   string             `json:"text,omitempty"`
	After  string             `json:"after,omitempty"`
	Limit  int                `json:"limit,omitempty"` // 1-200, 0 means 50
}

// GroupMessagePage is some of what a query found; Told as in GroupLogPage.
type GroupMessagePage struct {
	Messages []GroupMessage `json:"messages"`
	Next     string         `json:"next,omitempty"`
	Told     time.Time      `json:"told,omitzero"`
}

// GroupSending is a text sent to many at once.
type GroupSending struct {
	ID     string          `json:"id"`
	Sender string          `json:"sender"`
	Text   string          `json:"text"`
	At     time.Time       `json:"at"`
	Total  int             `json:"total"`
	Sent   int             `json:"sent"`
	Failed []GroupSendFail `json:"failed,omitempty"`
}

// GroupSendFail is somebody a text did not reach.
type GroupSendFail struct {
	Number string `json:"number"`
	Reason Reason `json:"reason"`
}

// GroupMessages answers questions about the messages of the user's groups, as GroupLog does about calls.
type GroupMessages interface {
	GroupMessages(context.Context, GroupMessageQuery) (GroupMessagePage, error)
	// GroupSound is a voice message's sound, WAV.
	GroupSound(ctx context.Context, id string) ([]byte, error)
}

// GroupMessageState is what the snapshot tells of group messages.
type GroupMessageState struct {
	Revision uint64         `json:"revision"`
	Open     int            `json:"open"`               // not handled
	Mine     int            `json:"mine"`               // of those, pinned by the user
	Newest   *GroupMessage  `json:"newest,omitempty"`   // of those not handled
	Senders  []string       `json:"senders,omitempty"`  // what the user may send as
	Sendings []GroupSending `json:"sendings,omitempty"` // the user's own that are not over or have failed, newest first
}
