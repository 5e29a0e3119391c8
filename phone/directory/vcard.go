package directory

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-vcard"

	"svara/phone"
)

// person is somebody read from a vCard or a line of a table.
type person struct {
	phone.Person
	uid   string // of the card; empty when it has none
	photo []byte
	line  int // where it began
}

// cardLimit is how long the text of one card may be, pictures apart.
const cardLimit = 1 << 20

// readCards reads vCards of versions 2.1, 3.0 and 4.0 one by one from a stream that open8 made. What cannot be read is told by its line and why; each
// card that can is handed over until it says otherwise.
func readCards(r *bufio.Reader, each func(person) error, bad func(line int, why string)) error {
	in := &cardLines{lines: lines{b: r}}
	for {
		p, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if p.name() != "BEGIN" || !strings.EqualFold(strings.TrimSpace(string(p.value)), "VCARD") {
			continue
		}
		at := in.lines.n
		if in.back { // the line after it has been looked at
			at--
		}
		c, err := readCard(in, at, bad)
		var broken *cardError
		switch {
		case errors.As(err, &broken):
			bad(at, broken.Error())
			continue
		case err != nil:
			return err
		case c == nil:
			continue
		}
		if err := each(*c); err != nil {
			return err
		}
	}
}

// cardError is what is wrong with one card; the next may be well.
type cardError struct{ why string }

func (e *cardError) Error() string { return e.why }

// readCard reads the rest of a card. A card that is no person, such as a group, is nil.
func readCard(in *cardLines, at int, bad func(int, string)) (*person, error) {
	var text strings.Builder
	text.WriteString("BEGIN:VCARD\n")
	c := &person{line: at}
	for depth := 0; ; {
		p, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil, &cardError{"the card does not end"}
		}
		if err != nil {
			return nil, err
		}
		name, value := p.name(), strings.ToUpper(strings.TrimSpace(string(p.value[:min(len(p.value), 20)])))
		if name == "BEGIN" && value == "VCARD" { // vCard 2.1 may hold a card in a card
			depth++
			continue
		}
		if name == "END" && value == "VCARD" {
			if depth == 0 {
				break
			}
			depth--
			continue
		}
		if depth > 0 {
			continue
		}
		if name == "PHOTO" {
			photo := p.binary()
			switch {
			case len(photo) > photoLimit:
				bad(at, "a picture larger than 10 MB is left out")
			case len(photo) > 0 && c.photo == nil:
				c.photo = photo
			}
			continue
		}
		if len(p.value) > cardLimit || text.Len() > cardLimit {
			continue // keys, sounds and logos are none of ours
		}
		text.WriteString(p.head)
		for _, s := range p.param {
			if k, _, _ := strings.Cut(s, "="); !strings.EqualFold(k, "ENCODING") && !strings.EqualFold(k, "CHARSET") {
				text.WriteString(";" + s)
			}
		}
		text.WriteString(":" + p.text() + "\n")
	}
	text.WriteString("END:VCARD\n")
	card, err := vcard.NewDecoder(strings.NewReader(text.String())).Decode()
	if err != nil {
		return nil, &cardError{plain(err.Error())}
	}
	if isGroup(card) {
		return nil, nil
	}
	c.uid = strings.TrimPrefix(unshield(card.Value(vcard.FieldUID)), "urn:uuid:")
	c.Person = personOfCard(card)
	if c.Label() == "" {
		return nil, &cardError{"nobody's name, company or number"}
	}
	return c, nil
}

func isGroup(card vcard.Card) bool {
	return strings.EqualFold(card.Value(vcard.FieldKind), "group") || strings.EqualFold(card.Value("X-ADDRESSBOOKSERVER-KIND"), "group")
}

