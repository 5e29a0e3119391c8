package digest

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
)

// Client answers challenges for one account. It counts requests per nonce (nc) and remembers the last challenge of
// each realm, so that later requests can carry their answer from the start. The zero value is ready; it is safe for
// concurrent use.
type Client struct {
	mu     sync.Mutex
	realms map[realmKey]*realmState // guarded by mu
}

// maxRealms bounds what a misbehaving server can make us remember.
const maxRealms = 16

// realmKey tells the proxy's protection space from the server's: both may use one realm with different nonces.
type realmKey struct {
	realm string
	proxy bool
}

type realmState struct {
	challenge Challenge // as last answered
	cnonce    string    // one per nonce: -sess algorithms derive their key from the first
	count     uint32    // requests answered with this nonce
	strongest int       // the highest rank ever answered here
}

// Authorize makes the value of the Authorization or Proxy-Authorization header (Challenge.Header names which) for a
// request. uri is the request's digest-uri: the Request-URI with its parameters. body is hashed only for auth-int.
// Answering the same challenge again raises nc. The error is ErrAlgorithm, ErrQOP, ErrDowngrade or ErrMalformed.
func (c *Client) Authorize(ch Challenge, user, secret, method, uri string, body []byte) (string, error) {
	algorithm := lookup(ch.Algorithm)
	qop := ch.chooseQOP()
	switch {
	case algorithm.strength == 0:
		return "", fmt.Errorf("%w %q", ErrAlgorithm, ch.Algorithm)
	case ch.protection() < 0:
		return "", fmt.Errorf("%w %q", ErrQOP, ch.QOP)
	case ch.Nonce == "" || !printable(user, ch.Realm, ch.Nonce, ch.Opaque, ch.Algorithm, method, uri):
		return "", fmt.Errorf("answer realm %q: %w", ch.Realm, ErrMalformed)
	}
	cnonce, count, err := c.next(ch)
	if err != nil {
		return "", err
	}
	nc := fmt.Sprintf("%08x", count)
	response := answer{
		algorithm: algorithm, user: user, realm: ch.Realm, secret: secret, nonce: ch.Nonce, cnonce: cnonce, nc: nc, qop: qop,
		method: method, uri: uri, body: body,
	}.response()

	w := newWriter()
	w.quoted("username", user)
	w.quoted("realm", ch.Realm)
	w.quoted("nonce", ch.Nonce)
	w.quoted("uri", uri)
	w.quoted("response", response)
	if ch.Algorithm != "" {
		w.token("algorithm", ch.Algorithm)
	}
	if qop != "" || algorithm.session {
		w.quoted("cnonce", cnonce)
	}
	if ch.Opaque != "" {
		w.quoted("opaque", ch.Opaque)
	}
	if qop != "" {
		w.token("qop", qop)
		w.token("nc", nc)
	}
	return w.String(), nil
}

// next is the cnonce and count for one more request under ch's nonce.
func (c *Client) next(ch Challenge) (cnonce string, count uint32, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := realmKey{ch.Realm, ch.Proxy}
	s := c.realms[key]
	if s == nil {
		if c.realms == nil || len(c.realms) >= maxRealms {
			c.realms = map[realmKey]*realmState{}
		}
		s = &realmState{}
		c.realms[key] = s
	}
	if ch.rank() < s.strongest {
		return "", 0, fmt.Errorf("%w in realm %q: %q qop %q", ErrDowngrade, ch.Realm, ch.Algorithm, ch.QOP)
	}
	s.strongest = ch.rank()
	if s.challenge.Nonce != ch.Nonce || !strings.EqualFold(s.challenge.Algorithm, ch.Algorithm) {
		s.cnonce, s.count = rand.Text(), 0
	}
	s.challenge = ch
	s.challenge.Stale = false
	s.count++
	return s.cnonce, s.count, nil
}

// Known is the challenges answered last, one a realm: answering one before being asked saves a round trip. The server
// tells with stale when the nonce has become too old.
func (c *Client) Known() []Challenge {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Challenge
	for _, s := range c.realms {
		if s.challenge.Nonce != "" {
			out = append(out, s.challenge)
		}
	}
	return out
}

// Forget drops all nonces and what the realms used before: after a change of password, server or account.
func (c *Client) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.realms = nil
}
