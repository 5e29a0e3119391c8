package command

import (
	"slices"
	"strings"
)

// Problem is something in the setting ui.keys that cannot be used. It is left out; everything else counts.
type Problem struct {
	ID    ID     // the command, empty when the whole setting cannot be read
	Chord string // as the setting has it, empty when it is not one chord's problem
	Why   string // text key of the sentence that says why: "keys.…"
	Other ID     // who has the chord, where that is why
}

// Rebound makes the keymap of a registry with the user's setting ui.keys, which is empty for the defaults. Whatever in it
// cannot be used is left out and told: a person may have written it by hand, for another version.
func Rebound(commands []Command, setting string) (*Keymap, []Problem) {
	changed, problems := readSetting(commands, setting)
	for {
		k := build(commands, changed)
		one, other, chord, clash := k.clash()
		loser, winner := other, one
		if _, mine := changed[loser]; !mine {
			loser, winner = one, other
		}
		if _, mine := changed[loser]; !clash || !mine {
			return k, problems
		}
		changed[loser] = slices.DeleteFunc(slices.Clone(changed[loser]), func(c Chord) bool { return c == chord })
		problems = append(problems, Problem{loser, chord.String(), "keys.taken", winner})
	}
}

func readSetting(commands []Command, setting string) (Rebinding, []Problem) {
	if strings.TrimSpace(setting) == "" {
		return Rebinding{}, nil
	}
	raw, err := readBindings([]byte(setting))
	if err != nil {
		return Rebinding{}, []Problem{{Why: "keys.bad_setting"}}
	}
	var problems []Problem
	changed := Rebinding{}
	for _, id := range sorted(raw) {
		at := slices.IndexFunc(commands, func(c Command) bool { return c.ID == id })
		if at < 0 {
			problems = append(problems, Problem{ID: id, Why: "keys.no_command"})
			continue
		}
		chords := []Chord{}
		for _, s := range raw[id] {
			c, err := ParseChord(s)
			why := "keys.no_key"
			if err == nil {
				why = Reserved(commands[at], c)
			}
			if why != "" {
				problems = append(problems, Problem{ID: id, Chord: s, Why: why})
			} else if !slices.Contains(chords, c) {
				chords = append(chords, c)
			}
		}
		if commands[at].Fixed && len(raw[id]) == 0 {
			problems = append(problems, Problem{ID: id, Why: "keys.reserved.fixed"})
		}
		if !commands[at].Fixed {
			changed[id] = chords
		}
	}
	return changed, problems
}

// Reserved is why a command cannot have a chord, as a text key; empty when it can. What a command has from the start it
// can always have again.
func Reserved(c Command, chord Chord) string {
	switch {
	case c.Fixed:
		return "keys.reserved.fixed"
	case slices.Contains(c.Default, chord):
		return ""
	case c.Nth && (!chord.Modified() || !nthKey(chord.Key)):
		return "keys.reserved.nth"
	case chord.Mod == Alt && chord.Key == "F4":
		return "keys.reserved.system"
	case chord.Mod == Ctrl && strings.Contains("acvxyz", chord.Key):
		return "keys.reserved.text"
	case chord.Key == KeyEscape:
		return "keys.reserved.escape"
	case chord.Modified():
		return ""
	case chord.Key == KeyEnter || chord.Key == KeyNumEnter:
		return "keys.reserved.enter"
	case strings.Contains("0123456789*#+", chord.Key):
		return "keys.reserved.digits"
	case slices.Contains([]string{KeyUp, KeyDown, KeyLeft, KeyRight, KeyHome, KeyEnd, KeyPageUp, KeyPageDown, KeyTab, KeySpace, KeyBackspace, KeyDelete, KeyInsert}, chord.Key):
		return "keys.reserved.move"
	}
	return ""
}

func nthKey(key string) bool { return len(key) == 1 && key[0] >= '1' && key[0] <= '9' }

// Changed is how the chords differ from the defaults.
func (k *Keymap) Changed() Rebinding {
	out := Rebinding{}
	for _, c := range k.commands {
		if !slices.Equal(k.chords[c.ID], c.Default) {
			out[c.ID] = slices.Clone(k.chords[c.ID])
		}
	}
	return out
}

// Has reports whether a command has a chord.
func (k *Keymap) Has(id ID, chord Chord) bool { return slices.Contains(k.chords[id], chord) }

// Taken is the other commands that a chord means. Where apart is true they count at other times than the command, so that
// both can have it: what fits the moment is done.
func (k *Keymap) Taken(id ID, chord Chord) (others []Command, apart bool) {
	c, _ := k.Command(id)
	apart = true
	for _, o := range k.commands {
		if o.ID == id || !slices.ContainsFunc(family(c, chord), func(one Chord) bool { return k.Has(o.ID, one) }) {
			continue
		}
		others = append(others, o)
		if share(c, o) {
			apart = false
		}
	}
	return others, apart
}

func share(a, b Command) bool {
	return slices.ContainsFunc(a.When, func(c Context) bool { return slices.Contains(b.When, c) })
}

// family is the chords that a chord of a command stands for: of a numbered one, those of all numbers.
func family(c Command, chord Chord) []Chord {
	if !c.Nth {
		return []Chord{chord}
	}
	var out []Chord
	for _, d := range c.Default {
		out = append(out, Chord{chord.Mod, d.Key})
	}
	return out
}

// With is the bindings when a command gets a chord more; a numbered command gets it with each of its numbers, instead of
// those it had. Alone takes the chord from all others, otherwise only from those that count at the same time.
func (k *Keymap) With(id ID, chord Chord, alone bool) Rebinding {
	c, ok := k.Command(id)
	if !ok {
		return k.Changed()
	}
	n := build(k.commands, k.Changed())
	if c.Nth {
		n.chords[id] = nil
	}
	for _, one := range family(c, chord) {
		n.free(c, one, alone)
		if !n.Has(id, one) {
			n.chords[id] = append(slices.Clone(n.chords[id]), one)
		}
	}
	return n.Changed()
}

// free takes a chord from the others: all, or those that share a context with the command.
func (k *Keymap) free(c Command, chord Chord, alone bool) {
	for _, o := range k.commands {
		if o.ID != c.ID && !o.Fixed && k.Has(o.ID, chord) && (alone || share(c, o)) {
			k.chords[o.ID] = slices.DeleteFunc(slices.Clone(k.chords[o.ID]), func(x Chord) bool { return x == chord })
		}
	}
}

// Without is the bindings when a command loses a chord; a numbered one all of them.
func (k *Keymap) Without(id ID, chord Chord) Rebinding {
	c, _ := k.Command(id)
	n := build(k.commands, k.Changed())
	n.chords[id] = slices.DeleteFunc(slices.Clone(n.chords[id]), func(x Chord) bool { return x == chord || c.Nth })
	return n.Changed()
}

// Reset is the bindings when a command has its defaults again, which those lose that were given them meanwhile.
func (k *Keymap) Reset(id ID) Rebinding {
	c, _ := k.Command(id)
	n := build(k.commands, k.Changed())
	n.chords[id] = c.Default
	for _, chord := range c.Default {
		n.free(c, chord, false)
	}
	return n.Changed()
}
