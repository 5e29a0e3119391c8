package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// importedBook and importedOwn are how many people a child that imports puts into a book, and into the user's own at a time.
const (
	importedBook = 12_000
	importedOwn  = 500
)

// childImport imports people again and again until it is killed, and says how far it has come.
func childImport(dir string) error {
	ctx := context.Background()
	s, faults, err := Open(ctx, dir, quiet())
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("open: %w, %v", err, faults)
	}
	people := crowd(importedBook)
	if err := s.PutBook(ctx, phone.Book{ID: "town", Kind: phone.BookLDAP}); err != nil {
		return err
	}
	for round := 0; ; round++ {
		fmt.Println("round", round)
		for i := range people {
			people[i].Person.Title = "Runda " + strconv.FormatInt(time.Now().UnixNano(), 10) // nobody is as before
		}
		if err := s.ApplyBook(ctx, "town", phone.BookChange{Full: true, Put: people, Token: strconv.Itoa(round)}); err != nil {
			return err
		}
		fmt.Println("book", round)
		var own []phone.Person
		for i := range importedOwn {
			p := people[i].Person
			p.ID = phone.PersonOf(phone.OwnBook, strconv.Itoa(round)+"-"+strconv.Itoa(i))
			own = append(own, p)
		}
		if err := s.PutPeople(ctx, own); err != nil {
			return err
		}
		fmt.Println("own", round)
	}
}

// TestKilledDuringImport kills an import at random instants: the database is whole, contacts are all of a file's part or
// none, and everybody who is there is found.
func TestKilledDuringImport(t *testing.T) {
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 5 {
		c := child(t.Context(), os.Args[0], "import", dir)
		out, err := c.StdoutPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		wholeOwn := 0
		for in := bufio.NewScanner(out); in.Scan(); {
			switch line := in.Text(); {
			case line == "round 0":
				time.AfterFunc(time.Duration(random.IntN(1_500))*time.Millisecond, func() { _ = c.Process.Kill() })
			case strings.HasPrefix(line, "own "):
				wholeOwn += importedOwn
			case strings.HasPrefix(line, "error:"):
				t.Fatal(line)
			}
		}
		_ = c.Wait()
		s, faults, err := Open(t.Context(), dir, quiet())
		if err != nil || len(faults) != 0 {
			t.Fatalf("start after a kill: %v, %v", err, faults)
		}
		s.background.Wait()
		own, err := s.OwnPeople(t.Context())
		if err != nil || len(own)%importedOwn != 0 || len(own) < min(wholeOwn, importedOwn) {
			t.Errorf("%d contacts of %d, %v", len(own), wholeOwn, err)
		}
		st, err := s.PeopleState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		checkSegments(t, s, st.Count)
		var sound string
		if err := s.db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
			t.Errorf("%s, %v", sound, err)
		}
		for i := range 20 {
			row := random.Int64N(int64(max(1, st.Count)))
			var p phone.Person
			list, err := s.readPeople(t.Context(), "look", selectPeople+" ORDER BY p.id LIMIT 1 OFFSET ?", row)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				continue
			}
			p = list[0]
			r := searched(t, s, phone.SearchQuery{Text: p.Name + " " + p.Numbers[0].Number})
			if !slices.ContainsFunc(r.Hits, func(h phone.Hit) bool { return h.Person.ID == p.ID }) {
				t.Errorf("%d: %s %s is not found", i, p.ID, p.Name)
			}
		}
		t.Logf("%d people, %d of them own", st.Count, len(own))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
