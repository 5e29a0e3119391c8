package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/numbers"
)

// peopleWriter changes people and their index within one transaction.
type peopleWriter struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the transaction
	tx   *sql.Tx
	plan numbers.Plan

	prepared map[string]*sql.Stmt
	now      *index
	fresh    []findable       // who is to be found from now on
	dropped  []int64          // who no longer is
	segments []*segment       // the index once it has been saved; nil for as it was
	changed  int              // people put, removed or marked, who were not so before
	touched  []phone.PersonID // who may stand out otherwise than before; when many is set, everybody
	called   []int64          // keys of numbers called, or that have other people than before
	many     bool

	unfinished bool // another transaction goes on with it
}

// changePeople runs fn in one transaction; when it has changed something and is saved, answers got before are out of
// date.
func (s *Store) changePeople(ctx context.Context, doing string, fn func(*peopleWriter) error) error {
	if err := s.index.load(ctx, s); err != nil {
		return fail(doing, err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.changePeopleLocked(ctx, doing, fn)
}

// changePeopleLocked is changePeople for who holds s.writing, once the index is loaded.
func (s *Store) changePeopleLocked(ctx context.Context, doing string, fn func(*peopleWriter) error) error {
	w := &peopleWriter{ctx: ctx, plan: s.numberPlan(), now: &s.index, prepared: map[string]*sql.Stmt{}}
	err := s.writeLocked(ctx, doing, func(tx *sql.Tx) error {
		w.tx = tx
		if err := fn(w); err != nil {
			return err
		}
		return w.index()
	})
	if err != nil {
		return err
	}
	if list := w.segments; list != nil {
		s.index.list.Store(&list)
	}
	if w.changed > 0 {
		s.known.forget()
	}
	s.settle(ctx, w)
	if w.changed > 0 {
		s.people.Add(1)
	}
	return nil
}

// settle brings what is kept in memory up to what has been saved. Where that fails, it is read anew by the next search.
func (s *Store) settle(ctx context.Context, w *peopleWriter) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	s.standings.mu.Lock()
	s.standings.saved++
	s.standings.mu.Unlock()
	var err error
	switch {
	case w.unfinished: // what comes after settles it
	case w.many:
		err = s.reload(ctx)
	default:
		err = errors.Join(s.restand(ctx, w.touched...), s.restandCalled(ctx, w.called))
	}
	if err != nil {
		s.unsettle()
	}
}

// unsettle lets the next search read anew who stands out.
func (s *Store) unsettle() {
	s.standings.mu.Lock()
	defer s.standings.mu.Unlock()
	s.standings.loaded = false
}

// stmt is a statement made once a transaction; it ends with it.
func (w *peopleWriter) stmt(query string) (*sql.Stmt, error) {
	if st, ok := w.prepared[query]; ok {
		return st, nil
	}
	st, err := w.tx.PrepareContext(w.ctx, query)
	if err == nil {
		w.prepared[query] = st
	}
	return st, err
}

func (w *peopleWriter) exec(query string, args ...any) (int64, error) {
	st, err := w.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := st.ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// prepared is an entry ready to be saved.
type prepared struct {
	book, entry, tag string
	body             string // JSON
	place            int64
	keys             []int64 // of its numbers, each once
	words            []string
	digits           string // see segment
	dial             string
	id               int64 // once it has one
}

func preparedEntry(book, entry, tag string, p phone.Person, plan numbers.Plan) prepared {
	p, read := tidied(p, plan)
	out := prepared{book: book, entry: entry, tag: tag, body: bodyOf(p), place: placeOf(p.Label()), keys: keysOf(read), digits: personDigits(read)}
	if book == string(phone.OwnBook) {
		out.dial = p.SpeedDial
	}
	out.words = append(personWords(p, read), bookWord(book))
	return out
}

// keysOf is what numbers are matched by, each once.
func keysOf(read []numbers.Reading) []int64 {
	var keys []int64
	for _, r := range read {
		if key := matchKey(r); key != 0 && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// put saves entries of books. One that says the same as before stays untouched.
func (w *peopleWriter) put(list ...prepared) error {
	fresh, gone, err := w.compare(list)
	if err != nil {
		return err
	}
	if err := w.drop(gone); err != nil {
		return err
	}
	return w.insert(fresh...)
}

// insert saves entries that are not there, each table in its own order.
func (w *peopleWriter) insert(fresh ...prepared) error {
	insert, err := w.stmt("INSERT OR IGNORE INTO people (id, book, entry, tag, person, dial) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	var keys [][2]int64
	if len(fresh) > 1000 {
		// Else a batch is written out and merged in small pieces.
		if _, err := w.tx.ExecContext(w.ctx, "PRAGMA cache_size = -16000"); err != nil {
			return err
		}
		defer func() { _, _ = w.tx.ExecContext(w.ctx, "PRAGMA cache_size = -2000") }()
	}
	if err := w.insertPeople(insert, fresh); err != nil {
		return err
	}
	for _, e := range fresh {
		for _, key := range e.keys {
			keys = append(keys, [2]int64{key, e.id})
		}
	}
	slices.SortFunc(keys, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	if err := w.insertKeys(keys); err != nil {
		return err
	}
	for _, e := range fresh {
		w.find(e)
	}
	w.changed += len(fresh)
	if len(fresh) > manyTouched {
		w.many = true
		return nil
	}
	for _, e := range fresh {
		w.touch(phone.PersonOf(phone.BookID(e.book), e.entry))
		w.called = append(w.called, e.keys...) // the numbers are somebody's now
	}
	return nil
}

// insertPeople gives entries their rows, many at a time where there are many. The rows of many are chosen among those the
// index does not have; who is in none, or comes twice, shows: a row is taken then by trying.
func (w *peopleWriter) insertPeople(one *sql.Stmt, fresh []prepared) error {
	const many = 32
	var err error
	if len(fresh) >= many {
		w.place(fresh)
	}
	for len(fresh) > 0 {
		n := 1
		if len(fresh) >= many {
			n = many
			args := make([]any, 0, 6*n)
			for _, e := range fresh[:n] {
				args = append(args, e.id, e.book, e.entry, e.tag, e.body, e.dial)
			}
			_, err := w.exec("INSERT INTO people (id, book, entry, tag, person, dial) VALUES (?, ?, ?, ?, ?, ?)"+strings.Repeat(", (?, ?, ?, ?, ?, ?)", n-1), args...)
			if err == nil {
				fresh = fresh[n:]
				continue
			}
			if !clashes(err) {
				return err
			}
		}
		for i := range fresh[:n] { // a statement that clashes has put nobody
			e := &fresh[i]
			if e.id, err = insertAt(w.ctx, one, e.place, e.book, e.entry, e.tag, e.body, e.dial); err != nil {
				return err
			}
		}
		fresh = fresh[n:]
	}
	return nil
}

// manyTouched is how many people are looked at one by one after a change.
const manyTouched = 50

func (w *peopleWriter) touch(id phone.PersonID) {
	if w.touched = append(w.touched, id); len(w.touched) > manyTouched {
		w.many, w.touched = true, nil
	}
}

// insertKeys saves pairs of key and person, many at a time.
func (w *peopleWriter) insertKeys(keys [][2]int64) error {
	const many = 64
	for len(keys) > 0 {
		n := min(many, len(keys))
		if n < many {
			n = 1
		}
		args := make([]any, 0, 2*n)
		for _, k := range keys[:n] {
			args = append(args, k[0], k[1])
		}
		if _, err := w.exec("INSERT OR IGNORE INTO numbers (key, person) VALUES (?, ?)"+strings.Repeat(", (?, ?)", n-1), args...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// compare is the entries that are not there as they are, and the rows of those in their way. No two have one key.
func (w *peopleWriter) compare(list []prepared) (fresh []prepared, gone []row, err error) {
	const many = 64
	for len(list) > 0 {
		n := 1
		if len(list) >= many {
			n = many
		}
		there, err := w.there(list[:n])
		if err != nil {
			return nil, nil, err
		}
		for _, e := range list[:n] {
			old, ok := there[e.book+":"+e.entry]
			switch {
			case !ok:
				fresh = append(fresh, e)
			case old.body != e.body:
				fresh, gone = append(fresh, e), append(gone, old)
			case old.tag != e.tag:
				if _, err := w.exec("UPDATE people SET tag = ? WHERE id = ?", e.tag, old.id); err != nil {
					return nil, nil, err
				}
			}
		}
		list = list[n:]
	}
	return fresh, gone, nil
}

// there is those of entries of one book that are there, by "book:entry".
func (w *peopleWriter) there(list []prepared) (map[string]row, error) {
	find, err := w.stmt("SELECT id, book, entry, tag, person FROM people WHERE book = ? AND entry IN (?" + strings.Repeat(", ?", len(list)-1) + ")")
	if err != nil {
		return nil, err
	}
	args := []any{list[0].book}
	for _, e := range list {
		args = append(args, e.entry)
	}
	rows, err := find.QueryContext(w.ctx, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out map[string]row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.book, &r.entry, &r.tag, &r.body); err != nil {
			return nil, err
		}
		if out == nil {
			out = map[string]row{}
		}
		out[r.book+":"+r.entry] = r
	}
	return out, rows.Err()
}

// row is a person in the table people.
type row struct {
	id               int64
	book, entry, tag string // where needed
	body             string
}

func (r row) person() (p phone.Person, err error) {
	return decodePerson([]byte(r.body))
}

// reindex makes a person findable by what they are now, in the place of what they were.
func (w *peopleWriter) reindex(old row, was phone.Person, e prepared) error {
	for _, key := range storedKeys(was) {
		if _, err := w.exec("DELETE FROM numbers WHERE key = ? AND person = ?", key, old.id); err != nil {
			return err
		}
	}
	for _, key := range e.keys {
		if _, err := w.exec("INSERT OR IGNORE INTO numbers (key, person) VALUES (?, ?)", key, e.id); err != nil {
			return err
		}
	}
	w.lose(old.id)
	w.find(e)
	return nil
}

// drop takes people out of people, numbers and index; marks and photos stay.
func (w *peopleWriter) drop(list []row) error {
	slices.SortFunc(list, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	for _, r := range list {
		p, err := r.person()
		if err != nil {
			return err
		}
		for _, key := range storedKeys(p) {
			if _, err := w.exec("DELETE FROM numbers WHERE key = ? AND person = ?", key, r.id); err != nil {
				return err
			}
			if !w.many && !w.unfinished {
				w.called = append(w.called, key) // the number is perhaps nobody's now
			}
		}
		if _, err := w.exec("DELETE FROM people WHERE id = ?", r.id); err != nil {
			return err
		}
		w.lose(r.id)
	}
	return nil
}

// storedKeys is the keys of a person as it was stored: the E.164 numbers are those of the plan of then.
func storedKeys(p phone.Person) []int64 {
	var read []numbers.Reading
	for _, n := range p.Numbers {
		read = append(read, numbers.Known(n.Number, n.E164))
	}
	return keysOf(read)
}

// remove forgets entries with their photos; their marks stay, for when the entries come back.
func (w *peopleWriter) remove(book string, entries ...string) error {
	st, err := w.stmt("SELECT id, person FROM people WHERE book = ? AND entry = ?")
	if err != nil {
		return err
	}
	var gone []row
	for _, entry := range entries {
		var old row
		err := st.QueryRowContext(w.ctx, book, entry).Scan(&old.id, &old.body)
		if isNoRows(err) {
			continue
		}
		if err != nil {
			return err
		}
		if _, err := w.exec("DELETE FROM photos WHERE person = ?", book+":"+entry); err != nil {
			return err
		}
		gone = append(gone, old)
		w.touch(phone.PersonOf(phone.BookID(book), entry))
	}
	w.changed += len(gone)
	return w.drop(gone)
}

func (w *peopleWriter) mark(id phone.PersonID, mark phone.Mark) error {
	var n int64
	var err error
	if mark == phone.MarkNone {
		n, err = w.exec("DELETE FROM marks WHERE person = ?", string(id))
	} else {
		n, err = w.exec(`INSERT INTO marks (person, mark) VALUES (?, ?)
			ON CONFLICT (person) DO UPDATE SET mark = excluded.mark WHERE mark <> excluded.mark`, string(id), string(mark))
	}
	w.changed += int(n)
	w.touch(id)
	return err
}
