package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// scopeLink is that of a one-time link: it opens nothing but the page where a password is chosen.
const scopeLink team.Scope = "link"

// scopeCode is that of an activation code, which opens nothing but activate.
const scopeCode team.Scope = "code"

// Wrong passwords: a user is locked after so many, for longer each time; an address after more. The counts are in the
// database, for all servers, and end a day after the last.
const (
	userTries    = 5
	addressTries = 30
	lockFirst    = time.Minute
	lockMost     = time.Hour
)

// gate lets an address try to sign in 20 times at once and then once in three seconds, whatever comes of it.
type gate struct {
	mu   sync.Mutex
	from map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

const (
	gateBurst = 20
	gateRate  = 1.0 / 3 // a second
)

// pass reports whether another try may be made, else when.
func (g *gate) pass(address string, now time.Time) (wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.from == nil {
		g.from = map[string]*bucket{}
	}
	b := g.from[address]
	if b == nil {
		b = &bucket{left: gateBurst, at: now}
		g.from[address] = b
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.left = min(gateBurst, b.left+passed.Seconds()*gateRate)
	}
	b.at = now
	if b.left < 1 {
		return time.Duration((1 - b.left) / gateRate * float64(time.Second))
	}
	b.left--
	return 0
}

func (g *gate) tidy(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for a, b := range g.from {
		if now.Sub(b.at) > 2*time.Minute {
			delete(g.from, a)
		}
	}
}

// address is whom a request comes from: one IPv4 address, or an IPv6 network of 64 bits, which one subscriber has.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip := net.ParseIP(host)
	if ip == nil || ip.To4() != nil {
		return host
	}
	return ip.Mask(net.CIDRMask(64, 128)).String()
}

// seen is when a token was used last.
type seen struct{ at, expires time.Time }

// tokenCache remembers tokens that were shown to be right. Whether one is still good the board knows: its device is there.
type tokenCache struct {
	mu   sync.Mutex
	good map[string]kept.Token
	seen map[string]seen
}

func (c *tokenCache) get(id string) (kept.Token, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.good[id]
	return t, ok
}

func (c *tokenCache) use(t kept.Token, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.good == nil || len(c.good) > 20000 {
		c.good, c.seen = map[string]kept.Token{}, map[string]seen{}
	}
	if t.Agent != programAgent { // devices that are used stay signed in; programs' tokens end when it was said
		if until := now.AddDate(0, 0, keepDays); until.After(t.Expires) {
			t.Expires = until
		}
	}
	t.Seen = now
	c.good[t.ID] = t
	c.seen[t.ID] = seen{now, t.Expires}
}

func (c *tokenCache) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.good, id)
	delete(c.seen, id)
}

func (c *tokenCache) takeSeen() map[string]seen {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.seen
	c.seen = map[string]seen{}
	return out
}

// bearer is the token of a request's header.
func bearer(r *http.Request) string {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// errNotSignedIn is any reason why a token opens nothing.
var errNotSignedIn = &team.Fault{Status: http.StatusUnauthorized, Code: team.CodeNotSignedIn}

// authenticate is who a token is of that opens more than one door.
func (s *Server) authenticate(ctx context.Context, token string) (team.Person, kept.Token, error) {
	p, t, err := s.identify(ctx, token)
	if d, _ := door(t); err == nil && d != "" {
		return team.Person{}, kept.Token{}, forbidden()
	}
	return p, t, err
}

// identify is who a token is of, whatever it opens.
func (s *Server) identify(ctx context.Context, token string) (team.Person, kept.Token, error) {
	id, secret, ok := splitToken(token)
	if !ok {
		return team.Person{}, kept.Token{}, errNotSignedIn
	}
	t, cached := s.tokens.get(id)
	if !cached {
		var err error
		if t, err = s.Shelf.Token(ctx, id); errors.Is(err, kept.ErrNotFound) {
			return team.Person{}, kept.Token{}, errNotSignedIn
		} else if err != nil {
			return team.Person{}, kept.Token{}, err
		}
	}
	_, there := s.board.get(team.KindDevice, id)
	if !cached && !there && sameHash(t.Hash, hashSecret(secret)) { // made by another program a moment ago
		_ = s.board.catchUp(ctx)
		_, there = s.board.get(team.KindDevice, id)
	}
	person, may := s.board.who(t.Person)
	if !there || !may || t.Scope == scopeLink || !sameHash(t.Hash, hashSecret(secret)) || !s.Now().Before(t.Expires) {
		if cached && !there {
			s.tokens.forget(id)
		}
		return team.Person{}, kept.Token{}, errNotSignedIn
	}
	s.tokens.use(t, s.Now())
	return person, t, nil
}

// checkPassword is the person who has a user name and a password, with the counts of wrong ones kept.
func (s *Server) checkPassword(ctx context.Context, from, user, password string) (team.Person, error) {
	user = foldUser(user)
	if err := s.mayTry(ctx, from, user); err != nil {
		return team.Person{}, err
	}
	p, known := s.board.user(user)
	secret := ""
	if known && !p.Disabled {
		var err error
		if secret, err = s.Shelf.Secret(ctx, p.ID); err != nil && !errors.Is(err, kept.ErrNotFound) {
			return team.Person{}, err
		}
	}
	if len(password) > longest || !s.hash.check(password, secret) {
		return team.Person{}, s.wrong(ctx, from, user, p.ID)
	}
	return p, nil
}

// mayTry refuses who is locked out or tries too often.
func (s *Server) mayTry(ctx context.Context, from, user string) error {
	now := s.Now()
	if wait := s.gate.pass(from, now); wait > 0 {
		return &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, RetryS: seconds(wait)}
	}
	for _, k := range []string{"user:" + user, "address:" + from} {
		a, err := s.Shelf.Attempts(ctx, k)
		if err != nil {
			return err
		}
		if wait := a.Until.Sub(now); wait > 0 && wait <= 2*lockMost { // more: the clock was ahead when it was locked
			return &team.Fault{Status: http.StatusForbidden, Code: team.CodeLocked, RetryS: seconds(wait)}
		}
	}
	return nil
}

