package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/phone/team/tally"
	"svara/store/teamdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// clock is the server's time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}

// source is an exchange that tells and does what a test wants.
type source struct {
	mu      sync.Mutex
	sink    func(team.SourceEvent)
	runs    chan struct{} // one for each Run
	actions []team.SourceAction
	answer  error
}

func newSource() *source { return &source{runs: make(chan struct{}, 100)} }

func (*source) ID() string { return "pbx" }

func (s *source) Run(ctx context.Context, sink func(team.SourceEvent)) error {
	s.mu.Lock()
	s.sink = sink
	s.mu.Unlock()
	s.runs <- struct{}{}
	<-ctx.Done()
	return nil
}

func (s *source) Do(_ context.Context, a team.SourceAction) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.actions = append(s.actions, a)
	return s.answer
}

func (s *source) did() []team.SourceAction {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.actions
	s.actions = nil
	return out
}

func (s *source) tell(events ...team.SourceEvent) {
	s.mu.Lock()
	sink := s.sink
	s.mu.Unlock()
	for _, e := range events {
		sink(e)
	}
}

// desk is a server with people in it.
type desk struct {
	t      testing.TB
	s      *Server
	shelf  kept.Shelf
	web    *httptest.Server
	clock  *clock
	source *source
	file   string
	tokens map[team.PersonID]string
}

const (
	good = "Hemligt1"
	wait = time.Minute
)

// people of a desk: rights in support, but "out" is agent in sales, "root" administers everything, "none" is in no group.
var folk = map[team.PersonID]map[team.GroupID]team.Rights{
	"root": {team.Everyone: team.RightsAdmin},
	"adm":  {"support": team.RightsAdmin},
	"sup":  {"support": team.RightsSupervisor},
	"ag":   {"support": team.RightsAgent},
	"us":   {"support": team.RightsUser},
	"out":  {"sales": team.RightsSupervisor},
	"none": {},
}

