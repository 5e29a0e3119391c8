package store

import (
	"context"
	"os"
	"testing"
	"time"

	"svara/phone"
)

func TestTimeImport(t *testing.T) {
	dir := os.Getenv("IMPORT_DIR")
	if dir == "" {
		t.Skip()
	}
	s := openGood(t, dir)
	people := crowd(100_000)
	if err := s.PutBook(context.Background(), phone.Book{ID: "town", Name: "Town", Kind: phone.BookLDAP}); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := s.ApplyBook(context.Background(), "town", phone.BookChange{Full: true, Put: people, Token: "1"}); err != nil {
		t.Fatal(err)
	}
	t.Logf("import %v", time.Since(begun))
}
