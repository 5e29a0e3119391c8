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
	d    *DB
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
	u := &update{ctx: ctx, d: d, tx: tx}
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

// Hold implements kept.Tx. A lease of somebody who does not renew it is free when it has ended by the clock, or when it has
// been the same for much longer than it lasts: after a clock was put back its end may be far ahead.
func (u *update) Hold(lease, holder string, now, until time.Time) error {
	// Whoever goes on holding it changes the row, were it by a microsecond: others see that somebody renews it.
	const query = "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, " +
		"until = CASE WHEN leases.holder = excluded.holder AND leases.until BETWEEN excluded.until AND excluded.until + 1000 THEN leases.until + 1 ELSE excluded.until END " +
		"WHERE leases.holder = excluded.holder OR leases.until <= $4"
	taken := func(end int64) (bool, error) {
		result, err := u.tx.ExecContext(u.ctx, query, lease, holder, micro(until), end)
		if err != nil {
			return false, err
		}
		n, err := result.RowsAffected()
		return n != 0, err
	}
	if ok, err := taken(micro(now)); ok || err != nil {
		return err
	}
	is := othersLease{}
	if err := u.tx.QueryRowContext(u.ctx, "SELECT holder, until FROM leases WHERE name = $1", lease).Scan(&is.holder, &is.until); err != nil {
		return err
	}
	if !u.d.stale(lease, is, 4*until.Sub(now)+u.d.patience) {
		return kept.ErrLost
	}
	if ok, err := taken(is.until); ok || err != nil {
		return err
	}
	return kept.ErrLost
}

// othersLease is a lease as it was seen.
type othersLease struct {
	holder string
	until  int64
}

// sighting is since when a lease has been as it is, by this process's own count of time.
type sighting struct {
	othersLease
	since time.Time
}

// stale reports whether a lease of somebody else has been the same for some time.
func (d *DB) stale(lease string, is othersLease, after time.Duration) bool {
	d.leasesMu.Lock()
	defer d.leasesMu.Unlock()
	if seen, ok := d.leases[lease]; ok && seen.othersLease == is {
		return time.Since(seen.since) > after
	}
	if d.leases == nil {
		d.leases = map[string]sighting{}
	}
	d.leases[lease] = sighting{is, time.Now()}
	return false
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
