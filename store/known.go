package store

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"sync"

	"svara/phone"
)

// knownMost is how many people are kept as they were read: some 1 MB. Who types meets the same ones with every key.
const knownMost = 600

// knownPeople are people who do not stand out, as they were last read, until somebody changes.
type knownPeople struct {
	mu     sync.Mutex
	age    uint64              // mu: rises when what was read before is out of date
	people map[int64]*standing // mu: by row
}

func (k *knownPeople) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.age++
	k.people = nil
}

// have is those of some rows that are known, which others are not, and how old that is.
func (k *knownPeople) have(rows []int64) (people map[int64]*standing, missing []int64, age uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	people = make(map[int64]*standing, len(rows))
	for _, row := range rows {
		if one := k.people[row]; one != nil {
			people[row] = one
		} else {
			missing = append(missing, row)
		}
	}
	return people, missing, k.age
}

// keep takes in who has been read, unless somebody has changed meanwhile.
func (k *knownPeople) keep(read []*standing, age uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if age != k.age {
		return
	}
	if k.people == nil || len(k.people)+len(read) > knownMost {
		k.people = make(map[int64]*standing, len(read))
	}
	for _, one := range read[:min(len(read), knownMost)] {
		k.people[one.row] = one
	}
}

// knownOf is the people of some rows, in that order, without those who are gone meanwhile.
func (s *Store) knownOf(ctx context.Context, rows []int64) ([]*standing, error) {
	people, missing, age := s.known.have(rows)
	if len(missing) > 0 {
		read, err := s.readKnown(ctx, missing)
		if err != nil {
			return nil, err
		}
		s.known.keep(read, age)
		for _, one := range read {
			people[one.row] = one
		}
	}
	out := make([]*standing, 0, len(rows))
	for _, row := range rows {
		if one := people[row]; one != nil {
			out = append(out, one)
		}
	}
	return out, nil
}

// readKnown reads people who do not stand out. They are not marked: the marked do.
func (s *Store) readKnown(ctx context.Context, rows []int64) ([]*standing, error) {
	args := make([]any, len(rows))
	for i, row := range rows {
		args[i] = row
	}
	list, err := s.db.QueryContext(ctx, `SELECT p.id, p.book, p.entry, p.person, EXISTS (SELECT 1 FROM photos WHERE person = p.book || ':' || p.entry)
		FROM people p WHERE p.id IN (?`+strings.Repeat(", ?", len(args)-1)+")", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = list.Close() }()
	out := make([]*standing, 0, len(rows))
	for list.Next() {
		one := &standing{weight: math.Inf(-1)}
		var book, entry string
		var body sql.RawBytes
		var photo bool
		if err := list.Scan(&one.row, &book, &entry, &body, &photo); err != nil {
			return nil, err
		}
		if one.person, err = s.personOf(book, entry, body, sql.NullString{}, photo); err != nil {
			return nil, err
		}
		one.key, one.line = nameKey(one.person), lineAsked(one.person)
		one.doc = sync.OnceValue(func() document { return documentOf(one.person) })
		out = append(out, one)
	}
	return out, list.Err()
}

// lineAsked is the line of somebody who does not stand out: asked about only where there are too many colleagues.
func lineAsked(p phone.Person) string {
	if !p.Colleague {
		return ""
	}
	return p.Line()
}
