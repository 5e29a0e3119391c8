package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/numbers"
)

func anna() phone.Person {
	return phone.Person{ID: "own:anna", Name: "Anna Bergström", Given: "Anna", Family: "Bergström", Company: "Kvarnens Kafé", Title: "Ägare",
		Department: "Köket", Emails: []string{"anna.b@kvarnen.example.se"}, Keywords: []string{"fika", "vip-kund"}, Skills: []string{"franska"}, StandIn: "2114",
		Note: "Ring inte före nio.", Mark: phone.MarkFavourite, SpeedDial: "7", Changed: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-123 45 67"}, {Kind: phone.NumberExtension, Number: "2101"}}}
}

func person(entry, name string, numbers ...string) phone.Person {
	p := phone.Person{ID: phone.PersonOf(phone.OwnBook, entry), Name: name}
	for _, n := range numbers {
		p.Numbers = append(p.Numbers, phone.Number{Kind: phone.NumberWork, Number: n})
	}
	return p
}

func put(t *testing.T, s *Store, people ...phone.Person) {
	t.Helper()
	for _, p := range people {
		if err := s.PutPerson(t.Context(), p); err != nil {
			t.Fatal(p.ID, err)
		}
	}
}

// apply connects a book, if it is not, and gives it people.
func apply(t *testing.T, s *Store, book phone.BookID, change phone.BookChange) {
	t.Helper()
	if err := s.PutBook(t.Context(), phone.Book{ID: book, Name: "B", Kind: phone.BookLDAP, Colleagues: book == "town"}); err != nil {
		t.Fatal(err)
	}
	if err := s.ApplyBook(t.Context(), book, change); err != nil {
		t.Fatal(err)
	}
}

func bookEntries(people ...phone.Person) []phone.BookEntry {
	var out []phone.BookEntry
	for _, p := range people {
		_, key, _ := strings.Cut(string(p.ID), ":")
		out = append(out, phone.BookEntry{Key: key, Tag: "1", Person: p})
	}
	return out
}

func searched(t *testing.T, s *Store, q phone.SearchQuery) phone.SearchResult {
	t.Helper()
	r, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(q, err)
	}
	return r
}

// names is who a text finds, in order.
func names(t *testing.T, s *Store, text string) []string {
	t.Helper()
	out := []string{}
	for _, h := range searched(t, s, phone.SearchQuery{Text: text, History: true}).Hits {
		out = append(out, h.Person.Label())
	}
	return out
}

func TestPersonKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	want := anna()
	put(t, s, want)
	want.Numbers[0].E164 = "+46701234567"
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	got, err := s.Person(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v, %v\nwant %+v", got, err, want)
	}
	if own, err := s.OwnPeople(t.Context()); err != nil || len(own) != 1 || !reflect.DeepEqual(own[0], want) {
		t.Errorf("own people %+v, %v", own, err)
	}
	before, _ := s.PeopleState(t.Context())
	want.Name, want.Mark = "Anna Ek", phone.MarkNone
	put(t, s, want)
	put(t, s, want) // nothing new
	after, err := s.PeopleState(t.Context())
	if err != nil || after.Count != 1 || after.Revision != before.Revision+1 {
		t.Errorf("state %+v after %+v, %v", after, before, err)
	}
	if got := names(t, s, "bergström"); len(got) != 1 { // Family still says so
		t.Errorf("by family: %q", got)
	}
	if err := s.RemovePerson(t.Context(), want.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Person(t.Context(), want.ID); phone.ReasonOf(err).ID != phone.ReasonNoPerson {
		t.Error(err)
	}
	if got := names(t, s, "anna"); len(got) != 0 {
		t.Errorf("the removed: %q", got)
	}
	if found, err := s.Match(t.Context(), "0701234567"); err != nil || len(found) != 0 {
		t.Errorf("match of the removed: %v, %v", found, err)
	}
}

