package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// teamQueue finds a queue of the team server's in what is true now.
func teamQueue(now *phone.Snapshot, id string) (*phone.QueueStatus, error) {
	for i := range now.Queues {
		if q := &now.Queues[i]; string(q.ID) == id {
			if q.Team == nil {
				return nil, phone.Refuse(phone.ReasonNoTeam, id)
			}
			return q, nil
		}
	}
	return nil, phone.Refuse(phone.ReasonNoItem, id)
}

// queueShow prints one thing of a team server's queue.
func queueShow[T any](pick func(*phone.QueueTeam) T, show func(*cli, T)) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		given, err := words(c.flags("queue"), args, 1, 1)
		if err != nil {
			return err
		}
		now, err := c.snapshotOf(ctx)
		if err != nil {
			return err
		}
		q, err := teamQueue(now, given[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(pick(q.Team))
		}
		if !q.Team.Stale.IsZero() {
			c.printf(c.out, "as it was %s ago\n", since(q.Team.Stale))
		}
		show(c, pick(q.Team))
		return nil
	}
}

// loginText is how somebody stands in a queue.
func loginText(m phone.QueueMember) string {
	switch {
	case m.LoggedIn && m.Paused && m.Why != "":
		return "paused: " + m.Why
	case m.LoggedIn && m.Paused:
		return "paused"
	case m.LoggedIn:
		return "logged in"
	}
	return "logged out"
}

func (c *cli) showMembers(members []phone.QueueMember) {
	t := c.table()
	for _, m := range members {
		login := loginText(m)
		var notes []string
		if m.Me {
			notes = append(notes, "you")
		}
		if m.Skill > 0 {
			notes = append(notes, "skill "+strconv.Itoa(m.Skill))
		}
		t.row(m.Phone, m.Name, login, string(m.State), fmt.Sprintf("%d today", m.Today), clock(time.Duration(m.TalkS)*time.Second), strings.Join(notes, ", "))
	}
	t.flush()
}

func (c *cli) showCallers(callers []phone.QueueCaller) {
	t := c.table()
	for _, w := range callers {
		var notes []string
		if w.Before > 0 {
			notes = append(notes, fmt.Sprintf("%d earlier not handled", w.Before))
		}
		if len(w.Rings) > 0 {
			notes = append(notes, "rings at "+strings.Join(w.Rings, ", "))
		}
		t.row(strconv.Itoa(w.Place), since(w.Since), who(w.From), strings.Join(notes, "; "))
	}
	t.flush()
}

func (c *cli) showDay(d phone.QueueDay) {
	level := "no call yet"
	if d.ServiceLevel >= 0 {
		level = strconv.Itoa(d.ServiceLevel) + " %"
	}
	seconds := func(n int) string { return clock(time.Duration(n) * time.Second) }
	t := c.table()
	t.row("answered", strconv.Itoa(d.Answered))
	t.row("lost", strconv.Itoa(d.Lost))
	t.row("redirected", strconv.Itoa(d.Redirected))
	t.row("last wait", seconds(d.LastWaitS))
	t.row("average wait", seconds(d.AverageWaitS))
	t.row("longest wait", seconds(d.LongestWaitS))
	t.row("service level", level)
	t.row("by you", strconv.Itoa(d.Handled))
	t.flush()
}

func (c *cli) showQueueSettings(s phone.QueueSettings) {
	dash := func(s string) string {
		if s == "" || s == "0" {
			return "-"
		}
		return s
	}
	t := c.table()
	t.row("night", map[bool]string{true: "on", false: "off"}[s.Night])
	t.row("night-number", dash(s.NightNumber))
	t.row("overflow", dash(s.Overflow))
	t.row("overflow-seconds", dash(strconv.Itoa(s.OverflowS)))
	t.row("distribution", dash(string(s.Distribution)))
	t.row("service-seconds", dash(strconv.Itoa(s.ServiceS)))
	t.flush()
}

// queueMember logs a member in or out, pauses them or sets their skill. They are named by telephone or by name.
func (c *cli) queueMember(ctx context.Context, args []string) error {
	given, err := words(c.flags("queue"), args, 3, 4)
	if err != nil {
		return err
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	q, err := teamQueue(now, given[0])
	if err != nil {
		return err
	}
	at := slices.IndexFunc(q.Team.Members, func(m phone.QueueMember) bool {
		return m.Phone == given[1] || strings.EqualFold(m.Name, given[1]) || string(m.Person.ID) == given[1]
	})
	if at < 0 {
		return phone.Refuse(phone.ReasonNoItem, given[1])
	}
	yes, no := true, false
	command := phone.SetQueueMember{Queue: q.ID, Phone: q.Team.Members[at].Phone}
	if len(given) == 4 && given[2] != "pause" && given[2] != "skill" {
		return &usageError{verb: "queue", why: given[2] + " takes no more words"}
	}
	switch given[2] {
	case "login":
		command.LoggedIn = &yes
	case "logout":
		command.LoggedIn = &no
	case "pause":
		command.Paused = &yes
		if len(given) == 4 {
			command.Why = given[3]
		}
	case "resume":
		command.Paused = &no
	case "skill":
		level := 0
		if len(given) == 4 {
			level, err = strconv.Atoi(given[3])
		}
		if err != nil || level < 1 || level > 10 {
			return &usageError{verb: "queue", why: "a skill is 1 to 10"}
		}
		command.Skill = &level
	default:
		return &usageError{verb: "queue", why: "login, logout, pause, resume or skill, not " + given[2]}
	}
	return c.change(ctx, command)
}

// queueSettings prints a queue's settings, or changes those that are named as one change.
func (c *cli) queueSettings(ctx context.Context, args []string) error {
	fs := c.flags("queue")
	night, number := fs.String("night", "", ""), fs.String("night-number", "", "")
	overflow, overflowS := fs.String("overflow", "", ""), fs.Int("overflow-seconds", 0, "")
	distribution, serviceS := fs.String("distribution", "", ""), fs.Int("service-seconds", 0, "")
	given, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if fs.NFlag() == 0 {
		return queueShow(func(q *phone.QueueTeam) phone.QueueSettings { return q.Settings }, (*cli).showQueueSettings)(c, ctx, given)
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	q, err := teamQueue(now, given[0])
	if err != nil {
		return err
	}
	command := phone.SetQueue{Queue: q.ID, Was: q.Team.Settings, New: q.Team.Settings}
	n := &command.New
	fs.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "night":
			n.Night = *night == "on"
		case "night-number":
			n.NightNumber = *number
		case "overflow":
			n.Overflow = *overflow
		case "overflow-seconds":
			n.OverflowS = *overflowS
		case "distribution":
			n.Distribution = phone.QueueDistribution(*distribution)
		case "service-seconds":
			n.ServiceS = *serviceS
		}
	})
	switch {
	case *night != "" && *night != "on" && *night != "off":
		return &usageError{verb: "queue", why: "--night is on or off, not " + *night}
	case n.Distribution != "" && !slices.Contains(phone.QueueDistributions, n.Distribution):
		return &usageError{verb: "queue", why: "no such distribution: " + *distribution}
	}
	if n.Overflow == "" {
		n.OverflowS = 0
	}
	return c.change(ctx, command)
}

// orNone is never null in JSON.
func orNone[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}
