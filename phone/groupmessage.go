package phone

import (
	"context"
	"strings"
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

// Limits of texts that are sent for a group.
const (
	MaxGroupText = 1600 // characters
	MaxGroupSend = 500  // numbers at once
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
	Mine      bool      `json:"mine,omitempty"`  // that is the user
	Handled   bool      `json:"handled,omitempty"`
	HandledBy TeamName  `json:"handled_by,omitzero"`
	HandledAt time.Time `json:"handled_at,omitzero"`
	MayCare   bool      `json:"may_care,omitempty"`   // the user may pin and handle it
	MayDelete bool      `json:"may_delete,omitempty"` // voice: administrators only
	Goes      time.Time `json:"goes,omitzero"`        // when the team server deletes it by the group's rule; zero: it stays
}

// Open reports whether somebody should still do something about it.
func (m GroupMessage) Open() bool { return m.Direction == Incoming && !m.Handled }

// GroupMessageQuery selects messages, newest first; with OpenFirst the open ones before the others.
type GroupMessageQuery struct {
	ID        string             `json:"id,omitempty"` // that one, whatever the rest says
	Groups    []TeamGroupID      `json:"groups,omitempty"`
	Kinds     []GroupMessageKind `json:"kinds,omitempty"`
	Open      bool               `json:"open,omitempty"` // only those not handled
	Mine      bool               `json:"mine,omitempty"` // only those pinned by the user
	Peer      string             `json:"peer,omitempty"` // a thread
	Text      string             `json:"text,omitempty"`
	OpenFirst bool               `json:"open_first,omitempty"`
	After     string             `json:"after,omitempty"`
	Limit     int                `json:"limit,omitempty"` // 1-200, 0 means 50
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
	Group  TeamGroupID     `json:"group"`
	Sender string          `json:"sender"`
	Text   string          `json:"text"`
	At     time.Time       `json:"at"`
	Total  int             `json:"total"`
	Sent   int             `json:"sent"`
	Failed []GroupSendFail `json:"failed,omitempty"`
}

// Over reports whether nothing of it is left to be sent.
func (s GroupSending) Over() bool { return s.Sent+len(s.Failed) >= s.Total }

// GroupSendFail is somebody a text did not reach.
type GroupSendFail struct {
	Number string `json:"number"`
	Reason Reason `json:"reason"`
}

// GroupMessages answers questions about the messages of the user's groups, as GroupLog does about calls.
type GroupMessages interface {
	GroupMessages(context.Context, GroupMessageQuery) (GroupMessagePage, error)
	// GroupSound is a voice message's sound as the exchange has recorded it: most often WAV.
	GroupSound(ctx context.Context, id string) ([]byte, error)
}

// GroupSender is something that the user may send a group's texts as.
type GroupSender struct {
	Group TeamGroupID `json:"group"`
	As    string      `json:"as"`
	// OneWay: it is a name, and cannot be answered.
	OneWay bool `json:"one_way,omitempty"`
}

// GroupTemplate is a group's text to begin from.
type GroupTemplate struct {
	Group TeamGroupID `json:"group"`
	Name  string      `json:"name"`
	Text  string      `json:"text"`
}

// GroupMessageState is what the snapshot tells of group messages.
type GroupMessageState struct {
	Revision  uint64          `json:"revision"`
	Open      int             `json:"open"`                // not handled, 1,000 at most
	Mine      int             `json:"mine"`                // of those, pinned by the user
	Newest    *GroupMessage   `json:"newest,omitempty"`    // of those not handled
	Senders   []GroupSender   `json:"senders,omitempty"`   // a group's number before its names
	Templates []GroupTemplate `json:"templates,omitempty"` // of groups that the user may send for
	Sendings  []GroupSending  `json:"sendings,omitempty"`  // the user's own that are not over or have failed, newest first
}

// MobilesOf is the mobile numbers of those who were found, each once, and how many have none.
func MobilesOf(hits []Hit) (numbers []string, without int) {
	seen := map[string]bool{}
	for _, h := range hits {
		number := h.Person.mobile()
		if number == "" {
			without++
			continue
		}
		if key := bareNumber(number); !seen[key] {
			seen[key] = true
			numbers = append(numbers, number)
		}
	}
	return numbers, without
}

// EmailsOf is the first e-mail address of each of those who were found, each once, and how many have none.
func EmailsOf(hits []Hit) (addresses []string, without int) {
	seen := map[string]bool{}
	for _, h := range hits {
		if len(h.Person.Emails) == 0 {
			without++
			continue
		}
		address := h.Person.Emails[0]
		if key := strings.ToLower(address); !seen[key] {
			seen[key] = true
			addresses = append(addresses, address)
		}
	}
	return addresses, without
}

// mobile is somebody's first mobile number, empty for none.
func (p Person) mobile() string {
	for _, n := range p.Numbers {
		if n.Kind == NumberMobile && bareNumber(n.Number) != "" {
			return n.Number
		}
	}
	return ""
}

// bareNumber is a number without what people put between its digits.
func bareNumber(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
}
