// Command svara-pbx is the practice PBX as a program of its own: phones can sign in to it, call each other, simulated
// colleagues and a few services. It listens on loopback unless told otherwise and runs until SIGTERM or Ctrl-C.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"svara/phone"
	"svara/phone/pbxdemo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: 0 done, 1 it could not start, 2 usage.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("svara-pbx", flag.ContinueOnError)
	flags.SetOutput(errOut)
	bind := flags.String("bind", "127.0.0.1", "local `address`; anything but loopback lets the network in")
	port := flags.Int("port", 5060, "UDP and TCP `port`; 0 takes a free one")
	user := flags.String("user", "2100", "`name` of the first account")
	password := flags.String("password", "", "password of all accounts; empty makes a random one and prints it")
	lang := flags.String("lang", language(os.Getenv), "`language` of announcements: sv or en")
	people := flags.Int("people", 0, "how `many` further people are simulated, from 3000 on: they call and do things all the time; at most 5000")
	rate := flags.Float64("rate", 0, "how many of them do something else in a second; 0 means each once a minute")
	lively := flags.Bool("lively", false, "colleagues have lunch and meetings, queues are called, and calls come for those who are away")
	log := flags.String("log", "", "write what happens to `file`; - is standard error")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	addr, err := netip.ParseAddr(*bind)
	if err != nil || flags.NArg() > 0 || *port < 0 || *port > 65535 || *lang != "sv" && *lang != "en" || *people < 0 || *people > 5000 || *rate < 0 {
		fmt.Fprintln(errOut, "svara-pbx: bad --bind, --port, --lang, --people or --rate, or something after the flags")
		flags.Usage()
		return 2
	}
	var logger *slog.Logger
	if *log != "" {
		file := errOut
		if *log != "-" {
			f, err := os.OpenFile(*log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				fmt.Fprintln(errOut, "svara-pbx:", err)
				return 1
			}
			defer f.Close()
			file = f
		}
		logger = slog.New(slog.NewTextHandler(file, nil))
	}
	pbx, err := pbxdemo.Start(pbxdemo.Config{
		Bind: addr, Port: *port, Log: logger, Language: func() string { return *lang }, User: *user, Password: phone.Secret(*password),
		People: *people, Rate: *rate, Lively: *lively,
	})
	if err != nil {
		fmt.Fprintln(errOut, "svara-pbx:", err)
		return 1
	}
	show(out, pbx, *lang, *password == "")
	<-ctx.Done()
	if err := pbx.Close(); err != nil {
		fmt.Fprintln(errOut, "svara-pbx:", err)
		return 1
	}
	return 0
}

// show prints how to sign in and whom to call. A password the user gave is not repeated.
func show(out io.Writer, pbx *pbxdemo.PBX, lang string, reveal bool) {
	fmt.Fprintf(out, "practice PBX on %s (UDP and TCP)\n\naccounts:\n", pbx.Addr())
	for _, l := range pbx.Logins() {
		fmt.Fprintf(out, "  %s@%s", l.User, pbx.Addr())
		if reveal {
			fmt.Fprintf(out, "  password %s", l.Password.Reveal())
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "\nnumbers:")
	for _, e := range pbxdemo.Directory() {
		fmt.Fprintf(out, "  %s  %s", e.Number, e.Title(lang))
		if about := e.About(lang); about != "" {
			fmt.Fprintf(out, " (%s)", about)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "\nnumbers that %s may show:\n", pbx.Logins()[0].User)
	for _, r := range pbx.Roles(pbx.Logins()[0].User, lang) {
		fmt.Fprintf(out, "  %s  %s\n", r.Number, r.Name)
	}
	fmt.Fprintln(out, "\ncodes:")
	for _, c := range pbxdemo.Codes() {
		fmt.Fprintf(out, "  %-7s  %s\n", c.Dial, c.Title(lang))
	}
}

// language is the user's, as far as there are sounds in it.
func language(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, "sv") {
				return "sv"
			}
			return "en"
		}
	}
	return "en"
}
