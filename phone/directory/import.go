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

// together is how many contacts are saved at a time where the store can.
const together = 5000

// crowd is a Store that can save contacts together: all of them or, with an error, none. A transaction for each costs
// minutes for a large file.
type crowd interface {
	PutPeople(context.Context, []phone.Person) error
}

// Import takes the people of a file of vCards or a table over into the user's own contacts. Somebody who is there
// already (the same UID, or the same name and a number or e-mail in common) is completed, nothing is taken away.
func (s *Service) Import(ctx context.Context, path string) (phone.ImportResult, error) {
	own, err := s.o.Store.OwnPeople(ctx)
	if err != nil {
		return phone.ImportResult{}, fmt.Errorf("read the contacts there are: %w", err)
	}
	in := &importing{store: s.o.Store, known: newIndex(s.o.Plan(), own), at: map[phone.PersonID]int{}}
	err = readPeople(path, func(p person) error { return in.take(ctx, p) }, in.skip)
	if err == nil {
		err = in.flush(ctx)
	}
	defer giveBack(in.result.Added + in.result.Updated + in.result.Same)
	if err != nil {
		return in.result, fmt.Errorf("import: %w", err)
	}
	return in.result, nil
}

// importing is an import under way.
type importing struct {
	store  Store
	known  *index
	result phone.ImportResult

	waiting []waiting              // to be saved together
	at      map[phone.PersonID]int // where in waiting
	bytes   int                    // of pictures in it
}

// waiting is a contact that is to be saved.
type waiting struct {
	phone.Person
	photo []byte
	line  int
	added bool
}

func (in *importing) skip(line int, why string) {
	if len(in.result.Skipped) < tellMost {
		in.result.Skipped = append(in.result.Skipped, fmt.Sprintf("line %d: %s", line, why))
	}
}

// take decides what becomes of one of the file.
func (in *importing) take(ctx context.Context, read person) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	at := in.known.find(read)
	if at < 0 {
		read.ID = ownID(read.uid)
		known := read.Person
		known.Photo = len(read.photo) > 0
		in.known.add(known)
		return in.wait(ctx, waiting{Person: read.Person, photo: read.photo, line: read.line, added: true})
	}
	there := in.known.people[at]
	full, more := enrich(in.known.plan, there, read.Person)
	photo := read.photo
	if there.Photo {
		photo = nil
	}
	if !more && len(photo) == 0 {
		in.result.Same++
		return nil
	}
	known := full
	known.Photo = full.Photo || len(photo) > 0
	in.known.replace(at, known)
	return in.wait(ctx, waiting{Person: full, photo: photo, line: read.line})
}

// wait puts a contact among those to be saved. One that is there already is replaced and counts as it did.
func (in *importing) wait(ctx context.Context, w waiting) error {
	in.bytes += len(w.photo)
	if i, ok := in.at[w.ID]; ok {
		w.added = in.waiting[i].added
		if w.photo == nil {
			w.photo = in.waiting[i].photo
		}
		if w.added {
			in.result.Updated++
		}
		in.waiting[i] = w
		return nil
	}
	in.at[w.ID] = len(in.waiting)
	in.waiting = append(in.waiting, w)
	if len(in.waiting) >= together || in.bytes >= batchBytes {
		return in.flush(ctx)
	}
	return nil
}

// flush saves those who wait: together, or one by one when that cannot be or one of them is refused.
func (in *importing) flush(ctx context.Context) error {
	list := in.waiting
	in.waiting, in.at, in.bytes = nil, map[phone.PersonID]int{}, 0
	saved := false
	if many, ok := in.store.(crowd); ok && len(list) > 1 {
		people := make([]phone.Person, len(list))
		for i, w := range list {
			people[i] = w.Person
		}
		err := many.PutPeople(ctx, people)
		var refused *phone.Error
		if err != nil && !(errors.As(err, &refused) && refused.Reason.ID == phone.ReasonBadPerson) {
			return fmt.Errorf("keep contacts: %w", err)
		}
		saved = err == nil
	}
	for _, w := range list {
		if !saved {
			kept, err := in.one(ctx, w)
			if err != nil {
				return err
			}
			if !kept {
				continue
			}
		}
		if w.added {
			in.result.Added++
		} else {
			in.result.Updated++
		}
		if len(w.photo) == 0 {
			continue
		}
		if err := in.store.SetPhoto(ctx, w.ID, w.photo); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			in.skip(w.line, "the picture cannot be used: "+plain(reasonOf(err).Text))
		}
	}
	return nil
}

// one saves one contact and reports whether it is kept. What cannot be used is told and costs no more than itself: a
// speed dial that another contact has, or the contact.
func (in *importing) one(ctx context.Context, w waiting) (bool, error) {
	err := in.store.PutPerson(ctx, w.Person)
	var refused *phone.Error
	if errors.As(err, &refused) && refused.Reason == (phone.Reason{ID: phone.ReasonBadPerson, Text: "speed_dial"}) {
		in.skip(w.line, "the speed dial "+w.SpeedDial+" is taken")
		w.SpeedDial = ""
		err = in.store.PutPerson(ctx, w.Person)
	}
	if errors.As(err, &refused) && refused.Reason.ID == phone.ReasonBadPerson {
		in.skip(w.line, "this cannot be kept: "+refused.Reason.Text)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keep a contact: %w", err)
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
