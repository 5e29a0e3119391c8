package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"

	"svara/phone"
)

const selectBooks = "SELECT id, book, token FROM books"

// Books is the connected address books, by ID.
func (s *Store) Books(ctx context.Context) ([]phone.Book, error) {
	rows, err := s.db.QueryContext(ctx, selectBooks+" ORDER BY id")
	if err != nil {
		return nil, fail("read address books", err)
	}
	defer func() { _ = rows.Close() }()
	out := []phone.Book{}
	for rows.Next() {
		var id, body, token string
		if err := rows.Scan(&id, &body, &token); err != nil {
			return nil, fail("read address books", err)
		}
		var b phone.Book
		if err := json.Unmarshal([]byte(body), &b); err != nil {
			s.log.Warn("an address book is left out", "book", id, "err", err)
			continue
		}
		out = append(out, b)
	}
	return out, fail("read address books", rows.Err())
}

// PutBook saves an address book, in the place of the one with its ID. When it is to be read in another way than before,
// the next reading starts from nothing; its people stay until then.
func (s *Store) PutBook(ctx context.Context, b phone.Book) error {
	if b.ID == "" || b.ID == phone.OwnBook {
		return phone.Refuse(phone.ReasonBadBook, "id")
	}
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	err = s.changePeople(ctx, "save address book "+string(b.ID), func(w *peopleWriter) error {
		var old string
		err := w.tx.QueryRowContext(ctx, "SELECT book FROM books WHERE id = ?", string(b.ID)).Scan(&old)
		if err != nil && !isNoRows(err) {
			return err
		}
		if old == string(body) {
			return nil
		}
		w.changed, w.many = 1, true
		var was phone.Book
		if json.Unmarshal([]byte(old), &was) == nil && sameSource(was, b) {
			_, err = w.exec("UPDATE books SET book = ? WHERE id = ?", string(body), string(b.ID))
			return err
		}
		if _, err := w.exec("UPDATE people SET tag = '' WHERE book = ?", string(b.ID)); err != nil {
			return err
		}
		return putBook(ctx, w.tx, string(b.ID), string(body), "")
	})
	if err != nil {
		return err
	}
	err = s.loadBooks(ctx)
	s.unsettle() // who is a colleague has changed
	s.known.forget()
	return err
}

