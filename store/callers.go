package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"time"

	"svara/phone"
	"svara/phone/numbers"
)

// callersFrom is how many entries of the history tell whom we talk with, when it is read for that anew.
const callersFrom = 20_000

// noteCall counts a call with a number.
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
	}
	if e.Remote.Name == "" {
		e.Remote.Name = name // a call without a name does not take it away
	}
	insert, err := w.stmt(`INSERT INTO callers (key, uri, number, name, group_id, weight, last) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	if _, err := insert.ExecContext(w.ctx, key, e.Remote.URI, number, e.Remote.Name, e.Remote.Group,
		oneMore(weight, e.Begun), max(last, e.Begun.UnixNano())); err != nil {
		return err
	}
	w.called = append(w.called, key)
	return nil
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
	w.called = append(w.called, key)
	_, err = w.exec("DELETE FROM callers WHERE key = ?", key)
	return err
}

// countCallers reads the history for whom we talk with, where nobody has done so: after an older version, or a rescue.
func (s *Store) countCallers(ctx context.Context, anew bool) error {
	return s.changePeople(ctx, "count calls", func(w *peopleWriter) error {
		w.many = true
		if anew {
			if _, err := w.exec("DELETE FROM callers"); err != nil {
				return err
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

// maxStrangers is how many numbers that belong to nobody can be found, the last ones called.
const maxStrangers = 2000

// strangers reads the numbers of the history that belong to nobody.
func (s *Store) strangers(ctx context.Context, where string, args ...any) (map[int64]*standing, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT c.key, c.uri, c.number, c.name, c.weight, c.last FROM callers c
		WHERE NOT EXISTS (SELECT 1 FROM numbers WHERE key = c.key)`+where+" ORDER BY c.id DESC LIMIT ?", append(args, maxStrangers)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[int64]*standing{}
	plan := s.numberPlan()
	for rows.Next() {
		var key, last int64
		var remote phone.Party
		st := &standing{}
		if err := rows.Scan(&key, &remote.URI, &remote.Number, &remote.Name, &st.weight, &last); err != nil {
			return nil, err
		}
		st.person, st.last = strangerOf(remote, plan), time.Unix(0, last)
		st.doc, st.key = documentIs(st.person), nameKey(st.person)
		out[key] = st
	}
	return out, rows.Err()
}

// restandCalled reads those anew whose numbers have been called, and the numbers that belong to nobody.
func (s *Store) restandCalled(ctx context.Context, keys []int64) error {
	var ids []phone.PersonID
	for _, key := range keys {
		people, err := s.readPeople(ctx, "read who was called", selectPeople+" JOIN numbers n ON n.person = p.id WHERE n.key = ? LIMIT 100", key)
		if err != nil {
			return err
		}
		for _, p := range people {
			ids = append(ids, p.ID)
		}
		unknown, err := s.strangers(ctx, " AND c.key = ?", key)
		if err != nil {
			return err
		}
		s.standings.mu.Lock()
		if s.standings.loaded {
			delete(s.standings.strangers, key)
			maps.Copy(s.standings.strangers, unknown)
		}
		s.standings.mu.Unlock()
	}
	return s.restand(ctx, ids...)
}

// settleTime bounds what is done after a change has been saved, whatever became of who asked for it.
const settleTime = 10 * time.Second
