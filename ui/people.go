package ui

import (
	"context"
	"errors"
	"image"
	"net/url"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/loop"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/person"
)

// lines is the watched lines by number, made once for every change of them.
type lines struct {
	from []phone.Line
	def  phone.AccountID
	at   map[string]*phone.Line
}

// follow takes the lines of a snapshot. Those of the default account go before others of the same number.
func (l *lines) follow(s *phone.Snapshot) {
	def := phone.AccountID("")
	if a := s.DefaultAccount(); a != nil {
		def = a.ID
	}
	if def == l.def && len(s.Lines) == len(l.from) && (len(s.Lines) == 0 || &s.Lines[0] == &l.from[0]) {
		return
	}
	l.from, l.def, l.at = s.Lines, def, make(map[string]*phone.Line, len(s.Lines))
	for i := range s.Lines {
		line := &s.Lines[i]
		if _, there := l.at[line.Number]; !there || line.Account == def {
			l.at[line.Number] = line
		}
	}
}

func (l *lines) of(number string) *phone.Line { return l.at[number] }

// contacts is how the screens ask about people.
func (a *App) contacts() *view.Contacts {
	if a.opts.People == nil {
		return nil
	}
	c := &view.Contacts{
		Search: a.search, Show: a.showPerson, Edit: a.editPerson, Image: a.editPhoto, Activity: a.colleagueActivity,
		Person: func(id phone.PersonID, answer func(phone.Person, error)) {
			off(a, func(ctx context.Context) (phone.Person, error) { return a.opts.People.Person(ctx, id) }, answer)
		},
		Match: func(number string, answer func([]phone.Person)) {
			off(a, func(ctx context.Context) ([]phone.Person, error) { return a.opts.People.Match(ctx, number) }, func(p []phone.Person, _ error) { answer(p) })
		},
		Photo: func(id phone.PersonID, answer func([]byte)) {
			off(a, func(ctx context.Context) ([]byte, error) { return a.opts.People.Photo(ctx, id) }, func(b []byte, _ error) { answer(b) })
		},
	}
	if a.opts.Colleagues != nil {
		c.Planning, c.Plans = a.colleaguePlans, a.askPlans
	}
	if a.opts.Books != nil {
		c.Import = func(path string, answer func(phone.ImportResult, error)) {
			off(a, func(ctx context.Context) (phone.ImportResult, error) { return a.opts.Books.Import(ctx, path) }, answer)
		}
		c.Export = func(path string, answer func(int, error)) {
			off(a, func(ctx context.Context) (int, error) { return a.opts.Books.Export(ctx, path) }, answer)
		}
	}
	return c
}

// contactsNow answers before it returns: for pictures that nobody looks at while they are made.
func (a *App) contactsNow() *view.Contacts {
	c := a.contacts()
	if c != nil {
		c.Search = func(q phone.SearchQuery, _ bool, answer func(phone.SearchResult, error)) {
			answer(a.opts.People.Search(a.group.ctx, q))
		}
	}
	return c
}

// off asks something off the UI goroutine and answers on it.
func off[T any](a *App, ask func(context.Context) (T, error), answer func(T, error)) {
	if a.opts.sync {
		answer(ask(a.group.ctx))
		return
	}
	a.group.run(func(ctx context.Context) {
		got, err := ask(ctx)
		if err != nil && !errors.Is(err, context.Canceled) && phone.ReasonOf(err).ID != phone.ReasonNoPerson {
			a.log.Error("people", "error", err)
		}
		loop.Do(func() { answer(got, err) })
	})
}