func TestPersonIsRefused(t *testing.T) {
	s := openGood(t, t.TempDir())
	put(t, s, phone.Person{ID: "own:x", Name: "X", SpeedDial: "3"})
	for want, p := range map[string]phone.Person{
		"bad-person: name":       {ID: "own:a"},
		"bad-person: id":         {ID: "own:", Name: "A"},
		"bad-person: mark":       {ID: "own:a", Name: "A", Mark: "x"},
		"bad-person: speed_dial": {ID: "own:a", Name: "A", SpeedDial: "3"},
		"not-own: town:a":        {ID: "town:a", Name: "A"},
	} {
		if err := s.PutPerson(t.Context(), p); err == nil || phone.ReasonOf(err).ID == phone.ReasonInternal || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", p, err, want)
		}
	}
	for _, dial := range []string{"0", "100", "x", "07"} {
		if err := s.PutPerson(t.Context(), phone.Person{ID: "own:a", Name: "A", SpeedDial: dial}); phone.ReasonOf(err).ID != phone.ReasonBadPerson {
			t.Errorf("speed dial %s: %v", dial, err)
		}
	}
	if err := s.MarkPerson(t.Context(), "own:nobody", phone.MarkVIP); phone.ReasonOf(err).ID != phone.ReasonNoPerson {
		t.Error(err)
	}
	if err := s.RemovePerson(t.Context(), "town:x"); phone.ReasonOf(err).ID != phone.ReasonNotOwn {
		t.Error(err)
	}
}

func TestMatchBothWays(t *testing.T) {
	s := openGood(t, t.TempDir())
	s.SetNumberPlan(numbers.Plan{Region: "SE", Area: "08"})
	put(t, s, person("a", "National", "070-123 45 67"), person("b", "International", "+46 (0)8-123 456 78"), person("c", "Local", "650 12 34"),
		person("d", "Extension", "2101"), person("e", "Address", "sip:Lisa@example.com"), person("f", "Abroad", "0045 32 12 34 56"))
	for number, want := range map[string]string{
		"+46701234567": "National", "0046701234567": "National", "46701234567": "National", "00701234567": "National", "sip:0701234567@pbx": "National",
		"0812345678": "International", "12345678": "International", "+4686501234": "Local", "08-650 12 34": "Local", "2101": "Extension",
		"sip:2101@pbx": "Extension", "lisa@example.com": "Address", "sip:lisa@EXAMPLE.com:5060": "Address", "+45 32123456": "Abroad",
		"0702223344": "", "101": "", "12101": "", "": "", "anonymous": "", "*21#": "",
	} {
		found, err := s.Match(t.Context(), number)
		got := ""
		if len(found) > 0 {
			got = found[0].Name
		}
		if err != nil || got != want || len(found) > 1 {
			t.Errorf("%q: %q (%d), %v; want %q", number, got, len(found), err, want)
		}
	}
}

