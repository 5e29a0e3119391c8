package teamdb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// update is a kept.Tx. Its context is that of the Update it lives in.
type update struct {
	ctx  context.Context
	tx   *sql.Tx
	last team.Seq // given out so far, this update's included
	mine team.Seq // the last one this update got
}

// Update implements kept.Shelf.
func (d *DB) Update(ctx context.Context, f func(kept.Tx) error) (team.Seq, error) {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	u := &update{ctx: ctx, tx: tx}
	lock := "SELECT last FROM sequence WHERE one = 1"
	if d.kind == postgres {
		lock += " FOR UPDATE"
	}
	if err := tx.QueryRowContext(ctx, lock).Scan(&u.last); err != nil {
		return 0, err
	}
	if err := f(u); err != nil {
		return 0, err
	}
	if u.mine != 0 {
		store := "UPDATE sequence SET last = $1 WHERE one = 1"
		if d.kind == postgres {
			store += " RETURNING pg_notify('" + channel + "', '')"
		}
		if err := u.exec(store, u.last); err != nil {
			return 0, err
		}
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	if u.mine != 0 {
		d.wakeUp()
	}
	return u.mine, nil
}

func (u *update) exec(query string, args ...any) error {
	_, err := u.tx.ExecContext(u.ctx, query, args...)
	return err
}

// next hands out a sequence.
func (u *update) next() team.Seq {
	u.last++
	u.mine = u.last
	return u.last
}

// Item implements kept.Tx.
func (u *update) Item(kind team.Kind, id string) (team.Item, error) {
	i, err := scanItem(u.tx.QueryRowContext(u.ctx, selectItem+" WHERE kind = $1 AND id = $2 AND gone = 0", kind, id))
	return i, notFound(err)
}

// Put implements kept.Tx. It is one statement: an exchange has some hundred of them a second, each a way to the database and
// back. What is the same already is left alone, and gets no sequence.
func (u *update) Put(i team.Item) (team.Seq, error) {
	if i.Gone {
		return u.numbered("UPDATE items SET seq = $3, gone = 1, data = '' WHERE kind = $1 AND id = $2 AND gone = 0", i.Kind, i.ID, u.last+1)
	}
	return u.numbered("INSERT INTO items (kind, id, seq, grp, person, gone, data) VALUES ($1, $2, $3, $4, $5, 0, $6) "+
		"ON CONFLICT (kind, id) DO UPDATE SET seq = excluded.seq, grp = excluded.grp, person = excluded.person, gone = 0, data = excluded.data "+
		"WHERE items.gone = 1 OR items.data <> excluded.data OR items.grp <> excluded.grp OR items.person <> excluded.person",
		i.Kind, i.ID, u.last+1, i.Group, i.Person, clean(string(i.Data)))
}

// numbered is a statement with the next sequence among its arguments, which is used up if it has written something.
func (u *update) numbered(query string, args ...any) (team.Seq, error) {
	result, err := u.tx.ExecContext(u.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, err
	}
	return u.next(), nil
}

// SetSecret implements kept.Tx.
func (u *update) SetSecret(id team.PersonID, hash string) error {
	if hash == "" {
		return u.exec("DELETE FROM secrets WHERE person = $1", id)
	}
	return u.exec("INSERT INTO secrets (person, hash) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET hash = excluded.hash", id, hash)
}

// PutToken implements kept.Tx.
func (u *update) PutToken(t kept.Token) error {
	return u.exec("INSERT INTO tokens (id, hash, person, name, agent, scope, since, seen, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		t.ID, t.Hash, t.Person, clean(t.Name), clean(t.Agent), t.Scope, micro(t.Since), micro(t.Seen), micro(t.Expires))
}

// SetSeen implements kept.Tx.
func (u *update) SetSeen(id string, at, expires time.Time) error {
	return u.exec("UPDATE tokens SET seen = $2, expires = $3 WHERE id = $1", id, micro(at), micro(expires))
}

// DeleteToken implements kept.Tx.
func (u *update) DeleteToken(id string) error { return u.exec("DELETE FROM tokens WHERE id = $1", id) }

// TakeToken implements kept.Tx.
func (u *update) TakeToken(id string) error {
	var was string
	return notFound(u.tx.QueryRowContext(u.ctx, "DELETE FROM tokens WHERE id = $1 RETURNING id", id).Scan(&was))
}

// SetAttempts implements kept.Tx.
func (u *update) SetAttempts(key string, a kept.Attempts) error {
	if a.Count == 0 {
		return u.exec("DELETE FROM attempts WHERE key = $1", clean(key))
	}
	return u.exec("INSERT INTO attempts (key, n, last, until) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE SET n = excluded.n, last = excluded.last, until = excluded.until",
		clean(key), a.Count, micro(a.Last), micro(a.Until))
}

// Hold implements kept.Tx.
func (u *update) Hold(lease, holder string, now, until time.Time) error {
	result, err := u.tx.ExecContext(u.ctx, "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until "+
		"WHERE leases.holder = excluded.holder OR leases.until <= $4", lease, holder, micro(until), micro(now))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return kept.ErrLost
	}
	return nil
}

// Audit implements kept.Tx. Entries are numbered in order: updates come one after the other.
func (u *update) Audit(e team.AuditEntry) error {
	return u.exec("INSERT INTO audit (n, at, person, address, action, target, ok) VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM audit), $1, $2, $3, $4, $5, $6)",
		micro(e.At), e.Person, clean(e.Address), e.Action, clean(e.Target), flag(e.OK))
}

// Prune implements kept.Tx.
func (u *update) Prune(before team.Seq, now time.Time) error {
	return errors.Join(
		u.exec("DELETE FROM items WHERE gone = 1 AND seq < $1", before),
		u.exec("DELETE FROM messages WHERE gone = 1 AND seq < $1", before),
		u.exec("DELETE FROM tokens WHERE expires < $1", micro(now)),
		u.exec("DELETE FROM attempts WHERE last < $1 AND until < $2", micro(now.Add(-24*time.Hour)), micro(now)),
	)
}
