package main

import (
	"context"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/control"
	"svara/ui/text"
)

// signInTime is how long a team server gets to answer.
const signInTime = 25 * time.Second

// teams is the verb of the team server: signing in and out, and how it stands.
var teams = group("team", map[string]runner{
	"signin":  (*cli).teamSignIn,
	"signout": (*cli).teamSignOut,
	"status":  (*cli).teamStatus,
	"dismiss": (*cli).teamDismiss,

	"code":     (*cli).teamCode,
	"redeem":   (*cli).teamRedeem,
	"password": (*cli).teamPassword,
	"devices":  (*cli).teamDevices,
	"revoke":   (*cli).teamRevoke,

	"activity": (*cli).teamActivity,
	"plan":     teamPlans,
})

func (c *cli) teamSignIn(ctx context.Context, args []string) error {
	fs := c.flags("team")
	account, stdin := fs.String("account", "", ""), fs.Bool("password-stdin", false, "")
	given, err := words(fs, args, 1, 1)
	switch {
	case err != nil:
		return err
	case !*stdin:
		return &usageError{verb: "team", why: "--password-stdin is needed: the password is read from standard input"}
	}
	password, err := c.readPassword("team")
	if err != nil {
		return err
	}
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, err := client.Do(ctx, phone.SignInTeam{Account: phone.AccountID(*account), User: given[0], Password: password}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	for {
		var now phone.Snapshot
		if err := client.Call(ctx, "snapshot", nil, &now); err != nil {
			return err
		}
		switch t := now.Team; {
		case t.Link == phone.TeamLive && t.Reason == nil:
			return c.printTeam(t)
		case t.Link == phone.TeamOff:
			return phone.Refuse(phone.ReasonNoTeam, "")
		case t.Reason != nil:
			return inWords(*t.Reason, now)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return phone.Refuse(phone.ReasonNoReply, "")
		}
	}
}

func (c *cli) teamSignOut(ctx context.Context, args []string) error {
	fs := c.flags("team")
	account := fs.String("account", "", "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	return c.do(ctx, phone.SignOutTeam{Account: phone.AccountID(*account)})
}

func (c *cli) teamStatus(ctx context.Context, args []string) error {
	if _, err := words(c.flags("team"), args, 0, 0); err != nil {
		return err
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	return c.printTeam(now.Team)
}

func (c *cli) teamDismiss(ctx context.Context, args []string) error {
	given, err := words(c.flags("team"), args, 1, 1)
	if err != nil {
		return err
	}
	return c.do(ctx, phone.Dismiss{Change: given[0]})
}

// inWords is a refusal that the team server gave later, in the phone's language as any other.
func inWords(why phone.Reason, now phone.Snapshot) error {
	text.SetLanguage(now.Settings.Get(phone.KeyLanguage))
	return &control.Refusal{Reason: why, Words: text.Reason(why)}
}

// change does a command and waits until the team server has done it or refused. One that waits for the server to be
// reached again is not waited for.
func (c *cli) change(ctx context.Context, command phone.Command) error {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	snapshot := func() (now phone.Snapshot, err error) {
		err = client.Call(ctx, "snapshot", nil, &now)
		return now, err
	}
	now, err := snapshot()
	if err != nil {
		return err
	}
	before := now.Team.Changes // a refused one stays
	if _, err := client.Do(ctx, command); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	for {
		now, err := snapshot()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(now.Team.Changes, func(x phone.TeamChange) bool {
			return x.Verb == command.Verb() && !slices.ContainsFunc(before, func(old phone.TeamChange) bool { return old.ID == x.ID })
		})
		if at < 0 {
			return c.printCall(0)
		}
		switch x := now.Team.Changes[at]; {
		case x.State == phone.TeamChangeRefused && x.Reason != nil:
			return inWords(*x.Reason, now)
		case x.State == phone.TeamChangeWaits:
			if !c.json {
				c.printf(c.out, "waits for the team server: %s\n", x.ID)
				return nil
			}
			return c.printJSON(x)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return phone.Refuse(phone.ReasonNoReply, "")
		}
	}
}

func (c *cli) printTeam(t phone.TeamState) error {
	if c.json {
		return c.printJSON(t)
	}
	link := string(t.Link)
	if t.Link == phone.TeamOff {
		link = "off"
	}
	c.printf(c.out, "team %s: %s", clean(t.Name), link)
	if t.Link != phone.TeamLive && !t.Since.IsZero() {
		c.printf(c.out, " for %s", since(t.Since))
	}
	if t.Reason != nil {
		c.printf(c.out, " (%s)", t.Reason.ID)
	}
	c.printf(c.out, "\n")
	table := c.table()
	for _, g := range t.Groups {
		table.row("group", string(g.ID), clean(g.Name), string(g.Rights))
	}
	for _, s := range t.Sources {
		up := "up"
		if !s.Up {
			up = "down"
		}
		table.row("exchange", s.ID, clean(s.Name), up)
	}
	for _, x := range t.Changes {
		why := ""
		if x.Reason != nil {
			why = string(x.Reason.ID)
		}
		table.row("change", x.ID, x.Verb+" "+clean(x.About), string(x.State)+" "+why)
	}
	table.flush()
	c.printf(c.out, "open calls: %d, yours: %d\n", t.Log.Open, t.Log.Mine)
	return nil
}
