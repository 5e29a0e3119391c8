package engine

import (
	"slices"
	"strings"

	"svara/phone"
)

// people is what the engine knows of people: how many there are, how their books stand, and whose lines are to be watched.
type people struct {
	phone.PeopleState
	lines []string // numbers of colleagues or favourites, favourites first; never changed in place
}

// maxLamps bounds how many people's lines are watched.
const maxLamps = 1000

func (t *turn) putPerson(cmd phone.PutPerson) error {
	p := cmd.Person
	bad := func(field string) error { return phone.Refuse(phone.ReasonBadPerson, field) }
	entry, own := strings.CutPrefix(string(p.ID), string(phone.OwnBook)+":")
	switch {
	case !own:
		return phone.Refuse(phone.ReasonNotOwn, string(p.ID))
	case entry == "" || len(p.ID) > 200:
		return bad("id")
	case strings.TrimSpace(p.Label()) == "":
		return bad("name")
	case len(p.Name) > 10_000 || len(p.Note) > 100_000 || len(p.Numbers) > 100 || len(p.Emails) > 100:
		return bad("name")
	}
	switch p.Mark {
	case phone.MarkNone, phone.MarkFavourite, phone.MarkVIP, phone.MarkBlocked:
	default:
		return bad("mark")
	}
	p.Numbers = slices.Clone(p.Numbers)
	for i, n := range p.Numbers {
		if _, err := cleanTarget(n.Number); err != nil {
			return bad("number")
		}
		if n.Kind == "" {
			p.Numbers[i].Kind = phone.NumberOther
		}
	}
	if p.SpeedDial != "" && (len(p.SpeedDial) > 2 || strings.Trim(p.SpeedDial, "0123456789") != "" || strings.Trim(p.SpeedDial, "0") == "") {
		return bad("speed_dial")
	}
	p.Changed = t.now
	t.do(fxPerson{put: &p})
	return nil
}

func (t *turn) markPerson(cmd phone.MarkPerson) error {
	switch cmd.Mark {
	case phone.MarkNone, phone.MarkFavourite, phone.MarkVIP, phone.MarkBlocked:
	default:
		return phone.Refuse(phone.ReasonBadPerson, "mark")
	}
	if cmd.ID == "" {
		return phone.Refuse(phone.ReasonNoPerson, "")
	}
	t.do(fxPerson{mark: &cmd})
	return nil
}

func (t *turn) removePerson(id phone.PersonID) error {
	if id.Book() != phone.OwnBook {
		return phone.Refuse(phone.ReasonNotOwn, string(id))
	}
	t.do(fxPerson{remove: id})
	return nil
}

func (t *turn) setPhoto(cmd phone.SetPhoto) error {
	if cmd.ID.Book() != phone.OwnBook {
		return phone.Refuse(phone.ReasonNotOwn, string(cmd.ID))
	}
	t.do(fxPerson{photo: &cmd})
	return nil
}

// onPeople takes how people and their books stand now.
func (t *turn) onPeople(in inPeople) {
	if in.err != nil {
		t.fault(phone.ReasonOf(in.err))
		return
	}
	p := &t.s.people
	if in.state.Revision != p.Revision || in.state.Count != p.Count {
		p.Revision, p.Count = in.state.Revision, in.state.Count
		t.tell(phone.Event{Kind: phone.EventPeople})
		t.lookAgain()
	}
	if !slices.Equal(in.lines, p.lines) {
		p.lines = in.lines[:min(len(in.lines), maxLamps)]
		t.s.linesDirty = true
	}
}

// onBooks takes how the address books stand. What they brought is asked for.
func (t *turn) onBooks(in inBooks) {
	old := t.s.people.Books
	t.s.people.Books = in.books
	changed := len(old) != len(in.books)
	for _, b := range in.books {
		i := slices.IndexFunc(old, func(o phone.BookStatus) bool { return o.ID == b.ID })
		if i >= 0 && old[i].State == b.State && old[i].Count == b.Count && sameReason(old[i].Reason, b.Reason) {
			continue
		}
		changed = true
		t.tell(phone.Event{Kind: phone.EventBook, Value: string(b.ID), State: string(b.State), Reason: b.Reason})
	}
	if changed {
		t.putColleagues() // those who are in another book are not there twice
		t.do(fxPeople{favourites: t.s.settings.Get(phone.KeyWatchPeople) == "favourites"})
	}
}

// service is refused while it is not there: a phone made without one.
func absent(what string) error { return phone.Refuse(phone.ReasonNotSupported, what) }

func (t *turn) putBook(cmd phone.PutBook) error {
	if !t.s.has.books {
		return absent("books")
	}
	if err := validBook(cmd.Book); err != nil {
		return err
	}
	t.do(fxBook{put: &cmd.Book, password: cmd.Password})
	return nil
}

func validBook(b phone.Book) error {
	bad := func(field string) error { return phone.Refuse(phone.ReasonBadBook, field) }
	switch {
	case b.ID == "" || b.ID == phone.OwnBook || len(b.ID) > 50 || strings.Trim(string(b.ID), "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "":
		return bad("id")
	case b.Minutes < 0 || b.Minutes > 7*24*60:
		return bad("minutes")
	case len(b.Address) > 2000 || strings.ContainsAny(b.Address, "\r\n\x00"):
		return bad("address")
	}
	switch b.Kind {
	case phone.BookFile, phone.BookCardDAV, phone.BookLDAP:
		if b.Address == "" {
			return bad("address")
		}
	case phone.BookMicrosoft, phone.BookGoogle:
		if b.ClientID == "" {
			return bad("client_id")
		}
	default:
		return bad("kind")
	}
	return nil
}

func (t *turn) knownBook(id phone.BookID) bool {
	return slices.ContainsFunc(t.s.people.Books, func(b phone.BookStatus) bool { return b.ID == id })
}

func (t *turn) removeBook(id phone.BookID) error {
	if !t.knownBook(id) {
		return phone.Refuse(phone.ReasonNoBook, string(id))
	}
	t.do(fxBook{remove: id})
	return nil
}

func (t *turn) readBook(id phone.BookID) error {
	if id != "" && !t.knownBook(id) || !t.s.has.books {
		return phone.Refuse(phone.ReasonNoBook, string(id))
	}
	t.do(fxBook{read: true, id: id})
	return nil
}

func (t *turn) setHistoryNote(cmd phone.SetHistoryNote) error {
	if len(cmd.Text) > 10_000 {
		return phone.Refuse(phone.ReasonBadCommand, "note")
	}
	t.do(fxHistoryNote{cmd.ID, cmd.Text})
	return nil
}

func (t *turn) setCallNote(cmd phone.SetCallNote) (phone.CallID, error) {
	if len(cmd.Text) > 10_000 {
		return 0, phone.Refuse(phone.ReasonBadCommand, "note")
	}
	c, err := t.pick(cmd.Call, func(c *call) bool { return !c.auto && !c.dismissed })
	if err != nil {
		return 0, err
	}
	c.Note = cmd.Text
	if c.historyID != 0 {
		t.do(fxHistoryNote{c.historyID, c.Note})
	}
	return c.ID, nil
}
