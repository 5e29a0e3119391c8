package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"svara/phone"
)

func TestAccounts(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	ctx := t.Context()
	bob := phone.Account{ID: "bob", User: "bob", Domain: "[2001:db8::1]:5060"}
	for _, a := range []phone.Account{alice(), bob} {
		if err := s.PutAccount(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	want := []phone.Account{alice(), bob}
	check := func(s *Store) {
		t.Helper()
		got, err := s.Accounts(ctx)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("accounts %+v, %v; want %+v", got, err, want)
		}
	}
	check(s)

	bob.Default, bob.DisplayName = true, "Bob"
	if err := s.PutAccount(ctx, bob); err != nil {
		t.Fatal(err)
	}
	want[0].Default = false // one default only
	want[1] = bob
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	check(s)

	changed := want[0] // replacing keeps the place
	changed.User = "2002"
	want[0] = changed
	if err := s.PutAccount(ctx, changed); err != nil {
		t.Fatal(err)
	}
	check(s)
	if err := s.RemoveAccount(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveAccount(ctx, "nobody"); err != nil {
		t.Fatal(err)
	}
	want = want[1:]
	check(s)

	err := s.PutAccount(ctx, phone.Account{ID: "x", User: "a b", Domain: "d"})
	if phone.ReasonOf(err).ID != phone.ReasonBadAccount {
		t.Fatalf("impossible account: %v", err)
	}
	check(s)
}

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	ctx := t.Context()
	put := func(key, value string) {
		t.Helper()
		if err := s.PutSetting(ctx, key, value); err != nil {
			t.Fatal(err)
		}
	}
	put(phone.KeyVolume, "150")
	put(phone.KeyInput, "pulse:Käthe's \"headset\"")
	put(phone.KeyVolume, "140")
	put(phone.KeyTheme, "dark")
	put(phone.KeyTheme, "auto") // the default again: nothing kept
	// What a newer version may have written stays and does not disturb.
	for _, pair := range [][2]string{{"future.key", "x"}, {phone.KeyLanguage, "kl"}} {
		if _, err := s.db.ExecContext(ctx, "INSERT INTO settings VALUES (?, ?)", pair[0], pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	got, err := s.Settings(ctx)
	want := phone.Settings{phone.KeyVolume: "140", phone.KeyInput: "pulse:Käthe's \"headset\""}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("settings %v, %v; want %v", got, err, want)
	}
	var n int
	if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM settings WHERE key = 'future.key'").Scan(&n); err != nil || n != 1 {
		t.Fatalf("a newer version's setting was dropped: %d, %v", n, err)
	}
	for _, pair := range [][2]string{{"no.such", "1"}, {phone.KeyVolume, "999"}} {
		if err := s.PutSetting(ctx, pair[0], pair[1]); phone.ReasonOf(err).ID != phone.ReasonBadSetting {
			t.Errorf("%v: %v", pair, err)
		}
	}
}

func TestHistoryKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	want := entry("Anna\x00 \u202e'; DROP TABLE history;--", "+46 8-123 45 67", phone.OutcomeMissed)
	want.Remote.Group = "77"
	want.ID = 99 // ignored
	want.ID = add(t, s, want)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	got := history(t, s, phone.HistoryQuery{})
	if len(got) != 1 || !got[0].Begun.Equal(want.Begun) {
		t.Fatalf("got %+v", got)
	}
	got[0].Begun = want.Begun
	if !reflect.DeepEqual(got[0], want) {
		t.Fatalf("got %+v\nwant %+v", got[0], want)
	}
}

