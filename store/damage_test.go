package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"svara/phone"
)

func TestDamagedDatabaseIsSetAside(t *testing.T) {
	const entries = 400
	for name, c := range map[string]struct {
		damage  func(t *testing.T, path string)
		salvage bool // settings and accounts lie on pages that are still whole
	}{
		"not a database":     {overwrite(0, 4096), false},
		"text":               {func(t *testing.T, p string) { write(t, p, []byte("volume = 11\n")) }, false},
		"first page half":    {overwrite(100, 3900), false},
		"page in the middle": {overwriteHistory, true},
		"cut short":          {truncate, true},
		"index of people":    {overwriteTable("segments"), true},
		"tables missing":     {dropTables, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fill(t, dir, entries)
			path := filepath.Join(dir, databaseName)
			c.damage(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}

			s, faults, err := Open(t.Context(), dir, quiet())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			kept := damagedCopies(t, dir)
			if len(faults) != 1 || faults[0].ID != phone.ReasonStoreDamaged || len(kept) != 1 || faults[0].Text != kept[0] {
				t.Fatalf("faults %v, kept %v", faults, kept)
			}
			after, err := os.ReadFile(kept[0])
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the kept copy is not what was found: %v", err)
			}
			if s.Path() != path {
				t.Errorf("the new database is at %q", s.Path())
			}
			checkModes(t, dir)

			accounts, err := s.Accounts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			settings, err := s.Settings(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := len(history(t, s, phone.HistoryQuery{Limit: 5000}))
			t.Logf("salvaged %d accounts, %d settings, %d of %d entries", len(accounts), len(settings), got, entries)
			if n := len(recordings(t, s, phone.RecordingQuery{})); c.salvage && n != 1 {
				t.Errorf("%d recordings salvaged", n)
			}
			checkPeople(t, s, c.salvage)
			if c.salvage && (len(accounts) != 1 || settings.Get(phone.KeyLanguage) != "sv" || got == 0) {
				t.Error("what was readable was not salvaged")
			}
			// The new one is a whole database from here on.
			add(t, s, entry("New", "1", phone.OutcomeMissed))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if n := len(history(t, openGood(t, dir), phone.HistoryQuery{Limit: 5000})); n != got+1 {
				t.Errorf("%d entries after the next start, want %d", n, got+1)
			}
		})
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// overwrite puts garbage over n bytes; a negative offset counts pages from the end.
func overwrite(offset, n int64) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := offset
		if at < 0 {
			at = int64(len(raw)) + offset*4096
		}
		for i := at; i < at+n && i < int64(len(raw)); i++ {
			raw[i] = byte(i*7 + 3)
		}
		write(t, path, raw)
	}
}

func truncate(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()*3/4/4096*4096+100); err != nil {
		t.Fatal(err)
	}
}

func dropTables(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", fileURI(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"accounts", "settings", "history", "recordings"} {
		if _, err := db.ExecContext(t.Context(), "DROP TABLE "+table); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKilledWhileReplacing leaves the folder as a kill at each step of beginAnew leaves it.
func TestKilledWhileReplacing(t *testing.T) {
	garbage := []byte("not a database")
	for name, c := range map[string]struct {
		prepare func(t *testing.T, path string)
		fault   phone.ReasonID
		entries int
	}{
		"before setting aside": {func(t *testing.T, path string) { write(t, path, garbage) }, phone.ReasonStoreDamaged, 0},
		"log set aside": {func(t *testing.T, path string) {
			write(t, path, garbage)
			write(t, path+".damaged-x-wal", garbage)
		}, phone.ReasonStoreDamaged, 0},
		"all set aside": {func(t *testing.T, path string) { write(t, path+".damaged-x", garbage) }, "", 3},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fill(t, dir, 3)
			path := filepath.Join(dir, databaseName)
			if err := os.Rename(path, replacement(path)); err != nil { // as salvage made it
				t.Fatal(err)
			}
			c.prepare(t, path)
			s, faults, err := Open(t.Context(), dir, quiet())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			if c.fault == "" && len(faults) != 0 || c.fault != "" && (len(faults) != 1 || faults[0].ID != c.fault) {
				t.Errorf("faults %v", faults)
			}
			if n := len(history(t, s, phone.HistoryQuery{})); n != c.entries {
				t.Errorf("%d entries, want %d", n, c.entries)
			}
			if _, err := os.Lstat(replacement(path)); !os.IsNotExist(err) {
				t.Errorf("the replacement is still there: %v", err)
			}
		})
	}
}

