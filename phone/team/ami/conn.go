package ami

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// conn is one connection, logged in. One goroutine calls receive; anybody may call do.
type conn struct {
	nc net.Conn
	in *reader

	mu      sync.Mutex
	last    int                     // guarded by mu; of the action IDs
	waiting map[string]chan message // guarded by mu; who waits for a response, by action ID
	over    error                   // guarded by mu; why there is no connection any more
	done    chan struct{}           // closed when there is none any more
}

const (
	loginLimit = 10 * time.Second // from the first byte to being logged in
	writeLimit = 5 * time.Second
)

// errPassword is a login that was refused, errClosed a connection that has ended.
var (
	errPassword = errors.New("the manager interface does not accept user name or password")
	errClosed   = errors.New("the connection has ended")
)

// refusal is a "Response: Error".
type refusal struct{ said string }

func (r *refusal) Error() string { return "refused: " + r.said }

// logIn makes a connection out of a socket. The password goes over it as the MD5 of a challenge and itself, which is what
// the interface has; TLS hides it better.
func logIn(nc net.Conn, user, password string) (*conn, error) {
	c := &conn{nc: nc, in: newReader(nc), waiting: map[string]chan message{}, done: make(chan struct{})}
	if err := nc.SetDeadline(time.Now().Add(loginLimit)); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	if _, err := c.in.banner(); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	challenge, err := c.first(ask("Challenge", "AuthType", "MD5"))
	if err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	key := md5.Sum([]byte(challenge.get("Challenge") + password))
	_, err = c.first(ask("Login", "AuthType", "MD5", "Username", user, "Key", hex.EncodeToString(key[:]), "Events", "call,agent,dialplan,user"))
	if r := (*refusal)(nil); errors.As(err, &r) {
		return nil, fmt.Errorf("log in: %w: %s", errPassword, r.said)
	} else if err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	if err := nc.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return c, nil
}

// first does an action before anybody else reads.
func (c *conn) first(a action) (message, error) {
	c.last++
	id := strconv.Itoa(c.last)
	b, err := a.bytes(id)
	if err != nil {
		return nil, err
	}
	if _, err := c.nc.Write(b); err != nil {
		return nil, err
	}
	for {
		m, err := c.in.read()
		if err != nil {
			return nil, err
		}
		if m.response() && (m.get("ActionID") == id || m.get("ActionID") == "") {
			return m, refused(m)
		}
	}
}

func refused(m message) error {
	if strings.EqualFold(m.get("Response"), "Error") {
		return &refusal{m.get("Message")}
	}
	return nil
}

// receive reads the next message that nobody waits for in do: events, and responses to what send asked.
func (c *conn) receive() (message, error) {
	for {
		m, err := c.in.read()
		if err != nil {
			c.close(err)
			return nil, err
		}
		if !m.response() {
			return m, nil
		}
		id := m.get("ActionID")
		c.mu.Lock()
		wait := c.waiting[id]
		delete(c.waiting, id)
		c.mu.Unlock()
		if wait == nil {
			return m, nil
		}
		wait <- m // has room for it
	}
}

// send asks for something whose response comes out of receive, and returns its action ID.
func (c *conn) send(a action) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.write(a, nil)
}

// write sends an action; mu must be held, so that no two mix.
func (c *conn) write(a action, wait chan message) (string, error) {
	if c.over != nil {
		return "", fmt.Errorf("%w: %w", errClosed, c.over)
	}
	c.last++
	id := strconv.Itoa(c.last)
	b, err := a.bytes(id)
	if err != nil {
		return "", err
	}
	if wait != nil {
		c.waiting[id] = wait
	}
	if err := c.nc.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return "", fmt.Errorf("send %s: %w", a.name, err)
	}
	if _, err := c.nc.Write(b); err != nil {
		delete(c.waiting, id)
		return "", fmt.Errorf("send %s: %w", a.name, err)
	}
	return id, nil
}

// do asks for something and waits for its response. A refusal is an error.
func (c *conn) do(ctx context.Context, a action) (message, error) {
	return c.doAs(ctx, a, func(string) {})
}

// doAs is do with the action ID told before anything is sent.
func (c *conn) doAs(ctx context.Context, a action, as func(id string)) (message, error) {
	wait := make(chan message, 1)
	c.mu.Lock()
	as(strconv.Itoa(c.last + 1))
	id, err := c.write(a, wait)
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case m, open := <-wait:
		if !open {
			return nil, fmt.Errorf("%s: %w", a.name, errClosed)
		}
		return m, refused(m)
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return nil, fmt.Errorf("%s: %w", a.name, ctx.Err())
	}
}

// close ends the connection; who waits is told so. The first reason counts.
func (c *conn) close(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return
	}
	c.over = why
	_ = c.nc.Close() // nothing is left to say
	close(c.done)
	for id, wait := range c.waiting {
		close(wait)
		delete(c.waiting, id)
	}
}
