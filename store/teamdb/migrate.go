package teamdb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var embedded embed.FS

// errNewer is a database written by a server that knows more migrations than this one.
var errNewer = errors.New("the database was written by a newer version of the team server")

// migration is one numbered step. Steps are never edited once released: a database in the field has run them.
type migration struct {
	name string
	sql  string
}

// readMigrations reads NNNN_name.sql files for one database; their numbers must run from 1 without a gap.
func readMigrations(files fs.FS, k kind) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var out []migration
	for i, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return nil, fmt.Errorf("migration %s: expected number %d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		out = append(out, migration{path.Base(name), only(string(text), k)})
	}
	return out, nil
}

// only is the part of a migration that is for one database.
func only(text string, k kind) string {
	var b strings.Builder
	keep := true
	for line := range strings.Lines(text) {
		switch word := strings.TrimSpace(line); {
		case strings.HasPrefix(word, "-- only "):
			keep = strings.TrimPrefix(word, "-- only ") == string(k)
		case word == "-- both":
			keep = true
		case keep:
			b.WriteString(line)
		}
	}
	if k == sqlite {
		return strings.ReplaceAll(b.String(), "INT8", "INTEGER")
	}
	return b.String()
}

// migrate runs what is missing, all of it or nothing: a kill in the middle leaves the old database. Several servers may
// start at once on one PostgreSQL.
func migrate(ctx context.Context, db *sql.DB, k kind, steps []migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if k == postgres {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7355608)"); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (one INTEGER PRIMARY KEY, version INTEGER NOT NULL)"); err != nil {
		return err
	}
	var version int
	if err := tx.QueryRowContext(ctx, "SELECT version FROM schema_version WHERE one = 1").Scan(&version); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("%w (%d, this one knows %d)", errNewer, version, len(steps))
	}
	if version == len(steps) {
		return nil
	}
	for _, step := range steps[version:] {
		if _, err := tx.ExecContext(ctx, step.sql); err != nil {
			return fmt.Errorf("migration %s: %w", step.name, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO schema_version (one, version) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET version = excluded.version", len(steps)); err != nil {
		return err
	}
	return tx.Commit()
}
