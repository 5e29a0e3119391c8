package teamdb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

var _ kept.Shelf = (*DB)(nil)

// micro is a time as it is stored.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// clean is text that both databases take: PostgreSQL has no NUL and no broken UTF-8.
func clean(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "") }

// snapshot runs f on one state of the database.
func (d *DB) snapshot(ctx context.Context, f func(*sql.Tx) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if d.kind == postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	tx, err := d.read.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return f(tx)
}

// rows reads all rows of a query.
func rows[T any](ctx context.Context, q interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, scan func(*sql.Rows) (T, error), query string, args ...any) (out []T, err error) {
	r, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		v, err := scan(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, r.Err()
}

const selectItem = "SELECT kind, id, seq, grp, person, gone, data FROM items"

type scanner interface{ Scan(...any) error }

func scanItem(r scanner) (team.Item, error) {
	var (
		i    team.Item
		gone int
		data string
	)
	if err := r.Scan(&i.Kind, &i.ID, &i.Seq, &i.Group, &i.Person, &gone, &data); err != nil {
		return i, err
	}
	if i.Gone = gone != 0; !i.Gone {
		i.Data = []byte(data)
	}
	return i, nil
}

func mark(ctx context.Context, tx *sql.Tx) (m kept.Mark, err error) {
	err = tx.QueryRowContext(ctx, "SELECT s.last, m.value FROM sequence s, meta m WHERE s.one = 1 AND m.key = 'epoch'").Scan(&m.Seq, &m.Epoch)
	return m, err
}

// Items implements kept.Shelf.
func (d *DB) Items(ctx context.Context) (items []team.Item, m kept.Mark, err error) {
	err = d.snapshot(ctx, func(tx *sql.Tx) error {
		if m, err = mark(ctx, tx); err != nil {
			return err
		}
		items, err = rows(ctx, tx, func(r *sql.Rows) (team.Item, error) { return scanItem(r) }, selectItem+" WHERE gone = 0 ORDER BY seq")
		return err
	})
	return items, m, err
}

// Since implements kept.Shelf.
func (d *DB) Since(ctx context.Context, after kept.Mark, limit int) (items []team.Item, err error) {
	err = d.snapshot(ctx, func(tx *sql.Tx) error {
		now, err := mark(ctx, tx)
		if err != nil {
			return err
		}
		if now.Epoch != after.Epoch {
			return kept.ErrRestored
		}
		if now.Seq == after.Seq {
			return nil
		}
		items, err = rows(ctx, tx, func(r *sql.Rows) (team.Item, error) { return scanItem(r) },
			selectItem+" WHERE seq > $1 ORDER BY seq LIMIT $2", after.Seq, limit)
		if err != nil {
			return err
		}
		calls, err := rows(ctx, tx, func(r *sql.Rows) (team.Item, error) {
			e, err := scanEntry(r)
			if err != nil {
				return team.Item{}, err
			}
			return LogItem(e)
		}, selectLog+" WHERE seq > $1 ORDER BY seq LIMIT $2", after.Seq, limit)
		if err != nil {
			return err
		}
		messages, err := rows(ctx, tx, func(r *sql.Rows) (team.Item, error) {
			m, err := scanMessage(r)
			if err != nil {
				return team.Item{}, err
			}
			return messageItem(m)
		}, selectMessage+" WHERE seq > $1 ORDER BY seq LIMIT $2", after.Seq, limit)
		if err != nil {
			return err
		}
		items = slices.Concat(items, calls, messages)
		slices.SortFunc(items, func(a, b team.Item) int { return int(a.Seq - b.Seq) })
		items = items[:min(limit, len(items))]
		return nil
	})
	return items, err
}

// Check implements kept.Shelf.
func (d *DB) Check(ctx context.Context) error {
	var one int
	return d.read.QueryRowContext(ctx, "SELECT one FROM sequence").Scan(&one)
}

// notFound makes of the driver's error ours.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return kept.ErrNotFound
	}
	return err
}
