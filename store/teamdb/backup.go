package teamdb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// tables are what a backup has, in the order they are copied.
var tables = []struct {
	name    string
	columns []string
}{
	{"items", []string{"kind", "id", "seq", "grp", "person", "gone", "data"}},
	{"log", append(append([]string{"n"}, strings.Split(entryColumns, ", ")...), "caller", "is_open", "txt")},
	{"messages", []string{"n", "id", "seq", "grp", "gone", "kind", "caller", "at", "box", "pinned", "is_open", "unsent", "txt", "data"}},
	{"secrets", []string{"person", "hash"}},
	{"tokens", []string{"id", "hash", "person", "name", "agent", "scope", "since", "seen", "expires"}},
	{"attempts", []string{"key", "n", "last", "until"}},
	{"audit", []string{"n", "at", "person", "address", "action", "target", "ok"}},
}

// together is how many rows are written by one statement; PostgreSQL takes 65,535 arguments.
const together = 200

// Backup writes everything, as it is at one moment, into a new file. The server may be running.
func (d *DB) Backup(ctx context.Context, file string) (err error) {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("back up into %s: there is such a file already", file)
	}
	part := file + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	to, err := Open(ctx, part, d.log)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("back up into %s: %w", file, err), os.Remove(part))
		}
	}()
	err = d.snapshot(ctx, func(from *sql.Tx) error {
		tx, err := to.write.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if err := copyAll(ctx, from, tx); err != nil {
			return err
		}
		return tx.Commit()
	})
	if err == nil { // one file: nothing in a -wal beside it
		_, err = to.write.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	return os.Rename(part, file)
}

// Restore replaces everything by what is in a backup, all of it or nothing. Servers that run on the database notice, and
// desktops read anew.
func (d *DB) Restore(ctx context.Context, file string, log *slog.Logger) (err error) {
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	// A copy is opened: an older backup is brought up to date, and stays as it is.
	dir, err := os.MkdirTemp("", "svara-restore-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := dir + "/team.db"
	if err := copyFile(file, copied); err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	from, err := Open(ctx, copied, log)
	if err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	var said string
	if err := from.read.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil || said != "ok" {
		return fmt.Errorf("restore %s: the backup is damaged: %s", file, errors.Join(err, errors.New(said)))
	}
	err = from.snapshot(ctx, func(source *sql.Tx) error {
		tx, err := d.write.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if d.kind == postgres {
			if _, err := tx.ExecContext(ctx, "SELECT last FROM sequence WHERE one = 1 FOR UPDATE"); err != nil {
				return err
			}
		}
		for _, t := range tables {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.name); err != nil {
				return err
			}
		}
		if err := copyAll(ctx, source, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE meta SET value = $1 WHERE key = 'epoch'", rand.Text()); err != nil {
			return err
		}
		return tx.Commit()
	})
	if err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	d.wakeUp()
	return nil
}

func copyAll(ctx context.Context, from, to *sql.Tx) error {
	var last int64
	if err := from.QueryRowContext(ctx, "SELECT last FROM sequence WHERE one = 1").Scan(&last); err != nil {
		return err
	}
	if _, err := to.ExecContext(ctx, "UPDATE sequence SET last = $1 WHERE one = 1", last); err != nil {
		return err
	}
	for _, t := range tables {
		if err := copyTable(ctx, from, to, t.name, t.columns); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

func copyTable(ctx context.Context, from, to *sql.Tx, table string, columns []string) (err error) {
	list := strings.Join(columns, ", ")
	r, err := from.QueryContext(ctx, "SELECT "+list+" FROM "+table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		lines := make([]string, len(args)/len(columns))
		for i := range lines {
			places := make([]string, len(columns))
			for j := range places {
				places[j] = fmt.Sprintf("$%d", i*len(columns)+j+1)
			}
			lines[i] = "(" + strings.Join(places, ", ") + ")"
		}
		_, err := to.ExecContext(ctx, "INSERT INTO "+table+" ("+list+") VALUES "+strings.Join(lines, ", "), args...)
		args = args[:0]
		return err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for r.Next() {
		if err := r.Scan(into...); err != nil {
			return err
		}
		args = append(args, values...)
		if len(args) == together*len(columns) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(r.Err(), flush())
}

func copyFile(from, to string) error {
	data, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = data.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(data)
	return errors.Join(err, out.Close())
}
