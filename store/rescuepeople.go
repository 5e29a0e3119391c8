package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"svara/phone"
)

// peopleSince is the version of the database that first had people, and what came with them.
const peopleSince = 3

// salvagePeople copies people and all that the user has set up about them and beside them. Books are read anew from
// nothing, so that what could not be salvaged comes back; the index is made again.
func (s *Store) salvagePeople(ctx context.Context, old *sql.DB) (people int, err error) {
	people, err = s.salvageTable(ctx, old, "SELECT id, book, entry, person FROM people", "id", copyPerson)
	for _, table := range []struct {
		query, by string
		copyRow   copyRow
	}{
		{selectMarks, "person", pairs("INSERT OR IGNORE INTO marks (person, mark) VALUES (?, ?)")},
		{"SELECT person, source, image FROM photos", "rowid", copyPhoto},
		{"SELECT id, book FROM books", "rowid", pairs("INSERT OR IGNORE INTO books (id, book, token) VALUES (?, ?, '')")},
		{selectItems, "kind", copyItem},
		{selectMailServers, "rowid", pairs("INSERT OR IGNORE INTO mail_servers (id, server) VALUES (?, ?)")},
		{selectState, "key", pairs("INSERT OR IGNORE INTO state (key, value) VALUES (?, ?)")},
	} {
		_, broken := s.salvageTable(ctx, old, table.query, table.by, table.copyRow)
		err = errors.Join(err, broken)
	}
	return people, err
}

func copyPerson(w *peopleWriter, rows *sql.Rows) (int64, error) {
	var r row
	if err := rows.Scan(&r.id, &r.book, &r.entry, &r.body); err != nil {
		return 0, nil // one unreadable row
	}
	var p phone.Person
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		return 0, nil // likewise
	}
	before := w.changed
	err := w.put(preparedEntry(r.book, r.entry, "", p, w.plan))
	return int64(w.changed - before), err
}

func copyPhoto(w *peopleWriter, rows *sql.Rows) (int64, error) {
	var person string
	var source int64
	var image []byte
	if err := rows.Scan(&person, &source, &image); err != nil {
		return 0, nil // likewise
	}
	return w.exec("INSERT OR IGNORE INTO photos (person, source, image) VALUES (?, ?, ?)", person, source, image)
}

func copyItem(w *peopleWriter, rows *sql.Rows) (int64, error) {
	var kind, key, body string
	if err := rows.Scan(&kind, &key, &body); err != nil {
		return 0, nil // likewise
	}
	return w.exec("INSERT OR IGNORE INTO items (kind, key, body) VALUES (?, ?, ?)", kind, key, body)
}

// pairs copies rows of a key and a text.
func pairs(insert string) copyRow {
	return func(w *peopleWriter, rows *sql.Rows) (int64, error) {
		var key, text string
		if err := rows.Scan(&key, &text); err != nil {
			return 0, nil // likewise
		}
		return w.exec(insert, key, text)
	}
}
