package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// errNewer is a database written by a version of the phone that knows more migrations than this one.
var errNewer = errors.New("the database was written by a newer version of Svara")

// synchronous(FULL): NORMAL keeps a commit over kill -9 but not over a power cut, and a phone writes a few rows a call,
// so the sync costs nothing that anyone notices.
const pragmas = "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)" +
	"&_pragma=foreign_keys(1)&_txlock=immediate"

// fileURI is the SQLite URI of a path: spaces, ?, # and % in a folder's name must not become parameters.
func fileURI(path, query string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… becomes file:///C:/…
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: query}).String()
}

// openFile opens the database, checks that it can be trusted, and brings it up to date. An error for which damaged is
// true is about the file's content; others are about folder, disk or version.
func openFile(ctx context.Context, path string, steps []migration, log *slog.Logger) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileURI(path, pragmas))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(1) // each keeps 2 MB of pages and what it has prepared; one serves nearly all there is to do
	if err := prepare(ctx, db, path, steps, log); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// prepare checks and migrates an open database.
func prepare(ctx context.Context, db *sql.DB, path string, steps []migration, log *slog.Logger) error {
	if err := quickCheck(ctx, db); err != nil {
		return err
	}
	version, err := userVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("%w (%d, this one knows %d)", errNewer, version, len(steps))
	}
	if version > 0 && version < len(steps) {
		kept := fmt.Sprintf("%s.version-%d-%s", path, version, stamp(time.Now()))
		if err := keepCopy(ctx, db, kept); err != nil {
			return err
		}
		log.Info("older database", "version", version, "kept", kept)
	}
	if err := migrate(ctx, db, steps); err != nil {
		return err
	}
	return tablesThere(ctx, db)
}

// quickCheck reads every page of every table once. It finds torn and overwritten pages; it does not compare indexes with
// tables, nor what the search index says with what it is made of: that takes seconds, and the index can be made again.
func quickCheck(ctx context.Context, db *sql.DB) error {
	tables, err := tableNames(ctx, db)
	if err != nil {
		return err
	}
	for _, table := range tables {
		var said string
		if err := db.QueryRowContext(ctx, "PRAGMA quick_check('"+strings.ReplaceAll(table, "'", "''")+"')").Scan(&said); err != nil {
			return err
		}
		if said != "ok" {
			return fmt.Errorf("%w: %s: %s", errDamaged, table, said)
		}
	}
	return nil
}

// tableNames is the tables that have pages of their own.
func tableNames(ctx context.Context, db *sql.DB) (names []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// tablesThere makes sure that what calls itself our database is one: a sound file without our tables is damage too.
func tablesThere(ctx context.Context, db *sql.DB) error {
	for _, query := range []string{selectAccounts, selectSettings, selectHistory + " LIMIT 1", selectRecordings + " LIMIT 1", selectTexts + " LIMIT 1", selectBooks,
		selectItems, selectMailServers, selectState, selectMarks, selectPeople + " LIMIT 1", "SELECT id FROM segments LIMIT 1"} {
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		for rows.Next() { // drained, so that a broken row shows
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

// keepCopy writes a compact copy of the database beside it, readable by its owner only.
func keepCopy(ctx context.Context, db *sql.DB, to string) error {
	if err := makePrivate(to); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("keep a copy of the older database: %w", err)
	}
	return nil
}

// makePrivate makes an empty file only its owner can open, or closes an existing one to others. SQLite gives its -wal
// and -shm files the permissions of the database.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, fileMode)
	}
	return nil
}

// openMemory opens a database that lives as long as the Store. It is SQLite's memdb, shared by all connections: a
// connection lost to a cancelled context must not take the data with it.
func openMemory(ctx context.Context, steps []migration, log *slog.Logger) (*Store, error) {
	name := "/svara-" + rand.Text()
	db, err := sql.Open("sqlite", fileURI(name, "vfs=memdb&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	anchor, err := db.Conn(ctx)
	if err == nil {
		err = migrate(ctx, db, steps)
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	s := newStore(db, "", log)
	s.anchor = anchor
	return s, nil
}

// stamp is a time for a file name: sorts, and has no character that a file system refuses.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405.000Z") }

// plain is an error in the fewest words: a user reads them after "the settings cannot be saved".
func plain(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path + ": " + p.Err.Error()
	}
	return err.Error()
}