func putBook(ctx context.Context, tx *sql.Tx, id, body, token string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO books (id, book, token) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET book = excluded.book, token = excluded.token`, id, body, token)
	return err
}

// sameSource reports whether what is read of a book is the same for two configurations of it.
func sameSource(a, b phone.Book) bool {
	return a.Kind == b.Kind && a.Address == b.Address && a.User == b.User && a.Base == b.Base && a.Filter == b.Filter &&
		a.ClientID == b.ClientID && a.Tenant == b.Tenant && maps.Equal(a.Attributes, b.Attributes)
}

// RemoveBook forgets an address book and its people, with their marks. Removing one that is not there is no error.
func (s *Store) RemoveBook(ctx context.Context, id phone.BookID) error {
	if id == phone.OwnBook {
		return phone.Refuse(phone.ReasonBadBook, "id")
	}
	err := s.changePeople(ctx, "remove address book "+string(id), func(w *peopleWriter) error {
		w.changed, w.many = 1, true
		if err := w.loseBook(id); err != nil {
			return err
		}
		for _, query := range []string{
			"DELETE FROM numbers WHERE person IN (SELECT id FROM people WHERE book = ?)",
			"DELETE FROM people WHERE book = ?",
			"DELETE FROM marks WHERE substr(person, 1, length(?1) + 1) = ?1 || ':'",
			"DELETE FROM photos WHERE substr(person, 1, length(?1) + 1) = ?1 || ':'",
			"DELETE FROM books WHERE id = ?",
		} {
			if _, err := w.exec(query, string(id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = s.loadBooks(ctx)
	s.unsettle() // who is a colleague has changed
	s.known.forget()
	return err
}

// loseBook takes a book's people out of the index.
func (w *peopleWriter) loseBook(id phone.BookID) error {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT id FROM people WHERE book = ?", string(id))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row int64
		if err := rows.Scan(&row); err != nil {
			return err
		}
		w.lose(row)
	}
	return rows.Err()
}

// BookToken is how far a book has been read, as the last reading said; empty for from nothing.
func (s *Store) BookToken(ctx context.Context, id phone.BookID) (string, error) {
	var token string
	err := s.db.QueryRowContext(ctx, "SELECT token FROM books WHERE id = ?", string(id)).Scan(&token)
	if isNoRows(err) {
		return "", phone.Refuse(phone.ReasonNoBook, string(id))
	}
	return token, fail("read address book", err)
}

// BookTags is the tag of every entry of a book by its key.
func (s *Store) BookTags(ctx context.Context, id phone.BookID) (map[string]string, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT entry, tag FROM people WHERE book = ?", string(id))
	if err != nil {
		return nil, fail("read address book", err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var entry, tag string
		if err := rows.Scan(&entry, &tag); err != nil {
			return nil, fail("read address book", err)
		}
		out[entry] = tag
	}
	return out, fail("read address book", rows.Err())
}

// BookCount is how many people a book has.
func (s *Store) BookCount(ctx context.Context, id phone.BookID) (n int, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT count(*) FROM people WHERE book = ?", string(id)).Scan(&n)
	return n, fail("read address book", err)
}

// applyBatch is how many entries one transaction takes: others want to write too, and readers to see something.
const applyBatch = 5000

// ApplyBook saves what a reading of a book brought. Up to 5000 entries it is one transaction. More are saved in several,
// of which the last takes away what is gone and keeps the token: whatever happens on the way, every entry is as it was
// or as it was read, nothing has been taken away, and the next reading starts where this one did.
func (s *Store) ApplyBook(ctx context.Context, id phone.BookID, change phone.BookChange) error {
	doing := "save people of " + string(id)
	var empty bool
	if err := s.db.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM people WHERE book = ?)", string(id)).Scan(&empty); err != nil {
		return fail(doing, err)
	}
	batches := slices.Collect(slices.Chunk(byPlace(change.Put), applyBatch))
	if len(batches) == 0 {
		batches = append(batches, nil)
	}
	last := len(batches) - 1
	next := s.prepareEntries(id, batches[0])
	for i, entries := range batches {
		ready := <-next
		if i < last {
			next = s.prepareEntries(id, batches[i+1]) // while this one is written
		}
		err := s.changePeople(ctx, doing, func(w *peopleWriter) error {
			w.unfinished = i < last
			if err := w.putEntries(s, id, entries, ready, empty); err != nil || i < last {
				return err
			}
			w.many = w.many || last > 0
			return w.finishBook(id, change)
		})
		if err != nil {
			if i < last {
				<-next
			}
			s.unsettle()
			return err
		}
	}
	return nil
}

// prepareEntries makes entries ready on another processor, and hands them over once.
func (s *Store) prepareEntries(id phone.BookID, entries []*phone.BookEntry) <-chan []prepared {
	out := make(chan []prepared, 1)
	plan := s.numberPlan()
	s.background.Go(func() {
		list := make([]prepared, len(entries))
		for i, e := range entries {
			list[i] = preparedEntry(string(id), e.Key, e.Tag, e.Person, plan)
		}
		out <- list
	})
	return out
}

// finishBook takes away what is gone and keeps the token.
func (w *peopleWriter) finishBook(id phone.BookID, change phone.BookChange) error {
	gone := change.Gone
	if change.Full {
		var err error
		if gone, err = w.others(id, change.Put); err != nil {
			return err
		}
	}
	if err := w.remove(string(id), gone...); err != nil {
		return err
	}
	_, err := w.exec("UPDATE books SET token = ? WHERE id = ?", change.Token, string(id))
	return err
}

// byPlace is the entries in the order of their names, in which they are saved fastest; of two with one key the last.
func byPlace(put []phone.BookEntry) []*phone.BookEntry {
	last := make(map[string]int, len(put))
	places := make([]int64, len(put))
	for i, e := range put {
		last[e.Key], places[i] = i, placeOf(e.Person.Label())
	}
	order := slices.Sorted(maps.Values(last))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a], places[b]) })
	out := make([]*phone.BookEntry, len(order))
	for i, at := range order {
		out[i] = &put[at]
	}
	return out
}

// putEntries saves entries of a book that is still there, and was empty or not before all of them.
func (w *peopleWriter) putEntries(s *Store, id phone.BookID, entries []*phone.BookEntry, list []prepared, empty bool) error {
	var there, photos bool
	err := w.tx.QueryRowContext(w.ctx, `SELECT EXISTS (SELECT 1 FROM books WHERE id = ?1),
		EXISTS (SELECT 1 FROM photos WHERE substr(person, 1, length(?1) + 1) = ?1 || ':')`, string(id)).Scan(&there, &photos)
	if err != nil {
		return err
	}
	if !there {
		return phone.Refuse(phone.ReasonNoBook, string(id))
	}
	put := w.put
	if empty {
		put = w.insert
	}
	if err := put(list...); err != nil {
		return err
	}
	for _, e := range entries {
		if !photos && len(e.Photo) == 0 {
			continue
		}
		if err := w.bookPhoto(s, phone.PersonOf(id, e.Key), e.Photo); err != nil {
			return err
		}
	}
	return nil
}

// bookPhoto keeps the picture a book has of somebody. One that cannot be a picture is left out: the person matters more.
func (w *peopleWriter) bookPhoto(s *Store, id phone.PersonID, raw []byte) error {
	source := int64(0)
	if len(raw) > 0 {
		source = photoSource(raw)
	}
	st, err := w.stmt("SELECT source FROM photos WHERE person = ?")
	if err != nil {
		return err
	}
	var old int64
	err = st.QueryRowContext(w.ctx, string(id)).Scan(&old)
	switch {
	case err != nil && !isNoRows(err):
		return err
	case isNoRows(err) && len(raw) == 0, err == nil && len(raw) > 0 && old == source:
		return nil
	}
	var small []byte
	if len(raw) > 0 {
		if small, err = smallPhoto(raw); err != nil {
			s.log.Warn("a picture is left out", "person", id, "err", err)
		}
	}
	return w.photo(id, source, small)
}

// others is the entries of a book that are not among those put.
func (w *peopleWriter) others(id phone.BookID, put []phone.BookEntry) ([]string, error) {
	have := make(map[string]bool, len(put))
	for _, e := range put {
		have[e.Key] = true
	}
	rows, err := w.tx.QueryContext(w.ctx, "SELECT entry FROM people WHERE book = ?", string(id))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var entry string
		if err := rows.Scan(&entry); err != nil {
			return nil, err
		}
		if !have[entry] {
			out = append(out, entry)
		}
	}
	slices.Sort(out)
	return out, rows.Err()
}
