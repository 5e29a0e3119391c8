package present

import (
	"slices"
	"strings"

	"svara/ui/command"
	"svara/ui/text"
)

// KeyGroup is the commands of the key table that count at the same time.
type KeyGroup struct {
	Title string
	Rows  []KeyRow
}

// KeyRow is a command with its keys.
type KeyRow struct {
	ID      command.ID
	Icon    string
	Title   []Span // what was searched for marked
	Name    string // the title in one piece
	Caps    []KeyCap
	Changed bool // has not its default keys
	Fixed   bool // cannot be changed
	Nth     bool // its keys are numbered, and changed together
}

// KeyCap is one key of a command, or all of a numbered one.
type KeyCap struct {
	Chord command.Chord
	Text  string
}

// keyGroups are the headings of the table and the contexts whose commands stand under them.
var keyGroups = []struct {
	title string
	when  []command.Context
}{
	{"context.ringing", []command.Context{command.Ringing}},
	{"context.call", []command.Context{command.Call}},
	{"context.transfer", []command.Context{command.Transfer}},
	{"context.global", []command.Context{command.Global, command.List}},
	{"context.dialog", []command.Context{command.Dialog}},
}

// KeyTable is the commands with their keys: those whose words fit a query, and that have a key when one is given.
func KeyTable(keys *command.Keymap, query string, by command.Chord) []KeyGroup {
	var groups []KeyGroup
	listed := map[command.ID]bool{}
	for _, g := range keyGroups {
		group := KeyGroup{Title: text.T(g.title)}
		for _, c := range keys.Commands() {
			if listed[c.ID] || !slices.ContainsFunc(c.When, func(when command.Context) bool { return slices.Contains(g.when, when) }) {
				continue
			}
			listed[c.ID] = true
			if by.Key != "" && !keys.Has(c.ID, by) {
				continue
			}
			if spans, hit := titled(text.T(c.Title), text.In(otherLanguage(), c.Title), query); hit > 0 {
				group.Rows = append(group.Rows, keyRow(keys, c, spans))
			}
		}
		if len(group.Rows) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func keyRow(keys *command.Keymap, c command.Command, title []Span) KeyRow {
	chords := keys.Chords(c.ID)
	return KeyRow{ID: c.ID, Icon: c.Icon, Title: title, Name: text.T(c.Title), Caps: keyCaps(c, chords),
		Changed: !slices.Equal(chords, c.Default), Fixed: c.Fixed, Nth: c.Nth}
}

// keyCaps prints chords; those of one modifier with all numbers are one cap.
func keyCaps(c command.Command, chords []command.Chord) []KeyCap {
	var out []KeyCap
	for _, k := range chords {
		last := len(out) - 1
		if numbered := c.Nth || c.ID == command.DTMF; numbered && last >= 0 && out[last].Chord.Mod == k.Mod && strings.Contains("0123456789", k.Key) {
			out[last].Text = out[last].Chord.Print(text.T) + "–" + k.Key
			continue
		}
		out = append(out, KeyCap{k, k.Print(text.T)})
	}
	return out
}

// KeyProblems is what of the user's own keys cannot be used, in sentences.
func KeyProblems(keys *command.Keymap, setting string) []string {
	_, problems := command.Rebound(keys.Commands(), setting)
	var out []string
	for _, p := range problems {
		key := p.Chord
		if c, err := command.ParseChord(p.Chord); err == nil {
			key = c.Print(text.T)
		}
		args := []any{"command", text.T("command." + string(p.ID)), "key", Clean(key, 40), "id", Clean(string(p.ID), 40), "other", text.T("command." + string(p.Other))}
		switch {
		case strings.HasPrefix(p.Why, "keys.reserved.") && p.Chord != "":
			out = append(out, text.T("keys.refused", append(args, "why", text.T(p.Why))...))
		default:
			out = append(out, text.T(p.Why, args...))
		}
	}
	return out
}

// KeyConflict is what stands against giving a command a key: Refused when it cannot have it, else Words when another has
// it, with whether both may. Both are empty when nothing does.
type KeyConflict struct {
	Refused string
	Words   string
	Both    bool
}

// KeyConflictOf looks whether a command may have a key.
func KeyConflictOf(keys *command.Keymap, id command.ID, chord command.Chord) KeyConflict {
	c, ok := keys.Command(id)
	if !ok {
		return KeyConflict{}
	}
	if why := command.Reserved(c, chord); why != "" {
		return KeyConflict{Refused: text.T(why)}
	}
	others, apart := keys.Taken(id, chord)
	if len(others) == 0 {
		return KeyConflict{}
	}
	var names []string
	for _, o := range others {
		names = append(names, text.T("keys.means", "command", text.T(o.Title), "when", text.T("keys.when."+o.When[0].String())))
	}
	key := "keys.conflict.same"
	if apart || slices.ContainsFunc(others, func(o command.Command) bool { return o.Fixed }) {
		key, apart = "keys.conflict.apart", true
	}
	return KeyConflict{Both: apart, Words: text.T(key, "key", chord.Print(text.T), "commands", strings.Join(names, ", "))}
}

// KeyNote is what somebody should know about a key they gave a command: that a character is text where text is typed.
// Empty for the others.
func KeyNote(chord command.Chord) string {
	if !chord.Typed() {
		return ""
	}
	return text.T("keys.letter", "key", chord.Print(text.T))
}

// otherLanguage is the one that is not in use.
func otherLanguage() string {
	for _, l := range text.Languages() {
		if l != text.Language() {
			return l
		}
	}
	return text.Language()
}
