package directory

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a Store and Secrets in memory. It keeps what the service does with it, and no more.
type shelf struct {
	mu      sync.Mutex
	books   map[phone.BookID]phone.Book
	tokens  map[phone.BookID]string
	entries map[phone.BookID]map[string]phone.BookEntry
	own     map[phone.PersonID]phone.Person
	photos  map[phone.PersonID][]byte
	secrets map[phone.AccountID]phone.Secret
	puts    int // entries put
	largest int // the most entries put at a time
}

func newShelf() *shelf {
	return &shelf{
		books: map[phone.BookID]phone.Book{}, tokens: map[phone.BookID]string{}, entries: map[phone.BookID]map[string]phone.BookEntry{},
		own: map[phone.PersonID]phone.Person{}, photos: map[phone.PersonID][]byte{}, secrets: map[phone.AccountID]phone.Secret{},
	}
}

func (s *shelf) Books(context.Context) ([]phone.Book, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.books)), nil
}

func (s *shelf) PutBook(_ context.Context, b phone.Book) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books[b.ID] = b
	if s.entries[b.ID] == nil {
		s.entries[b.ID] = map[string]phone.BookEntry{}
	}
	return nil
}

func (s *shelf) RemoveBook(_ context.Context, id phone.BookID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.books, id)
	delete(s.tokens, id)
	delete(s.entries, id)
	return nil
}

func (s *shelf) ApplyBook(_ context.Context, id phone.BookID, c phone.BookChange) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Full {
		s.entries[id] = map[string]phone.BookEntry{}
	}
	for _, e := range c.Put {
		e.Photo = bytes.Clone(e.Photo)
		s.entries[id][e.Key] = e
	}
	for _, key := range c.Gone {
		delete(s.entries[id], key)
	}
	s.tokens[id] = c.Token
	s.puts += len(c.Put)
	s.largest = max(s.largest, len(c.Put))
	return nil
}

func (s *shelf) BookToken(_ context.Context, id phone.BookID) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[id], nil
}

func (s *shelf) BookTags(_ context.Context, id phone.BookID) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tags := map[string]string{}
	for key, e := range s.entries[id] {
		tags[key] = e.Tag
	}
	return tags, nil
}

func (s *shelf) BookCount(_ context.Context, id phone.BookID) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries[id]), nil
}

func (s *shelf) OwnPeople(context.Context) ([]phone.Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	people := slices.Collect(maps.Values(s.own))
	slices.SortFunc(people, func(a, b phone.Person) int { return strings.Compare(a.Label(), b.Label()) })
	return people, nil
}

func (s *shelf) PutPerson(_ context.Context, p phone.Person) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, o := range s.own {
		if p.SpeedDial != "" && o.SpeedDial == p.SpeedDial && id != p.ID {
			return phone.Refuse(phone.ReasonBadPerson, "speed_dial")
		}
	}
	s.own[p.ID] = p
	return nil
}

func (s *shelf) SetPhoto(_ context.Context, id phone.PersonID, photo []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.own[id]
	p.Photo = len(photo) > 0
	s.own[id], s.photos[id] = p, bytes.Clone(photo)
	return nil
}

func (s *shelf) Photo(_ context.Context, id phone.PersonID) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.photos[id], nil
}

func (s *shelf) Get(id phone.AccountID) (phone.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if secret, ok := s.secrets[id]; ok {
		return secret, nil
	}
	return "", errors.New("no secret")
}

func (s *shelf) Put(id phone.AccountID, secret phone.Secret) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets[id] = secret
	return nil
}

func (s *shelf) Remove(id phone.AccountID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.secrets, id)
	return nil
}

// names is who is in a book, sorted.
func (s *shelf) names(id phone.BookID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, e := range s.entries[id] {
		all = append(all, e.Person.Label())
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// desk is a service at work on a shelf, with everything it logs.
type desk struct {
	*Service
	*shelf
	t   *testing.T
	log *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func open(t *testing.T, s *shelf) *desk {
	t.Helper()
	return openWith(t, s, s)
}

// openWith opens a desk with something between it and its shelf.
func openWith(t *testing.T, s *shelf, between Store) *desk {
	t.Helper()
	log := &safeBuffer{}
	d := &desk{shelf: s, t: t, log: log}
	d.Service = New(Options{Store: between, Secrets: s, Log: slog.New(slog.NewTextHandler(log, nil))})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// Remove and Put are the service's: the shelf has others of that name.
func (d *desk) put(b phone.Book, secret phone.Secret) { d.Service.Put(b, secret) }

// until waits for a book's status and returns it.
func (d *desk) until(id phone.BookID, what string, ok func(phone.BookStatus) bool) phone.BookStatus {
	d.t.Helper()
	end := time.After(20 * time.Second)
	var last phone.BookStatus
	for {
		for _, st := range d.Status() {
			if st.ID == id {
				if last = st; ok(st) {
					return st
				}
			}
		}
		select {
		case <-d.Changed():
		case <-end:
			d.t.Fatalf("%s: not in time; last %+v (%v)\n%s", what, last, last.Reason, d.log)
		}
	}
}

// reads reads a book again and waits until it has been.
func (d *desk) reads(id phone.BookID) phone.BookStatus {
	d.t.Helper()
	before := d.until(id, "known", func(phone.BookStatus) bool { return true })
	d.Read(id)
	started := false
	return d.until(id, "read again", func(st phone.BookStatus) bool {
		started = started || st.State == phone.BookReading || st.State == phone.BookConsent || !st.Next.Equal(before.Next) || !st.Read.Equal(before.Read)
		return started && (st.State == phone.BookFresh || st.State == phone.BookFailed)
	})
}

func fresh(st phone.BookStatus) bool  { return st.State == phone.BookFresh }
func failed(st phone.BookStatus) bool { return st.State == phone.BookFailed }

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
