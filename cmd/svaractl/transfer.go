package main

import (
	"context"

	"svara/phone"
)

// runner runs a verb with its arguments.
type runner = func(*cli, context.Context, []string) error

// callAnd runs a command on a call that is named, and a word.
func callAnd(name string, command func(phone.CallID, string) phone.Command) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		given, err := words(c.flags(name), args, 2, 2)
		if err != nil {
			return err
		}
		call, err := callID(name, given[0])
		if err != nil {
			return err
		}
		return c.do(ctx, command(call, given[1]))
	}
}

// wordOn runs a command on a word, with an account that can be named.
func wordOn(name string, command func(string, phone.AccountID) phone.Command) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		fs := c.flags(name)
		account := fs.String("account", "", "")
		word, err := words(fs, args, 1, 1)
		if err != nil {
			return err
		}
		return c.do(ctx, command(word[0], phone.AccountID(*account)))
	}
}

func (c *cli) transfer(ctx context.Context, args []string) error {
	fs := c.flags("transfer")
	kind := fs.String("kind", "", "")
	given, err := words(fs, args, 2, 2)
	if err != nil {
		return err
	}
	command := phone.TransferTo{Target: given[1], Kind: phone.TransferKind(*kind)}
	if command.Call, err = callID("transfer", given[0]); err != nil {
		return err
	}
	switch command.Kind {
	case "", phone.TransferDirect, phone.TransferVoicemail:
		return c.do(ctx, command)
	}
	return &usageError{verb: "transfer", why: "direct or voicemail, not " + *kind}
}

var (
	deflect = callAnd("deflect", func(call phone.CallID, target string) phone.Command {
		return phone.Deflect{Call: call, Target: target}
	})
	consult = callAnd("consult", func(call phone.CallID, target string) phone.Command {
		return phone.Consult{Call: call, Target: target}
	})
	campOn = callAnd("campon", func(call phone.CallID, target string) phone.Command {
		return phone.CampOn{Call: call, Target: target}
	})
	move = callAnd("move", func(call phone.CallID, device string) phone.Command {
		return phone.Move{Call: call, Device: device}
	})

	complete = onCall("complete", func(call phone.CallID) phone.Command { return phone.Complete{Call: call} })
	takeBack = onCall("takeback", func(call phone.CallID) phone.Command { return phone.TakeBack{Call: call} })
	putBack  = onCall("putback", func(call phone.CallID) phone.Command { return phone.PutBack{Call: call} })
	allow    = onCall("allow", func(call phone.CallID) phone.Command { return phone.AllowTransfer{Call: call, On: true} })
	refuse   = onCall("refuse", func(call phone.CallID) phone.Command { return phone.AllowTransfer{Call: call} })

	retrieve = wordOn("retrieve", func(slot string, account phone.AccountID) phone.Command {
		return phone.Retrieve{Slot: slot, Account: account}
	})
	pickup = wordOn("pickup", func(target string, account phone.AccountID) phone.Command {
		return phone.Pickup{Target: target, Account: account}
	})
)

func watch(on bool) runner {
	return wordOn(phone.WatchLine{On: on}.Verb(), func(number string, account phone.AccountID) phone.Command {
		return phone.WatchLine{Number: number, Account: account, On: on}
	})
}

func (c *cli) swap(ctx context.Context, args []string) error {
	if _, err := words(c.flags("swap"), args, 0, 0); err != nil {
		return err
	}
	return c.do(ctx, phone.Swap{})
}

func (c *cli) park(ctx context.Context, args []string) error {
	given, err := words(c.flags("park"), args, 0, 2)
	if err != nil {
		return err
	}
	var command phone.Park
	if len(given) == 2 {
		command.Slot, given = given[1], given[:1]
	}
	if command.Call, err = optionalCall("park", given); err != nil {
		return err
	}
	return c.do(ctx, command)
}

func (c *cli) pull(ctx context.Context, args []string) error {
	id, err := words(c.flags("pull"), args, 0, 1)
	if err != nil {
		return err
	}
	var command phone.Pull
	if len(id) == 1 {
		command.ID = id[0]
	}
	return c.do(ctx, command)
}

func (c *cli) lines(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "lines", args, c.showLines)
}

func (c *cli) parked(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "parked", args, c.showParked)
}

func (c *cli) camped(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "camped", args, c.showCamped)
}

func (c *cli) elsewhere(ctx context.Context, args []string) error {
	return askPlain(ctx, c, "elsewhere", args, c.showElsewhere)
}
