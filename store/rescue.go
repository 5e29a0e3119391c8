package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A database is its file and what WAL mode keeps beside it; only together do they hold the last commits.
var databaseParts = []string{"", "-wal", "-shm"}

// replacement is the database that is made to take a damaged one's place.
func replacement(path string) string { return path + ".new" }

// beginAnew makes a new database with what can still be read of a damaged one, and puts it in its place; the old one is
// kept, and where is returned. A kill in the middle is mended by the next start: up to setAside it begins anew once
// more, from there finishReplacing goes on.
func beginAnew(ctx context.Context, path string, steps []migration, log *slog.Logger) (s *Store, kept string, err error) {
	fresh := replacement(path)
	if err := removeDatabase(fresh); err != nil {
		return nil, "", err
	}
	db, err := openFile(ctx, fresh, steps, log)
	if err != nil {
		return nil, "", err
	}
	made := newStore(db, fresh, log)
	made.salvage(ctx, path)
	if err := made.Close(); err != nil { // which leaves one file, without a log
		return nil, "", err
	}
	if kept, err = setAside(path, time.Now()); err != nil {
		return nil, "", err
	}
	if err := finishReplacing(path); err != nil {
		return nil, "", err
	}
	if db, err = openFile(ctx, path, steps, log); err != nil {
		return nil, "", err
	}
	return newStore(db, path, log), kept, nil
}

// finishReplacing puts a new database in the place of a damaged one that has been set aside.
func finishReplacing(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err // there, or not to be seen
	}
	if _, err := os.Lstat(replacement(path)); err != nil {
		return nil // none
	}
	if err := os.Rename(replacement(path), path); err != nil {
		return fmt.Errorf("put the new database in place: %w", err)
	}
	syncFolder(filepath.Dir(path))
	return nil
}

