package directory

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"svara/phone"
	"svara/phone/numbers"
)

// Store is where books and people are kept.
type Store interface {
	Books(context.Context) ([]phone.Book, error)
	PutBook(context.Context, phone.Book) error
	RemoveBook(context.Context, phone.BookID) error
	ApplyBook(context.Context, phone.BookID, phone.BookChange) error
	BookToken(context.Context, phone.BookID) (string, error)
	BookTags(context.Context, phone.BookID) (map[string]string, error) // key -> tag
	BookCount(context.Context, phone.BookID) (int, error)
	OwnPeople(context.Context) ([]phone.Person, error)
	PutPerson(context.Context, phone.Person) error
	SetPhoto(context.Context, phone.PersonID, []byte) error
	Photo(context.Context, phone.PersonID) ([]byte, error)
}

// Secrets is where passwords and tokens are kept, under "book/<id>".
type Secrets interface {
	Get(phone.AccountID) (phone.Secret, error)
	Put(phone.AccountID, phone.Secret) error
	Remove(phone.AccountID) error
}

// Options are what a Service works with. Store and Secrets are needed.
type Options struct {
	Store   Store
	Secrets Secrets
	Log     *slog.Logger        // nil: slog.Default
	Plan    func() numbers.Plan // where national numbers are meant, for import; nil: the zero plan
}

// atOnce is how many books are read at the same time.
const atOnce = 3

// Service reads the connected books in the background. Its methods may be called from anywhere, and none of Put, Remove,
// Read and Status waits for a disk or a network.
type Service struct {
	o       Options
	changed chan struct{}
	slots   chan struct{} // one for every book being read
	backoff func(failures int) time.Duration

	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	jobs    []func(context.Context)
	wake    chan struct{}
	workers map[phone.BookID]*worker
}

// New starts the service and the reading of all books in the store.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Plan == nil {
		o.Plan = func() numbers.Plan { return numbers.Plan{} }
	}
	s := &Service{
		o: o, changed: make(chan struct{}, 1), slots: make(chan struct{}, atOnce), backoff: backoff,
		wake: make(chan struct{}, 1), workers: map[phone.BookID]*worker{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.enqueue(s.load)
	s.wg.Go(s.run)
	return s
}

// run does what was asked for, one after the other.
func (s *Service) run() {
	for {
		s.mu.Lock()
		var job func(context.Context)
		if len(s.jobs) > 0 {
			job, s.jobs = s.jobs[0], s.jobs[1:]
		}
		s.mu.Unlock()
		if job != nil {
			job(s.ctx)
			continue
		}
		select {
		case <-s.wake:
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *Service) enqueue(job func(context.Context)) {
	s.mu.Lock()
	s.jobs = append(s.jobs, job)
	s.mu.Unlock()
	signal(s.wake)
}

// signal leaves a mark for whoever waits; one that is not taken yet is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// load starts the reading of the books of the store.
func (s *Service) load(ctx context.Context) {
	books, err := s.o.Store.Books(ctx)
	if err != nil {
		s.o.Log.Error("the address books cannot be read from the store", "err", err)
		return
	}
	for _, b := range books {
		if b.Kind != phone.BookTeam { // that is not read here
			s.start(b)
		}
	}
}

// start gives a book a worker unless it has one.
func (s *Service) start(b phone.Book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.workers[b.ID] != nil {
		return
	}
	w := newWorker(s, b)
	s.workers[b.ID] = w
	s.wg.Go(w.run)
	signal(s.changed)
}

// halt takes a book's worker away and waits until it has stopped.
func (s *Service) halt(id phone.BookID) *worker {
	s.mu.Lock()
	w := s.workers[id]
	delete(s.workers, id)
	s.mu.Unlock()
	if w != nil {
		w.close()
	}
	return w
}

// Put connects a book or changes it, and reads it. An empty secret keeps the stored one. What is wrong with the book
// shows in its status.
func (s *Service) Put(b phone.Book, secret phone.Secret) {
	s.enqueue(func(ctx context.Context) {
		s.halt(b.ID)
		if secret != "" {
			if err := putPassword(s.o.Secrets, b, secret); err != nil {
				s.o.Log.Error("the password of an address book cannot be kept", "book", b.ID, "err", err)
			}
		}
		if err := s.o.Store.PutBook(ctx, b); err != nil {
			s.o.Log.Error("an address book cannot be kept", "book", b.ID, "err", err)
		}
		s.start(b)
	})
}

// Remove disconnects a book and forgets its people and its password.
func (s *Service) Remove(id phone.BookID) {
	s.enqueue(func(ctx context.Context) {
		s.halt(id)
		if err := s.o.Store.RemoveBook(ctx, id); err != nil {
			s.o.Log.Error("an address book cannot be removed", "book", id, "err", err)
		}
		if err := s.o.Secrets.Remove(secretOf(id)); err != nil {
			s.o.Log.Error("the password of an address book cannot be removed", "book", id, "err", err)
		}
		signal(s.changed)
	})
}

// Read reads a book now, or all of them when id is empty. One that waits for the user's consent gets a new code when
// its code has run out.
func (s *Service) Read(id phone.BookID) {
	s.enqueue(func(context.Context) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, w := range s.workers {
			if id == "" || w.book.ID == id {
				signal(w.now)
			}
		}
	})
}

// Status is how the books stand, by ID. The caller owns it.
func (s *Service) Status() []phone.BookStatus {
	s.mu.Lock()
	workers := slices.Collect(maps.Values(s.workers))
	s.mu.Unlock()
	all := make([]phone.BookStatus, 0, len(workers))
	for _, w := range workers {
		all = append(all, w.current())
	}
	slices.SortFunc(all, func(a, b phone.BookStatus) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}

// Changed is told that something in Status is different. One message may stand for several changes.
func (s *Service) Changed() <-chan struct{} { return s.changed }

// Close ends all readings and returns when they have ended, or with ctx.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	done := make(chan struct{})
	go func() { // ends with the service's goroutines, which have been told to
		s.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
