package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// conference is a verb with words of its own; without one of them it makes a conference of calls.
func (c *cli) conference(ctx context.Context, args []string) error {
	fs := c.flags("conference")
	account := fs.String("account", "", "")
	given, err := words(fs, args, 0, -1)
	if err != nil {
		return err
	}
	first := ""
	if len(given) > 0 {
		first = given[0]
	}
	if isSet(fs, "account") && first != "start" {
		return &usageError{verb: "conference", why: "--account is for conference start"}
	}
	if (first == "leave" || first == "end" || first == "list") && len(given) > 1 {
		return &usageError{verb: "conference", why: "too much: " + strings.Join(given[1:], " ")}
	}
	switch first {
	case "start":
		if len(given) == 1 {
			return &usageError{verb: "conference", why: "whom to call?"}
		}
		return c.do(ctx, phone.StartConference{Targets: given[1:], Account: phone.AccountID(*account)})
	case "leave":
		return c.do(ctx, phone.LeaveConference{})
	case "end":
		return c.do(ctx, phone.EndConference{})
	case "list":
		return ask(ctx, c, "conference-list", nil, c.showConference)
	}
	var command phone.Merge
	for _, word := range given {
		call, err := callID("conference", word)
		if err != nil {
			return err
		}
		command.Calls = append(command.Calls, call)
	}
	return c.do(ctx, command)
}

func (c *cli) showConference(conference control.Conference) {
	if len(conference.Calls) == 0 {
		c.printf(c.out, "no conference\n")
		return
	}
	note := ""
	if conference.Aside {
		note = ", you are away from it"
	}
	began := time.Now()
	if conference.Started != nil {
		began = *conference.Started
	}
	c.printf(c.out, "conference of %d, %s%s\n", len(conference.Calls), since(began), note)
	for _, call := range conference.Calls {
		c.printf(c.out, "call %d\n", call)
	}
}

// onNamedCall is onCall for what is too much to do to a call that was only meant.
func onNamedCall(name string, command func(phone.CallID) phone.Command) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		named, err := words(c.flags(name), args, 1, 1)
		if err != nil {
			return err
		}
		call, err := callID(name, named[0])
		if err != nil {
			return err
		}
		return c.do(ctx, command(call))
	}
}

var (
	kick  = onNamedCall("kick", func(call phone.CallID) phone.Command { return phone.Hangup{Call: call} })
	split = onNamedCall("split", func(call phone.CallID) phone.Command { return phone.Split{Call: call} })
)

func silence(on bool) runner {
	return onNamedCall(phone.Silence{On: on}.Verb(), func(call phone.CallID) phone.Command { return phone.Silence{Call: call, On: on} })
}

// maxLevel is the loudest a party can be set, in percent.
const maxLevel = 200

func (c *cli) level(ctx context.Context, args []string) error {
	given, err := words(c.flags("level"), args, 2, 2)
	if err != nil {
		return err
	}
	var command phone.SetLevel
	if command.Call, err = callID("level", given[0]); err != nil {
		return err
	}
	command.Percent, err = strconv.Atoi(strings.TrimSuffix(given[1], "%"))
	if err != nil || command.Percent < 0 || command.Percent > maxLevel {
		return &usageError{verb: "level", why: fmt.Sprintf("0 to %d percent, not %s", maxLevel, given[1])}
	}
	return c.do(ctx, command)
}
