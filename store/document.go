package store

import (
	"slices"
	"strings"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/numbers"
)

// document is what a person is searched in, folded.
type document struct {
	text     string // " anna berg  kvarnens kafe ": words with a blank on either side
	name     string // likewise, of the name only
	initials string // " ab ba ": as in the index
	digits   string // " 46701234567 0701234567 "
}

func documentOf(p phone.Person) document {
	var text, digits strings.Builder
	add := func(s string) {
		text.WriteByte(' ')
		writeWords(&text, s)
	}
	add(p.Name)
	d := document{name: text.String() + " "}
	for _, s := range []string{p.Given, p.Family, p.Company, p.Title, p.Department} {
		add(s)
	}
	for _, list := range [][]string{p.Emails, p.Keywords, p.Skills} {
		for _, s := range list {
			add(s)
		}
	}
	for _, n := range p.Numbers {
		forms := numbers.Known(n.Number, n.E164).Digits
		if forms == nil {
			add(n.Number)
		}
		for _, form := range forms {
			digits.WriteByte(' ')
			digits.WriteString(form)
		}
	}
	d.text, d.digits = text.String()+" ", digits.String()
	for _, w := range initials(p.Name) {
		d.initials += " " + w[1:]
	}
	return d
}

// documentIs is documentOf, worked out.
func documentIs(p phone.Person) func() document {
	d := documentOf(p)
	return func() document { return d }
}

// writeWords writes the words of a text, folded, with blanks between them.
func writeWords(out *strings.Builder, s string) {
	for _, r := range s {
		if r < utf8.RuneSelf {
			switch {
			case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
				out.WriteByte(byte(r))
			case 'A' <= r && r <= 'Z':
				out.WriteByte(byte(r + 'a' - 'A'))
			default:
				out.WriteByte(' ')
			}
			continue
		}
		for _, f := range foldRune(r) {
			if !wordLetter(f) {
				f = ' '
			}
			out.WriteRune(f)
		}
	}
}

// match is how close all terms are found, which is that of the worst of them; no worse than upTo, else closeNot.
func (d document) match(terms []term, upTo closeness) closeness {
	worst := closeExact
	for i := range terms {
		if worst = max(worst, d.find(&terms[i], upTo)); worst == closeNot {
			break
		}
	}
	return worst
}

// named reports whether all terms are how words of the name begin, its initials, or in a number.
func (d document) named(terms []term) bool {
	for i := range terms {
		t := &terms[i]
		switch {
		case slices.ContainsFunc(t.digits, func(digits string) bool { return strings.Contains(d.digits, digits) }),
			t.letters > 0 && strings.Contains(d.name, t.begins), t.letters >= 2 && t.letters <= 4 && strings.Contains(d.initials, t.begins),
			t.letters > 0 && t.halvesIn(d.name) != nil, len(t.parts) > 0 && d.named(t.parts):
		default:
			return false
		}
	}
	return true
}

func (d document) find(t *term, upTo closeness) closeness {
	for _, digits := range t.digits {
		if strings.Contains(d.digits, digits) {
			return closeExact
		}
	}
	if len(t.parts) > 0 {
		if upTo < closeInside {
			return closeNot
		}
		return max(closeInside, d.match(t.parts, upTo))
	}
	n := t.letters
	switch {
	case n == 0:
		return closeNot
	case strings.Contains(d.text, t.begins), n >= 2 && n <= 4 && strings.Contains(d.initials, t.begins):
		return closeExact
	case upTo < closeInside:
		return closeNot
	case n >= minInside && strings.Contains(d.text, t.word), t.halvesIn(d.name) != nil:
		return closeInside
	case upTo < closeNearly || !t.forgiven() || !t.perhapsIn(d.text):
		return closeNot
	}
	for word := range strings.FieldsSeq(d.text) {
		if nearly(t.word, word) {
			return closeNearly
		}
	}
	return closeNot
}
