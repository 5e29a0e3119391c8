package phonetest

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Postgres is a PostgreSQL server with a cluster of its own, reached by TCP on loopback. Everything that is committed is on
// disk (fsync on), as in the field.
type Postgres struct {
	*Process
	t    testing.TB
	dir  string
	bin  string
	port int
	as   []string // runs a program as somebody who is not root: PostgreSQL refuses root
}

// PostgresPassword is that of the user "team".
const PostgresPassword = "team-secret"

var databases atomic.Int64

// StartPostgres makes a cluster and starts it.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	p := &Postgres{t: t, bin: postgresBin(t), port: FreePort(t)}
	// t.TempDir is below folders that only root may enter.
	dir, err := os.MkdirTemp("", "svara-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p.dir = filepath.Join(dir, "data")
	if os.Getuid() == 0 {
		Need(t, "setpriv")
		nobody, err := user.Lookup("nobody")
		if err != nil {
			Missing(t, "there is no user nobody to run PostgreSQL as")
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
		p.as = []string{"setpriv", "--reuid=" + nobody.Uid, "--regid=" + nobody.Gid, "--clear-groups"}
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(PostgresPassword), 0o644); err != nil {
		t.Fatal(err)
	}
	p.run("initdb", "-D", p.dir, "-U", "team", "-A", "scram-sha-256", "--pwfile", filepath.Join(dir, "password"), "-E", "UTF8", "--locale", "C.UTF-8", "-N")
	p.Restart()
	return p
}

// postgresBin is the folder with PostgreSQL's programs: Debian keeps initdb and postgres out of the path.
func postgresBin(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		Missing(t, "postgresql is not installed (make test-deps)")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

func (p *Postgres) command(name string, args ...string) []string {
	return append(slices.Clone(p.as), append([]string{filepath.Join(p.bin, name)}, args...)...)
}

func (p *Postgres) run(name string, args ...string) {
	p.t.Helper()
	c := p.command(name, args...)
	if _, err := Run(StartOptions{Dir: "/"}, c[0], c[1:]...); err != nil {
		p.t.Fatal(err)
	}
}

// Restart starts it again with the same port and data, after it has been ended.
func (p *Postgres) Restart() {
	p.t.Helper()
	// Killed, it leaves the number of its process.
	if err := os.Remove(filepath.Join(p.dir, "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Fatal(err)
	}
	c := p.command("postgres", "-D", p.dir, "-p", strconv.Itoa(p.port), "-c", "listen_addresses=127.0.0.1", "-k", filepath.Dir(p.dir), "-c", "max_connections=60")
	p.Process = Start(p.t, StartOptions{Dir: "/"}, c[0], c[1:]...)
	p.Ready(30*time.Second, "answering", func() bool {
		c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", p.port))
		if err == nil {
			c.Close()
			_, err = p.psql("postgres", "SELECT 1")
		}
		return err == nil
	})
}

// Stop ends it at once, connections and all ("fast shutdown"); Restart starts it again.
func (p *Postgres) Stop() {
	p.t.Helper()
	p.Signal(os.Interrupt)
	select {
	case <-p.Done():
	case <-time.After(20 * time.Second):
		p.t.Fatal("PostgreSQL does not end")
	}
}

func (p *Postgres) psql(database, command string) (string, error) {
	return Run(StartOptions{Env: []string{"PGPASSWORD=" + PostgresPassword}}, "psql", "-X", "-q", "-t", "-A", "-h", "127.0.0.1", "-p", strconv.Itoa(p.port), "-U", "team", "-d", database, "-c", command)
}

// Database makes a new database and returns its DSN.
func (p *Postgres) Database() string {
	p.t.Helper()
	name := fmt.Sprintf("team%d", databases.Add(1))
	if _, err := p.psql("postgres", "CREATE DATABASE "+name); err != nil {
		p.t.Fatal(err)
	}
	return fmt.Sprintf("postgres://team:%s@127.0.0.1:%d/%s?sslmode=disable", PostgresPassword, p.port, name)
}

// SQL runs a command in a database and returns what it prints.
func (p *Postgres) SQL(dsn, command string) string {
	p.t.Helper()
	_, rest, _ := strings.Cut(dsn, fmt.Sprintf(":%d/", p.port))
	database, _, _ := strings.Cut(rest, "?")
	out, err := p.psql(database, command)
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(out)
}
