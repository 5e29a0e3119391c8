package engine

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/server"
	"svara/store/teamdb"
)

// office is a real team server of two people, that can be away.
type office struct {
	*server.Server
	web *httptest.Server

	mu   sync.Mutex
	away bool
}

func newOffice(t *testing.T, edit ...func(*server.Config)) *office {
	t.Helper()
	ctx := t.Context()
	db, err := teamdb.Open(ctx, filepath.Join(t.TempDir(), "team.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{}
	o.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		away := o.away
		o.mu.Unlock()
		if away {
			panic(http.ErrAbortHandler)
		}
		o.ServeHTTP(w, r)
	}))
	config := server.Config{Shelf: db, Log: slog.New(slog.DiscardHandler), Name: "Kontoret", URL: o.web.URL}
	for _, f := range edit {
		f(&config)
	}
	if o.Server, err = server.New(ctx, config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		o.web.CloseClientConnections()
		o.Goodbye()
		o.web.Close()
		o.Server.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := o.PutGroup(ctx, "sales", team.NewGroup{Group: team.Group{Name: "Sales"}}); err != nil {
		t.Fatal(err)
	}
	o.person(t, "elin", "Elin Strandh", "2100")
	o.person(t, "salma", "Salma Haddad", "2102")
	return o
}

func (o *office) person(t *testing.T, id team.PersonID, name, extension string) {
	t.Helper()
	seq, err := o.PutPerson(t.Context(), id, team.NewPerson{Person: team.Person{ID: id, User: string(id), Name: name, Extension: extension}})
	if err != nil {
		t.Fatal(err)
	}
	o.Settle(t.Context(), seq)
	if seq, err = o.SetRights(t.Context(), id, "sales", team.RightsAgent); err != nil {
		t.Fatal(err)
	}
	o.Settle(t.Context(), seq)
}

// client is somebody at the server.
func (o *office) client(t *testing.T, id team.PersonID) (*team.Client, string) {
	t.Helper()
	token, err := o.NewToken(t.Context(), id, team.NewToken{Name: "test", Scope: team.ScopeAll, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	c, err := team.NewClient(team.ClientConfig{URL: o.web.URL, Token: token.Token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, token.Token
}

// leave makes the server go away, or come back.
func (o *office) leave(away bool) {
	o.mu.Lock()
	o.away = away
	o.mu.Unlock()
	if away {
		o.web.CloseClientConnections()
	}
}

// keeping is a store and a key store that remember.
type keeping struct {
	*memory
	mu      sync.Mutex
	state   map[string]string
	wrote   chan struct{} // something was
	secrets map[phone.AccountID]phone.Secret
}

func (k *keeping) PutState(_ context.Context, key, value string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state[key] = value
	select {
	case k.wrote <- struct{}{}:
	default:
	}
	return nil
}

func (k *keeping) kept(key string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state[key]
}

func (k *keeping) Get(id phone.AccountID) (phone.Secret, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.secrets[id], nil
}

func (k *keeping) Put(id phone.AccountID, s phone.Secret) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.secrets[id] = s
	return nil
}

func (k *keeping) Remove(id phone.AccountID) error { return k.Put(id, "") }

// desk is a phone at the office.
func (o *office) desk(t *testing.T, k *keeping, kept string) *rig {
	return newRig(t, k.memory, func(opt *Options) {
		opt.Store, opt.Secrets, opt.Team, opt.TeamKept = k, k, true, kept
		opt.Accounts = []phone.Account{{ID: "work", User: "2100", Domain: "pbx.test", Default: true, Team: o.web.URL}}
	})
}

// A phone that is killed and starts again without the team server shows what it was told last, with its age; when the server
// is back it is as it is there, and nobody who left is left. A token that is not accepted any more ends it, on the disk too.
func TestTeamKeptForAStartWithoutIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	salma, _ := o.client(t, "salma")
	lunch := team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityLunch}, Note: "13"}
	if err := salma.Do(t.Context(), http.MethodPut, "people/salma/presence", lunch, nil); err != nil {
		t.Fatal(err)
	}
	_, token := o.client(t, "elin")
	k := &keeping{memory: &memory{}, state: map[string]string{}, wrote: make(chan struct{}, 1), secrets: map[phone.AccountID]phone.Secret{teamKey("work"): tokenOf(o.web.URL, token)}}
	shown := func(s *phone.Snapshot) bool {
		l := s.LineOf("2102")
		return l != nil && l.Presence != nil && l.Presence.Activity == phone.ActivityLunch && l.Presence.Note == "13"
	}
	begun := time.Now()
	a := o.desk(t, k, "")
	a.until(t, "the team", func(s *phone.Snapshot) bool { return s.Team.Link == phone.TeamLive && shown(s) })
	for patience := time.After(time.Minute); k.kept(TeamKey) == ""; { // without an end of the phone: it may be killed
		select {
		case <-k.wrote:
		case <-patience:
			t.Fatal("nothing is kept")
		}
	}

	o.leave(true)
	again := time.Now()
	b := o.desk(t, k, k.kept(TeamKey))
	s := b.until(t, "what was told before", func(s *phone.Snapshot) bool { return s.Team.Link == phone.TeamAway && shown(s) })
	if s.Team.Since.Before(begun) || s.Team.Since.After(again) || s.Team.Name != "Kontoret" || s.Team.Me != "elin" || s.Team.Retry.IsZero() {
		t.Errorf("%+v", s.Team)
	}

	seq, err := o.SetRights(t.Context(), "elin", team.Everyone, team.RightsAdmin)
	if err != nil {
		t.Fatal(err)
	}
	o.Settle(t.Context(), seq)
	o.person(t, "bo", "Bo Berg", "2103")
	admin, _ := o.client(t, "elin")
	o.leave(false)
	if err := admin.Do(t.Context(), http.MethodDelete, "people/salma", nil, nil); err != nil {
		t.Fatal(err)
	}
	b.until(t, "the team as it is now", func(s *phone.Snapshot) bool {
		return s.Team.Link == phone.TeamLive && s.LineOf("2102") == nil
	})

	elin, err := team.NewClient(team.ClientConfig{URL: o.web.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer elin.Close()
	if err := elin.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = b.until(t, "signed out", func(s *phone.Snapshot) bool { return s.Team.Link == phone.TeamSignedOut })
	if s.Team.Me != "" || s.Team.Reason == nil || s.Team.Reason.ID != phone.ReasonTeamSignedOut {
		t.Errorf("%+v", s.Team)
	}
	if err := b.Saved(t.Context()); err != nil || k.kept(TeamKey) != "" {
		t.Errorf("%v, kept: %s", err, k.kept(TeamKey))
	}
}
