// Package ami connects the team server with an Asterisk: it speaks its Manager Interface (AMI), tells what its queues,
// members, callers and telephones do as [team.SourceEvent], and does what is asked as [team.SourceAction]. It keeps no
// history.
//
//	socket ──► reader ──► pile ──► session ──► sink        Do ──► action ──► socket
//	(conn.go)              │     (events in order)                  ▲
//	                       └ full: connect anew          response ──┘ (by ActionID)
//
// What Asterisk answers to the questions at the start, QueueStatus and the others, runs through the same pile as its
// events, so that what was asked and what happened meanwhile are told in the order they were said.
//
// What a dial plan must have for night, overflow and forwarding is in docs/team-asterisk.md.
package ami

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// Config is where the Asterisk is. Only Address, User and PasswordFile are needed.
type Config struct {
	ID           string // default "asterisk"
	Address      string // host:port
	User         string
	PasswordFile string       // its first line is the password; read anew at each login
	TLS          *tls.Config  // nil: in clear
	Context      string       // of the dial plan: where numbers are called; default "default"
	Technology   string       // of telephones that are named by their extension only; default "PJSIP"
	Texts        Texts        // where texts go
	Log          *slog.Logger // nil: nothing
	Now          func() time.Time

	hurry int // tests: pauses are divided by it
}

// Source is an Asterisk. It implements [team.Source].
type Source struct {
	cfg Config
	log *slog.Logger

	mu   sync.Mutex
	live *session // guarded by mu; nil while there is no connection
	why  phone.Reason
}

var _ team.Source = (*Source)(nil)

// New makes a source; Run connects it.
func New(c Config) *Source {
	set := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	set(&c.ID, "asterisk")
	set(&c.Context, "default")
	set(&c.Technology, "PJSIP")
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.hurry == 0 {
		c.hurry = 1
	}
	return &Source{cfg: c, log: c.Log.With("room", "ami", "source", c.ID), why: phone.Reason{ID: phone.ReasonNoReply}}
}

// ID implements [team.Source].
func (s *Source) ID() string { return s.cfg.ID }

// How long to wait before the next try. A password that was refused is tried again when its file has changed, or after
// passwordPause: Asterisk's owners ban who hammers.
const (
	firstPause    = time.Second
	lastPause     = 30 * time.Second
	passwordPause = 5 * time.Minute
	passwordLook  = 2 * time.Second
	dialLimit     = 10 * time.Second
)

// Run implements [team.Source].
func (s *Source) Run(ctx context.Context, sink func(team.SourceEvent)) error {
	pause := firstPause
	for ctx.Err() == nil {
		stood, err := s.once(ctx, sink)
		if ctx.Err() != nil {
			break
		}
		why := reasonOf(err)
		s.mu.Lock()
		s.why = why
		s.mu.Unlock()
		s.log.Warn("no connection", "reason", why.ID, "err", err)
		sink(team.SourceDown{At: s.cfg.Now(), Reason: why})
		if stood {
			pause = firstPause
		}
		if errors.Is(err, errPassword) {
			s.waitPassword(ctx)
			continue
		}
		// Half of it at random: many servers that lost one exchange do not come back as one.
		s.sleep(ctx, pause/2+rand.N(pause/2))
		pause = min(2*pause, lastPause)
	}
	return ctx.Err()
}

func (s *Source) sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d / time.Duration(s.cfg.hurry))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// waitPassword waits until the password's file has changed, or for a long time.
func (s *Source) waitPassword(ctx context.Context) {
	stamp := func() string {
		info, err := os.Stat(s.cfg.PasswordFile)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
	}
	was := stamp()
	for waited := time.Duration(0); waited < passwordPause && ctx.Err() == nil && stamp() == was; waited += passwordLook {
		s.sleep(ctx, passwordLook)
	}
}

// once connects and goes on until the connection ends. stood says that everything had been told.
func (s *Source) once(ctx context.Context, sink func(team.SourceEvent)) (stood bool, err error) {
	password, err := s.password()
	if err != nil {
		return false, err
	}
	nc, err := s.dial(ctx)
	if err != nil {
		return false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer stop()
	defer nc.Close()
	c, err := logIn(nc, s.cfg.User, password)
	if err != nil {
		return false, err
	}
	ss := newSession(s, c, sink)
	return ss.run(ctx)
}

func (s *Source) password() (string, error) {
	b, err := os.ReadFile(s.cfg.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read the manager interface's password: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

func (s *Source) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	if s.cfg.TLS == nil {
		nc, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.cfg.Address)
		if err != nil {
			return nil, fmt.Errorf("connect: %w", err)
		}
		return nc, nil
	}
	nc, err := (&tls.Dialer{Config: s.cfg.TLS}).DialContext(ctx, "tcp", s.cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return nc, nil
}

// up says that a session can be asked, or (nil) that there is none.
func (s *Source) up(ss *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live = ss
}

func (s *Source) session() (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live == nil {
		return nil, &phone.Error{Reason: s.why}
	}
	return s.live, nil
}
