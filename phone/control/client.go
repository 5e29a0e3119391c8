package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"svara/phone"
)

// ErrNotRunning is what Dial returns when no phone runs with the profile.
var ErrNotRunning = errors.New("no phone runs with this profile")

// Refusal is a request that the phone refused. phone.ReasonOf finds its reason.
type Refusal struct {
	Reason phone.Reason
	Words  string // in the phone's language; may be empty
}

func (r *Refusal) Error() string {
	words := r.Words
	if words == "" {
		words = r.Reason.Text
	}
	if words == "" {
		return string(r.Reason.ID)
	}
	return string(r.Reason.ID) + ": " + words
}

func (r *Refusal) Unwrap() error { return &phone.Error{Reason: r.Reason} }

// Client is a connection to a running phone. One goroutine may use it at a time.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
	last uint64 // ID of the last request
}

// Dial connects to the phone that runs with a profile.
func Dial(profileDir string) (*Client, error) {
	profile, err := canonical(profileDir)
	if err != nil {
		return nil, fmt.Errorf("reach the phone: %w", err)
	}
	var tried error
	for _, p := range places(profile) {
		if !p.fits() {
			continue
		}
		if _, err := os.Lstat(p.socket); err != nil {
			continue // nothing there
		}
		if err := p.trusted(); err != nil {
			tried = errors.Join(tried, err)
			continue
		}
		conn, err := net.DialTimeout("unix", p.socket, 5*time.Second)
		if err == nil {
			return &Client{conn: conn, in: bufio.NewReader(conn)}, nil
		}
		tried = errors.Join(tried, err)
	}
	if tried != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRunning, tried)
	}
	return nil, ErrNotRunning
}

// HandOver gives a second start's arguments to the phone that runs, and has it show itself. It tries until ctx ends: the
// other may be just about to listen.
func HandOver(ctx context.Context, profileDir string, args []string) error {
	for {
		c, err := Dial(profileDir)
		if err == nil {
			defer func() { _ = c.Close() }()
			return c.Call(ctx, "raise", raiseArgs{Args: args}, nil)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Call asks the phone: args is the verb's arguments or nil; result is where the answer goes, or nil. What the phone
// refuses comes as a *Refusal.
func (c *Client) Call(ctx context.Context, verb string, args, result any) error {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c.last++
	request := Request{ID: c.last, Verb: verb}
	if args != nil {
		raw, err := json.Marshal(args)
		if err != nil {
			return fmt.Errorf("%s: %w", verb, err)
		}
		request.Args = raw
	}
	raw, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	if _, err := c.conn.Write(append(raw, '\n')); err != nil {
		return c.failed(ctx, verb, err)
	}
	var response Response
	line, err := c.in.ReadBytes('\n')
	if err != nil {
		return c.failed(ctx, verb, err)
	}
	if err := json.Unmarshal(line, &response); err != nil {
		return fmt.Errorf("%s: the phone's answer: %w", verb, err)
	}
	if response.Error != nil {
		return &Refusal{Reason: response.Error.Reason, Words: response.Error.Words}
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(response.Result, result); err != nil {
		return fmt.Errorf("%s: the phone's answer: %w", verb, err)
	}
	return nil
}

func (c *Client) failed(ctx context.Context, verb string, err error) error {
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case errors.Is(err, io.EOF):
		err = ErrNotRunning // it ended before it answered
	}
	return fmt.Errorf("%s: %w", verb, err)
}

// Do sends a command, as phone.Phone does. What is secret in it is sent.
func (c *Client) Do(ctx context.Context, command phone.Command) (phone.CallID, error) {
	var args any = command
	switch put := command.(type) {
	case phone.PutAccount:
		args = putAccount{Account: put.Account, Password: put.Password.Reveal(), TURNSecret: put.TURNSecret.Reveal(), SessionOnly: put.SessionOnly}
	case phone.PutBook:
		args = putBook{Book: put.Book, Password: put.Password.Reveal()}
	case phone.PutMailServer:
		args = putMailServer{Server: put.Server, Password: put.Password.Reveal()}
	case phone.SignInTeam:
		args = map[string]string{"account": string(put.Account), "user": put.User, "password": put.Password.Reveal()}
	case phone.RedeemCode:
		args = map[string]string{"url": put.URL, "mobile": put.Mobile, "code": put.Code.Reveal()}
	case phone.SetTeamPassword:
		args = map[string]string{"old": put.Old.Reveal(), "new": put.New.Reveal()}
	}
	var done Done
	err := c.Call(ctx, command.Verb(), args, &done)
	return done.Call, err
}

// Wait waits for a condition, see Condition. A *Refusal with ReasonTimedOut says that it did not come true in time.
func (c *Client) Wait(ctx context.Context, condition string, patience time.Duration) (Waited, error) {
	var out Waited
	err := c.Call(ctx, "wait", waitArgs{Condition: condition, TimeoutMS: max(1, patience.Milliseconds())}, &out)
	return out, err
}

// Events gives every line, first a snapshot, to fn until ctx ends, fn returns an error, or the phone ends
// (ErrNotRunning). The line is valid during the call only and ends with its line break.
func (c *Client) Events(ctx context.Context, fn func(line []byte) error) error {
	if err := c.Call(ctx, "events", nil, nil); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	for {
		line, err := c.in.ReadBytes('\n')
		if err != nil {
			return c.failed(ctx, "events", err)
		}
		if err := fn(line); err != nil {
			return err
		}
	}
}

// Quit ends the phone and waits until it is gone: its connection closes when its profile is free again.
func (c *Client) Quit(ctx context.Context) error {
	if err := c.Call(ctx, "quit", nil, nil); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	_, err := c.in.ReadByte()
	if ctx.Err() != nil {
		return fmt.Errorf("quit: %w", ctx.Err())
	}
	if err == nil {
		return errors.New("quit: the phone went on talking")
	}
	return nil
}
