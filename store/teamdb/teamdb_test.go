package teamdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
	"svara/phone/team/kept"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// shelfTest is a test of any database. again opens the same one once more, as another server.
type shelfTest func(t *testing.T, d *DB, again func() *DB)

var shelfTests = map[string]shelfTest{
	"items":      itemsInTheirNewestForm,
	"whole":      allOfAChangeOrNothing,
	"order":      committedInOrderOfSequence,
	"people":     secretsTokensAttemptsAndAudit,
	"lease":      oneHoldsTheLease,
	"future":     aLeaseOfTheFuture,
	"log":        theLogIsAsked,
	"entry":      twoWriteOneEntry,
	"backup":     backUpAndRestore,
	"messages":   messagesAreAsked,
	"migrations": newerIsLeftAlone,
}

func TestSQLite(t *testing.T) {
	for name, test := range shelfTests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a team?#%.db")
			run(t, func() *DB { return must(Open(t.Context(), file, quiet())) }, test)
		})
	}
}

func TestPostgreSQL(t *testing.T) {
	p := phonetest.StartPostgres(t)
	for name, test := range shelfTests {
		t.Run(name, func(t *testing.T) {
			dsn := p.Database()
			run(t, func() *DB { return must(OpenPostgres(t.Context(), dsn, quiet())) }, test)
		})
	}
}

