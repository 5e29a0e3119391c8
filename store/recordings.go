package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"svara/phone"
)

const (
	recordingColumns = "id, path, account, direction, uri, number, name, group_id, begun, duration, format, stereo, seen, open, reason, code, reason_text, call"
	selectRecordings = "SELECT " + recordingColumns + " FROM recordings"

	// recordingsSince is the version of the database that first had recordings.
	recordingsSince = 2
)

// AddRecording puts a recording into the inbox and returns its ID, which rises with every one. The recording's own ID is
// ignored. It is put there when it begins, as Open, so that a phone that is killed knows of the file it left.
func (s *Store) AddRecording(ctx context.Context, r phone.Recording) (int64, error) {
	r.ID = 0
	var id int64
	err := s.write(ctx, "save recording", func(tx *sql.Tx) error {
		if _, err := insertRecording(ctx, tx, r, ""); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT last_insert_rowid()").Scan(&id)
	})
	if err != nil {
		return 0, err
	}
	s.inbox.Add(1)
	return id, nil
}

// insertRecording is insertEntry for recordings.
func insertRecording(ctx context.Context, tx *sql.Tx, r phone.Recording, conflict string) (int64, error) {
	var id any
	if r.ID != 0 {
		id = r.ID
	}
	why := reasonOrNone(r.Reason)
	result, err := tx.ExecContext(ctx, "INSERT "+conflict+` INTO recordings
		(`+recordingColumns+`, words, digits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, r.Path, string(r.Account), string(r.Direction), r.Remote.URI, r.Remote.Number, r.Remote.Name, r.Remote.Group,
		r.Begun.UnixNano(), int64(r.Duration), string(r.Format), r.Stereo, r.Seen, r.Open, string(why.ID), why.Code, why.Text, callKey(r.Call),
		searchWords(r.Remote), digitsOf(r.Remote.Number))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func reasonOrNone(r *phone.Reason) phone.Reason {
	if r == nil {
		return phone.Reason{}
	}
	return *r
}

// callKey is when a call began as recordings keep it.
func callKey(begun time.Time) string {
	if begun.IsZero() {
		return ""
	}
	return strconv.FormatInt(begun.UnixNano(), 10)
}

func scanRecording(rows *sql.Rows) (r phone.Recording, err error) {
	var begun, duration int64
	var call string
	var why phone.Reason
	err = rows.Scan(&r.ID, &r.Path, &r.Account, &r.Direction, &r.Remote.URI, &r.Remote.Number, &r.Remote.Name, &r.Remote.Group,
		&begun, &duration, &r.Format, &r.Stereo, &r.Seen, &r.Open, &why.ID, &why.Code, &why.Text, &call)
	r.Begun, r.Duration = time.Unix(0, begun), time.Duration(duration)
	if at, bad := strconv.ParseInt(call, 10, 64); bad == nil {
		r.Call = time.Unix(0, at)
	}
	if why != (phone.Reason{}) {
		r.Reason = &why
	}
	return r, err
}

// UpdateRecording saves what changes while a recording is made and looked at: its duration, and whether it is open and
// seen, and why it ended. One that is not there is refused as no-recording.
func (s *Store) UpdateRecording(ctx context.Context, r phone.Recording) error {
	var changed int64
	why := reasonOrNone(r.Reason)
	err := s.write(ctx, "save recording", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE recordings
			SET duration = ?, open = ?, seen = ?, reason = ?, code = ?, reason_text = ? WHERE id = ?`,
			int64(r.Duration), r.Open, r.Seen, string(why.ID), why.Code, why.Text, r.ID)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	switch {
	case err != nil:
		return err
	case changed == 0:
		return noRecording(r.ID)
	}
	s.inbox.Add(1)
	return nil
}

func noRecording(id int64) error {
	return phone.Refuse(phone.ReasonNoRecording, strconv.FormatInt(id, 10))
}

// Recordings is the recordings a query selects, newest first. Text finds as it does in History.
func (s *Store) Recordings(ctx context.Context, q phone.RecordingQuery) ([]phone.Recording, error) {
	var where []string
	var args []any
	if q.ID > 0 {
		where, args = append(where, "id = ?"), append(args, q.ID)
	}
	if q.Before > 0 {
		where, args = append(where, "id < ?"), append(args, q.Before)
	}
	if condition, values := wantedOf(q.Text, nil).condition(); condition != "" {
		where, args = append(where, condition), append(args, values...)
	}
	query, args := newestFirst(selectRecordings, where, args, q.Limit)
	return s.readRecordings(ctx, query, args...)
}

// Recording is one recording; one that is not there is refused as no-recording.
func (s *Store) Recording(ctx context.Context, id int64) (phone.Recording, error) {
	found, err := s.readRecordings(ctx, selectRecordings+" WHERE id = ?", id)
	switch {
	case err != nil:
		return phone.Recording{}, err
	case len(found) == 0:
		return phone.Recording{}, noRecording(id)
	}
	return found[0], nil
}

// OpenRecordings is the recordings that nobody has closed, oldest first. Right after the start they are those of a phone
// that was killed: their files want mending and their durations are not known.
func (s *Store) OpenRecordings(ctx context.Context) ([]phone.Recording, error) {
	return s.readRecordings(ctx, selectRecordings+" WHERE open = 1 ORDER BY id")
}

func (s *Store) readRecordings(ctx context.Context, query string, args ...any) ([]phone.Recording, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fail("read recordings", err)
	}
	defer func() { _ = rows.Close() }()
	out := []phone.Recording{}
	for rows.Next() {
		r, err := scanRecording(rows)
		if err != nil {
			return nil, fail("read recordings", err)
		}
		out = append(out, r)
	}
	return out, fail("read recordings", rows.Err())
}

// RemoveRecording takes a recording out of the inbox; its file is the caller's to remove. Removing one that is not there
// is no error.
func (s *Store) RemoveRecording(ctx context.Context, id int64) error {
	var changed int64
	err := s.write(ctx, "remove recording", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM recordings WHERE id = ?", id)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	if err == nil && changed > 0 {
		s.inbox.Add(1)
	}
	return err
}

// InboxState is what the snapshot tells of the inbox: recordings still being made are not yet there to be looked at. The
// revision counts from 1 at every start.
func (s *Store) InboxState(ctx context.Context) (phone.InboxState, error) {
	st := phone.InboxState{Revision: s.inbox.Load()} // read first, as in HistoryState
	err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM recordings WHERE seen = 0 AND open = 0").Scan(&st.Unseen)
	return st, fail("read recordings", err)
}
