package phone

import (
	"context"
	"time"
)

// RecordingFormat is how a recording is stored.
type RecordingFormat string

// The formats.
const (
	FormatWAV  RecordingFormat = "wav"  // 48 kHz 16 bit PCM
	FormatOpus RecordingFormat = "opus" // Ogg Opus (RFC 7845)
)

// Recording is a recorded call in the inbox.
type Recording struct {
	ID        int64           `json:"id"`
	Path      string          `json:"path"`
	Account   AccountID       `json:"account"`
	Direction Direction       `json:"direction"`
	Remote    Party           `json:"remote"`
	Begun     time.Time       `json:"begun"`
	Call      time.Time       `json:"call,omitzero"` // when the call began, as HistoryEntry.Begun; zero for recordings of older versions
	Duration  time.Duration   `json:"duration"`      // nanoseconds in JSON
	Format    RecordingFormat `json:"format"`
	Stereo    bool            `json:"stereo"` // left: what we sent, right: what we heard
	Seen      bool            `json:"seen"`
	Open      bool            `json:"open"`             // still being written
	Reason    *Reason         `json:"reason,omitempty"` // why it ended before the call did
}

// RecordingQuery selects recordings, newest first.
type RecordingQuery struct {
	ID     int64  `json:"id,omitempty"`     // only this one
	Text   string `json:"text,omitempty"`   // words that must all be found in name, number or address
	Limit  int    `json:"limit,omitempty"`  // 0 means 200
	Before int64  `json:"before,omitempty"` // only recordings with a lower ID
}

// Inbox answers questions about recordings. It is read beside the snapshot; a changed InboxState.Revision says that an
// answer got before is out of date.
type Inbox interface {
	Recordings(context.Context, RecordingQuery) ([]Recording, error)
}

// InboxState is what the snapshot tells of the inbox.
type InboxState struct {
	Revision uint64 `json:"revision"` // rises with every change
	Unseen   int    `json:"unseen"`
}

// Recorder is the recording of one call as the user sees it.
type Recorder struct {
	On    bool      `json:"on"`
	Since time.Time `json:"since,omitzero"`
}

// Playing is a recording or a voice message, one's own or a group's, being played.
type Playing struct {
	ID       int64         `json:"id,omitempty"`        // of a Recording
	Message  string        `json:"voicemail,omitempty"` // of a VoiceMessage
	Group    string        `json:"group,omitempty"`     // of a GroupMessage
	Greeting Greeting      `json:"greeting,omitempty"`  // of the user's own mailbox
	Speed    float64       `json:"speed"`               // 1 is as recorded
	Loading  bool          `json:"loading,omitempty"`   // being fetched
	Position time.Duration `json:"position"`            // at Since
	Since    time.Time     `json:"since"`
	Length   time.Duration `json:"length"`
	Paused   bool          `json:"paused"`
}
