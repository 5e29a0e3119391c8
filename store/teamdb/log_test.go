package teamdb

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// call is an entry of the log.
func call(id string, queue phone.QueueID, outcome team.Outcome, began time.Time) team.LogEntry {
	return team.LogEntry{ID: id, Queue: queue, Group: team.GroupID("g" + queue), From: phone.Party{Number: "0812345" + id, Name: "Örjan " + id}, Began: began, Outcome: outcome, WaitS: 7}
}

func ids(p team.LogPage) (out string) {
	for _, e := range p.Entries {
		out += e.Value.ID + " "
	}
	return out
}

func theLogIsAsked(t *testing.T, d *DB, _ func() *DB) {
	ctx, day := t.Context(), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	change(t, d, func(tx kept.Tx) error {
		for i := range 12 {
			e := call(fmt.Sprintf("%03d", 100+i), []phone.QueueID{"80", "81", "82"}[i%3], []team.Outcome{team.OutcomeAnswered, team.OutcomeMissed}[i/3%2], day.Add(time.Duration(i)*24*time.Hour))
			if e.Outcome == team.OutcomeAnswered {
				e.Answered = "p1"
			}
			if _, err := tx.PutCall(e); err != nil {
				return err
			}
		}
		care := func(id string, f func(*team.LogEntry)) error {
			v, err := tx.LogEntry(id)
			if err != nil {
				return err
			}
			f(&v.Value)
			_, err = tx.PutCare(v.Value)
			return err
		}
		return errors.Join(
			care("103", func(e *team.LogEntry) { e.Handler, e.Note = "p2", `Ring "Åsa" 100% _nu_` }),
			care("104", func(e *team.LogEntry) { e.Handled, e.Handler, e.HandledAt = true, "p2", day }))
	})
	// 100-102 answered, 103-105 missed (103 p2's, 104 handled), 106-108 answered, 109-111 missed
	for name, c := range map[string]struct {
		q      team.LogQuery
		groups []team.GroupID
		want   string
	}{
		"all":             {team.LogQuery{}, nil, "111 110 109 108 107 106 105 104 103 102 101 100 "},
		"no group":        {team.LogQuery{}, []team.GroupID{}, ""},
		"a group":         {team.LogQuery{}, []team.GroupID{"g80"}, "109 106 103 100 "},
		"two groups":      {team.LogQuery{}, []team.GroupID{"g81", "g80"}, "110 109 107 106 104 103 101 100 "},
		"a queue":         {team.LogQuery{Queues: []phone.QueueID{"81"}}, nil, "110 107 104 101 "},
		"another's queue": {team.LogQuery{Queues: []phone.QueueID{"81"}}, []team.GroupID{"g80"}, ""},
		"two queues":      {team.LogQuery{Queues: []phone.QueueID{"81", "80", "81"}}, nil, "110 109 107 106 104 103 101 100 "},
		"missed":          {team.LogQuery{Outcomes: []team.Outcome{team.OutcomeMissed}}, nil, "111 110 109 105 104 103 "},
		"missed in one":   {team.LogQuery{Outcomes: []team.Outcome{team.OutcomeMissed}, Queues: []phone.QueueID{"81"}}, nil, "110 104 "},
		"two outcomes":    {team.LogQuery{Outcomes: []team.Outcome{team.OutcomeMissed, team.OutcomeAnswered}}, []team.GroupID{"g82"}, "111 108 105 102 "},
		"open":            {team.LogQuery{Open: true}, nil, "111 110 109 105 103 "},
		"open first":      {team.LogQuery{OpenFirst: true}, []team.GroupID{"g80", "g81"}, "110 109 103 107 106 104 101 100 "},
		"nobody's":        {team.LogQuery{Open: true, Nobody: true}, nil, "111 110 109 105 "},
		"a handler's":     {team.LogQuery{Handlers: []team.PersonID{"p2"}}, nil, "104 103 "},
		"two handlers":    {team.LogQuery{Handlers: []team.PersonID{"p2", "p3"}}, []team.GroupID{"g81"}, "104 "},
		"answered by":     {team.LogQuery{Answered: []team.PersonID{"p1"}}, []team.GroupID{"g80"}, "106 100 "},
		"a number":        {team.LogQuery{Number: "+46 8 12 345 104"}, nil, "104 "},
		"as written":      {team.LogQuery{Number: "0812345104"}, nil, "104 "},
		"text":            {team.LogQuery{Text: "örjan 107"}, nil, "107 "},
		"a common word":   {team.LogQuery{Text: "örjan"}, nil, "111 110 109 108 107 106 105 104 103 102 101 100 "},
		"its open first":  {team.LogQuery{Text: "örjan", OpenFirst: true}, []team.GroupID{"g80", "g81"}, "110 109 103 107 106 104 101 100 "},
		"a note":          {team.LogQuery{Text: `"ÅSA"`}, nil, "103 "},
		"two letters":     {team.LogQuery{Text: "0%"}, nil, "103 "},
		"percent":         {team.LogQuery{Text: "100%"}, nil, "103 "},
		"underline":       {team.LogQuery{Text: "_nu_"}, nil, "103 "},
		"injection":       {team.LogQuery{Text: `'; DROP TABLE log; --`, Queues: []phone.QueueID{"' OR 1=1 --"}}, nil, ""},
		"match syntax":    {team.LogQuery{Text: `txt:örj* OR NEAR(`}, nil, ""},
		"from":            {team.LogQuery{From: day.Add(10 * 24 * time.Hour)}, nil, "111 110 "},
		"to":              {team.LogQuery{To: day.Add(24 * time.Hour)}, nil, "100 "},
		"between":         {team.LogQuery{From: day.Add(2 * 24 * time.Hour), To: day.Add(4 * 24 * time.Hour)}, nil, "103 102 "},
	} {
		page, err := d.Log(ctx, c.q, c.groups)
		if err != nil || ids(page) != c.want || page.Next != "" {
			t.Errorf("%s: %q, want %q (%v, next %q)", name, ids(page), c.want, err, page.Next)
		}
		// The same in pages of two.
		q, all := c.q, ""
		q.Limit = 2
		for range 20 {
			page, err := d.Log(ctx, q, c.groups)
			if err != nil || len(page.Entries) > 2 {
				t.Fatal(name, err, len(page.Entries))
			}
			all += ids(page)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if all != c.want {
			t.Errorf("%s in pages: %q, want %q", name, all, c.want)
		}
	}
	for _, after := range []string{"z", "a", "a-1", "o5", "ax!", "å", "a99999999999999999999"} {
		if _, err := d.Log(ctx, team.LogQuery{After: after}, nil); !errors.Is(err, kept.ErrPage) {
			t.Errorf("page %q: %v", after, err)
		}
	}
}

// What the exchange tells of a call and what people write of it do not undo each other.
func twoWriteOneEntry(t *testing.T, d *DB, _ func() *DB) {
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	e := call("1", "80", team.OutcomeMissed, day)
	_, start, _ := d.Items(t.Context())
	change(t, d, func(tx kept.Tx) error { _, err := tx.PutCall(e); return err })
	change(t, d, func(tx kept.Tx) error {
		if n, err := tx.OpenBefore(e.From.Number, e.Group); n != 1 || err != nil {
			t.Errorf("%d open, %v", n, err)
		}
		v, err := tx.LogEntry("1")
		v.Value.Note, v.Value.Handled, v.Value.NoteBy, v.Value.Outcome = "ringde", true, "p1", team.OutcomeAnswered
		_, err2 := tx.PutCare(v.Value)
		return errors.Join(err, err2)
	})
	e.WaitS, e.Talking = 9, true
	last := change(t, d, func(tx kept.Tx) error { _, err := tx.PutCall(e); return err })
	v, err := d.LogEntry(t.Context(), "1")
	want := e
	want.Note, want.NoteBy, want.Handled = "ringde", "p1", true
	if err != nil || v.Seq != last || v.Value != want {
		t.Errorf("%+v, %v", v, err)
	}
	if page, _ := d.Log(t.Context(), team.LogQuery{Open: true}, nil); len(page.Entries) != 0 {
		t.Error("it is handled and open")
	}
	items, err := d.Since(t.Context(), start, 10)
	if err != nil || len(items) != 1 || items[0].Kind != team.KindLog || items[0].Seq != last || items[0].Group != "g80" {
		t.Errorf("%+v, %v", items, err)
	}
	from, err := d.LogFrom(t.Context(), day)
	if err != nil || len(from) != 1 || from[0] != want {
		t.Errorf("%+v, %v", from, err)
	}
}
