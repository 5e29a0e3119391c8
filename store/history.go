package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"svara/phone"
)

const (
	historyColumns = "id, account, direction, outcome, uri, number, name, group_id, begun, duration, reason, code, reason_text, seen, note, queue, sought, role, quality"
	selectHistory  = "SELECT " + historyColumns + " FROM history"
)

// AddHistory saves a finished call and returns its ID, which rises with every entry. The entry's own ID is ignored. An
// entry that could not be saved is kept in memory and saved with the next one, or by Close.
func (s *Store) AddHistory(ctx context.Context, e phone.HistoryEntry) (int64, error) {
	e.ID = 0
	ready := s.index.load(ctx, s)
	s.writing.Lock()
	defer s.writing.Unlock()
	var id int64
	err := ready
	if err == nil {
		err = s.changePeopleLocked(ctx, "save history", func(w *peopleWriter) (err error) {
			for _, entry := range append(slices.Clone(s.unsaved), e) {
				if _, err := insertEntry(ctx, w.tx, entry, ""); err != nil {
					return err
				}
				if err := w.tx.QueryRowContext(ctx, "SELECT last_insert_rowid()").Scan(&id); err != nil {
					return err
				}
				if err := w.noteCall(entry); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		s.unsaved = append(s.unsaved, e)
		if over := len(s.unsaved) - maxUnsaved; over > 0 {
			s.unsaved = slices.Delete(s.unsaved, 0, over)
		}
		return 0, fail("save history", err)
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
		(`+historyColumns+`, words, digits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, string(e.Account), string(e.Direction), string(e.Outcome), e.Remote.URI, e.Remote.Number, e.Remote.Name,
		e.Remote.Group, e.Begun.UnixNano(), int64(e.Duration), string(e.Reason.ID), e.Reason.Code, e.Reason.Text, e.Seen,
		e.Note, string(e.Queue), e.Sought, string(e.Role), qualityJSON(e.Quality), entryWords(e.Remote, e.Note), digitsOf(e.Remote.Number))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func scanEntry(rows *sql.Rows) (e phone.HistoryEntry, err error) {
	var begun, duration int64
	var quality string
	err = rows.Scan(&e.ID, &e.Account, &e.Direction, &e.Outcome, &e.Remote.URI, &e.Remote.Number, &e.Remote.Name,
		&e.Remote.Group, &begun, &duration, &e.Reason.ID, &e.Reason.Code, &e.Reason.Text, &e.Seen,
		&e.Note, &e.Queue, &e.Sought, &e.Role, &quality)
	e.Begun, e.Duration, e.Quality = time.Unix(0, begun), time.Duration(duration), qualityOf(quality)
	return e, err
}

// entryWords is what a history query's words are looked for in.
func entryWords(remote phone.Party, note string) string {
	if note == "" {
		return searchWords(remote)
	}
	return searchWords(remote) + "\n" + fold(note)
}

// History is the entries a query selects, newest first. Text is split into words that must all be found, in any order,
// in name, number, address, note or the queue's name: without regard to case or accents, and digits anywhere in the number however it is
// written.
func (s *Store) History(ctx context.Context, q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
	where, args, err := s.historyConditions(ctx, q)
	if err != nil {
		return nil, fail("read history", err)
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
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fail("read history", err)
	}
	return out, fail("read history", s.addRecordings(ctx, out))
}

// addRecordings gives entries the recordings of their calls.
func (s *Store) addRecordings(ctx context.Context, entries []phone.HistoryEntry) error {
	type call struct {
		account phone.AccountID
		begun   string
	}
	at, keys := map[call]int{}, make([]any, 0, len(entries))
	for i, e := range entries {
		if e.Outcome == phone.OutcomeAnswered {
			key := callKey(e.Begun)
			at[call{e.Account, key}] = i
			keys = append(keys, key)
		}
	}
	for some := range slices.Chunk(keys, 500) {
		rows, err := s.db.QueryContext(ctx, "SELECT account, call, id FROM recordings WHERE call <> '' AND call IN (?"+strings.Repeat(", ?", len(some)-1)+") ORDER BY id", some...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var of call
			var id int64
			if err := rows.Scan(&of.account, &of.begun, &id); err != nil {
				return err
			}
			if i, known := at[of]; known {
				entries[i].Recordings = append(entries[i].Recordings, id)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

// lately is how far back the index of times is asked where to begin: so that a day's calls are not looked for among those
// of years. Of longer times it would read more than it spares.
const lately = 8 * 24 * time.Hour

// historyFilters are the conditions of the filters.
var historyFilters = map[phone.HistoryFilter]string{
	phone.HistoryMissed:     "outcome = 'missed'",
	phone.HistoryIncoming:   "direction = 'in'",
	phone.HistoryOutgoing:   "direction = 'out'",
	phone.HistoryNoted:      "note <> ''",
	phone.HistoryAnswered:   "direction = 'in' AND outcome = 'answered'",
	phone.HistoryRedirected: "direction = 'in' AND (sought <> '' OR outcome IN ('elsewhere', 'deflected'))",
}

func (s *Store) historyConditions(ctx context.Context, q phone.HistoryQuery) (where []string, args []any, err error) {
	add := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	if q.Missed {
		add("outcome = 'missed'")
	}
	if condition := historyFilters[q.Filter]; condition != "" {
		add(condition)
	}
	var either []string
	for _, f := range q.Any {
		if condition := historyFilters[f]; condition != "" {
			either = append(either, "("+condition+")")
		}
	}
	if len(either) > 0 {
		add("(" + strings.Join(either, " OR ") + ")")
	}
	if q.Number != "" {
		condition, values := s.numberCondition(q.Number)
		add(condition, values...)
	}
	if q.Queue != "" {
		add("queue = ?", string(q.Queue))
	}
	if !q.Since.IsZero() {
		add("begun >= ?", q.Since.UnixNano())
		if time.Since(q.Since) < lately {
			add("id >= ifnull((SELECT min(id) FROM history WHERE begun >= ?), 0)", q.Since.UnixNano())
		}
	}
	if !q.Until.IsZero() {
		add("begun < ?", q.Until.UnixNano())
	}
	if q.Before > 0 {
		add("id < ?", q.Before)
	}
	if w := wantedOf(q.Text, s.queuesNamed(ctx)); len(w) > 0 {
		ids, few, err := s.texts.find(ctx, s.db, w, q.Before)
		switch {
		case err != nil:
			return nil, nil, err
		case few:
			add(idsCondition(ids))
		default:
			condition, values := w.condition()
			add(condition, values...)
		}
	}
	return where, args, nil
}

// idsCondition is true for calls with certain IDs.
func idsCondition(ids []int64) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.FormatInt(id, 10)
	}
	return "id IN (" + strings.Join(words, ",") + ")"
}

// queuesNamed finds the IDs of queues by a part of their names, as the user has set them up.
func (s *Store) queuesNamed(ctx context.Context) func(folded string) []string {
	names := sync.OnceValue(func() map[string]string {
		out := map[string]string{}
		items, err := s.Items(ctx)
		if err != nil {
			return out // found by all else
		}
		for _, item := range items {
			if q, ok := item.(phone.Queue); ok {
				out[string(q.ID)] = fold(q.Name)
			}
		}
		return out
	})
	return func(folded string) (ids []string) {
		for id, name := range names() {
			if strings.Contains(name, folded) {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		return ids
	}
}

// numberCondition is true for calls with a number, however either is written: the last nine digits tell subscribers
// apart, and fewer digits have to be the same.
func (s *Store) numberCondition(number string) (string, []any) {
	forms := s.numberPlan().Digits(number)
	if len(forms) == 0 {
		return "digits = '' AND lower(number) = ?", []any{strings.ToLower(number)}
	}
	args := make([]any, len(forms))
	for i, digits := range forms {
		args[i] = digits[max(0, len(digits)-9):]
	}
	return "substr(digits, -9) IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args
}

// SetHistoryNote writes a note to an entry, or takes it away. One that is not there is refused as no-call.
func (s *Store) SetHistoryNote(ctx context.Context, id int64, text string) error {
	text = clip(text, maxNote)
	var changed []byte
	err := s.write(ctx, "save note", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, selectHistory+" WHERE id = ?", id)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		if !rows.Next() {
			return errors.Join(rows.Err(), phone.Refuse(phone.ReasonNoCall, strconv.FormatInt(id, 10)))
		}
		e, err := scanEntry(rows)
		if err != nil {
			return err
		}
		if err := rows.Close(); err != nil {
			return err
		}
		changed = entryText(entryWords(e.Remote, text), digitsOf(e.Remote.Number), e.Queue)
		_, err = tx.ExecContext(ctx, "UPDATE history SET note = ?, words = ? WHERE id = ?", text, entryWords(e.Remote, text), id)
		return err
	})
	if err == nil {
		s.texts.change(id, changed)
		s.revision.Add(1)
	}
	return err
}

// DeleteHistory forgets an entry. Deleting one that is not there is no error.
func (s *Store) DeleteHistory(ctx context.Context, id int64) error {
	deleted := false
	err := s.changePeople(ctx, "delete history", func(w *peopleWriter) error {
		var remote phone.Party
		err := w.tx.QueryRowContext(ctx, "DELETE FROM history WHERE id = ? RETURNING number, uri", id).Scan(&remote.Number, &remote.URI)
		if isNoRows(err) {
			return nil
		}
		if err != nil {
			return err
		}
		deleted = true
		return w.forgetCaller(remote)
	})
	if err == nil && deleted {
		s.revision.Add(1)
	}
	return err
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
