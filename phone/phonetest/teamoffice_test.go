package phonetest_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
	"svara/phone/team"
)

// teamLimit is how long anything of an office may take on a machine with other things to do.
const teamLimit = 60 * time.Second

// teamOffice is an Asterisk with a queue, a team server of its own beside it, and three people with a desktop each.
type teamOffice struct {
	t       *testing.T
	pbx     *phonetest.Asterisk
	server  *phonetest.Team
	args    []string // of the server, besides its database
	people  []string
	admin   *team.Client
	clients map[string]*team.Client
	desks   map[string]*phonetest.Svara
}

// newTeamOffice opens one whose server has its database in a PostgreSQL; "" is SQLite.
func newTeamOffice(t *testing.T, postgres string) *teamOffice {
	o := &teamOffice{t: t, people: []string{"2101", "2102", "2103"}, clients: map[string]*team.Client{}, desks: map[string]*phonetest.Svara{}}
	authority := certs.NewAuthority(t)
	c := phonetest.AsteriskConfig{Manager: true, Voicemail: true, TLS: authority.Issue(t, certs.Spec{IPs: loopbackIPs}), Queues: []phonetest.PBXQueue{{Name: "support", Number: "6401"}},
		Extra: "exten => _21XX,1,Gosub(svara-dial,s,1(${EXTEN},PJSIP/${EXTEN},svara))\n same => n,Hangup()\n" +
			"exten => _0812X,1,Gosub(svara-shown,s,1(${CHANNEL(endpoint)}))\n same => n,Dial(PJSIP/2103,30)\n"} // outside, where 2103 answers
	for _, u := range o.people {
		c.Users = append(c.Users, phonetest.PBXUser{User: u, Password: "pw-" + u})
	}
	o.pbx = phonetest.StartAsterisk(t, c)
	password := filepath.Join(t.TempDir(), "ami")
	if err := os.WriteFile(password, []byte(phonetest.ManagerPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.args = []string{"--ami", o.pbx.ManagerTLS(), "--ami-tls", "--ami-ca", authority.CertFile, "--ami-user", phonetest.ManagerUser,
		"--ami-password-file", password, "--ami-context", "svara"}
	o.server = phonetest.StartTeam(t, phonetest.TeamConfig{Postgres: postgres, Args: o.args})
	o.admin = o.server.Join(o.server.Admin)
	o.server.Run("group", "add", "support", "--name", "Support")
	for i, u := range o.people {
		rights := []string{"agent", "agent", "supervisor"}[i]
		o.clients[u] = o.server.Join(o.server.Run("user", "add", u, "--name", "Person "+u, "--extension", u, "--group", "support", "--rights", rights))
	}
	o.until("the queue is placed", func() bool {
		return o.admin.Do(t.Context(), "PUT", "queues/support/group", team.QueuePlace{Group: "support"}, nil) == nil
	})
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, u := range o.people {
		wg.Go(func() {
			s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Called: u})
			s.SignIn(u, o.pbx.Addr(), "--dialect", "asterisk", "--team", o.server.URL)
			s.SignInTeam(u, phonetest.TeamPassword)
			mu.Lock()
			o.desks[u] = s
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(o.desks) != len(o.people) {
		t.FailNow()
	}
	o.all("the queue is shown", func(s phone.Snapshot) bool { return slices.ContainsFunc(s.Queues, isSupport) })
	return o
}

func isSupport(q phone.QueueStatus) bool { return q.ID == "support" && q.Team != nil }

func (o *teamOffice) until(what string, ok func() bool) {
	o.t.Helper()
	defer func() {
		if o.t.Failed() {
			o.t.Logf("the log is %+v", o.log(o.people[2]))
		}
	}()
	phonetest.Until(o.t, teamLimit, what, ok)
}

// all waits until every desktop shows something.
func (o *teamOffice) all(what string, ok func(phone.Snapshot) bool) {
	o.t.Helper()
	for _, u := range o.people {
		if d := o.desks[u]; d != nil {
			o.until(what+" at "+u, func() bool { return ok(d.Snapshot()) })
		}
	}
}

// log is the calls as somebody is told them.
func (o *teamOffice) log(as string) []team.Versioned[team.LogEntry] {
	var page team.LogPage
	if err := o.clients[as].Do(o.t.Context(), "POST", "log", team.LogQuery{}, &page); err != nil {
		return nil
	}
	return page.Entries
}

// A team server with a real exchange and three desktops: callers who give up, one call that two people take at once, the
// server killed in the middle of a talk, the exchange gone and back, and calls that go where an activity says when nobody's
// computer is on.
func TestTeamOffice(t *testing.T) {
	t.Parallel()
	o := newTeamOffice(t, "")
	anna, bo, cilla := o.people[0], o.people[1], o.people[2]

	// Three callers give up: everybody sees three open calls.
	o.pbx.CallQueue("6401", 3, 2*time.Second).Wait(teamLimit)
	o.all("three open calls", func(s phone.Snapshot) bool { return s.Team.Log.Open == 3 })

	// Two people take the same one at once: one of them does, the other is told who.
	entry := o.log(anna)[0]
	var faults [2]error
	var wg sync.WaitGroup
	for i, who := range []string{anna, bo} {
		wg.Go(func() {
			me := team.PersonID(who)
			faults[i] = o.clients[who].Do(context.Background(), "PATCH", "log/"+url.PathEscape(entry.Value.ID), team.LogChange{Seq: entry.Seq, Handler: &me}, nil)
		})
	}
	wg.Wait()
	first := 0
	if faults[0] != nil {
		first = 1
	}
	var f *team.Fault
	if faults[first] != nil || !errors.As(faults[1-first], &f) || f.Code != team.CodeConflict || f.Item == nil || !strings.Contains(string(f.Item.Data), `"handler":"`+o.people[first]+`"`) {
		t.Fatalf("%v, %v", faults[0], faults[1])
	}
	for i, u := range []string{anna, bo} {
		mine := map[bool]int{true: 1, false: 0}[i == first]
		o.until(u+" sees whose it is", func() bool { return o.desks[u].Snapshot().Team.Log.Mine == mine })
	}

	// Anna logs in at her desktop, and answers a caller. The server is killed meanwhile; the call is over when it is back.
	o.desks[anna].Must("queue", "login", "support")
	o.all("Anna is logged in", func(s phone.Snapshot) bool {
		i := slices.IndexFunc(s.Queues, isSupport)
		return i >= 0 && slices.ContainsFunc(s.Queues[i].Team.Members, func(m phone.QueueMember) bool { return m.Number == anna && m.LoggedIn })
	})
	caller := o.pbx.CallQueue("6401", 1, 0)
	call := o.desks[anna].AnswerNext()
	o.until("the talk is in the log", func() bool {
		return slices.ContainsFunc(o.log(cilla), func(e team.Versioned[team.LogEntry]) bool { return e.Value.Talking && string(e.Value.Answered) == anna })
	})
	o.server.Kill()
	o.all("the server is away", func(s phone.Snapshot) bool { return s.Team.Link == phone.TeamAway })
	o.desks[anna].HangUp(call)
	caller.Wait(teamLimit)
	o.server.Restart()
	o.all("the server is back", func(s phone.Snapshot) bool { return s.Team.Link == phone.TeamLive && s.Team.Log.Open == 3 })
	o.until("the talk is over, once", func() bool {
		answered := 0
		entries := o.log(cilla)
		for _, e := range entries {
			if e.Value.Outcome == team.OutcomeAnswered && !e.Value.Talking {
				answered++
			}
		}
		return answered == 1 && len(entries) == 4
	})

	// The exchange goes, and is back.
	o.pbx.Stop()
	down := func(s phone.Snapshot) bool { return len(s.Team.Sources) == 1 && !s.Team.Sources[0].Up }
	o.all("the exchange is away", down)
	o.pbx.Start()
	o.all("the exchange is back", func(s phone.Snapshot) bool {
		return len(s.Team.Sources) == 1 && s.Team.Sources[0].Up && slices.ContainsFunc(s.Queues, isSupport)
	})
	o.until("nothing is doubled", func() bool { return len(o.log(cilla)) == 4 })
	o.until("Cilla is registered again", func() bool { return o.pbx.Registered(cilla) })

	// Bo links lunch to Cilla at his desktop, forwards when busy by the server, and closes it.
	rules := func() (out []phone.Rule) { o.desks[bo].Ask(&out, "rules"); return out }
	o.desks[bo].Must("link", "set", "lunch", cilla)
	o.until("the server applies it", func() bool { return o.desks[bo].Snapshot().Team.Applies == phone.AccountID(bo) })
	o.desks[bo].Must("forward", "busy", anna)
	o.until("he is forwarded when busy", func() bool {
		return slices.ContainsFunc(rules(), func(r phone.Rule) bool {
			return r.Kind == phone.RuleForward && r.Forward == phone.ForwardBusy && r.Number == anna && r.Team
		})
	})
	var view team.RoutingView
	o.until("the server has the link", func() bool {
		return o.clients[cilla].Do(t.Context(), "GET", "people/"+bo+"/routing", nil, &view) == nil && len(view.Routing.Value.Links) == 1
	})
	o.desks[bo].Quit()
	delete(o.desks, bo)

	// His lunch, which the supervisor sets, sends his calls to Cilla, and its end brings them back.
	to := func(number string) {
		t.Helper()
		o.until("Bo's calls go to "+number, func() bool {
			got := o.pbx.CLI("database get svara/forward/" + bo + " all")
			return strings.Contains(got, "Value: "+number) && number != "" || strings.Contains(got, "not found") && number == ""
		})
	}
	o.desks[cilla].Must("team", "activity", bo, "lunch", "--note", "back at one")
	to(cilla)
	caller = o.pbx.CallQueue(bo, 1, 0)
	o.desks[cilla].HangUp(o.desks[cilla].AnswerNext())
	caller.Wait(teamLimit)
	o.desks[cilla].Must("team", "activity", bo, "available")
	to("")
}
