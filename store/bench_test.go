package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

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

func BenchmarkHistory100k(b *testing.B) {
	s, dir := large(b, 100_000)
	for name, q := range map[string]phone.HistoryQuery{
		"all": {}, "letter": {Text: "p"}, "name": {Text: "åström"}, "nobody": {Text: "no such name"}, "number": {Text: "070 12 34"}, "digits": {Text: "4711"},
		"of-a-number": {Number: "0700004711"}, "missed": {Filter: phone.HistoryMissed}, "noted": {Filter: phone.HistoryNoted},
		"redirected": {Any: []phone.HistoryFilter{phone.HistoryRedirected}}, "missed-in-a-queue": {Filter: phone.HistoryMissed, Queue: "75"},
		"since": {Since: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				if _, err := s.History(context.Background(), q); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
			b.ReportMetric(milliseconds(took[len(took)*95/100]), "p95-ms")
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
