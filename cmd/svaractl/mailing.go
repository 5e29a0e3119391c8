package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// recordingMail has a recording put into the inbox of a mail server, and may wait until it is there.
func (c *cli) recordingMail(ctx context.Context, args []string) error {
	fs := c.flags("recording")
	var command phone.MailRecording
	fs.StringVar(&command.Server, "server", "", "")
	wait := fs.Bool("wait", false, "")
	patience := fs.Duration("timeout", 10*time.Minute, "")
	word, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if command.ID, err = parseRecording(word[0]); err != nil {
		return err
	}
	if !*wait {
		return c.do(ctx, command)
	}
	limited, cancel := context.WithTimeout(ctx, *patience)
	defer cancel()
	client, err := control.Dial(c.profile)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	return c.mailed(limited, client, command)
}

// errMailed ends the listening.
var errMailed = errors.New("mailed")

// mailed listens first and asks then, so that the outcome cannot be missed.
func (c *cli) mailed(ctx context.Context, client *control.Client, command phone.MailRecording) error {
	asked := false
	err := client.Events(ctx, func(line []byte) error {
		if !asked { // the first line is how everything stands
			asked = true
			return c.do(ctx, command)
		}
		var e phone.Event
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("read event: %w", err)
		}
		if e.Kind != phone.EventMailed || e.Value != strconv.FormatInt(command.ID, 10) || command.Server != "" && e.Key != command.Server {
			return nil
		}
		switch e.State {
		case "sent":
			return errMailed
		case "failed":
			why := phone.Reason{ID: phone.ReasonNotMailed}
			if e.Reason != nil {
				why = *e.Reason
			}
			return &phone.Error{Reason: why}
		}
		return nil
	})
	if errors.Is(err, errMailed) {
		return nil
	}
	return err
}
