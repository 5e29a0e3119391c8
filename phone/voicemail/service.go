package voicemail

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"svara/phone"
)

// Secrets keeps the passwords, under "mail/" and the server's ID.
type Secrets interface {
	Get(phone.AccountID) (phone.Secret, error)
	Put(phone.AccountID, phone.Secret) error
	Remove(phone.AccountID) error
}

// Options is what a Service is made of. Folder and Secrets must be set.
type Options struct {
	Folder  string             // where sounds that were fetched are kept; it is the Service's alone
	Limit   int64              // bytes of them, the last that was played excepted; 0 means 256 MB
	Servers []phone.MailServer // to begin with
	Secrets Secrets
	Log     *slog.Logger
}

// timing is what a test makes shorter.
type timing struct {
	connect time.Duration // for a connection, up to the login
	answer  time.Duration // for the answer to a command
	renew   time.Duration // IDLE is begun anew; below the 29 minutes of RFC 2177, and below what NATs forget
	poll    time.Duration // between NOOPs where there is no IDLE
	gather  time.Duration // what comes within it is looked at together
	apart   time.Duration // between looks at the whole box, however much the server has to tell
	watch   time.Duration // between looks at clock and network
	retry   time.Duration // after the first failure; doubled up to most
	most    time.Duration
	look    func(*watcher) (slept, elsewhere bool)
	newest  int64 // messages of a folder that are looked at
}

var usual = timing{
	connect: 20 * time.Second, answer: 30 * time.Second, renew: 9 * time.Minute, poll: time.Minute,
	gather: 100 * time.Millisecond, apart: time.Second, watch: 10 * time.Second, retry: time.Second, most: time.Minute, look: (*watcher).look, newest: 20_000,
}

// Service is all mailboxes. Its methods may be called from any goroutine.
type Service struct {
	opt     Options
	times   timing
	cache   *cache
	changed chan struct{}
	group   sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	revision uint64
	boxes    []*box // in the order they were put
}

var _ phone.Voicemail = (*Service)(nil)

// New connects to the servers. Close ends it.
func New(opt Options) *Service { return start(opt, usual) }

func start(opt Options, times timing) *Service {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Limit == 0 {
		opt.Limit = 256 << 20
	}
	s := &Service{opt: opt, times: times, cache: openCache(opt.Folder, opt.Limit, opt.Log), changed: make(chan struct{}, 1), revision: 1}
	var ids []string
	for _, server := range opt.Servers {
		ids = append(ids, server.ID)
	}
	s.cache.keepBoxes(ids)
	for _, server := range opt.Servers {
		s.Put(server, "")
	}
	return s
}

// Put connects a server, or connects it anew when it has changed. An empty secret keeps the stored one. It does not wait.
func (s *Service) Put(server phone.MailServer, secret phone.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	b := newBox(s, server, secret)
	if i := s.index(server.ID); i >= 0 {
		old := s.boxes[i]
		b.before = old
		if samePlace(old.server, server) { // what is known of it stays
			b.inherit(old)
		}
		s.boxes[i] = b
		old.cancel()
	} else {
		s.boxes = append(s.boxes, b)
	}
	s.bump()
	s.group.Go(b.run)
}

// samePlace reports whether two are the same folder of the same user.
func samePlace(a, b phone.MailServer) bool {
	return a.Address == b.Address && a.User == b.User && a.Folder == b.Folder
}

// Remove disconnects a server and forgets its password and what was fetched from it. Nothing is deleted there. It does
// not wait.
func (s *Service) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 || s.closed {
		return
	}
	old := s.boxes[i]
	s.boxes = slices.Delete(s.boxes, i, i+1)
	old.cancel()
	s.bump()
	s.group.Go(func() {
		<-old.ended
		s.mu.Lock()
		again := s.index(id) >= 0
		s.mu.Unlock()
		if again {
			return // it has been put again meanwhile
		}
		if err := s.opt.Secrets.Remove(secretKey(id)); err != nil {
			s.opt.Log.Warn("forget mail password", "box", id, "err", err)
		}
		s.cache.keep(id, nil)
	})
}

func secretKey(id string) phone.AccountID { return phone.AccountID("mail/" + id) }

// Check asks all servers at once for what is new; those that cannot be reached or refused the password are tried again.
func (s *Service) Check() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.boxes {
		wake(b.poke)
	}
}

// Boxes is how the mailboxes stand.
func (s *Service) Boxes() []phone.Mailbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	boxes := make([]phone.Mailbox, 0, len(s.boxes))
	for _, b := range s.boxes {
		boxes = append(boxes, b.mailbox())
	}
	return boxes
}

// Revision rises with every change to the boxes or their messages.
func (s *Service) Revision() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}

// Changed gets a value after changes; several may be told of at once.
func (s *Service) Changed() <-chan struct{} { return s.changed }

// bump tells of a change; s.mu must be held.
func (s *Service) bump() {
	s.revision++
	wake(s.changed)
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// index is where a box is, or -1; s.mu must be held.
func (s *Service) index(id string) int {
	return slices.IndexFunc(s.boxes, func(b *box) bool { return b.server.ID == id })
}

// Close disconnects and returns when nothing of it runs any more, or with the context's error before that.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	for _, b := range s.boxes {
		b.cancel()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { // ends with the boxes, which have been told to
		s.group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// defaultLimit is how many messages an answer has when the query does not say.
const defaultLimit = 200

// VoiceMessages implements phone.Voicemail.
func (s *Service) VoiceMessages(_ context.Context, q phone.VoiceMessageQuery) ([]phone.VoiceMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Box != "" && s.index(q.Box) < 0 {
		return nil, phone.Refuse(phone.ReasonNoMailbox, q.Box)
	}
	words := strings.Fields(strings.ToLower(q.Text))
	type hit struct {
		b *box
		m *message
	}
	var hits []hit
	for _, b := range s.boxes {
		if q.Box != "" && b.server.ID != q.Box {
			continue
		}
		for _, m := range b.messages {
			if (!q.New || !m.Played) && hasWords(m.From, words) {
				hits = append(hits, hit{b, m})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(b.m.Received.Compare(a.m.Received), strings.Compare(a.b.server.ID, b.b.server.ID), cmp.Compare(b.m.uid, a.m.uid))
	})
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	hits = hits[:min(len(hits), limit)]
	found := make([]phone.VoiceMessage, 0, len(hits))
	for _, h := range hits {
		found = append(found, h.b.view(h.m))
	}
	return found, nil
}

// hasWords reports whether all words are in name or number; digits may be written with spaces and dashes.
func hasWords(p phone.Party, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(p.Name + " " + p.Number)
	for _, w := range words {
		if !strings.Contains(text, w) && !strings.Contains(text, strings.NewReplacer("-", "", "(", "", ")", "").Replace(w)) {
			return false
		}
	}
	return true
}
