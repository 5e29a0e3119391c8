package teamdb

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how long a page is looked for, and how much is looked at before another way is tried. Tests go each way with few
// calls.
type patience struct {
	first  int64         // how many numbers the first stretch of the log has
	time   time.Duration // after that long no other stretch is begun
	most   time.Duration // after that long one is given up, unless it is the page's first
	hits   int           // how many calls with the words SQLite looks at for what else is asked, without counting the others
	narrow int           // how many calls may have what else is asked, for SQLite to look for the words in each
}

var usual = patience{first: 4096, time: 15 * time.Millisecond, most: 25 * time.Millisecond, hits: 2000, narrow: 10_000}

// widest is how much wider than the one before a stretch is at most.
const widest = 16

// errLate is a stretch that was given up.
var errLate = errors.New("the search took too long")

// search finds a page in one stretch of the log after another, newest first, each as wide as there is time for.
type search struct {
	tx   *sql.Tx
	kind kind
	patience
	begun time.Time
	top   int64 // over the newest call's number, once it is known
	moved bool  // there is something to show for the time
	over  bool  // nothing more can be asked in this transaction
	// common: so many calls have the words that their index finds no page by itself, and as many what else is asked.
	common bool
}

// through looks for what is selected. reached is where it stopped because of the time: what is below that number, which is not
// looked at yet, or 0.
func (l *search) through(ctx context.Context, s selection) (found []entry, reached int64, err error) {
	high := s.high
	if l.top == 0 {
		if err := l.tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(n), 0) + 1 FROM log").Scan(&l.top); err != nil {
			return nil, 0, err
		}
	}
	if high == 0 {
		high = l.top
	}
	words := strings.Fields(fold(s.q.Text))
	indexed := slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) >= 3 })
	counted := false
	for wide := l.first; ; {
		part := s
		part.high, part.low, part.limit = high, max(s.low, high-1-wide), s.limit-len(found)
		begun := time.Now()
		more, err := l.read(ctx, part)
		if errors.Is(err, errLate) {
			return found, high, nil
		} else if err != nil {
			return nil, 0, err
		}
		found, high = append(found, more...), part.low+1
		if len(found) == s.limit || part.low <= s.low {
			return found, 0, nil
		}
		l.moved = true
		left := l.time - time.Since(l.begun)
		if left <= 0 {
			return found, high, nil
		}
		wide = wider(wide, time.Since(begun), left)
		if !indexed || counted || l.common {
			continue
		}
		counted = true // the newest calls had not enough: they are rare, or the words are
		rest := s
		rest.high, rest.limit = high, s.limit-len(found)
		if l.kind == postgres {
			if l.common, err = l.dense(ctx, part, words); err != nil {
				return nil, 0, err
			}
			if l.common {
				continue
			}
			more, err := l.byWord(ctx, rest)
			if l.common = errors.Is(err, errLate); !l.common {
				return append(found, more...), 0, err
			}
			if l.over {
				return found, high, nil
			}
			continue
		}
		many, err := l.many(ctx, rest, words)
		if err != nil {
			return nil, 0, err
		}
		if !many {
			wide = math.MaxInt32
			continue
		}
		if s.byRest, err = l.few(ctx, rest); err != nil {
			return nil, 0, err
		}
		l.common = !s.byRest
	}
}

// wider is how wide the next stretch may be when one took that long and there is so much time left.
func wider(wide int64, took, left time.Duration) int64 {
	factor := min(widest, float64(left)/2/float64(max(took, time.Microsecond)))
	return int64(max(1, min(float64(wide)*factor, math.MaxInt32)))
}

// read reads a stretch, or gives it up.
func (l *search) read(ctx context.Context, s selection) ([]entry, error) {
	query, args := s.sql()
	scan := func(r *sql.Rows) (entry, error) { return scanEntry(r) }
	if !l.moved {
		return rows(ctx, l.tx, scan, query, args...)
	}
	left := l.most - time.Since(l.begun)
	if left < time.Millisecond {
		return nil, errLate
	}
	if l.kind == postgres {
		return l.readWithin(ctx, left, query, args)
	}
	within, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	found, err := rows(within, l.tx, scan, query, args...)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return nil, errLate
	}
	return found, err
}

// readWithin reads until PostgreSQL itself ends it: a context would end the connection.
func (l *search) readWithin(ctx context.Context, left time.Duration, query string, args []any) ([]entry, error) {
	_, err := l.tx.ExecContext(ctx, "SAVEPOINT stretch; SET LOCAL statement_timeout = "+strconv.FormatInt(max(1, left.Milliseconds()), 10))
	if err != nil {
		return nil, l.ended(err)
	}
	found, err := rows(ctx, l.tx, func(r *sql.Rows) (entry, error) { return scanEntry(r) }, query, args...)
	if !canceled(err) {
		return found, err
	}
	if _, err := l.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT stretch"); err != nil {
		return nil, l.ended(err)
	}
	return nil, errLate
}