func removeDatabase(path string) error {
	for _, part := range databaseParts {
		if err := os.Remove(path + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// setAside renames a database and its companions, so that nothing of what was found is lost. The database goes last: a
// log without its database would be played into the next one of that name.
func setAside(path string, now time.Time) (kept string, err error) {
	kept = path + ".damaged-" + stamp(now)
	for _, part := range slices.Backward(databaseParts) {
		err := os.Rename(path+part, kept+part)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("set the damaged database aside: %w", err)
		}
		if err == nil {
			_ = os.Chmod(kept+part, fileMode)
		}
	}
	syncFolder(filepath.Dir(path))
	return kept, nil
}

// salvage copies into s what can be read of the database at path. It works on a copy, since reading a database in WAL
// mode changes it, and it never fails: what cannot be read is left behind and counted in the log.
func (s *Store) salvage(ctx context.Context, path string) {
	if _, err := os.Stat(path); err != nil {
		return
	}
	old, done, err := openCopy(path)
	if err != nil {
		s.log.Warn("nothing could be salvaged", "path", path, "err", err)
		return
	}
	defer done()

	accounts, err1 := readAccounts(ctx, old, selectOf(ctx, old, "accounts", accountColumns))
	for _, a := range accounts {
		if err := s.PutAccount(ctx, a); err != nil {
			err1 = errors.Join(err1, err)
		}
	}
	settings, err2 := readSettings(ctx, old)
	for key, value := range settings {
		if err := s.PutSetting(ctx, key, value); err != nil {
			err2 = errors.Join(err2, err)
		}
	}
	entries, err3 := s.salvageTable(ctx, old, selectOf(ctx, old, "history", historyColumns), "id", copyEntry)
	version, unknown := userVersion(ctx, old)
	since := func(first int) bool { return unknown != nil || version >= first }
	recordings, err4 := 0, error(nil)
	if since(recordingsSince) {
		recordings, err4 = s.salvageTable(ctx, old, selectOf(ctx, old, "recordings", recordingColumns), "id", copyRecording)
	}
	people, err5 := 0, error(nil)
	if since(peopleSince) {
		people, err5 = s.salvagePeople(ctx, old)
	}
	texts, err6 := 0, error(nil)
	if since(textsSince) {
		texts, err6 = s.salvageTable(ctx, old, selectOf(ctx, old, "texts", textColumns), "id", copyText)
	}
	s.log.Info("salvaged", "path", path, "accounts", len(accounts), "settings", len(settings), "history", entries,
		"recordings", recordings, "people", people, "texts", texts, "err", errors.Join(err1, err2, err3, err4, err5, err6))
}

// selectOf is a SELECT of columns from a table that an older version made: a column it does not have reads as empty text,
// which is what its migration gives it.
func selectOf(ctx context.Context, db *sql.DB, table, columns string) string {
	names := strings.Split(columns, ", ")
	have := map[string]bool{}
	if rows, err := db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table); err == nil {
		var name string
		for rows.Next() {
			if rows.Scan(&name) == nil {
				have[name] = true
			}
		}
		if rows.Err() != nil {
			have = nil
		}
		_ = rows.Close()
	}
	for i, name := range names {
		if len(have) > 0 && !have[name] {
			names[i] = "''"
		}
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM " + table
}

// copyRow copies the row that rows stand at, unless there is one with its ID, and returns the number of rows made.
type copyRow func(*peopleWriter, *sql.Rows) (int64, error)

func copyEntry(w *peopleWriter, rows *sql.Rows) (int64, error) {
	e, err := scanEntry(rows)
	if err != nil {
		return 0, nil // one unreadable row
	}
	return insertEntry(w.ctx, w.tx, e, "OR IGNORE")
}

func copyRecording(w *peopleWriter, rows *sql.Rows) (int64, error) {
	r, err := scanRecording(rows)
	if err != nil {
		return 0, nil // likewise
	}
	return insertRecording(w.ctx, w.tx, r, "OR IGNORE")
}

// salvageTable reads from both ends: a broken page in the middle hides only what lies beyond it from either side.
func (s *Store) salvageTable(ctx context.Context, old *sql.DB, query, by string, copyRow copyRow) (kept int, err error) {
	const batch = 500
	for _, order := range []string{"DESC", "ASC"} {
		broken := s.salvageRows(ctx, old, query+" ORDER BY "+by+" "+order, batch, copyRow, &kept)
		if broken == nil {
			return kept, nil // the whole table was read
		}
		err = errors.Join(err, broken)
	}
	return kept, err
}

func (s *Store) salvageRows(ctx context.Context, old *sql.DB, query string, batch int, copyRow copyRow, kept *int) error {
	rows, err := old.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for more := true; more; {
		err := s.changePeople(ctx, "salvage", func(w *peopleWriter) error {
			w.unfinished = true // nobody searches yet
			for range batch {
				if more = rows.Next(); !more {
					return nil
				}
				n, err := copyRow(w, rows)
				if err != nil {
					return err
				}
				*kept += int(n)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return rows.Err()
}

// openCopy opens a copy of a database in a temporary folder; done removes it. Without room for a copy, or permission to
// make one, it opens the file itself as one that nobody changes, which leaves its WAL unread.
func openCopy(path string) (db *sql.DB, done func(), err error) {
	dir, err := os.MkdirTemp("", "svara-salvage-")
	if err == nil {
		if err = copyDatabase(path, filepath.Join(dir, databaseName)); err == nil {
			db, err = sql.Open("sqlite", fileURI(filepath.Join(dir, databaseName), "_pragma=busy_timeout(1000)"))
		}
		if err == nil {
			return db, func() { _ = db.Close(); _ = os.RemoveAll(dir) }, nil
		}
		_ = os.RemoveAll(dir)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	db, err = sql.Open("sqlite", fileURI(absolute, "mode=ro&immutable=1"))
	if err != nil {
		return nil, nil, err
	}
	return db, func() { _ = db.Close() }, nil
}

func copyDatabase(from, to string) error {
	for _, part := range databaseParts[:2] { // -shm is only an index of -wal and is made again
		err := copyFile(from+part, to+part)
		if err != nil && !(part != "" && errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	return padShort(to)
}

// padShort lengthens a database that was cut short to the size its header tells (file format, sections 1.3.2 and
// 1.3.8), since SQLite reads nothing of one that is shorter. The pages added are empty and read as damage.
func padShort(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, fileMode)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var header [100]byte
	if _, err := io.ReadFull(f, header[:]); err != nil {
		return nil // shorter than a header: nothing to read anyway
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	pageSize := int64(binary.BigEndian.Uint16(header[16:]))
	want := pageSize * int64(binary.BigEndian.Uint32(header[28:]))
	if want <= info.Size() || want > maxPadded {
		return nil
	}
	return f.Truncate(want)
}

// maxPadded is the largest size a header is believed, in bytes.
const maxPadded = 1 << 30

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
