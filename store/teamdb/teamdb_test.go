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
	"words":      wordsAndAllElse,
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
