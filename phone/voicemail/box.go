package voicemail

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// box is one mailbox. Its goroutine is the only one that speaks to the server.
type box struct {
	s      *Service
	server phone.MailServer // never changed
	before *box             // whose place it takes; it waits for its end
	secret phone.Secret     // to be stored by run; never changed
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{} // closed when run has ended
	poke   chan struct{} // Check was called
	jobs   chan *job

	// Of run only.
	careful map[uint32]bool // messages among which one broke the connection: they are read one at a time
	broken  map[uint32]int  // how often a message broke the connection when it was read alone

	// Under s.mu.
	known    bool
	reason   *phone.Reason
	validity uint32 // UIDVALIDITY of what is in messages
	messages map[uint32]*message
	others   map[uint32]bool // messages without a sound
	wishes   map[uint32]bool // marked here and not told to the server yet
}

// job is something that the user wants of a server.
type job struct {
	ctx  context.Context
	do   func(*session) error
	done chan error // has room for one
}

func newBox(s *Service, server phone.MailServer, secret phone.Secret) *box {
	b := &box{
		s: s, server: server, secret: secret, ended: make(chan struct{}), poke: make(chan struct{}, 1), jobs: make(chan *job),
		careful: map[uint32]bool{}, broken: map[uint32]int{}, messages: map[uint32]*message{}, others: map[uint32]bool{}, wishes: map[uint32]bool{},
	}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// inherit takes over what another box knows, which has not ended yet; s.mu must be held.
func (b *box) inherit(old *box) {
	b.known, b.validity = old.known, old.validity
	for uid, m := range old.messages {
		c := *m
		b.messages[uid] = &c
	}
	for uid := range old.others {
		b.others[uid] = true
	}
	for uid, played := range old.wishes {
		b.wishes[uid] = played
	}
}

// mailbox is how it stands; s.mu must be held.
func (b *box) mailbox() phone.Mailbox {
	m := phone.Mailbox{ID: b.server.ID, Account: b.server.Account, Known: b.known, Visual: true}
	for _, v := range b.messages {
		switch {
		case v.Played:
			m.Old++
		default:
			m.New++
			if v.urgent {
				m.Urgent++
			}
		}
	}
	if b.reason != nil {
		r := *b.reason
		m.Reason = &r
	}
	return m
}

// run is the box's goroutine: one connection after the other.
func (b *box) run() {
	defer close(b.ended)
	if b.before != nil {
		<-b.before.ended
		b.before = nil
	}
	password := b.password()
	failures := 0
	var first *job
	for b.ctx.Err() == nil {
		good, err := b.connect(password, first)
		if first = nil; b.ctx.Err() != nil {
			break
		}
		if good {
			failures = 0
		}
		why := reasonOf(err)
		b.s.opt.Log.Info("mail server", "box", b.server.ID, "reason", why.ID, "err", err)
		if !errors.Is(err, errMoved) { // otherwise the way there has changed, which is nobody's fault
			b.fail(why)
		}
		first = b.wait(why, failures)
		failures++
	}
	if first != nil {
		first.done <- phone.Refuse(phone.ReasonNoMailbox, b.server.ID)
	}
	b.cancel()
}

// password is the one to use: what was put with the server, or what was stored.
func (b *box) password() phone.Secret {
	if b.secret != "" {
		if err := b.s.opt.Secrets.Put(secretKey(b.server.ID), b.secret); err != nil {
			b.s.opt.Log.Warn("store mail password", "box", b.server.ID, "err", err)
		}
	}
	return b.knownPassword()
}

// knownPassword is the one to use. It may be asked for from any goroutine.
func (b *box) knownPassword() phone.Secret {
	if b.secret != "" {
		return b.secret
	}
	secret, err := b.s.opt.Secrets.Get(secretKey(b.server.ID))
	if err != nil {
		b.s.opt.Log.Warn("read mail password", "box", b.server.ID, "err", err)
	}
	return secret
}

// wait lets time pass after a failure; a job that comes meanwhile ends it. After a wrong password only the user does:
// servers lock people out who go on.
func (b *box) wait(why phone.Reason, failures int) *job {
	t := b.s.times
	pause := min(t.most, t.retry<<min(failures, 20))
	pause = pause/2 + rand.N(pause/2+1)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	stopped := why.ID == phone.ReasonMailPassword
	if stopped {
		timer.Stop()
	}
	for {
		select {
		case <-b.ctx.Done():
			return nil
		case <-timer.C:
			return nil
		case <-b.poke:
			return nil
		case j := <-b.jobs:
			if !stopped {
				return j
			}
			j.done <- &phone.Error{Reason: why}
		}
	}
}

// fail says what is wrong.
func (b *box) fail(why phone.Reason) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if b.reason == nil || *b.reason != why {
		b.reason = &why
		b.s.bump()
	}
}

// ask has something done by the box's goroutine, once there is a connection.
func (b *box) ask(ctx context.Context, do func(*session) error) error {
	j := &job{ctx: ctx, do: do, done: make(chan error, 1)}
	select {
	case b.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-b.ended:
		return phone.Refuse(phone.ReasonNoMailbox, b.server.ID)
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// id is the name of a message; s.mu must be held.
func (b *box) id(uid uint32) string {
	return fmt.Sprintf("%s/%d/%d", b.server.ID, b.validity, uid)
}

// message finds the box and the message of an ID.
func (s *Service) message(id string) (*box, uint32, error) {
	rest, last, _ := cutLast(id)
	name, validity, ok := cutLast(rest)
	uid, err1 := strconv.ParseUint(last, 10, 32)
	epoch, err2 := strconv.ParseUint(validity, 10, 32)
	if !ok || err1 != nil || err2 != nil {
		return nil, 0, phone.Refuse(phone.ReasonNoMessage, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(name)
	if i < 0 {
		return nil, 0, phone.Refuse(phone.ReasonNoMailbox, name)
	}
	b := s.boxes[i]
	if _, there := b.messages[uint32(uid)]; !there || b.validity != uint32(epoch) {
		return nil, 0, phone.Refuse(phone.ReasonNoMessage, "")
	}
	return b, uint32(uid), nil
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
