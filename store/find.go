package store

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"
	"time"

	"svara/phone"
)

const (
	hitLimit    = 50
	hitLimitMax = 5000

	// beyondLimit is how many more people are read than are shown: names that begin alike come in no order.
	beyondLimit = 10
	// looksMost is how many more the index may bring who turn out not to be meant.
	looksMost = 400
)

// search is one query while it is answered.
type search struct {
	s        *Store
	query    phone.SearchQuery
	terms    []term
	dial     string // what is typed, when it could be a speed dial
	limit    int
	reach    func(string) phone.Reach
	segments []*segment
	found    []found
	seen     map[int64]bool // rows that stand out or have been found
}

// Search finds people, and numbers of the history when asked to. Those who stand out are matched in memory; the rest come
// from the index in the order of their names, so that no more are read than are shown. Parts of words and typing errors
// are looked for when whole beginnings give too few.
func (s *Store) Search(ctx context.Context, q phone.SearchQuery) (phone.SearchResult, error) {
	begun := time.Now()
	out := phone.SearchResult{Hits: []phone.Hit{}, State: s.people.Load()}
	if err := s.ensure(ctx); err != nil {
		return out, fail("search people", err)
	}
	r := &search{s: s, query: q, terms: termsOf(q.Text), dial: dialOf(q.Text), limit: q.Limit, seen: map[int64]bool{}, reach: s.reachNow(), segments: s.index.segments()}
	if r.limit <= 0 {
		r.limit = hitLimit
	}
	r.limit = min(r.limit, hitLimitMax)
	if len(r.terms) > 0 || strings.TrimSpace(q.Text) == "" {
		if err := r.run(ctx); err != nil {
			return out, fail("search people", err)
		}
	}
	for i := range r.found {
		f := &r.found[i]
		f.aside = len(r.terms) > 0 && !f.dialled && !f.doc().named(r.terms)
	}
	ranked(r.found)
	out.More = len(r.found) > r.limit
	for _, f := range r.found[:min(len(r.found), r.limit)] {
		out.Hits = append(out.Hits, r.hit(f, begun))
	}
	out.Took = time.Since(begun)
	return out, nil
}

// hit is somebody found as the user sees them.
func (r *search) hit(f found, now time.Time) phone.Hit {
	hit := phone.Hit{Person: f.person, Last: f.last, Typo: f.close == closeNearly, Aside: f.aside, Recent: f.recent, Reach: f.reach}
	if !math.IsInf(f.weight, -1) {
		hit.Calls = int(math.Ceil(calls(f.weight, now) - 1e-9))
	}
	if hit.Spans = spansOf(f.person, r.terms); f.dialled && len(f.person.Numbers) > 0 {
		first := phone.FieldNumber + ".0" // which is dialled
		hit.Spans = joined(append(hit.Spans, phone.Span{Field: first, To: len(f.person.Numbers[0].Number)}))
	}
	return hit
}

// dialOf is the speed dial that a text is, or empty.
func dialOf(text string) string {
	if text = strings.TrimSpace(text); goodDial(text) {
		return text
	}
	return ""
}

// reachNow is who can take a call, where somebody knows.
func (s *Store) reachNow() func(string) phone.Reach {
	if reach := s.reach.Load(); reach != nil {
		return *reach
	}
	return func(string) phone.Reach { return phone.ReachUnknown }
}

func (r *search) run(ctx context.Context) error {
	r.outstanding(closeExact, closeInside)
	if r.query.Mark != phone.MarkNone {
		r.outstanding(closeNearly, closeNearly)
		return nil // everybody marked stands out
	}
	among := make([]bitset, len(r.segments)) // who is asked for at all
	for i, g := range r.segments {
		among[i] = r.among(g)
	}
	if len(r.terms) == 0 {
		return r.take(ctx, closeExact, among)
	}
	for upTo := closeExact; upTo < closeNot && r.enough() <= r.limit; upTo++ {
		if upTo == closeNearly {
			r.outstanding(closeNearly, closeNearly)
		}
		sets := make([]bitset, len(r.segments))
		for i, g := range r.segments {
			sets[i] = all(r.terms, g, upTo)
			sets[i].and(among[i])
		}
		if err := r.take(ctx, upTo, sets); err != nil {
			return err
		}
	}
	return nil
}

// among is who of a segment is there, and of the books a query is limited to.
func (r *search) among(g *segment) bitset {
	books, limited := r.books()
	if !limited {
		out := full(g.people())
		out.without(g.gone)
		return out
	}
	out := newBitset(g.people())
	for _, book := range books {
		g.exactly(bookWord(string(book)), out)
	}
	out.without(g.gone)
	return out
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

// outstanding matches those who stand out, and takes those found so close.
func (r *search) outstanding(from, upTo closeness) {
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
		f := found{standing: one, close: one.doc().match(r.terms, upTo)}
		if r.dial != "" && one.person.Own() && one.person.SpeedDial == r.dial {
			f.close, f.dialled = closeExact, true
		}
		if f.close >= from && f.close <= upTo {
			f.reach = r.reachOf(one.line)
			r.found = append(r.found, f)
		}
	}
	if _, limited := r.books(); limited || !r.query.History || r.query.Mark != phone.MarkNone {
		return
	}
	for _, one := range st.strangers {
		if close := one.doc().match(r.terms, upTo); close >= from && close <= upTo {
			r.found = append(r.found, found{standing: one, close: close, recent: true})
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

// take reads people until there are enough of a closeness, or of those before.
func (r *search) take(ctx context.Context, upTo closeness, sets []bitset) error {
	enough := r.limit + beyondLimit
	most := enough + 1
	if upTo > closeExact {
		most += looksMost // some may turn out not to be meant
	}
	got := 0
	for rows := range slices.Chunk(r.first(sets, most), enough+1) {
		people, err := r.s.knownOf(ctx, rows)
		if err != nil {
			return err
		}
		for _, one := range people {
			close := closeExact
			if upTo > closeExact {
				close = one.doc().match(r.terms, upTo)
			}
			if close > upTo || !r.wanted(one.person) {
				continue
			}
			r.seen[one.row] = true
			got++
			r.found = append(r.found, found{standing: one, close: close, reach: r.reachOf(one.line)})
		}
		if got > enough {
			return nil
		}
	}
	return nil
}

// first is the first rows of sets, at most so many, without those seen.
func (r *search) first(sets []bitset, most int) []int64 {
	var rows []int64
	for i, g := range r.segments {
		n := 0
		sets[i].each(func(ordinal int) bool {
			if row := g.id(ordinal); !r.seen[row] {
				rows = append(rows, row)
				n++
			}
			return n < most
		})
	}
	slices.Sort(rows)
	return rows[:min(len(rows), most)]
}

// personOf is a person as the tables have it.
func (s *Store) personOf(book, entry string, body []byte, mark sql.NullString, photo bool) (phone.Person, error) {
	p, err := decodePerson(body)
	if err != nil {
		return p, err
	}
	p.ID = phone.PersonOf(phone.BookID(book), entry)
	p.Mark, p.Photo, p.Colleague = phone.Mark(mark.String), photo, s.isColleague(p.ID.Book())
	return p, nil
}
