package command

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mod is a set of modifier keys.
type Mod uint8

// The modifiers. Ctrl is the platform's shortcut modifier: Control, on macOS Command.
const (
	Ctrl Mod = 1 << iota
	Alt
	Shift
	Super
)

// The named keys. Any other Key of a chord is one printable character, as it was typed: "a", "*", "1". Letters are
// lower case.
const (
	KeyEnter     = "Enter"
	KeyNumEnter  = "NumEnter" // Enter of the number pad
	KeyEscape    = "Escape"
	KeySpace     = "Space"
	KeyTab       = "Tab"
	KeyBackspace = "Backspace"
	KeyDelete    = "Delete"
	KeyInsert    = "Insert"
	KeyUp        = "Up"
	KeyDown      = "Down"
	KeyLeft      = "Left"
	KeyRight     = "Right"
	KeyHome      = "Home"
	KeyEnd       = "End"
	KeyPageUp    = "PageUp"
	KeyPageDown  = "PageDown"
	KeyMenu      = "Menu"
)

var namedKeys = []string{
	KeyEnter, KeyNumEnter, KeyEscape, KeySpace, KeyTab, KeyBackspace, KeyDelete, KeyInsert, KeyUp, KeyDown, KeyLeft,
	KeyRight, KeyHome, KeyEnd, KeyPageUp, KeyPageDown, KeyMenu,
	"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12",
}

// Chord is a key with the modifiers held while it is pressed. Without Ctrl, Alt or Super, a printable character stands
// for what was typed, so that "*" is the same chord on a Swedish and an English keyboard and Shift is not named.
type Chord struct {
	Mod Mod
	Key string
}

// modNames are in the order they are written and printed.
var modNames = []struct {
	mod  Mod
	name string
}{{Ctrl, "Ctrl"}, {Alt, "Alt"}, {Shift, "Shift"}, {Super, "Super"}}

// ParseChord reads a chord as keys.json and the settings write it: "a", "F5", "Ctrl+Shift+1", "NumEnter", "+".
func ParseChord(s string) (Chord, error) {
	var c Chord
	rest := s
	for {
		name, after, ok := strings.Cut(rest, "+")
		i := slices.IndexFunc(modNames, func(m struct {
			mod  Mod
			name string
		}) bool {
			return m.name == name
		})
		if !ok || i < 0 || after == "" {
			break
		}
		if c.Mod&modNames[i].mod != 0 {
			return Chord{}, fmt.Errorf("chord %q names %s twice", s, name)
		}
		c.Mod |= modNames[i].mod
		rest = after
	}
	switch {
	case slices.Contains(namedKeys, rest):
		c.Key = rest
	case utf8.RuneCountInString(rest) == 1 && rest != " ":
		c.Key = strings.ToLower(rest)
		if c.Mod == Shift {
			return Chord{}, fmt.Errorf("chord %q: write the character that Shift makes", s)
		}
	default:
		return Chord{}, fmt.Errorf("chord %q: unknown key %q", s, rest)
	}
	return c, nil
}

// String is the chord as ParseChord reads it.
func (c Chord) String() string {
	var b strings.Builder
	for _, m := range modNames {
		if c.Mod&m.mod != 0 {
			b.WriteString(m.name)
			b.WriteByte('+')
		}
	}
	b.WriteString(c.Key)
	return b.String()
}

// Print is the chord as the keys of the user's keyboard are labelled. words is text.T: names such as Enter, Shift and
// Space are the texts "key.<name>"; keys without a text print as they are.
func (c Chord) Print(words func(key string, args ...any) string) string {
	if c.Key == "" {
		return ""
	}
	var parts []string
	for _, m := range modNames {
		if c.Mod&m.mod != 0 {
			parts = append(parts, words(modText(m.mod, m.name, runtime.GOOS)))
		}
	}
	key := c.Key
	switch {
	case utf8.RuneCountInString(key) == 1:
		key = strings.ToUpper(key)
	case key[0] != 'F' || len(key) > 3:
		key = words("key." + strings.ToLower(key))
	}
	return strings.Join(append(parts, key), "+")
}

// modText is the text key of a modifier. A Mac's keys are named otherwise: Command is the shortcut key there, and Control
// takes the place of Alt, since Option types characters.
func modText(m Mod, name, system string) string {
	if system == "darwin" {
		switch m {
		case Ctrl:
			return "key.mac.command"
		case Alt:
			return "key.mac.control"
		case Super:
			return "key.mac.option"
		}
	}
	return "key." + strings.ToLower(name)
}

// Typed reports whether the chord is a character that a text field would take as text.
func (c Chord) Typed() bool {
	return c.Mod&(Ctrl|Alt|Super) == 0 && (c.Key == KeySpace || utf8.RuneCountInString(c.Key) == 1)
}

// Modified reports whether Ctrl, Alt or Super is part of the chord. Such chords must also be main-menu items: Fyne
// tries the main menu before a focused text field.
func (c Chord) Modified() bool { return c.Mod&(Ctrl|Alt|Super) != 0 }

// edits reports whether a text field with text in it needs the chord for itself.
func (c Chord) edits() bool {
	if c.Typed() {
		return true
	}
	switch c.Key {
	case KeyBackspace, KeyDelete, KeyLeft, KeyRight, KeyHome, KeyEnd:
		return true
	}
	return false
}
