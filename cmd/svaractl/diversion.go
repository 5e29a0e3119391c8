package main

import (
	"context"
	"fmt"
	"strings"

	"svara/phone"
	"svara/phone/control"
)

var forward = group("forward", map[string]runner{
	"list":     shows("forward", "forwards", (*cli).showForwards),
	"all":      forwardOf(phone.ForwardAll),
	"noanswer": forwardOf(phone.ForwardNoAnswer),
	"busy":     forwardOf(phone.ForwardBusy),
})

func forwardOf(kind phone.ForwardKind) runner {
	return wordOn("forward", func(number string, account phone.AccountID) phone.Command {
		if number == "off" {
			number = ""
		}
		return phone.SetForward{Kind: kind, Number: number, Account: account}
	})
}

var profile = group("profile", map[string]runner{
	"list":   shows("profile", "profiles", (*cli).showProfiles),
	"add":    (*cli).profileAdd,
	"remove": removes("profile", phone.ItemProfile),
	"on":     (*cli).profileOn,
	"off":    (*cli).profileOff,
})

func (c *cli) profileAdd(ctx context.Context, args []string) error {
	given, err := words(c.flags("profile"), args, 2, 2)
	if err != nil {
		return err
	}
	return c.put(ctx, phone.Profile{Number: given[0], Name: given[1]})
}

func (c *cli) profileOn(ctx context.Context, args []string) error {
	fs := c.flags("profile")
	account := fs.String("account", "", "")
	given, err := words(fs, args, 1, 2)
	if err != nil {
		return err
	}
	command := phone.SetProfile{Number: given[0], Account: phone.AccountID(*account)}
	if len(given) == 2 {
		command.Time = given[1]
	}
	return c.do(ctx, command)
}

func (c *cli) profileOff(ctx context.Context, args []string) error {
	fs := c.flags("profile")
	account := fs.String("account", "", "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	return c.do(ctx, phone.SetProfile{Account: phone.AccountID(*account)})
}

var role = group("role", map[string]runner{
	"list":   shows("role", "roles", (*cli).showRoles),
	"add":    (*cli).roleAdd,
	"remove": removes("role", phone.ItemRole),
	"use":    withWord("role", func(id string) phone.Command { return phone.SetRole{Role: phone.RoleID(id)} }),
	"next":   withWord("role", func(id string) phone.Command { return phone.SetRole{Role: phone.RoleID(id), Next: true} }),
	"none":   alone("role", phone.SetRole{}),
})

func (c *cli) roleAdd(ctx context.Context, args []string) error {
	fs := c.flags("role")
	var r phone.Role
	account := fs.String("account", "", "")
	fs.BoolVar(&r.Withheld, "withheld", false, "")
	fs.IntVar(&r.Place, "place", 0, "")
	given, err := words(fs, args, 2, 3)
	if err != nil {
		return err
	}
	r.ID, r.Name, r.Account = phone.RoleID(given[0]), given[1], phone.AccountID(*account)
	if len(given) == 3 {
		r.Number = given[2]
	}
	return c.put(ctx, r)
}

var queue = group("queue", map[string]runner{
	"list":   shows("queue", "queues", (*cli).showQueues),
	"add":    (*cli).queueAdd,
	"remove": removes("queue", phone.ItemQueue),
	"login":  queueLogin(true),
	"logout": queueLogin(false),

	"members":  queueShow(func(q *phone.QueueTeam) []phone.QueueMember { return orNone(q.Members) }, (*cli).showMembers),
	"agents":   (*cli).queueAgents,
	"callers":  queueShow(func(q *phone.QueueTeam) []phone.QueueCaller { return orNone(q.Callers) }, (*cli).showCallers),
	"today":    queueShow(func(q *phone.QueueTeam) phone.QueueDay { return q.Today }, (*cli).showDay),
	"member":   (*cli).queueMember,
	"settings": (*cli).queueSettings,
	"log":      (*cli).groupLogList,
})

func (c *cli) queueAdd(ctx context.Context, args []string) error {
	fs := c.flags("queue")
	var q phone.Queue
	account := fs.String("account", "", "")
	fs.IntVar(&q.Place, "place", 0, "")
	given, err := words(fs, args, 2, 2)
	if err != nil {
		return err
	}
	q.ID, q.Name, q.Account = phone.QueueID(given[0]), given[1], phone.AccountID(*account)
	return c.put(ctx, q)
}

func queueLogin(on bool) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		given, err := words(c.flags("queue"), args, 0, -1)
		if err != nil {
			return err
		}
		command := phone.LogIn{On: on}
		for _, id := range given {
			command.Queues = append(command.Queues, phone.QueueID(id))
		}
		return c.do(ctx, command)
	}
}

func (c *cli) showForwards(forwards []phone.Forward) {
	t := c.table()
	for _, f := range forwards {
		to := ""
		if f.State == phone.ConfirmOn {
			to = "to " + f.Number
		}
		t.row(string(f.Kind), confirmed(f.State, f.Asked, f.Reason, f.Unconfirmed), to, string(f.Account))
	}
	t.flush()
}

func (c *cli) showProfiles(p control.Profiles) {
	t := c.table()
	for _, s := range p.Status {
		on := ""
		if s.State == phone.ConfirmOn {
			on = "profile " + s.Number + ", " + until(s.Until)
		}
		t.row("account "+string(s.Account), confirmed(s.State, s.Asked, s.Reason, s.Unconfirmed), on)
	}
	for _, one := range p.Profiles {
		t.row("profile "+one.Number, one.Name)
	}
	t.flush()
}

func (c *cli) showRoles(roles phone.Roles) {
	t := c.table()
	for _, r := range roles.All {
		number := r.Number
		if r.Withheld {
			number = "withheld"
		}
		var use []string
		for _, w := range []struct {
			role phone.RoleID
			text string
		}{{roles.Now, "shown"}, {roles.Plan, "shown by plan"}, {roles.Next, "next call"}} {
			if w.role == r.ID {
				use = append(use, w.text)
			}
		}
		t.row(string(r.ID), r.Name, number, string(r.Account), strings.Join(use, ", "))
	}
	t.flush()
	switch {
	case roles.Refused != nil:
		c.printf(c.out, "does not hold for your other telephones (%s)\n", reasonText(roles.Refused))
	case roles.Shared:
		c.printf(c.out, "holds for all your telephones\n")
	}
}

func (c *cli) showQueues(queues []phone.QueueStatus) {
	t := c.table()
	for _, q := range queues {
		var notes []string
		if q.Night {
			notes = append(notes, "closed")
		}
		if !q.Longest.IsZero() {
			notes = append(notes, "longest wait "+since(q.Longest))
		}
		login := string(q.Login)
		switch q.Login {
		case phone.ConfirmOn:
			login = "logged in"
		case phone.ConfirmOff:
			login = "logged out"
		case phone.ConfirmAsking, phone.ConfirmRefused:
			asked := "logout"
			if q.Asked {
				asked = "login"
			}
			login = asked + " " + login
		case phone.ConfirmUnknown:
		}
		if q.Unconfirmed {
			login += " (not confirmed)"
		}
		if q.Reason != nil {
			notes = append(notes, reasonText(q.Reason))
		}
		counts := ""
		if q.Counted {
			counts = fmt.Sprintf("(%d) %d/%d", q.Waiting, q.Available, q.LoggedIn)
		}
		t.row("queue "+string(q.ID), q.Name, login, counts, string(q.Account), strings.Join(notes, ", "))
	}
	t.flush()
}
