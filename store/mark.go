package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/numbers"
)

// folded is a text's words as they are searched, and where each byte of them comes from.
type folded struct {
	text string // with a blank on either side
	from []int  // of each byte of text, in the text as stored; the last is its end
}

func foldedText(s string) folded {
	var out strings.Builder
	out.Grow(len(s) + 2)
	out.WriteByte(' ')
	from := make([]int, 1, len(s)+2)
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		before := out.Len()
		writeWords(&out, s[i:i+n])
		for range out.Len() - before {
			from = append(from, i)
		}
		i += n
	}
	out.WriteByte(' ')
	return folded{text: out.String(), from: append(from, len(s))}
}

// span is the part of the stored text that bytes of the folded one come from: up to where the next letter begins, so
// that accents of their own and what is not seen belong to the letter before them.
func (f folded) span(field phone.Field, from, to int) phone.Span {
	end := to
	for end < len(f.from)-1 && f.from[end] <= f.from[to-1] {
		end++
	}
	return phone.Span{Field: field, From: f.from[from], To: f.from[end]}
}

// marked is a field that hits are marked in.
type marked struct {
	field phone.Field
	place int // in a list; -1 for none
	text  folded
}

// span is the part of the field that bytes of the folded text come from.
func (m marked) span(from, to int) phone.Span {
	field := m.field
	if m.place >= 0 {
		field += "." + phone.Field(strconv.Itoa(m.place))
	}
	return m.text.span(field, from, to)
}

// spansOf marks what was hit of a person: each term where it is found closest.
func spansOf(p phone.Person, terms []term) []phone.Span {
	fields := make([]marked, 0, 4+len(p.Emails)+len(p.Keywords)+len(p.Skills)+len(p.Numbers))
	fields = append(fields, marked{phone.FieldName, -1, foldedText(p.Name)}, marked{phone.FieldCompany, -1, foldedText(p.Company)},
		marked{phone.FieldTitle, -1, foldedText(p.Title)}, marked{phone.FieldDepartment, -1, foldedText(p.Department)})
	list := func(field phone.Field, texts []string) {
		for i, s := range texts {
			fields = append(fields, marked{field, i, foldedText(s)})
		}
	}
	list(phone.FieldEmail, p.Emails)
	list(phone.FieldKeyword, p.Keywords)
	list(phone.FieldSkill, p.Skills)
	for i, n := range p.Numbers {
		if n.E164 == "" && numbers.Known(n.Number, "").Digits == nil {
			fields = append(fields, marked{phone.FieldNumber, i, foldedText(n.Number)})
		}
	}
	var out []phone.Span
	for _, t := range terms {
		out = append(out, spansOfTerm(p, fields, t)...)
	}
	return joined(out)
}

func spansOfTerm(p phone.Person, fields []marked, t term) []phone.Span {
	out := digitSpans(p, t.digits)
	if len(out) == 0 && len(t.parts) > 0 {
		for _, part := range t.parts {
			out = append(out, spansOfTerm(p, fields, part)...)
		}
	}
	if t.word == "" {
		return out
	}
	each := func(pattern string, skip int) {
		for _, f := range fields {
			for from := 0; ; {
				at := strings.Index(f.text.text[from:], pattern)
				if at < 0 {
					break
				}
				at += from
				out = append(out, f.span(at+skip, at+len(pattern)))
				from = at + len(pattern) - skip
			}
		}
	}
	n := letters(t.word)
	if each(" "+t.word, 1); len(out) == 0 && n <= 4 {
		out = initialSpans(fields[0], t.word)
	}
	if len(out) == 0 && n >= minInside {
		each(t.word, 0)
	}
	if len(out) == 0 {
		if halves := t.halvesIn(fields[0].text.text); halves != nil {
			for _, h := range halves {
				at := strings.Index(fields[0].text.text, " "+h)
				out = append(out, fields[0].span(at+1, at+1+len(h)))
			}
		}
	}
	if len(out) == 0 && t.forgiven() {
		out = nearlySpans(fields, t.word)
	}
	return out
}