func open(t testing.TB, file string) *teamdb.DB {
	t.Helper()
	d, err := teamdb.Open(context.Background(), file, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// server starts a server on a shelf; it ends with the test.
func (d *desk) server(shelf kept.Shelf, src *source, edit ...func(*Config)) (*Server, *httptest.Server) {
	d.t.Helper()
	c := Config{Shelf: shelf, Log: quiet(), Now: d.clock.Now, Zone: time.UTC, URL: "http://team.test", Lease: time.Second, Version: "test",
		Exchanges: []Exchange{{Source: src, Name: "PBX", Tally: func(b team.Before) team.Tally { return tally.New(b) }}}}
	for _, e := range edit {
		e(&c)
	}
	s, err := New(context.Background(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	web := httptest.NewServer(s)
	d.t.Cleanup(func() { s.Goodbye(); web.Close(); s.Close() })
	return s, web
}

// newDesk starts one with queue 80 in support and 81 in sales.
func newDesk(t testing.TB, edit ...func(*Config)) *desk {
	t.Helper()
	d := &desk{t: t, clock: &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, source: newSource(), tokens: map[team.PersonID]string{}, file: filepath.Join(t.TempDir(), "team.db")}
	d.shelf = open(t, d.file)
	d.s, d.web = d.server(d.shelf, d.source, edit...)
	ctx := context.Background()
	must := func(_ team.Seq, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, g := range []team.GroupID{"support", "sales"} {
		must(d.s.PutGroup(ctx, g, team.NewGroup{Group: team.Group{Name: string(g), Number: "080" + map[team.GroupID]string{"support": "1", "sales": "2"}[g]}}))
	}
	var seq team.Seq
	n := 0
	for id, groups := range folk {
		n++
		must(d.s.PutPerson(ctx, id, team.NewPerson{Person: team.Person{User: string(id), Name: "Person " + string(id), Extension: "210" + string(rune('0'+n))}}))
		hash := d.s.hash.hash(good)
		var err error
		seq, err = d.shelf.Update(ctx, func(tx kept.Tx) error {
			if err := tx.SetSecret(id, hash); err != nil {
				return err
			}
			token, err := d.s.issue(tx, id, "desk", "test", team.ScopeAll, d.clock.Now().AddDate(0, 0, keepDays))
			d.tokens[id] = token.Token
			for g, r := range groups {
				if err := setRights(tx, id, g, r); err != nil {
					return err
				}
			}
			return err
		})
		must(seq, err)
	}
	for q, g := range map[string]team.GroupID{"80": "support", "81": "sales"} {
		var err error
		seq, err = d.shelf.Update(ctx, func(tx kept.Tx) error {
			return put(tx, team.Item{Kind: kindPlaced, ID: q, Group: g}, struct{}{})
		})
		must(seq, err)
	}
	d.s.board.wait(ctx, seq)
	<-d.source.runs
	now := d.clock.Now()
	d.source.tell(team.SourceUp{At: now}, team.QueueTold{At: now, Queue: "80", Name: "Support"}, team.QueueTold{At: now, Queue: "81", Name: "Sales"},
		team.MemberTold{At: now, Member: team.Member{Queue: "80", Phone: "PJSIP/" + d.ext("ag"), LoggedIn: true, State: team.MemberIdle, Skill: 10}}, team.SourceSynced{At: now})
	d.until("the queues are shown in their groups", func() bool {
		a, _ := d.s.board.get(team.KindQueue, "80")
		b, _ := d.s.board.get(team.KindQueue, "81")
		return a.Group == "support" && b.Group == "sales"
	})
	return d
}

func (d *desk) ext(id team.PersonID) string {
	p, _ := d.s.board.who(id)
	return p.Extension
}

// message puts a message as it is.
func (d *desk) message(m team.Message) {
	d.t.Helper()
	if m.At.IsZero() {
		m.At = d.clock.Now()
	}
	if _, err := d.shelf.Update(context.Background(), func(tx kept.Tx) error { _, err := tx.PutMessage(m); return err }); err != nil {
		d.t.Fatal(err)
	}
}

// until waits for the board to be as it should.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	end := time.After(wait)
	for {
		d.s.board.mu.RLock()
		changed := d.s.board.changed
		d.s.board.mu.RUnlock()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-time.After(50 * time.Millisecond):
		case <-end:
			d.t.Fatalf("%s: not within %v", what, wait)
		}
	}
}

// missed is a call to queue 80 that gave up.
func (d *desk) missed(id, number string) {
	d.t.Helper()
	now := d.clock.Now()
	d.source.tell(team.CallJoined{At: now, Since: now, Queue: "80", Call: id, From: phone.Party{Number: number, Name: "Caller"}, Place: 1},
		team.CallLeft{At: now.Add(9 * time.Second), Queue: "80", Call: id, WaitS: 9})
}

// answer is what a server said.
type said struct {
	status int
	head   http.Header
	body   []byte
}

func (a said) code() team.Code {
	var f team.Fault
	_ = json.Unmarshal(a.body, &f)
	return f.Code
}

func (a said) fault() (f team.Fault) {
	_ = json.Unmarshal(a.body, &f)
	return f
}

func read[T any](t testing.TB, a said) (v T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &v); err != nil || a.status != 200 {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return v
}

// do makes a request as somebody; body is sent as it is when it is a string.
func (d *desk) do(as team.PersonID, method, path string, body any) said {
	d.t.Helper()
	return d.with(d.tokens[as], method, path, body)
}

func (d *desk) with(token, method, path string, body any) said {
	d.t.Helper()
	return d.at(d.web.URL, token, method, path, body)
}

// at makes a request at one of some servers.
func (d *desk) at(url, token, method, path string, body any) said {
	d.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			d.t.Fatal(err)
		}
		r = bytes.NewReader(data)
	}
	q, err := http.NewRequest(method, url+"/api/v1/"+path, r)
	if err != nil {
		d.t.Fatal(err)
	}
	if r != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	return d.send(q)
}

func (d *desk) send(q *http.Request) said {
	d.t.Helper()
	resp, err := d.web.Client().Do(q)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	a := said{resp.StatusCode, resp.Header, data}
	conforms(d.t, q.Method, q.URL.EscapedPath(), a)
	return a
}

// entry is the id of a missed call that is in support's log.
func (d *desk) entry() (id string) {
	d.t.Helper()
	d.missed("c-1", "0701234567")
	d.until("the missed call is in the log", func() bool {
		page, err := d.shelf.Log(d.t.Context(), team.LogQuery{}, nil)
		if err != nil || len(page.Entries) == 0 || page.Entries[0].Value.Outcome != team.OutcomeMissed {
			return false
		}
		id = page.Entries[0].Value.ID
		return true
	})
	return id
}

// victim makes the person whom operations are tried on.
func (d *desk) victim() {
	d.t.Helper()
	_, err := d.shelf.Update(d.t.Context(), func(tx kept.Tx) error {
		return put(tx, team.Item{Kind: team.KindPerson, ID: "victim"}, team.Person{ID: "victim", User: "victim", Name: "V", Groups: map[team.GroupID]team.Rights{"support": team.RightsUser}})
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.until("the victim is there", func() bool { _, ok := d.s.board.who("victim"); return ok })
}
