package store

import (
	"context"
	"database/sql"
	"errors"

	"svara/phone/numbers"
)

const (
	statePlan   = "people.plan" // under which plan E.164 was worked out
	replanBatch = 1000          // people in one transaction
)

func planName(p numbers.Plan) string {
	if p.Region == "" {
		p.Region = "SE"
	}
	return p.Region + "/" + p.Area
}

// replan works out the E.164 of every number again, when it was done under another plan than today's.
func (s *Store) replan(ctx context.Context) error {
	s.replanning.Lock() // one at a time; the last one asked for finds what the others left
	defer s.replanning.Unlock()
	plan := s.numberPlan()
	was, err := s.State(ctx, statePlan)
	if err != nil || was == planName(plan) || was == "" && plan == (numbers.Plan{}) {
		return err
	}
	for after := int64(0); ; {
		list, last, err := peopleAfter(ctx, s.db, after, replanBatch)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		err = s.changePeople(ctx, "work out numbers", func(w *peopleWriter) error {
			w.unfinished = true
			return w.replan(list)
		})
		if err != nil {
			return err
		}
		after = last
	}
	if err := s.countCallers(ctx, true); err != nil {
		return err
	}
	return s.PutState(ctx, statePlan, planName(plan))
}

// queryer is a database, or a transaction on it.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// peopleAfter is the next people by rowid, and the last of them.
func peopleAfter(ctx context.Context, db queryer, after int64, most int) (list []row, last int64, err error) {
	rows, err := db.QueryContext(ctx, "SELECT id, book, entry, tag, person FROM people WHERE id > ? ORDER BY id LIMIT ?", after, most)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.book, &r.entry, &r.tag, &r.body); err != nil {
			return nil, 0, err
		}
		list, last = append(list, r), r.id
	}
	return list, last, rows.Err()
}

// replan saves people again whose numbers now say something else. Their rowids stay, so that a walk over all of them meets
// nobody twice.
func (w *peopleWriter) replan(list []row) error {
	for _, r := range list {
		p, err := r.person()
		if err != nil {
			return err
		}
		e := preparedEntry(r.book, r.entry, r.tag, p, w.plan)
		if e.body == r.body {
			continue
		}
		// Only where it still says what was read: others write too.
		n, err := w.exec("UPDATE people SET person = ? WHERE id = ? AND person = ?", e.body, r.id, r.body)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		e.id = r.id
		if err := w.reindex(r, p, e); err != nil {
			return err
		}
		w.changed++
	}
	return nil
}
