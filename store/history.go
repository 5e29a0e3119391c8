package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"svara/phone"
)

const (
	historyColumns = "id, account, direction, outcome, uri, number, name, group_id, begun, duration, reason, code, reason_text, seen"
	selectHistory  = "SELECT " + historyColumns + " FROM history"
)

// AddHistory saves a finished call and returns its ID, which rises with every entry. The entry's own ID is ignored. An
// entry that could not be saved is kept in memory and saved with the next one, or by Close.
func (s *Store) AddHistory(ctx context.Context, e phone.HistoryEntry) (int64, error) {
	e.ID = 0
	s.writing.Lock()
	defer s.writing.Unlock()
	var id int64
	err := s.writeLocked(ctx, "save history", func(tx *sql.Tx) error {
		if err := s.insertUnsaved(ctx, tx); err != nil {
			return err
		}
		if _, err := insertEntry(ctx, tx, e, ""); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT last_insert_rowid()").Scan(&id)
	})
	if err != nil {
		s.unsaved = append(s.unsaved, e)
		if over := len(s.unsaved) - maxUnsaved; over > 0 {
			s.unsaved = slices.Delete(s.unsaved, 0, over)
		}
		return 0, err
	}
	s.unsaved = nil
	s.revision.Add(1)
	return id, nil
}

// insertUnsaved is for who holds s.writing.
func (s *Store) insertUnsaved(ctx context.Context, tx *sql.Tx) error {
	for _, e := range s.unsaved {
		if _, err := insertEntry(ctx, tx, e, ""); err != nil {
			return err
		}
	}
	return nil
}

// insertEntry inserts one entry, under its own ID when it has one, and returns the number of rows made. conflict is an
// SQL conflict clause.
func insertEntry(ctx context.Context, tx *sql.Tx, e phone.HistoryEntry, conflict string) (int64, error) {
	var id any
	if e.ID != 0 {
		id = e.ID
	}
	result, err := tx.ExecContext(ctx, "INSERT "+conflict+` INTO history
		(`+historyColumns+`, words, digits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, string(e.Account), string(e.Direction), string(e.Outcome), e.Remote.URI, e.Remote.Number, e.Remote.Name,
		e.Remote.Group, e.Begun.UnixNano(), int64(e.Duration), string(e.Reason.ID), e.Reason.Code, e.Reason.Text, e.Seen,
		searchWords(e.Remote), digitsOf(e.Remote.Number))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func scanEntry(rows *sql.Rows) (e phone.HistoryEntry, err error) {
	var begun, duration int64
	err = rows.Scan(&e.ID, &e.Account, &e.Direction, &e.Outcome, &e.Remote.URI, &e.Remote.Number, &e.Remote.Name,
		&e.Remote.Group, &begun, &duration, &e.Reason.ID, &e.Reason.Code, &e.Reason.Text, &e.Seen)
	e.Begun, e.Duration = time.Unix(0, begun), time.Duration(duration)
	return e, err
}

// History is the entries a query selects, newest first. Text is split into words that must all be found, in any order,
// in name, number or address: without regard to case or accents, and digits anywhere in the number however it is
// written.
func (s *Store) History(ctx context.Context, q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
	var where []string
	var args []any
	if q.Missed {
		where = append(where, "outcome = 'missed'")
	}
	if q.Before > 0 {
		where, args = append(where, "id < ?"), append(args, q.Before)
	}
	if condition, values := textCondition(q.Text); condition != "" {
		where, args = append(where, condition), append(args, values...)
	}
	query, args := newestFirst(selectHistory, where, args, q.Limit)
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fail("read history", err)
	}
	defer func() { _ = rows.Close() }()
	out := []phone.HistoryEntry{}
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, fail("read history", err)
		}
		out = append(out, e)
	}
	return out, fail("read history", rows.Err())
}

// SeeMissed marks every missed call as looked at.
func (s *Store) SeeMissed(ctx context.Context) error {
	var changed int64
	err := s.write(ctx, "mark missed calls", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE history SET seen = 1 WHERE outcome = 'missed' AND seen = 0")
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	if err == nil && changed > 0 {
		s.revision.Add(1)
	}
	return err
}

// HistoryState is what the snapshot tells of the history. The revision counts from 1 at every start.
func (s *Store) HistoryState(ctx context.Context) (phone.HistoryState, error) {
	st := phone.HistoryState{Revision: s.revision.Load()} // read first: an entry added meanwhile makes it too low, never too high
	err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM history WHERE outcome = 'missed' AND seen = 0").Scan(&st.Missed)
	if err != nil {
		return st, fail("read history", err)
	}
	err = s.db.QueryRowContext(ctx, `SELECT CASE number WHEN '' THEN uri ELSE number END FROM history
		WHERE direction = 'out' ORDER BY id DESC LIMIT 1`).Scan(&st.Last)
	if err != nil && !isNoRows(err) {
		return st, fail("read history", err)
	}
	return st, nil
}
