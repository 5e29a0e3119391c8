package teamdb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// kind is which database it is.
type kind string

const (
	sqlite   kind = "sqlite"
	postgres kind = "postgres"
)

// channel is what changes are notified on in PostgreSQL.
const channel = "svara_team"

// DB is the shelf. Close says that all of it has ended.
type DB struct {
	kind  kind
	read  *sql.DB
	write *sql.DB // the same as read in PostgreSQL
	log   *slog.Logger

	wake   chan struct{} // one slot
	cancel context.CancelFunc
	group  sync.WaitGroup

	leasesMu sync.Mutex
	leases   map[string]sighting // of others, by name
	patience time.Duration       // for how long one that nobody renews stays theirs, besides what it lasts
}

// Open opens the database in a file, which it makes when there is none.
func Open(ctx context.Context, file string, log *slog.Logger) (*DB, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if err := private(file); err != nil {
		return nil, fmt.Errorf("open the team's database: %w", err)
	}
	d := &DB{kind: sqlite, log: log}
	const pragmas = "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)"
	if d.write, err = sql.Open("sqlite", fileURI(file, pragmas+"&_txlock=immediate")); err != nil {
		return nil, err
	}
	d.write.SetMaxOpenConns(1)
	if d.read, err = sql.Open("sqlite", fileURI(file, pragmas+"&_pragma=query_only(1)")); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	d.read.SetMaxOpenConns(4)
	d.read.SetMaxIdleConns(4)
	return d.begin(ctx, "")
}

// OpenPostgres opens a database of a PostgreSQL server, named as libpq does: a URL or key=value pairs.
func OpenPostgres(ctx context.Context, dsn string, log *slog.Logger) (*DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the name of the PostgreSQL database cannot be read") // its own words may hold the password
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	d := &DB{kind: postgres, log: log}
	// A statement that is planned once for all values is planned for common ones: a rare outcome, or a word that few calls
	// have, would be looked for through the whole log.
	d.write = stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET plan_cache_mode = force_custom_plan")
		return err
	}))
	d.write.SetMaxOpenConns(8)
	d.write.SetMaxIdleConns(8)
	d.write.SetConnMaxIdleTime(5 * time.Minute)
	d.read = d.write
	return d.begin(ctx, dsn)
}

func (d *DB) begin(ctx context.Context, dsn string) (*DB, error) {
	fail := func(err error) (*DB, error) {
		if d.read != d.write {
			_ = d.read.Close()
		}
		_ = d.write.Close()
		return nil, fmt.Errorf("open the team's database: %w", err)
	}
	steps, err := readMigrations(embedded, d.kind)
	if err != nil {
		return fail(err)
	}
	if err := migrate(ctx, d.write, d.kind, steps); err != nil {
		return fail(err)
	}
	if _, err := d.write.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('epoch', $1) ON CONFLICT (key) DO NOTHING", rand.Text()); err != nil {
		return fail(err)
	}
	d.wake, d.patience = make(chan struct{}, 1), 5*time.Second
	run, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	d.group.Go(func() { d.remind(run) })
	if d.kind == postgres {
		d.group.Go(func() { d.listen(run, dsn) })
	}
	return d, nil
}

// Close ends it; updates under way are waited for.
func (d *DB) Close() error {
	d.cancel()
	d.group.Wait()
	err := d.write.Close()
	if d.read != d.write {
		err = errors.Join(err, d.read.Close())
	}
	return err
}

// Wake implements kept.Shelf.
func (d *DB) Wake() <-chan struct{} { return d.wake }

func (d *DB) wakeUp() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// remind wakes once a second, for what nobody tells: another program that writes to the file, a notification lost with its
// connection.
func (d *DB) remind(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			d.wakeUp()
		case <-ctx.Done():
			return
		}
	}
}

// listen wakes when another server of the database has changed something. The reminder stands in while it is away.
func (d *DB) listen(ctx context.Context, dsn string) {
	for ctx.Err() == nil {
		err := d.listenOnce(ctx, dsn)
		if ctx.Err() != nil {
			return
		}
		d.log.Warn("no notifications from the database", "error", err)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}

func (d *DB) listenOnce(ctx context.Context, dsn string) error {
	dial, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(dial, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(dial, "LISTEN "+channel); err != nil {
		return err
	}
	for {
		d.wakeUp()
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}

// fileURI is the SQLite URI of a path: spaces, ?, # and % in a folder's name must not become parameters.
func fileURI(path, query string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… becomes file:///C:/…
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: query}).String()
}

// private makes a file only its owner can open, or closes an existing one to others. SQLite gives its -wal and -shm files
// the permissions of the database.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}
