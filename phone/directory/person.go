package directory

import (
	"slices"
	"strings"
	"unicode/utf8"

	"svara/phone"
)

// The longest texts taken over. A book with longer ones is not a book of people.
const (
	textLimit = 500
	noteLimit = 10000
	listLimit = 50 // numbers, e-mails, keywords of one person
)

// addNumber adds a number as it was written. A short one of digits only is an extension of the exchange.
func addNumber(p *phone.Person, kind phone.NumberKind, number string) {
	number = strings.TrimSpace(line(number, textLimit))
	if t, ok := strings.CutPrefix(number, "tel:"); ok {
		number, _, _ = strings.Cut(t, ";") // RFC 3966: parameters are none of the number
	}
	if number == "" || len(p.Numbers) >= listLimit {
		return
	}
	if (kind == phone.NumberWork || kind == phone.NumberOther) && short(number) {
		kind = phone.NumberExtension
	}
	bare := bareNumber(number)
	for _, n := range p.Numbers {
		if bareNumber(n.Number) == bare && (n.Kind == kind || kind == phone.NumberOther) {
			return
		}
	}
	p.Numbers = append(p.Numbers, phone.Number{Kind: kind, Number: number})
}

// short reports whether a number is 2 to 5 digits, no more and none of them a prefix for the outside.
func short(number string) bool {
	if len(number) < 2 || len(number) > 5 || number[0] == '0' {
		return false
	}
	return strings.Trim(number, "0123456789") == ""
}

// bareNumber is a number without what people write between its digits; an address stays as it is.
func bareNumber(number string) string {
	if strings.ContainsAny(number, "@:") {
		return strings.ToLower(number)
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -./()\u00a0\u2011\u2013", r) {
			return -1
		}
		return r
	}, number)
}

func addEmail(p *phone.Person, email string) {
	email = strings.TrimSpace(line(email, textLimit))
	email = strings.TrimPrefix(email, "mailto:")
	if !strings.Contains(email, "@") || len(p.Emails) >= listLimit {
		return
	}
	if !slices.ContainsFunc(p.Emails, func(e string) bool { return strings.EqualFold(e, email) }) {
		p.Emails = append(p.Emails, email)
	}
}

// addWords adds keywords or skills.
func addWords(list *[]string, words ...string) {
	for _, w := range words {
		w = strings.TrimSpace(line(w, textLimit))
		if w != "" && len(*list) < listLimit && !slices.ContainsFunc(*list, func(o string) bool { return strings.EqualFold(o, w) }) {
			*list = append(*list, w)
		}
	}
}

// numberOrder is which kind to dial first where the book does not say.
var numberOrder = []phone.NumberKind{phone.NumberExtension, phone.NumberWork, phone.NumberMobile, phone.NumberOther, phone.NumberHome, phone.NumberFax}

// tidy puts a person in order: texts on one line and of a bearable length, a name made of its parts, faxes last.
func tidy(p phone.Person) phone.Person {
	for _, s := range []*string{&p.Name, &p.Given, &p.Family, &p.Company, &p.Title, &p.Department, &p.StandIn} {
		*s = strings.TrimSpace(line(*s, textLimit))
	}
	if p.Name == "" {
		p.Name = strings.TrimSpace(p.Given + " " + p.Family)
	}
	p.Note = strings.TrimSpace(cut(strings.ToValidUTF8(p.Note, "\ufffd"), noteLimit))
	if p.Name == "" && p.Company == "" && len(p.Numbers) == 0 && len(p.Emails) > 0 {
		p.Name = p.Emails[0]
	}
	slices.SortStableFunc(p.Numbers, func(a, b phone.Number) int {
		return slices.Index(numberOrder, a.Kind) - slices.Index(numberOrder, b.Kind)
	})
	return p
}

// line is a text on one line, valid and not too long.
func line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return cut(s, limit)
}

// cut shortens a text to so many bytes without breaking a letter.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
