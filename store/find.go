package store

import (
	"context"
	"strings"
	"time"

	"svara/phone"
)

const (
	hitLimit    = 50
	hitLimitMax = 5000
)

// Search ranks by mark, who can take the call now, how often called, then name.
func (s *Store) Search(ctx context.Context, q phone.SearchQuery) (phone.SearchResult, error) {
	begun := time.Now()
	out := phone.SearchResult{Hits: []phone.Hit{}, State: s.people.Load()}
	limit := q.Limit
	if limit <= 0 {
		limit = hitLimit
	}
	limit = min(limit, hitLimitMax)
	query, args := selectPeople, []any{}
	if words := foldedWords(q.Text); len(words) > 0 {
		query += " JOIN found ON found.rowid = p.id WHERE found MATCH ?"
		args = append(args, `"`+strings.Join(words, `"* "`)+`"*`)
	}
	people, err := s.readPeople(ctx, "search people", query+" ORDER BY p.id LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return out, err
	}
	for i, p := range people {
		if i == limit {
			out.More = true
			break
		}
		out.Hits = append(out.Hits, phone.Hit{Person: p})
	}
	out.Took = time.Since(begun)
	return out, nil
}
