package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// checkIndex compares what searches find with a look at everybody.
func checkIndex(t *testing.T, s *Store, everybody map[phone.PersonID]phone.Person, texts ...string) {
	t.Helper()
	for _, text := range texts {
		var want, got []string
		terms := termsOf(text)
		for id, p := range everybody {
			if documentOf(p).match(terms, closeNearly) <= closeInside {
				want = append(want, string(id))
			}
		}
		for _, h := range searched(t, s, phone.SearchQuery{Text: text, Limit: 5000}).Hits {
			if !h.Typo {
				got = append(got, string(h.Person.ID))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%q finds %q, want %q", text, got, want)
		}
	}
}

// TestIndexFollows changes people at random, alone and many together, and looks that exactly those are found who are
// there, also after a start.
func TestIndexFollows(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	ctx := t.Context()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	people := crowd(900)
	everybody := map[phone.PersonID]phone.Person{}
	own := func() phone.Person {
		p := people[random.IntN(len(people))].Person
		p.ID = phone.PersonOf(phone.OwnBook, fmt.Sprint(random.IntN(150)))
		return p
	}
	texts := []string{"anna", "a", "son", "berg 0", "201", "+46 70 1", "ab", "anbe", "lars eriksson", "ekonomi", "9", "46 7"}
	for step := range 120 {
		switch random.IntN(6) {
		case 0:
			from := random.IntN(800)
			change := phone.BookChange{Put: people[from : from+random.IntN(100)], Full: random.IntN(3) == 0}
			if !change.Full && from > 0 {
				change.Gone = []string{people[random.IntN(from)].Key}
			}
			apply(t, s, "town", change)
			for id := range everybody {
				if id.Book() == "town" && (change.Full || slices.Contains(change.Gone, strings.TrimPrefix(string(id), "town:"))) {
					delete(everybody, id)
				}
			}
			for _, e := range change.Put {
				everybody[phone.PersonOf("town", e.Key)] = e.Person
			}
		case 1:
			id := phone.PersonOf(phone.OwnBook, fmt.Sprint(random.IntN(150)))
			if err := s.RemovePerson(ctx, id); err != nil {
				t.Fatal(err)
			}
			delete(everybody, id)
		case 2:
			var list []phone.Person
			for range random.IntN(80) {
				list = append(list, own())
				everybody[list[len(list)-1].ID] = list[len(list)-1]
			}
			if err := s.PutPeople(ctx, list); err != nil {
				t.Fatal(err)
			}
		default:
			p := own()
			put(t, s, p)
			everybody[p.ID] = p
		}
		for i, p := range everybody { // as it is stored
			for j := range p.Numbers {
				p.Numbers[j].E164, _ = s.numberPlan().E164(p.Numbers[j].Number)
			}
			everybody[i] = p
		}
		checkIndex(t, s, everybody, texts[step%len(texts)])
		if step%40 == 39 {
			checkSegments(t, s, len(everybody))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openGood(t, dir)
			checkIndex(t, s, everybody, texts...)
		}
	}
	if err := s.RemoveBook(ctx, "town"); err != nil {
		t.Fatal(err)
	}
	for id := range everybody {
		if id.Book() == "town" {
			delete(everybody, id)
		}
	}
	checkIndex(t, s, everybody, texts...)
}

// checkSegments looks that the segments hold so many people, are not many, and are in the database as in memory.
func checkSegments(t *testing.T, s *Store, people int) {
	t.Helper()
	live := 0
	for _, g := range s.index.segments() {
		live += g.live
	}
	kept, err := readSegments(t.Context(), s.db)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range kept {
		have := s.index.segments()
		at := slices.IndexFunc(have, func(h *segment) bool { return h.row == g.row })
		if at < 0 || !slices.Equal(have[at].body, g.body) || !slices.Equal(have[at].gone, g.gone) || have[at].live != g.live {
			t.Errorf("segment %d of %d is not kept as it is", i, len(kept))
		}
	}
	if live != people || len(kept) != len(s.index.segments()) || len(kept) > 4*mergeAt {
		t.Errorf("%d people of %d in %d segments, %d kept", live, people, len(s.index.segments()), len(kept))
	}
}

// TestIndexIsMadeAgain takes bytes of the index away where SQLite does not see it.
func TestIndexIsMadeAgain(t *testing.T) {
	for name, damage := range map[string]string{
		"a byte":       "UPDATE segments SET body = CAST(substr(body, 1, length(body) - 9) || x'7f' || substr(body, length(body) - 7) AS BLOB)",
		"cut short":    "UPDATE segments SET body = substr(body, 1, length(body) / 2)",
		"nothing left": "UPDATE segments SET body = x''",
		"gone":         "UPDATE segments SET gone = zeroblob(100000)",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openGood(t, dir)
			apply(t, s, "town", phone.BookChange{Full: true, Put: crowd(300)})
			if _, err := s.db.ExecContext(t.Context(), damage); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openGood(t, dir)
			s.background.Wait()
			everybody := map[phone.PersonID]phone.Person{}
			for _, e := range crowd(300) {
				everybody[phone.PersonOf("town", e.Key)], _ = tidied(e.Person, s.numberPlan())
			}
			checkIndex(t, s, everybody, "anna", "son", "0701", "karin ek")
			checkSegments(t, s, 300)
			if left, err := s.State(t.Context(), stateUnindexed); err != nil || left != "" {
				t.Errorf("the index is made for ever: %q %v", left, err)
			}
		})
	}
}

