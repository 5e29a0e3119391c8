// Package present turns a snapshot and a language into what the views draw: words, icon names, tones, what can be
// pressed and, where it cannot, why not. Everything here is a pure function; nothing here knows a widget.
package present

import (
	"time"

	"svara/phone"
)

// Tone is what a colour means. The theme knows the colour.
type Tone string

// The tones, after ui.md section 2. A tone never stands alone: a word or an icon says the same.
const (
	TonePlain   Tone = ""
	ToneQuiet   Tone = "quiet"   // second to the rest
	ToneAccent  Tone = "accent"  // chosen, ringing in
	ToneGreen   Tone = "green"   // can be reached, good
	ToneRed     Tone = "red"     // on a call, missed, hang up
	ToneAmber   Tone = "amber"   // held, weak
	ToneSlate   Tone = "slate"   // away, not connected
	ToneUnknown Tone = "unknown" // not known yet
)

// Scene is what the models are made from. The snapshot is never nil. The language is that of package text.
type Scene struct {
	Snap *phone.Snapshot
	Now  time.Time
	// Key is the key cap of a command where it is shown, empty when it has none that works now. Nil shows none.
	Key func(command string) string
}

func (s Scene) key(command string) string {
	if s.Key == nil {
		return ""
	}
	return s.Key(command)
}

// Button is something to press. A button that cannot be pressed stays, with the reason.
type Button struct {
	Command string // command id
	Icon    string
	Text    string
	Key     string // key cap, or empty
	On      bool   // a switch that is on
	Enabled bool
	Reason  string // why it cannot be pressed
}
