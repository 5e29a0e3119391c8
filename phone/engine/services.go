package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"svara/audio/record"
	"svara/phone"
	"svara/phone/numbers"
)

// serve does the effects that go to people, books, mail and what the user has set up.
func (r *runner) serve(fx effect) {
	switch fx := fx.(type) {
	case fxPutItem:
		r.save(savedItem, func(ctx context.Context) error {
			body, err := json.Marshal(fx.item)
			if err != nil {
				return fmt.Errorf("write %s: %w", fx.item.ItemKind(), err)
			}
			return r.opt.Store.PutItem(ctx, fx.item.ItemKind(), fx.item.Key(), body)
		})
	case fxRemoveItem:
		r.save(savedItem, func(ctx context.Context) error { return r.opt.Store.RemoveItem(ctx, fx.kind, fx.key) })
	case fxRemember:
		r.save(savedItem, func(ctx context.Context) error { return r.opt.Store.PutState(ctx, fx.key, fx.value) })
	case fxHistoryNote:
		r.save(savedHistory, func(ctx context.Context) error { return r.opt.Store.SetHistoryNote(ctx, fx.id, fx.text) })
	case fxDeleteHistory:
		r.save(savedHistory, func(ctx context.Context) error { return r.opt.Store.DeleteHistory(ctx, fx.id) })
	case fxPerson:
		r.person(fx)
	case fxPeople:
		r.people(fx.favourites)
	case fxNumbers:
		r.renumber(fx)
	case fxBook:
		r.book(fx)
	case fxLookUp:
		r.lookUp(fx)
	case fxMail:
		r.mail(fx)
	case fxMessage:
		r.message(fx)
	case fxText:
		r.text(fx)
	case fxMailRecording:
		r.mailRecording(fx)
	default:
		panic(fmt.Sprintf("engine: unknown effect %T", fx))
	}
}

// maxPhoto is the largest picture file that is read.
const maxPhoto = 10 << 20

func (r *runner) person(fx fxPerson) {
	if r.opt.People == nil {
		return
	}
	p := r.opt.People
	r.save(savedItem, func(ctx context.Context) error {
		switch {
		case fx.put != nil:
			return p.PutPerson(ctx, *fx.put)
		case fx.mark != nil:
			return p.MarkPerson(ctx, fx.mark.ID, fx.mark.Mark)
		case fx.photo != nil && fx.photo.Path == "":
			return p.SetPhoto(ctx, fx.photo.ID, nil)
		case fx.photo != nil:
			image, err := readLimited(fx.photo.Path, maxPhoto)
			if err != nil {
				return phone.Refuse(phone.ReasonBadFile, err.Error())
			}
			return p.SetPhoto(ctx, fx.photo.ID, image)
		}
		return p.RemovePerson(ctx, fx.remove)
	})
	r.people(r.favouritesOnly.Load())
}

func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s: larger than %d MB", path, limit>>20)
	}
	return data, err
}

// people tells how people stand, after what is being written.
func (r *runner) people(favourites bool) {
	if r.opt.People == nil {
		return
	}
	r.favouritesOnly.Store(favourites)
	r.store.post(r.group, "store", func() {
		ctx, cancel := r.writing()
		defer cancel()
		var in inPeople
		in.state, in.err = r.opt.People.PeopleState(ctx)
		if in.err == nil {
			in.lines, in.err = r.opt.People.WatchedLines(ctx, favourites)
		}
		r.input(in)
	})
}

func (r *runner) renumber(fx fxNumbers) {
	if r.opt.People == nil {
		return
	}
	r.store.post(r.group, "store", func() { r.opt.People.SetNumberPlan(numbers.Plan{Region: fx.region, Area: fx.area}) })
	r.people(r.favouritesOnly.Load())
}

func (r *runner) book(fx fxBook) {
	switch {
	case fx.put != nil:
		r.opt.Books.Put(*fx.put, fx.password)
	case fx.read:
		r.opt.Books.Read(fx.id)
	default:
		r.opt.Books.Remove(fx.remove)
	}
}

// lastCalls is how many of the last calls with a number are shown.
const lastCalls = 3

