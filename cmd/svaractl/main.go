// Svaractl controls a running phone over its local socket; "svaractl run" is the phone without a window.
//
//	svaractl [--profile DIR] [--json] VERB …
//
// It exits with 0 when done, 1 when refused (one line on standard error: reason id, words), 2 on wrong usage, 3 when no
// phone runs with the profile and 4 when time ran out.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// The exit codes of the control contract.
const (
	exitDone = iota
	exitRefused
	exitUsage
	exitNoPhone
	exitTimeout
)

// answerPatience is how long the phone may take to answer what it answers at once.
const answerPatience = 15 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	c := &cli{profile: control.DefaultProfile(), in: os.Stdin, out: os.Stdout, errs: os.Stderr}
	code := c.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// cli is one run of the program.
type cli struct {
	profile string
	json    bool
	in      io.Reader
	out     io.Writer
	errs    io.Writer
}

// usageError is a command line that makes no sense.
type usageError struct {
	verb string // whose usage to show; empty for the whole program's
	why  string
}

func (e *usageError) Error() string { return e.why }

func (c *cli) main(ctx context.Context, args []string) int {
	return c.exit(c.run(ctx, args))
}

// run finds the verb and runs it.
func (c *cli) run(ctx context.Context, args []string) error {
	fs := c.flags("")
	if err := parse(fs, args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return &usageError{why: "which verb?"}
	}
	name := fs.Arg(0)
	v, ok := verbs()[name]
	if !ok {
		return &usageError{why: "no such verb: " + name}
	}
	return v.run(c, ctx, fs.Args()[1:])
}

// exit tells what went wrong in one line, and gives the exit code.
func (c *cli) exit(err error) int {
	var usage *usageError
	var help *helpWanted
	var refusal *control.Refusal
	var refused *phone.Error
	var wrong mistakes
	line, code := "", exitRefused
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &help):
		c.help(help.verb)
		return exitDone
	case errors.As(err, &usage):
		c.printf(c.errs, "usage: %s\n%s\n", usageOf(usage.verb), "svaractl: "+usage.why)
		return exitUsage
	case errors.As(err, &refusal):
		line = refusal.Error()
		if refusal.Reason.ID == control.ReasonTimedOut {
			code = exitTimeout
		}
	case errors.Is(err, control.ErrNotRunning):
		line, code = "not-running: no phone runs with the profile "+c.profile, exitNoPhone
	case errors.Is(err, context.Canceled): // stopped by its user, who knows
		return exitRefused
	case errors.Is(err, context.DeadlineExceeded):
		line, code = string(control.ReasonTimedOut)+": "+err.Error(), exitTimeout
	case errors.As(err, &wrong):
		for _, one := range wrong {
			c.printf(c.errs, "%s\n", clean(one.Error()))
		}
		return exitRefused
	case errors.As(err, &refused):
		if line = err.Error(); !strings.HasPrefix(line, string(refused.Reason.ID)) {
			line = string(refused.Reason.ID) + ": " + line
		}
	default:
		line = string(phone.ReasonInternal) + ": " + err.Error()
	}
	c.printf(c.errs, "%s\n", strings.Join(strings.Fields(clean(line)), " "))
	return code
}

// printf writes to a stream whose failure nobody could be told of.
func (c *cli) printf(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// connect reaches the phone; the context bounds an answer that comes at once.
func (c *cli) connect(ctx context.Context) (*control.Client, context.Context, context.CancelFunc, error) {
	client, err := control.Dial(c.profile)
	if err != nil {
		return nil, nil, nil, err
	}
	limited, cancel := context.WithTimeout(ctx, answerPatience)
	return client, limited, func() { cancel(); _ = client.Close() }, nil
}
