package store

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"svara/phone"
)

// large is a store with a history that takes years to make.
func large(b *testing.B, entries int) (*Store, string) {
	b.Helper()
	dir := b.TempDir()
	s, _, err := Open(context.Background(), dir, quiet())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	err = s.write(context.Background(), "fill", func(tx *sql.Tx) error {
		for i := range entries {
			e := entry(fmt.Sprintf("Person %d Åström", i%997), fmt.Sprintf("+4670%07d", i), phone.OutcomeAnswered)
			if _, err := insertEntry(context.Background(), tx, e, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, dir
}

func BenchmarkHistory50k(b *testing.B) {
	s, dir := large(b, 50_000)
	for _, text := range []string{"", "p", "åström", "no such name", "070 12 34", "4711"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.History(context.Background(), phone.HistoryQuery{Text: text}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("state", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.HistoryState(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.AddHistory(context.Background(), entry("A", "1", phone.OutcomeMissed)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			again, _, err := Open(context.Background(), dir, quiet())
			if err != nil {
				b.Fatal(err)
			}
			_ = again.Close()
		}
	})
}
