package main

import (
	"context"
	"strings"
	"time"

	"svara/phone"
)

// rules shows what happens to a call to the user now, in the order in which it is decided.
func (c *cli) rules(ctx context.Context, args []string) error {
	if _, err := words(c.flags("rules"), args, 0, 0); err != nil {
		return err
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	all := now.Rules()
	if c.json {
		return c.printJSON(orNone(all))
	}
	t := c.table()
	for _, r := range all {
		t.row(string(r.Account), ruleText(r))
	}
	t.flush()
	return nil
}

func ruleText(r phone.Rule) string {
	doing := named(r.Name, r.Activity)
	out := ""
	switch r.Kind {
	case phone.RuleProfile:
		out = "the exchange follows profile " + r.Number
	case phone.RuleDivert:
		out = "to " + r.Number + " during " + doing + ", " + until(r.Until)
	case phone.RuleForward:
		out = map[phone.ForwardKind]string{phone.ForwardAll: "all calls", phone.ForwardBusy: "when busy", phone.ForwardNoAnswer: "when nobody answers"}[r.Forward] + " to " + r.Number
	case phone.RuleRings:
		out = "rings here: " + doing
	case phone.RuleSilent:
		out = "does not ring here: " + doing + ", " + until(r.Until)
	case phone.RuleQueues:
		out = "calls to " + strings.Join(r.Queues, ", ") + " ring here too"
	case phone.RuleRefused:
		out = "refused: " + string(r.Forward) + " to " + r.Number
		if r.Reason != nil {
			out += ": " + string(r.Reason.ID)
		}
	}
	if r.Team {
		out += ", by the team server"
	}
	return out
}

// teamActivity sets a colleague's activity.
func (c *cli) teamActivity(ctx context.Context, args []string) error {
	fs := c.flags("team")
	end, note := fs.String("until", "", ""), fs.String("note", "", "")
	given, err := words(fs, args, 2, 2)
	if err != nil {
		return err
	}
	command := phone.SetColleague{Person: phone.TeamPersonID(given[0])}
	if command.Kind, err = kindOf("team", given[1]); err != nil {
		return err
	}
	if *end != "" {
		if command.Until, err = untilOf(*end, time.Now()); err != nil {
			return err
		}
	}
	if isSet(fs, "note") {
		command.Note = note
	}
	return c.change(ctx, command)
}
