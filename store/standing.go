package store

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"svara/phone"
)

const (
	// halfLife is how long a call counts half.
	halfLife = 14 * 24 * time.Hour
	// maxCalled and maxColleagues bound who is kept in memory; more colleagues are ranked among those the index brings.
	maxCalled     = 1000
	maxColleagues = 3000
)

// standing is a person who can rank before others with a later name: marked, called, with a
// speed dial, or of those whose lines are watched.
// It is never changed, only replaced.
type standing struct {
	row    int64
	person phone.Person
	doc    func() document
	key    []byte  // the name, to be compared
	line   string  // the number asked about in RankBy
	weight float64 // see callers; -Inf for never called
	last   time.Time
}

// standings is everybody who stands out. The index finds the rest in the order of their names.
type standings struct {
	mu     sync.RWMutex
	loaded bool
	saved  int                          // mu: changes saved; who reads meanwhile has read too early
	people map[phone.PersonID]*standing // mu
	rows   map[int64]bool               // mu: of people
	crowd  bool                         // mu: there are too many colleagues to keep

	strangers map[int64]*standing // mu: numbers of the history that belong to nobody, by their key
}

// calls is a decayed count of calls at a time; weight is its logarithm, counted from 1970, so that it never has to be
// worked out anew.
func calls(weight float64, now time.Time) float64 {
	return math.Exp2(weight - sinceEpoch(now))
}

func sinceEpoch(t time.Time) float64 { return t.Sub(time.Unix(0, 0)).Seconds() / halfLife.Seconds() }

// oneMore is a weight with another call.
func oneMore(weight float64, at time.Time) float64 {
	one := sinceEpoch(at)
	high, low := max(weight, one), min(weight, one)
	return high + math.Log2(1+math.Exp2(low-high))
}

// collators make keys in the order of Swedish names. One is not for two at a time.
var collators = sync.Pool{New: func() any {
	return &struct {
		*collate.Collator
		collate.Buffer
	}{Collator: collate.New(language.Swedish)}
}}

// nameKey is what names are compared by: å, ä and ö after z, and without regard to what is not seen.
func nameKey(p phone.Person) []byte {
	c := collators.Get().(*struct {
		*collate.Collator
		collate.Buffer
	})
	defer collators.Put(c)
	c.Reset()
	return bytes.Clone(c.KeyFromString(&c.Buffer, clip(strings.TrimSpace(p.Label()), 200)))
}

// ensure reads who stands out, and the index, once.
func (s *Store) ensure(ctx context.Context) error {
	if err := s.index.load(ctx, s); err != nil {
		return err
	}
	s.standings.mu.RLock()
	loaded := s.standings.loaded
	s.standings.mu.RUnlock()
	if loaded {
		return nil
	}
	return s.reload(ctx)
}

// reload reads everybody who stands out, until nothing has been saved while it read.
func (s *Store) reload(ctx context.Context) error {
	for {
		if done, err := s.reloadOnce(ctx); done || err != nil {
			return err
		}
	}
}

func (s *Store) reloadOnce(ctx context.Context) (done bool, err error) {
	s.standings.mu.RLock()
	saved := s.standings.saved
	s.standings.mu.RUnlock()
	rows := map[int64]bool{}
	take := func(query string, args ...any) error {
		found, err := s.db.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = found.Close() }()
		for found.Next() {
			var row int64
			if err := found.Scan(&row); err != nil {
				return err
			}
			rows[row] = true
		}
		return found.Err()
	}
	err = take(`SELECT p.id FROM marks m JOIN people p
		ON p.book = substr(m.person, 1, instr(m.person, ':') - 1) AND p.entry = substr(m.person, instr(m.person, ':') + 1)`)
	if err == nil {
		err = take("SELECT n.person FROM (SELECT key FROM callers ORDER BY weight DESC LIMIT ?) c JOIN numbers n ON n.key = c.key", maxCalled)
	}
	if err == nil {
		err = take("SELECT id FROM people WHERE dial <> ''")
	}
	crowd := false
	if books := s.colleagueBooks(); err == nil && len(books) > 0 {
		names := make([]any, len(books))
		for i, b := range books {
			names[i] = string(b)
		}
		among := " FROM people WHERE book IN (?" + strings.Repeat(", ?", len(names)-1) + ")"
		var n int
		if err = s.db.QueryRowContext(ctx, "SELECT count(*)"+among, names...).Scan(&n); err == nil && n <= maxColleagues {
			err = take("SELECT id"+among, names...)
		}
		crowd = n > maxColleagues
	}
	if err != nil {
		return false, err
	}
	people := map[phone.PersonID]*standing{}
	for row := range rows {
		st, err := s.standingOf(ctx, row)
		if err != nil {
			return false, err
		}
		if st != nil {
			people[st.person.ID] = st
		}
	}
	unknown, err := s.strangers(ctx, "")
	if err != nil {
		return false, err
	}
	s.standings.mu.Lock()
	defer s.standings.mu.Unlock()
	if s.standings.saved != saved {
		return false, nil
	}
	s.standings.people, s.standings.rows, s.standings.crowd, s.standings.loaded = people, rows, crowd, true
	s.standings.strangers = unknown
	return true, nil
}