// search looks people up. What is typed while an answer is awaited ends the search before it, which is not answered.
func (a *App) search(q phone.SearchQuery, typing bool, answer func(phone.SearchResult, error)) {
	if a.opts.sync || !typing {
		off(a, func(ctx context.Context) (phone.SearchResult, error) { return a.opts.People.Search(ctx, q) }, answer)
		return
	}
	if a.opts.Typed != nil {
		a.opts.Typed()
	}
	if a.typing != nil {
		a.typing()
	}
	ctx, cancel := context.WithCancel(a.group.ctx)
	a.typing = cancel
	delay := time.Duration(a.snap.Settings.Int(phone.KeySearchDelay)) * time.Millisecond
	a.group.run(func(context.Context) {
		defer cancel()
		pause := time.NewTimer(delay)
		defer pause.Stop()
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		found, err := a.opts.People.Search(ctx, q)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.log.Error("people", "error", err)
		}
		loop.Do(func() { answer(found, err) })
	})
}

// open opens an address in the user's browser or mail program.
func (a *App) open(address string) {
	u, err := url.Parse(address)
	if err == nil {
		err = a.fy.OpenURL(u)
	}
	if err != nil {
		a.log.Error("address cannot be opened", "error", err)
		a.say(text.T("lookup.failed"))
	}
}

func (a *App) offerLink(words, link string, act func()) { a.root.Toast("info", words, link, act) }

// The windows about a person.
const (
	viewPerson  command.View = "person"
	viewEdit    command.View = "person-edit"
	viewPhoto   command.View = "person-photo"
	viewMessage command.View = "message"
	viewNote    command.View = "call-note"
)

func (a *App) showPerson(id phone.PersonID) {
	a.panels.show(a, viewPerson, panelKind{"people.contacts", 420, 560, func(deps view.Deps, s present.Scene, closed func()) panel {
		return person.New(deps, s, id, closed)
	}}, true)
}

func (a *App) editPerson(p phone.Person, fresh bool) {
	a.panels.show(a, viewEdit, panelKind{"people.contacts", 520, 640, editor(func() present.Editor { return present.PersonForm(p, fresh) })}, true)
}

func (a *App) editPhoto(p phone.Person) {
	a.panels.show(a, viewPhoto, panelKind{"people.contacts", 480, 300, editor(func() present.Editor { return present.PhotoForm(p) })}, true)
}

// writeMessage opens the conversation with somebody; where messages are not kept, the form of one.
func (a *App) writeMessage(m present.Message) {
	if a.opts.Texts != nil {
		a.panels.show(a, command.ViewMessages, conversation(m), true)
		return
	}
	a.panels.show(a, viewMessage, panelKind{"message.window", 440, 380, editor(func() present.Editor { return present.MessageForm(m) })}, true)
}

func (a *App) noteCall(id phone.CallID) {
	c := a.snap.Call(id)
	if c == nil {
		return
	}
	name, note := present.CallerName(a.scene(), *c), c.Note
	a.panels.show(a, viewNote, panelKind{"callnote.note", 440, 380, editor(func() present.Editor { return present.NoteForm(id, name, note) })}, true)
}

// noteHistory is the form of a note on a finished call.
func (a *App) noteHistory(id int64, name, before string) {
	a.panels.show(a, viewNote, panelKind{"callnote.note", 440, 380, editor(func() present.Editor { return present.HistoryNoteForm(id, name, before) })}, true)
}

// personPicture is the card of the first favourite, else of anybody.
func (a *App) personPicture(deps view.Deps, scene present.Scene) (image.Image, error) {
	if a.opts.People == nil {
		return nil, errors.New("screenshot: there are no people")
	}
	deps.Contacts = a.contactsNow()
	found, err := a.opts.People.Search(a.group.ctx, phone.SearchQuery{Limit: 1})
	if err != nil || len(found.Hits) == 0 {
		return nil, errors.New("screenshot: there is nobody to show")
	}
	p := found.Hits[0].Person
	deps.Contacts.Person = func(_ phone.PersonID, answer func(phone.Person, error)) { answer(p, nil) }
	deps.Contacts.Photo = func(id phone.PersonID, answer func([]byte)) {
		b, _ := a.opts.People.Photo(a.group.ctx, id)
		answer(b)
	}
	return render(person.New(deps, scene, p.ID, func() {}).Object(), 420, 560), nil
}
