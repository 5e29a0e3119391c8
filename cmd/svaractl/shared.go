package main

import (
	"context"
	"flag"
	"time"

	"svara/phone"
)

// What the group log and the messages of groups have in common.

// pageFlags are those of a list that comes by pages.
func pageFlags(fs *flag.FlagSet, text, after *string, open *bool, limit *int) {
	fs.BoolVar(open, "open", false, "")
	fs.StringVar(text, "search", "", "")
	fs.StringVar(after, "after", "", "")
	fs.IntVar(limit, "limit", 0, "")
}

func checkPage(limit int) error {
	if limit < 0 || limit > 200 {
		return &usageError{verb: "group", why: "--limit is 1 to 200"}
	}
	return nil
}

// told says how old a page is that the team server did not give.
func (c *cli) told(at time.Time) {
	if !at.IsZero() {
		c.printf(c.out, "as it was %s ago\n", since(at))
	}
}

// next says how to ask for the page after one.
func (c *cli) next(after string) {
	if after != "" {
		c.printf(c.out, "more: --after %s\n", clean(after))
	}
}

// about does something with the one whose id is given.
func about(f func(c *cli, ctx context.Context, id string) error) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		given, err := words(c.flags("group"), args, 1, 1)
		if err != nil {
			return err
		}
		return f(c, ctx, given[0])
	}
}

// handling says that something is done, or that it is not.
func handling(f func(c *cli, ctx context.Context, id string, handled bool) error) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		fs := c.flags("group")
		undo := fs.Bool("undo", false, "")
		given, err := words(fs, args, 1, 1)
		if err != nil {
			return err
		}
		return f(c, ctx, given[0], !*undo)
	}
}

// asItIs is what has an id as it is now, the first of the page that a question brings: who changes it has to have seen
// that.
func asItIs[P, T any](ctx context.Context, c *cli, verb, id string, q any, of func(P) []T) (one T, now phone.Snapshot, err error) {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return one, now, err
	}
	defer done()
	var page P
	if err := client.Call(ctx, verb, q, &page); err != nil {
		return one, now, err
	}
	all := of(page)
	if len(all) == 0 {
		return one, now, phone.Refuse(phone.ReasonTeamGone, id)
	}
	return all[0], now, client.Call(ctx, "snapshot", nil, &now)
}
