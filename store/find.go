package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strings"
	"time"

	"svara/phone"
)

const (
	hitLimit    = 50
	hitLimitMax = 5000

	// beyondLimit is how many more people are read than are shown: names that begin alike come in no order.
	beyondLimit = 10
	// looksMost is how many people the index brings may turn out not to be meant before the search gives up on more.
	looksMost = 400
)

// search is one query while it is answered.
type search struct {
	s     *Store
	query phone.SearchQuery
	terms []term
	limit int
	reach func(string) phone.Reach
	found []found
	seen  map[int64]bool // rows looked at
	asked string         // what the index was last asked
}

// Search finds people, and numbers of the history when asked to. Those who stand out are matched in memory; the rest come
// from the index in the order of their names, so that it can stop when there are enough. Parts of words and typing errors
// are looked for when whole beginnings give too few.
func (s *Store) Search(ctx context.Context, q phone.SearchQuery) (phone.SearchResult, error) {
	begun := time.Now()
	out := phone.SearchResult{Hits: []phone.Hit{}, State: s.people.Load()}
	if err := s.ensure(ctx); err != nil {
		return out, fail("search people", err)
	}
	r := &search{s: s, query: q, terms: termsOf(q.Text), limit: q.Limit, seen: map[int64]bool{}, reach: s.reachNow()}
	if r.limit <= 0 {
		r.limit = hitLimit
	}
	r.limit = min(r.limit, hitLimitMax)
	if len(r.terms) > 0 || strings.TrimSpace(q.Text) == "" {
		if err := r.run(ctx); err != nil {
			return out, fail("search people", err)
		}
	}
	ranked(r.found)
	out.More = len(r.found) > r.limit
	now := begun
	for _, f := range r.found[:min(len(r.found), r.limit)] {
		hit := phone.Hit{Person: f.person, Last: f.last, Typo: f.close == closeNearly, Recent: f.recent, Reach: f.reach,
			Spans: spansOf(f.person, r.terms)}
		if !math.IsInf(f.weight, -1) {
			hit.Calls = int(math.Ceil(calls(f.weight, now) - 1e-9))
		}
		out.Hits = append(out.Hits, hit)
	}
	out.Took = time.Since(begun)
	return out, nil
}

// reachNow is who can take a call, where somebody knows.
func (s *Store) reachNow() func(string) phone.Reach {
	if reach := s.reach.Load(); reach != nil {
		return *reach
	}
	return func(string) phone.Reach { return phone.ReachUnknown }
}

func (r *search) run(ctx context.Context) error {
	r.outstanding()
	if r.query.Mark != phone.MarkNone {
		return nil // everybody marked stands out
	}
	if len(r.terms) == 0 {
		return r.everybody(ctx)
	}
	for upTo := closeExact; upTo < closeNot && r.enough() <= r.limit; upTo++ {
		if err := r.indexed(ctx, upTo); err != nil {
			return err
		}
	}
	return nil
}

// enough is how many were found that come before the blocked and the typing errors.
func (r *search) enough() int {
	n := 0
	for _, f := range r.found {
		if f.close != closeNearly && f.person.Mark != phone.MarkBlocked {
			n++
		}
	}
	return n
}

// outstanding matches those who stand out.
func (r *search) outstanding() {
	st := &r.s.standings
	st.mu.RLock()
	defer st.mu.RUnlock()
	for row := range st.rows {
		r.seen[row] = true
	}
	for _, one := range st.people {
		if !r.wanted(one.person) {
			continue
		}
		close := one.doc.match(r.terms)
		if close == closeNot {
			continue
		}
		r.found = append(r.found, found{person: one.person, key: one.key, close: close, weight: one.weight, last: one.last,
			reach: r.reachOf(one.line)})
	}
	if _, limited := r.books(); limited || !r.query.History || r.query.Mark != phone.MarkNone {
		return
	}
	for _, one := range st.strangers {
		if close := one.doc.match(r.terms); close != closeNot {
			r.found = append(r.found, found{person: one.person, key: one.key, close: close, weight: one.weight, last: one.last, recent: true})
		}
	}
}

func (r *search) reachOf(line string) phone.Reach {
	if line == "" {
		return phone.ReachUnknown
	}
	return r.reach(line)
}

