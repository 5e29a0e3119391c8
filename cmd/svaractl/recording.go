package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// record starts or stops the recording of a call.
func (c *cli) record(ctx context.Context, args []string) error {
	given, err := words(c.flags("record"), args, 1, 2)
	if err != nil {
		return err
	}
	command := phone.Record{On: given[0] == "start"}
	if !command.On && given[0] != "stop" {
		return &usageError{verb: "record", why: "start or stop, not " + given[0]}
	}
	if command.Call, err = optionalCall("record", given[1:]); err != nil {
		return err
	}
	return c.do(ctx, command)
}

// recording is what is done with recordings that are made.
func (c *cli) recording(ctx context.Context, args []string) error {
	fs := c.flags("recording")
	if err := parse(fs, args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return &usageError{verb: "recording", why: "list, play, pause, stop, delete, mail or path?"}
	}
	rest := fs.Args()[1:]
	switch fs.Arg(0) {
	case "list":
		return c.recordingList(ctx, rest)
	case "play":
		return c.recordingPlay(ctx, rest)
	case "pause", "stop":
		if _, err := words(c.flags("recording"), rest, 0, 0); err != nil {
			return err
		}
		return c.do(ctx, phone.StopPlaying{Pause: fs.Arg(0) == "pause"})
	case "delete":
		id, err := c.recordingID(rest)
		if err != nil {
			return err
		}
		return c.do(ctx, phone.DeleteRecording{ID: id})
	case "mail":
		return c.recordingMail(ctx, rest)
	case "path":
		id, err := c.recordingID(rest)
		if err != nil {
			return err
		}
		return ask(ctx, c, "recording", map[string]int64{"id": id}, func(r phone.Recording) { c.printf(c.out, "%s\n", clean(r.Path)) })
	}
	return &usageError{verb: "recording", why: "list, play, pause, stop, delete, mail or path, not " + fs.Arg(0)}
}

func (c *cli) recordingID(args []string) (int64, error) {
	word, err := words(c.flags("recording"), args, 1, 1)
	if err != nil {
		return 0, err
	}
	return parseRecording(word[0])
}

func parseRecording(word string) (int64, error) {
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil || id <= 0 {
		return 0, &usageError{verb: "recording", why: "not a recording: " + word}
	}
	return id, nil
}

func (c *cli) recordingList(ctx context.Context, args []string) error {
	fs := c.flags("recording")
	var q phone.RecordingQuery
	fs.StringVar(&q.Text, "search", "", "")
	fs.IntVar(&q.Limit, "limit", 0, "")
	fs.Int64Var(&q.Before, "before", 0, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	if q.Limit < 0 || q.Before < 0 {
		return &usageError{verb: "recording", why: "--limit and --before cannot be negative"}
	}
	return ask(ctx, c, "recordings", q, c.showRecordings)
}

func (c *cli) recordingPlay(ctx context.Context, args []string) error {
	fs := c.flags("recording")
	var command phone.PlayRecording
	playFlags(fs, &command.From, &command.Speed)
	word, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if command.ID, err = parseRecording(word[0]); err != nil {
		return err
	}
	if err := checkPlay("recording", command.From, command.Speed); err != nil {
		return err
	}
	return c.do(ctx, command)
}

// playFlags are where playing begins and how fast it goes.
func playFlags(fs *flag.FlagSet, from *time.Duration, speed *float64) {
	fs.DurationVar(from, "from", 0, "")
	fs.Float64Var(speed, "speed", 0, "")
}

func checkPlay(verb string, from time.Duration, speed float64) error {
	switch {
	case from < 0:
		return &usageError{verb: verb, why: "--from cannot be negative"}
	case speed != 0 && !(speed >= 0.5 && speed <= 2):
		return &usageError{verb: verb, why: "--speed is 0.5 to 2"}
	}
	return nil
}

func (c *cli) showRecordings(recordings []phone.Recording) {
	t := c.table()
	for _, r := range recordings {
		kind := string(r.Format)
		if r.Stereo {
			kind += " stereo"
		}
		var notes []string
		switch {
		case r.Open:
			notes = append(notes, "being recorded")
		case !r.Seen:
			notes = append(notes, "new")
		}
		if r.Reason != nil {
			notes = append(notes, reasonText(r.Reason))
		}
		t.row(fmt.Sprint(r.ID), r.Begun.Local().Format("2006-01-02 15:04"), string(r.Direction), clock(r.Duration), who(r.Remote), kind, strings.Join(notes, ", "))
	}
	t.flush()
}

// showPlaying is the line that status has while a recording or a voice message is played.
func (c *cli) showPlaying(p phone.Playing) {
	at, how := p.Position, "playing"
	if p.Paused {
		how = "paused"
	} else {
		passed := max(0, time.Since(p.Since))
		if p.Speed > 0 {
			passed = time.Duration(float64(passed) * p.Speed)
		}
		at = min(p.Length, at+passed)
	}
	what := fmt.Sprintf("recording %d", p.ID)
	switch {
	case p.Message != "":
		what = "voice message " + clean(p.Message)
	case p.Group != "":
		what = "group message " + clean(p.Group)
	}
	c.printf(c.out, "%s %s: %s of %s\n", what, how, clock(at), clock(p.Length))
}
