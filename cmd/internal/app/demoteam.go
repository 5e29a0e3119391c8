package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"svara/phone"
	"svara/phone/pbxdemo"
	"svara/phone/team"
	"svara/phone/team/server"
	"svara/phone/team/spool"
	"svara/phone/team/tally"
	"svara/store/teamdb"
	"svara/ui/text"
)

// practiceTeam is a team server beside the practice exchange: real, with a database of its own that begins empty.
type practiceTeam struct {
	url    string
	db     *teamdb.DB
	server *server.Server
	web    *http.Server
	served chan struct{}
	voices *spool.Spool
	log    *slog.Logger

	stop   context.CancelFunc // of who follows
	follow sync.WaitGroup
}

// practiceGroups are the groups that the practice exchange's queues belong to.
func practiceGroups() []team.Group {
	return []team.Group{
		{ID: "reception", Name: text.T("practice.group_reception"), Number: "+46846500410", Place: 1},
		{ID: "service", Name: text.T("practice.group_service"), Number: "+46846500420", Place: 2},
	}
}

// practiceFolk is how many colleagues are in the team.
const practiceFolk = 12

// Of the practice exchange's user: where activation codes go, and the password at the team server.
const (
	practiceMobile   = "+46701740698"
	practicePassword = "Svara2100"
)

// practiceAdmin administers the practice team.
const practiceAdmin = "admin"

// practiceRoom is the practice exchange's conference. All meetings are in one room there.
var practiceRoom = server.Rooms{Number: "8000", From: 100000, To: 999999}

// practiceTexts prints text messages: nobody has the numbers that they go to.
type practiceTexts struct{}

// Send implements server.Texter.
func (practiceTexts) Send(_ context.Context, _, to, words string) error {
	_, err := fmt.Printf("text message to %s: %s\n", to, words)
	return err
}

// startPracticeTeam starts the team server; it is for user, who is supervisor of every group.
func startPracticeTeam(ctx context.Context, folder string, pbx *pbxdemo.PBX, log *slog.Logger) (*practiceTeam, error) {
	file := filepath.Join(folder, "practice-team.db")
	for _, f := range []string{file, file + "-wal", file + "-shm"} {
		if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	db, err := teamdb.Open(ctx, file, log)
	if err != nil {
		return nil, err
	}
	t := &practiceTeam{db: db, served: make(chan struct{}), log: log}
	if err := openPracticeVoices(folder, t); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, t.voices.Close(), db.Close())
	}
	t.url = "http://" + listener.Addr().String()
	t.server, err = server.New(ctx, server.Config{
		Shelf: db, Log: log, Version: Version, Name: "Svara Övning AB", URL: t.url, SMS: practiceTexts{}, Rooms: practiceRoom, Voices: t.voices,
		Exchanges: []server.Exchange{{Source: pbx.Source(), Name: "Svara", Tally: func(b team.Before) team.Tally { return tally.New(b) }}},
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close(), t.voices.Close(), db.Close())
	}
	t.web = &http.Server{Handler: t.server, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(t.served)
		_ = t.web.Serve(listener)
	}()
	return t, nil
}

// obey has the simulated people do what is said of them at the team server: their telephones are the practice exchange's.
func (t *practiceTeam) obey(ctx context.Context, pbx *pbxdemo.PBX) error {
	token, err := t.server.NewToken(ctx, practiceAdmin, team.NewToken{Name: "colleagues", Scope: team.ScopeRead, Days: 3650})
	if err != nil {
		return err
	}
	client, err := team.NewClient(team.ClientConfig{URL: t.url, Token: token.Token, Agent: "Svara/" + Version})
	if err != nil {
		return err
	}
	run, cancel := context.WithCancel(context.Background())
	t.stop = cancel
	said := map[string]bool{} // whose activity is not their own any more
	t.follow.Go(func() {
		defer client.Close()
		err := client.Follow(run, "", func(e team.FeedEvent) {
			if e.Item == nil || e.Item.Kind != team.KindPresence || e.Item.Gone {
				return
			}
			var p team.Presence
			if err := json.Unmarshal(e.Item.Data, &p); err != nil {
				t.log.Warn("a presence of the practice team cannot be read", "error", err)
				return
			}
			if p.SetBy == "" && p.Activity.From == "" && !said[e.Item.ID] {
				return
			}
			said[e.Item.ID] = true
			a := p.Activity
			pbx.Does(e.Item.ID, phone.Presence{Activity: a.Kind, Name: a.Name, Note: p.Note, Open: a.Rings, Until: a.Until})
		})
		if err != nil {
			t.log.Warn("the practice team is not followed any more", "error", err)
		}
	})
	return nil
}

