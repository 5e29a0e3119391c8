package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/control"
)

func (c *cli) account(ctx context.Context, args []string) error {
	fs := c.flags("account")
	if err := parse(fs, args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return &usageError{verb: "account", why: "add, list, remove or set?"}
	}
	rest := fs.Args()[1:]
	switch fs.Arg(0) {
	case "add":
		return c.accountAdd(ctx, rest)
	case "list":
		return c.accounts(ctx, rest)
	case "remove":
		id, err := words(c.flags("account"), rest, 1, 1)
		if err != nil {
			return err
		}
		return c.do(ctx, phone.RemoveAccount{Account: phone.AccountID(id[0])})
	case "set":
		return c.accountSet(ctx, rest)
	}
	return &usageError{verb: "account", why: "add, list, remove or set, not " + fs.Arg(0)}
}

// maxPassword is the longest password read from standard input, in bytes.
const maxPassword = 1 << 12

// readPassword reads one line. A password never comes by the command line, where other users could see it.
func (c *cli) readPassword(verb string) (phone.Secret, error) {
	raw, err := io.ReadAll(io.LimitReader(c.in, maxPassword+2))
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	if len(line) > maxPassword || strings.ContainsAny(line, "\r\n\x00") {
		return "", &usageError{verb: verb, why: "the password on standard input is not one line"}
	}
	return phone.Secret(line), nil
}

func (c *cli) accountAdd(ctx context.Context, args []string) error {
	fs := c.flags("account")
	var a phone.Account
	fs.StringVar(&a.User, "user", "", "")
	fs.StringVar(&a.Domain, "domain", "", "")
	fs.StringVar(&a.AuthUser, "auth-user", "", "")
	fs.StringVar(&a.DisplayName, "display", "", "")
	fs.StringVar(&a.Proxy, "proxy", "", "")
	fs.StringVar(&a.Dialect, "dialect", "", "")
	fs.StringVar(&a.Mobile, "mobile", "", "")
	fs.IntVar(&a.Expires, "expires", 0, "")
	fs.StringVar(&a.CAFile, "ca", "", "")
	fs.StringVar(&a.Pin, "pin", "", "")
	fs.BoolVar(&a.ICE, "ice", false, "")
	fs.StringVar(&a.STUN, "stun", "", "")
	fs.StringVar(&a.TURN, "turn", "", "")
	fs.StringVar(&a.TURNUser, "turn-user", "", "")
	fs.StringVar(&a.Codecs, "codecs", "", "")
	fs.StringVar(&a.Team, "team", "", "")
	srtp, keying := fs.String("srtp", "", ""), fs.String("keying", "", "")
	fs.BoolVar(&a.Default, "default", false, "")
	transport, dtmf, id := fs.String("transport", "", ""), fs.String("dtmf", "", ""), fs.String("id", "", "")
	sessionOnly, stdin := fs.Bool("session-only", false, ""), fs.Bool("password-stdin", false, "")
	_, err := words(fs, args, 0, 0)
	if err != nil {
		return err
	}
	a.Transport, a.DTMF, a.SRTP, a.Keying = phone.Transport(*transport), phone.DTMFMethod(*dtmf), srtpMode(*srtp), phone.Keying(*keying)
	if a.CAFile, err = absolute(a.CAFile); err != nil {
		return err
	}
	switch {
	case a.User == "" || a.Domain == "":
		return &usageError{verb: "account", why: "--user and --domain are needed"}
	case !*stdin:
		return &usageError{verb: "account", why: "--password-stdin is needed: the password is read from standard input"}
	}
	password, err := c.readPassword("account")
	if err != nil {
		return err
	}
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	var known []phone.AccountStatus
	if err := client.Call(ctx, "accounts", nil, &known); err != nil {
		return err
	}
	if a.ID = phone.AccountID(*id); a.ID == "" {
		a.ID = freeID(a, known)
	}
	if old := findAccount(known, a.ID); old != nil && !isSet(fs, "default") {
		a.Default = old.Default
	}
	if _, err := client.Do(ctx, phone.PutAccount{Account: a, Password: password, SessionOnly: *sessionOnly}); err != nil {
		return err
	}
	if c.json {
		return c.printJSON(map[string]any{"account": a.ID})
	}
	c.printf(c.out, "account %s\n", a.ID)
	return nil
}

// srtpMode is the mode that a word means: off is the empty one.
func srtpMode(word string) phone.SRTPMode {
	if word == "off" {
		return phone.SRTPOff
	}
	return phone.SRTPMode(word)
}

// absolute is a file's whole path: the phone runs in another folder.
func absolute(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	return filepath.Abs(file)
}

