package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"svara/phone/team"
	"svara/phone/team/kept"
)

// Config is what a server is made of. Shelf is required; the caller closes it after the server.
type Config struct {
	Shelf     kept.Shelf
	Exchanges []Exchange
	Log       *slog.Logger
	Version   string
	Name      string            // the team's, shown before signing in; empty: "Svara"
	Rule      team.PasswordRule // the zero value asks for 6 characters, a digit and a capital (features.md A3)
	Forgot    string            // where who has forgotten the password goes
	SMS       Texter            // of numbers that no exchange sends text messages to; nil: none
	SMSSender string            // of invitations and codes; empty leaves it to the gateway
	Mail      Mail              // the zero value sends none
	Rooms     Rooms             // the exchange's conference, for meetings
	// TextFields is what the gateway calls "id", "from", "to" and "text" in the forms that it hands texts over with.
	TextFields map[string]string
	Voices     team.Voicebox    // nil: no voice messages
	URL        string           // what links begin with: "https://team.example.com"
	Zone       *time.Location   // where the day begins at midnight; nil: the computer's
	Now        func() time.Time // nil: time.Now
	// Lease is for how long an exchange stays with a server that is heard of no more; 0 means 15 s.
	Lease time.Duration
}

// Server is a running team server. It is an http.Handler; Close says that all of it has ended.
type Server struct {
	Config
	id      string // of this run
	board   *board
	hash    hasher
	gate    gate
	tokens  tokenCache
	keepers []*keeper
	mux     *http.ServeMux
	table   []route
	courier courier
	// of the pages, by name
	templates map[string]*template.Template

	closing chan struct{}
	close   sync.Once
	cancel  context.CancelFunc
	group   sync.WaitGroup
}

// New reads what there is and begins.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Rule == (team.PasswordRule{}) {
		c.Rule = team.PasswordRule{Min: 6, Digit: true, Upper: true}
	}
	if c.Zone == nil {
		c.Zone = time.Local
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Name == "" {
		c.Name = "Svara"
	}
	if c.Forgot == "" && c.Mail.On() && c.URL != "" {
		c.Forgot = c.URL + forgotPath
	}
	if c.Lease == 0 {
		c.Lease = 15 * time.Second
	}
	if err := errors.Join(c.Mail.check(), c.Rooms.check()); err != nil {
		return nil, fmt.Errorf("start the team server: %w", err)
	}
	s := &Server{Config: c, id: rand.Text()[:10], board: newBoard(c.Shelf, c.Log), hash: newHasher(), mux: http.NewServeMux(), closing: make(chan struct{}), courier: newCourier()}
	if err := s.everyone(ctx); err != nil {
		return nil, fmt.Errorf("start the team server: %w", err)
	}
	if err := s.board.load(ctx); err != nil {
		return nil, fmt.Errorf("start the team server: %w", err)
	}
	s.table = s.routes()
	for _, r := range s.table {
		s.mux.Handle(r.Method+" "+r.Path, s.handle(r))
	}
	s.pages()
	run, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	for _, e := range c.Exchanges {
		k := newKeeper(s, e)
		s.keepers = append(s.keepers, k)
		s.group.Go(func() { k.run(run) })
		s.group.Go(func() { k.answerAsks(run) })
	}
	s.group.Go(func() { s.board.follow(run) })
	if s.anyTexter() {
		s.group.Go(func() { s.texting(run) })
	}
	if c.Voices != nil {
		s.group.Go(func() { s.followVoices(run) })
	}
	s.group.Go(func() { s.housekeeping(run) })
	s.group.Go(func() { s.steer(run) })
	s.group.Go(func() { s.followCamps(run) })
	if c.Mail.On() || s.anyTexter() {
		s.group.Go(func() { newOutbox(s).run(run) })
		for range atOnce {
			s.group.Go(func() { s.courier.run(run) })
		}
	}
	return s, nil
}

// everyone makes what is always there: the group of everybody, and where the server is.
func (s *Server) everyone(ctx context.Context) error {
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		if s.URL != "" {
			if err := put(tx, team.Item{Kind: kindURL, ID: "url"}, s.URL); err != nil {
				return err
			}
		}
		_, err := tx.Item(team.KindGroup, string(team.Everyone))
		if !errors.Is(err, kept.ErrNotFound) {
			return err
		}
		return put(tx, team.Item{Kind: team.KindGroup, ID: string(team.Everyone)}, team.Group{ID: team.Everyone, Name: s.Name})
	})
	return err
}

// Goodbye lets the readers of feeds go, so that an http.Server can shut down: they come back to whoever listens then.
func (s *Server) Goodbye() { s.close.Do(func() { close(s.closing) }) }

// Close ends everything and waits for it.
func (s *Server) Close() {
	s.Goodbye()
	s.cancel()
	s.group.Wait()
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// housekeeping writes when devices were seen, and forgets what is past, until ctx ends.
func (s *Server) housekeeping(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.keepHouse(ctx)
		case <-ctx.Done():
			s.keepHouse(context.WithoutCancel(ctx))
			return
		}
	}
}

// keepDays is how long a device that is not used stays signed in.
const keepDays = 90

func (s *Server) keepHouse(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	seen := s.tokens.takeSeen()
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		for id, t := range seen {
			if err := tx.SetSeen(id, t.at, t.expires); err != nil {
				return err
			}
		}
		s.board.mu.RLock()
		old := s.board.mark.Seq - 4*lookBack
		s.board.mu.RUnlock()
		if err := errors.Join(s.forgetMessages(tx), s.forgetSendings(tx)); err != nil {
			return err
		}
		return tx.Prune(old, s.Now())
	})
	if err != nil {
		s.Log.Warn("what is past is not forgotten", "error", err)
	}
	s.forgetVoices(ctx)
	s.gate.tidy(s.Now())
}

// put writes a value as an item's data.
func put(tx kept.Tx, i team.Item, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	i.Data = data
	_, err = tx.Put(i)
	return err
}

// value is an item's data. It was written by a server, so a fault in it is one of the database.
func value[T any](i team.Item) (v T, err error) {
	if err = json.Unmarshal(i.Data, &v); err != nil {
		err = fmt.Errorf("%s %s cannot be read: %w", i.Kind, i.ID, err)
	}
	return v, err
}
