package store

import (
	"context"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"svara/phone"
)

// typed is what somebody types, key by key.
func typed(words ...string) []string {
	var out []string
	for _, w := range words {
		runes := []rune(w)
		for i := range runes {
			if text := string(runes[:i+1]); strings.TrimSpace(text) == text {
				out = append(out, text)
			}
		}
	}
	return out
}

var typing = typed("anna berg", "karl-johan", "andersson", "andresson", "johanson lars", "åsa öberg", "sjögren", "bergstrm", "0701234567", "011-345", "20345",
	"+46 70 123", "växeltelefonist anna", "ekonom akuten", "zoë quist", "björklnd", "ström", "gustafsson erik it-drift", "rum 2101", "anna.berg", "ab", "anbe",
	"fatima hassan", "qwxz", "hav", "löner karin", "maria andersson teckenspråk", "olof", "sson", "e a", "a b c", "s s", "nilsson 4567", "norrköping")

func TestTimeImport(t *testing.T) {
	dir := os.Getenv("IMPORT_DIR")
	if dir == "" {
		t.Skip()
	}
	s := openGood(t, dir)
	people := crowd(100_000)
	ctx := context.Background()
	if st, _ := s.PeopleState(ctx); st.Count == 0 {
		if err := s.PutBook(ctx, phone.Book{ID: "town", Name: "Town", Kind: phone.BookLDAP}); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := s.ApplyBook(ctx, "town", phone.BookChange{Full: true, Put: people, Token: "1"}); err != nil {
			t.Fatal(err)
		}
		t.Logf("import %v", time.Since(begun))
		s.background.Wait()
		t.Logf("tidied %v", time.Since(begun))
	}
	begun := time.Now()
	s.Search(ctx, phone.SearchQuery{Text: "a"})
	t.Logf("first %v", time.Since(begun))
	type one struct {
		text string
		took time.Duration
		hits int
	}
	var all []one
	for range 1 {
		for _, text := range typing {
			before := cpu()
			r, err := s.Search(ctx, phone.SearchQuery{Text: text, History: true})
			if err != nil {
				t.Fatal(text, err)
			}
			all = append(all, one{text, cpu() - before, len(r.Hits)})
		}
	}
	slices.SortFunc(all, func(a, b one) int { return int(a.took - b.took) })
	t.Logf("n %d p50 %v p95 %v p99 %v max %v", len(all), all[len(all)/2].took, all[len(all)*95/100].took, all[len(all)*99/100].took, all[len(all)-1].took)
	for _, o := range all[len(all)-40:] {
		t.Log(o)
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