// ended is why nothing more can be asked: time that is over just when a statement ends is over for the next one.
func (l *search) ended(err error) error {
	if !canceled(err) {
		return err
	}
	l.over = true
	return errLate
}

func canceled(err error) bool {
	var told *pgconn.PgError
	return errors.As(err, &told) && told.Code == "57014" // query_canceled
}

// byWord is all the rest at once, found by PostgreSQL's index of words and sorted: quick for words that few calls have.
// PostgreSQL itself guesses how many that are, and for a rare one that it takes for common would go through all of the log.
func (l *search) byWord(ctx context.Context, s selection) ([]entry, error) {
	s.byWord = true
	query, args := s.sql()
	return l.readWithin(ctx, max(time.Millisecond, l.most-time.Since(l.begun)), query, args)
}

// dense reports whether so many calls of a stretch have the words that PostgreSQL's index of words would have to look at too
// many of all.
func (l *search) dense(ctx context.Context, s selection, words []string) (bool, error) {
	count := selection{}
	where := count.between("n", s.low, s.high)
	for _, w := range words {
		where = append(where, "txt LIKE "+count.arg("%"+escapeLike(w)+"%")+` ESCAPE '\'`)
	}
	var n int64
	err := l.tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM log WHERE "+strings.Join(where, " AND "), count.args...).Scan(&n)
	return n*l.top/max(1, s.high-s.low) > 10*int64(l.hits), err
}

// many reports whether SQLite's index of words has so many calls that other ways are better than looking at them all.
func (l *search) many(ctx context.Context, s selection, words []string) (bool, error) {
	found, _ := s.words(words)
	count := selection{args: []any{found}}
	where := append([]string{"log_text MATCH $1"}, count.between("rowid", s.low, s.high)...)
	query := "SELECT COUNT(*) FROM (SELECT rowid FROM log_text WHERE " + strings.Join(where, " AND ") + " ORDER BY rowid DESC LIMIT " + strconv.Itoa(l.hits+1) + ")"
	var n int
	err := l.tx.QueryRowContext(ctx, query, count.args...).Scan(&n)
	return n > l.hits, err
}

// few reports whether there are few calls that have what is asked besides words, so that these are to be gone through, and
// not those that have the words.
func (l *search) few(ctx context.Context, s selection) (bool, error) {
	driver := s.driver()
	left := l.narrow
	for _, d := range driver {
		count := selection{args: d.values}
		where := append([]string{d.where}, count.between("n", s.low, s.high)...)
		query := "SELECT COUNT(*) FROM (SELECT n FROM log WHERE " + strings.Join(where, " AND ") + " LIMIT " + strconv.Itoa(left+1) + ")"
		var n int
		if err := l.tx.QueryRowContext(ctx, query, count.args...).Scan(&n); err != nil {
			return false, err
		}
		if left -= n; left < 0 {
			return false, nil
		}
	}
	return len(driver) > 0, nil
}

// driven is a condition that an index has, with its values as $1 and $2.
type driven struct {
	where  string
	values []any
}

// driver is what is asked besides words and narrows most, as a guess.
func (s *selection) driver() []driven {
	q, groups := s.q, strs(s.groups)
	switch {
	case q.Number != "":
		return []driven{{"caller = $1", []any{caller(q.Number)}}}
	case len(q.Handlers) > 0:
		return drivers("handler = $1 AND handler <> ''", strs(q.Handlers))
	case q.Open || s.phase == "o":
		return []driven{{"is_open = 1", nil}}
	case len(q.Answered) > 0:
		return drivers("answered = $1 AND answered <> ''", strs(q.Answered))
	case len(q.Queues) > 0 && groups != nil:
		return drivers("queue = $1 AND grp = $2", strs(q.Queues), groups)
	case len(q.Queues) > 0 && len(q.Outcomes) > 0:
		return drivers("queue = $1 AND outcome = $2", strs(q.Queues), strs(q.Outcomes))
	case len(q.Queues) > 0:
		return drivers("queue = $1", strs(q.Queues))
	case groups != nil && len(q.Outcomes) > 0:
		return drivers("grp = $1 AND outcome = $2", groups, strs(q.Outcomes))
	case groups != nil:
		return drivers("grp = $1", groups)
	}
	return drivers("outcome = $1", strs(q.Outcomes))
}

// drivers is a condition for each value, or for each of some with each of others.
func drivers(where string, values ...[]string) (out []driven) {
	for _, v := range unique(values[0]) {
		if len(values) == 1 {
			out = append(out, driven{where, []any{v}})
			continue
		}
		for _, w := range unique(values[1]) {
			out = append(out, driven{where, []any{v, w}})
		}
	}
	return out
}
