package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"svara/phone"
)

// PutItem saves something the user has set up, in the place of what had its kind and key. The body is its JSON.
func (s *Store) PutItem(ctx context.Context, kind phone.ItemKind, key string, body []byte) error {
	return s.write(ctx, "save "+string(kind)+" "+key, func(tx *sql.Tx) error {
		return putItem(ctx, tx, string(kind), key, string(body))
	})
}

func putItem(ctx context.Context, tx *sql.Tx, kind, key, body string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO items (kind, key, body) VALUES (?, ?, ?)
		ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body`, kind, key, body)
	return err
}

// RemoveItem forgets an item. Removing one that is not there is no error.
func (s *Store) RemoveItem(ctx context.Context, kind phone.ItemKind, key string) error {
	return s.write(ctx, "remove "+string(kind)+" "+key, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM items WHERE kind = ? AND key = ?", string(kind), key)
		return err
	})
}

const selectItems = "SELECT kind, key, body FROM items"

// Items is every item, by kind and key. What this version cannot read, because a newer one wrote it, is left out and
// stays in the database.
func (s *Store) Items(ctx context.Context) ([]phone.Item, error) {
	rows, err := s.db.QueryContext(ctx, selectItems+" ORDER BY kind, key")
	if err != nil {
		return nil, fail("read items", err)
	}
	defer func() { _ = rows.Close() }()
	out := []phone.Item{}
	for rows.Next() {
		var kind, key, body string
		if err := rows.Scan(&kind, &key, &body); err != nil {
			return nil, fail("read items", err)
		}
		item, err := phone.DecodeItem(phone.ItemKind(kind), []byte(body))
		if err != nil {
			s.log.Warn("an item is left out", "kind", kind, "key", key, "err", err)
			continue
		}
		out = append(out, item)
	}
	return out, fail("read items", rows.Err())
}

// PutMailServer saves a mailbox to be read, in the place of the one with its ID.
func (s *Store) PutMailServer(ctx context.Context, m phone.MailServer) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.write(ctx, "save mail server "+m.ID, func(tx *sql.Tx) error {
		return putMailServer(ctx, tx, m.ID, string(body))
	})
}

func putMailServer(ctx context.Context, tx *sql.Tx, id, body string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO mail_servers (id, server) VALUES (?, ?)
		ON CONFLICT (id) DO UPDATE SET server = excluded.server`, id, body)
	return err
}

// RemoveMailServer forgets a mailbox. Removing one that is not there is no error.
func (s *Store) RemoveMailServer(ctx context.Context, id string) error {
	return s.write(ctx, "remove mail server "+id, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM mail_servers WHERE id = ?", id)
		return err
	})
}

const selectMailServers = "SELECT id, server FROM mail_servers"

// MailServers is the mailboxes to be read, in the order in which they were first put.
func (s *Store) MailServers(ctx context.Context) ([]phone.MailServer, error) {
	rows, err := s.db.QueryContext(ctx, selectMailServers+" ORDER BY rowid")
	if err != nil {
		return nil, fail("read mail servers", err)
	}
	defer func() { _ = rows.Close() }()
	out := []phone.MailServer{}
	for rows.Next() {
		var id, body string
		if err := rows.Scan(&id, &body); err != nil {
			return nil, fail("read mail servers", err)
		}
		m := phone.MailServer{}
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			s.log.Warn("a mail server is left out", "id", id, "err", err)
			continue
		}
		out = append(out, m)
	}
	return out, fail("read mail servers", rows.Err())
}

// PutState remembers something small; an empty value forgets it.
func (s *Store) PutState(ctx context.Context, key, value string) error {
	return s.write(ctx, "save state "+key, func(tx *sql.Tx) error { return putState(ctx, tx, key, value) })
}

func putState(ctx context.Context, tx *sql.Tx, key, value string) error {
	if value == "" {
		_, err := tx.ExecContext(ctx, "DELETE FROM state WHERE key = ?", key)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO state (key, value) VALUES (?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

const selectState = "SELECT key, value FROM state"

// State is what PutState remembered, empty for nothing.
func (s *Store) State(ctx context.Context, key string) (string, error) {
	var value string
	err := s.db.QueryRowContext(ctx, "SELECT value FROM state WHERE key = ?", key).Scan(&value)
	if isNoRows(err) {
		err = nil
	}
	return value, fail("read state "+key, err)
}
