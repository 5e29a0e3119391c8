// Package present turns a snapshot and a language into what the views draw: words, icon names, tones, what can be
// pressed and, where it cannot, why not. Everything here is a pure function; nothing here knows a widget.
package present

import (
	"sync"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/ui/command"
	"svara/ui/text"
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
	ToneViolet  Tone = "violet"  // handed over, unanswered
	ToneSlate   Tone = "slate"   // away, not connected
	ToneTeal    Tone = "teal"    // away for long: vacation, travel
	ToneUnknown Tone = "unknown" // not known yet
)

// Scene is what the models are made from. The snapshot is never nil. The language is that of package text.
type Scene struct {
	Snap *phone.Snapshot
	Now  time.Time
	// Key is the key cap of a command where it is shown, empty when it has none that works now. Nil shows none.
	Key func(command string) string
	// Number is the number on a card, 1 to 9; 0 is none. Nil gives none.
	Number func(command.Card) int
	// Known is the name of somebody by their number, empty when it is not known. Nil knows nobody.
	Known func(number string) string
	// Heard is how the calls in progress have sounded. Nil knows nothing.
	Heard Traces
	// Line is the watched line of a number, or nil. Nil looks in the snapshot.
	Line func(number string) *phone.Line
}

// WhoOf cleans a party for display, with a name for a number that the network gave none with.
func (s Scene) WhoOf(p phone.Party) Who {
	if s.Known != nil && p.Name == "" {
		p.Name = s.Known(p.Number)
		if bare, ok := withoutGroup(p); ok && p.Name == "" {
			p.Name = s.Known(bare)
		}
	}
	return s.who(p)
}

// plan is how numbers are written where the user is.
func (s Scene) plan() numbers.Plan {
	return numbers.Plan{Region: s.Snap.Settings.Get(phone.KeyRegion), Area: s.Snap.Settings.Get(phone.KeyAreaCode)}
}

// able reports whether a command can be done now, and else why not, in words.
func (s Scene) able(id command.ID) (ok bool, why string) {
	c, known := commands()[id]
	if !known || c.Enabled == nil {
		return true, ""
	}
	if ok, key := c.Enabled(s.Snap); !ok {
		return false, text.T(key)
	}
	return true, ""
}

// commands is the registry by ID, for what can be done when; the keys are the window's.
var commands = sync.OnceValue(func() map[command.ID]command.Command {
	out := map[command.ID]command.Command{}
	all, err := command.Registry(nil)
	if err != nil { // only bindings can be wrong, and there are none
		return out
	}
	for _, c := range all {
		out[c.ID] = c
	}
	return out
})

// button is a command's button.
func (s Scene) button(id command.ID, icon, words string) Button {
	ok, why := s.able(id)
	return Button{Command: string(id), Icon: icon, Text: words, Key: s.key(string(id)), Enabled: ok, Reason: why}
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
	Room    string // a key cap that it has room for as well, or empty
	On      bool   // a switch that is on
	Enabled bool
	Reason  string // why it cannot be pressed
}
