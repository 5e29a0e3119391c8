package main

import (
	"context"
	"flag"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"svara/phone"
)

// group runs the verb's second word. What that word does reads the rest itself.
func group(name string, subs map[string]runner) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		fs := c.flags(name)
		if err := parse(fs, args); err != nil {
			return err
		}
		known := slices.Sorted(maps.Keys(subs))
		last := len(known) - 1
		list := strings.Join(known[:last], ", ") + " or " + known[last]
		if fs.NArg() == 0 {
			return &usageError{verb: name, why: list + "?"}
		}
		run, ok := subs[fs.Arg(0)]
		if !ok {
			return &usageError{verb: name, why: list + ", not " + fs.Arg(0)}
		}
		return run(c, ctx, fs.Args()[1:])
	}
}

// shows asks a query without arguments and prints the answer.
func shows[T any](name, query string, show func(*cli, T)) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		if _, err := words(c.flags(name), args, 0, 0); err != nil {
			return err
		}
		return ask(ctx, c, query, nil, func(answer T) { show(c, answer) })
	}
}

// withWord runs a command on one word.
func withWord(name string, command func(string) phone.Command) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		word, err := words(c.flags(name), args, 1, 1)
		if err != nil {
			return err
		}
		return c.do(ctx, command(word[0]))
	}
}

// alone runs a command that needs nothing.
func alone(name string, command phone.Command) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		if _, err := words(c.flags(name), args, 0, 0); err != nil {
			return err
		}
		return c.do(ctx, command)
	}
}

// removes removes an item by its key.
func removes(name string, kind phone.ItemKind) runner {
	return withWord(name, func(key string) phone.Command { return phone.RemoveItem{Kind: kind, Key: key} })
}

// snapshotOf asks for everything that is true, for a verb that changes a part of it.
func (c *cli) snapshotOf(ctx context.Context) (*phone.Snapshot, error) {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var now phone.Snapshot
	if err := client.Call(ctx, "snapshot", nil, &now); err != nil {
		return nil, err
	}
	return &now, nil
}

// put makes or changes an item, after looking at it here: the phone says the same, but later.
func (c *cli) put(ctx context.Context, item phone.Item) error {
	if err := item.Validate(); err != nil {
		return err
	}
	if !c.json {
		return c.do(ctx, phone.PutItem{Item: item})
	}
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, err := client.Do(ctx, phone.PutItem{Item: item}); err != nil {
		return err
	}
	return c.printJSON(map[string]string{"kind": string(item.ItemKind()), "key": item.Key()})
}

// several is a flag that can be given more than once.
type several []string

func (s *several) String() string     { return strings.Join(*s, ", ") }
func (s *several) Set(v string) error { *s = append(*s, v); return nil }

// choice is two flags that rule each other out, and what they say together: nil when neither is given.
func choice(fs *flag.FlagSet, yes, no string) func() (*bool, error) {
	y, n := fs.Bool(yes, false, ""), fs.Bool(no, false, "")
	return func() (*bool, error) {
		switch {
		case *y && *n:
			return nil, &usageError{verb: fs.Name(), why: "either --" + yes + " or --" + no}
		case *y || *n:
			return y, nil
		}
		return nil, nil
	}
}

// file is a path as the phone, which has another folder, understands it.
func file(name string) (string, error) { return filepath.Abs(name) }
