package team

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

// FeedEvent is something a feed told: one of the fields is set.
type FeedEvent struct {
	Item   *Item
	Reset  bool // what was read before is to be forgotten: all comes again
	Synced bool // all that there is has been told; changes follow
	// At is how far has been read, to go on from after a restart. It is told after the items before it.
	At Position
	// Down is why the server, or its database, is away; it is asked again by itself. The next event of another kind says that
	// it is back.
	Down error
	// Again is when it is asked again, from then on; 0: it tells by itself when it is back.
	Again time.Duration
}

// Times of Follow.
const (
	quiet     = 45 * time.Second       // three heartbeats missed: the connection is dead
	pauseLow  = 500 * time.Millisecond // the first pause; it doubles
	pauseHigh = 3500 * time.Millisecond
	lineLimit = 1 << 20
)

// Follow reads the feed from a position on and hands each event to f, on the calling goroutine. It connects anew by itself,
// with pauses that grow to 3.5 seconds and are each somewhat random: when a server starts again a thousand desktops come
// back within five seconds and not all at once. It returns when ctx ends, with nil, or when the token is not accepted.
func (c *Client) Follow(ctx context.Context, from Position, f func(FeedEvent)) error {
	pause := pauseLow
	for {
		err := c.followOnce(ctx, &from, func(e FeedEvent) {
			pause = pauseLow
			f(e)
		})
		var fault *Fault
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &fault) && (fault.Status == http.StatusUnauthorized || fault.Status == http.StatusForbidden):
			return err
		}
		wait := pause/2 + rand.N(pause/2)
		if fault != nil && fault.RetryS > 0 {
			wait = max(wait, time.Duration(fault.RetryS)*time.Second+rand.N(time.Second))
		}
		f(FeedEvent{Down: err, Again: wait})
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil
		}
		pause = min(2*pause, pauseHigh)
	}
}

// followOnce reads one connection until it ends; it always does with an error.
func (c *Client) followOnce(ctx context.Context, at *Position, f func(FeedEvent)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dead := time.AfterFunc(quiet, cancel)
	defer dead.Stop()
	r, err := c.request(ctx, http.MethodGet, "feed", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	if *at != "" {
		r.Header.Set("Last-Event-ID", string(*at))
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		data, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		return fault(resp, data)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 0, 4096), lineLimit)
	var name string
	var data []byte
	for lines.Scan() {
		dead.Reset(quiet)
		line := lines.Bytes()
		field, rest, _ := bytes.Cut(line, []byte(":"))
		rest = bytes.TrimPrefix(rest, []byte(" "))
		switch {
		case len(line) == 0:
			if err := tellEvent(name, data, f); err != nil {
				return err
			}
			name, data = "", nil
		case string(field) == "event":
			name = string(rest)
		case string(field) == "data":
			data = bytes.Clone(rest)
		case string(field) == "id":
			*at = Position(rest)
			f(FeedEvent{At: *at})
		}
	}
	if err := lines.Err(); err != nil {
		return unreachable(err)
	}
	return unreachable(io.ErrUnexpectedEOF)
}

func tellEvent(name string, data []byte, f func(FeedEvent)) error {
	switch {
	case name == FeedReset:
		f(FeedEvent{Reset: true})
	case name == FeedSynced:
		f(FeedEvent{Synced: true})
	case name == FeedAway:
		f(FeedEvent{Down: &Fault{Status: http.StatusServiceUnavailable, Code: CodeUnavailable}})
	case name == "" && data != nil:
		i := &Item{}
		if err := json.Unmarshal(data, i); err != nil {
			return unreachable(err)
		}
		f(FeedEvent{Item: i})
	}
	return nil
}
