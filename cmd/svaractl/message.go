package main

import (
	"context"
	"fmt"
	"strings"

	"svara/phone"
)

var message = group("message", map[string]runner{
	"send":   (*cli).text,
	"list":   (*cli).messageList,
	"read":   (*cli).messageRead,
	"delete": withWord("message", func(with string) phone.Command { return phone.DeleteTexts{With: with} }),
})

// messageList lists the threads, or the messages with a number, the newest last as one reads them.
func (c *cli) messageList(ctx context.Context, args []string) error {
	fs := c.flags("message")
	var q phone.TextQuery
	fs.StringVar(&q.With, "with", "", "")
	fs.IntVar(&q.Limit, "limit", 0, "")
	fs.Int64Var(&q.Before, "before", 0, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	if q.Limit < 0 || q.Before < 0 {
		return &usageError{verb: "message", why: "--limit and --before cannot be negative"}
	}
	if q.With == "" {
		return ask(ctx, c, "text-threads", struct{}{}, c.showThreads)
	}
	return ask(ctx, c, "texts", q, c.showTexts)
}

func (c *cli) messageRead(ctx context.Context, args []string) error {
	fs := c.flags("message")
	all := fs.Bool("all", false, "")
	given, err := words(fs, args, 0, 1)
	if err != nil {
		return err
	}
	if *all == (len(given) == 1) {
		return &usageError{verb: "message", why: "a number or --all"}
	}
	return c.do(ctx, phone.ReadTexts{With: strings.Join(given, "")})
}

func (c *cli) showThreads(threads []phone.TextThread) {
	t := c.table()
	for _, one := range threads {
		unread := ""
		if one.Unread > 0 {
			unread = fmt.Sprintf("%d new", one.Unread)
		}
		t.row(one.Last.At.Local().Format("2006-01-02 15:04"), one.Last.Remote.Number, one.Name, unread, strings.Join(strings.Fields(one.Last.Body), " "))
	}
	t.flush()
}

func (c *cli) showTexts(texts []phone.Text) {
	for i := len(texts) - 1; i >= 0; i-- {
		m := texts[i]
		state := string(m.State)
		switch {
		case m.State == phone.TextFailed:
			state += ": " + reasonText(m.Reason)
		case m.Direction == phone.Incoming && !m.Read:
			state = "new"
		}
		c.printf(c.out, "%s  %s  %s\n", m.At.Local().Format("2006-01-02 15:04"), string(m.Direction), clean(state))
		for line := range strings.Lines(m.Body) {
			c.printf(c.out, "    %s\n", clean(strings.TrimRight(line, "\n")))
		}
	}
}
