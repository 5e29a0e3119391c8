package main

import (
	"context"
	"maps"
	"slices"
)

// verb is one word of the command line.
type verb struct {
	usage string // its arguments
	about string
	run   func(c *cli, ctx context.Context, args []string) error
}

// verbs is every verb. It is a function since help, one of them, lists them all.
func verbs() map[string]verb {
	return map[string]verb{
		"run":        {"[--audio portaudio|null|file:IN.wav,OUT.wav] [--demo] [--log FILE]", "the phone without a window, until SIGTERM", (*cli).phone},
		"account":    {"add …|list|remove ID|set ID KEY VALUE", "accounts; see help account", (*cli).account},
		"status":     {"", "version, accounts, calls, faults", (*cli).status},
		"accounts":   {"", "accounts and how they stand", (*cli).accounts},
		"calls":      {"", "calls in progress", (*cli).calls},
		"call":       {"[CALL]", "one call", (*cli).call},
		"devices":    {"", "microphones, speakers and which are in use", (*cli).devices},
		"stats":      {"[CALL]", "how a call sounds", (*cli).stats},
		"snapshot":   {"", "everything that is true now, as JSON", (*cli).snapshot},
		"history":    {"[--missed] [--search TEXT] [--limit N] [--before ID]", "finished calls, newest first", (*cli).history},
		"events":     {"", "what happens, as JSON lines, until stopped", (*cli).events},
		"dial":       {"TARGET [--account ID] [--wait] [--timeout 60s]", "call a number or address", (*cli).dial},
		"answer":     {"[CALL]", "answer a ringing call", (*cli).answer},
		"decline":    {"[CALL]", "decline a ringing call", (*cli).decline},
		"hangup":     {"[CALL|all]", "end a call", (*cli).hangup},
		"hold":       {"[CALL]", "hold a call", hold(true)},
		"resume":     {"[CALL]", "resume a held call", hold(false)},
		"mute":       {"[CALL]", "microphone off", mute(true)},
		"unmute":     {"[CALL]", "microphone on", mute(false)},
		"dtmf":       {"[CALL] DIGITS", "send digits 0-9 * # A-D; a comma pauses", (*cli).dtmf},
		"register":   {"[ACCOUNT]", "register at once instead of at the next try", (*cli).register},
		"set":        {"KEY VALUE", "change a setting", (*cli).set},
		"get":        {"KEY", "a setting's value", (*cli).get},
		"settings":   {"", "every setting", (*cli).settings},
		"seen":       {"", "mark missed calls as looked at", (*cli).seen},
		"dismiss":    {"CALL|FAULT", "remove an ended call's card or a fault", (*cli).dismiss},
		"wait":       {"registered[:ACCOUNT]|CALL:STATE|any:STATE [--timeout 10s]", "wait until it is so", (*cli).wait},
		"screenshot": {"FILE [--view NAME]", "picture of the window, as PNG", (*cli).screenshot},
		"raise":      {"[LINK…]", "show the window and hand it tel: or sip: links", (*cli).raise},
		"quit":       {"", "end the phone and wait until it is gone", (*cli).quit},
		"version":    {"", "version of the running phone", (*cli).version},
		"help":       {"[VERB]", "this list", (*cli).helpVerb},
	}
}

const accountUsage = `account add --user U --domain HOST[:PORT] [--auth-user A] [--display N] [--transport udp|tcp]
                    [--proxy URI] [--dtmf rtp|info] [--expires SECONDS] [--id ID] [--default] [--session-only] --password-stdin
       svaractl account list
       svaractl account remove ID
       svaractl account set ID user|domain|auth-user|display|transport|proxy|dtmf|expires|default VALUE
       svaractl account set ID password --password-stdin`

// usageOf is how a verb, or with "" the program, is called.
func usageOf(name string) string {
	v, ok := verbs()[name]
	switch {
	case name == "account":
		return "svaractl " + accountUsage
	case !ok:
		return "svaractl [--profile DIR] [--json] VERB …; svaractl help lists the verbs"
	case v.usage == "":
		return "svaractl " + name
	}
	return "svaractl " + name + " " + v.usage
}

func (c *cli) helpVerb(_ context.Context, args []string) error {
	names, err := words(c.flags("help"), args, 0, 1)
	if err != nil {
		return err
	}
	name := ""
	if len(names) == 1 {
		if _, ok := verbs()[names[0]]; !ok {
			return &usageError{why: "no such verb: " + names[0]}
		}
		name = names[0]
	}
	c.help(name)
	return nil
}

func (c *cli) help(name string) {
	all := verbs()
	if v, ok := all[name]; ok {
		c.printf(c.out, "usage: %s\n%s\n", usageOf(name), v.about)
		return
	}
	c.printf(c.out, "svaractl [--profile DIR] [--json] VERB …\n\n")
	t := c.table()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.row("  "+name, all[name].about, all[name].usage)
	}
	t.flush()
	c.printf(c.out, "\n[CALL] left out means the only or the active one.\n"+
		"Exit: 0 done, 1 refused, 2 wrong usage, 3 no phone runs, 4 timed out.\n")
}