// wanted reports whether a query is about such people at all.
func (r *search) wanted(p phone.Person) bool {
	return (r.query.Mark == phone.MarkNone || p.Mark == r.query.Mark) && (r.query.Book == "" || p.ID.Book() == r.query.Book) &&
		(!r.query.Colleagues || p.Colleague)
}

// books is the books a query is limited to; limited is false for all.
func (r *search) books() (books []phone.BookID, limited bool) {
	switch {
	case r.query.Book != "":
		return []phone.BookID{r.query.Book}, true
	case r.query.Colleagues:
		return r.s.colleagueBooks(), true
	}
	return nil, false
}

// inBooks is the expression for people of some books.
func inBooks(books []phone.BookID) string {
	words := make([]string, len(books))
	for i, b := range books {
		words[i] = quoted(bookWord(string(b)))
	}
	return "(" + strings.Join(words, " OR ") + ")"
}

const (
	selectIndexed = `SELECT p.id, p.book, p.entry, p.person, NULL, EXISTS (SELECT 1 FROM photos WHERE person = p.book || ':' || p.entry)
		FROM found JOIN people p ON p.id = found.rowid WHERE found MATCH ? ORDER BY found.rowid`
	selectFirst = `SELECT p.id, p.book, p.entry, p.person, NULL, EXISTS (SELECT 1 FROM photos WHERE person = p.book || ':' || p.entry)
		FROM people p ORDER BY p.id`
)

// everybody is who has the first names, when nothing is searched.
func (r *search) everybody(ctx context.Context) error {
	if books, limited := r.books(); limited {
		if len(books) == 0 {
			return nil
		}
		return r.take(ctx, closeExact, selectIndexed, inBooks(books))
	}
	return r.take(ctx, closeExact, selectFirst)
}

// indexed is who the index finds, up to a closeness.
func (r *search) indexed(ctx context.Context, upTo closeness) error {
	expression := all(r.terms, &r.s.words, upTo)
	if books, limited := r.books(); limited {
		if len(books) == 0 {
			return nil
		}
		expression += " AND " + inBooks(books)
	}
	if expression == r.asked {
		return nil // nothing more is known that is like it
	}
	r.asked = expression
	return r.take(ctx, upTo, selectIndexed, expression)
}

// take reads people until there are enough of a closeness, or of those before.
func (r *search) take(ctx context.Context, upTo closeness, query string, args ...any) error {
	rows, err := r.s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	sure := upTo == closeExact && !anyDigits(r.terms) // then the index is right
	for got, looked := 0, 0; got <= r.limit+beyondLimit && looked < looksMost+r.limit && rows.Next(); {
		var row int64
		var book, entry string
		var body sql.RawBytes
		var mark sql.NullString
		var photo bool
		if err := rows.Scan(&row, &book, &entry, &body, &mark, &photo); err != nil {
			return err
		}
		if r.seen[row] {
			continue
		}
		p, err := r.s.personOf(book, entry, body, mark, photo)
		if err != nil {
			return err
		}
		looked++
		close := closeExact
		if !sure {
			close = documentOf(p).match(r.terms)
		}
		if close > upTo || !r.wanted(p) {
			continue
		}
		r.seen[row] = true
		got++
		r.found = append(r.found, found{person: p, key: nameKey(p), close: close, weight: math.Inf(-1), reach: r.reachOf(r.lineAsked(p))})
	}
	return rows.Err()
}

// lineAsked is the line of somebody who does not stand out: asked about only where there are too many colleagues.
func (r *search) lineAsked(p phone.Person) string {
	if !p.Colleague {
		return ""
	}
	return p.Line()
}

// personOf is a person as the tables have it.
func (s *Store) personOf(book, entry string, body []byte, mark sql.NullString, photo bool) (phone.Person, error) {
	var p phone.Person
	if err := json.Unmarshal(body, &p); err != nil {
		return p, err
	}
	p.ID = phone.PersonOf(phone.BookID(book), entry)
	p.Mark, p.Photo, p.Colleague = phone.Mark(mark.String), photo, s.isColleague(p.ID.Book())
	return p, nil
}
