package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"svara/cmd/internal/app"
)

// processStart is as near to the start of the process as a program can tell.
var processStart = time.Now()

// phone is the verb run: the phone without a window, until ctx ends or it is told to quit.
func (c *cli) phone(ctx context.Context, args []string) error {
	fs := c.flags("run")
	var opt app.Options
	fs.StringVar(&opt.Audio, "audio", "portaudio", "")
	fs.BoolVar(&opt.Demo, "demo", false, "")
	fs.StringVar(&opt.LogFile, "log", "", "")
	bind := fs.String("bind", "", "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	if !validAudio(opt.Audio) {
		return &usageError{verb: "run", why: "not a sound system: " + opt.Audio}
	}
	if *bind != "" {
		addr, err := netip.ParseAddr(*bind)
		if err != nil {
			return &usageError{verb: "run", why: fmt.Sprintf("not an address: %s", *bind)}
		}
		opt.Bind = addr
	}
	opt.Profile = c.profile
	return app.Headless(ctx, opt, processStart)
}

func validAudio(s string) bool {
	if files, ok := strings.CutPrefix(s, "file:"); ok {
		in, out, two := strings.Cut(files, ",")
		return two && in != "" && out != ""
	}
	return s == "portaudio" || s == "null"
}
