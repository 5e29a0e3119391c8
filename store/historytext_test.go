package store

import (
	"fmt"
	"slices"
	"testing"

	"svara/phone"
)

// TestHistoryTexts compares what the texts in memory find with what the table says, while calls come, go and are noted.
func TestHistoryTexts(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx := t.Context()
	if err := s.PutItem(ctx, phone.ItemQueue, "75", []byte(`{"id":"75","name":"Kundtjänst Norr"}`)); err != nil {
		t.Fatal(err)
	}
	texts := []string{"anna", "åström 3", "070-123 4", "070 12 34 5", "kundtjanst", "norr anna", "offert", "99", "o", "%", "finns inte", "75"}
	check := func(q phone.HistoryQuery) {
		t.Helper()
		var got []int64
		for _, e := range history(t, s, q) {
			got = append(got, e.ID)
		}
		condition, args := wantedOf(q.Text, s.queuesNamed(ctx)).condition()
		where := []string{condition}
		if q.Before > 0 {
			where, args = append(where, "id < ?"), append(args, q.Before)
		}
		query, args := newestFirst("SELECT id FROM history", where, args, q.Limit)
		rows, err := s.db.QueryContext(ctx, query, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		var want []int64
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			want = append(want, id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: %v, want %v", q, got, want)
		}
	}
	found := 0
	for i := range 40 {
		e := entry([]string{"Anna Åström", "Bo Öberg", ""}[i%3], fmt.Sprintf("+46701234%03d", i*7), phone.OutcomeAnswered)
		if i%5 == 0 {
			e.Queue = "75"
		}
		id := add(t, s, e)
		switch i % 4 {
		case 1:
			if err := s.SetHistoryNote(ctx, id-1, "Vill ha offert 99"); err != nil {
				t.Fatal(err)
			}
		case 2:
			if err := s.DeleteHistory(ctx, id-2); err != nil {
				t.Fatal(err)
			}
		case 3:
			if err := s.SetHistoryNote(ctx, id-3, ""); phone.ReasonOf(err).ID != phone.ReasonNoCall {
				t.Fatal(err)
			}
		}
		for _, text := range texts {
			check(phone.HistoryQuery{Text: text})
			check(phone.HistoryQuery{Text: text, Before: id - 10, Limit: 3})
			found += len(history(t, s, phone.HistoryQuery{Text: text}))
		}
	}
	if found == 0 {
		t.Error("nothing was ever found: the test proves nothing")
	}
	for range namedMost { // more than can be named
		add(t, s, entry("Cecilia", "2101", phone.OutcomeMissed))
	}
	check(phone.HistoryQuery{Text: "cecilia", Limit: 5000})
	check(phone.HistoryQuery{Text: "ceci 21", Limit: 5000, Before: 500})
	s.texts.off = true // too large for the memory
	check(phone.HistoryQuery{Text: "anna"})
}