// freeID makes an account's ID from its user name, with the domain when another domain has that user too. An account
// that is there already keeps its own.
func freeID(a phone.Account, known []phone.AccountStatus) phone.AccountID {
	for _, k := range known {
		if k.User == a.User && k.Domain == a.Domain {
			return k.ID
		}
	}
	if id := phone.AccountID(a.User); findAccount(known, id) == nil {
		return id
	}
	return phone.AccountID(a.User + "@" + a.Domain)
}

func findAccount(known []phone.AccountStatus, id phone.AccountID) *phone.Account {
	for i := range known {
		if known[i].ID == id {
			return &known[i].Account
		}
	}
	return nil
}

func isSet(fs *flag.FlagSet, name string) (set bool) {
	fs.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// accountKeys are the fields "account set" changes.
var accountKeys = map[string]func(*phone.Account, string) error{
	"user":      func(a *phone.Account, v string) error { a.User = v; return nil },
	"domain":    func(a *phone.Account, v string) error { a.Domain = v; return nil },
	"auth-user": func(a *phone.Account, v string) error { a.AuthUser = v; return nil },
	"display":   func(a *phone.Account, v string) error { a.DisplayName = v; return nil },
	"transport": func(a *phone.Account, v string) error { a.Transport = phone.Transport(v); return nil },
	"proxy":     func(a *phone.Account, v string) error { a.Proxy = v; return nil },
	"dtmf":      func(a *phone.Account, v string) error { a.DTMF = phone.DTMFMethod(v); return nil },
	"dialect":   func(a *phone.Account, v string) error { a.Dialect = v; return nil },
	"mobile":    func(a *phone.Account, v string) error { a.Mobile = v; return nil },
	"expires":   func(a *phone.Account, v string) (err error) { a.Expires, err = strconv.Atoi(v); return err },
	"ca":        func(a *phone.Account, v string) (err error) { a.CAFile, err = absolute(v); return err },
	"pin":       func(a *phone.Account, v string) error { a.Pin = v; return nil },
	"srtp":      func(a *phone.Account, v string) error { a.SRTP = srtpMode(v); return nil },
	"keying":    func(a *phone.Account, v string) error { a.Keying = phone.Keying(v); return nil },
	"ice":       func(a *phone.Account, v string) (err error) { a.ICE, err = strconv.ParseBool(v); return err },
	"stun":      func(a *phone.Account, v string) error { a.STUN = v; return nil },
	"turn":      func(a *phone.Account, v string) error { a.TURN = v; return nil },
	"turn-user": func(a *phone.Account, v string) error { a.TURNUser = v; return nil },
	"codecs":    func(a *phone.Account, v string) error { a.Codecs = v; return nil },
	"team":      func(a *phone.Account, v string) error { a.Team = v; return nil },
	"default":   func(a *phone.Account, v string) (err error) { a.Default, err = strconv.ParseBool(v); return err },
}

func (c *cli) accountSet(ctx context.Context, args []string) error {
	fs := c.flags("account")
	stdin := fs.Bool("password-stdin", false, "")
	given, err := words(fs, args, 2, 3)
	if err != nil {
		return err
	}
	id, key := phone.AccountID(given[0]), given[1]
	change, known := accountKeys[key]
	var password phone.Secret
	switch {
	case (key == "password" || key == "turn-password") && *stdin && len(given) == 2:
		if password, err = c.readPassword("account"); err != nil {
			return err
		}
		if password == "" {
			return &usageError{verb: "account", why: "no password on standard input"}
		}
		change = func(*phone.Account, string) error { return nil }
		given = append(given, "")
	case key == "password" || key == "turn-password":
		return &usageError{verb: "account", why: "a password is read with --password-stdin only"}
	case !known:
		return &usageError{verb: "account", why: "no such key: " + key}
	case len(given) < 3:
		return &usageError{verb: "account", why: "which value?"}
	}

	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	var accounts []phone.AccountStatus
	if err := client.Call(ctx, "accounts", nil, &accounts); err != nil {
		return err
	}
	a := findAccount(accounts, id)
	if a == nil {
		return &control.Refusal{Reason: phone.Reason{ID: phone.ReasonNoAccount, Text: string(id)}}
	}
	if err := change(a, given[2]); err != nil {
		var number *strconv.NumError
		if errors.As(err, &number) {
			err = number.Err
		}
		return &usageError{verb: "account", why: fmt.Sprintf("%s %q: %v", key, given[2], err)}
	}
	put := phone.PutAccount{Account: *a, Password: password}
	if key == "turn-password" {
		put.Password, put.TURNSecret = "", password
	}
	_, err = client.Do(ctx, put)
	if err != nil {
		return err
	}
	return c.printCall(0)
}
