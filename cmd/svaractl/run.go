package main

import (
	"context"
	"errors"
	"strings"
)

// runOptions is the command line of the verb run.
type runOptions struct {
	Profile string
	Audio   string // portaudio, null or file:IN.wav,OUT.wav
	Demo    bool   // start the practice PBX and sign in to it
	Log     string // file, empty for standard error
}

// headless runs the phone without a window until ctx ends or it is told to quit.
var headless func(ctx context.Context, o runOptions) error

// phone is the verb run.
func (c *cli) phone(ctx context.Context, args []string) error {
	fs := c.flags("run")
	o := runOptions{}
	fs.StringVar(&o.Audio, "audio", "portaudio", "")
	fs.BoolVar(&o.Demo, "demo", false, "")
	fs.StringVar(&o.Log, "log", "", "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	if !validAudio(o.Audio) {
		return &usageError{verb: "run", why: "not a sound system: " + o.Audio}
	}
	if headless == nil {
		return errors.New("this svaractl has no phone built in")
	}
	o.Profile = c.profile
	return headless(ctx, o)
}

func validAudio(s string) bool {
	if files, ok := strings.CutPrefix(s, "file:"); ok {
		in, out, two := strings.Cut(files, ",")
		return two && in != "" && out != ""
	}
	return s == "portaudio" || s == "null"
}
