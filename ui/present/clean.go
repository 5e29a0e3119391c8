package present

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"svara/phone"
	"svara/ui/text"
)

// The longest name and number a view is given, in runes. What is longer ends in an ellipsis.
const (
	nameLimit   = 60
	numberLimit = 48
)

// Clean makes text from the network fit to show on one line: controls, line breaks, zero-width and bidirectional
// formatting characters (which could make a number read backwards or hide one name in another) are taken out, runs of
// space become one, and a text longer than limit runes is cut.
func Clean(s string, limit int) string {
	var b strings.Builder
	n, space, marks := 0, false, 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError || hidden(r):
			continue
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			// A letter may carry a few accents, not a tower that covers the lines above it.
			if marks++; marks > 2 || b.Len() == 0 {
				continue
			}
		default:
			marks = 0
		}
		if n >= limit {
			return b.String() + "…"
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// hidden reports whether a rune draws nothing of its own but changes how others read.
func hidden(r rune) bool {
	switch {
	case unicode.IsSpace(r): // line breaks and tabs separate words
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r):
		return true
	case r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x3164, r == 0xFFA0, r == 0x2800:
		return true // letters and marks that draw nothing
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		return true // variation selectors
	}
	return false
}

// groupLimit is the longest group id that is shown, in runes.
const groupLimit = 12

// Who is a party as the views show it: both strings are clean, and Number is never empty while the network gave one.
type Who struct {
	Name   string // display name; the number when there is none
	Number string // as people write it, in words where it ends with a group id: what is dialled is the party's own
	Known  bool   // Name is more than the number
}

// who cleans a party for display.
func (s Scene) who(p phone.Party) Who {
	w := Who{Name: Clean(p.Name, nameLimit), Number: Clean(p.Number, numberLimit)}
	if w.Number == "" {
		w.Number = Clean(strings.TrimPrefix(p.URI, "sip:"), numberLimit)
	}
	if words := hiddenNumber(p); words != "" {
		w.Number = words
		if nobody(w.Name) {
			w.Name = ""
		}
	}
	if nobody(w.Name) && w.Number != "" {
		w.Name = "" // exchanges write so for callers whose name they do not have
	}
	whole := w.Number
	w.Number = s.written(whole)
	bare, grouped := withoutGroup(p)
	if grouped {
		bare = Clean(bare, numberLimit)
		w.Number = text.T("who.group", "number", s.written(bare), "id", Clean(p.Group, groupLimit))
	}
	w.Known = w.Name != "" && w.Name != whole && !(grouped && w.Name == bare)
	if !w.Known {
		w.Name = w.Number
	}
	return w
}

// withheld and unknown are what exchanges write in the place of a number or a name, for callers who do not show theirs
// (RFC 3323 4.1.1.3) and for those they know nothing of. In lower case.
var (
	withheld = []string{"anonymous", "anonym", "restricted", "withheld", "private"}
	unknown  = []string{"unknown", "okänd", "unavailable"}
)

// nobody reports whether a name is none.
func nobody(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(withheld, name) || slices.Contains(unknown, name)
}

// Withheld reports whether a party does not show their number.
func Withheld(p phone.Party) bool {
	_, host, _ := strings.Cut(strings.ToLower(p.URI), "@")
	return slices.Contains(withheld, strings.ToLower(strings.TrimSpace(p.Number))) || p.Number == "" && host == "anonymous.invalid"
}

// hiddenNumber is what stands in the place of a number that is not shown, or not known; empty for all others.
func hiddenNumber(p phone.Party) string {
	switch {
	case Withheld(p):
		return text.T("who.withheld")
	case slices.Contains(unknown, strings.ToLower(strings.TrimSpace(p.Number))):
		return text.T("who.unknown")
	}
	return ""
}

// withoutGroup is a party's number without the group id that it ends with (features.md B14); ok is false where it has none.
func withoutGroup(p phone.Party) (bare string, ok bool) {
	bare, ok = strings.CutSuffix(p.Number, p.Group)
	return bare, ok && p.Group != "" && bare != ""
}

// Face is the name an avatar is drawn for: empty for a number, which shows a person's outline.
func (w Who) Face() string {
	if !w.Known {
		return ""
	}
	return w.Name
}