// populate makes the groups and people, has the server give out the user's account, and returns a token of theirs.
func (t *practiceTeam) populate(ctx context.Context, account phone.Account, password phone.Secret, queues []phone.Queue) (string, error) {
	user := account.User
	for _, g := range practiceGroups() {
		if _, err := t.server.PutGroup(ctx, g.ID, team.NewGroup{Group: g}); err != nil {
			return "", err
		}
	}
	me := team.PersonID(user)
	people := []team.Person{{ID: me, User: user, Name: account.DisplayName, Extension: user, Mobile: practiceMobile, Language: text.Language()}}
	for _, p := range pbxdemo.People(practiceFolk, text.Language()) {
		people = append(people, team.Person{ID: team.PersonID(p.Line()), User: p.Line(), Name: p.Name, Extension: p.Line(), Title: p.Title, Department: p.Department})
	}
	for _, p := range people {
		if p.ID == me && p.Name == "" {
			p.Name = user
		}
		seq, err := t.server.PutPerson(ctx, p.ID, team.NewPerson{Person: p})
		if err != nil {
			return "", err
		}
		t.server.Settle(ctx, seq)
		for _, g := range practiceGroups() {
			rights := team.RightsAgent
			if p.ID == me {
				rights = team.RightsSupervisor
			}
			if seq, err = t.server.SetRights(ctx, p.ID, g.ID, rights); err != nil {
				return "", err
			}
		}
		t.server.Settle(ctx, seq)
	}
	if err := t.setUp(ctx, account, password, queues); err != nil {
		return "", err
	}
	fmt.Printf("practice team server: %s, user %s, password %s; activation codes for %s are printed here\n", t.url, user, practicePassword, practiceMobile)
	return t.join(ctx, me)
}

// placeQueue puts a queue in a group as soon as the exchange has told of it.
func placeQueue(ctx context.Context, client *team.Client, id phone.QueueID, g team.GroupID) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		err := client.Do(ctx, http.MethodPut, "queues/"+url.PathEscape(string(id))+"/group", team.QueuePlace{Group: g}, nil)
		var f *team.Fault
		if !errors.As(err, &f) || f.Code != team.CodeNotFound {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// join signs somebody in as they do with their first link.
func (t *practiceTeam) join(ctx context.Context, who team.PersonID) (string, error) {
	link, err := t.server.Link(ctx, who)
	if err != nil {
		return "", err
	}
	client, err := team.NewClient(team.ClientConfig{URL: t.url, Agent: "Svara/" + Version})
	if err != nil {
		return "", err
	}
	defer client.Close()
	var token team.Token
	device, _ := os.Hostname()
	err = client.Do(ctx, http.MethodPost, "redeem", team.Redeem{Code: path.Base(link.URL), Password: practicePassword, Device: device}, &token)
	return token.Token, err
}

// setUp puts the queues in their groups and says what telephones are given, as an administrator.
func (t *practiceTeam) setUp(ctx context.Context, account phone.Account, password phone.Secret, queues []phone.Queue) error {
	seq, err := t.server.PutPerson(ctx, practiceAdmin, team.NewPerson{Person: team.Person{ID: practiceAdmin, User: practiceAdmin, Name: "Administrator"}})
	if err != nil {
		return err
	}
	t.server.Settle(ctx, seq)
	if seq, err = t.server.SetRights(ctx, practiceAdmin, team.Everyone, team.RightsAdmin); err != nil {
		return err
	}
	t.server.Settle(ctx, seq)
	token, err := t.server.NewToken(ctx, practiceAdmin, team.NewToken{Name: "set up", Scope: team.ScopeAll, Days: 1})
	if err != nil {
		return err
	}
	client, err := team.NewClient(team.ClientConfig{URL: t.url, Token: token.Token})
	if err != nil {
		return err
	}
	defer client.Close()
	for i, q := range queues {
		groups := practiceGroups()
		g := groups[min(i, len(groups)-1)].ID
		if err := placeQueue(ctx, client, q.ID, g); err != nil {
			return fmt.Errorf("place queue %s: %w", q.ID, err)
		}
	}
	if err := t.leaveMessages(ctx, client); err != nil {
		return fmt.Errorf("leave messages: %w", err)
	}
	given := team.NewSetup{Setup: team.Setup{Domain: account.Domain, Transport: account.Transport, Dialect: account.Dialect}}
	return errors.Join(client.Do(ctx, http.MethodPut, "setup", given, nil),
		client.Do(ctx, http.MethodPut, "people/"+url.PathEscape(account.User)+"/line", team.Line{User: account.User, Password: string(password)}, nil))
}

func (t *practiceTeam) close() error {
	if t.stop != nil {
		t.stop()
		t.follow.Wait()
	}
	t.server.Goodbye()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := t.web.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = t.web.Close()
	}
	<-t.served
	t.server.Close()
	return errors.Join(err, t.voices.Close(), t.db.Close())
}
