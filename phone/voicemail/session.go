package voicemail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"svara/phone"
)

// errSilent is a server that does not answer.
var errSilent = errors.New("the server does not answer")

// Bytes that an answer may have.
const (
	smallAnswer = 1 << 20
	batchAnswer = 4 << 20 // structure and header lines of a batch
	flagsAnswer = 300     // the flags of one message
)

// maxLines is how many lines may come in an answer, what is told unasked among them. The flags of all messages have more,
// and sounds that come as text.
const maxLines = 6_000

// session is a connection that is logged in, with the folder open.
type session struct {
	box  *box
	wire *wire
	imap *imapclient.Client
	caps imap.CapSet
	news chan struct{} // the server told of something
	had  uint32        // messages when the folder was opened
}

// connect makes a connection and keeps it until it ends. good: it has worked. first is a job that waits already.
func (b *box) connect(password phone.Secret, first *job) (good bool, err error) {
	s, err := b.open(b.ctx, password, (*session).enter)
	if err != nil {
		if first != nil {
			first.done <- &phone.Error{Reason: reasonOf(err)}
		}
		return false, err
	}
	stop := context.AfterFunc(b.ctx, func() { s.wire.Close() })
	defer func() {
		stop()
		s.wire.Close()
		_ = s.imap.Close() // waits until its reader has ended; what it says is why, and known
	}()
	if first != nil {
		if err := s.run(first); err != nil {
			return true, err
		}
	}
	if err := s.sync(); err != nil {
		return false, err
	}
	return true, s.listen()
}

// open makes a connection and enters the server.
func (b *box) open(ctx context.Context, password phone.Secret, enter func(*session, phone.Secret) error) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, b.s.times.connect)
	defer cancel()
	w, err := dial(ctx, b.server)
	if err != nil {
		return nil, orTimeout(ctx, err)
	}
	stop := context.AfterFunc(ctx, func() { w.Close() })
	s := &session{box: b, wire: w, news: make(chan struct{}, 1)}
	s.imap = imapclient.New(w, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Expunge: func(uint32) { wake(s.news) },
		Mailbox: func(*imapclient.UnilateralDataMailbox) { wake(s.news) },
		Fetch: func(m *imapclient.FetchMessageData) {
			_, _ = take(m, smallAnswer, w) // it must be taken, or nothing more is read
			wake(s.news)
		},
	}})
	err = enter(s, password)
	if !stop() && err == nil { // it was cut in the same moment
		err = errSilent
	}
	if err != nil {
		err = orTimeout(ctx, err)
		w.Close()
		_ = s.imap.Close()
		return nil, err
	}
	return s, nil
}

// greet logs in.
func (s *session) greet(password phone.Secret) error {
	if err := s.imap.WaitGreeting(); err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	caps := s.imap.Caps()
	if s.imap.State() == imap.ConnStateNotAuthenticated {
		if err := s.login(caps, password); err != nil {
			return fmt.Errorf("log in: %w", err)
		}
	}
	s.caps = s.imap.Caps()
	return nil
}

// enter logs in and opens the folder.
func (s *session) enter(password phone.Secret) error {
	if err := s.greet(password); err != nil {
		return err
	}
	folder := s.box.server.Folder
	if folder == "" {
		folder = inbox
	}
	s.wire.left.Store(smallAnswer)
	s.wire.lines.Store(maxLines)
	selected, err := s.imap.Select(folder, nil).Wait()
	if err != nil {
		var told *imap.Error
		if errors.As(err, &told) {
			return phone.Refuse(phone.ReasonNoMailbox, folder)
		}
		return fmt.Errorf("open %s: %w", folder, err)
	}
	s.had = selected.NumMessages
	s.box.opened(selected.UIDValidity)
	return nil
}

func (s *session) login(caps imap.CapSet, password phone.Secret) error {
	if !caps.Has(imap.CapLoginDisabled) {
		return loginReason(s.imap.Login(s.box.server.User, password.Reveal()).Wait())
	}
	if !caps.Has(imap.AuthCap(sasl.Plain)) {
		return phone.Refuse(phone.ReasonMailFailed, "LOGINDISABLED")
	}
	return loginReason(s.imap.Authenticate(sasl.NewPlainClient("", s.box.server.User, password.Reveal())))
}

// opened takes the folder's UIDVALIDITY: with another one, all that was known is of another folder (RFC 3501 2.3.1.1).
func (b *box) opened(validity uint32) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if b.validity == validity {
		return
	}
	if b.validity != 0 {
		clear(b.messages)
		clear(b.others)
		clear(b.wishes)
		b.s.bump()
	}
	b.validity = validity
}

// command gives a command its bytes, and the connection an end when for too long nothing comes and nothing is taken. The
// function it returns ends that.
func (s *session) command(bytes, lines int64) (end func(err error) error) {
	s.wire.left.Store(bytes)
	s.wire.lines.Store(lines)
	limit := s.box.s.times.answer
	var mu sync.Mutex
	var timer *time.Timer
	moved := func() int64 { return s.wire.left.Load() - s.wire.sent.Load() } // falls with every byte either way
	last, silent := moved(), false
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(limit, func() {
		mu.Lock()
		defer mu.Unlock()
		if now := moved(); now != last {
			last = now
			timer.Reset(limit)
			return
		}
		silent = true
		s.wire.Close()
	})
	return func(err error) error {
		mu.Lock()
		defer mu.Unlock()
		if timer.Stop(); silent {
			return errSilent
		}
		return err
	}
}

