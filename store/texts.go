package store

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"svara/phone"
)

const (
	textColumns = "id, key, peer, account, direction, uri, number, name, at, body, state, reason, code, reason_text, read"
	selectTexts = "SELECT " + textColumns + " FROM texts"

	// textsSince is the version of the database that first had texts.
	textsSince = 8
	// threadsMost is how many threads there are to be shown.
	threadsMost = 500
)

// AddText saves a text message and returns its ID. Its own ID and Peer are ignored.
func (s *Store) AddText(ctx context.Context, m phone.Text) (int64, error) {
	m.ID, m.Peer = 0, s.peerOf(cmp.Or(m.Remote.Number, m.Remote.URI))
	var id int64
	err := s.write(ctx, "save text message", func(tx *sql.Tx) error {
		if _, err := insertText(ctx, tx, m, ""); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT last_insert_rowid()").Scan(&id)
	})
	if err != nil {
		return 0, err
	}
	s.textsChanged.Add(1)
	return id, nil
}

// peerOf is the thread of a number, or of an address.
func (s *Store) peerOf(number string) string { return s.numberPlan().Read(number).Key }

// insertText is insertEntry for texts.
func insertText(ctx context.Context, tx *sql.Tx, m phone.Text, conflict string) (int64, error) {
	var id any
	if m.ID != 0 {
		id = m.ID
	}
	why := reasonOrNone(m.Reason)
	result, err := tx.ExecContext(ctx, "INSERT "+conflict+" INTO texts ("+textColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id, m.Key, m.Peer, string(m.Account), string(m.Direction), m.Remote.URI, m.Remote.Number, m.Remote.Name, m.At.UnixNano(), m.Body,
		string(m.State), string(why.ID), why.Code, why.Text, m.Read)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func scanText(rows *sql.Rows) (m phone.Text, err error) {
	var at int64
	var why phone.Reason
	err = rows.Scan(&m.ID, &m.Key, &m.Peer, &m.Account, &m.Direction, &m.Remote.URI, &m.Remote.Number, &m.Remote.Name, &at, &m.Body,
		&m.State, &why.ID, &why.Code, &why.Text, &m.Read)
	if m.At = time.Unix(0, at); why != (phone.Reason{}) {
		m.Reason = &why
	}
	return m, err
}

// SetTextState says how a message of ours went. One that is not there any more is no error.
func (s *Store) SetTextState(ctx context.Context, key string, state phone.TextState, why *phone.Reason) error {
	reason := reasonOrNone(why)
	return s.changeTexts(ctx, "save text message", "UPDATE texts SET state = ?, reason = ?, code = ?, reason_text = ? WHERE key = ?",
		string(state), string(reason.ID), reason.Code, reason.Text, key)
}

// ReadTexts marks the messages of a thread as read, of all threads when with is empty.
func (s *Store) ReadTexts(ctx context.Context, with string) error {
	if with == "" {
		return s.changeTexts(ctx, "mark text messages", "UPDATE texts SET read = 1 WHERE read = 0")
	}
	return s.changeTexts(ctx, "mark text messages", "UPDATE texts SET read = 1 WHERE read = 0 AND peer = ?", s.peerOf(with))
}

// DeleteTexts forgets a thread.
func (s *Store) DeleteTexts(ctx context.Context, with string) error {
	return s.changeTexts(ctx, "delete text messages", "DELETE FROM texts WHERE peer = ?", s.peerOf(with))
}

// MendTexts says of the messages that were on their way when the phone ended that they failed: nobody knows.
func (s *Store) MendTexts(ctx context.Context, why phone.ReasonID) error {
	return s.changeTexts(ctx, "mend text messages", "UPDATE texts SET state = ?, reason = ? WHERE state = ?",
		string(phone.TextFailed), string(why), string(phone.TextSending))
}

func (s *Store) changeTexts(ctx context.Context, doing, query string, args ...any) error {
	var changed int64
	err := s.write(ctx, doing, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	if err == nil && changed > 0 {
		s.textsChanged.Add(1)
	}
	return err
}

// Texts is the messages a query selects, newest first.
func (s *Store) Texts(ctx context.Context, q phone.TextQuery) ([]phone.Text, error) {
	var where []string
	var args []any
	if q.With != "" {
		where, args = append(where, "peer = ?"), append(args, s.peerOf(q.With))
	}
	if q.Before > 0 {
		where, args = append(where, "id < ?"), append(args, q.Before)
	}
	query, args := newestFirst(selectTexts, where, args, q.Limit)
	return s.readTexts(ctx, query, args...)
}

func (s *Store) readTexts(ctx context.Context, query string, args ...any) ([]phone.Text, error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fail("read text messages", err)
	}
	defer func() { _ = rows.Close() }()
	out := []phone.Text{}
	for rows.Next() {
		m, err := scanText(rows)
		if err != nil {
			return nil, fail("read text messages", err)
		}
		out = append(out, m)
	}
	return out, fail("read text messages", rows.Err())
}

// TextThreads is the threads, the one with the newest message first, at most 500. A thread of somebody in the address
// books has their name.
func (s *Store) TextThreads(ctx context.Context) ([]phone.TextThread, error) {
	last, err := s.readTexts(ctx, selectTexts+" WHERE id IN (SELECT max(id) FROM texts GROUP BY peer) ORDER BY id DESC LIMIT ?", threadsMost)
	if err != nil {
		return nil, err
	}
	counts, err := s.textCounts(ctx)
	if err != nil {
		return nil, fail("count text messages", err)
	}
	out := make([]phone.TextThread, 0, len(last))
	for _, m := range last {
		t := phone.TextThread{Peer: m.Peer, Name: m.Remote.Name, Last: m, Count: counts[m.Peer][0], Unread: counts[m.Peer][1]}
		people, err := s.Match(ctx, cmp.Or(m.Remote.Number, m.Remote.URI))
		if err != nil {
			return nil, err
		}
		if len(people) > 0 {
			t.Person, t.Name = people[0].ID, people[0].Label()
		}
		out = append(out, t)
	}
	return out, nil
}

// textCounts is how many messages threads have, and how many of them are not read.
func (s *Store) textCounts(ctx context.Context) (map[string][2]int, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT peer, count(*), sum(read = 0) FROM texts GROUP BY peer")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[string][2]int{}
	for rows.Next() {
		var peer string
		var n [2]int
		if err := rows.Scan(&peer, &n[0], &n[1]); err != nil {
			return nil, err
		}
		out[peer] = n
	}
	return out, rows.Err()
}

// TextsState is what the snapshot tells of text messages. The revision counts from 1 at every start.
func (s *Store) TextsState(ctx context.Context) (phone.TextsState, error) {
	st := phone.TextsState{Revision: s.textsChanged.Load()} // read first, as in HistoryState
	err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM texts WHERE read = 0").Scan(&st.Unread)
	if err != nil {
		return st, fail("count text messages", err)
	}
	if st.Unread > 0 {
		newest, err := s.readTexts(ctx, selectTexts+" WHERE read = 0 ORDER BY id DESC LIMIT 1")
		if err != nil {
			return st, err
		}
		if len(newest) > 0 { // not read meanwhile
			st.Newest = &newest[0]
		}
	}
	return st, nil
}

func copyText(w *peopleWriter, rows *sql.Rows) (int64, error) {
	m, err := scanText(rows)
	if err != nil {
		return 0, nil // one unreadable row
	}
	return insertText(w.ctx, w.tx, m, "OR IGNORE")
}