// initialSpans marks the first letters of a name whose initials begin so.
func initialSpans(name marked, word string) []phone.Span {
	var starts []int
	for i := 1; i < len(name.text.text)-1; i++ {
		if name.text.text[i-1] == ' ' && name.text.text[i] != ' ' {
			starts = append(starts, i)
		}
	}
	first := func(at int) (string, int) {
		_, n := utf8.DecodeRuneInString(name.text.text[at:])
		return name.text.text[at : at+n], n
	}
	if len(starts) < 2 {
		return nil
	}
	mark := func(starts []int) []phone.Span {
		var out []phone.Span
		rest := word
		for _, at := range starts {
			letter, n := first(at)
			if rest == "" || !strings.HasPrefix(rest, letter) {
				break
			}
			rest = rest[n:]
			out = append(out, name.span(at, at+n))
		}
		if rest != "" {
			return nil
		}
		return out
	}
	last := starts[len(starts)-1]
	for _, order := range [][]int{starts, {starts[0], last}, {last, starts[0]}} {
		if out := mark(order); out != nil {
			return out
		}
	}
	return nil
}

// nearlySpans marks the words that a word is nearly.
func nearlySpans(fields []marked, word string) []phone.Span {
	var out []phone.Span
	for _, f := range fields {
		text := f.text.text
		for from := 0; from < len(text); {
			if text[from] == ' ' {
				from++
				continue
			}
			to := from + strings.IndexByte(text[from:], ' ')
			if nearly(word, text[from:to]) {
				out = append(out, f.span(from, to))
			}
			from = to
		}
	}
	return out
}

// digitSpans marks digits in numbers as they are written. What is typed of a number may begin with a prefix that is not
// written there, or the other way: the country, or the 0 before an area.
func digitSpans(p phone.Person, forms []string) []phone.Span {
	var out []phone.Span
	for i, n := range p.Numbers {
		var digits strings.Builder
		var at []int
		for j, r := range n.Number {
			if r >= '0' && r <= '9' {
				digits.WriteByte(byte(r))
				at = append(at, j)
			}
		}
		written, field := digits.String(), phone.FieldNumber+"."+phone.Field(strconv.Itoa(i))
		for _, form := range forms {
			if from, to := whereDigits(written, form, n.E164); to > from {
				out = append(out, phone.Span{Field: field, From: at[from], To: at[to-1] + 1})
				break
			}
		}
	}
	return out
}

// whereDigits is which of the digits written are those searched; nothing where there are none of them.
func whereDigits(written, searched, e164 string) (from, to int) {
	if at := strings.Index(written, searched); at >= 0 {
		return at, at + len(searched)
	}
	if e164 == "" {
		return 0, 0
	}
	// Not as written, so in another form of the number; all forms end in the national number.
	full := e164[1:]
	for _, form := range numbers.Known(e164, e164).Digits {
		at := strings.Index(form, searched)
		national := min(commonEnd(form, full), commonEnd(full, written))
		if at < 0 || national == 0 {
			continue
		}
		shift := len(written) - len(form)
		from, to = max(at, len(form)-national)+shift, at+len(searched)+shift
		if form == full && at == 0 && strings.HasPrefix(written, full[:len(full)-national]) {
			from = 0 // the country is written too, with something between
		}
		if from < to {
			return from, to
		}
	}
	return 0, 0
}

// commonEnd is how many bytes two texts have in common at their ends.
func commonEnd(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// joined is spans in order, with those that touch or overlap made one.
func joined(spans []phone.Span) []phone.Span {
	slices.SortFunc(spans, func(a, b phone.Span) int {
		return cmp.Or(strings.Compare(string(a.Field), string(b.Field)), a.From-b.From, a.To-b.To)
	})
	var out []phone.Span
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].Field == s.Field && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}
