package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"svara/phone"
)

// groups is what the user's groups share at the team server.
var groups = group("group", map[string]runner{
	"log": group("group", map[string]runner{
		"list":   (*cli).groupLogList,
		"take":   about((*cli).groupTake),
		"assign": (*cli).groupAssign,
		"handle": handling((*cli).groupHandle),
		"note":   (*cli).groupNote,
	}),
	"message": groupMessages,
})

func (c *cli) groupLogList(ctx context.Context, args []string) error {
	fs := c.flags("group")
	q := phone.GroupLogQuery{OpenFirst: true}
	var queues, outcomes, handlers several
	fs.Var(&queues, "queue", "")
	fs.Var(&outcomes, "outcome", "")
	fs.Var(&handlers, "handler", "")
	fs.StringVar(&q.Number, "number", "", "")
	pageFlags(fs, &q.Text, &q.After, &q.Open, &q.Limit)
	from, to := fs.String("since", "", ""), fs.String("until", "", "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	for _, id := range queues {
		q.Queues = append(q.Queues, phone.QueueID(id))
	}
	for _, o := range outcomes {
		out := phone.GroupOutcome(o)
		if !slices.Contains([]phone.GroupOutcome{phone.GroupMissed, phone.GroupRedirected, phone.GroupAnswered, phone.GroupWaiting}, out) {
			return &usageError{verb: "group", why: "--outcome is missed, redirected, answered or waiting, not " + o}
		}
		q.Outcomes = append(q.Outcomes, out)
	}
	for _, h := range handlers {
		if h == "nobody" {
			q.Nobody = true
			continue
		}
		q.Handlers = append(q.Handlers, phone.TeamPersonID(h))
	}
	for _, t := range []struct {
		text string
		into *time.Time
	}{{*from, &q.From}, {*to, &q.To}} {
		if t.text == "" {
			continue
		}
		var err error
		if *t.into, err = past("group", t.text, time.Now()); err != nil {
			return err
		}
	}
	if err := checkPage(q.Limit); err != nil {
		return err
	}
	return ask(ctx, c, "group-log", q, c.showGroupLog)
}

func (c *cli) showGroupLog(p phone.GroupLogPage) {
	c.told(p.Told)
	t := c.table()
	for _, g := range p.Calls {
		outcome := string(g.Outcome)
		switch {
		case g.Open():
			outcome += ", open"
		case g.Handled:
			outcome += ", handled"
		case g.Talking:
			outcome += ", talking"
		}
		var notes []string
		add := func(label, words string) {
			if words != "" {
				notes = append(notes, label+words)
			}
		}
		add("by ", g.AnsweredBy.Name)
		add("to ", g.To)
		if g.Mine {
			add("handler ", "you")
		} else {
			add("handler ", g.Handler.Name)
		}
		add("", g.Note)
		t.row(g.ID, g.Began.Local().Format("2006-01-02 15:04"), g.Name, outcome, clock(time.Duration(g.WaitS)*time.Second), who(g.From), strings.Join(notes, "; "))
	}
	t.flush()
	c.next(p.Next)
}

// care changes an entry as it is now.
func (c *cli) care(ctx context.Context, id string, change func(*phone.CareForCall, *phone.Snapshot)) error {
	call, now, err := asItIs(ctx, c, "group-log", id, phone.GroupLogQuery{ID: id}, func(p phone.GroupLogPage) []phone.GroupCall { return p.Calls })
	if err != nil {
		return err
	}
	command := phone.CareForCall{ID: id, Seq: call.Seq}
	change(&command, &now)
	return c.change(ctx, command)
}

func (c *cli) groupTake(ctx context.Context, id string) error {
	return c.care(ctx, id, func(cmd *phone.CareForCall, now *phone.Snapshot) { cmd.Handler = &now.Team.Me })
}

func (c *cli) groupAssign(ctx context.Context, args []string) error {
	given, err := words(c.flags("group"), args, 2, 2)
	if err != nil {
		return err
	}
	to := phone.TeamPersonID(given[1])
	if given[1] == "nobody" {
		to = ""
	}
	return c.care(ctx, given[0], func(cmd *phone.CareForCall, _ *phone.Snapshot) { cmd.Handler = &to })
}

func (c *cli) groupHandle(ctx context.Context, id string, handled bool) error {
	return c.care(ctx, id, func(cmd *phone.CareForCall, _ *phone.Snapshot) { cmd.Handled = &handled })
}

func (c *cli) groupNote(ctx context.Context, args []string) error {
	given, err := words(c.flags("group"), args, 1, -1)
	if err != nil {
		return err
	}
	note := strings.Join(given[1:], " ")
	if n := len([]rune(note)); n > 4000 {
		return &usageError{verb: "group", why: fmt.Sprintf("a note has at most 4,000 characters, not %d", n)}
	}
	return c.care(ctx, given[0], func(cmd *phone.CareForCall, _ *phone.Snapshot) { cmd.Note = &note })
}
