package store

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"testing"

	"svara/phone"
)

// checkPeople checks what fill put of people, when it was to be salvaged, and that people can be searched.
func checkPeople(t *testing.T, s *Store, salvaged bool) {
	t.Helper()
	ctx := t.Context()
	if salvaged {
		p, err := s.Person(ctx, "own:anna")
		if want := anna(); err != nil || p.Name != want.Name || p.Mark != want.Mark || !p.Photo || len(p.Numbers) != 2 {
			t.Errorf("contact %+v, %v", p, err)
		}
		if p, err := s.Person(ctx, "town:1"); err != nil || p.Mark != phone.MarkVIP || !p.Colleague {
			t.Errorf("colleague %+v, %v", p, err)
		}
		items, err1 := s.Items(ctx)
		servers, err2 := s.MailServers(ctx)
		books, err3 := s.Books(ctx)
		state, err4 := s.State(ctx, "activity")
		if err := errors.Join(err1, err2, err3, err4); err != nil || len(items) != 1 || len(servers) != 1 || len(books) != 1 || state != "lunch" {
			t.Errorf("items %v, mail servers %v, books %v, state %q, %v", items, servers, books, state, err)
		}
		if found, err := s.Match(ctx, "+46701234567"); err != nil || len(found) != 1 {
			t.Errorf("match %v, %v", found, err)
		}
		if got := names(t, s, "bergstr"); len(got) != 1 {
			t.Errorf("search %q", got)
		}
	}
	put(t, s, person("new", "New Person", "0709999999"))
	if got := names(t, s, "new pers"); len(got) != 1 {
		t.Errorf("a new contact: %q", got)
	}
}

// overwriteHistory puts garbage over a page in the middle of the history.
func overwriteHistory(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var pages []int64
	for at := 4096; at < len(raw); at += 4096 {
		const leaf = 0x0d // of a table, file format 1.6
		if page := raw[at : at+4096]; page[0] == leaf && bytes.Count(page, []byte("sip:+46812345678@")) > 5 {
			pages = append(pages, int64(at))
		}
	}
	if len(pages) < 5 {
		t.Fatalf("%d pages of history", len(pages))
	}
	overwrite(pages[len(pages)/2], 4096)(t, path)
}

// overwriteTable puts garbage over the middle of the last page of a table.
func overwriteTable(table string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		db, err := sql.Open("sqlite", fileURI(path, ""))
		if err != nil {
			t.Fatal(err)
		}
		var page int64
		err = db.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = ?", table).Scan(&page)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		overwrite((page-1)*4096, 2000)(t, path)
	}
}
