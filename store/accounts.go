package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"svara/phone"
)

const (
	accountColumns = "id, user, domain, auth_user, display_name, transport, proxy, expires, dtmf, dialect, mobile, media, is_default"
	accountOrder   = " ORDER BY position, id"
	selectAccounts = "SELECT " + accountColumns + " FROM accounts"
)

// Accounts is every account, oldest first.
func (s *Store) Accounts(ctx context.Context) ([]phone.Account, error) {
	out, err := readAccounts(ctx, s.db, selectAccounts)
	if err != nil {
		return nil, fail("read accounts", err)
	}
	return out, nil
}

// readAccounts returns what it could read beside the error, for salvage.
func readAccounts(ctx context.Context, db *sql.DB, query string) ([]phone.Account, error) {
	rows, err := db.QueryContext(ctx, query+accountOrder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []phone.Account
	for rows.Next() {
		var a phone.Account
		var media []byte
		if err := rows.Scan(&a.ID, &a.User, &a.Domain, &a.AuthUser, &a.DisplayName, &a.Transport, &a.Proxy,
			&a.Expires, &a.DTMF, &a.Dialect, &a.Mobile, &media, &a.Default); err != nil {
			return out, err
		}
		var m accountMedia
		if len(media) > 0 {
			if err := json.Unmarshal(media, &m); err != nil {
				return out, fmt.Errorf("account %s: %w", a.ID, err)
			}
		}
		m.put(&a)
		out = append(out, a)
	}
	return out, rows.Err()
}

// accountMedia is how an account's calls are encrypted and find their way, its codecs and its team server: one column of JSON, because
// nothing is ever looked for by them.
type accountMedia struct {
	CAFile   string         `json:"ca_file,omitempty"`
	Pin      string         `json:"pin,omitempty"`
	SRTP     phone.SRTPMode `json:"srtp,omitempty"`
	Keying   phone.Keying   `json:"keying,omitempty"`
	ICE      bool           `json:"ice,omitempty"`
	STUN     string         `json:"stun,omitempty"`
	TURN     string         `json:"turn,omitempty"`
	TURNUser string         `json:"turn_user,omitempty"`
	Codecs   string         `json:"codecs,omitempty"`
	Team     string         `json:"team,omitempty"`
}

func mediaOf(a phone.Account) accountMedia {
	return accountMedia{a.CAFile, a.Pin, a.SRTP, a.Keying, a.ICE, a.STUN, a.TURN, a.TURNUser, a.Codecs, a.Team}
}

func (m accountMedia) put(a *phone.Account) {
	a.CAFile, a.Pin, a.SRTP, a.Keying, a.ICE, a.STUN, a.TURN, a.TURNUser, a.Codecs, a.Team = m.CAFile, m.Pin, m.SRTP, m.Keying, m.ICE, m.STUN, m.TURN, m.TURNUser, m.Codecs, m.Team
}

// PutAccount adds an account or replaces the one with the same ID, in its place. At most one account is the default:
// the one put last as such.
func (s *Store) PutAccount(ctx context.Context, a phone.Account) error {
	if err := a.Validate(); err != nil {
		return err
	}
	media, err := json.Marshal(mediaOf(a))
	if err != nil {
		return fmt.Errorf("save account %s: %w", a.ID, err)
	}
	return s.write(ctx, "save account "+string(a.ID), func(tx *sql.Tx) error {
		if a.Default {
			if _, err := tx.ExecContext(ctx, "UPDATE accounts SET is_default = 0 WHERE is_default"); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO accounts
			(id, position, user, domain, auth_user, display_name, transport, proxy, expires, dtmf, dialect, mobile, media, is_default)
			VALUES (?, (SELECT 1 + coalesce(max(position), 0) FROM accounts), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET user = excluded.user, domain = excluded.domain, auth_user = excluded.auth_user,
				display_name = excluded.display_name, transport = excluded.transport, proxy = excluded.proxy,
				expires = excluded.expires, dtmf = excluded.dtmf, dialect = excluded.dialect, mobile = excluded.mobile,
				media = excluded.media, is_default = excluded.is_default`,
			string(a.ID), a.User, a.Domain, a.AuthUser, a.DisplayName, string(a.Transport), a.Proxy, a.Expires,
			string(a.DTMF), a.Dialect, a.Mobile, string(media), a.Default)
		return err
	})
}

// RemoveAccount forgets an account; its history and recordings stay. Removing one that is not there is no error.
func (s *Store) RemoveAccount(ctx context.Context, id phone.AccountID) error {
	return s.write(ctx, "remove account "+string(id), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM accounts WHERE id = ?", string(id))
		return err
	})
}

const selectSettings = "SELECT key, value FROM settings"

// Settings is the user's choices. A key or value that this version does not know is left out, so that an older version
// still starts after a newer one has been tried; it stays in the database.
func (s *Store) Settings(ctx context.Context) (phone.Settings, error) {
	out, err := readSettings(ctx, s.db)
	if err != nil {
		return nil, fail("read settings", err)
	}
	return out, nil
}

// readSettings returns what it could read beside the error, for salvage.
func readSettings(ctx context.Context, db *sql.DB) (phone.Settings, error) {
	out := phone.Settings{}
	rows, err := db.QueryContext(ctx, selectSettings)
	if err != nil {
		return out, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return out, err
		}
		if phone.CheckSetting(key, value) == nil {
			out = out.With(key, value)
		}
	}
	return out, rows.Err()
}

// PutSetting saves one choice. A value that is the default is not kept, so that a later default reaches the user.
func (s *Store) PutSetting(ctx context.Context, key, value string) error {
	if err := phone.CheckSetting(key, value); err != nil {
		return err
	}
	_, differs := phone.Settings{}.With(key, value)[key]
	return s.write(ctx, "save setting "+key, func(tx *sql.Tx) error {
		if !differs {
			_, err := tx.ExecContext(ctx, "DELETE FROM settings WHERE key = ?", key)
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (key, value) VALUES (?, ?)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
		return err
	})
}

// isNoRows reports an empty answer to a query for one row.
func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
