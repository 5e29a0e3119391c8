package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/numbers"
)

// SetNumberPlan tells where national and local numbers are meant. It is called before the Store is used, and when the
// user changes it: numbers stored under another plan are then worked out again, beside everything else.
func (s *Store) SetNumberPlan(plan numbers.Plan) {
	s.plan.Store(&plan)
	s.background.Go(func() {
		if err := s.replan(s.alive); err != nil && s.alive.Err() == nil {
			s.log.Error("numbers are not worked out anew", "err", err)
		}
	})
}

func (s *Store) numberPlan() numbers.Plan {
	if p := s.plan.Load(); p != nil {
		return *p
	}
	return numbers.Plan{}
}

// RankBy says who can take a call now. It is called while search results are ranked, for many numbers, and must be quick;
// nil means that nobody knows.
func (s *Store) RankBy(reach func(number string) phone.Reach) {
	if reach == nil {
		s.reach.Store(nil)
		return
	}
	s.reach.Store(&reach)
}

// PutPerson adds a contact of the user's own or replaces the one with its ID, its mark included.
func (s *Store) PutPerson(ctx context.Context, p phone.Person) error {
	if err := checkOwn(p); err != nil {
		return err
	}
	return s.changePeople(ctx, "save contact", func(w *peopleWriter) error {
		book, entry, _ := strings.Cut(string(p.ID), ":")
		if err := freeSpeedDial(ctx, w.tx, p.SpeedDial, entry); err != nil {
			return err
		}
		if err := w.mark(p.ID, p.Mark); err != nil {
			return err
		}
		return w.put(preparedEntry(book, entry, "", p, w.plan))
	})
}

// freeSpeedDial refuses a speed dial that another contact has.
func freeSpeedDial(ctx context.Context, tx *sql.Tx, dial, entry string) error {
	if dial == "" {
		return nil
	}
	var taken bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM people
		WHERE dial <> '' AND dial = ? AND entry <> ?)`, dial, entry).Scan(&taken)
	if err == nil && taken {
		return phone.Refuse(phone.ReasonBadPerson, "speed_dial")
	}
	return err
}

// RemovePerson forgets a contact of the user's own, with mark and photo. Removing one that is not there is no error.
func (s *Store) RemovePerson(ctx context.Context, id phone.PersonID) error {
	if id.Book() != phone.OwnBook {
		return phone.Refuse(phone.ReasonNotOwn, string(id))
	}
	return s.changePeople(ctx, "remove contact", func(w *peopleWriter) error {
		_, entry, _ := strings.Cut(string(id), ":")
		if err := w.mark(id, phone.MarkNone); err != nil {
			return err
		}
		return w.remove(string(phone.OwnBook), entry)
	})
}

// MarkPerson makes somebody of any book a favourite, VIP or blocked, or none of it.
func (s *Store) MarkPerson(ctx context.Context, id phone.PersonID, mark phone.Mark) error {
	if !goodMark(mark) {
		return phone.Refuse(phone.ReasonBadPerson, "mark")
	}
	return s.changePeople(ctx, "mark person", func(w *peopleWriter) error {
		if there, err := personThere(ctx, w.tx, id); err != nil || !there {
			return orNoPerson(err, id)
		}
		return w.mark(id, mark)
	})
}

func personThere(ctx context.Context, tx *sql.Tx, id phone.PersonID) (there bool, err error) {
	book, entry, _ := strings.Cut(string(id), ":")
	err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM people WHERE book = ? AND entry = ?)", book, entry).Scan(&there)
	return there, err
}

// Match is who a number belongs to, however it is written, best first: the same E.164 number before the same last
// digits; then the user's own contacts, the marked ones first. None is no error.
func (s *Store) Match(ctx context.Context, number string) ([]phone.Person, error) {
	plan := s.numberPlan()
	read := plan.Read(number)
	key := matchKey(read)
	if key == 0 {
		return nil, nil
	}
	found, err := s.readPeople(ctx, "match number",
		selectPeople+" WHERE p.id IN (SELECT person FROM numbers WHERE key = ?) ORDER BY p.id LIMIT 100", key)
	if err != nil {
		return nil, err
	}
	sure := func(p phone.Person) int {
		best := 2 // it only ends alike
		for _, n := range p.Numbers {
			switch {
			case n.E164 != "" && n.E164 == read.E164:
				return 0
			case (n.E164 == "" || read.E164 == "") && matchKey(numbers.Known(n.Number, n.E164)) == key:
				best = 1
			}
		}
		return best
	}
	found = slices.DeleteFunc(found, func(p phone.Person) bool { return sure(p) == 2 })
	own := func(p phone.Person) int {
		switch {
		case p.Own() && p.Mark != phone.MarkNone:
			return 0
		case p.Own():
			return 1
		case p.Mark != phone.MarkNone:
			return 2
		case p.Colleague:
			return 3
		}
		return 4
	}
	slices.SortStableFunc(found, func(a, b phone.Person) int {
		if d := sure(a) - sure(b); d != 0 {
			return d
		}
		return own(a) - own(b)
	})
	return found, nil
}

// isColleague reports whether a book's people are colleagues.
func (s *Store) isColleague(book phone.BookID) bool {
	books := s.books.Load()
	return books != nil && (*books)[book].Colleagues
}

// colleagueBooks is the books of colleagues, sorted.
func (s *Store) colleagueBooks() []phone.BookID {
	var out []phone.BookID
	if books := s.books.Load(); books != nil {
		for _, id := range slices.Sorted(maps.Keys(*books)) {
			if (*books)[id].Colleagues {
				out = append(out, id)
			}
		}
	}
	return out
}

// loadBooks reads the configured books anew.
func (s *Store) loadBooks(ctx context.Context) error {
	books, err := s.Books(ctx)
	if err != nil {
		return err
	}
	byID := map[phone.BookID]phone.Book{}
	for _, b := range books {
		byID[b.ID] = b
	}
	s.books.Store(&byID)
	return nil
}

// bodyOf is a person's JSON as it is kept: without what other tables know.
func bodyOf(p phone.Person) string {
	p.ID, p.Mark, p.Photo, p.Colleague = "", "", false, false
	body, _ := json.Marshal(p) // texts, and a time that tidied has looked at
	return string(body)
}