func TestSalvageReadsTheLog(t *testing.T) {
	// The last commits are in the -wal file only, since the phone was killed, and then the first page was lost: the
	// companions must be kept under the names that belong together, and nothing of them be changed.
	dir, twin := t.TempDir(), t.TempDir()
	s := openGood(t, dir)
	add(t, s, entry("Last", "1", phone.OutcomeMissed))
	for _, part := range databaseParts[:2] {
		raw, err := os.ReadFile(filepath.Join(dir, databaseName+part))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(twin, databaseName+part), raw)
	}
	path := filepath.Join(twin, databaseName)
	wal, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := setAside(path, entry("", "", "").Begun)
	if err != nil {
		t.Fatal(err)
	}
	fresh := openGood(t, twin)
	fresh.salvage(t.Context(), kept)
	if got := history(t, fresh, phone.HistoryQuery{}); len(got) != 1 || got[0].Remote.Name != "Last" {
		t.Errorf("salvaged %+v", got)
	}
	after, err := os.ReadFile(kept + "-wal")
	if err != nil || !bytes.Equal(wal, after) {
		t.Errorf("the kept log was changed: %v", err)
	}
}

func TestNewerDatabaseIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 3)
	path := filepath.Join(dir, databaseName)
	db, err := sql.Open("sqlite", fileURI(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "PRAGMA user_version = 1000"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, faults, err := Open(t.Context(), dir, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) != 1 || faults[0].ID != phone.ReasonStoreFailed || s.Path() != "" {
		t.Fatalf("faults %v, path %q", faults, s.Path())
	}
	if got, err := s.Accounts(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("accounts %v, %v", got, err)
	}
	if got := history(t, s, phone.HistoryQuery{}); len(got) != 3 {
		t.Errorf("%d entries", len(got))
	}
	add(t, s, entry("In memory", "1", phone.OutcomeMissed))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the newer database was changed: %v", err)
	}
}

func TestOlderDatabaseIsCopiedAndBroughtUp(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 3)
	now, err := readMigrations(embedded)
	if err != nil {
		t.Fatal(err)
	}
	next := fmt.Sprintf("migrations/%04d_note.sql", len(now)+1)
	good := released(t, len(now))
	good[next] = &fstest.MapFile{Data: []byte("ALTER TABLE history ADD COLUMN later TEXT NOT NULL DEFAULT '';")}
	bad := released(t, len(now))
	bad[next] = &fstest.MapFile{Data: []byte("CREATE TABLE half (x); CREATE UNIQUE INDEX once ON history (number);")}

	// A migration that fails leaves the old database as it is, and the phone works in memory.
	s, faults, err := open(t.Context(), dir, bad, quiet())
	if err != nil || len(faults) != 1 || faults[0].ID != phone.ReasonStoreFailed {
		t.Fatalf("bad migration: %v, %v", faults, err)
	}
	if accounts, err := s.Accounts(t.Context()); err != nil || len(accounts) != 1 {
		t.Errorf("accounts in memory: %v, %v", accounts, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s, faults, err = open(t.Context(), dir, good, quiet())
	if err != nil || len(faults) != 0 {
		t.Fatalf("good migration: %v, %v", faults, err)
	}
	if version, err := userVersion(t.Context(), s.db); err != nil || version != len(now)+1 {
		t.Errorf("version %d, %v", version, err)
	}
	if n := len(history(t, s, phone.HistoryQuery{})); n != 3 {
		t.Errorf("%d entries after the migration", n)
	}
	if _, err := s.db.ExecContext(t.Context(), "SELECT later FROM history"); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	copies, err := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%s.version-%d-*", databaseName, len(now))))
	if err != nil || len(copies) == 0 {
		t.Fatalf("no copy of the older database: %v", err)
	}
	old := t.TempDir()
	raw, err := os.ReadFile(copies[len(copies)-1])
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(old, databaseName), raw)
	if n := len(history(t, openGood(t, old), phone.HistoryQuery{})); n != 3 {
		t.Errorf("the copy has %d entries", n)
	}
	checkModes(t, dir)
}

// released is the first n migrations of this version.
func released(t *testing.T, n int) fstest.MapFS {
	t.Helper()
	names, err := fs.Glob(embedded, "migrations/*.sql")
	if err != nil || len(names) < n {
		t.Fatal(names, err)
	}
	slices.Sort(names)
	out := fstest.MapFS{}
	for _, name := range names[:n] {
		raw, err := embedded.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: raw}
	}
	return out
}

