package teamdb

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

func TestWordsAreFoundByTheirFigures(t *testing.T) {
	for text, want := range map[string]struct {
		found  string
		looked []string
	}{
		"anna karl":          {`"anna" "karl"`, nil},
		"åsa karl123":        {`"l123"`, []string{"åsa", "karl123"}},
		"0701234567":         {`"234567"`, []string{"0701234567"}},
		"08-12 34":           {`"-12"`, []string{"08-12", "34"}},
		"x070123 0701234567": {`"234567"`, []string{"x070123", "0701234567"}},
		"bo anna":            {`"anna"`, []string{"bo"}},
		"å1":                 {"", []string{"å1"}},
		`say"hi there`:       {`"say""hi" "there"`, nil},
		"nr 4711 4711b":      {`"4711"`, []string{"nr", "4711b"}},
	} {
		s := &selection{kind: sqlite}
		if found, looked := s.words(strings.Fields(text)); found != want.found || !slices.Equal(looked, want.looked) {
			t.Errorf("%q: %s, %q", text, found, looked)
		}
	}
	s := &selection{kind: postgres}
	if found, looked := s.words([]string{"anna", "4711"}); found != "" || len(looked) != 2 {
		t.Errorf("%s, %q", found, looked)
	}
}

// Words beside everything else that can be asked are answered as by looking at every call, in both databases and whichever way
// they are found.
func wordsAndAllElse(t *testing.T, d *DB, _ func() *DB) {
	was := usual
	t.Cleanup(func() { usual = was })
	rng := rand.New(rand.NewPCG(11, 23))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	var all []team.LogEntry // newest first
	change(t, d, func(tx kept.Tx) error {
		for i := range 1500 {
			e := team.LogEntry{ID: strconv.Itoa(i), Queue: phone.QueueID(pick("80", "81", "82")), Group: team.GroupID(pick("g1", "g1", "g1", "g2", "g3")), Began: day.Add(time.Duration(i) * time.Minute),
				Outcome: team.Outcome(pick("answered", "missed", "redirected")), From: phone.Party{Number: fmt.Sprintf("0%09d", rng.IntN(3000)*33331), Name: pick("Anna", "Örjan", "Åsa") + " " + pick("Ek", "Karlsson", "Ek-Annas")}}
			if e.Outcome == team.OutcomeAnswered {
				e.Answered = team.PersonID(pick("p1", "p2"))
			}
			if _, err := tx.PutCall(e); err != nil {
				return err
			}
			if e.Outcome == team.OutcomeMissed && rng.IntN(2) == 0 {
				e.Handler, e.Handled, e.Note = team.PersonID(pick("p1", "p2", "p3")), rng.IntN(2) == 0, pick("Ringde upp", "Ärende ", "ärende nr ")+strconv.Itoa(rng.IntN(300))
				if _, err := tx.PutCare(e); err != nil {
					return err
				}
			}
			all = append([]team.LogEntry{e}, all...)
		}
		return nil
	})
	has := func(e team.LogEntry, q team.LogQuery, groups []team.GroupID) bool {
		for _, w := range strings.Fields(fold(q.Text)) {
			if !strings.Contains(text(e), w) {
				return false
			}
		}
		return (groups == nil || slices.Contains(groups, e.Group)) && (len(q.Queues) == 0 || slices.Contains(q.Queues, e.Queue)) && (len(q.Outcomes) == 0 || slices.Contains(q.Outcomes, e.Outcome)) &&
			(len(q.Handlers) == 0 || slices.Contains(q.Handlers, e.Handler)) && (len(q.Answered) == 0 || slices.Contains(q.Answered, e.Answered)) && (!q.Open || e.Open()) && (!q.Nobody || e.Handler == "") &&
			(q.Number == "" || caller(q.Number) == caller(e.From.Number)) && (q.From.IsZero() || !e.Began.Before(q.From)) && (q.To.IsZero() || e.Began.Before(q.To))
	}
	empty, filled, short := 0, 0, 0
	for i := range 400 {
		usual = patience{first: 1 + int64(rng.IntN(400)), time: time.Duration(rng.IntN(5)) * time.Millisecond, hits: rng.IntN(200), narrow: rng.IntN(900)}
		usual.most = usual.time + time.Duration(rng.IntN(5))*time.Millisecond
		q := team.LogQuery{Text: pick("anna", "ärende", "ringde upp", "ÅSA karlsson", "ek", "ärende 1", "ärende nr 17", "33331", "nn", "karlsson örjan", "0", "finns inte", "ärende 25 anna"), Limit: 1 + rng.IntN(60), OpenFirst: rng.IntN(4) == 0}
		var groups []team.GroupID
		if rng.IntN(2) == 0 {
			groups = []team.GroupID{team.GroupID(pick("g1", "g2", "g3", "none")), team.GroupID(pick("g2", "g3"))}[:1+rng.IntN(2)]
		}
		switch rng.IntN(8) {
		case 0:
			q.Handlers = []team.PersonID{team.PersonID(pick("p1", "p3")), "p2"}[:1+rng.IntN(2)]
		case 1:
			q.Answered = []team.PersonID{team.PersonID(pick("p1", "p2"))}
		case 2:
			q.Queues = []phone.QueueID{phone.QueueID(pick("80", "81")), "82"}[:1+rng.IntN(2)]
		case 3:
			q.Open, q.Nobody = true, rng.IntN(2) == 0
		case 4:
			q.Outcomes = []team.Outcome{team.Outcome(pick("missed", "answered", "redirected"))}
		case 5:
			q.Number = all[rng.IntN(len(all))].From.Number
		case 6:
			q.From = day.Add(time.Duration(rng.IntN(1500)) * time.Minute)
			q.To = q.From.Add(time.Duration(rng.IntN(500)) * time.Minute)
		}
		var want, got []string
		for _, openFirst := range []bool{true, false} {
			for _, e := range all {
				if has(e, q, groups) && (q.OpenFirst && !q.Open && e.Open()) == openFirst {
					want = append(want, e.ID)
				}
			}
		}
		for asked := q; len(got) <= len(all); {
			page, err := d.Log(t.Context(), asked, groups)
			if err != nil {
				t.Fatal(i, err)
			}
			for _, e := range page.Entries {
				got = append(got, e.Value.ID)
			}
			if asked.After = page.Next; asked.After == "" {
				break
			}
			if len(page.Entries) < q.Limit {
				short++
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: %+v %v, %+v: %d %v, want %d %v", i, q, groups, usual, len(got), got, len(want), want)
		}
		if len(want) == 0 {
			empty++
		} else {
			filled++
		}
	}
	if empty < 50 || filled < 100 || short < 100 {
		t.Errorf("%d queries had no answer, %d had one; %d pages came short", empty, filled, short)
	}
}
