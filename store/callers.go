package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/numbers"
)

// callersFrom is how many entries of the history tell whom we talk with, when it is read for that anew.
const callersFrom = 20_000

// noteCall counts a call with a number, and makes the number findable.
func (w *peopleWriter) noteCall(e phone.HistoryEntry) error {
	number := e.Remote.Number
	if number == "" {
		number = e.Remote.URI
	}
	read := w.plan.Read(number)
	key := matchKey(read)
	if key == 0 {
		return nil
	}
	find, err := w.stmt("SELECT id, weight, last, name FROM callers WHERE key = ?")
	if err != nil {
		return err
	}
	old, weight, last, name := int64(0), math.Inf(-1), int64(0), ""
	if err := find.QueryRowContext(w.ctx, key).Scan(&old, &weight, &last, &name); err != nil && !isNoRows(err) {
		return err
	}
	if old != 0 {
		if _, err := w.exec("DELETE FROM callers WHERE id = ?", old); err != nil {
			return err
		}
		if _, err := w.exec("DELETE FROM found WHERE rowid = ?", strangers+old); err != nil {
			return err
		}
	}
	if e.Remote.Name == "" {
		e.Remote.Name = name // a call without a name does not take it away
	}
	insert, err := w.stmt(`INSERT INTO callers (key, uri, number, name, group_id, weight, last) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	result, err := insert.ExecContext(w.ctx, key, e.Remote.URI, number, e.Remote.Name, e.Remote.Group,
		oneMore(weight, e.Begun), max(last, e.Begun.UnixNano()))
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	p := strangerOf(phone.Party{URI: e.Remote.URI, Number: number, Name: e.Remote.Name}, w.plan)
	words := personWords(p, []numbers.Reading{read})
	if err := w.learn(words); err != nil {
		return err
	}
	w.called = append(w.called, key)
	_, err = w.exec("INSERT INTO found (rowid, words) VALUES (?, ?)", strangers+id, strings.Join(words, " "))
	return err
}

// strangerOf is a number of the history as somebody to be found.
func strangerOf(remote phone.Party, plan numbers.Plan) phone.Person {
	number := phone.Number{Kind: phone.NumberOther, Number: clip(remote.Number, maxText)}
	number.E164, _ = plan.E164(number.Number)
	return phone.Person{Name: clip(remote.Name, maxText), Numbers: []phone.Number{number}}
}

// forgetCaller takes a number out of those talked with when no call with it is left.
func (w *peopleWriter) forgetCaller(remote phone.Party) error {
	number := remote.Number
	if number == "" {
		number = remote.URI
	}
	key := matchKey(w.plan.Read(number))
	var left bool
	err := w.tx.QueryRowContext(w.ctx, "SELECT EXISTS (SELECT 1 FROM history WHERE number = ? OR number = '' AND uri = ?)", number, number).Scan(&left)
	if err != nil || left || key == 0 {
		return err
	}
	var id int64
	if err := w.tx.QueryRowContext(w.ctx, "SELECT id FROM callers WHERE key = ?", key).Scan(&id); err != nil {
		if isNoRows(err) {
			return nil
		}
		return err
	}
	w.called = append(w.called, key)
	if _, err := w.exec("DELETE FROM callers WHERE id = ?", id); err != nil {
		return err
	}
	_, err = w.exec("DELETE FROM found WHERE rowid = ?", strangers+id)
	return err
}

// countCallers reads the history for whom we talk with, where nobody has done so: after an older version, or a rescue.
func (s *Store) countCallers(ctx context.Context, anew bool) error {
	return s.changePeople(ctx, "count calls", func(w *peopleWriter) error {
		if anew {
			for _, query := range []string{"DELETE FROM found WHERE rowid > 1152921504606846976", "DELETE FROM callers"} {
				if _, err := w.exec(query); err != nil {
					return err
				}
			}
		}
		var needed bool
		err := w.tx.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM callers) AND EXISTS (SELECT 1 FROM history)").Scan(&needed)
		if err != nil || !needed {
			return err
		}
		entries, err := lastEntries(ctx, w.tx, callersFrom)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := w.noteCall(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// lastEntries is the last entries of the history, oldest first.
func lastEntries(ctx context.Context, tx *sql.Tx, n int) (out []phone.HistoryEntry, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM ("+selectHistory+" ORDER BY id DESC LIMIT ?) ORDER BY id", n)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// restandCalled reads those anew whose numbers have been called.
func (s *Store) restandCalled(ctx context.Context, keys []int64) error {
	var ids []phone.PersonID
	for _, key := range keys {
		rows, err := s.db.QueryContext(ctx, "SELECT p.book, p.entry FROM numbers n JOIN people p ON p.id = n.person WHERE n.key = ? LIMIT 100", key)
		if err != nil {
			return err
		}
		for rows.Next() {
			var book, entry string
			if err := rows.Scan(&book, &entry); err != nil {
				break
			}
			ids = append(ids, phone.PersonOf(phone.BookID(book), entry))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return s.restand(ctx, ids...)
}

// settleTime bounds what is done after a change has been saved, whatever became of who asked for it.
const settleTime = 10 * time.Second
