package directory

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

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
	err = errors.Join(err, in.settle())
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
	saving  <-chan saved           // those before them, while these are read; nil for none
	group   sync.WaitGroup         // of who saves; settle waits for it
	ids     newIDs
}

// saved is what became of contacts saved together.
type saved struct {
	result phone.ImportResult
	err    error
}

// waiting is a contact that is to be saved.
type waiting struct {
	phone.Person
	photo []byte
	line  int
	added bool
}

func (in *importing) skip(line int, why string) { in.result = skipped(in.result, line, why) }

func skipped(r phone.ImportResult, line int, why string) phone.ImportResult {
	if len(r.Skipped) < tellMost {
		r.Skipped = append(r.Skipped, fmt.Sprintf("line %d: %s", line, why))
	}
	return r
}

// take decides what becomes of one of the file.
func (in *importing) take(ctx context.Context, read person) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	keys := in.known.keysOf(read.Person)
	at := in.known.find(read, keys)
	if at < 0 {
		if read.ID = in.ids.next(); read.uid != "" {
			read.ID = ownID(read.uid)
		}
		known := read.Person
		known.Photo = len(read.photo) > 0
		in.known.addKnown(known, keys)
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

// flush saves those who wait while others are read, once those before them are saved.
func (in *importing) flush(ctx context.Context) error {
	if err := in.settle(); err != nil {
		return err
	}
	list := in.waiting
	in.waiting, in.at, in.bytes = nil, map[phone.PersonID]int{}, 0
	done := make(chan saved, 1)
	in.saving = done
	in.group.Go(func() {
		r, err := save(ctx, in.store, list)
		done <- saved{r, err}
	})
	return nil
}

// settle waits until those before are saved, and counts them.
func (in *importing) settle() error {
	if in.saving == nil {
		return nil
	}
	s := <-in.saving
	in.group.Wait()
	in.saving = nil
	in.result.Added += s.result.Added
	in.result.Updated += s.result.Updated
	in.result.Skipped = append(in.result.Skipped, s.result.Skipped...)
	in.result.Skipped = in.result.Skipped[:min(len(in.result.Skipped), tellMost)]
	return s.err
}

// save saves contacts: together, or one by one when that cannot be or one of them is refused.
func save(ctx context.Context, store Store, list []waiting) (result phone.ImportResult, err error) {
	together := false
	if many, ok := store.(crowd); ok && len(list) > 1 {
		people := make([]phone.Person, len(list))
		for i, w := range list {
			people[i] = w.Person
		}
		err := many.PutPeople(ctx, people)
		var refused *phone.Error
		if err != nil && !(errors.As(err, &refused) && refused.Reason.ID == phone.ReasonBadPerson) {
			return result, fmt.Errorf("keep contacts: %w", err)
		}
		together = err == nil
	}
	for _, w := range list {
		if !together {
			kept, why, err := saveOne(ctx, store, w)
			if err != nil {
				return result, err
			}
			if why != "" {
				result = skipped(result, w.line, why)
			}
			if !kept {
				continue
			}
		}
		if w.added {
			result.Added++
		} else {
			result.Updated++
		}
		if len(w.photo) == 0 {
			continue
		}
		if err := store.SetPhoto(ctx, w.ID, w.photo); err != nil {
			if ctx.Err() != nil {
				return result, ctx.Err()
			}
			result = skipped(result, w.line, "the picture cannot be used: "+plain(reasonOf(err).Text))
		}
	}
	return result, nil
}

// saveOne saves one contact, and reports whether it is kept and what cannot be used, which costs no more than itself: a speed
// dial that another contact has, or the contact.
func saveOne(ctx context.Context, store Store, w waiting) (kept bool, why string, err error) {
	err = store.PutPerson(ctx, w.Person)
	var refused *phone.Error
	if errors.As(err, &refused) && refused.Reason == (phone.Reason{ID: phone.ReasonBadPerson, Text: "speed_dial"}) {
		why = "the speed dial " + w.SpeedDial + " is taken"
		w.SpeedDial = ""
		err = store.PutPerson(ctx, w.Person)
	}
	if errors.As(err, &refused) && refused.Reason.ID == phone.ReasonBadPerson {
		return false, "this cannot be kept: " + refused.Reason.Text, nil
	}
	if err != nil {
		return false, "", fmt.Errorf("keep a contact: %w", err)
	}
	return true, why, nil
}

// newIDs makes IDs of contacts that have none: rising, since those of a file that lie together in the database are saved
// in a fraction of the time.
type newIDs struct {
	first phone.PersonID
	made  int
}

func (n *newIDs) next() phone.PersonID {
	if n.first == "" {
		n.first = phone.NewPersonID()
	}
	n.made++
	return phone.PersonID(fmt.Sprintf("%s.%06d", n.first, n.made))
}

// ownID is the ID of a contact made of a card: the same for the same UID, so that the card is known again. A UID that
// Export wrote is the ID itself.
func ownID(uid string) phone.PersonID {
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
		{&p.Department, &more.Department}, {&p.StandIn, &more.StandIn}, {&p.Note, &more.Note}, {&p.SpeedDial, &more.SpeedDial},
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
