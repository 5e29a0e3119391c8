package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// ask asks the phone one thing. With --json the answer is printed as it came, else show prints it for people.
func ask[T any](ctx context.Context, c *cli, verb string, args any, show func(T)) error {
	return askFor(ctx, c, answerPatience, verb, args, show)
}

// askFor is ask for what can take longer.
func askFor[T any](ctx context.Context, c *cli, patience time.Duration, verb string, args any, show func(T)) error {
	client, err := control.Dial(c.profile)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var raw json.RawMessage
	if err := client.Call(ctx, verb, args, &raw); err != nil {
		return err
	}
	if c.json {
		c.printf(c.out, "%s\n", raw)
		return nil
	}
	var answer T
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	show(answer)
	return nil
}

// askPlain is ask for a verb without words of its own.
func askPlain[T any](ctx context.Context, c *cli, verb string, args []string, show func(T)) error {
	if _, err := words(c.flags(verb), args, 0, 0); err != nil {
		return err
	}
	return ask(ctx, c, verb, nil, show)
}

func (c *cli) status(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "status", args, c.showStatus)
}

func (c *cli) accounts(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "accounts", args, c.showAccounts)
}

func (c *cli) calls(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "calls", args, c.showCalls)
}

func (c *cli) devices(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "devices", args, c.showDevices)
}

func (c *cli) settings(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "settings", args, c.showSettings)
}

func (c *cli) version(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "version", args, func(v control.Version) { c.printf(c.out, "%s\n", clean(v.Version)) })
}

func (c *cli) snapshot(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "snapshot", args, func(raw json.RawMessage) {
		var out bytes.Buffer
		if json.Indent(&out, raw, "", "  ") == nil {
			c.printf(c.out, "%s\n", out.Bytes())
		}
	})
}

type callArgs struct {
	Call phone.CallID `json:"call,omitempty"`
}

// call shows a call; with the word note it writes one on it.
func (c *cli) call(ctx context.Context, args []string) error {
	fs := c.flags("call")
	if err := parse(fs, args); err != nil {
		return err
	}
	if fs.Arg(0) != "note" {
		return askCall(ctx, c, "call", args, c.showCall)
	}
	given, err := words(c.flags("call"), fs.Args()[1:], 1, -1)
	if err != nil {
		return err
	}
	var command phone.SetCallNote
	if call, err := callID("call", given[0]); err == nil && len(given) > 1 {
		command.Call, given = call, given[1:]
	}
	command.Text = strings.Join(given, " ")
	return c.do(ctx, command)
}

func (c *cli) stats(ctx context.Context, args []string) error {
	fs := c.flags("stats")
	doctor := fs.Bool("doctor", false, "")
	named, err := words(fs, args, 0, 1)
	if err != nil {
		return err
	}
	call, err := optionalCall("stats", named)
	if err != nil {
		return err
	}
	if *doctor {
		return c.doctor(ctx, call)
	}
	return ask(ctx, c, "stats", callArgs{call}, c.showStats)
}

func askCall[T any](ctx context.Context, c *cli, verb string, args []string, show func(T)) error {
	named, err := words(c.flags(verb), args, 0, 1)
	if err != nil {
		return err
	}
	call, err := optionalCall(verb, named)
	if err != nil {
		return err
	}
	return ask(ctx, c, verb, callArgs{call}, show)
}

func (c *cli) get(ctx context.Context, args []string) error {
	key, err := words(c.flags("get"), args, 1, 1)
	if err != nil {
		return err
	}
	return ask(ctx, c, "get", map[string]string{"key": key[0]}, func(s control.Setting) { c.printf(c.out, "%s\n", clean(s.Value)) })
}

// events prints JSON lines until it is stopped, which is how it ends well.
func (c *cli) events(ctx context.Context, args []string) error {
	if _, err := words(c.flags("events"), args, 0, 0); err != nil {
		return err
	}
	client, err := control.Dial(c.profile)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	err = client.Events(ctx, func(line []byte) error {
		_, err := c.out.Write(line)
		return err
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (c *cli) wait(ctx context.Context, args []string) error {
	fs := c.flags("wait")
	patience := fs.Duration("timeout", 10*time.Second, "")
	condition, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if _, err := control.ParseCondition(condition[0]); err != nil {
		return &usageError{verb: "wait", why: "not a condition: " + condition[0]}
	}
	client, err := control.Dial(c.profile)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	waited, err := client.Wait(ctx, condition[0], *patience)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(waited)
	}
	return c.printCall(waited.Call)
}

func (c *cli) screenshot(ctx context.Context, args []string) error {
	fs := c.flags("screenshot")
	view := fs.String("view", "", "")
	file, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	path, err := filepath.Abs(file[0])
	if err != nil {
		return err
	}
	return ask(ctx, c, "screenshot", map[string]string{"path": path, "view": *view}, func(control.Done) {})
}

func (c *cli) raise(ctx context.Context, args []string) error {
	links, err := words(c.flags("raise"), args, 0, -1)
	if err != nil {
		return err
	}
	return ask(ctx, c, "raise", map[string][]string{"args": links}, func(control.Done) {})
}

func (c *cli) quit(ctx context.Context, args []string) error {
	if _, err := words(c.flags("quit"), args, 0, 0); err != nil {
		return err
	}
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := client.Quit(ctx); err != nil {
		return err
	}
	return c.printCall(0)
}