// lookUp runs beside everything: a call that rings waits for it.
func (r *runner) lookUp(fx fxLookUp) {
	if r.opt.People == nil {
		return
	}
	r.group.start("look up", func() {
		ctx, cancel := context.WithTimeout(r.ctx, 2*time.Second)
		defer cancel()
		in := inFound{call: fx.call}
		people, err := r.opt.People.Match(ctx, fx.number)
		if err != nil {
			r.opt.Log.Warn("look up caller", "call", fx.call, "err", err)
		}
		if len(people) > 0 {
			p := people[0]
			in.found.caller = phone.Caller{
				Person: p.ID, Name: p.Name, Company: p.Company, Title: p.Title, Mark: p.Mark, Photo: p.Photo, Note: p.Note, Others: len(people) - 1,
			}
			if in.found.caller.Name == "" {
				in.found.caller.Name = p.Label()
			}
			for _, other := range people { // who is blocked under any name is blocked
				if other.Mark == phone.MarkBlocked {
					in.found.caller.Mark = phone.MarkBlocked
				}
			}
		}
		if fx.number != "" {
			if in.found.caller.Last, err = r.opt.People.History(ctx, phone.HistoryQuery{Number: fx.number, Limit: lastCalls}); err != nil {
				r.opt.Log.Warn("look up last calls", "call", fx.call, "err", err)
			}
		}
		if fx.sought != "" {
			if people, err := r.opt.People.Match(ctx, fx.sought); err == nil && len(people) > 0 {
				in.found.sought = soughtOf(people[0])
			}
		}
		r.input(in)
	})
}

func soughtOf(p phone.Person) phone.Sought {
	s := phone.Sought{Person: p.ID, Emails: p.Emails}
	s.Name = p.Name
	for _, n := range p.Numbers {
		if n.Kind == phone.NumberMobile {
			s.Mobile = n.Number
			break
		}
	}
	return s
}

func (r *runner) mail(fx fxMail) {
	switch {
	case fx.put != nil:
		r.save(savedItem, func(ctx context.Context) error { return r.opt.Store.PutMailServer(ctx, *fx.put) })
		r.opt.Mail.Put(*fx.put, fx.password)
	case fx.check:
		r.opt.Mail.Check()
	default:
		r.save(savedItem, func(ctx context.Context) error { return r.opt.Store.RemoveMailServer(ctx, fx.remove) })
		r.opt.Mail.Remove(fx.remove)
	}
}

func (r *runner) message(fx fxMessage) {
	r.mailbox.post(r.group, "mail", func() {
		ctx, cancel := context.WithTimeout(r.ctx, mailPatience)
		defer cancel()
		var err error
		if _, ours := teamVoice(fx.id); ours {
			err = r.ownMessage(ctx, fx)
		} else if fx.mark {
			err = r.opt.Mail.Mark(ctx, fx.id, fx.played)
		} else {
			err = r.opt.Mail.Delete(ctx, fx.id)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			r.input(inFault{phone.ReasonOf(err)})
		}
	})
}

// mailPatience bounds what a mail server is waited for.
const mailPatience = 30 * time.Second

// opened opens a sound that a team server has sent.
func opened(data []byte, err error) (*record.Player, error) {
	if err != nil {
		return nil, err
	}
	p, err := record.OpenBytes(data)
	if errors.Is(err, record.ErrFormat) {
		err = phone.Refuse(phone.ReasonBadSound, "")
	}
	return p, err
}

// openSound opens what is to be played.
func (r *runner) openSound(what sound) (*record.Player, error) {
	if what.message != "" {
		ctx, cancel := context.WithTimeout(r.ctx, mailPatience)
		defer cancel()
		if _, ours := teamVoice(what.message); ours {
			return opened(r.ownSound(ctx, what.message))
		}
		path, err := r.opt.Mail.Sound(ctx, what.message)
		if err != nil {
			return nil, err
		}
		return record.Open(path)
	}
	if what.greeting != "" {
		ctx, cancel := context.WithTimeout(r.ctx, mailPatience)
		defer cancel()
		return opened(r.teamSound(ctx, greetingPath(what.greeting)))
	}
	if what.group != "" {
		ctx, cancel := context.WithTimeout(r.ctx, mailPatience)
		defer cancel()
		return opened(r.groupSound(ctx, what.group))
	}
	ctx, cancel := context.WithTimeout(r.ctx, goodbye)
	defer cancel()
	entry, err := r.opt.Store.Recording(ctx, what.id)
	if err != nil {
		return nil, err
	}
	p, err := record.Open(entry.Path)
	if err == nil && !entry.Seen {
		entry.Seen = true
		r.updateRecording(entry)
	}
	return p, err
}

// watchServices takes what books and mail servers tell, from the start.
func (r *runner) watchServices() {
	if b := r.opt.Books; b != nil {
		r.group.start("address books", func() {
			r.follow(b.Changed(), func() { r.input(inBooks{b.Status()}) })
		})
	}
	if m := r.opt.Mail; m != nil {
		r.group.start("mail servers", func() {
			r.follow(m.Changed(), func() { r.input(inMail{m.Boxes(), m.Revision()}) })
		})
	}
	r.people(r.opt.Settings.Get(phone.KeyWatchPeople) == "favourites")
	r.text(fxText{}) // mends and tells
}

// follow tells once, and again with each change.
func (r *runner) follow(changed <-chan struct{}, tell func()) {
	for {
		tell()
		select {
		case _, ok := <-changed:
			if !ok {
				return
			}
		case <-r.ctx.Done():
			return
		}
	}
}
