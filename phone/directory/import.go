package directory

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/numbers"
)

// tellMost is how many skipped entries an ImportResult names.
const tellMost = 20

// Import takes the people of a file of vCards or a table over into the user's own contacts. Somebody who is there
// already (the same UID, or the same name and a number or e-mail in common) is completed, nothing is taken away.
func (s *Service) Import(ctx context.Context, path string) (phone.ImportResult, error) {
	var result phone.ImportResult
	own, err := s.o.Store.OwnPeople(ctx)
	if err != nil {
		return result, fmt.Errorf("read the contacts there are: %w", err)
	}
	known := newIndex(s.o.Plan(), own)
	skip := func(line int, why string) {
		if len(result.Skipped) < tellMost {
			result.Skipped = append(result.Skipped, fmt.Sprintf("line %d: %s", line, why))
		}
	}
	err = readPeople(path, func(read person) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := known.find(read)
		if at < 0 {
			read.ID = ownID(read.uid)
			read.Person.Colleague = false
			if kept, err := s.keep(ctx, read.Person, read.photo, skip, read.line); err != nil || !kept {
				return err
			}
			read.Photo = len(read.photo) > 0
			known.add(read.Person)
			result.Added++
			return nil
		}
		there := known.people[at]
		full, more := enrich(known.plan, there, read.Person)
		photo := read.photo
		if there.Photo {
			photo = nil
		}
		if !more && len(photo) == 0 {
			result.Same++
			return nil
		}
		if kept, err := s.keep(ctx, full, photo, skip, read.line); err != nil || !kept {
			return err
		}
		full.Photo = full.Photo || len(photo) > 0
		known.replace(at, full)
		result.Updated++
		return nil
	}, skip)
	if err != nil {
		return result, fmt.Errorf("import: %w", err)
	}
	return result, nil
}

// keep stores a contact and its picture, and reports whether the contact is kept. What cannot be used is told and costs no
// more than itself: a speed dial that another contact has, a picture, one contact.
func (s *Service) keep(ctx context.Context, p phone.Person, photo []byte, skip func(int, string), line int) (bool, error) {
	err := s.o.Store.PutPerson(ctx, p)
	var refused *phone.Error
	if errors.As(err, &refused) && refused.Reason == (phone.Reason{ID: phone.ReasonBadPerson, Text: "speed_dial"}) {
		skip(line, "the speed dial "+p.SpeedDial+" is taken")
		p.SpeedDial = ""
		err = s.o.Store.PutPerson(ctx, p)
	}
	if errors.As(err, &refused) && refused.Reason.ID == phone.ReasonBadPerson {
		skip(line, "this cannot be kept: "+refused.Reason.Text)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keep a contact: %w", err)
	}
	if len(photo) == 0 {
		return true, nil
	}
	if err := s.o.Store.SetPhoto(ctx, p.ID, photo); err != nil {
		if ctx.Err() != nil {
			return true, ctx.Err()
		}
		skip(line, "the picture cannot be used: "+plain(reasonOf(err).Text))
	}
	return true, nil
}

// ownID is the ID of a contact made of a card: the same for the same UID, so that the card is known again. A UID that
// Export wrote is the ID itself.
func ownID(uid string) phone.PersonID {
	if uid == "" {
		return phone.NewPersonID()
	}
	if id := phone.PersonID(uid); id.Book() == phone.OwnBook && len(uid) > len(phone.OwnBook)+1 && len(uid) <= 100 && plain(uid) == uid {
		return id
	}
	sum := sha256.Sum256([]byte(uid))
	return phone.PersonOf(phone.OwnBook, "u"+strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])))
}

// index finds people by UID, name, number and e-mail.
type index struct {
	plan   numbers.Plan
	people []phone.Person
	byID   map[phone.PersonID]int
	byName map[string][]int
}

func newIndex(plan numbers.Plan, people []phone.Person) *index {
	x := &index{plan: plan, byID: make(map[phone.PersonID]int, len(people)), byName: make(map[string][]int, len(people))}
	for _, p := range people {
		x.add(p)
	}
	return x
}

func (x *index) add(p phone.Person) {
	at := len(x.people)
	x.people = append(x.people, p)
	x.byID[p.ID] = at
	x.byName[nameKey(p)] = append(x.byName[nameKey(p)], at)
}

// replace puts a completed person in the old one's place. Their name is the same.
func (x *index) replace(at int, p phone.Person) { x.people[at] = p }

func nameKey(p phone.Person) string { return fold(p.Label()) }

// find is where somebody is, or -1.
func (x *index) find(p person) int {
	if p.uid != "" {
		if at, ok := x.byID[ownID(p.uid)]; ok {
			return at
		}
	}
	for _, at := range x.byName[nameKey(p.Person)] {
		if x.common(x.people[at], p.Person) {
			return at
		}
	}
	return -1
}

// common reports whether two have a number or an e-mail in common. Two that have neither are the same by their name.
func (x *index) common(a, b phone.Person) bool {
	for _, m := range b.Emails {
		if slices.ContainsFunc(a.Emails, func(o string) bool { return strings.EqualFold(o, m) }) {
			return true
		}
	}
	for _, n := range b.Numbers {
		if hasNumber(x.plan, a.Numbers, n.Number) {
			return true
		}
	}
	return len(b.Numbers)+len(b.Emails) == 0 && a.Company == b.Company
}

func hasNumber(plan numbers.Plan, list []phone.Number, number string) bool {
	return slices.ContainsFunc(list, func(n phone.Number) bool {
		return bareNumber(n.Number) == bareNumber(number) || plan.Same(n.Number, number)
	})
}

// enrich adds to a person what another reading of them has more.
func enrich(plan numbers.Plan, p, more phone.Person) (phone.Person, bool) {
	changed := false
	for _, f := range []struct{ to, from *string }{
		{&p.Name, &more.Name}, {&p.Given, &more.Given}, {&p.Family, &more.Family}, {&p.Company, &more.Company}, {&p.Title, &more.Title},
		{&p.Department, &more.Department}, {&p.Note, &more.Note}, {&p.SpeedDial, &more.SpeedDial},
	} {
		if *f.to == "" && *f.from != "" {
			*f.to, changed = *f.from, true
		}
	}
	if p.Mark == phone.MarkNone && more.Mark != phone.MarkNone {
		p.Mark, changed = more.Mark, true
	}
	p.Numbers, p.Emails = slices.Clone(p.Numbers), slices.Clone(p.Emails)
	p.Keywords, p.Skills = slices.Clone(p.Keywords), slices.Clone(p.Skills)
	before := len(p.Numbers) + len(p.Emails) + len(p.Keywords) + len(p.Skills)
	for _, n := range more.Numbers {
		if !hasNumber(plan, p.Numbers, n.Number) && len(p.Numbers) < listLimit {
			p.Numbers = append(p.Numbers, n)
		}
	}
	for _, m := range more.Emails {
		addEmail(&p, m)
	}
	addWords(&p.Keywords, more.Keywords...)
	addWords(&p.Skills, more.Skills...)
	return p, changed || len(p.Numbers)+len(p.Emails)+len(p.Keywords)+len(p.Skills) > before
}
