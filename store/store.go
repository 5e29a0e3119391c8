package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"svara/phone"
	"svara/phone/numbers"
)

const (
	databaseName = "svara.db"
	folderMode   = 0o700
	fileMode     = 0o600
)

// Store is the profile's database. All methods are safe for concurrent use.
type Store struct {
	db           *sql.DB   // a pool; SQLite lets readers run beside one writer
	anchor       *sql.Conn // keeps a database in memory alive; nil for a file
	log          *slog.Logger
	path         string        // empty when in memory
	revision     atomic.Uint64 // see phone.HistoryState
	inbox        atomic.Uint64 // see phone.InboxState
	people       atomic.Uint64 // see phone.PeopleState
	textsChanged atomic.Uint64 // see phone.TextsState
	plan         atomic.Pointer[numbers.Plan]
	reach        atomic.Pointer[func(number string) phone.Reach]
	index        index
	known        knownPeople
	texts        historyTexts
	standings    standings
	books        atomic.Pointer[map[phone.BookID]phone.Book] // as in the database; never changed, only replaced

	alive      context.Context // until Close
	stop       context.CancelFunc
	background sync.WaitGroup // what goes on beside the calls
	replanning sync.Mutex

	writing sync.Mutex           // one writer at a time, so that none has to poll SQLite's lock
	unsaved []phone.HistoryEntry // writing; what the disk did not take, oldest first, at most maxUnsaved
}

// maxUnsaved bounds what is kept for a disk that takes nothing.
const maxUnsaved = 1000

// Open opens or makes the profile's database in dir. What the user should be told comes as reasons:
//
//   - store-damaged, Text the kept copy: the database could not be trusted; a new one was begun with what could be read.
//   - store-failed, Text the cause: the folder or the disk does not take it, or a newer version wrote it. The Store works
//     in memory with what could be read; nothing is kept after the phone is closed.
//
// The error is for a machine on which not even a database in memory opens.
func Open(ctx context.Context, dir string, log *slog.Logger) (*Store, []phone.Reason, error) {
	return open(ctx, dir, embedded, log)
}

func open(ctx context.Context, dir string, migrations fs.FS, log *slog.Logger) (*Store, []phone.Reason, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	steps, err := readMigrations(migrations)
	if err != nil {
		return nil, nil, fmt.Errorf("open store: %w", err)
	}
	path := filepath.Join(dir, databaseName)
	if err := finishReplacing(path); err != nil {
		log.Warn("finish replacing a damaged database", "err", err)
	}
	db, err := openFile(ctx, path, steps, log)
	if err == nil {
		s := newStore(db, path, log)
		s.begin(ctx)
		return s, nil, nil
	}
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("open store: %w", ctx.Err())
	}
	if damaged(err) {
		log.Error("database damaged", "path", path, "err", err)
		s, kept, again := beginAnew(ctx, path, steps, log)
		if again == nil {
			s.begin(ctx)
			return s, []phone.Reason{{ID: phone.ReasonStoreDamaged, Text: kept}}, nil
		}
		err = again
	}
	log.Error("database cannot be used; keeping everything in memory", "path", path, "err", err)
	s, memErr := openMemory(ctx, steps, log)
	if memErr != nil {
		return nil, nil, fmt.Errorf("open store: %w", memErr)
	}
	s.salvage(ctx, path)
	s.begin(ctx)
	return s, []phone.Reason{{ID: phone.ReasonStoreFailed, Text: plain(err)}}, nil
}

func newStore(db *sql.DB, path string, log *slog.Logger) *Store {
	s := &Store{db: db, path: path, log: log}
	s.alive, s.stop = context.WithCancel(context.Background())
	s.revision.Store(1)
	s.inbox.Store(1)
	s.textsChanged.Store(1)
	s.people.Store(1)
	return s
}

// begin reads what is kept in memory, and makes what an older version or a rescue has left to be made. Nothing of it is
// worth not starting for.
func (s *Store) begin(ctx context.Context) {
	if err := s.loadBooks(ctx); err != nil {
		s.log.Error("address books are not known", "err", err)
	}
	s.background.Go(func() {
		err := s.countCallers(s.alive, false)
		if err == nil {
			err = s.ensure(s.alive)
		}
		if err == nil {
			err = s.makeIndex(s.alive)
		}
		if err != nil && s.alive.Err() == nil {
			s.log.Error("who was called is not known", "err", err)
		}
	})
}

// Path is where the database lies, empty when it is in memory only.
func (s *Store) Path() string { return s.path }

// Close makes a last try to save what could not be saved, writes the log back into the database and closes it. Calls
// made after it fail.
func (s *Store) Close() error {
	s.stop()
	s.background.Wait()
	s.writing.Lock()
	defer s.writing.Unlock()
	if len(s.unsaved) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		if err := s.writeLocked(ctx, "save history", func(tx *sql.Tx) error { return s.insertUnsaved(ctx, tx) }); err != nil {
			s.log.Error("history lost", "entries", len(s.unsaved), "err", err)
		}
		cancel()
		s.unsaved = nil
	}
	if s.anchor != nil {
		_ = s.anchor.Close()
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// write runs fn in one transaction, committed and synced when it returns nil.
func (s *Store) write(ctx context.Context, doing string, fn func(*sql.Tx) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.writeLocked(ctx, doing, fn)
}

// writeLocked is write for who holds s.writing.
func (s *Store) writeLocked(ctx context.Context, doing string, fn func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fail(doing, err)
	}
	if err := fn(tx); err != nil {
		_ = tx.Rollback()
		return fail(doing, err)
	}
	return fail(doing, tx.Commit())
}

// makeFolder makes the profile folder, and closes it to others if it is there and open to them.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(dir, folderMode)
	}
	return nil
}
