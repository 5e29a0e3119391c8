package main

import (
	"context"
	"path/filepath"
	"time"

	"svara/phone"
)

// diagnostics starts or stops a collection of what happens in the phone, saves it as a zip file, or tells how it stands.
func (c *cli) diagnostics(ctx context.Context, args []string) error {
	rest, err := words(c.flags("diagnostics"), args, 0, 2)
	if err != nil {
		return err
	}
	wish := map[string]string{}
	switch {
	case len(rest) == 0:
	case len(rest) == 1 && (rest[0] == "start" || rest[0] == "stop"):
		wish["do"] = rest[0]
	case len(rest) == 2 && rest[0] == "save":
		path, err := filepath.Abs(rest[1])
		if err != nil {
			return err
		}
		wish["do"], wish["path"] = "save", path
	default:
		return &usageError{verb: "diagnostics", why: "start, stop or save FILE?"}
	}
	return ask(ctx, c, "diagnostics", wish, func(s phone.Collecting) {
		switch {
		case s.Since.IsZero():
			c.printf(c.out, "nothing has been collected\n")
			return
		case s.On:
			c.printf(c.out, "collecting since %s", s.Since.Local().Format(time.TimeOnly))
		default:
			c.printf(c.out, "collected %s to %s", s.Since.Local().Format(time.TimeOnly), s.Until.Local().Format(time.TimeOnly))
		}
		c.printf(c.out, ": %d lines of log, %d SIP messages, %d seconds of calls", s.Lines, s.Messages, s.Samples)
		if s.Dropped > 0 {
			c.printf(c.out, "; the %d oldest had no room", s.Dropped)
		}
		c.printf(c.out, "\n")
	})
}