// personOfCard takes what we keep of a card (RFC 6350 6).
func personOfCard(card vcard.Card) phone.Person {
	p := phone.Person{
		Name: unshield(card.PreferredValue(vcard.FieldFormattedName)), Title: unshield(card.Value(vcard.FieldTitle)),
		Note: unshield(card.Value(vcard.FieldNote)), Mark: markOf(card.Value(fieldMark)), SpeedDial: speedDial(card.Value(fieldSpeedDial)),
	}
	if n := structured(card.Value(vcard.FieldName)); len(n) > 0 {
		p.Family = n[0]
		if len(n) > 1 {
			p.Given = n[1]
		}
	}
	if o := structured(card.Value(vcard.FieldOrganization)); len(o) > 0 {
		p.Company = o[0]
		if len(o) > 1 {
			p.Department = o[1]
		}
	}
	preferred := ""
	for _, f := range card[vcard.FieldTelephone] {
		number := unshield(f.Value)
		addNumber(&p, telephoneKind(f.Params.Types()), number)
		if preferred == "" && isPreferred(f) {
			preferred = number
		}
	}
	for _, f := range card[vcard.FieldIMPP] {
		if strings.HasPrefix(strings.ToLower(f.Value), "sip:") || strings.HasPrefix(strings.ToLower(f.Value), "sips:") {
			addNumber(&p, phone.NumberOther, unshield(f.Value))
		}
	}
	mails := slices.Clone(card[vcard.FieldEmail])
	slices.SortStableFunc(mails, func(a, b *vcard.Field) int { return rank(isPreferred(a)) - rank(isPreferred(b)) })
	for _, f := range mails {
		addEmail(&p, unshield(f.Value))
	}
	for _, f := range card[vcard.FieldCategories] {
		addList(&p.Keywords, f.Value)
	}
	for _, f := range card[fieldExpertise] {
		addList(&p.Skills, f.Value)
	}
	p.StandIn = standIn(card)
	if p.Given == "" && p.Family == "" && (p.Name == p.Company || slices.ContainsFunc(p.Numbers, func(n phone.Number) bool { return n.Number == p.Name })) {
		p.Name = "" // a card has to have one; somebody without has what stands for it
	}
	p = tidy(p)
	if preferred != "" {
		dialFirst(&p, preferred)
	}
	return p
}

// standIn is who acts for somebody (RFC 6350 6.6.6, "agent"; what older programs have for it). One that is named by the
// URI of another card only is nobody we could find.
func standIn(card vcard.Card) string {
	for _, f := range card[vcard.FieldRelated] {
		if f.Params.HasType("agent") && !strings.HasPrefix(f.Value, "urn:") && !strings.Contains(f.Value, "://") {
			return strings.TrimPrefix(unshield(f.Value), "tel:")
		}
	}
	for _, name := range []string{"X-ASSISTANT", "X-EVOLUTION-ASSISTANT", "X-MS-ASSISTANT"} {
		if v := card.Value(name); v != "" {
			return unshield(v)
		}
	}
	return ""
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// Properties that go-vcard has no names for: RFC 6715 2.1, and ours for what others do not know.
const (
	fieldExpertise = "EXPERTISE"
	fieldMark      = "X-SVARA-MARK"
	fieldSpeedDial = "X-SVARA-SPEED-DIAL"
)

func isPreferred(f *vcard.Field) bool {
	return f.Params.Get(vcard.ParamPreferred) == "1" || f.Params.HasType("pref")
}

// dialFirst puts a number at the head of the list.
func dialFirst(p *phone.Person, number string) {
	bare := bareNumber(strings.TrimPrefix(number, "tel:"))
	i := slices.IndexFunc(p.Numbers, func(n phone.Number) bool { return bareNumber(n.Number) == bare })
	if i > 0 {
		n := p.Numbers[i]
		p.Numbers = slices.Insert(slices.Delete(p.Numbers, i, i+1), 0, n)
	}
}

// structured is the components of a structured value.
func structured(value string) []string {
	if strings.TrimSpace(value) == "" {
		return nil
	}
	parts := strings.Split(value, ";")
	for i := range parts {
		parts[i] = unshield(parts[i])
	}
	return parts
}

func addList(to *[]string, value string) {
	for w := range strings.SplitSeq(value, ",") {
		addWords(to, unshield(w))
	}
}

// telephoneKind reads the types of a TEL property.
func telephoneKind(types []string) phone.NumberKind {
	has := func(names ...string) bool {
		return slices.ContainsFunc(types, func(t string) bool { return slices.Contains(names, strings.Trim(strings.ToLower(t), `"`)) })
	}
	switch {
	case has("fax"):
		return phone.NumberFax
	case has("x-extension", "extension"):
		return phone.NumberExtension
	case has("cell", "mobile", "iphone", "x-mobile"):
		return phone.NumberMobile
	case has("work", "main", "business"):
		return phone.NumberWork
	case has("home"):
		return phone.NumberHome
	}
	return phone.NumberOther
}

// markOf is a mark as it is written; a word that is none is no mark.
func markOf(s string) phone.Mark {
	switch m := phone.Mark(strings.ToLower(strings.TrimSpace(s))); m {
	case phone.MarkFavourite, phone.MarkVIP, phone.MarkBlocked:
		return m
	}
	return phone.MarkNone
}

// speedDial is a place 1 to 99 as it is written, or "".
func speedDial(s string) string {
	s = strings.TrimSpace(s)
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || n < 1 || n > 99 || fmt.Sprint(n) != s {
		return ""
	}
	return s
}
