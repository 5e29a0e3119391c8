package main

import (
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"

	"svara/phone"
)

// flags is a verb's flag set with the flags every verb has, so that they may stand before or after the verb.
func (c *cli) flags(verb string) *flag.FlagSet {
	fs := flag.NewFlagSet(verb, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {} // see parse
	fs.StringVar(&c.profile, "profile", c.profile, "")
	fs.BoolVar(&c.json, "json", c.json, "")
	return fs
}

// helpWanted asks for a verb's help, or with "" the program's.
type helpWanted struct{ verb string }

func (*helpWanted) Error() string { return "help" }

// parse reads flags up to the first word that is none.
func parse(fs *flag.FlagSet, args []string) error {
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return &helpWanted{fs.Name()}
	case err != nil:
		return &usageError{verb: fs.Name(), why: err.Error()}
	}
	return nil
}

// words reads a verb's command line, where flags and words may be mixed, and returns the words: least to most of them,
// most < 0 for any number. After -- everything is a word.
func words(fs *flag.FlagSet, args []string, least, most int) ([]string, error) {
	var out []string
	for {
		if err := parse(fs, args); err != nil {
			return nil, err
		}
		rest := fs.Args()
		used := len(args) - len(rest)
		if used > 0 && args[used-1] == "--" {
			out = append(out, rest...)
			break
		}
		if len(rest) == 0 {
			break
		}
		out, args = append(out, rest[0]), rest[1:]
	}
	switch {
	case len(out) < least:
		return nil, &usageError{verb: fs.Name(), why: "something is missing"}
	case most >= 0 && len(out) > most:
		return nil, &usageError{verb: fs.Name(), why: "too much: " + strings.Join(out[most:], " ")}
	}
	return out, nil
}

// callID reads a call's number.
func callID(verb, word string) (phone.CallID, error) {
	n, err := strconv.ParseUint(word, 10, 64)
	if err != nil || n == 0 {
		return 0, &usageError{verb: verb, why: "not a call: " + word}
	}
	return phone.CallID(n), nil
}

// optionalCall is the call named by the only word, or 0 when there is none.
func optionalCall(verb string, words []string) (phone.CallID, error) {
	if len(words) == 0 {
		return 0, nil
	}
	return callID(verb, words[0])
}