// TestIndexOfOlderVersion brings up a database whose index was SQLite's.
func TestIndexOfOlderVersion(t *testing.T) {
	dir := t.TempDir()
	db, err := sql.Open("sqlite", fileURI(filepath.Join(dir, databaseName), pragmas))
	if err != nil {
		t.Fatal(err)
	}
	steps, err := readMigrations(released(t, 3))
	if err == nil {
		err = migrate(t.Context(), db, steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	everybody := map[phone.PersonID]phone.Person{}
	for i, e := range crowd(indexBatch + 100) {
		p, _ := tidied(e.Person, (&Store{}).numberPlan())
		book := "town"
		if i == 7 {
			book, p.SpeedDial = "own", "42"
		}
		body, err := json.Marshal(p)
		if err == nil {
			_, err = db.ExecContext(t.Context(), "INSERT INTO people (id, book, entry, tag, person) VALUES (?, ?, ?, '', ?)", 1+i*3, book, e.Key, string(body))
		}
		if err != nil {
			t.Fatal(err)
		}
		everybody[phone.PersonOf(phone.BookID(book), e.Key)] = p
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := openGood(t, dir)
	put(t, s, person("new", "Ny Person", "0701112233")) // while the index is made
	everybody["own:new"] = person("new", "Ny Person", "0701112233")
	everybody["own:new"].Numbers[0].E164 = "+46701112233"
	s.background.Wait()
	checkIndex(t, s, everybody, "karin ek", "ny person", "07011122", "zetterqvist")
	checkSegments(t, s, len(everybody))
	if r := searched(t, s, phone.SearchQuery{Text: "42"}); len(r.Hits) == 0 || r.Hits[0].Person.SpeedDial != "42" {
		t.Errorf("%+v", r.Hits)
	}
}

func TestPutPeople(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx := t.Context()
	put(t, s, anna())
	var many []phone.Person
	for i, e := range crowd(500) {
		p := e.Person
		p.ID = phone.PersonOf(phone.OwnBook, fmt.Sprint(i))
		many = append(many, p)
	}
	many[3].Mark, many[4].SpeedDial = phone.MarkVIP, "12"
	first := many[5]
	first.Name = "Taken Over"
	count := func(want int) {
		t.Helper()
		if st, err := s.PeopleState(ctx); err != nil || st.Count != want {
			t.Fatalf("%d people, want %d: %v", st.Count, want, err)
		}
	}
	for what, bad := range map[string][]phone.Person{
		"no name":                    append(slices.Clone(many), phone.Person{ID: "own:x"}),
		"of a book":                  append(slices.Clone(many), phone.Person{ID: "town:x", Name: "X"}),
		"a speed dial that is taken": append(slices.Clone(many), phone.Person{ID: "own:x", Name: "X", SpeedDial: "7"}),
		"two with one speed dial":    append(slices.Clone(many), phone.Person{ID: "own:x", Name: "X", SpeedDial: "12"}),
	} {
		if err := s.PutPeople(ctx, bad); phone.ReasonOf(err).ID == "" {
			t.Errorf("%s: %v", what, err)
		}
		count(1)
		if got := names(t, s, many[0].Name); len(got) != 0 {
			t.Errorf("%s: %q is found", what, got)
		}
	}
	if err := s.PutPeople(ctx, append([]phone.Person{first}, many...)); err != nil {
		t.Fatal(err)
	}
	count(501)
	if err := s.PutPeople(ctx, many); err != nil { // again changes nothing
		t.Fatal(err)
	}
	count(501)
	checkSegments(t, s, 501)
	for i, p := range many {
		got, err := s.Person(ctx, p.ID)
		if err != nil || got.Name != p.Name || got.Mark != p.Mark || got.SpeedDial != p.SpeedDial {
			t.Fatalf("%d: %+v, %v", i, got, err)
		}
		if found, err := s.Match(ctx, p.Numbers[2].Number); err != nil || !slices.ContainsFunc(found, func(f phone.Person) bool { return f.ID == p.ID }) {
			t.Fatalf("%s is not found by number: %v", p.Name, err)
		}
	}
	// The dial moves from one to another in one step, and a mark is taken away.
	many[4].SpeedDial, many[6].SpeedDial, many[3].Mark = "", "12", ""
	if err := s.PutPeople(ctx, many[3:7]); err != nil {
		t.Fatal(err)
	}
	if r := searched(t, s, phone.SearchQuery{Text: "12"}); r.Hits[0].Person.ID != many[6].ID {
		t.Errorf("%+v", r.Hits[0])
	}
	if r := searched(t, s, phone.SearchQuery{Mark: phone.MarkVIP}); len(r.Hits) != 0 {
		t.Errorf("%+v", r.Hits)
	}
}

func TestSpeedDialComesFirst(t *testing.T) {
	s := openGood(t, t.TempDir())
	with := person("z", "Zäta", "sip:zata@example.se")
	with.SpeedDial = "7"
	liked := person("a", "Anna 7", "0707777777")
	liked.Mark = phone.MarkFavourite
	other := person("b", "Bo", "077 77")
	other.SpeedDial = "77"
	put(t, s, with, liked, other)
	r := searched(t, s, phone.SearchQuery{Text: " 7 "})
	if len(r.Hits) != 3 || r.Hits[0].Person.Name != "Zäta" || r.Hits[1].Person.Name != "Anna 7" {
		t.Fatalf("%+v", r.Hits)
	}
	if got := marks(t, r.Hits[0]); !slices.Equal(got, []string{"number.0:sip:zata@example.se"}) {
		t.Errorf("%q", got)
	}
	if got := names(t, s, "77"); len(got) != 2 || got[0] != "Bo" {
		t.Errorf("%q", got)
	}
	if got := names(t, s, "07"); len(got) != 2 || got[0] != "Anna 7" {
		t.Errorf("a speed dial is typed as it is: %q", got)
	}
	with.SpeedDial = ""
	put(t, s, with)
	if got := names(t, s, "7"); len(got) != 2 || got[0] != "Anna 7" {
		t.Errorf("%q", got)
	}
}

// TestKnownPeopleAreForgotten looks that a search never shows somebody as they were.
func TestKnownPeopleAreForgotten(t *testing.T) {
	s := openGood(t, t.TempDir())
	p := person("x", "Karin Ek", "0701234567")
	for i := range 5 {
		p.Title = fmt.Sprint("Titel ", i)
		put(t, s, p)
		if r := searched(t, s, phone.SearchQuery{Text: "karin"}); len(r.Hits) != 1 || r.Hits[0].Person.Title != p.Title {
			t.Fatalf("%+v", r.Hits)
		}
	}
	if err := s.SetPhoto(t.Context(), p.ID, small(t)); err != nil {
		t.Fatal(err)
	}
	if r := searched(t, s, phone.SearchQuery{Text: "karin"}); !r.Hits[0].Person.Photo {
		t.Error("the picture is not told")
	}
	if err := s.RemovePerson(context.Background(), p.ID); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, "karin"); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
