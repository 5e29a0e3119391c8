package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"svara/phone"
)

// Focus is what the keyboard is in.
type Focus uint8

// The kinds of focus. They decide which keys are text and which are commands.
const (
	FocusNone  Focus = iota // no text field, or none at all
	FocusEmpty              // a text field without text
	FocusText               // a text field with text in it
)

// Situation is what decides a chord's meaning. It is asked for at every key press and holds nothing.
type Situation struct {
	Contexts []Context // the active ones in any order; Global need not be named
	Focus    Focus
	Text     string // what the field that has the keyboard says
	Chosen   bool   // somebody is highlighted, so that an empty field means them
	Snapshot *phone.Snapshot
	// Returned says that the transfer is of a call that came back, with nothing typed: its signs are for the one who did not
	// take it. Enter picks the call up as that of any other.
	Returned bool
	// CallFirst puts the call in front before one that rings: its keys are for it, and answering has keys of its own.
	CallFirst bool
}

// Contexts is the active contexts as far as the snapshot tells. Views add Dialog and List.
func Contexts(s *phone.Snapshot, extra ...Context) []Context {
	out := append([]Context{Global}, extra...)
	for _, c := range s.Calls {
		switch {
		case c.State == phone.StateIncoming:
			out = append(out, Ringing)
		case c.State.Live():
			out = append(out, Call)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Keymap is which chords mean which commands: the defaults and what the user has changed. It is not changed after
// Rebound.
type Keymap struct {
	commands []Command
	byID     map[ID]int
	chords   map[ID][]Chord
}

// Rebinding is the user's difference from the default keys of one command; no chords means that it has none.
type Rebinding map[ID][]Chord

func build(commands []Command, changed Rebinding) *Keymap {
	k := &Keymap{commands: commands, byID: map[ID]int{}, chords: map[ID][]Chord{}}
	for i, c := range commands {
		k.byID[c.ID] = i
		k.chords[c.ID] = c.Default
		if chords, ok := changed[c.ID]; ok {
			k.chords[c.ID] = chords
		}
	}
	return k
}

func (k *Keymap) clash() (one, other ID, at Chord, found bool) {
	type place struct {
		context Context
		chord   Chord
	}
	taken := map[place]ID{}
	for _, c := range k.commands {
		for _, ctx := range c.When {
			for _, chord := range k.chords[c.ID] {
				p := place{ctx, chord}
				if prev, ok := taken[p]; ok && prev != c.ID {
					return prev, c.ID, chord, true
				}
				taken[p] = c.ID
			}
		}
	}
	return "", "", Chord{}, false
}

// Commands is the registry in its order.
func (k *Keymap) Commands() []Command { return k.commands }

// Command finds a command; ok is false for an unknown ID.
func (k *Keymap) Command(id ID) (Command, bool) {
	i, ok := k.byID[id]
	if !ok {
		return Command{}, false
	}
	return k.commands[i], true
}

// Chords is the chords of a command, the most handy first.
func (k *Keymap) Chords(id ID) []Chord { return k.chords[id] }

// Match is what a chord means.
type Match struct {
	Command Command
	Enabled bool
	Why     string // text key of the reason when not enabled
}

// Lookup finds what a chord means now. The highest context with an enabled command wins; when all commands bound to the
// chord are disabled, the highest of them is the match, so that the window can say why. ok is false when the chord means
// nothing here and belongs to whatever has the focus.
func (k *Keymap) Lookup(chord Chord, s Situation) (match Match, ok bool) {
	chords := []Chord{chord}
	if chord == (Chord{Key: KeyNumEnter}) {
		chords = append(chords, Chord{Key: KeyEnter}) // with nothing ringing the number pad's Enter is Enter
	}
	for _, chord := range chords {
		for _, ctx := range order(s) {
			for _, c := range k.commands {
				if !slices.Contains(c.When, ctx) || !slices.Contains(k.chords[c.ID], chord) {
					continue
				}
				enabled, why := c.state(s.Snapshot)
				if !counts(chord, ctx, s) && !(enabled && c.Field && s.Focus == FocusEmpty && strings.Contains("*-+/", chord.Key)) {
					continue
				}
				if enabled {
					return Match{c, true, ""}, true
				}
				if !ok {
					match, ok = Match{c, false, why}, true
				}
			}
		}
	}
	return match, ok
}

// Dispatch runs what the chord means and reports whether it means anything. A disabled command is not run; its match
// tells why.
func (k *Keymap) Dispatch(chord Chord, s Situation, host Host) (Match, bool) {
	m, ok := k.Lookup(chord, s)
	if ok && m.Enabled {
		m.Command.Run(Invocation{Host: host, Snapshot: s.Snapshot, Chord: chord})
	}
	return m, ok
}

func (c Command) state(s *phone.Snapshot) (bool, string) {
	if c.Enabled == nil || s == nil {
		return true, ""
	}
	return c.Enabled(s)
}

// State tells whether a command can be done now and why not, for buttons and menus.
func (k *Keymap) State(id ID, s *phone.Snapshot) (enabled bool, why string) {
	c, ok := k.Command(id)
	if !ok {
		return false, ""
	}
	return c.state(s)
}

// order is the contexts highest first, with Global last.
func order(s Situation) []Context {
	out := append([]Context{Global}, s.Contexts...)
	slices.Sort(out)
	out = slices.Compact(out)
	slices.Reverse(out)
	call, ring := slices.Index(out, Call), slices.Index(out, Ringing)
	if s.CallFirst && call >= 0 && ring >= 0 {
		out[call], out[ring] = out[ring], out[call]
	}
	return out
}

// counts is the rules of typing. A text field keeps what it needs: characters always, and its editing keys while it has
// text. Enter is never stolen from somebody who writes: with text in the field it does not answer, whatever rings; the
// number pad's Enter and chords with Ctrl, Alt or Super always count.
func counts(chord Chord, ctx Context, s Situation) bool {
	if chord.Modified() || chord.Key == KeyNumEnter {
		return true
	}
	if chord.Typed() && s.Focus != FocusNone {
		return ctx == Transfer && (Operator(chord.Key, s.Text) || s.Chosen && s.Text == "" && sign(chord.Key))
	}
	if s.Focus == FocusText && chord.edits() {
		return false
	}
	if chord.Key == KeyEnter && ctx == Transfer && s.Returned {
		return false
	}
	if chord.Key == KeyEnter && ctx == Call && s.Focus == FocusText {
		return false // what is typed comes before the next call
	}
	if chord.Key == KeyEnter && ctx == Ringing {
		if s.Focus == FocusText {
			return false
		}
		return s.Snapshot == nil || s.Snapshot.Settings.Bool(phone.KeyEnterAnswers)
	}
	return true
}

// sign reports whether a character can be a command of the transfer.
func sign(key string) bool { return key == "*" || key == "+" || key == "/" || key == "-" }

// Operator reports whether a character typed after text is a command of the transfer and no text: * - + and /, but not *
// and + at the beginning of a code or number, nothing in a code, and not the first - of a number (ui.md section 6).
func Operator(key, text string) bool {
	switch {
	case !sign(key):
		return false
	case text == "":
		return key == "/" || key == "-"
	case text[0] == '*' || text[0] == '#':
		return false
	case key == "-" && (text[0] == '0' || text[0] == '+'):
		return strings.Contains(text, "-")
	}
	return true
}

// Hint is the chord to print on a command's button: the first that works in the situation, or ok false.
func (k *Keymap) Hint(id ID, s Situation) (chord Chord, ok bool) {
	for _, c := range k.chords[id] {
		if m, found := k.Lookup(c, s); found && m.Enabled && m.Command.ID == id {
			return c, true
		}
	}
	return Chord{}, false
}

// ParseBindings reads keys.json or the user's differences: {"call.answer": ["NumEnter", "Enter"], …}.
func ParseBindings(data []byte) (Rebinding, error) {
	raw, err := readBindings(data)
	if err != nil {
		return nil, err
	}
	out := Rebinding{}
	for _, id := range sorted(raw) {
		chords := []Chord{}
		for _, s := range raw[id] {
			c, err := ParseChord(s)
			if err != nil {
				return nil, fmt.Errorf("keys of %s: %w", id, err)
			}
			chords = append(chords, c)
		}
		out[id] = chords
	}
	return out, nil
}

func readBindings(data []byte) (map[ID][]string, error) {
	var raw map[ID][]string
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("read key bindings: %w", err)
	}
	return raw, nil
}

func sorted[T any](m map[ID]T) []ID { return slices.Sorted(maps.Keys(m)) }

// FormatBindings writes what ParseBindings reads; no bindings are written as nothing.
func FormatBindings(b Rebinding) string {
	if len(b) == 0 {
		return ""
	}
	raw := map[ID][]string{}
	for id, chords := range b {
		list := []string{}
		for _, c := range chords {
			list = append(list, c.String())
		}
		raw[id] = list
	}
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(raw); err != nil { // strings only: cannot happen
		return "{}"
	}
	return strings.TrimSpace(out.String())
}
