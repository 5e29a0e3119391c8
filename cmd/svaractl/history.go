package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// filters are the words for which calls of the history are wanted.
var filters = map[string]phone.HistoryFilter{
	"all": phone.HistoryAll, "missed": phone.HistoryMissed, "incoming": phone.HistoryIncoming, "outgoing": phone.HistoryOutgoing, "noted": phone.HistoryNoted,
}

// history lists finished calls; note and delete do something to one.
func (c *cli) history(ctx context.Context, args []string) error {
	fs := c.flags("history")
	var q phone.HistoryQuery
	fs.BoolVar(&q.Missed, "missed", false, "")
	fs.StringVar(&q.Text, "search", "", "")
	fs.StringVar(&q.Number, "number", "", "")
	fs.IntVar(&q.Limit, "limit", 0, "")
	fs.Int64Var(&q.Before, "before", 0, "")
	filter, queue := fs.String("filter", "all", ""), fs.String("queue", "", "")
	from, to := fs.String("since", "", ""), fs.String("until", "", "")
	if err := parse(fs, args); err != nil {
		return err
	}
	switch fs.Arg(0) {
	case "note":
		return c.historyNote(ctx, fs.Args()[1:])
	case "delete":
		return c.historyDelete(ctx, fs.Args()[1:])
	}
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	var err error
	known := false
	if q.Filter, known = filters[*filter]; !known {
		return &usageError{verb: "history", why: "--filter is all, missed, incoming, outgoing or noted, not " + *filter}
	}
	q.Queue = phone.QueueID(*queue)
	for _, t := range []struct {
		text string
		into *time.Time
	}{{*from, &q.Since}, {*to, &q.Until}} {
		if t.text == "" {
			continue
		}
		if *t.into, err = past("history", t.text, time.Now()); err != nil {
			return err
		}
	}
	if q.Limit < 0 || q.Before < 0 {
		return &usageError{verb: "history", why: "--limit and --before cannot be negative"}
	}
	return ask(ctx, c, "history", q, c.showHistory)
}

// past reads a day, which is its beginning, a day with a time, or how long ago: "2026-11-01", "2026-11-01T13:00", "48h".
func past(verb, text string, now time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, form := range []string{time.DateOnly, "2006-01-02 15:04", phone.PlanTime} {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &usageError{verb: verb, why: "a time is as in 2026-11-01, 2026-11-01T13:00 or 48h, not " + text}
}

func (c *cli) historyNote(ctx context.Context, args []string) error {
	given, err := words(c.flags("history"), args, 2, -1)
	if err != nil {
		return err
	}
	id, err := historyID(given[0])
	if err != nil {
		return err
	}
	return c.do(ctx, phone.SetHistoryNote{ID: id, Text: strings.Join(given[1:], " ")})
}

func (c *cli) historyDelete(ctx context.Context, args []string) error {
	given, err := words(c.flags("history"), args, 1, 1)
	if err != nil {
		return err
	}
	id, err := historyID(given[0])
	if err != nil {
		return err
	}
	return c.do(ctx, phone.DeleteHistory{ID: id})
}

func historyID(word string) (int64, error) {
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil || id <= 0 {
		return 0, &usageError{verb: "history", why: "not a call of the history: " + word}
	}
	return id, nil
}

func (c *cli) showHistory(entries []phone.HistoryEntry) {
	t := c.table()
	for _, e := range entries {
		var notes []string
		add := func(when bool, text string) {
			if when {
				notes = append(notes, text)
			}
		}
		add(e.Outcome == phone.OutcomeFailed, reasonText(&e.Reason))
		add(e.Outcome == phone.OutcomeMissed && !e.Seen, "new")
		add(e.Queue != "", "queue "+string(e.Queue))
		add(e.Sought != "", "for "+e.Sought)
		add(e.Role != "", "as "+string(e.Role))
		add(e.Note != "", e.Note)
		for _, id := range e.Recordings {
			add(true, fmt.Sprintf("recording %d", id))
		}
		talked := ""
		if e.Duration > 0 {
			talked = clock(e.Duration)
		}
		t.row(fmt.Sprint(e.ID), e.Begun.Local().Format("2006-01-02 15:04"), string(e.Direction), string(e.Outcome), talked, who(e.Remote), strings.Join(notes, "; "))
	}
	t.flush()
}