func TestHistorySearch(t *testing.T) {
	s := openGood(t, t.TempDir())
	names := map[int64]string{}
	for name, number := range map[string]string{
		"Åsa Öberg": "+46701234567", "Bo Ek": "08-765 43 21", "Søren Kjær": "2101", "Özgür": "112", "": "sip:lisa.asp@example.org",
	} {
		e := entry(name, number, phone.OutcomeAnswered)
		if name == "" {
			e.Remote = phone.Party{URI: number, Number: number}
		}
		names[add(t, s, e)] = name
	}
	for query, want := range map[string][]string{
		"åsa":              {"Åsa Öberg"},
		"ASA oberg":        {"Åsa Öberg"},
		"Öberg Åsa":        {"Åsa Öberg"},
		"a\u030asa":        {"Åsa Öberg"}, // decomposed, as macOS types it
		"soren kjaer":      {"Søren Kjær"},
		"kjær":             {"Søren Kjær"},
		"ozgur":            {"Özgür"},
		"12345":            {"Åsa Öberg"},
		"070-123 45 67":    {"Åsa Öberg"},
		"0701234567":       {"Åsa Öberg"},
		"+46 70 123 45 67": {"Åsa Öberg"},
		"765 43":           {"Bo Ek"},
		"76543":            {"Bo Ek"},
		"08-7654321":       {"Bo Ek"},
		"ek bo":            {"Bo Ek"},
		"bo 4321":          {"Bo Ek"},
		"bo 9999":          nil,
		"asa ek":           nil,
		"lisa":             {""},
		"example.org":      {""},
		"%":                nil,
		"_":                nil,
		"'":                nil,
		"21":               {"Bo Ek", "Søren Kjær"},
		"kberg":            nil, // not over two fields
		"   ":              {"", "Bo Ek", "Søren Kjær", "Åsa Öberg", "Özgür"},
	} {
		var got []string
		for _, e := range history(t, s, phone.HistoryQuery{Text: query}) {
			got = append(got, names[e.ID])
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestHistoryPagesAndMissed(t *testing.T) {
	s := openGood(t, t.TempDir())
	var missedIDs []int64
	for i := range 25 {
		outcome := phone.OutcomeAnswered
		if i%5 == 0 {
			outcome = phone.OutcomeMissed
		}
		id := add(t, s, entry("N", "2000", outcome))
		if outcome == phone.OutcomeMissed {
			missedIDs = append([]int64{id}, missedIDs...)
		}
	}
	var all []int64
	before := int64(0)
	for {
		page := history(t, s, phone.HistoryQuery{Limit: 10, Before: before})
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			all = append(all, e.ID)
		}
		before = all[len(all)-1]
	}
	if len(all) != 25 || !slices.IsSortedFunc(all, func(a, b int64) int { return int(b - a) }) {
		t.Fatalf("paging gave %v", all)
	}
	var got []int64
	for _, e := range history(t, s, phone.HistoryQuery{Missed: true, Text: "n"}) {
		got = append(got, e.ID)
	}
	if !slices.Equal(got, missedIDs) {
		t.Fatalf("missed %v, want %v", got, missedIDs)
	}
	if n := len(history(t, s, phone.HistoryQuery{Limit: 1 << 40})); n != 25 {
		t.Fatalf("huge limit gave %d", n)
	}
}

func TestHistoryState(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx := t.Context()
	state := func() phone.HistoryState {
		t.Helper()
		st, err := s.HistoryState(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	empty := state()
	if empty.Missed != 0 || empty.Last != "" {
		t.Fatalf("empty: %+v", empty)
	}
	add(t, s, entry("A", "1", phone.OutcomeMissed))
	add(t, s, entry("B", "2", phone.OutcomeFailed))
	add(t, s, entry("C", "3", phone.OutcomeMissed))
	full := state()
	if full.Missed != 2 || full.Last != "2" || full.Revision <= empty.Revision {
		t.Fatalf("full: %+v after %+v", full, empty)
	}
	if err := s.SeeMissed(ctx); err != nil {
		t.Fatal(err)
	}
	seen := state()
	if seen.Missed != 0 || seen.Revision <= full.Revision {
		t.Fatalf("seen: %+v", seen)
	}
	for _, e := range history(t, s, phone.HistoryQuery{Missed: true}) {
		if !e.Seen {
			t.Errorf("%d is not seen", e.ID)
		}
	}
	if err := s.SeeMissed(ctx); err != nil {
		t.Fatal(err)
	}
	if again := state(); again.Revision != seen.Revision {
		t.Error("nothing changed, but the revision rose")
	}
}

func TestConcurrentUse(t *testing.T) {
	s := openGood(t, t.TempDir())
	const writers, each = 8, 20
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if _, err := s.AddHistory(t.Context(), entry("A", "1", phone.OutcomeMissed)); err != nil {
					t.Error(err)
				}
				if _, err := s.History(t.Context(), phone.HistoryQuery{Limit: 5, Text: "a"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(history(t, s, phone.HistoryQuery{})); n != writers*each {
		t.Errorf("%d entries, want %d", n, writers*each)
	}
}

func TestFilesAreTheUsersOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "profile")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, databaseName), nil, 0o644); err != nil { // as an older or careless version left it
		t.Fatal(err)
	}
	s := openGood(t, dir)
	add(t, s, entry("A", "1", phone.OutcomeMissed))
	checkModes(t, dir)
	if names := fileNames(t, dir); !slices.Contains(names, databaseName+"-wal") {
		t.Errorf("no WAL among %v", names)
	}
}

// checkModes fails for anything in a folder that others than its owner can touch.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func fileNames(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFolderWithOddName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Mina filer? #1 100% åäö&mode=memory")
	fill(t, dir, 1)
	if n := len(history(t, openGood(t, dir), phone.HistoryQuery{})); n != 1 {
		t.Errorf("%d entries came back", n)
	}
	if _, err := os.Stat(filepath.Join(dir, databaseName)); err != nil {
		t.Error(err)
	}
}

func TestCancelledContextStaysThat(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.AddHistory(ctx, entry("A", "1", phone.OutcomeMissed))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("AddHistory: %v", err)
	}
	if _, _, err := Open(ctx, t.TempDir(), quiet()); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
	if n := len(history(t, s, phone.HistoryQuery{})); n != 0 {
		t.Errorf("%d entries", n)
	}
}

func TestClosedStoreFailsInWords(t *testing.T) {
	s := openGood(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.AddHistory(t.Context(), entry("A", "1", phone.OutcomeMissed))
	if phone.ReasonOf(err).ID != phone.ReasonStoreFailed || !strings.Contains(err.Error(), "save history") {
		t.Errorf("%v", err)
	}
}
