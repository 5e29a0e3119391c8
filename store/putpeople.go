package store

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"svara/phone"
	"svara/phone/numbers"
)

// PutPeople is PutPerson for many: all of them are saved or, with an error, none. Of two with one ID the last counts.
func (s *Store) PutPeople(ctx context.Context, people []phone.Person) error {
	last := make(map[phone.PersonID]int, len(people))
	for i, p := range people {
		if err := checkOwn(p); err != nil {
			return err
		}
		last[p.ID] = i
	}
	list := make([]phone.Person, 0, len(last))
	for i, p := range people {
		if last[p.ID] == i {
			list = append(list, p)
		}
	}
	ready := preparedOwn(list, s.numberPlan())
	return s.changePeople(ctx, "save contacts", func(w *peopleWriter) error {
		if err := w.markOwn(list); err != nil {
			return err
		}
		if err := w.put(ready...); err != nil {
			return err
		}
		var twice string
		err := w.tx.QueryRowContext(ctx, "SELECT dial FROM people WHERE dial <> '' GROUP BY dial HAVING count(*) > 1 LIMIT 1").Scan(&twice)
		switch {
		case isNoRows(err):
			return nil
		case err != nil:
			return err
		}
		return phone.Refuse(phone.ReasonBadPerson, "speed_dial")
	})
}

// preparedOwn makes contacts ready on all processors, in the order of their names, in which they are saved fastest.
func preparedOwn(people []phone.Person, plan numbers.Plan) []prepared {
	out := make([]prepared, len(people))
	size := max(1, (len(people)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for from := 0; from < len(people); from += size {
		all.Go(func() {
			for i := from; i < min(from+size, len(people)); i++ {
				_, entry, _ := strings.Cut(string(people[i].ID), ":")
				out[i] = preparedEntry(string(phone.OwnBook), entry, "", people[i], plan)
			}
		})
	}
	all.Wait()
	slices.SortStableFunc(out, func(a, b prepared) int { return cmp.Compare(a.place, b.place) })
	return out
}

// markOwn gives contacts their marks, and takes away those they had.
func (w *peopleWriter) markOwn(people []phone.Person) error {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT person FROM marks WHERE substr(person, 1, ?) = ?", len(phone.OwnBook)+1, string(phone.OwnBook)+":")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	marked := map[phone.PersonID]bool{}
	for rows.Next() {
		var id phone.PersonID
		if err := rows.Scan(&id); err != nil {
			return err
		}
		marked[id] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, p := range people {
		if p.Mark == phone.MarkNone && !marked[p.ID] {
			continue
		}
		if err := w.mark(p.ID, p.Mark); err != nil {
			return err
		}
	}
	return nil
}
