package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/store/teamdb"
)

// reader is a desktop that follows the feed.
type reader struct {
	t      testing.TB
	events chan team.FeedEvent
	cancel context.CancelFunc
	done   chan error
	at     team.Position
}

func follow(t testing.TB, url, token string, from team.Position) *reader {
	t.Helper()
	c, err := team.NewClient(team.ClientConfig{URL: url, Token: token, Agent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &reader{t: t, events: make(chan team.FeedEvent, 1000), cancel: cancel, done: make(chan error, 1)}
	go func() {
		err := c.Follow(ctx, from, func(e team.FeedEvent) {
			select {
			case r.events <- e:
			case <-ctx.Done():
			}
		})
		c.Close()
		r.done <- err
		close(r.done)
	}()
	t.Cleanup(r.stop)
	return r
}

func (r *reader) stop() {
	r.cancel()
	<-r.done
}

// until reads on until an event is as wanted, and returns the items before and with it.
func (r *reader) until(what string, ok func(team.FeedEvent) bool) (items map[string]team.Item) {
	r.t.Helper()
	items = map[string]team.Item{}
	end := time.After(wait)
	for {
		select {
		case e := <-r.events:
			if e.At != "" {
				r.at = e.At
			}
			if e.Item != nil {
				items[string(e.Item.Kind)+" "+e.Item.ID] = *e.Item
			}
			if ok(e) {
				return items
			}
		case <-end:
			r.t.Fatalf("%s: not within %v; read %v", what, wait, items)
		}
	}
}

func synced(e team.FeedEvent) bool { return e.Synced }
func told(e team.FeedEvent) bool   { return e.At != "" }

func TestFeedTellsWhatOneMaySee(t *testing.T) {
	d := newDesk(t)
	r := follow(t, d.web.URL, d.tokens["ag"], "")
	all := r.until("everything", synced)
	if all["queue 80"].Seq == 0 || all["queue 81"].Seq != 0 || all["person out"].Seq == 0 || all["source pbx"].Seq == 0 || len(all) == 0 {
		t.Errorf("%v", all)
	}
	devices := 0
	for _, i := range all {
		if i.Kind == team.KindDevice {
			devices++
		}
		if i.Kind == kindPlaced || i.Kind == kindAsk || i.Kind == team.KindLog {
			t.Errorf("%+v", i)
		}
	}
	if devices != 1 {
		t.Errorf("%d devices", devices)
	}
	r.until("the position", told)
	d.missed("c-1", "0701234567")
	entry := false
	r.until("the call in the log", func(e team.FeedEvent) bool {
		if e.Item != nil && e.Item.Kind == team.KindLog {
			var l team.LogEntry
			_ = json.Unmarshal(e.Item.Data, &l)
			entry = l.Outcome == team.OutcomeMissed && l.From.Number == "0701234567" && l.WaitS == 9
		}
		return entry
	})
	// Who goes on from where they were is told what changed meanwhile, each thing once.
	r.until("the position", told)
	r.stop()
	for i := range 5 {
		read[team.Done](t, d.do("ag", "PUT", "people/ag/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityLunch}, Note: fmt.Sprint(i)}))
	}
	r = follow(t, d.web.URL, d.tokens["ag"], r.at)
	n := 0
	items := r.until("what changed", func(e team.FeedEvent) bool {
		if e.Reset {
			t.Error("everything is told again")
		}
		if e.Item != nil && e.Item.Kind == team.KindPresence {
			n++
		}
		return e.Synced
	})
	var p team.Presence
	_ = json.Unmarshal(items["presence ag"].Data, &p)
	if n != 1 || p.Note != "4" || p.SetBy != "ag" || items["queue 81"].Seq != 0 || items["person out"].Seq != 0 {
		t.Errorf("%d, %+v", n, items)
	}
}

func TestFeedAfterOtherRights(t *testing.T) {
	d := newDesk(t)
	r := follow(t, d.web.URL, d.tokens["ag"], "")
	r.until("everything", synced)
	r.until("the position", told)
	before := r.at
	read[team.Done](t, d.do("root", "PUT", "groups/sales/members/ag", team.MemberRights{Rights: team.RightsUser}))
	r.until("all is to be forgotten", func(e team.FeedEvent) bool { return e.Reset })
	if all := r.until("everything", synced); all["queue 80"].Seq == 0 || all["queue 81"].Seq == 0 {
		t.Errorf("%v", all)
	}
	r.until("the position", told)
	r.stop()
	// The same for one who was away then.
	r = follow(t, d.web.URL, d.tokens["ag"], before)
	r.until("all is to be forgotten", func(e team.FeedEvent) bool { return e.Reset })
	r.stop()
	for _, odd := range []team.Position{"x", "-5", "99999999.00000000", "1.2.3"} {
		r = follow(t, d.web.URL, d.tokens["ag"], odd)
		r.until("all is to be forgotten", func(e team.FeedEvent) bool { return e.Reset })
		r.until("everything", synced)
		r.stop()
	}
	// Signed out, it ends.
	r = follow(t, d.web.URL, d.tokens["us"], "")
	r.until("everything", synced)
	read[team.Done](t, d.do("us", "POST", "sign-out", nil))
	var f *team.Fault
	if err := <-r.done; !errors.As(err, &f) || f.Code != team.CodeNotSignedIn {
		t.Error(err)
	}
}

// Two servers on one database: what is changed at one is told at the other; one of them keeps the exchange, and does what is
// asked at the other; when it ends the other goes on.
func TestTwoServers(t *testing.T) {
	d := newDesk(t)
	src := newSource()
	s2, web2 := d.server(open(t, d.file), src)
	r := follow(t, web2.URL, d.tokens["ag"], "")
	r.until("everything", synced)
	read[team.Done](t, d.do("ag", "PUT", "people/ag/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityMeeting}}))
	r.until("the activity", func(e team.FeedEvent) bool {
		return e.Item != nil && e.Item.ID == "ag" && e.Item.Kind == team.KindPresence
	})
	if len(src.runs) != 0 {
		t.Fatal("both keep the exchange")
	}
	client, err := team.NewClient(team.ClientConfig{URL: web2.URL, Token: d.tokens["ag"]})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	yes := true
	if err := client.Do(t.Context(), "PUT", "queues/80/members/ag", team.MemberChange{LoggedIn: &yes}, nil); err != nil {
		t.Fatal(err)
	}
	want := team.LogMember{Queue: "80", Phone: "PJSIP/" + d.ext("ag"), Name: "Person ag", In: true, Skill: 10}
	if did := d.source.did(); len(did) != 1 || did[0] != want {
		t.Errorf("%+v", did)
	}
	d.source.mu.Lock()
	d.source.answer = phone.Refuse(phone.ReasonNotMember, "no")
	d.source.mu.Unlock()
	var f *team.Fault
	if err := client.Do(t.Context(), "PUT", "queues/80/members/ag", team.MemberChange{LoggedIn: &yes}, nil); !errors.As(err, &f) || f.Code != team.CodeRefused || f.Reason == nil || f.Reason.ID != phone.ReasonNotMember {
		t.Errorf("%v", err)
	}
	d.until("the questions are gone", func() bool {
		return len(d.s.board.all(kindAsk, view{})) == 0 && len(d.s.board.byKindCount(kindAsk)) == 0
	})
	d.s.Goodbye()
	d.web.Close()
	d.s.Close()
	select {
	case <-src.runs:
	case <-time.After(wait):
		t.Fatal("nobody keeps the exchange")
	}
	now := d.clock.Now()
	src.tell(team.SourceUp{At: now}, team.QueueTold{At: now, Queue: "80", Name: "Support desk"}, team.SourceSynced{At: now})
	r.until("the queue's new name", func(e team.FeedEvent) bool {
		var q team.Queue
		return e.Item != nil && e.Item.Kind == team.KindQueue && json.Unmarshal(e.Item.Data, &q) == nil && q.Name == "Support desk"
	})
	_ = s2
}

// byKindCount is the ids of a kind.
func (b *board) byKindCount(k team.Kind) (out []string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for id := range b.byKind[k] {
		out = append(out, id)
	}
	return out
}

// away is a database that can be taken away.
type away struct {
	kept.Shelf
	gone atomic.Bool
}

var errAway = errors.New("the database is away")

func (a *away) Update(ctx context.Context, f func(kept.Tx) error) (team.Seq, error) {
	if a.gone.Load() {
		return 0, errAway
	}
	return a.Shelf.Update(ctx, f)
}

func (a *away) Since(ctx context.Context, m kept.Mark, n int) ([]team.Item, error) {
	if a.gone.Load() {
		return nil, errAway
	}
	return a.Shelf.Since(ctx, m, n)
}

func (a *away) Log(ctx context.Context, q team.LogQuery, g []team.GroupID) (team.LogPage, error) {
	if a.gone.Load() {
		return team.LogPage{}, errAway
	}
	return a.Shelf.Log(ctx, q, g)
}

// The database comes back, and another server takes the exchange before the one that had it: calls that only that one saw are
// in the log all the same, once.
func TestAnotherIsFasterWhenTheDatabaseIsBack(t *testing.T) {
	d := newDesk(t)
	one, two := &away{Shelf: d.shelf}, &away{Shelf: open(t, d.file)}
	d.web.CloseClientConnections()
	d.s.Close()
	first := newSource()
	s, _ := d.server(one, first)
	d.s = s
	<-first.runs
	second := newSource()
	d.server(two, second)
	now := d.clock.Now()
	first.tell(team.SourceUp{At: now}, team.QueueTold{At: now, Queue: "80", Name: "Support"}, team.SourceSynced{At: now})
	d.source = first
	d.missed("before", "0701234567")
	calls := func() (n int) {
		page, err := d.shelf.Log(t.Context(), team.LogQuery{Open: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Entries)
	}
	d.until("a call that was seen", func() bool { return calls() == 1 })
	one.gone.Store(true)
	two.gone.Store(true)
	for i := range 20 {
		d.missed(fmt.Sprintf("meanwhile-%d", i), "0701234567")
	}
	d.clock.pass(time.Minute) // the lease has ended
	two.gone.Store(false)
	select {
	case <-second.runs:
	case <-time.After(wait):
		t.Fatal("the other server does not go on")
	}
	second.tell(team.SourceUp{At: d.clock.Now()}, team.QueueTold{At: d.clock.Now(), Queue: "80", Name: "Support"}, team.SourceSynced{At: d.clock.Now()})
	one.gone.Store(false)
	d.until("what only one of them saw", func() bool { return calls() >= 21 })
	d.source = second
	d.missed("after", "0701234567")
	d.until("what comes next", func() bool { return calls() >= 22 })
	if n := calls(); n != 22 {
		t.Errorf("%d calls in the log", n)
	}
}

// While the database is away changes are refused and told as such, who is signed in stays so, feeds stay; what the exchange
// told meanwhile is written when it is back, once.
func TestDatabaseAway(t *testing.T) {
	d := newDesk(t)
	a := &away{Shelf: d.shelf}
	src := newSource()
	d.s.Goodbye()
	d.web.Close()
	d.s.Close()
	d.source = src
	d.s, d.web = d.server(a, src)
	<-src.runs
	r := follow(t, d.web.URL, d.tokens["ag"], "")
	r.until("everything", synced)
	browser := d.browser()
	browser.signIn("ag")
	a.gone.Store(true)
	var f *team.Fault
	r.until("what is shown is old", func(e team.FeedEvent) bool { return errors.As(e.Down, &f) })
	if f.Code != team.CodeUnavailable {
		t.Errorf("%+v", f)
	}
	if _, html := browser.page("GET", "/", nil); !strings.Contains(html, "databas kan inte nås") {
		t.Errorf("the page: %s", html)
	}
	// Who comes now is told what was last known, and that it is old.
	late := follow(t, d.web.URL, d.tokens["us"], "")
	if items := late.until("what was known", synced); items["queue 80"].Seq == 0 {
		t.Errorf("%v", items)
	}
	late.until("that it is old", func(e team.FeedEvent) bool { return e.Down != nil })
	if x := d.do("ag", "POST", "log", team.LogQuery{}); x.status != 503 || x.code() != team.CodeUnavailable || x.head.Get("Retry-After") == "" {
		t.Errorf("%d %s", x.status, x.body)
	}
	if x := d.do("ag", "PUT", "people/ag/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityLunch}}); x.status != 503 {
		t.Errorf("%d %s", x.status, x.body)
	}
	read[[]team.Versioned[team.Queue]](t, d.do("ag", "GET", "queues", nil))
	now := d.clock.Now()
	src.tell(team.SourceUp{At: now}, team.QueueTold{At: now, Queue: "80", Name: "Support"}, team.SourceSynced{At: now})
	for i := range 300 {
		d.missed(fmt.Sprintf("c-%d", i), "0701234567")
	}
	a.gone.Store(false)
	for _, r := range []*reader{r, late} {
		r.until("it is new again", func(e team.FeedEvent) bool {
			if e.Reset || e.Down != nil {
				t.Errorf("%+v", e)
			}
			return e.Synced
		})
	}
	d.until("the calls are counted", func() bool { q, _ := d.s.queueNow("80"); return q.Lost == 300 })
	page := read[team.LogPage](t, d.do("ag", "POST", "log", team.LogQuery{Open: true, Limit: 200}))
	rest := read[team.LogPage](t, d.do("ag", "POST", "log", team.LogQuery{Open: true, Limit: 200, After: page.Next}))
	if len(page.Entries)+len(rest.Entries) != 300 || rest.Next != "" {
		t.Errorf("%d and %d in the log", len(page.Entries), len(rest.Entries))
	}
}

// Who sees a group where nothing happens stays in step while others have many calls: they are not woken for those, and when
// something happens they are told that and nothing else.
func TestFeedOfAQuietGroup(t *testing.T) {
	d := newDesk(t)
	r := follow(t, d.web.URL, d.tokens["out"], "")
	r.until("everything", synced)
	calls := func(group team.GroupID, queue phone.QueueID, n int) {
		t.Helper()
		seq, err := d.shelf.Update(t.Context(), func(tx kept.Tx) error {
			for i := range n {
				e := team.LogEntry{ID: fmt.Sprintf("%s-%d", group, i), Queue: queue, Group: group, Began: d.clock.Now(), Outcome: team.OutcomeMissed}
				if _, err := tx.PutCall(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d.s.board.wait(t.Context(), seq)
	}
	calls("sales", "81", 1)
	r.until("the first call", func(e team.FeedEvent) bool { return e.Item != nil && e.Item.ID == "sales-0" })
	calls("support", "80", 2*keepLog+100)
	d.s.board.mu.RLock()
	floor := d.s.board.floor
	d.s.board.mu.RUnlock()
	read[team.Done](t, d.do("out", "PUT", "people/out/presence", team.PresenceChange{Activity: phone.Activity{Kind: phone.ActivityLunch}}))
	items := r.until("what happened", func(e team.FeedEvent) bool {
		if e.Reset {
			t.Error("all is told anew")
		}
		return e.Item != nil && e.Item.Kind == team.KindPresence && e.Item.ID == "out"
	})
	if len(items) != 1 {
		t.Errorf("%v", items)
	}
	if at := items["presence out"].Seq; floor < 1000 || at < floor {
		t.Errorf("the board remembers from %d, told was %d", floor, at)
	}
}

// After the database was restored a feed that stayed tells everything anew, whatever the sequences are now.
func TestFeedAfterARestore(t *testing.T) {
	d := newDesk(t)
	shelf := d.shelf.(*teamdb.DB)
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := shelf.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	note := func(db kept.Shelf, text string) {
		t.Helper()
		_, err := db.Update(t.Context(), func(tx kept.Tx) error {
			return put(tx, team.Item{Kind: team.KindPresence, ID: "us"}, team.Presence{Person: "us", Note: text})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	other := open(t, backup)
	note(other, "kept")
	for i := range 10 { // so that its sequences are ahead
		if _, err := other.Update(t.Context(), func(tx kept.Tx) error {
			return put(tx, team.Item{Kind: team.KindPresence, ID: "sup"}, team.Presence{Person: "sup", Note: fmt.Sprint(i)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	r := follow(t, d.web.URL, d.tokens["ag"], "")
	r.until("everything", synced)
	noted := func(want string) func(team.FeedEvent) bool {
		return func(e team.FeedEvent) bool {
			var p team.Presence
			return e.Item != nil && e.Item.Kind == team.KindPresence && e.Item.ID == "us" && json.Unmarshal(e.Item.Data, &p) == nil && p.Note == want
		}
	}
	note(d.shelf, "a")
	note(d.shelf, "lost")
	r.until("the note", noted("lost"))
	if err := shelf.Restore(t.Context(), backup, quiet()); err != nil {
		t.Fatal(err)
	}
	r.until("all is to be forgotten", func(e team.FeedEvent) bool { return e.Reset })
	r.until("the note of the backup", noted("kept"))
}
