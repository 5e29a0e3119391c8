// Command svara-team is the team server: what a group of people shares beside their exchange. See docs/team.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	_ "time/tzdata" // days begin in a time zone, and not every computer knows them

	"svara/store/teamdb"
)

// version is set by the build.
var version = "dev"

const usage = `usage: svara-team COMMAND [FLAGS] …

  serve --listen ADDR --data DIR [--tls-cert F --tls-key F] [--ami HOST:PORT --ami-user U --ami-password-file F]
        [--ami-tls [--ami-ca F]] [--ami-context C]
        [--voicemail-spool DIR] [--sms-gateway FILE] [--sip-texts DESTINATION] [--sip-texts-outside DESTINATION]
        [--smtp HOST:PORT --mail-from ADDRESS [--smtp-tls starttls|tls|none] [--smtp-user U --smtp-password-file F] [--smtp-ca F]]
        [--conference NUMBER [--conference-ids FROM-TO]]
  user add USER --name NAME [--extension N] [--mailbox BOX] [--group GROUP --rights RIGHTS] [--url URL | --listen ADDR]
  user list | disable USER | enable USER | link USER [--url URL | --listen ADDR]
  group add GROUP --name NAME [--number N] | list | rights GROUP USER RIGHTS
  group keep GROUP handled|all --days N | keep GROUP never|default
  token add USER --name NAME [--scope all|read|callback|texts] [--group GROUP] [--days N] | list USER | revoke USER ID
  backup FILE
  restore FILE

Every command takes --data DIR or --postgres DSN; the DSN may also be in SVARA_TEAM_POSTGRES, its password in PGPASSWORD or
~/.pgpass. RIGHTS: user, agent, supervisor, administrator, none. The group "all" is everybody.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errUsage is a command line that cannot be understood.
var errUsage = errors.New("usage")

// run is the program: 0 done, 1 it could not be done, 2 usage.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	c := &command{out: out, errOut: errOut}
	err := errUsage
	if len(args) > 0 {
		err = c.dispatch(ctx, args[0], args[1:])
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, usage)
		return 0
	case errors.Is(err, errUsage):
		if err != errUsage { //nolint:errorlint // the bare one has nothing to add
			fmt.Fprintln(errOut, "svara-team:", strings.TrimPrefix(err.Error(), errUsage.Error()+": "))
		}
		fmt.Fprint(errOut, usage)
		return 2
	case err != nil:
		fmt.Fprintln(errOut, "svara-team:", err)
		return 1
	}
	return 0
}

// command is one run.
type command struct {
	out, errOut io.Writer
	data        string
	postgres    string
}

func (c *command) dispatch(ctx context.Context, verb string, args []string) error {
	switch verb {
	case "serve":
		return c.serve(ctx, args)
	case "user":
		return c.user(ctx, args)
	case "group":
		return c.group(ctx, args)
	case "token":
		return c.token(ctx, args)
	case "backup", "restore":
		return c.copies(ctx, verb, args)
	case "help", "-h", "--help":
		return flag.ErrHelp
	}
	return fmt.Errorf("%w: no command %q", errUsage, verb)
}

// flags are those that every command has.
func (c *command) flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&c.data, "data", "", "")
	f.StringVar(&c.postgres, "postgres", os.Getenv("SVARA_TEAM_POSTGRES"), "")
	return f
}

// parse takes flags before, between and after the words, of which there must be so many.
func parse(f *flag.FlagSet, args []string, words int) ([]string, error) {
	var out []string
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if args = f.Args(); len(args) > 0 {
			out, args = append(out, args[0]), args[1:]
		}
	}
	if len(out) != words {
		return nil, errUsage
	}
	return out, nil
}

// open opens the database.
func (c *command) open(ctx context.Context, log *slog.Logger) (*teamdb.DB, error) {
	if c.postgres != "" {
		return teamdb.OpenPostgres(ctx, c.postgres, log)
	}
	if c.data == "" {
		return nil, fmt.Errorf("%w: --data DIR or --postgres DSN is missing", errUsage)
	}
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, err
	}
	return teamdb.Open(ctx, filepath.Join(c.data, "team.db"), log)
}

// copies backs up and restores.
func (c *command) copies(ctx context.Context, verb string, args []string) error {
	words, err := parse(c.flags(verb), args, 1)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.errOut, nil))
	db, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	if verb == "backup" {
		err = db.Backup(ctx, words[0])
	} else {
		err = db.Restore(ctx, words[0], log)
	}
	return errors.Join(err, db.Close())
}