// within reports whether something was no longer ago than a span. What is far ahead of now was counted with a wrong clock; a
// little the clocks of two servers differ.
func within(at, now time.Time, span time.Duration) bool {
	ago := now.Sub(at)
	return ago > -lockMost && ago <= span
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// wrong counts a wrong password and is the answer to it.
func (s *Server) wrong(ctx context.Context, from, user string, id team.PersonID) error {
	now := s.Now()
	limits := map[string]int{"user:" + user: userTries, "address:" + from: addressTries}
	var locked time.Duration
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		for k, limit := range limits {
			a, err := tx.Attempts(k)
			if err != nil {
				return err
			}
			if !within(a.Last, now, 24*time.Hour) {
				a = kept.Attempts{}
			}
			a.Count, a.Last = a.Count+1, now
			if over := a.Count - limit; over >= 0 {
				d := min(lockMost, lockFirst<<min(over, 10))
				a.Until, locked = now.Add(d), max(locked, d)
			}
			if err := tx.SetAttempts(k, a); err != nil {
				return err
			}
		}
		return tx.Audit(team.AuditEntry{At: now, Person: id, Address: from, Action: "signIn", Target: user})
	})
	switch {
	case err != nil:
		return err
	case locked > 0:
		return &team.Fault{Status: http.StatusForbidden, Code: team.CodeLocked, RetryS: seconds(locked)}
	}
	return &team.Fault{Status: http.StatusUnauthorized, Code: team.CodeWrongPassword}
}

func foldUser(user string) string { return strings.ToLower(strings.TrimSpace(user)) }

// deviceName is what a device may call itself.
func deviceName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		name = "Svara"
	}
	return name, short("device", name, 80, false)
}

// programAgent marks tokens that an administrator made for a program.
const programAgent = "program"

// issue makes a token and signs its device in.
func (s *Server) issue(tx kept.Tx, p team.PersonID, name, agent string, scope team.Scope, until time.Time) (team.Token, error) {
	id, secret := newSecret()
	now := s.Now().UTC()
	t := kept.Token{ID: id, Hash: hashSecret(secret), Person: p, Name: name, Agent: agent, Scope: scope, Since: now, Seen: now, Expires: until.UTC()}
	if err := tx.PutToken(t); err != nil {
		return team.Token{}, err
	}
	out := team.Token{Token: tokenPrefix + id + "_" + secret, Device: signedIn(t)}
	if scope == scopeLink {
		return out, nil
	}
	return out, put(tx, team.Item{Kind: team.KindDevice, ID: id, Person: p}, out.Device)
}

func signedIn(t kept.Token) team.SignedIn {
	return team.SignedIn{ID: t.ID, Person: t.Person, Name: t.Name, Agent: t.Agent, Since: t.Since, Seen: t.Seen, Expires: t.Expires}
}

// revoke signs a device out, on all servers.
func revoke(tx kept.Tx, t kept.Token) error {
	if err := tx.DeleteToken(t.ID); err != nil {
		return err
	}
	_, err := tx.Put(team.Item{Kind: team.KindDevice, ID: t.ID, Person: t.Person, Gone: true})
	return err
}

// revokeAll signs out all devices of a person but one.
func (s *Server) revokeAll(ctx context.Context, of team.PersonID, but string) ([]kept.Token, error) {
	all, err := s.Shelf.Tokens(ctx, of)
	if err != nil {
		return nil, err
	}
	var out []kept.Token
	for _, t := range all {
		if t.ID != but {
			out = append(out, t)
		}
	}
	return out, nil
}