func TestTwoWithOneNumber(t *testing.T) {
	s := openGood(t, t.TempDir())
	apply(t, s, "town", phone.BookChange{Full: true, Put: bookEntries(person("1", "Växeln", "08-123 456 78"))})
	put(t, s, person("a", "Reception", "0812345678"), person("b", "Vaktmästare", "+46812345678"), person("c", "Svans", "+49 812345678"))
	if err := s.MarkPerson(t.Context(), "own:b", phone.MarkVIP); err != nil {
		t.Fatal(err)
	}
	found, err := s.Match(t.Context(), "08-12345678")
	var got []string
	for _, p := range found {
		got = append(got, p.Name)
	}
	if err != nil || !slices.Equal(got, []string{"Vaktmästare", "Reception", "Växeln"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestPlanIsChanged(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	put(t, s, person("a", "Oslo", "22 12 34 56"), person("b", "Anna", "0701234567"))
	add(t, s, entry("Oslo", "22123456", phone.OutcomeAnswered))
	s.SetNumberPlan(numbers.Plan{Region: "NO"})
	s.background.Wait()
	for number, want := range map[string]int{"+4722123456": 1, "22123456": 1, "+46701234567": 1 /* by its last digits */} {
		if found, err := s.Match(t.Context(), number); err != nil || len(found) != want {
			t.Errorf("%s: %v, %v", number, found, err)
		}
	}
	p, err := s.Person(t.Context(), "own:a")
	if err != nil || p.Numbers[0].E164 != "+4722123456" {
		t.Errorf("%+v, %v", p, err)
	}
	if got := names(t, s, "4722"); !slices.Equal(got, []string{"Oslo"}) {
		t.Errorf("by the country: %q", got)
	}
	s.SetNumberPlan(numbers.Plan{})
	s.SetNumberPlan(numbers.Plan{Region: "SE"})
	s.background.Wait()
	if found, err := s.Match(t.Context(), "+46701234567"); err != nil || len(found) != 1 {
		t.Errorf("back again: %v, %v", found, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir) // with another plan than it was closed with
	s.SetNumberPlan(numbers.Plan{Region: "NO"})
	s.background.Wait()
	if found, err := s.Match(t.Context(), "+4722123456"); err != nil || len(found) != 1 {
		t.Errorf("at the next start: %v, %v", found, err)
	}
}

func TestBooks(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	ctx := t.Context()
	first := phone.BookChange{Full: true, Token: "t1", Put: bookEntries(person("1", "Ada Ek", "2101"), person("2", "Bo Berg", "2102"), person("3", "Cia Ström", "2103"))}
	apply(t, s, "town", first)
	put(t, s, person("x", "Own Person", "0701234567"))
	check := func(token string, want ...string) {
		t.Helper()
		got, err := s.BookToken(ctx, "town")
		tags, err2 := s.BookTags(ctx, "town")
		if err != nil || err2 != nil || got != token || len(tags) != len(want) {
			t.Errorf("token %q, tags %v, %v, %v", got, tags, err, err2)
		}
		var have []string
		for _, h := range searched(t, s, phone.SearchQuery{Book: "town"}).Hits {
			have = append(have, h.Person.Name)
		}
		if !slices.Equal(have, want) {
			t.Errorf("people %q, want %q", have, want)
		}
	}
	check("t1", "Ada Ek", "Bo Berg", "Cia Ström")
	if err := s.MarkPerson(ctx, "town:2", phone.MarkFavourite); err != nil {
		t.Fatal(err)
	}
	// A part: one changed, one new, one gone.
	if err := s.ApplyBook(ctx, "town", phone.BookChange{Token: "t2", Put: bookEntries(person("1", "Ada Lind", "2101"), person("4", "Dan Öst", "2104")), Gone: []string{"3", "9"}}); err != nil {
		t.Fatal(err)
	}
	check("t2", "Bo Berg", "Ada Lind", "Dan Öst")
	if got := names(t, s, "ek"); len(got) != 0 {
		t.Errorf("the old name: %q", got)
	}
	// The marked one is gone and comes back.
	for _, full := range [][]phone.BookEntry{bookEntries(person("1", "Ada Lind", "2101")), first.Put} {
		if err := s.ApplyBook(ctx, "town", phone.BookChange{Full: true, Put: full, Token: "t3"}); err != nil {
			t.Fatal(err)
		}
	}
	check("t3", "Bo Berg", "Ada Ek", "Cia Ström")
	before, _ := s.PeopleState(ctx)
	if err := s.ApplyBook(ctx, "town", phone.BookChange{Full: true, Put: first.Put, Token: "t4"}); err != nil {
		t.Fatal(err)
	}
	if after, _ := s.PeopleState(ctx); after.Revision != before.Revision {
		t.Error("nothing changed, yet the revision rose")
	}
	// A reading that fails in the middle changes nothing.
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := s.ApplyBook(stopped, "town", phone.BookChange{Full: true, Token: "t5"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	check("t4", "Bo Berg", "Ada Ek", "Cia Ström")
	lines, err := s.WatchedLines(ctx, false)
	if err != nil || len(lines) != 0 { // work numbers are no lines
		t.Errorf("lines %v, %v", lines, err)
	}
	// Read in another way: from nothing, but nobody is lost meanwhile.
	if err := s.PutBook(ctx, phone.Book{ID: "town", Name: "B", Kind: phone.BookLDAP, Address: "ldap://other", Colleagues: true}); err != nil {
		t.Fatal(err)
	}
	check("", "Bo Berg", "Ada Ek", "Cia Ström")
	if tags, _ := s.BookTags(ctx, "town"); tags["1"] != "" {
		t.Errorf("tags %v", tags)
	}
	if err := s.ApplyBook(ctx, "town", phone.BookChange{Full: true, Token: "t6"}); err != nil {
		t.Fatal(err)
	}
	check("t6")
	if err := s.RemoveBook(ctx, "town"); err != nil {
		t.Fatal(err)
	}
	if err := s.ApplyBook(ctx, "town", first); phone.ReasonOf(err).ID != phone.ReasonNoBook {
		t.Errorf("a book that is gone: %v", err)
	}
	if _, err := s.BookToken(ctx, "town"); phone.ReasonOf(err).ID != phone.ReasonNoBook {
		t.Error(err)
	}
	if st, _ := s.PeopleState(ctx); st.Count != 1 {
		t.Errorf("%d people left", st.Count)
	}
	for _, id := range []phone.BookID{"", phone.OwnBook} {
		if err := s.PutBook(ctx, phone.Book{ID: id}); phone.ReasonOf(err).ID != phone.ReasonBadBook {
			t.Errorf("book %q: %v", id, err)
		}
	}
}

func TestWatchedLines(t *testing.T) {
	s := openGood(t, t.TempDir())
	line := func(entry, name, extension string) phone.Person {
		p := person(entry, name, "0701234567")
		p.Numbers = append(p.Numbers, phone.Number{Kind: phone.NumberExtension, Number: extension})
		return p
	}
	apply(t, s, "town", phone.BookChange{Full: true, Put: bookEntries(line("1", "Ada", "2101"), line("2", "Bo", "2102"), line("3", "Cia", "2102"))})
	apply(t, s, "other", phone.BookChange{Full: true, Put: bookEntries(line("1", "Eva", "2105"))})
	put(t, s, line("x", "Xerxes", "2109"), line("y", "Yngve", "2110"))
	for id, mark := range map[phone.PersonID]phone.Mark{"own:x": phone.MarkVIP, "town:2": phone.MarkFavourite, "own:y": phone.MarkBlocked} {
		if err := s.MarkPerson(t.Context(), id, mark); err != nil {
			t.Fatal(err)
		}
	}
	for favourites, want := range map[bool][]string{true: {"2102", "2109"}, false: {"2102", "2109", "2101"}} {
		if got, err := s.WatchedLines(t.Context(), favourites); err != nil || !slices.Equal(got, want) {
			t.Errorf("favourites only %v: %v, %v; want %v", favourites, got, err, want)
		}
	}
}

func TestLargeBook(t *testing.T) {
	s := openGood(t, t.TempDir())
	people := crowd(applyBatch + 10)
	people = append(people, people[3]) // twice
	apply(t, s, "big", phone.BookChange{Full: true, Put: people, Token: "1"})
	if st, err := s.PeopleState(t.Context()); err != nil || st.Count != len(people)-1 {
		t.Fatalf("%+v, %v", st, err)
	}
	s.background.Wait()
	apply(t, s, "big", phone.BookChange{Full: true, Put: people[:10], Token: "2"})
	if st, err := s.PeopleState(t.Context()); err != nil || st.Count != 10 {
		t.Fatalf("%+v, %v", st, err)
	}
	if r := searched(t, s, phone.SearchQuery{Text: "a"}); len(r.Hits) > 10 {
		t.Errorf("%d found of 10", len(r.Hits))
	}
}
