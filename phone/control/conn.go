package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"svara/phone"
)

// writePatience is how long a client may leave a line unread. Only the client's own goroutine waits: the phone's
// subscription drops what such a client cannot take, and counts it.
const writePatience = 30 * time.Second

// client is one connection: one goroutine reads lines, another answers them in order.
type client struct {
	sv   *serving
	conn net.Conn // written by the answering goroutine only
}

// line is what the reading goroutine hands over: a request, or why it is none.
type line struct {
	text []byte
	err  error
}

func (c *client) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = c.conn.Close() })
	defer stop()

	// here ends when the client has nothing more to say; ctx when the connection is to be closed.
	here, leave := context.WithCancel(ctx)
	lines := make(chan line)
	c.sv.clients.Go(func() {
		defer close(lines)
		defer leave()
		c.read(ctx, lines)
	})
	for l := range lines {
		if err := c.answer(ctx, here, l); err != nil {
			break
		}
	}
	_ = c.conn.Close()
}

// read splits the input into lines. A line beyond MaxLine is skipped to its end and reported once.
func (c *client) read(ctx context.Context, lines chan<- line) {
	r := bufio.NewReaderSize(c.conn, 4096)
	var buf []byte
	tooLong := false
	for {
		part, err := r.ReadSlice('\n')
		if len(buf)+len(part) > MaxLine {
			tooLong, buf = true, nil
		}
		if !tooLong {
			buf = append(buf, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		l := line{text: bytes.TrimSpace(buf)}
		if tooLong {
			l = line{err: phone.Refuse(phone.ReasonBadCommand, "line too long")}
		}
		buf, tooLong = nil, false
		if l.err != nil || len(l.text) > 0 {
			select {
			case lines <- l:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// answer handles one line. The error is that of the connection.
func (c *client) answer(ctx, here context.Context, l line) error {
	if l.err != nil {
		return c.refuse(0, l.err)
	}
	var r Request
	// The parser's own words could quote the line, which may hold a password.
	if err := json.Unmarshal(l.text, &r); err != nil || r.Verb == "" {
		return c.refuse(r.ID, phone.Refuse(phone.ReasonBadCommand, "not a JSON object with a verb"))
	}
	c.sv.log.Debug("control", "verb", r.Verb)
	switch r.Verb {
	case "events":
		return c.events(here, r.ID)
	case "wait":
		result, err := c.sv.wait(here, r.Args)
		return c.reply(r.ID, result, err)
	case "quit":
		if c.sv.Quit == nil {
			return c.refuse(r.ID, phone.Refuse(phone.ReasonBadCommand, r.Verb))
		}
		err := c.reply(r.ID, Done{}, nil)
		c.sv.Quit()
		return err
	}
	if query, ok := queries[r.Verb]; ok {
		result, err := query(ctx, c.sv.Server, r.Args)
		return c.reply(r.ID, result, err)
	}
	command, err := decodeCommand(r)
	if err != nil {
		return c.refuse(r.ID, err)
	}
	call, err := c.sv.Phone.Do(command)
	c.sv.ledger.made(call)
	if err == nil && c.sv.Saved != nil && lasting(command) {
		limited, cancel := context.WithTimeout(ctx, savePatience)
		err = c.sv.Saved(limited)
		cancel()
	}
	return c.reply(r.ID, Done{Call: call}, err)
}

// savePatience is how long a disk may take before the client is told that it is not known whether it has saved.
const savePatience = 10 * time.Second

// lasting reports whether a command changes what outlives the phone: to a script, done means saved, whatever happens
// the moment after.
func lasting(c phone.Command) bool {
	switch c.(type) {
	case phone.PutAccount, phone.RemoveAccount, phone.Set, phone.SeeMissed, phone.DeleteRecording,
		phone.PutPerson, phone.RemovePerson, phone.MarkPerson, phone.SetPhoto, phone.PutBook, phone.RemoveBook,
		phone.PutItem, phone.RemoveItem, phone.SetActivity, phone.UseShortcut, phone.SetNote, phone.SetRole,
		phone.SetHistoryNote, phone.DeleteHistory, phone.PutMailServer, phone.RemoveMailServer:
		return true
	}
	return false
}

// decodeCommand is phone.DecodeCommand without words that could quote a password.
func decodeCommand(r Request) (phone.Command, error) {
	command, err := phone.DecodeCommand(r.Verb, r.Args)
	if err != nil && (strings.HasPrefix(r.Verb, "account") || r.Verb == "book-put" || r.Verb == "mail-put") {
		return nil, phone.Refuse(phone.ReasonBadCommand, r.Verb+": malformed arguments")
	}
	return command, err
}

// events streams until the client leaves or the phone stops. A client that was too slow gets a fresh snapshot.
func (c *client) events(here context.Context, id uint64) error {
	sub := c.sv.Phone.Subscribe(here)
	if err := c.reply(id, Done{}, nil); err != nil {
		return err
	}
	for first := true; ; first = false {
		update, err := sub.Next(here)
		if err != nil {
			return io.EOF
		}
		var out bytes.Buffer
		encode := json.NewEncoder(&out)
		if update.Lost > 0 {
			_ = encode.Encode(lostLine{"lost", update.Lost})
		}
		if first || update.Lost > 0 {
			now := update.Snapshot
			if now == nil {
				now = c.sv.Phone.Snapshot()
			}
			if err := encode.Encode(snapshotLine{"snapshot", now}); err != nil {
				return err
			}
		}
		for _, e := range update.Events {
			if err := encode.Encode(e); err != nil {
				return err
			}
		}
		if err := c.write(out.Bytes()); err != nil {
			return err
		}
	}
}

func (c *client) reply(id uint64, result any, err error) error {
	if err != nil {
		return c.refuse(id, err)
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return c.refuse(id, err)
	}
	return c.send(Response{ID: id, OK: true, Result: raw})
}

func (c *client) refuse(id uint64, err error) error {
	fault := &Fault{Reason: phone.ReasonOf(err)}
	if own, ok := ownWords[fault.ID]; ok {
		fault.Words = own(fault.Text)
	} else if c.sv.Words != nil {
		fault.Words = c.sv.Words(fault.Reason)
	}
	return c.send(Response{ID: id, Error: fault})
}

// ownWords are the words for the reasons that only this door gives, which the phone's language files do not know.
var ownWords = map[phone.ReasonID]func(text string) string{
	ReasonTimedOut:       func(text string) string { return text },
	ReasonNoWindow:       func(string) string { return "the phone runs without a window" },
	ReasonTooManyClients: func(limit string) string { return "more than " + limit + " connections" },
}

func (c *client) send(r Response) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return c.write(append(raw, '\n'))
}

func (c *client) write(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if err := c.conn.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return err
	}
	_, err := c.conn.Write(b)
	return err
}
