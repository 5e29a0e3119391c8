package present

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// PaletteItem is a line of the palette: a command, a numbered one for one of its numbers, or a page to open.
type PaletteItem struct {
	ID      string // stable: what was used lately is remembered by it
	Command command.ID
	Chord   command.Chord // of a numbered command: which one is meant
	View    command.View  // of a page
	Icon    string
	Title   []Span // what was searched for marked
	Key     string // key cap, empty where there is none
	Enabled bool
	Reason  string // why it cannot be done now
}

// Palette is what can be done that fits a query, by its words in any order and in either language: what can be done now
// first, what was used lately before the rest, best fit first. sit is where the user is: commands of another moment
// cannot be done.
func Palette(s Scene, keys *command.Keymap, sit command.Situation, query string, recent []string) []PaletteItem {
	type found struct {
		PaletteItem
		hit, place int
	}
	var all []found
	add := func(item PaletteItem, title, alt string) {
		spans, hit := titled(title, alt, query)
		if hit == 0 {
			return
		}
		item.Title = spans
		place := slices.Index(recent, item.ID)
		if place < 0 {
			place = len(recent)
		}
		all = append(all, found{item, hit, place})
	}
	for _, c := range keys.Commands() {
		if c.Hidden {
			continue
		}
		item := PaletteItem{ID: string(c.ID), Command: c.ID, Icon: c.Icon, Enabled: true}
		item.Enabled, item.Reason = possible(s, keys, sit, c)
		alt := text.In(otherLanguage(), c.Title)
		if c.Nth && item.Enabled {
			for _, n := range numbered(s, c.ID) {
				item.ID, item.Chord, item.Key = string(c.ID)+"."+n.key, command.Chord{Key: n.key}, numberedKey(keys, c.ID, n.key)
				add(item, n.title, alt)
			}
			continue
		}
		if chords := keys.Chords(c.ID); len(chords) > 0 && !c.Nth {
			item.Key = handiest(chords).Print(text.T)
		}
		add(item, text.T(c.Title), alt)
	}
	for _, g := range SettingPages() {
		for _, p := range g.Pages {
			at := command.View("settings/" + p.ID)
			add(PaletteItem{ID: string(at), View: at, Icon: p.Icon, Enabled: true}, text.T("palette.settings", "page", text.T(p.Title)), text.In(otherLanguage(), p.Title))
		}
	}
	slices.SortStableFunc(all, func(a, b found) int {
		if a.Enabled != b.Enabled {
			if a.Enabled {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.hit, a.hit), cmp.Compare(a.place, b.place))
	})
	out := make([]PaletteItem, 0, len(all))
	for _, f := range all {
		out = append(out, f.PaletteItem)
	}
	return out
}

// possible reports whether a command can be done now, and else why not.
func possible(s Scene, keys *command.Keymap, sit command.Situation, c command.Command) (bool, string) {
	if slices.Equal(c.When, []command.Context{command.Transfer}) && !slices.Contains(sit.Contexts, command.Transfer) {
		return false, text.T("disabled.not-transferring")
	}
	if ok, why := keys.State(c.ID, s.Snap); !ok {
		return false, text.T(why)
	}
	return true, ""
}

// handiest is the chord to print of several: one that works also while text is typed, when there is one.
func handiest(chords []command.Chord) command.Chord {
	for _, c := range chords {
		if !c.Typed() {
			return c
		}
	}
	return chords[0]
}

// nth is one of what a numbered command can be done with.
type nth struct{ key, title string }

// numbered is what a numbered command can be done with now.
func numbered(s Scene, id command.ID) []nth {
	var out []nth
	add := func(n int, key string, args ...any) {
		if n >= 1 && n <= 9 {
			out = append(out, nth{strconv.Itoa(n), text.T(key, args...)})
		}
	}
	switch id {
	case command.UseShortcut:
		for i, c := range s.Snap.Me.Shortcuts {
			add(i+1, "palette.shortcut", "name", Clean(ShortcutName(c), nameLimit))
		}
	case command.ToggleQueue:
		for i, q := range s.Snap.Queues {
			key := "palette.queue_in"
			if command.LoggedIn(q) {
				key = "palette.queue_out"
			}
			add(i+1, key, "name", Clean(cmp.Or(q.Name, string(q.ID)), nameLimit))
		}
	case command.FetchCall:
		fetch := func(card command.Card, p phone.Party) {
			if s.Number == nil {
				return
			}
			n, who := s.Number(card), s.WhoOf(p)
			add(n, "palette.fetch", "number", strconv.Itoa(n), "name", cmp.Or(who.Name, who.Number))
		}
		for _, c := range s.Snap.Calls {
			fetch(command.Card{Call: c.ID}, c.Remote)
		}
		for _, p := range s.Snap.Parked {
			fetch(command.ParkedCard(p), p.Remote)
		}
	}
	return out
}

// numberedKey is the key cap of a numbered command for one number.
func numberedKey(keys *command.Keymap, id command.ID, digit string) string {
	for _, c := range keys.Chords(id) {
		if c.Key == digit {
			return c.Print(text.T)
		}
	}
	return ""
}

// titled is a title with what was searched for marked, and how well it fits: 0 is not. Every word of the query must begin
// or be a part of a word of the title, or begin one of the title in the other language.
func titled(title, alt, query string) (spans []Span, hit int) {
	words := strings.Fields(query)
	if len(words) == 0 {
		return []Span{{Text: title}}, 1
	}
	own, foreign, runes := folded(title), folded(alt), []rune(title)
	marks := make([]bool, len(own))
	for _, w := range words {
		part := folded(w)
		at, start := within(own, part)
		switch abroad, foreignStart := within(foreign, part); {
		case at >= 0:
			hit += 2
			if start {
				hit += 2
			}
			if at == 0 {
				hit++
			}
			for i := range part {
				marks[at+i] = true
			}
		case abroad >= 0 && foreignStart:
			hit++
		default:
			return nil, 0
		}
	}
	for i, from := 1, 0; i <= len(runes); i++ {
		if i == len(runes) || marks[i] != marks[from] {
			spans = append(spans, Span{Text: string(runes[from:i]), Mark: marks[from]})
			from = i
		}
	}
	return spans, hit
}

// within is where a part is in a text, preferably at the beginning of a word; -1 when it is not.
func within(s, part []rune) (at int, start bool) {
	at = -1
	for i := 0; i+len(part) <= len(s); i++ {
		if !slices.Equal(s[i:i+len(part)], part) {
			continue
		}
		if i == 0 || !unicode.IsLetter(s[i-1]) && !unicode.IsDigit(s[i-1]) {
			return i, true
		}
		if at < 0 {
			at = i
		}
	}
	return at, false
}

// folded is a text's letters without case and without the dots and rings of å, ä and ö, rune for rune.
func folded(s string) []rune {
	out := []rune(s)
	for i, r := range out {
		switch r = unicode.ToLower(r); r {
		case 'å', 'ä':
			r = 'a'
		case 'ö':
			r = 'o'
		case 'é':
			r = 'e'
		}
		out[i] = r
	}
	return out
}