// standingOf reads a person; nil when it is gone meanwhile.
func (s *Store) standingOf(ctx context.Context, row int64) (*standing, error) {
	p, err := s.scanPerson(s.db.QueryRowContext(ctx, selectPeople+" WHERE p.id = ?", row).Scan)
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	st := &standing{row: row, person: p, doc: documentIs(p), key: nameKey(p), line: lineOf(p)}
	st.weight, st.last, err = s.called(ctx, p)
	return st, err
}

// lineOf is the number that tells whether somebody can take a call.
func lineOf(p phone.Person) string {
	if line := p.Line(); line != "" || len(p.Numbers) == 0 {
		return line
	}
	return p.Numbers[0].Number
}

// called is how often and when last there were calls with any number of a person.
func (s *Store) called(ctx context.Context, p phone.Person) (weight float64, last time.Time, err error) {
	weight = math.Inf(-1)
	for _, key := range storedKeys(p) {
		var one float64
		var at int64
		err := s.db.QueryRowContext(ctx, "SELECT weight, last FROM callers WHERE key = ?", key).Scan(&one, &at)
		if isNoRows(err) {
			continue
		}
		if err != nil {
			return 0, last, err
		}
		weight = max(weight, one) // the sum would differ by one halving at most for each further number
		if t := time.Unix(0, at); t.After(last) {
			last = t
		}
	}
	return weight, last, nil
}

// restand reads persons anew who may have changed, and whether they stand out still.
func (s *Store) restand(ctx context.Context, ids ...phone.PersonID) error {
	s.standings.mu.RLock()
	loaded, crowd := s.standings.loaded, s.standings.crowd
	s.standings.mu.RUnlock()
	if !loaded {
		return nil
	}
	for _, id := range ids {
		book, entry, _ := strings.Cut(string(id), ":")
		var row int64
		err := s.db.QueryRowContext(ctx, "SELECT id FROM people WHERE book = ? AND entry = ?", book, entry).Scan(&row)
		if err != nil && !isNoRows(err) {
			return err
		}
		var st *standing
		if err == nil {
			if st, err = s.standingOf(ctx, row); err != nil {
				return err
			}
		}
		stands := st != nil && (st.person.Mark != phone.MarkNone || !math.IsInf(st.weight, -1) || st.person.Colleague && !crowd ||
			st.person.Own() && st.person.SpeedDial != "")
		s.standings.mu.Lock()
		if old := s.standings.people[id]; old != nil {
			delete(s.standings.rows, old.row)
			delete(s.standings.people, id)
		}
		if stands {
			s.standings.people[id], s.standings.rows[st.row] = st, true
		}
		s.standings.mu.Unlock()
	}
	return nil
}

// found is a person found, before it becomes a hit.
type found struct {
	*standing
	close   closeness
	reach   phone.Reach
	recent  bool
	dialled bool // by the speed dial that was typed
	aside   bool // not by name or number
}

// order is how people found follow each other: who has the speed dial that was typed, the blocked last, then typing errors, then those whose name
// or number is not what was typed, then by mark, who can take the call now, how often called, how close the hit is, and name.
func order(a, b found) int {
	return cmp.Or(
		flag(!a.dialled)-flag(!b.dialled),
		flag(a.person.Mark == phone.MarkBlocked)-flag(b.person.Mark == phone.MarkBlocked),
		flag(a.close == closeNearly)-flag(b.close == closeNearly),
		flag(a.aside)-flag(b.aside),
		flag(!liked(a.person.Mark))-flag(!liked(b.person.Mark)),
		reachRank[a.reach]-reachRank[b.reach],
		-cmp.Compare(a.weight, b.weight),
		cmp.Compare(a.close, b.close),
		bytes.Compare(a.key, b.key),
		strings.Compare(string(a.person.ID), string(b.person.ID)),
	)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func liked(m phone.Mark) bool { return m == phone.MarkFavourite || m == phone.MarkVIP }

// reachRank is the order of phone.Reach for who searches somebody to call: of whom nothing is known may well answer, and
// comes before those of whom it is known that they will not.
var reachRank = map[phone.Reach]int{
	phone.ReachFree: 0, phone.ReachRings: 1, phone.ReachUnknown: 2, phone.ReachTalking: 3, phone.ReachAway: 4, phone.ReachOffline: 5,
}

// ranked sorts what was found.
func ranked(list []found) { slices.SortFunc(list, order) }
