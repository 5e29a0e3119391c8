package teamdb

import (
	"context"
	"database/sql"
	"errors"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// Secret implements kept.Shelf.
func (d *DB) Secret(ctx context.Context, id team.PersonID) (hash string, err error) {
	err = d.read.QueryRowContext(ctx, "SELECT hash FROM secrets WHERE person = $1", id).Scan(&hash)
	return hash, notFound(err)
}

const selectToken = "SELECT id, hash, person, name, agent, scope, since, seen, expires FROM tokens"

func scanToken(r scanner) (t kept.Token, err error) {
	var since, seen, expires int64
	err = r.Scan(&t.ID, &t.Hash, &t.Person, &t.Name, &t.Agent, &t.Scope, &since, &seen, &expires)
	t.Since, t.Seen, t.Expires = fromMicro(since), fromMicro(seen), fromMicro(expires)
	return t, err
}

// Token implements kept.Shelf.
func (d *DB) Token(ctx context.Context, id string) (kept.Token, error) {
	t, err := scanToken(d.read.QueryRowContext(ctx, selectToken+" WHERE id = $1", clean(id)))
	return t, notFound(err)
}

// Tokens implements kept.Shelf.
func (d *DB) Tokens(ctx context.Context, of team.PersonID) ([]kept.Token, error) {
	return rows(ctx, d.read, func(r *sql.Rows) (kept.Token, error) { return scanToken(r) }, selectToken+" WHERE person = $1 ORDER BY since, id", of)
}

// Scoped implements kept.Shelf.
func (d *DB) Scoped(ctx context.Context, scope team.Scope) ([]kept.Token, error) {
	return rows(ctx, d.read, func(r *sql.Rows) (kept.Token, error) { return scanToken(r) }, selectToken+" WHERE scope = $1 ORDER BY since, id", scope)
}

// Audit implements kept.Shelf.
func (d *DB) Audit(ctx context.Context, before int64, limit int) ([]team.AuditEntry, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	return rows(ctx, d.read, func(r *sql.Rows) (e team.AuditEntry, err error) {
		var at int64
		var ok int
		err = r.Scan(&e.ID, &at, &e.Person, &e.Address, &e.Action, &e.Target, &ok)
		e.At, e.OK = fromMicro(at), ok != 0
		return e, err
	}, "SELECT n, at, person, address, action, target, ok FROM audit WHERE n < $1 ORDER BY n DESC LIMIT $2", before, limit)
}

const selectAttempts = "SELECT n, last, until FROM attempts WHERE key = $1"

// scanAttempts reads attempts; who has none has made none.
func scanAttempts(r *sql.Row) (a kept.Attempts, err error) {
	var last, until int64
	err = r.Scan(&a.Count, &last, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return kept.Attempts{}, nil
	}
	a.Last, a.Until = fromMicro(last), fromMicro(until)
	return a, err
}

// Attempts implements kept.Shelf.
func (d *DB) Attempts(ctx context.Context, key string) (kept.Attempts, error) {
	return scanAttempts(d.read.QueryRowContext(ctx, selectAttempts, clean(key)))
}

// Attempts implements kept.Tx.
func (u *update) Attempts(key string) (kept.Attempts, error) {
	return scanAttempts(u.tx.QueryRowContext(u.ctx, selectAttempts, clean(key)))
}
