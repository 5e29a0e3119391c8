package store

import (
	"context"
	"database/sql"
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
	changed  int // people put, removed or marked, who were not so before
}

// changePeople runs fn in one transaction; when it has changed something and is saved, answers got before are out of
// date.
func (s *Store) changePeople(ctx context.Context, doing string, fn func(*peopleWriter) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	w := &peopleWriter{ctx: ctx, plan: s.numberPlan(), prepared: map[string]*sql.Stmt{}}
	err := s.writeLocked(ctx, doing, func(tx *sql.Tx) error {
		w.tx = tx
		return fn(w)
	})
	if err == nil && w.changed > 0 {
		s.people.Add(1)
	}
	return err
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

// put saves an entry of a book. One that says the same as before stays untouched.
func (w *peopleWriter) put(book, entry, tag string, p phone.Person) error {
	p = tidied(p, w.plan)
	body, err := bodyOf(p)
	if err != nil {
		return err
	}
	st, err := w.stmt("SELECT id, tag, person FROM people WHERE book = ? AND entry = ?")
	if err != nil {
		return err
	}
	var id int64
	var oldTag, oldBody string
	err = st.QueryRowContext(w.ctx, book, entry).Scan(&id, &oldTag, &oldBody)
	switch {
	case err == nil && oldBody == body:
		if oldTag != tag {
			_, err = w.exec("UPDATE people SET tag = ? WHERE id = ?", tag, id)
		}
		return err
	case err == nil:
		if err := w.drop(id); err != nil {
			return err
		}
	case !isNoRows(err):
		return err
	}
	insert, err := w.stmt("INSERT OR IGNORE INTO people (id, book, entry, tag, person) VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	if id, err = insertAt(w.ctx, insert, placeOf(p.Label()), book, entry, tag, body); err != nil {
		return err
	}
	w.changed++
	return w.index(id, book, p)
}

// index makes a person findable.
func (w *peopleWriter) index(id int64, book string, p phone.Person) error {
	seen := map[string]bool{}
	for _, n := range p.Numbers {
		key := matchKey(w.plan, n.Number)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		if _, err := w.exec("INSERT OR IGNORE INTO numbers (key, person) VALUES (?, ?)", key, id); err != nil {
			return err
		}
	}
	words := personWords(p, w.plan)
	words = append(words, bookWord(book))
	_, err := w.exec("INSERT INTO found (rowid, words) VALUES (?, ?)", id, strings.Join(words, " "))
	return err
}

// drop takes a person out of people, numbers and index; mark and photo stay.
func (w *peopleWriter) drop(id int64) error {
	if _, err := w.exec("DELETE FROM people WHERE id = ?", id); err != nil {
		return err
	}
	_, err := w.exec("DELETE FROM found WHERE rowid = ?", id)
	return err
}

// remove forgets an entry with its photo; its mark stays, for when the entry comes back.
func (w *peopleWriter) remove(book, entry string) error {
	st, err := w.stmt("SELECT id FROM people WHERE book = ? AND entry = ?")
	if err != nil {
		return err
	}
	var id int64
	if err := st.QueryRowContext(w.ctx, book, entry).Scan(&id); err != nil {
		if isNoRows(err) {
			return nil
		}
		return err
	}
	if _, err := w.exec("DELETE FROM photos WHERE person = ?", book+":"+entry); err != nil {
		return err
	}
	w.changed++
	return w.drop(id)
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
	return err
}
