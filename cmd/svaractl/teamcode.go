package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"svara/phone"
)

// teamCode asks for an activation code, sent to a mobile telephone.
func (c *cli) teamCode(ctx context.Context, args []string) error {
	fs := c.flags("team")
	url := fs.String("url", "", "")
	given, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	server, err := c.teamURL(ctx, *url)
	if err != nil {
		return err
	}
	return c.change(ctx, phone.RequestCode{URL: server, Mobile: given[0]})
}

// teamRedeem makes the account that an activation code is for.
func (c *cli) teamRedeem(ctx context.Context, args []string) error {
	fs := c.flags("team")
	url := fs.String("url", "", "")
	given, err := words(fs, args, 2, 2)
	if err != nil {
		return err
	}
	server, err := c.teamURL(ctx, *url)
	if err != nil {
		return err
	}
	return c.change(ctx, phone.RedeemCode{URL: server, Mobile: given[0], Code: phone.Secret(given[1])})
}

// teamURL is the team server that is named, else that of an account.
func (c *cli) teamURL(ctx context.Context, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return "", err
	}
	for _, a := range now.Accounts {
		if a.Team != "" && (a.ID == now.Team.Account || now.Team.Account == "") {
			return a.Team, nil
		}
	}
	return "", &usageError{verb: "team", why: "--url https://… is needed: no account has a team server yet"}
}

// teamPassword changes the password: the old one and the new one are read from standard input, a line each. Without the flag
// it says what a password has to be.
func (c *cli) teamPassword(ctx context.Context, args []string) error {
	fs := c.flags("team")
	stdin := fs.Bool("password-stdin", false, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	if !*stdin {
		now, err := c.snapshotOf(ctx)
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(now.Team.Password)
		}
		p := now.Team.Password
		c.printf(c.out, "at least %d characters", p.Min)
		if p.Digit {
			c.printf(c.out, ", a digit")
		}
		if p.Upper {
			c.printf(c.out, ", a capital letter")
		}
		c.printf(c.out, "\n")
		if now.Team.Forgot != "" {
			c.printf(c.out, "forgotten: %s\n", clean(now.Team.Forgot))
		}
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(c.in, 2*maxPassword+4))
	if err != nil {
		return fmt.Errorf("read the passwords: %w", err)
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n"), "\n")
	if len(lines) != 2 {
		return &usageError{verb: "team", why: "standard input has to be two lines: the old password and the new one"}
	}
	return c.change(ctx, phone.SetTeamPassword{Old: phone.Secret(lines[0]), New: phone.Secret(lines[1])})
}

// teamDevices lists what one is signed in with; teamRevoke signs one out.
func (c *cli) teamDevices(ctx context.Context, args []string) error {
	if _, err := words(c.flags("team"), args, 0, 0); err != nil {
		return err
	}
	return ask(ctx, c, "team-devices", nil, func(all []phone.TeamDevice) {
		t := c.table()
		for _, d := range all {
			this := ""
			if d.This {
				this = "this one"
			}
			t.row(d.ID, d.Name, d.Agent, "seen "+d.Seen.Local().Format("2006-01-02 15:04"), this)
		}
		t.flush()
	})
}

func (c *cli) teamRevoke(ctx context.Context, args []string) error {
	given, err := words(c.flags("team"), args, 1, 1)
	if err != nil {
		return err
	}
	return c.change(ctx, phone.SignOutTeamDevice{ID: given[0]})
}