// run does a job, and returns an error when that broke the connection.
func (s *session) run(j *job) error {
	if err := j.ctx.Err(); err != nil {
		j.done <- err
		return nil
	}
	err := j.do(s)
	if err == nil {
		j.done <- nil
		return nil
	}
	j.done <- &phone.Error{Reason: reasonOf(err)}
	if answered(err) {
		return nil
	}
	return err
}

// answered reports whether an error is an answer of the server or of ours, so that the connection still works.
func answered(err error) bool {
	var told *imap.Error
	var ours *phone.Error
	return errors.As(err, &told) || errors.As(err, &ours)
}

// between does what waits, in the middle of something long.
func (s *session) between() error {
	for {
		select {
		case j := <-s.box.jobs:
			if err := s.run(j); err != nil {
				return err
			}
		default:
			return s.box.ctx.Err()
		}
	}
}

// listen waits for what comes and does it, until the connection ends.
func (s *session) listen() error {
	t := s.box.s.times
	synced := time.Now()
	var due <-chan time.Time // when there is something to look at
	watch := newWatcher(s.wire.Conn)
	tick := time.NewTicker(t.watch)
	defer tick.Stop()
	for {
		renew := time.NewTimer(s.patience())
		idle, err := s.idle()
		if err != nil {
			return err
		}
		var todo *job
		look, moved := false, false
		for todo == nil && !look && !moved {
			select {
			case <-s.box.ctx.Done():
				return s.box.ctx.Err()
			case <-s.imap.Closed():
				return net.ErrClosed
			case <-s.news:
				if due == nil {
					due = time.After(max(t.gather, t.apart-time.Since(synced)))
				}
				continue
			case <-due:
				look, due = true, nil
			case <-s.box.poke:
				look = true
			case todo = <-s.box.jobs:
			case <-renew.C:
				look = idle == nil
				moved = idle != nil // only out of IDLE and in again
			case <-tick.C:
				slept, elsewhere := t.look(watch)
				if elsewhere {
					return errMoved
				}
				moved = slept
			}
		}
		renew.Stop()
		if err := s.endIdle(idle); err != nil {
			if moved {
				return errMoved
			}
			return err
		}
		if todo != nil {
			if err := s.run(todo); err != nil {
				return err
			}
		}
		if look {
			if err := s.sync(); err != nil {
				return err
			}
			synced = time.Now()
		}
	}
}

// patience is how long the server may be silent.
func (s *session) patience() time.Duration {
	if s.caps.Has(imap.CapIdle) {
		return s.box.s.times.renew
	}
	return s.box.s.times.poll
}

// idle begins to listen (RFC 2177), where the server can that.
func (s *session) idle() (*imapclient.IdleCommand, error) {
	if !s.caps.Has(imap.CapIdle) {
		return nil, nil
	}
	end := s.command(smallAnswer, maxLines)
	idle, err := s.imap.Idle()
	if err = end(err); err != nil {
		var told *imap.Error
		if errors.As(err, &told) { // it said it could, and cannot
			caps := imap.CapSet{}
			for c := range s.caps {
				if c != imap.CapIdle && c != imap.CapIMAP4rev2 {
					caps[c] = struct{}{}
				}
			}
			if s.caps.Has(imap.CapUIDPlus) {
				caps[imap.CapUIDPlus] = struct{}{}
			}
			s.caps = caps
			return nil, nil
		}
		return nil, fmt.Errorf("listen: %w", err)
	}
	return idle, nil
}

// endIdle stops listening, or asks the server for news where it could not listen.
func (s *session) endIdle(idle *imapclient.IdleCommand) error {
	end := s.command(smallAnswer, maxLines)
	if idle == nil {
		return end(s.imap.Noop().Wait())
	}
	if err := idle.Close(); err != nil {
		return end(err)
	}
	return end(idle.Wait())
}

// watcher sees that the machine has slept, or is in another network.
type watcher struct {
	last  time.Time // by both clocks: the wall's, and the one that stands still while the machine sleeps
	wall  time.Time // by the wall's alone
	local net.IP
	to    string
}

func newWatcher(conn net.Conn) *watcher {
	now := time.Now()
	w := &watcher{last: now, wall: now.Round(0), to: conn.RemoteAddr().String()}
	if a, ok := conn.LocalAddr().(*net.TCPAddr); ok {
		w.local = a.IP
	}
	return w
}

// asleep is how far the clock may jump.
const asleep = 30 * time.Second

// look tells what has happened since it was called last. A clock that was set looks like sleep, which does no harm.
func (w *watcher) look() (slept, elsewhere bool) {
	now := time.Now()
	jump := now.Round(0).Sub(w.wall) - now.Sub(w.last)
	w.last, w.wall = now, now.Round(0)
	conn, err := net.Dial("udp", w.to) // sends nothing; tells which address would be ours
	if err != nil {
		return jump.Abs() > asleep, false // no way there now; perhaps the same one again later
	}
	defer conn.Close()
	a, ok := conn.LocalAddr().(*net.UDPAddr)
	return jump.Abs() > asleep, ok && w.local != nil && !slices.Equal(a.IP.To16(), w.local.To16())
}