func run(t *testing.T, open func() *DB, test shelfTest) {
	opened := func() *DB {
		d := open()
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return d
	}
	test(t, opened(), opened)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// change is an Update that must succeed.
func change(t testing.TB, d *DB, f func(tx kept.Tx) error) team.Seq {
	t.Helper()
	seq, err := d.Update(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func item(kind team.Kind, id, data string) team.Item {
	return team.Item{Kind: kind, ID: id, Group: "support", Data: []byte(data)}
}

func put(t testing.TB, d *DB, i team.Item) team.Seq {
	t.Helper()
	return change(t, d, func(tx kept.Tx) error { _, err := tx.Put(i); return err })
}

func itemsInTheirNewestForm(t *testing.T, d *DB, again func() *DB) {
	_, start, err := d.Items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := put(t, d, item(team.KindQueue, "80", `{"a":"å'\"; DROP TABLE items; --"}`))
	put(t, d, item(team.KindQueue, "81", `{}`))
	third := put(t, d, item(team.KindQueue, "80", `{"a":2}`))
	if same := put(t, d, item(team.KindQueue, "80", `{"a":2}`)); same != 0 {
		t.Errorf("the same again got the sequence %d", same)
	}
	if third <= first {
		t.Errorf("sequences %d, then %d", first, third)
	}
	items, mark, err := again().Items(t.Context())
	if err != nil || len(items) != 2 || items[0].ID != "81" || items[1].ID != "80" || string(items[1].Data) != `{"a":2}` || mark.Seq != third || items[1].Group != "support" {
		t.Fatalf("%+v, %+v, %v", items, mark, err)
	}
	gone := put(t, d, team.Item{Kind: team.KindQueue, ID: "80", Group: "support", Gone: true})
	since, err := d.Since(t.Context(), start, 100)
	if err != nil || len(since) != 2 || !since[1].Gone || since[1].Seq != gone || since[1].Data != nil {
		t.Fatalf("%+v, %v", since, err)
	}
	if items, _, _ := d.Items(t.Context()); len(items) != 1 {
		t.Errorf("%+v is there", items)
	}
	if page, err := d.Since(t.Context(), start, 1); err != nil || len(page) != 1 || page[0].ID != "81" {
		t.Errorf("one of them: %+v, %v", page, err)
	}
	change(t, d, func(tx kept.Tx) error {
		if _, err := tx.Item(team.KindQueue, "80"); !errors.Is(err, kept.ErrNotFound) {
			t.Errorf("gone and found: %v", err)
		}
		return tx.Prune(gone+1, time.Now())
	})
	if since, _ := d.Since(t.Context(), start, 100); len(since) != 1 {
		t.Errorf("%+v after pruning", since)
	}
}

func allOfAChangeOrNothing(t *testing.T, d *DB, _ func() *DB) {
	refused := &kept.Conflict{}
	_, err := d.Update(t.Context(), func(tx kept.Tx) error {
		if _, err := tx.Put(item(team.KindQueue, "80", `{}`)); err != nil {
			return err
		}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	if items, mark, _ := d.Items(t.Context()); len(items) != 0 || mark.Seq != 0 {
		t.Errorf("%+v, %d", items, mark.Seq)
	}
}

// Who reads on from where they were misses nothing, whatever others write meanwhile and through whichever server.
func committedInOrderOfSequence(t *testing.T, d *DB, again func() *DB) {
	const writers, each = 4, 25
	shelves := []*DB{d, again()}
	_, mark, _ := d.Items(t.Context())
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				_, err := shelves[w%2].Update(context.Background(), func(tx kept.Tx) error {
					_, err := tx.Put(item(team.KindMember, fmt.Sprintf("%d/%d", w, i), `{}`))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen := map[string]bool{}
	read := shelves[1]
	for len(seen) < writers*each {
		items, err := read.Since(t.Context(), mark, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if i.Seq != mark.Seq+1 || seen[i.ID] {
				t.Fatalf("%d after %d, %s", i.Seq, mark.Seq, i.ID)
			}
			mark.Seq, seen[i.ID] = i.Seq, true
		}
		if len(items) == 0 {
			<-read.Wake()
		}
	}
	wg.Wait()
}

func secretsTokensAttemptsAndAudit(t *testing.T, d *DB, _ func() *DB) {
	ctx, now := t.Context(), time.Date(2026, 11, 23, 6, 0, 0, 123456000, time.UTC)
	tok := kept.Token{ID: "t1", Hash: "abc", Person: "p1", Name: "Reception\x00 PC", Agent: "svara", Scope: team.ScopeAll, Since: now, Seen: now, Expires: now.Add(time.Hour)}
	change(t, d, func(tx kept.Tx) error {
		return errors.Join(tx.SetSecret("p1", "one"), tx.SetSecret("p1", "two"), tx.PutToken(tok), tx.SetSeen("t1", now.Add(time.Minute), now.Add(2*time.Hour)),
			tx.SetAttempts("user:p1", kept.Attempts{Count: 3, Last: now, Until: now.Add(time.Minute)}),
			tx.Audit(team.AuditEntry{At: now, Person: "p1", Action: "signIn", OK: true}), tx.Audit(team.AuditEntry{At: now, Action: "putPerson", Target: "p2", Address: "::1"}))
	})
	if s, err := d.Secret(ctx, "p1"); s != "two" || err != nil {
		t.Error(s, err)
	}
	if _, err := d.Secret(ctx, "p2"); !errors.Is(err, kept.ErrNotFound) {
		t.Error(err)
	}
	tok.Name, tok.Seen, tok.Expires = "Reception PC", now.Add(time.Minute), now.Add(2*time.Hour)
	if got, err := d.Token(ctx, "t1"); got != tok || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := d.Tokens(ctx, "p1"); len(got) != 1 || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := d.Tokens(ctx, "p1"); err != nil {
		t.Error(err)
	} else if same, err := d.Scoped(ctx, got[0].Scope); err != nil || len(same) != 1 || same[0] != got[0] {
		t.Errorf("%+v, %v", same, err)
	}
	if got, err := d.Scoped(ctx, "callback/nosuch"); len(got) != 0 || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if a, err := d.Attempts(ctx, "user:p1"); a != (kept.Attempts{Count: 3, Last: now, Until: now.Add(time.Minute)}) || err != nil {
		t.Errorf("%+v, %v", a, err)
	}
	entries, err := d.Audit(ctx, 0, 10)
	if err != nil || len(entries) != 2 || entries[0].Target != "p2" || entries[1] != (team.AuditEntry{ID: 1, At: now, Person: "p1", Action: "signIn", OK: true}) {
		t.Errorf("%+v, %v", entries, err)
	}
	if entries, _ = d.Audit(ctx, entries[0].ID, 10); len(entries) != 1 || entries[0].ID != 1 {
		t.Errorf("the page after: %+v", entries)
	}
	change(t, d, func(tx kept.Tx) error {
		return errors.Join(tx.SetAttempts("user:p1", kept.Attempts{}), tx.SetSecret("p1", ""), tx.Prune(0, now.Add(3*time.Hour)))
	})
	if a, _ := d.Attempts(ctx, "user:p1"); a.Count != 0 {
		t.Error("attempts are remembered")
	}
	if _, err := d.Token(ctx, "t1"); !errors.Is(err, kept.ErrNotFound) {
		t.Error("a token that has expired is kept")
	}
	if _, err := d.Secret(ctx, "p1"); !errors.Is(err, kept.ErrNotFound) {
		t.Error("the secret is kept")
	}
}

func oneHoldsTheLease(t *testing.T, d *DB, again func() *DB) {
	other, now := again(), time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	hold := func(d *DB, who string, at time.Duration) error {
		_, err := d.Update(t.Context(), func(tx kept.Tx) error { return tx.Hold("ami", who, now.Add(at), now.Add(at+10*time.Second)) })
		return err
	}
	for _, c := range []struct {
		d    *DB
		who  string
		at   time.Duration
		lost bool
	}{{d, "a", 0, false}, {other, "b", 5 * time.Second, true}, {d, "a", 8 * time.Second, false}, {other, "b", 15 * time.Second, true},
		{other, "b", 18 * time.Second, false}, {d, "a", 19 * time.Second, true}} {
		if err := hold(c.d, c.who, c.at); errors.Is(err, kept.ErrLost) != c.lost {
			t.Errorf("%s after %v: %v", c.who, c.at, err)
		}
	}
}

// Whoever held a lease when the clock was put back, and was killed, holds it no longer than it lasts; whoever renews it does.
func aLeaseOfTheFuture(t *testing.T, d *DB, again func() *DB) {
	const lasts = 100 * time.Millisecond
	other, now := again(), time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	other.patience = 0
	hold := func(d *DB, who string, at time.Time) error {
		_, err := d.Update(t.Context(), func(tx kept.Tx) error { return tx.Hold("ami", who, at, at.Add(lasts)) })
		return err
	}
	ahead := now.Add(30 * 24 * time.Hour)
	for begun := time.Now(); time.Since(begun) < 8*lasts; { // the clock stands still
		if err := hold(d, "a", ahead); err != nil {
			t.Fatal(err)
		}
		if err := hold(other, "b", now); !errors.Is(err, kept.ErrLost) {
			t.Fatalf("taken from who renews it: %v", err)
		}
	}
	phonetest.Until(t, 30*time.Second, "the lease is free", func() bool { return hold(other, "b", now) == nil })
	if err := hold(d, "a", now); !errors.Is(err, kept.ErrLost) {
		t.Errorf("two have it: %v", err)
	}
}

// call is an entry of the log.
func call(id string, queue phone.QueueID, outcome team.Outcome, began time.Time) team.LogEntry {
	return team.LogEntry{ID: id, Queue: queue, Group: team.GroupID("g" + queue), From: phone.Party{Number: "0812345" + id, Name: "Örjan " + id}, Began: began, Outcome: outcome, WaitS: 7}
}

func ids(p team.LogPage) (out string) {
	for _, e := range p.Entries {
		out += e.Value.ID + " "
	}
	return out
}

func theLogIsAsked(t *testing.T, d *DB, _ func() *DB) {
	ctx, day := t.Context(), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	change(t, d, func(tx kept.Tx) error {
		for i := range 12 {
			e := call(fmt.Sprintf("%03d", 100+i), []phone.QueueID{"80", "81", "82"}[i%3], []team.Outcome{team.OutcomeAnswered, team.OutcomeMissed}[i/3%2], day.Add(time.Duration(i)*24*time.Hour))
			if e.Outcome == team.OutcomeAnswered {
				e.Answered = "p1"
			}
			if _, err := tx.PutCall(e); err != nil {
				return err
			}
		}
		care := func(id string, f func(*team.LogEntry)) error {
			v, err := tx.LogEntry(id)
			if err != nil {
				return err
			}
			f(&v.Value)
			_, err = tx.PutCare(v.Value)
			return err
		}
		return errors.Join(
			care("103", func(e *team.LogEntry) { e.Handler, e.Note = "p2", `Ring "Åsa" 100% _nu_` }),
			care("104", func(e *team.LogEntry) { e.Handled, e.Handler, e.HandledAt = true, "p2", day }))
	})
	// 100-102 answered, 103-105 missed (103 p2's, 104 handled), 106-108 answered, 109-111 missed
	for name, c := range map[string]struct {
		q      team.LogQuery
		groups []team.GroupID
		want   string
	}{
		"all":             {team.LogQuery{}, nil, "111 110 109 108 107 106 105 104 103 102 101 100 "},
		"no group":        {team.LogQuery{}, []team.GroupID{}, ""},
		"a group":         {team.LogQuery{}, []team.GroupID{"g80"}, "109 106 103 100 "},
		"two groups":      {team.LogQuery{}, []team.GroupID{"g81", "g80"}, "110 109 107 106 104 103 101 100 "},
		"a queue":         {team.LogQuery{Queues: []phone.QueueID{"81"}}, nil, "110 107 104 101 "},
		"another's queue": {team.LogQuery{Queues: []phone.QueueID{"81"}}, []team.GroupID{"g80"}, ""},
		"two queues":      {team.LogQuery{Queues: []phone.QueueID{"81", "80", "81"}}, nil, "110 109 107 106 104 103 101 100 "},
		"missed":          {team.LogQuery{Outcomes: []team.Outcome{team.OutcomeMissed}}, nil, "111 110 109 105 104 103 "},
		"missed in one":   {team.LogQuery{Outcomes: []team.Outcome{team.OutcomeMissed}, Queues: []phone.QueueID{"81"}}, nil, "110 104 "},
		"two outcomes":    {team.LogQuery{Outcomes: []team.Outcome{team.OutcomeMissed, team.OutcomeAnswered}}, []team.GroupID{"g82"}, "111 108 105 102 "},
		"open":            {team.LogQuery{Open: true}, nil, "111 110 109 105 103 "},
		"open first":      {team.LogQuery{OpenFirst: true}, []team.GroupID{"g80", "g81"}, "110 109 103 107 106 104 101 100 "},
		"nobody's":        {team.LogQuery{Open: true, Nobody: true}, nil, "111 110 109 105 "},
		"a handler's":     {team.LogQuery{Handlers: []team.PersonID{"p2"}}, nil, "104 103 "},
		"two handlers":    {team.LogQuery{Handlers: []team.PersonID{"p2", "p3"}}, []team.GroupID{"g81"}, "104 "},
		"answered by":     {team.LogQuery{Answered: []team.PersonID{"p1"}}, []team.GroupID{"g80"}, "106 100 "},
		"a number":        {team.LogQuery{Number: "+46 8 12 345 104"}, nil, "104 "},
		"as written":      {team.LogQuery{Number: "0812345104"}, nil, "104 "},
		"text":            {team.LogQuery{Text: "örjan 107"}, nil, "107 "},
		"a common word":   {team.LogQuery{Text: "örjan"}, nil, "111 110 109 108 107 106 105 104 103 102 101 100 "},
		"its open first":  {team.LogQuery{Text: "örjan", OpenFirst: true}, []team.GroupID{"g80", "g81"}, "110 109 103 107 106 104 101 100 "},
		"a note":          {team.LogQuery{Text: `"ÅSA"`}, nil, "103 "},
		"two letters":     {team.LogQuery{Text: "0%"}, nil, "103 "},
		"percent":         {team.LogQuery{Text: "100%"}, nil, "103 "},
		"underline":       {team.LogQuery{Text: "_nu_"}, nil, "103 "},
		"injection":       {team.LogQuery{Text: `'; DROP TABLE log; --`, Queues: []phone.QueueID{"' OR 1=1 --"}}, nil, ""},
		"match syntax":    {team.LogQuery{Text: `txt:örj* OR NEAR(`}, nil, ""},
		"from":            {team.LogQuery{From: day.Add(10 * 24 * time.Hour)}, nil, "111 110 "},
		"to":              {team.LogQuery{To: day.Add(24 * time.Hour)}, nil, "100 "},
		"between":         {team.LogQuery{From: day.Add(2 * 24 * time.Hour), To: day.Add(4 * 24 * time.Hour)}, nil, "103 102 "},
	} {
		page, err := d.Log(ctx, c.q, c.groups)
		if err != nil || ids(page) != c.want || page.Next != "" {
			t.Errorf("%s: %q, want %q (%v, next %q)", name, ids(page), c.want, err, page.Next)
		}
		// The same in pages of two.
		q, all := c.q, ""
		q.Limit = 2
		for range 20 {
			page, err := d.Log(ctx, q, c.groups)
			if err != nil || len(page.Entries) > 2 {
				t.Fatal(name, err, len(page.Entries))
			}
			all += ids(page)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if all != c.want {
			t.Errorf("%s in pages: %q, want %q", name, all, c.want)
		}
	}
	for _, after := range []string{"z", "a", "a-1", "o5", "ax!", "å", "a99999999999999999999"} {
		if _, err := d.Log(ctx, team.LogQuery{After: after}, nil); !errors.Is(err, kept.ErrPage) {
			t.Errorf("page %q: %v", after, err)
		}
	}
}

// What the exchange tells of a call and what people write of it do not undo each other.
func twoWriteOneEntry(t *testing.T, d *DB, _ func() *DB) {
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	e := call("1", "80", team.OutcomeMissed, day)
	_, start, _ := d.Items(t.Context())
	change(t, d, func(tx kept.Tx) error { _, err := tx.PutCall(e); return err })
	change(t, d, func(tx kept.Tx) error {
		if n, err := tx.OpenBefore(e.From.Number, e.Group); n != 1 || err != nil {
			t.Errorf("%d open, %v", n, err)
		}
		v, err := tx.LogEntry("1")
		v.Value.Note, v.Value.Handled, v.Value.NoteBy, v.Value.Outcome = "ringde", true, "p1", team.OutcomeAnswered
		_, err2 := tx.PutCare(v.Value)
		return errors.Join(err, err2)
	})
	e.WaitS, e.Talking = 9, true
	last := change(t, d, func(tx kept.Tx) error { _, err := tx.PutCall(e); return err })
	v, err := d.LogEntry(t.Context(), "1")
	want := e
	want.Note, want.NoteBy, want.Handled = "ringde", "p1", true
	if err != nil || v.Seq != last || v.Value != want {
		t.Errorf("%+v, %v", v, err)
	}
	if page, _ := d.Log(t.Context(), team.LogQuery{Open: true}, nil); len(page.Entries) != 0 {
		t.Error("it is handled and open")
	}
	items, err := d.Since(t.Context(), start, 10)
	if err != nil || len(items) != 1 || items[0].Kind != team.KindLog || items[0].Seq != last || items[0].Group != "g80" {
		t.Errorf("%+v, %v", items, err)
	}
	from, err := d.LogFrom(t.Context(), day)
	if err != nil || len(from) != 1 || from[0] != want {
		t.Errorf("%+v, %v", from, err)
	}
}

func backUpAndRestore(t *testing.T, d *DB, again func() *DB) {
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	change(t, d, func(tx kept.Tx) error {
		for i := range 450 {
			if _, err := tx.PutCall(call(fmt.Sprint(i), "80", team.OutcomeMissed, day)); err != nil {
				return err
			}
		}
		_, err := tx.Put(item(team.KindPerson, "p1", `{"name":"Åsa"}`))
		return errors.Join(err, tx.SetSecret("p1", "hash"), tx.PutToken(kept.Token{ID: "t", Person: "p1", Since: day, Seen: day, Expires: day}), tx.Audit(team.AuditEntry{At: day, Action: "x"}))
	})
	file := filepath.Join(t.TempDir(), "backup.db")
	// Somebody goes on writing meanwhile; a backup is of one moment.
	stop, written := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				written <- n
				return
			default:
			}
			change(t, d, func(tx kept.Tx) error {
				_, err := tx.Put(item(team.KindQueue, "a", fmt.Sprint(n)))
				_, err2 := tx.Put(item(team.KindQueue, "b", fmt.Sprint(n)))
				return errors.Join(err, err2)
			})
		}
	}()
	err := d.Backup(t.Context(), file)
	close(stop)
	<-written
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Backup(t.Context(), file); err == nil {
		t.Error("a backup was written over another")
	}
	if files, _ := filepath.Glob(file + "*"); len(files) != 1 {
		t.Errorf("the backup is %v", files)
	}
	_, mark, _ := d.Items(t.Context())
	change(t, d, func(tx kept.Tx) error { return errors.Join(tx.SetSecret("p1", "later"), tx.DeleteToken("t")) })
	put(t, d, item(team.KindQueue, "99", `{}`))
	other := again()
	if err := other.Restore(t.Context(), file, quiet()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Since(t.Context(), mark, 10); !errors.Is(err, kept.ErrRestored) {
		t.Errorf("a server reads on as if nothing had happened: %v", err)
	}
	items, now, err := d.Items(t.Context())
	if err != nil || now.Epoch == mark.Epoch {
		t.Errorf("%+v, %v", now, err)
	}
	data := map[string]string{}
	for _, i := range items {
		data[i.ID] = string(i.Data)
	}
	if data["p1"] != `{"name":"Åsa"}` || data["a"] != data["b"] || data["99"] != "" {
		t.Errorf("%v", data)
	}
	if s, _ := d.Secret(t.Context(), "p1"); s != "hash" {
		t.Error("the secret is", s)
	}
	page, err := d.Log(t.Context(), team.LogQuery{Text: "örjan 449"}, nil)
	if err != nil || len(page.Entries) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	if put(t, d, item(team.KindQueue, "100", `{}`)) <= now.Seq {
		t.Error("a sequence comes twice")
	}
	if err := d.Restore(t.Context(), filepath.Join(t.TempDir(), "none"), quiet()); err == nil {
		t.Error("what is not there was restored")
	}
	// A team moves from one database to the other by way of a backup.
	moved := must(Open(t.Context(), filepath.Join(t.TempDir(), "moved.db"), quiet()))
	defer moved.Close()
	if err := moved.Restore(t.Context(), file, quiet()); err != nil {
		t.Fatal(err)
	}
	if e, err := moved.LogEntry(t.Context(), "7"); err != nil || e.Value.From.Name != "Örjan 7" {
		t.Errorf("%+v, %v", e, err)
	}
}

// The database goes away and comes back: requests fail meanwhile and work afterwards, with no more done about it.
func TestTheDatabaseIsAway(t *testing.T) {
	p := phonetest.StartPostgres(t)
	d := must(OpenPostgres(t.Context(), p.Database(), quiet()))
	defer d.Close()
	put(t, d, item(team.KindQueue, "80", `{}`))
	p.Stop()
	if err := d.Check(t.Context()); err == nil {
		t.Error("there is no database and it answers")
	}
	if _, err := d.Update(t.Context(), func(tx kept.Tx) error { return nil }); err == nil {
		t.Error("there is no database and it is written to")
	}
	p.Restart()
	phonetest.Until(t, 10*time.Second, "the database is back", func() bool { return d.Check(t.Context()) == nil })
	_, before, _ := d.Items(t.Context())
	put(t, d, item(team.KindQueue, "81", `{}`))
	if items, err := d.Since(t.Context(), before, 10); err != nil || len(items) != 1 {
		t.Errorf("%+v, %v", items, err)
	}
}

func TestMigrations(t *testing.T) {
	for _, k := range []kind{sqlite, postgres} {
		steps, err := readMigrations(embedded, k)
		if err != nil || len(steps) == 0 {
			t.Fatal(err)
		}
	}
	if got := only("a\n-- only sqlite\nb INT8\n-- only postgres\nc INT8\n-- both\nd INT8\n", sqlite); got != "a\nb INTEGER\nd INTEGER\n" {
		t.Errorf("%q", got)
	}
	if got := only("a\n-- only sqlite\nb INT8\n-- only postgres\nc INT8\n-- both\nd INT8\n", postgres); got != "a\nc INT8\nd INT8\n" {
		t.Errorf("%q", got)
	}
}

func newerIsLeftAlone(t *testing.T, d *DB, _ func() *DB) {
	if _, err := d.write.Exec("UPDATE schema_version SET version = 99"); err != nil {
		t.Fatal(err)
	}
	steps, _ := readMigrations(embedded, d.kind)
	if err := migrate(t.Context(), d.write, d.kind, steps); !errors.Is(err, errNewer) {
		t.Error(err)
	}
}
