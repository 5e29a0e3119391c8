package main

import (
	"context"
	"fmt"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// do sends one command and prints the call it was about.
func (c *cli) do(ctx context.Context, command phone.Command) error {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	call, err := client.Do(ctx, command)
	if err != nil {
		return err
	}
	return c.printCall(call)
}

func (c *cli) printCall(call phone.CallID) error {
	if c.json {
		return c.printJSON(control.Done{Call: call})
	}
	if call != 0 {
		c.printf(c.out, "call %d\n", call)
	}
	return nil
}

// ways are the services of the exchange that a call can be placed with.
var ways = map[string]phone.Feature{
	"bypass": phone.FeatureBypass, "voicemail": phone.FeatureVoicemail, "intrude": phone.FeatureIntrude, "withheld": phone.FeatureWithheld,
}

func (c *cli) dial(ctx context.Context, args []string) error {
	fs := c.flags("dial")
	account, how, as := fs.String("account", "", ""), fs.String("how", "", ""), fs.String("as", "", "")
	var command phone.Dial
	fs.StringVar(&command.Digits, "digits", "", "")
	fs.StringVar(&command.Via, "via", "", "")
	fs.BoolVar(&command.Join, "join", false, "")
	fs.StringVar(&command.Name, "name", "", "")
	wait := fs.Bool("wait", false, "")
	patience := fs.Duration("timeout", time.Minute, "")
	target, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	command.Target, command.Account, command.As = target[0], phone.AccountID(*account), phone.RoleID(*as)
	if *how != "" {
		known := false
		if command.How, known = ways[*how]; !known {
			return &usageError{verb: "dial", why: "bypass, voicemail, intrude or withheld, not " + *how}
		}
	}
	client, err := control.Dial(c.profile)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	limited, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	call, err := client.Do(limited, command)
	if err == nil && *wait && call != 0 { // 0: the exchange places it between two other telephones
		_, err = client.Wait(ctx, fmt.Sprintf("%d:%s", call, phone.StateConnected), *patience)
	}
	if err != nil {
		return err
	}
	return c.printCall(call)
}

// onCall runs a command on the call named, or the one meant.
func onCall(name string, command func(phone.CallID) phone.Command) runner {
	return func(c *cli, ctx context.Context, args []string) error {
		named, err := words(c.flags(name), args, 0, 1)
		if err != nil {
			return err
		}
		call, err := optionalCall(name, named)
		if err != nil {
			return err
		}
		return c.do(ctx, command(call))
	}
}

func (c *cli) answer(ctx context.Context, args []string) error {
	return onCall("answer", func(call phone.CallID) phone.Command { return phone.Answer{Call: call} })(c, ctx, args)
}

func (c *cli) decline(ctx context.Context, args []string) error {
	return onCall("decline", func(call phone.CallID) phone.Command { return phone.Decline{Call: call} })(c, ctx, args)
}

func hold(on bool) runner {
	return onCall(phone.SetHold{On: on}.Verb(), func(call phone.CallID) phone.Command { return phone.SetHold{Call: call, On: on} })
}

func mute(on bool) runner {
	return onCall(phone.SetMute{On: on}.Verb(), func(call phone.CallID) phone.Command { return phone.SetMute{Call: call, On: on} })
}

func (c *cli) hangup(ctx context.Context, args []string) error {
	named, err := words(c.flags("hangup"), args, 0, 1)
	if err != nil {
		return err
	}
	if len(named) == 1 && named[0] == "all" {
		return c.do(ctx, phone.Hangup{All: true})
	}
	call, err := optionalCall("hangup", named)
	if err != nil {
		return err
	}
	return c.do(ctx, phone.Hangup{Call: call})
}

func (c *cli) dtmf(ctx context.Context, args []string) error {
	given, err := words(c.flags("dtmf"), args, 1, 2)
	if err != nil {
		return err
	}
	command := phone.SendDTMF{Digits: given[len(given)-1]}
	if command.Call, err = optionalCall("dtmf", given[:len(given)-1]); err != nil {
		return err
	}
	return c.do(ctx, command)
}

func (c *cli) register(ctx context.Context, args []string) error {
	account, err := words(c.flags("register"), args, 0, 1)
	if err != nil {
		return err
	}
	var command phone.Register
	if len(account) == 1 {
		command.Account = phone.AccountID(account[0])
	}
	return c.do(ctx, command)
}

func (c *cli) seen(ctx context.Context, args []string) error {
	if _, err := words(c.flags("seen"), args, 0, 0); err != nil {
		return err
	}
	return c.do(ctx, phone.SeeMissed{})
}

func (c *cli) dismiss(ctx context.Context, args []string) error {
	fs := c.flags("dismiss")
	slot := fs.String("slot", "", "")
	what, err := words(fs, args, 0, 1)
	switch {
	case err != nil:
		return err
	case (*slot == "") == (len(what) == 0):
		return &usageError{verb: "dismiss", why: "a call, a fault or a slot"}
	case *slot != "":
		return c.do(ctx, phone.Dismiss{Slot: *slot})
	}
	if call, err := callID("dismiss", what[0]); err == nil {
		return c.do(ctx, phone.Dismiss{Call: call})
	}
	return c.do(ctx, phone.Dismiss{Fault: phone.ReasonID(what[0])})
}

func (c *cli) set(ctx context.Context, args []string) error {
	pair, err := words(c.flags("set"), args, 2, 2)
	if err != nil {
		return err
	}
	return c.do(ctx, phone.Set{Key: pair[0], Value: pair[1]})
}