// firstVersion makes a database as the first version of the phone left it.
func firstVersion(t *testing.T, dir string) {
	t.Helper()
	steps, err := readMigrations(released(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", fileURI(filepath.Join(dir, databaseName), pragmas))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := migrate(t.Context(), db, steps); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`INSERT INTO accounts VALUES ('alice', 1, '2001', 'pbx.example.com', '', 'Ålice', 'tcp', '', 300, 'info', 1)`,
		`INSERT INTO settings VALUES ('ui.language', 'sv')`,
		`INSERT INTO history VALUES (5, 'alice', 'in', 'missed', 'sip:2101@pbx', '2101', 'Åsa', 1700000000000000000, 0, 'missed', 0, '', 0, 'asa', '2101')`,
		`INSERT INTO history VALUES (9, 'alice', 'out', 'answered', 'sip:2102@pbx', '2102', 'Bo', 1700000001000000000, 7, 'hangup', 200, 'OK', 0, 'bo', '2102')`,
	} {
		if _, err := db.ExecContext(t.Context(), line); err != nil {
			t.Fatal(err)
		}
	}
}

// checkFirstVersion checks that what firstVersion left is all there, and that the database takes today's data.
func checkFirstVersion(t *testing.T, s *Store) {
	t.Helper()
	accounts, err := s.Accounts(t.Context())
	want := phone.Account{ID: "alice", User: "2001", Domain: "pbx.example.com", DisplayName: "Ålice", Transport: "tcp", Expires: 300, DTMF: "info", Default: true}
	if err != nil || len(accounts) != 1 || accounts[0] != want {
		t.Errorf("accounts %+v, %v", accounts, err)
	}
	if settings, err := s.Settings(t.Context()); err != nil || settings.Get(phone.KeyLanguage) != "sv" {
		t.Errorf("settings %v, %v", settings, err)
	}
	got := history(t, s, phone.HistoryQuery{})
	if len(got) != 2 || got[0].ID != 9 || got[1].ID != 5 || got[1].Remote != (phone.Party{URI: "sip:2101@pbx", Number: "2101", Name: "Åsa"}) ||
		got[0].Reason != (phone.Reason{ID: phone.ReasonHangup, Code: 200, Text: "OK"}) || !got[1].Begun.Equal(time.Unix(1700000000, 0)) {
		t.Errorf("history %+v", got)
	}
	if found := history(t, s, phone.HistoryQuery{Text: "åsa 21"}); len(found) != 1 {
		t.Errorf("%d found", len(found))
	}
	if n := len(recordings(t, s, phone.RecordingQuery{})); n != 0 {
		t.Errorf("%d recordings", n)
	}
	want.Dialect, want.Mobile = "asterisk", "070"
	if err := s.PutAccount(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if accounts, err = s.Accounts(t.Context()); err != nil || len(accounts) != 1 || accounts[0] != want {
		t.Errorf("accounts with a dialect %+v, %v", accounts, err)
	}
	addRecording(t, s, recording("Åsa", "2101"))
	if id := add(t, s, entry("C", "3", phone.OutcomeMissed)); id <= 9 {
		t.Errorf("ID %d was used before", id)
	}
}

func TestFirstVersionIsBroughtUp(t *testing.T) {
	t.Run("whole", func(t *testing.T) {
		dir := t.TempDir()
		firstVersion(t, dir)
		s := openGood(t, dir)
		checkFirstVersion(t, s)
		copies, err := filepath.Glob(filepath.Join(dir, databaseName+".version-1-*"))
		if err != nil || len(copies) != 1 {
			t.Errorf("copies %v, %v", copies, err)
		}
	})
	t.Run("damaged", func(t *testing.T) {
		dir := t.TempDir()
		firstVersion(t, dir)
		path := filepath.Join(dir, databaseName)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, append(raw[:len(raw)-4096], bytes.Repeat([]byte{0xa5}, 4096)...)) // an index
		s, faults, err := Open(t.Context(), dir, quiet())
		if err != nil || len(faults) != 1 || faults[0].ID != phone.ReasonStoreDamaged {
			t.Fatalf("%v, %v", faults, err)
		}
		defer func() { _ = s.Close() }()
		checkFirstVersion(t, s)
	})
}

func TestMigrationsAreNumbered(t *testing.T) {
	if steps, err := readMigrations(embedded); err != nil || len(steps) == 0 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	gap := fstest.MapFS{"migrations/0001_a.sql": {}, "migrations/0003_b.sql": {}}
	if _, err := readMigrations(gap); err == nil {
		t.Error("a gap went unnoticed")
	}
}

func TestProfileThatIsNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "profile")
	write(t, file, []byte("x"))
	s, faults, err := Open(t.Context(), file, quiet())
	if err != nil || len(faults) != 1 || faults[0].ID != phone.ReasonStoreFailed {
		t.Fatalf("%v, %v", faults, err)
	}
	defer func() { _ = s.Close() }()
	add(t, s, entry("A", "1", phone.OutcomeMissed))
	if n := len(history(t, s, phone.HistoryQuery{})); n != 1 {
		t.Errorf("%d entries in memory", n)
	}
}
